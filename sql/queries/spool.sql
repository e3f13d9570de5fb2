-- SPDX-License-Identifier: Apache-2.0
-- The spooler's statements. It acts through spool.claim and spool.apply_event (architecture.md
-- §3.4); the rest is looking, and the passing values it writes in batches.

-- Local printers of this host; $2 one printer, or null for all.
-- :name   spool_printers
-- :params host text, printer_id uuid
-- :rows   many
SELECT p.id, p.organization_id, p.name, p.serial_device AS device, p.baud_rate AS baud,
       p.is_default, p.attention,
       coalesce(p.max_build_volume_x, 0)::float8 AS volume_x,
       coalesce(p.max_build_volume_y, 0)::float8 AS volume_y,
       coalesce(p.max_build_volume_z, 0)::float8 AS volume_z,
       coalesce(p.max_nozzle_temp, 0)::float8 AS max_hotend,
       coalesce(p.max_bed_temp, 0)::float8 AS max_bed,
       p.scripts->>'start' AS script_start, p.scripts->>'end' AS script_end,
       p.scripts->>'pause' AS script_pause, p.scripts->>'resume' AS script_resume,
       p.scripts->>'cancel' AS script_cancel
  FROM public.printers p
 WHERE p.is_active AND p.connection_type = 'usb' AND p.serial_device IS NOT NULL
   AND (p.host IS NULL OR p.host = $1::text)
   AND ($2::uuid IS NULL OR p.id = $2::uuid)
 ORDER BY p.id;

-- Attempts somebody has claimed for these printers and nobody has begun.
-- :name   spool_attempts
-- :params host text, printer_id uuid
-- :rows   many
SELECT t.printer_id, t.job_id, t.id AS attempt_id, t.fence, t.base, t.planned_lines,
       extract(epoch FROM clock_timestamp() - t.claimed_at)::float8 AS age_sec,
       coalesce(s.file_path, f.file_path) AS file_path,
       coalesce(s.idx_sha256, f.idx_sha256) AS idx_sha256,
       coalesce(s.file_size, f.file_size) AS size,
       coalesce((a.figures->>'layers')::float8, 0)::bigint AS planned_layers,
       coalesce((a.figures->>'estimatedTime')::float8, j.estimated_time_seconds, 0)::bigint
           AS estimated_sec,
       coalesce((j.settings->'temperature'->>'hotend')::float8, 0) AS hotend_override,
       coalesce((j.settings->'temperature'->>'bed')::float8, 0) AS bed_override,
       coalesce((j.settings->'temperature'->>'hotend')::float8,
           (a.figures->>'hotend')::float8, 0) AS hotend_preheat,
       coalesce((j.settings->'temperature'->>'bed')::float8,
           (a.figures->>'bed')::float8, 0) AS bed_preheat,
       coalesce((a.figures->>'homes')::boolean, false) AS file_homes,
       coalesce((a.figures->>'heatsHotend')::boolean, false) AS file_heats_hotend,
       coalesce((a.figures->>'heatsBed')::boolean, false) AS file_heats_bed,
       t.plate < j.plates_requested AS more_plates
  FROM public.print_attempts t
  JOIN public.printers p ON p.id = t.printer_id
  JOIN public.print_jobs j ON j.id = t.job_id AND j.attempt_id = t.id
  LEFT JOIN public.sliced_files s ON s.id = j.sliced_file_id
  LEFT JOIN public.files f ON f.id = j.file_id
 CROSS JOIN LATERAL (SELECT CASE WHEN s.id IS NULL THEN f.analysis ELSE s.analysis END AS figures) a
 WHERE t.state = 'claimed' AND j.status = 'claimed'
   AND p.is_active AND p.connection_type = 'usb' AND p.serial_device IS NOT NULL
   AND (p.host IS NULL OR p.host = $1::text)
   AND ($2::uuid IS NULL OR p.id = $2::uuid)
 ORDER BY t.fence;

-- Attempts that the database takes for running; one that no journal knows needs a person.
-- :name   spool_running
-- :params host text, printer_id uuid
-- :rows   many
SELECT t.printer_id, t.id AS attempt_id, t.fence
  FROM public.print_attempts t
  JOIN public.printers p ON p.id = t.printer_id
  JOIN public.print_jobs j ON j.id = t.job_id AND j.attempt_id = t.id
 WHERE t.state = 'running' AND j.status IN ('preparing', 'printing', 'paused')
   AND j.hold_reason IS DISTINCT FROM 'interrupted'
   AND p.is_active AND p.connection_type = 'usb' AND p.serial_device IS NOT NULL
   AND (p.host IS NULL OR p.host = $1::text)
   AND ($2::uuid IS NULL OR p.id = $2::uuid);

-- Takes the commands that wait for a printer. Camera commands are the gateway's.
-- :name   spool_commands
-- :params printer_id uuid
-- :rows   many
WITH taken AS (
	SELECT c.id
	  FROM public.printer_commands c
	 WHERE c.printer_id = $1::uuid AND c.status = 'pending' AND c.recipient_id = 'spooler'
	   AND c.command_type NOT IN ('camera_on', 'camera_off')
	   AND (c.timeout_at IS NULL OR c.timeout_at > now())
	 ORDER BY c.priority DESC, c.created_at
	 LIMIT 20
	   FOR UPDATE SKIP LOCKED
), moved AS (
	UPDATE public.printer_commands c SET status = 'executing', sent_at = now()
	  FROM taken WHERE c.id = taken.id
	RETURNING c.id, c.command_type, c.metadata, c.priority, c.created_at, c.created_by,
	          c.timeout_at
)
SELECT id, command_type, metadata, created_by,
       coalesce(extract(epoch FROM timeout_at - now()), 0)::float8 AS left_sec
  FROM moved ORDER BY priority DESC, created_at;

-- Printers with commands that wait (the slow scan).
-- :name   spool_command_printers
-- :params host text
-- :rows   many
SELECT DISTINCT c.printer_id
  FROM public.printer_commands c
  JOIN public.printers p ON p.id = c.printer_id
 WHERE c.status = 'pending' AND c.recipient_id = 'spooler' AND p.is_active
   AND (p.host IS NULL OR p.host = $1::text);

-- :name   spool_claim
-- :params job_id uuid, printer_id uuid, by text
-- :rows   many
SELECT c.* FROM spool.claim($1::uuid, $2::uuid, $3::text) c;

-- The next job of an idle printer's queue; spool.claim refuses what may not begin.
-- :name   spool_next
-- :params printer_id uuid
-- :rows   maybe
SELECT j.id AS job_id
  FROM public.print_jobs j
  JOIN public.printers p ON p.id = j.printer_id
 WHERE j.printer_id = $1::uuid AND j.status = 'queued'
   AND (j.hold_reason IS NULL OR j.hold_reason IN ('busy', 'plate', 'offline', 'attention'))
   AND p.plate = 'clear' AND p.attention IS NULL
 ORDER BY j.priority_rank DESC, j.queued_at, j.created_at
 LIMIT 1;

-- :name   spool_apply
-- :params printer_id uuid, seq bigint, at float8, kind text, attempt_id uuid, fence bigint
-- :params data jsonb
-- :rows   one
SELECT spool.apply_event($1::uuid, $2::bigint, to_timestamp($3::float8), $4::text, $5::uuid,
       $6::bigint, $7::jsonb) AS outcome;

-- All printers whose values changed, in one statement; readers look for seq.
-- :name   spool_live
-- :params rows jsonb
-- :rows   none
WITH written AS (
	INSERT INTO public.printer_live AS l (printer_id, organization_id, seq, state, connected,
	    needs_homing, hotend, hotend_target, bed, bed_target, chamber, chamber_target, x, y, z, e,
	    job_id, attempt_id, line, planned_lines, progress, layer, layers, elapsed_sec,
	    remaining_sec, speed_percent, flow_percent, fan_percent, error_code, error_message,
	    firmware, display, counters, updated_at)
	SELECT r.printer_id, p.organization_id, nextval('public.live_seq'), r.state, r.connected,
	    r.needs_homing, r.hotend, r.hotend_target, r.bed, r.bed_target, r.chamber,
	    r.chamber_target, r.x, r.y, r.z, r.e, r.job_id, r.attempt_id, r.line, r.planned_lines,
	    r.progress, r.layer, r.layers, r.elapsed_sec, r.remaining_sec, r.speed_percent,
	    r.flow_percent, r.fan_percent, r.error_code, r.error_message, r.firmware, r.display,
	    r.counters, now()
	  FROM jsonb_to_recordset($1::jsonb) AS r (printer_id uuid, state text, connected boolean,
	    needs_homing boolean, hotend float8, hotend_target float8, bed float8, bed_target float8,
	    chamber float8, chamber_target float8, x float8, y float8, z float8, e float8,
	    job_id uuid, attempt_id uuid, line bigint, planned_lines bigint, progress float8,
	    layer integer, layers integer, elapsed_sec bigint, remaining_sec bigint,
	    speed_percent integer, flow_percent integer, fan_percent integer, error_code text,
	    error_message text, firmware text, display text, counters jsonb)
	  JOIN public.printers p ON p.id = r.printer_id
	 ORDER BY r.printer_id
	ON CONFLICT (printer_id) DO UPDATE SET organization_id = excluded.organization_id,
	    seq = excluded.seq, state = excluded.state, connected = excluded.connected,
	    needs_homing = excluded.needs_homing, hotend = excluded.hotend,
	    hotend_target = excluded.hotend_target, bed = excluded.bed,
	    bed_target = excluded.bed_target, chamber = excluded.chamber,
	    chamber_target = excluded.chamber_target, x = excluded.x, y = excluded.y,
	    z = excluded.z, e = excluded.e, job_id = excluded.job_id,
	    attempt_id = excluded.attempt_id, line = excluded.line,
	    planned_lines = excluded.planned_lines, progress = excluded.progress,
	    layer = excluded.layer, layers = excluded.layers, elapsed_sec = excluded.elapsed_sec,
	    remaining_sec = excluded.remaining_sec, speed_percent = excluded.speed_percent,
	    flow_percent = excluded.flow_percent, fan_percent = excluded.fan_percent,
	    error_code = excluded.error_code, error_message = excluded.error_message,
	    firmware = excluded.firmware, display = excluded.display,
	    counters = excluded.counters, updated_at = excluded.updated_at
	RETURNING l.printer_id, l.attempt_id, l.progress, l.layer, l.layers, l.remaining_sec,
	    l.connected
), jobs AS (
	UPDATE public.print_jobs j SET progress_percentage = least(greatest(w.progress, 0), 100),
	    current_layer = w.layer, total_layers = nullif(w.layers, 0),
	    estimated_completion_at = CASE WHEN w.remaining_sec >= 0
	        THEN now() + make_interval(secs => w.remaining_sec) END
	  FROM written w
	 WHERE j.attempt_id = w.attempt_id AND j.status IN ('preparing', 'printing', 'paused')
	   AND abs(j.progress_percentage - least(greatest(w.progress, 0), 100)) >= 0.1
)
SELECT pg_notify('platen', 'live values') FROM written LIMIT 1;

-- :name   spool_status
-- :params rows jsonb
-- :rows   none
WITH written AS (
	INSERT INTO public.printer_status (organization_id, printer_id, status, current_job_id,
	    progress_percentage, current_layer, total_layers, time_elapsed_seconds,
	    time_remaining_seconds, nozzle_temp_current, nozzle_temp_target, bed_temp_current,
	    bed_temp_target, chamber_temp_current, print_speed_percentage, flow_rate_percentage,
	    part_cooling_fan_speed, error_code, error_message, is_online)
	SELECT p.organization_id, p.id, r.state, j.id, r.progress, r.layer, nullif(r.layers, 0),
	    r.elapsed_sec, nullif(r.remaining_sec, -1), r.hotend, r.hotend_target, r.bed,
	    r.bed_target, r.chamber, r.speed_percent, r.flow_percent, r.fan_percent, r.error_code,
	    r.error_message, r.connected
	  FROM jsonb_to_recordset($1::jsonb) AS r (printer_id uuid, state text, connected boolean,
	    hotend numeric, hotend_target numeric, bed numeric, bed_target numeric, chamber numeric,
	    job_id uuid, progress numeric, layer integer, layers integer, elapsed_sec integer,
	    remaining_sec integer, speed_percent integer, flow_percent integer, fan_percent integer,
	    error_code text, error_message text)
	  JOIN public.printers p ON p.id = r.printer_id
	  LEFT JOIN public.print_jobs j ON j.id = r.job_id
	RETURNING printer_id, is_online
)
UPDATE public.printers p SET last_seen_at = now()
  FROM written w WHERE p.id = w.printer_id AND w.is_online;

-- :name   spool_temperatures
-- :params rows jsonb
-- :rows   none
INSERT INTO public.temperature_logs (organization_id, job_id, hotend_temp, hotend_target,
    bed_temp, bed_target, chamber_temp)
SELECT j.organization_id, j.id, r.hotend, coalesce(r.hotend_target, 0), coalesce(r.bed, 0),
    coalesce(r.bed_target, 0), r.chamber
  FROM jsonb_to_recordset($1::jsonb) AS r (job_id uuid, hotend float8, hotend_target float8,
    bed float8, bed_target float8, chamber float8)
  JOIN public.print_jobs j ON j.id = r.job_id
 WHERE r.hotend IS NOT NULL;
