-- SPDX-License-Identifier: Apache-2.0
-- The spooler's bulk writing and reading: live values, commands, attempts, printers.
CALL public.platen_own();

-- printers.current_status for the spooler's finer words.
CREATE FUNCTION spool.coarse_state(state text, connected boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE
		WHEN state = 'halted' THEN 'error'
		WHEN NOT connected OR state IN ('offline', 'connecting') THEN 'offline'
		WHEN state IN ('preparing', 'printing', 'pausing', 'resuming', 'finishing',
		    'cancelling', 'recovering') THEN 'printing'
		WHEN state = 'paused' THEN 'paused'
		ELSE 'idle' END
$$;

CREATE FUNCTION spool.live_rows(live jsonb)
RETURNS TABLE (printer_id uuid, organization_id uuid, state text, connected boolean,
    needs_homing boolean, hotend double precision, hotend_target double precision,
    bed double precision, bed_target double precision, chamber double precision,
    chamber_target double precision, x double precision, y double precision,
    z double precision, e double precision, job_id uuid, attempt_id uuid, line bigint,
    planned_lines bigint, progress double precision, layer integer, layers integer,
    elapsed_sec bigint, remaining_sec bigint, speed_percent integer, flow_percent integer,
    fan_percent integer, error_code text, error_message text, firmware text, display text,
    counters jsonb, record boolean, log boolean)
LANGUAGE sql STABLE AS $$
	SELECT r.printer_id, p.organization_id, coalesce(r.state, 'offline'),
	    coalesce(r.connected, false), coalesce(r.needs_homing, true), r.hotend,
	    r.hotend_target, r.bed, r.bed_target, r.chamber, r.chamber_target, r.x, r.y, r.z, r.e,
	    r.job_id, r.attempt_id, r.line, r.planned_lines, r.progress, r.layer, r.layers,
	    r.elapsed_sec, r.remaining_sec, r.speed_percent, r.flow_percent, r.fan_percent,
	    r.error_code, r.error_message, r.firmware, r.display, r.counters,
	    coalesce(r.record, false), coalesce(r.log, false)
	  FROM jsonb_to_recordset(live) AS r(printer_id uuid, state text, connected boolean,
	    needs_homing boolean, hotend double precision, hotend_target double precision,
	    bed double precision, bed_target double precision, chamber double precision,
	    chamber_target double precision, x double precision, y double precision,
	    z double precision, e double precision, job_id uuid, attempt_id uuid, line bigint,
	    planned_lines bigint, progress double precision, layer integer, layers integer,
	    elapsed_sec bigint, remaining_sec bigint, speed_percent integer,
	    flow_percent integer, fan_percent integer, error_code text, error_message text,
	    firmware text, display text, counters jsonb, record boolean, log boolean)
	  JOIN public.printers p ON p.id = r.printer_id
$$;

-- The history: status rows, temperatures of the job, the printer's coarse state.
CREATE FUNCTION spool.write_history(live jsonb) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO public.printer_status (organization_id, printer_id, status, current_job_id,
	    progress_percentage, current_layer, total_layers, time_elapsed_seconds,
	    time_remaining_seconds, nozzle_temp_current, nozzle_temp_target, bed_temp_current,
	    bed_temp_target, chamber_temp_current, print_speed_percentage, flow_rate_percentage,
	    part_cooling_fan_speed, error_code, error_message, is_online)
	SELECT organization_id, printer_id, spool.coarse_state(state, connected), job_id, progress,
	    layer, layers, elapsed_sec, remaining_sec, least(hotend, 999.99),
	    least(hotend_target, 999.99), least(bed, 999.99), least(bed_target, 999.99),
	    least(chamber, 999.99), speed_percent, flow_percent, fan_percent, left(error_code, 50),
	    error_message, connected
	  FROM spool.live_rows(live) WHERE record;

	UPDATE public.printers p SET current_status = spool.coarse_state(r.state, r.connected),
	    last_seen_at = CASE WHEN r.connected THEN now() ELSE p.last_seen_at END
	  FROM spool.live_rows(live) r WHERE p.id = r.printer_id AND r.record;

	INSERT INTO public.temperature_logs (organization_id, job_id, hotend_temp, hotend_target,
	    bed_temp, bed_target, chamber_temp)
	SELECT j.organization_id, j.id, coalesce(r.hotend, 0), coalesce(r.hotend_target, 0),
	    coalesce(r.bed, 0), coalesce(r.bed_target, 0), r.chamber
	  FROM spool.live_rows(live) r JOIN public.print_jobs j ON j.id = r.job_id
	   AND j.organization_id = r.organization_id AND j.attempt_id = r.attempt_id
	 WHERE r.log;
$$;

-- All printers that changed, in one statement: live values, and where an element says so a
-- status row (`record`) and a temperature row (`log`). Keys are printer_live's column names.
-- Progress reaches the job only through the attempt that counts. Answers the rows written.
CREATE FUNCTION spool.write_live(live jsonb) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	n integer;
BEGIN
	INSERT INTO public.printer_live AS l (printer_id, organization_id, seq, state, connected,
	    needs_homing, hotend, hotend_target, bed, bed_target, chamber, chamber_target, x, y, z,
	    e, job_id, attempt_id, line, planned_lines, progress, layer, layers, elapsed_sec,
	    remaining_sec, speed_percent, flow_percent, fan_percent, error_code, error_message,
	    firmware, display, counters, updated_at)
	SELECT printer_id, organization_id, nextval('public.live_seq'), state, connected,
	    needs_homing, hotend, hotend_target, bed, bed_target, chamber, chamber_target, x, y, z,
	    e, job_id, attempt_id, line, planned_lines, progress, layer, layers, elapsed_sec,
	    remaining_sec, speed_percent, flow_percent, fan_percent, error_code, error_message,
	    firmware, display, counters, clock_timestamp()
	  FROM spool.live_rows(live) ORDER BY printer_id
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
	    counters = excluded.counters, updated_at = excluded.updated_at;
	GET DIAGNOSTICS n = ROW_COUNT;
	UPDATE public.print_jobs j SET
	    progress_percentage = least(greatest(round(r.progress::numeric, 2), 0), 100),
	    current_layer = coalesce(r.layer, j.current_layer),
	    total_layers = coalesce(j.total_layers, r.layers)
	  FROM spool.live_rows(live) r
	 WHERE j.id = r.job_id AND j.attempt_id = r.attempt_id AND r.progress IS NOT NULL
	   AND j.status IN ('preparing', 'printing', 'paused')
	   AND j.hold_reason IS DISTINCT FROM 'next_plate'
	   AND (j.progress_percentage, j.current_layer) IS DISTINCT FROM
	       (round(r.progress::numeric, 2), coalesce(r.layer, j.current_layer));
	IF live @? '$[*] ? (@.record == true || @.log == true)' THEN
		PERFORM spool.write_history(live);
	END IF;
	IF n > 0 THEN
		PERFORM pg_notify('platen', 'live values');
	END IF;
	RETURN n;
END
$$;

-- Commands for a local printer, taken once: priority first, then oldest. The camera's are the
-- gateway's.
CREATE FUNCTION spool.take_commands(printer uuid)
RETURNS TABLE (id uuid, command_type text, metadata jsonb, created_by uuid, priority smallint,
    timeout_at timestamptz, created_at timestamptz)
LANGUAGE sql AS $$
	WITH taken AS (
		UPDATE public.printer_commands c SET status = 'sent', sent_at = now()
		 WHERE c.id IN (SELECT w.id FROM public.printer_commands w
		     WHERE w.printer_id = printer AND w.recipient_id = 'spooler'
		       AND w.command_type NOT IN ('camera_on', 'camera_off')
		       AND w.status = 'pending' AND (w.timeout_at IS NULL OR w.timeout_at > now())
		     ORDER BY w.priority DESC, w.created_at, w.id FOR UPDATE SKIP LOCKED)
		RETURNING c.id, c.command_type::text, c.metadata, c.created_by, c.priority,
		    c.timeout_at, c.created_at
	)
	SELECT * FROM taken ORDER BY priority DESC, created_at, id
$$;

-- What a spooler took that then died, `age` seconds ago or earlier: wishes are given once more, they
-- have the same effect twice; of the rest nobody knows how far the printer came.
CREATE FUNCTION spool.take_lost(printer uuid, age double precision)
RETURNS TABLE (id uuid, command_type text, metadata jsonb, created_by uuid, priority smallint,
    timeout_at timestamptz, created_at timestamptz)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	before constant timestamptz := now() - make_interval(secs => age);
	late uuid;
BEGIN
	FOR late IN UPDATE public.printer_commands c SET status = 'failed', completed_at = now(),
	        error_message = coalesce(c.error_message, 'The spooler ended before the answer came')
	    WHERE c.printer_id = printer AND c.recipient_id = 'spooler' AND c.sent_at < before
	      AND c.status IN ('sent', 'executing') AND c.command_type NOT IN ('pause_print',
	          'resume_print', 'cancel_print', 'camera_on', 'camera_off')
	    RETURNING c.id
	LOOP
		PERFORM pg_notify('platen', 'done ' || late);
	END LOOP;
	RETURN QUERY SELECT c.id, c.command_type::text, c.metadata, c.created_by, c.priority,
	        c.timeout_at, c.created_at
	    FROM public.printer_commands c
	   WHERE c.printer_id = printer AND c.recipient_id = 'spooler' AND c.sent_at < before
	     AND c.status IN ('sent', 'executing') AND c.command_type IN ('pause_print',
	         'resume_print', 'cancel_print')
	   ORDER BY c.priority DESC, c.created_at, c.id;
END
$$;

-- Commands nobody answered. What a local spooler is executing it ends itself, however long a
-- heating takes.
CREATE FUNCTION spool.expire_commands() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	late uuid;
	n integer := 0;
BEGIN
	FOR late IN UPDATE public.printer_commands c SET status = 'timeout', completed_at = now(),
	        error_message = coalesce(c.error_message, 'No answer in time')
	    WHERE c.status IN ('pending', 'sent', 'executing') AND c.timeout_at < now()
	      AND NOT (c.status = 'executing' AND c.recipient_id = 'spooler')
	    RETURNING c.id
	LOOP
		PERFORM pg_notify('platen', 'done ' || late);
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

-- Local printers that this host's spooler serves.
CREATE FUNCTION spool.printers(on_host text)
RETURNS TABLE (id uuid, organization_id uuid, name text, serial_device text, baud_rate integer,
    volume_x double precision, volume_y double precision, volume_z double precision,
    max_nozzle_temp integer, max_bed_temp integer, scripts jsonb, plate text, attention text,
    current_status text, is_default boolean, last_seq bigint)
LANGUAGE sql STABLE AS $$
	SELECT p.id, p.organization_id, p.name::text, p.serial_device::text, p.baud_rate,
	    p.max_build_volume_x, p.max_build_volume_y, p.max_build_volume_z, p.max_nozzle_temp,
	    p.max_bed_temp, p.scripts, p.plate::text, p.attention::text, p.current_status::text,
	    p.is_default, coalesce(c.last_seq, 0)
	  FROM public.printers p LEFT JOIN public.spool_cursors c ON c.printer_id = p.id
	 WHERE p.is_active AND p.connection_type = 'usb' AND p.serial_device IS NOT NULL
	   AND (p.host IS NULL OR on_host IS NULL OR p.host = on_host)
	 ORDER BY p.id
$$;

-- All the spooler needs of the attempts that are claimed or under way on these printers. The
-- preheat figures serve files that set none: start's own, else the profile's, else the file's.
CREATE FUNCTION spool.attempts(printers uuid[])
RETURNS TABLE (attempt_id uuid, fence bigint, state text, job_id uuid, printer_id uuid,
    organization_id uuid, job_status text, hold_reason text, plate integer,
    plates_requested integer, more_plates boolean, base bigint, planned_lines bigint,
    claimed_at timestamptz, age_sec double precision, name text, file_path text,
    file_size bigint, sha256 text, idx_sha256 text, analysis jsonb, layers integer,
    estimated_sec integer, hotend_override double precision, bed_override double precision,
    hotend_preheat double precision, bed_preheat double precision, material text)
LANGUAGE sql STABLE AS $$
	SELECT a.id, a.fence, a.state::text, j.id, a.printer_id, j.organization_id,
	    j.status::text, j.hold_reason::text, a.plate, j.plates_requested,
	    a.plate < j.plates_requested, a.base, a.planned_lines, a.claimed_at,
	    extract(epoch FROM clock_timestamp() - a.claimed_at)::double precision, s.name,
	    s.file_path, s.file_size, s.sha256, s.idx_sha256, s.analysis,
	    (s.analysis->>'layers')::integer, s.estimated_time,
	    (j.settings->'temperature'->>'hotend')::double precision,
	    (j.settings->'temperature'->>'bed')::double precision,
	    coalesce((j.settings->'temperature'->>'hotend')::double precision, f.nozzle_temp,
	        (s.metadata->'metadata'->>'hotendTemp')::double precision),
	    coalesce((j.settings->'temperature'->>'bed')::double precision, f.bed_temp,
	        (s.metadata->'metadata'->>'bedTemp')::double precision),
	    s.metadata->'metadata'->>'filamentType'
	  FROM public.print_attempts a
	  JOIN public.print_jobs j ON j.id = a.job_id AND j.attempt_id = a.id
	  LEFT JOIN LATERAL spool.job_source(j.id) s ON true
	  LEFT JOIN public.print_profiles f ON f.id = nullif(j.settings->>'profileId', '')::uuid
	 WHERE a.printer_id = ANY (printers) AND a.state IN ('claimed', 'running', 'interrupted')
	   AND j.status IN ('claimed', 'preparing', 'printing', 'paused')
	 ORDER BY a.fence
$$;
