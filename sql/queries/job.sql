-- SPDX-License-Identifier: Apache-2.0
-- Jobs, as requests make and move them. Starting is spool.claim() alone.

-- Totals of lists are counted beside the rows, as in printer.sql.
-- :name   job_list_l
-- :params states text, limit integer, offset integer
-- :rows   many
SELECT l.*, (SELECT count(*) FROM print_jobs c
        WHERE c.organization_id = (SELECT auth.org())
          AND ($1::text IS NULL OR c.status = ANY (string_to_array($1::text, ',')))) AS _total
  FROM (SELECT j.id FROM print_jobs j
         WHERE j.organization_id = (SELECT auth.org())
           AND ($1::text IS NULL OR j.status = ANY (string_to_array($1::text, ',')))
         ORDER BY j.created_at DESC, j.id LIMIT $2::integer OFFSET $3::integer) page
  JOIN l_job l ON l.id = page.id
 ORDER BY l."createdAt" DESC, l.id;

-- :name   job_show_l
-- :params id uuid
-- :rows   maybe
SELECT * FROM l_job WHERE id = $1::uuid AND "organizationId" = auth.org();

-- :name   job_events
-- :params id uuid
-- :rows   many
SELECT e.* FROM (
	SELECT * FROM l_event WHERE "jobId" = $1::uuid AND "_organization_id" = auth.org()
	 ORDER BY timestamp DESC, id DESC LIMIT 1000) e
 ORDER BY e.timestamp, e.id;

-- Evenly thinned to at most $2 points; the first and the order stay.
-- :name   job_temperatures
-- :params id uuid, points integer
-- :rows   many
SELECT id, "jobId", "hotendTemp", "hotendTarget", "bedTemp", "bedTarget", "chamberTemp", timestamp
  FROM (SELECT t.*, row_number() OVER (ORDER BY timestamp, id) - 1 AS n, count(*) OVER () AS total
          FROM l_temperature t WHERE t."jobId" = $1::uuid AND t."_organization_id" = auth.org()) x
 WHERE x.n % greatest(ceil(x.total::numeric / $2::integer)::bigint, 1) = 0
 ORDER BY timestamp, id;

-- :name   job_list_p
-- :params status text, printer_id uuid, limit integer, offset integer
-- :rows   many
SELECT l.*, (SELECT count(*) FROM print_jobs c
        WHERE c.organization_id = (SELECT auth.org()) AND ($1::text IS NULL OR c.status = $1::text)
          AND ($2::uuid IS NULL OR c.printer_id = $2::uuid)) AS _total
  FROM (SELECT j.id FROM print_jobs j
         WHERE j.organization_id = (SELECT auth.org())
           -- CASE: the planner takes half the rows to stay, and reads them in the index's order.
           AND CASE WHEN $1::text IS NULL THEN true ELSE j.status = $1::text END
           AND CASE WHEN $2::uuid IS NULL THEN true ELSE j.printer_id = $2::uuid END
         ORDER BY j.created_at DESC, j.id LIMIT $3::integer OFFSET $4::integer) page
  JOIN p_job_list l ON l.id = page.id
 ORDER BY l.created_at DESC, l.id;

-- :name   job_detail_p
-- :params id uuid
-- :rows   maybe
SELECT * FROM p_job_detail WHERE id = $1::uuid AND organization_id = auth.org();

-- :name   job_row_p
-- :params id uuid
-- :rows   maybe
SELECT * FROM p_job WHERE id = $1::uuid AND organization_id = auth.org();

-- What acts decide by; holds the row until the transaction ends.
-- :name   job_facts
-- :params id uuid
-- :rows   maybe
SELECT j.id, j.status, j.hold_reason, j.printer_id, j.attempt_id, j.target, j.group_id,
       j.plates_completed, j.file_id,
       EXISTS (SELECT FROM spool.job_source(j.id) s WHERE s.file_path IS NOT NULL) AS has_gcode,
       EXISTS (SELECT FROM spool.job_source(j.id) s WHERE s.analysis IS NOT NULL) AS analysed
  FROM print_jobs j
 WHERE j.id = $1::uuid AND j.organization_id = auth.org()
   FOR NO KEY UPDATE OF j;

-- :name   job_analysed
-- :params id uuid
-- :rows   one
SELECT EXISTS (SELECT FROM spool.job_source($1::uuid) s WHERE s.analysis IS NOT NULL) AS analysed;

-- product_id names a product or, as an extension, a G-code file of the organisation.
-- :name   job_product
-- :params id uuid
-- :rows   maybe
SELECT p.file_id, p.total_layers, p.estimated_print_time_sec AS estimated
  FROM products p
 WHERE p.id = $1::uuid AND p.organization_id = auth.org() AND p.is_active
UNION ALL
SELECT f.id, (f.analysis->>'layers')::integer, round((f.analysis->>'estimatedTime')::numeric)::integer
  FROM files f
 WHERE f.id = $1::uuid AND f.organization_id = auth.org() AND f.deleted_at IS NULL
   AND f.file_type = 'GCODE'
 LIMIT 1;

-- :name   job_insert
-- :params printer_id uuid, product_id uuid, file_id uuid, slice_id uuid, status text, priority text
-- :params plates integer, ams jsonb, settings jsonb, notes text, custom_fields jsonb
-- :params layers integer, estimated integer, is_local_user boolean, target text, group_id uuid
-- :params model text, material text, nozzle numeric
-- :rows   one
INSERT INTO print_jobs (organization_id, user_id, created_by, printer_id, product_id, file_id,
    sliced_file_id, status, priority, plates_requested, ams_configuration, settings, notes,
    custom_fields, total_layers, estimated_time_seconds, queued_at, target, group_id, need_model,
    need_material, need_nozzle)
VALUES (auth.org(), CASE WHEN $14::boolean THEN auth.principal() END, auth.principal(), $1::uuid,
    $2::uuid, $3::uuid, $4::uuid, $5::text, $6::text, $7::integer, $8::jsonb,
    coalesce($9::jsonb, '{}'), $10::text, $11::jsonb, $12::integer, $13::integer,
    CASE WHEN $5::text = 'queued' THEN now() END, $15::text, $16::uuid, $17::text, $18::text,
    $19::numeric)
RETURNING id;

-- :name   job_created
-- :params id uuid
-- :rows   none
WITH event AS (
	INSERT INTO print_events (organization_id, job_id, event_type, message)
	VALUES (auth.org(), $1::uuid, 'CUSTOM', 'created')
)
SELECT auth.audit('job.created', 'Job created', jsonb_build_object('jobId', $1::uuid));

-- :name   job_count_print
-- :params file_id uuid
-- :rows   none
UPDATE files SET print_count = print_count + 1
 WHERE id = $1::uuid AND organization_id = auth.org();

-- A model file with its ready slice, or a G-code file; `printable` false: it must be sliced.
-- :name   job_file
-- :params file_id uuid, slice_id uuid
-- :rows   maybe
SELECT f.id, f.file_type = 'GCODE' OR s.id IS NOT NULL AS printable,
       coalesce(s.estimated_time, round((f.analysis->>'estimatedTime')::numeric)::integer)
           AS estimated,
       (coalesce(s.analysis, f.analysis)->>'layers')::integer AS layers,
       $2::uuid IS NULL OR s.id IS NOT NULL AS slice_ok
  FROM files f LEFT JOIN sliced_files s ON s.id = $2::uuid AND s.source_file_id = f.id
   AND s.organization_id = f.organization_id AND s.status = 'ready'
 WHERE f.id = $1::uuid AND f.organization_id = auth.org() AND f.deleted_at IS NULL;

-- :name   job_claim
-- :params id uuid, printer_id uuid, by text
-- :rows   one
SELECT attempt_id, fence FROM spool.claim($1::uuid, $2::uuid, $3::text, true);

-- :name   job_claim_any
-- :params id uuid, by text
-- :rows   maybe
SELECT printer_id FROM spool.claim_any($1::uuid, $2::text);

-- Why it waits, for a refusal.
-- :name   job_why
-- :params id uuid
-- :rows   maybe
SELECT reason, words FROM spool.why_waits($1::uuid);

-- Into the queue of a printer; without one, of its group or of any that fits.
-- :name   job_queue
-- :params id uuid, printer_id uuid
-- :rows   none
WITH moved AS (
	UPDATE print_jobs SET status = 'queued', printer_id = $2::uuid, queued_at = now(),
	    target = CASE WHEN $2::uuid IS NULL THEN target ELSE 'printer' END,
	    group_id = CASE WHEN $2::uuid IS NULL THEN group_id END, hold_reason = NULL,
	    failure_reason = NULL, failure_category = NULL, completed_at = NULL
	 WHERE id = $1::uuid AND organization_id = auth.org()
	RETURNING id, printer_id, organization_id
)
SELECT auth.audit('job.sent', 'Job sent', jsonb_build_object('jobId', id, 'printerId', printer_id)),
    CASE WHEN printer_id IS NULL THEN spool.wake_queue(organization_id)
        ELSE pg_notify('platen', 'job ' || printer_id) END FROM moved;

-- A job that no printer has yet: nothing else must happen. Its start_print that no agent fetched
-- fails with it.
-- :name   job_cancel
-- :params id uuid
-- :rows   none
WITH ended AS (
	UPDATE print_jobs SET status = 'cancelled', completed_at = now(), hold_reason = NULL
	 WHERE id = $1::uuid AND organization_id = auth.org()
	RETURNING id, organization_id, printer_id
), dropped AS (
	UPDATE printer_commands c SET status = 'failed', error_message = 'Job cancelled',
	    completed_at = now()
	  FROM ended WHERE c.printer_id = ended.printer_id AND c.command_type = 'start_print'
	   AND c.status = 'pending' AND coalesce(c.metadata->>'job_id', c.metadata->'job'->>'job_id')
	       = ended.id::text
	RETURNING pg_notify('platen', 'done ' || c.id)
), event AS (
	INSERT INTO print_events (organization_id, job_id, event_type, message)
	SELECT organization_id, id, 'JOB_CANCELLED', 'Cancelled' FROM ended
)
SELECT spool.emit('print:cancelled', ended.organization_id, NULL, jsonb_build_object('jobId',
        ended.id, 'printerId', ended.printer_id, 'timestamp', spool.iso(now()))),
    auth.audit('job.cancelled', 'Job cancelled', jsonb_build_object('jobId', ended.id)),
    (SELECT count(*) FROM dropped) AS commands
  FROM ended;

-- Who looks at the printer sees that the job has gone.
-- :name   job_delete
-- :params id uuid
-- :rows   none
WITH gone AS (
	DELETE FROM print_jobs WHERE id = $1::uuid AND organization_id = auth.org()
	RETURNING id, printer_id
), freed AS (
	UPDATE printers SET current_job_id = NULL
	 WHERE current_job_id = $1::uuid AND organization_id = auth.org() RETURNING id
)
SELECT auth.audit('job.deleted', 'Job deleted', jsonb_build_object('jobId', id)),
    pg_notify('platen', 'job ' || printer_id), (SELECT count(*) FROM freed) AS freed FROM gone;

-- :name   job_films
-- :params id uuid
-- :rows   many
SELECT video_path FROM timelapses WHERE job_id = $1::uuid AND organization_id = auth.org();
