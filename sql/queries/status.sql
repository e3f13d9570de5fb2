-- SPDX-License-Identifier: Apache-2.0
-- What agents report: status rows of remote printers, and how their jobs get on.

-- :name   status_row
-- :params id uuid
-- :rows   one
SELECT * FROM p_status WHERE id = $1::uuid;

-- :name   status_latest
-- :params printer_id uuid
-- :rows   maybe
SELECT * FROM p_status_latest WHERE printer_id = $1::uuid AND organization_id = auth.org()
 ORDER BY created_at DESC, id DESC LIMIT 1;

-- :name   status_history
-- :params printer_id uuid, limit integer, offset integer
-- :rows   many
SELECT l.*, (SELECT count(*) FROM printer_status c
        WHERE c.organization_id = (SELECT auth.org()) AND c.printer_id = $1::uuid) AS _total
  FROM p_status l WHERE l.printer_id = $1::uuid AND l.organization_id = auth.org()
 ORDER BY l.created_at DESC, l.id DESC LIMIT $2::integer OFFSET $3::integer;

-- alarming: the error is another one than the row before has told. The clock's time, because
-- reports of one moment still have an order.
-- :name   status_insert
-- :params printer_id uuid, given jsonb
-- :rows   one
INSERT INTO printer_status (organization_id, printer_id, status, current_job_id,
    progress_percentage, current_layer, total_layers, time_elapsed_seconds,
    time_remaining_seconds, nozzle_temp_current, nozzle_temp_target, bed_temp_current,
    bed_temp_target, chamber_temp_current, print_speed_percentage, flow_rate_percentage,
    part_cooling_fan_speed, aux_fan_speed, chamber_fan_speed, error_code, error_message, is_online,
    raw_status_data, last_update_timestamp, created_at)
SELECT auth.org(), $1::uuid, r.status, r.current_job_id, r.progress_percentage, r.current_layer,
    r.total_layers, r.time_elapsed_seconds, r.time_remaining_seconds, r.nozzle_temp_current,
    r.nozzle_temp_target, r.bed_temp_current, r.bed_temp_target, r.chamber_temp_current,
    r.print_speed_percentage, r.flow_rate_percentage, r.part_cooling_fan_speed, r.aux_fan_speed,
    r.chamber_fan_speed, r.error_code, r.error_message, coalesce(r.is_online, true),
    r.raw_status_data, clock_timestamp(), clock_timestamp()
  FROM jsonb_populate_record(NULL::printer_status, $2::jsonb) r
RETURNING id, error_code IS NOT NULL AND error_code IS DISTINCT FROM (SELECT s.error_code
    FROM printer_status s WHERE s.printer_id = $1::uuid
   ORDER BY s.created_at DESC, s.id DESC LIMIT 1) AS alarming;

-- The printer's row follows. A report without a job leaves the job as it was while the printer
-- is at work, and ends it otherwise.
-- :name   status_printer
-- :params status_id uuid, gives_job boolean
-- :rows   one
UPDATE printers p SET current_status = s.status, last_seen_at = s.created_at,
    current_job_id = CASE WHEN $2::boolean THEN s.current_job_id
        WHEN lower(s.status) IN ('idle', 'offline', 'ready', 'finished', 'complete', 'completed',
            'finish') THEN NULL ELSE p.current_job_id END
  FROM printer_status s
 WHERE s.id = $1::uuid AND p.id = s.printer_id AND p.organization_id = s.organization_id
RETURNING spool.report_live(s.id) AS told;

-- :name   status_alert
-- :params status_id uuid
-- :rows   one
SELECT spool.alert(s.organization_id, 'error', p.name || ': ' || s.error_code,
    coalesce(s.error_message, s.error_code), jsonb_build_object('printerId', s.printer_id,
        'errorCode', s.error_code, 'jobId', s.current_job_id)) AS told
  FROM printer_status s JOIN printers p ON p.id = s.printer_id WHERE s.id = $1::uuid;

-- The job a report is about; holds its row.
-- :name   status_job
-- :params id uuid
-- :rows   maybe
SELECT j.id, j.status, j.printer_id, j.plates_requested,
       coalesce(p.connection_type = 'usb' AND p.serial_device IS NOT NULL, false) AS local
  FROM print_jobs j LEFT JOIN printers p ON p.id = j.printer_id
 WHERE j.id = $1::uuid AND j.organization_id = auth.org()
   FOR NO KEY UPDATE OF j;

-- starts, ends: effects of the life cycle. Without a figure for the time the clock's counts.
-- :name   status_job_report
-- :params id uuid, status text, progress numeric, layer integer, layers integer, reason text
-- :params minutes integer, grams numeric, plates integer, starts boolean, ends boolean
-- :rows   one
UPDATE print_jobs j SET status = $2::text,
    progress_percentage = CASE WHEN $2::text = 'completed' THEN 100
        ELSE coalesce(round($3::numeric, 2), progress_percentage) END,
    current_layer = coalesce($4::integer, current_layer),
    total_layers = coalesce($5::integer, total_layers),
    failure_reason = coalesce($6::text, failure_reason),
    failure_category = CASE WHEN $2::text <> 'failed' THEN failure_category
        WHEN coalesce($6::text, failure_reason) IS NULL THEN 'Agent' END,
    actual_time_seconds = coalesce($7::integer * 60, actual_time_seconds, CASE
        WHEN $11::boolean THEN extract(epoch FROM now() - started_at)::integer END),
    filament_used_grams = coalesce($8::numeric, filament_used_grams),
    plates_completed = coalesce($9::integer, CASE WHEN $2::text = 'completed'
        THEN plates_requested ELSE plates_completed END),
    queued_at = CASE WHEN $2::text = 'queued' THEN coalesce(queued_at, now()) ELSE queued_at END,
    started_at = CASE WHEN $10::boolean THEN coalesce(started_at, now()) ELSE started_at END,
    estimated_completion_at = CASE WHEN $10::boolean AND started_at IS NULL
        THEN now() + make_interval(secs => estimated_time_seconds)
        ELSE estimated_completion_at END,
    completed_at = CASE WHEN $11::boolean THEN now() ELSE completed_at END,
    hold_reason = CASE WHEN status = $2::text THEN hold_reason
        WHEN $2::text = 'paused' THEN 'operator' END
 WHERE j.id = $1::uuid AND j.organization_id = auth.org()
RETURNING id;

-- The rest of the world: history, browsers, creator, the printer's row. topic, note: or null.
-- :name   status_job_told
-- :params id uuid, event text, severity text, message text, topic text, reason text, note text
-- :params title text, alert boolean
-- :rows   one
WITH follow AS (
	UPDATE printers p SET current_job_id = CASE WHEN j.status IN ('claimed', 'preparing',
	    'printing', 'paused') THEN j.id ELSE nullif(p.current_job_id, j.id) END
	  FROM print_jobs j WHERE j.id = $1::uuid AND p.id = j.printer_id
	RETURNING p.id
)
SELECT spool.job_event(j, $2::public.event_type, $3::public.severity, $4::text, NULL, now()),
    CASE WHEN $5::text IS NOT NULL THEN spool.emit_job(j, $5::text, $6::text, now()) END,
    CASE WHEN $7::text IS NOT NULL THEN spool.tell_creator(j, $7::public.notification_type,
        $8::text, $4::text) END,
    CASE WHEN $9::boolean THEN spool.alert(j.organization_id, 'error', 'Print failed', $4::text,
        jsonb_build_object('jobId', j.id, 'printerId', j.printer_id)) END,
    pg_notify('platen', 'job ' || j.printer_id), (SELECT count(*) FROM follow) AS followed
  FROM print_jobs j WHERE j.id = $1::uuid;
