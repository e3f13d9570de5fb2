-- SPDX-License-Identifier: Apache-2.0
-- The worker's clock and broom: schedules that are due, the printer backend's health, rows nobody
-- needs any more. Each `upkeep_trim_*` takes one batch ($1 rows at most, older than $2 days where
-- an age counts) and says how many went, so that no statement holds many rows for long.

-- $1: `queue/operation` of what this worker can do; others' schedules are left alone.
-- :name   upkeep_due
-- :params kinds text[], zone text
-- :rows   many
SELECT s.name, s.cron, s.next_run_at IS NULL AS is_fresh,
       to_char(clock_timestamp() AT TIME ZONE coalesce(s.timezone, $2::text),
           'YYYY-MM-DD HH24:MI') AS local
  FROM public.task_schedules s
 WHERE s.enabled AND coalesce(s.next_run_at, '-infinity') <= clock_timestamp()
   AND s.queue || '/' || coalesce(s.payload->>'task', s.payload->>'operation',
       s.payload->>'type', '') = ANY ($1::text[])
 ORDER BY s.next_run_at NULLS FIRST, s.name;

-- Once per due time, however many workers look: who moves next_run_at adds the task. A local time
-- that the clock skips is the moment behind it, one that comes twice is the second. The task's key
-- keeps a slow run from being joined by the next one.
-- :name   upkeep_fire
-- :params name text, next text, zone text, run boolean
-- :rows   maybe
WITH mine AS (
	UPDATE public.task_schedules s
	   SET last_run_at = CASE WHEN $4::boolean THEN clock_timestamp() ELSE s.last_run_at END,
	       next_run_at = CASE WHEN s.every_sec IS NOT NULL
	           THEN clock_timestamp() + make_interval(secs => s.every_sec)
	           ELSE $2::timestamp AT TIME ZONE coalesce(s.timezone, $3::text) END
	 WHERE s.name = $1::text AND s.enabled
	   AND coalesce(s.next_run_at, '-infinity') <= clock_timestamp()
	RETURNING s.name, s.queue, s.payload, s.every_sec
), gone AS (
	DELETE FROM public.task_queue t USING mine
	 WHERE mine.every_sec IS NOT NULL AND t.unique_key = 'schedule:' || mine.name
	   AND t.status = 'done'
)
SELECT spool.add_task(mine.queue, mine.payload, 'schedule:' || mine.name) AS task
  FROM mine WHERE $4::boolean;

-- :name   upkeep_disable
-- :params name text
-- :rows   none
UPDATE public.task_schedules SET enabled = false WHERE name = $1::text;

-- Seconds until the next schedule of ours is due; null: none is.
-- :name   upkeep_next
-- :params kinds text[]
-- :rows   one
SELECT extract(epoch FROM min(coalesce(s.next_run_at, clock_timestamp())) - clock_timestamp())
           ::float8 AS seconds
  FROM public.task_schedules s
 WHERE s.enabled AND s.queue || '/' || coalesce(s.payload->>'task', s.payload->>'operation',
       s.payload->>'type', '') = ANY ($1::text[]);

-- has_changed: the last probe found it otherwise.
-- :name   upkeep_probed
-- :params url text, healthy boolean, answer text
-- :rows   one
WITH was AS (
	SELECT p.healthy FROM public.backend_probe p WHERE p.url = $1::text
), gone AS (
	DELETE FROM public.backend_probe p
	 WHERE p.url <> $1::text AND p.probed_at < clock_timestamp() - interval '1 day'
), kept AS (
	INSERT INTO public.backend_probe AS p (url, healthy, answer)
	VALUES ($1::text, $2::boolean, left($3::text, 500))
	ON CONFLICT (url) DO UPDATE SET healthy = excluded.healthy, answer = excluded.answer,
	    probed_at = excluded.probed_at
	RETURNING p.healthy
)
SELECT kept.healthy IS DISTINCT FROM (SELECT was.healthy FROM was) AS has_changed FROM kept;

-- :name   upkeep_expire_commands
-- :rows   one
SELECT spool.expire_commands() AS n;

-- A gateway reads events at once; who was away asks for the state instead.
-- :name   upkeep_trim_events
-- :params batch integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.live_events WHERE id IN (SELECT e.id FROM public.live_events e
	    WHERE e.created_at < clock_timestamp() - interval '1 minute' LIMIT $1::integer)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- :name   upkeep_trim_sessions
-- :params batch integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.sessions WHERE id IN (SELECT s.id FROM public.sessions s
	    WHERE s.expires_at < clock_timestamp() LIMIT $1::integer FOR UPDATE SKIP LOCKED)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- :name   upkeep_trim_rates
-- :params batch integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.rate_limits WHERE key IN (SELECT r.key FROM public.rate_limits r
	    WHERE r.expires_at < clock_timestamp() LIMIT $1::integer FOR UPDATE SKIP LOCKED)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- :name   upkeep_trim_once
-- :params batch integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.idempotency_keys k USING (
	    SELECT i.organization_id, i.user_id, i.key FROM public.idempotency_keys i
	     WHERE i.expires_at < clock_timestamp() LIMIT $1::integer FOR UPDATE SKIP LOCKED) old
	 WHERE k.organization_id = old.organization_id AND k.user_id = old.user_id
	   AND k.key = old.key
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- :name   upkeep_trim_tickets
-- :params batch integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.camera_tickets WHERE sha256 IN (SELECT t.sha256
	    FROM public.camera_tickets t WHERE t.expires_at < clock_timestamp() LIMIT $1::integer
	     FOR UPDATE SKIP LOCKED)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- Printers with more rows than cleanup_old_printer_status() leaves.
-- :name   upkeep_talkers
-- :rows   many
SELECT s.printer_id FROM public.printer_status s GROUP BY s.printer_id HAVING count(*) > 1000;

-- One printer's, by the same rule; the newest 1000 stay.
-- :name   upkeep_trim_status
-- :params batch integer, printer_id uuid
-- :rows   one
WITH gone AS (
	DELETE FROM public.printer_status WHERE id IN (SELECT s.id FROM public.printer_status s
	    WHERE s.printer_id = $2::uuid ORDER BY s.created_at DESC, s.id DESC
	   OFFSET 1000 LIMIT $1::integer)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- :name   upkeep_trim_temperatures
-- :params batch integer, days integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.temperature_logs WHERE id IN (SELECT t.id FROM public.temperature_logs t
	    WHERE t.timestamp < clock_timestamp() - make_interval(days => $2::integer)
	    LIMIT $1::integer)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- :name   upkeep_trim_commands
-- :params batch integer, days integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.printer_commands WHERE id IN (SELECT c.id FROM public.printer_commands c
	    WHERE c.created_at < clock_timestamp() - make_interval(days => $2::integer)
	      AND c.status IN ('completed', 'failed', 'timeout') LIMIT $1::integer)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- :name   upkeep_trim_notifications
-- :params batch integer, days integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.notifications WHERE id IN (SELECT n.id FROM public.notifications n
	    WHERE n.is_read AND n.created_at < clock_timestamp() - make_interval(days => $2::integer)
	    LIMIT $1::integer)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- :name   upkeep_trim_audit
-- :params batch integer, days integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.system_events WHERE id IN (SELECT e.id FROM public.system_events e
	    WHERE e.timestamp < clock_timestamp() - make_interval(days => $2::integer)
	    LIMIT $1::integer)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- :name   upkeep_trim_done
-- :params batch integer, days integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.task_queue WHERE id IN (SELECT t.id FROM public.task_queue t
	    WHERE t.status = 'done'
	      AND t.finished_at < clock_timestamp() - make_interval(days => $2::integer)
	    LIMIT $1::integer)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;

-- :name   upkeep_trim_failed
-- :params batch integer, days integer
-- :rows   one
WITH gone AS (
	DELETE FROM public.task_queue WHERE id IN (SELECT t.id FROM public.task_queue t
	    WHERE t.status = 'failed'
	      AND t.finished_at < clock_timestamp() - make_interval(days => $2::integer)
	    LIMIT $1::integer)
	RETURNING 1
)
SELECT count(*) AS n FROM gone;
