-- SPDX-License-Identifier: Apache-2.0
-- The task queue, its schedules, and events on their way to the live gateway.
CALL public.platen_own();

CREATE TABLE public.task_queue (
	id bigserial PRIMARY KEY,
	queue varchar(50) NOT NULL,
	payload jsonb NOT NULL DEFAULT '{}',
	status varchar(20) NOT NULL DEFAULT 'queued'
	    CHECK (status IN ('queued', 'running', 'done', 'failed')),
	priority smallint NOT NULL DEFAULT 0,
	attempts smallint NOT NULL DEFAULT 0,
	max_attempts smallint NOT NULL DEFAULT 3 CHECK (max_attempts > 0),
	run_at timestamptz NOT NULL DEFAULT now(),
	locked_by varchar(255),
	locked_at timestamptz,
	last_error text,
	result jsonb,
	unique_key varchar(200),
	created_at timestamptz NOT NULL DEFAULT now(),
	finished_at timestamptz
);
CREATE INDEX task_queue_next ON public.task_queue (queue, run_at) WHERE status = 'queued';
CREATE INDEX task_queue_running ON public.task_queue (locked_at) WHERE status = 'running';
CREATE INDEX task_queue_finished ON public.task_queue (finished_at)
    WHERE status IN ('done', 'failed');
CREATE UNIQUE INDEX task_queue_unique ON public.task_queue (unique_key)
    WHERE status IN ('queued', 'running');

-- timezone null: the system's. every_sec: schedules finer than cron's minute.
CREATE TABLE public.task_schedules (
	name varchar(100) PRIMARY KEY,
	queue varchar(50) NOT NULL,
	payload jsonb NOT NULL DEFAULT '{}',
	cron varchar(100),
	every_sec integer CHECK (every_sec > 0),
	timezone varchar(100),
	enabled boolean NOT NULL DEFAULT true,
	last_run_at timestamptz,
	next_run_at timestamptz,
	CHECK ((cron IS NULL) <> (every_sec IS NULL))
);

-- Unlogged: purged after a minute anyway. Ids come from a logged sequence because a crash
-- empties the table and the gateway's cursor must not then skip new events. organization_id
-- and user_id say which room; both null: everybody.
CREATE SEQUENCE public.live_event_seq;
CREATE UNLOGGED TABLE public.live_events (
	id bigint PRIMARY KEY DEFAULT nextval('public.live_event_seq'),
	organization_id uuid,
	user_id uuid,
	topic text NOT NULL,
	payload jsonb NOT NULL DEFAULT '{}',
	created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX live_events_created ON public.live_events (created_at);
