-- SPDX-License-Identifier: Apache-2.0
-- The task queue from the worker's side (contract §8), and what its tasks write. Tasks are added
-- by spool.add_task(). `locked_by` is `<owner>#<backend>`: a worker that was killed takes its
-- connection with it, so that its task need not wait for the heartbeat to grow old.

-- The next task that is due, for the owner in $1.
-- :name   task_claim
-- :params owner text
-- :rows   maybe
UPDATE public.task_queue t
   SET status = 'running', attempts = t.attempts + 1, locked_at = clock_timestamp(),
       locked_by = $1::text || '#' || pg_backend_pid()
 WHERE t.id = (SELECT q.id FROM public.task_queue q
                WHERE q.status = 'queued' AND q.run_at <= clock_timestamp()
                ORDER BY q.priority DESC, q.run_at, q.id
                  FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING t.id, t.queue, t.payload, t.attempts, t.max_attempts;

-- No row: the task is somebody else's by now.
-- :name   task_beat
-- :params id bigint, owner text, attempt integer
-- :rows   one
UPDATE public.task_queue t
   SET locked_at = clock_timestamp(), locked_by = $2::text || '#' || pg_backend_pid()
 WHERE t.id = $1::bigint AND t.status = 'running' AND t.attempts = $3::integer
   AND split_part(t.locked_by, '#', 1) = $2::text
RETURNING t.id;

-- :name   task_finish
-- :params id bigint, owner text, attempt integer, result jsonb
-- :rows   one
UPDATE public.task_queue t
   SET status = 'done', finished_at = clock_timestamp(), result = $4::jsonb, locked_by = NULL,
       last_error = NULL
 WHERE t.id = $1::bigint AND t.status = 'running' AND t.attempts = $3::integer
   AND split_part(t.locked_by, '#', 1) = $2::text
RETURNING t.id;

-- Again after $5 seconds, or for good when that is null or the attempts are used up.
-- :name   task_fail
-- :params id bigint, owner text, attempt integer, error text, retry_sec integer
-- :rows   one
UPDATE public.task_queue t
   SET status = v.next, last_error = $4::text, locked_by = NULL,
       run_at = CASE v.next WHEN 'queued' THEN clock_timestamp()
           + make_interval(secs => $5::integer) ELSE t.run_at END,
       finished_at = CASE v.next WHEN 'failed' THEN clock_timestamp() END
  FROM (SELECT q.id, CASE WHEN $5::integer IS NULL OR q.attempts >= q.max_attempts
               THEN 'failed' ELSE 'queued' END AS next
          FROM public.task_queue q WHERE q.id = $1::bigint) v
 WHERE t.id = v.id AND t.status = 'running' AND t.attempts = $3::integer
   AND split_part(t.locked_by, '#', 1) = $2::text
RETURNING t.status;

-- Tasks whose worker is gone: its connection, or its heartbeat for $1 seconds. A task that takes
-- its worker with it again and again fails at last.
-- :name   task_lose
-- :params silent_sec integer
-- :rows   many
UPDATE public.task_queue t
   SET status = v.next, last_error = 'The worker was lost', locked_by = NULL,
       finished_at = CASE v.next WHEN 'failed' THEN clock_timestamp() END
  FROM (SELECT q.id, CASE WHEN q.attempts >= q.max_attempts + 2 THEN 'failed' ELSE 'queued' END
               AS next
          FROM public.task_queue q
         WHERE q.status = 'running'
           AND (q.locked_by IS NULL
            OR q.locked_at < clock_timestamp() - make_interval(secs => $1::integer)
            OR NOT EXISTS (SELECT FROM pg_stat_activity s
                WHERE s.pid = nullif(split_part(q.locked_by, '#', 2), '')::integer))
           FOR UPDATE SKIP LOCKED) v
 WHERE t.id = v.id
RETURNING t.id, t.queue, t.payload, t.status, t.attempts;

-- Seconds until the next task is due; null: none waits.
-- :name   task_due
-- :rows   one
SELECT extract(epoch FROM min(q.run_at) - clock_timestamp())::float8 AS seconds
  FROM public.task_queue q WHERE q.status = 'queued';

-- A task has failed for good: every administrator of the organisation (of all, when $1 is null).
-- :name   task_notify_failed
-- :params organization uuid, title text, message text, metadata jsonb
-- :rows   many
SELECT spool.notify_user(u.id, $1::uuid, 'ERROR', $2::text, $3::text, $4::jsonb)
  FROM public.users u
  LEFT JOIN public.organization_members m ON m.user_id = u.id AND m.organization_id = $1::uuid
 WHERE u.is_active AND coalesce(m.role, u.role) = 'ADMIN'
   AND ($1::uuid IS NULL OR m.user_id IS NOT NULL OR u.role = 'ADMIN');

-- :name   task_file
-- :params id uuid
-- :rows   maybe
SELECT f.id, f.organization_id, f.file_path, f.file_size, f.file_type::text AS file_type,
       f.deleted_at IS NOT NULL AS deleted
  FROM public.files f WHERE f.id = $1::uuid;

-- :name   task_file_analysed
-- :params id uuid, metadata jsonb, analysis jsonb, idx_sha256 text, thumbnail text
-- :rows   none
WITH f AS (
	UPDATE public.files f
	   SET metadata = (coalesce(f.metadata, '{}') - 'error') || $2::jsonb,
	       analysis = $3::jsonb, idx_sha256 = $4::text,
	       thumbnail_url = coalesce($5::text, f.thumbnail_url)
	 WHERE f.id = $1::uuid
	RETURNING f.id, f.organization_id, f.user_id
)
SELECT spool.emit('file:processed', f.organization_id, f.user_id, jsonb_build_object(
    'fileId', f.id, 'operation', 'analyze', 'success', true)) FROM f;

-- :name   task_file_failed
-- :params id uuid, operation text, error text
-- :rows   none
WITH f AS (
	UPDATE public.files f
	   SET metadata = coalesce(f.metadata, '{}') || jsonb_build_object('error', $3::text)
	 WHERE f.id = $1::uuid
	RETURNING f.id, f.organization_id, f.user_id
)
SELECT spool.emit('file:processed', f.organization_id, f.user_id, jsonb_build_object(
    'fileId', f.id, 'operation', $2::text, 'success', false, 'error', $3::text)) FROM f;

-- Jobs that waited for the analysis of this file go on, or wait for a person when it can never
-- be printed.
-- :name   task_release_jobs
-- :params file_id uuid, printable boolean
-- :rows   many
WITH j AS (
	UPDATE public.print_jobs j
	   SET hold_reason = CASE WHEN NOT $2::boolean THEN 'no_fit' END
	  FROM public.files f
	 WHERE f.id = $1::uuid AND j.organization_id = f.organization_id
	   AND j.hold_reason = 'analyzing' AND j.status IN ('pending', 'queued')
	   AND (j.file_id = f.id OR j.product_id = f.id OR j.product_id IN (
	       SELECT p.id FROM public.products p WHERE p.file_id = f.id))
	RETURNING j.id, j.printer_id
)
SELECT j.id, pg_notify('platen', 'job ' || j.printer_id) FROM j WHERE j.printer_id IS NOT NULL;
