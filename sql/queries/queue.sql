-- SPDX-License-Identifier: Apache-2.0
-- The queue as people order it. Why a job waits: spool.why_waits; starting: job.sql.

-- printer_id: what this printer may take; group_id: what names the group. The page is cut before
-- anybody asks why its jobs wait.
-- :name   queue_list
-- :params printer_id uuid, group_id uuid, limit integer, offset integer
-- :rows   many
SELECT l.*, page._total
  FROM (SELECT j.id, j.priority_rank, j.position, count(*) OVER () AS _total FROM print_jobs j
         WHERE j.organization_id = (SELECT auth.org()) AND j.status = 'queued'
           AND ($1::uuid IS NULL OR j.printer_id = $1::uuid OR j.target = 'any'
               OR EXISTS (SELECT FROM printer_group_members m
                   WHERE m.group_id = j.group_id AND m.printer_id = $1::uuid))
           AND ($2::uuid IS NULL OR j.group_id = $2::uuid)
         ORDER BY j.priority_rank DESC, j.position, j.id
         LIMIT $3::integer OFFSET $4::integer) page
  JOIN l_queue l ON l.id = page.id
 ORDER BY page.priority_rank DESC, page.position, page.id;

-- :name   queue_move
-- :params id uuid, way text, beside uuid
-- :rows   none
SELECT spool.move_job($1::uuid, $2::text, $3::uuid);

-- :name   queue_hold
-- :params id uuid
-- :rows   none
WITH held AS (
	UPDATE print_jobs SET hold_reason = 'held', held_by = auth.principal()
	 WHERE id = $1::uuid AND organization_id = auth.org()
	RETURNING id, organization_id
)
SELECT auth.audit('job.held', 'Job held', jsonb_build_object('jobId', id)),
    spool.wake_queue(organization_id) FROM held;

-- :name   queue_release
-- :params id uuid
-- :rows   none
WITH freed AS (
	UPDATE print_jobs SET hold_reason = NULL, held_by = NULL
	 WHERE id = $1::uuid AND organization_id = auth.org()
	RETURNING id, organization_id
)
SELECT auth.audit('job.released', 'Job released', jsonb_build_object('jobId', id)),
    spool.wake_queue(organization_id) FROM freed;

-- Null: as it was; has_target, has_needs: the whole group is given anew.
-- :name   queue_edit
-- :params id uuid, priority text, copies integer, notes text, has_target boolean, target text
-- :params printer_id uuid, group_id uuid, has_needs boolean, model text, material text
-- :params nozzle numeric
-- :rows   none
WITH changed AS (
	UPDATE print_jobs SET priority = coalesce($2::text, priority),
	    plates_requested = coalesce($3::integer, plates_requested),
	    notes = coalesce($4::text, notes),
	    target = CASE WHEN $5::boolean THEN $6::text ELSE target END,
	    printer_id = CASE WHEN $5::boolean THEN $7::uuid ELSE printer_id END,
	    group_id = CASE WHEN $5::boolean THEN $8::uuid ELSE group_id END,
	    need_model = CASE WHEN $9::boolean THEN $10::text ELSE need_model END,
	    need_material = CASE WHEN $9::boolean THEN $11::text ELSE need_material END,
	    need_nozzle = CASE WHEN $9::boolean THEN $12::numeric ELSE need_nozzle END
	 WHERE id = $1::uuid AND organization_id = auth.org()
	RETURNING id, organization_id
)
SELECT auth.audit('job.changed', 'Job changed', jsonb_build_object('jobId', id)),
    spool.wake_queue(organization_id) FROM changed;

-- The same again: a new job, since what has happened stays in the history.
-- :name   queue_again
-- :params id uuid, priority text, copies integer, is_local_user boolean
-- :rows   maybe
INSERT INTO print_jobs (organization_id, user_id, created_by, printer_id, product_id, file_id,
    sliced_file_id, priority, plates_requested, ams_configuration, settings, notes, custom_fields,
    total_layers, estimated_time_seconds, target, group_id, need_model, need_material, need_nozzle)
SELECT j.organization_id, CASE WHEN $4::boolean THEN auth.principal() END, auth.principal(),
    CASE WHEN j.target = 'printer' THEN j.printer_id END, j.product_id, j.file_id,
    j.sliced_file_id, coalesce($2::text, j.priority), coalesce($3::integer, j.plates_requested),
    j.ams_configuration, j.settings, j.notes, j.custom_fields, j.total_layers,
    j.estimated_time_seconds, j.target, j.group_id, j.need_model, j.need_material, j.need_nozzle
  FROM print_jobs j WHERE j.id = $1::uuid AND j.organization_id = auth.org()
RETURNING id, file_id;

-- May this printer take the waiting job? No row: it is none of those the job names.
-- :name   queue_suits
-- :params id uuid, printer_id uuid
-- :rows   maybe
SELECT c.unfit IS NULL AS fits FROM print_jobs j, spool.candidates(j) c
 WHERE j.id = $1::uuid AND j.organization_id = auth.org() AND c.id = $2::uuid;
