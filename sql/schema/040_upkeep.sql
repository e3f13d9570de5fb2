-- SPDX-License-Identifier: Apache-2.0
-- What the worker does by the clock: schedules that come due become tasks, the printer backend is
-- asked for its health, rows that nobody needs any more go.
CALL public.platen_own();

-- The last answer of the printer backend's <url>/health; /health reads it, nobody waits for it.
CREATE UNLOGGED TABLE public.backend_probe (
	url text PRIMARY KEY,
	healthy boolean NOT NULL,
	answer text NOT NULL,
	probed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A probe that is older than 90 s says nothing any more: no worker runs, or cron does not.
CREATE FUNCTION public.backend_healthy(wanted text) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT p.healthy AND p.probed_at > clock_timestamp() - interval '90 seconds'
	    FROM public.backend_probe p WHERE p.url = wanted), false)
$$;

-- Schedules that run every few seconds leave their last task behind, not thousands.
CREATE INDEX task_queue_done_key ON public.task_queue (unique_key) WHERE status = 'done';

-- Retention deletes by age.
CREATE INDEX system_events_time ON public.system_events (timestamp);
CREATE INDEX notifications_read ON public.notifications (created_at) WHERE is_read;
