-- SPDX-License-Identifier: Apache-2.0
-- Job (contract §2.6.1) with family L's state words; elapsed and remaining time come from the
-- live row while the job's attempt runs, else from what is stored. holdReason of a job that has not
-- begun is found when asked; holdText says it to a person.
CREATE VIEW public.l_job WITH (security_invoker = true) AS
SELECT j.id,
    j.user_id AS "userId",
    coalesce(j.file_id, f.id) AS "fileId",
    j.sliced_file_id AS "slicedFileId",
    CASE j.status WHEN 'pending' THEN 'QUEUED' WHEN 'claimed' THEN 'PREPARING'
        ELSE upper(j.status) END AS status,
    j.progress_percentage AS progress,
    j.started_at AS "startedAt",
    j.completed_at AS "completedAt",
    j.estimated_time_seconds AS "estimatedTime",
    j.actual_time_seconds AS "actualTime",
    j.filament_used_grams AS "filamentUsed",
    j.cost,
    j.notes,
    j.failure_reason AS "errorMessage",
    j.created_at AS "createdAt",
    j.updated_at AS "updatedAt",
    j.printer_id AS "printerId",
    j.organization_id AS "organizationId",
    j.product_id AS "productId",
    j.priority,
    j.current_layer AS "currentLayer",
    j.total_layers AS "totalLayers",
    coalesce(nullif(l.elapsed_sec, -1), j.actual_time_seconds) AS "timeElapsed",
    CASE WHEN j.status IN ('completed', 'failed', 'cancelled') THEN NULL
        ELSE coalesce(nullif(l.remaining_sec, -1), CASE WHEN j.progress_percentage < 100
            THEN round(j.estimated_time_seconds * (100 - j.progress_percentage) / 100) END)
        END AS "timeRemaining",
    coalesce(w.reason, j.hold_reason) AS "holdReason",
    w.words AS "holdText",
    j.target,
    j.group_id AS "groupId",
    j.need_model AS "requirements.model",
    j.need_material AS "requirements.material",
    j.need_nozzle AS "requirements.nozzle",
    j.plates_requested AS copies,
    j.plates_completed AS "copiesDone",
    f.id AS "file?.id",
    f.original_name AS "file.originalName",
    f.file_type AS "file.fileType",
    f.file_size AS "file.fileSize",
    f.thumbnail_url AS "file.thumbnailUrl!media",
    j.user_id AS "user?.id",
    auth.user_name(j.user_id) AS "user.username",
    j.status AS "_status",
    j.attempt_id AS "_attempt_id",
    j.failure_category AS "_failure_category"
  FROM public.print_jobs j
  LEFT JOIN public.files f ON f.organization_id = j.organization_id
   AND f.id = coalesce(j.file_id, j.product_id)
  LEFT JOIN public.printer_live l ON l.printer_id = j.printer_id
   AND l.attempt_id = j.attempt_id
   AND j.status IN ('claimed', 'preparing', 'printing', 'paused')
  -- OFFSET 0 keeps the state's test before the call: only jobs that wait are asked why.
  LEFT JOIN LATERAL (SELECT y.reason, y.words FROM spool.why_waits(j.id) y
        WHERE j.status IN ('pending', 'queued') OFFSET 0) w ON true;
