-- SPDX-License-Identifier: Apache-2.0
-- spool.apply_event(): the one way of the spooler into a job's life. Each event has effect once
-- (the journal's sequence number), only for the attempt that still counts (the fence), and only
-- along the life cycle. Helpers first; architecture.md §3.4 lists the kinds.
CALL public.platen_own();

CREATE FUNCTION spool.job_event(j public.print_jobs, kind public.event_type, level
    public.severity, message text, metadata jsonb, at timestamptz) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO public.print_events (organization_id, job_id, event_type, severity, message,
	    metadata, timestamp)
	VALUES (j.organization_id, j.id, kind, level, message, metadata, at)
$$;

-- print:* for the gateway, which adds the job's shape itself.
CREATE FUNCTION spool.emit_job(j public.print_jobs, topic text, reason text, at timestamptz)
RETURNS void
LANGUAGE sql AS $$
	SELECT spool.emit(topic, j.organization_id, NULL, jsonb_build_object('jobId', j.id,
	    'printerId', j.printer_id, 'reason', reason, 'timestamp', spool.iso(at)))
$$;

CREATE FUNCTION spool.tell_creator(j public.print_jobs, kind public.notification_type,
    title text, message text) RETURNS void
LANGUAGE sql AS $$
	SELECT spool.notify_user(coalesce(j.user_id, j.created_by), j.organization_id, kind, title,
	    message, jsonb_build_object('jobId', j.id, 'printerId', j.printer_id))
$$;

-- One step of a job's life cycle: the new state, or null when there is no such edge.
CREATE FUNCTION spool.job_next(j public.print_jobs, event text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT c.to_state FROM public.life_cycle c
	 WHERE c.kind = 'job' AND c.from_state = j.status AND c.event = job_next.event
$$;

-- The attempt is over: state, figures, numbers.
CREATE FUNCTION spool.end_attempt(a public.print_attempts, new_state text, data jsonb,
    at timestamptz) RETURNS void
LANGUAGE sql AS $$
	UPDATE public.print_attempts SET state = new_state, ended_at = at,
	    last_number = coalesce((data->>'lastNumber')::bigint, last_number),
	    outcome = coalesce(data->>'reason', outcome), figures = nullif(data, '{}')
	 WHERE id = a.id
$$;

CREATE FUNCTION spool.material_price(org uuid, material text) RETURNS numeric
LANGUAGE sql STABLE AS $$
	SELECT (s.value->material->>'pricePerKg')::numeric FROM public.printer_settings s
	 WHERE s.key = 'materials' AND (s.organization_id = org OR s.organization_id IS NULL)
	   AND s.value ? material
	 ORDER BY s.organization_id NULLS LAST LIMIT 1
$$;

-- Adds what one attempt used to its job: seconds, grams, money. filamentFraction is 0-1 of the
-- plate; without it the line progress counts.
CREATE FUNCTION spool.book_usage(j public.print_jobs, data jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	src record;
	material text;
	grams numeric;
BEGIN
	SELECT * INTO src FROM spool.job_source(j.id);
	material := coalesce(j.material_type, src.metadata->'metadata'->>'filamentType',
	    src.metadata->>'filamentType');
	grams := round((src.filament_grams * coalesce((data->>'filamentFraction')::double precision,
	    j.progress_percentage / 100))::numeric, 2);
	UPDATE public.print_jobs SET
	    actual_time_seconds = coalesce(actual_time_seconds, 0)
	        + coalesce(round((data->>'elapsed')::numeric)::integer, 0),
	    filament_used_grams = CASE WHEN grams IS NULL THEN filament_used_grams
	        ELSE coalesce(filament_used_grams, 0) + grams END,
	    cost = CASE WHEN grams IS NULL THEN cost ELSE coalesce(cost, 0) + coalesce(round(
	        grams / 1000 * spool.material_price(j.organization_id, material), 2), 0) END,
	    material_type = coalesce(material_type, left(material, 50))
	 WHERE id = j.id;
END
$$;

-- printers.current_status while it is connected and not halted: what its active job says.
CREATE FUNCTION spool.printer_word(printer uuid) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT CASE j.status WHEN 'paused' THEN 'paused' ELSE 'printing' END
	    FROM public.print_jobs j WHERE j.printer_id = printer
	     AND j.status IN ('preparing', 'printing', 'paused')
	   ORDER BY j.attempt_id IS NULL LIMIT 1), 'idle')
$$;

-- The printer's row after its job has moved. halted: the firmware stopped as well.
CREATE FUNCTION spool.follow_job(j public.print_jobs, over boolean,
    halted boolean DEFAULT false) RETURNS void
LANGUAGE sql AS $$
	UPDATE public.printers SET
	    current_job_id = CASE WHEN over THEN nullif(current_job_id, j.id) ELSE j.id END,
	    current_status = CASE WHEN halted THEN 'error' WHEN current_status = 'offline'
	        THEN 'offline' ELSE spool.printer_word(id) END
	 WHERE id = j.printer_id
$$;

CREATE FUNCTION spool.save_pause(j public.print_jobs, data jsonb) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO public.job_pause_states AS s (job_id, organization_id, x, y, z, e, feedrate,
	    absolute_xyz, absolute_e, units, tool, hotend_target, bed_target, chamber_target,
	    fan_speed, file_offset, line_no, layer, reason)
	SELECT j.id, j.organization_id, r.x, r.y, r.z, r.e, r.feedrate, r.absolute_xyz,
	    r.absolute_e, r.units, r.tool, r.hotend_target, r.bed_target, r.chamber_target,
	    r.fan_speed, r.file_offset, r.line_no, r.layer, r.reason
	  FROM jsonb_to_record(data) AS r(x double precision, y double precision,
	    z double precision, e double precision, feedrate double precision,
	    absolute_xyz boolean, absolute_e boolean, units text, tool smallint,
	    hotend_target double precision, bed_target double precision,
	    chamber_target double precision, fan_speed double precision, file_offset bigint,
	    line_no bigint, layer integer, reason text)
	ON CONFLICT (job_id) DO UPDATE SET x = excluded.x, y = excluded.y, z = excluded.z,
	    e = excluded.e, feedrate = excluded.feedrate, absolute_xyz = excluded.absolute_xyz,
	    absolute_e = excluded.absolute_e, units = excluded.units, tool = excluded.tool,
	    hotend_target = excluded.hotend_target, bed_target = excluded.bed_target,
	    chamber_target = excluded.chamber_target, fan_speed = excluded.fan_speed,
	    file_offset = excluded.file_offset, line_no = excluded.line_no,
	    layer = excluded.layer, reason = excluded.reason, created_at = now()
$$;

-- preparing, printing, resumed, paused, interrupted, expired.
CREATE FUNCTION spool.apply_progress(j public.print_jobs, a public.print_attempts, kind text,
    data jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	reason constant text := data->>'reason';
	words constant text := coalesce(data->>'text', reason, 'by request');
	hold constant text := CASE WHEN kind = 'interrupted' THEN 'interrupted'
	    WHEN reason IN ('filament', 'prompt', 'operator', 'offline', 'attention', 'held')
	    THEN reason ELSE 'operator' END;
BEGIN
	CASE kind
	WHEN 'preparing' THEN
		UPDATE public.print_jobs SET status = 'preparing' WHERE id = j.id;
		UPDATE public.print_attempts SET state = 'running', first_byte_at = at WHERE id = a.id;
		PERFORM spool.job_event(j, 'JOB_STARTED', 'INFO', CASE WHEN j.plates_requested > 1
		    THEN format('Started plate %s of %s', a.plate, j.plates_requested)
		    ELSE 'Started' END, NULL, at);
	WHEN 'printing' THEN
		UPDATE public.print_jobs SET status = 'printing', hold_reason = NULL,
		    started_at = coalesce(started_at, at), estimated_completion_at =
		    at + make_interval(secs => estimated_time_seconds) WHERE id = j.id;
		UPDATE public.print_attempts SET state = 'running',
		    first_byte_at = coalesce(first_byte_at, at) WHERE id = a.id;
		PERFORM spool.emit_job(j, 'print:started', NULL, at);
	WHEN 'resumed' THEN
		UPDATE public.print_jobs SET status = 'printing', hold_reason = NULL WHERE id = j.id;
		UPDATE public.print_attempts SET state = 'running' WHERE id = a.id;
		DELETE FROM public.job_pause_states WHERE job_id = j.id;
		PERFORM spool.job_event(j, 'JOB_RESUMED', 'INFO', 'Resumed', NULL, at);
		PERFORM spool.emit_job(j, 'print:resumed', NULL, at);
	WHEN 'paused' THEN
		UPDATE public.print_jobs SET status = 'paused', hold_reason = hold WHERE id = j.id;
		PERFORM spool.save_pause(j, data);
		PERFORM spool.job_event(j, 'JOB_PAUSED', 'INFO', 'Paused: ' || words,
		    jsonb_build_object('reason', reason), at);
		IF reason = 'filament' THEN
			PERFORM spool.job_event(j, 'FILAMENT_CHANGE', 'WARNING', words, NULL, at);
		END IF;
		PERFORM spool.emit_job(j, 'print:paused', reason, at);
	WHEN 'interrupted' THEN
		UPDATE public.print_jobs SET status = 'paused', hold_reason = hold WHERE id = j.id;
		UPDATE public.print_attempts SET state = 'interrupted', outcome = words
		 WHERE id = a.id;
		PERFORM spool.job_event(j, 'POWER_LOSS', 'ERROR', 'Interrupted: ' || words, NULL, at);
		PERFORM spool.emit_job(j, 'print:paused', 'interrupted', at);
		PERFORM spool.tell_creator(j, 'WARNING', 'Print interrupted', words);
	WHEN 'expired' THEN
		UPDATE public.print_jobs SET status = 'queued', hold_reason = 'start_expired',
		    attempt_id = NULL, claimed_by = NULL WHERE id = j.id;
		PERFORM spool.end_attempt(a, 'expired', data, at);
		UPDATE public.printers SET plate = a.plate_before WHERE id = j.printer_id;
		PERFORM spool.job_event(j, 'CUSTOM', 'WARNING',
		    'The printer did not begin in time; the job waits', NULL, at);
	END CASE;
END
$$;

CREATE FUNCTION spool.apply_completed(j public.print_jobs, a public.print_attempts, data jsonb,
    at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	more constant boolean := j.plates_completed + 1 < j.plates_requested;
	usage constant jsonb := data || jsonb_build_object('filamentFraction',
	    coalesce((data->>'filamentFraction')::numeric, 1));
BEGIN
	PERFORM spool.end_attempt(a, 'done', data, at);
	PERFORM spool.book_usage(j, usage);
	UPDATE public.print_jobs SET plates_completed = plates_completed + 1,
	    progress_percentage = 100, current_layer = coalesce(total_layers, current_layer),
	    status = CASE WHEN more THEN 'paused' ELSE 'completed' END,
	    hold_reason = CASE WHEN more THEN 'next_plate' END,
	    completed_at = CASE WHEN more THEN NULL ELSE at END
	 WHERE id = j.id;
	DELETE FROM public.job_pause_states WHERE job_id = j.id;
	IF more THEN
		PERFORM spool.job_event(j, 'JOB_PAUSED', 'INFO', format('Plate %s of %s is done',
		    a.plate, j.plates_requested), jsonb_build_object('reason', 'next_plate'), at);
		PERFORM spool.emit_job(j, 'print:paused', 'next_plate', at);
		PERFORM spool.tell_creator(j, 'INFO', 'Plate done', format(
		    'Plate %s of %s is done. Clear it, then resume.', a.plate, j.plates_requested));
	ELSE
		PERFORM spool.job_event(j, 'JOB_COMPLETED', 'INFO', 'Completed', data->'counters', at);
		PERFORM spool.emit_job(j, 'print:completed', NULL, at);
		PERFORM spool.tell_creator(j, 'PRINT_COMPLETE', 'Print completed',
		    coalesce((SELECT s.name FROM spool.job_source(j.id) s), 'The print') || ' is done');
		PERFORM spool.add_task('maintenance', jsonb_build_object('task', 'timelapse', 'jobId',
		    j.id), 'timelapse:' || j.id) WHERE EXISTS (SELECT FROM public.printers p
		    WHERE p.id = j.printer_id AND p.camera_url IS NOT NULL);
	END IF;
END
$$;

CREATE FUNCTION spool.apply_failed(j public.print_jobs, a public.print_attempts, data jsonb,
    at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	known constant text[] := ARRAY['Disconnected', 'PrinterReset', 'ThermalRunaway',
	    'HeatingFailed', 'TemperatureSensor', 'PositionError', 'EmergencyStop', 'ResendStorm',
	    'FilamentRunout', 'SpoolerRestart', 'GcodeError', 'Agent', 'Backend', 'Other'];
	category constant text := CASE WHEN data->>'category' = ANY (known) THEN data->>'category'
	    ELSE 'Other' END;
	why constant text := coalesce(data->>'reason', category);
	grave constant boolean := category IN ('ThermalRunaway', 'HeatingFailed',
	    'TemperatureSensor', 'EmergencyStop');
BEGIN
	PERFORM spool.end_attempt(a, 'failed', data, at);
	PERFORM spool.book_usage(j, data);
	UPDATE public.print_jobs SET status = 'failed', hold_reason = NULL, failure_reason = why,
	    failure_category = category, completed_at = at WHERE id = j.id;
	IF category IN ('ThermalRunaway', 'PositionError', 'SpoolerRestart', 'PrinterReset') THEN
		PERFORM spool.job_event(j, (CASE category WHEN 'ThermalRunaway' THEN 'THERMAL_RUNAWAY'
		    WHEN 'PositionError' THEN 'POSITION_ERROR' ELSE 'POWER_LOSS' END)
		    ::public.event_type, CASE WHEN grave THEN 'CRITICAL'::public.severity
		    ELSE 'ERROR' END, why, NULL, at);
	END IF;
	PERFORM spool.job_event(j, 'JOB_FAILED', CASE WHEN grave THEN 'CRITICAL'::public.severity
	    ELSE 'ERROR' END, why, jsonb_build_object('category', category), at);
	PERFORM spool.emit_job(j, 'print:failed', why, at);
	PERFORM spool.alert(j.organization_id, CASE WHEN grave THEN 'critical' ELSE 'error' END,
	    'Print failed', why, jsonb_build_object('jobId', j.id, 'printerId', j.printer_id,
	    'category', category));
	PERFORM spool.tell_creator(j, 'PRINT_FAILED', 'Print failed', why);
END
$$;

CREATE FUNCTION spool.apply_cancelled(j public.print_jobs, a public.print_attempts, data jsonb,
    at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM spool.end_attempt(a, 'cancelled', data, at);
	PERFORM spool.book_usage(j, data);
	UPDATE public.print_jobs SET status = 'cancelled', hold_reason = NULL, completed_at = at
	 WHERE id = j.id;
	DELETE FROM public.job_pause_states WHERE job_id = j.id;
	PERFORM spool.job_event(j, 'JOB_CANCELLED', 'INFO', 'Cancelled', NULL, at);
	PERFORM spool.emit_job(j, 'print:cancelled', NULL, at);
	PERFORM auth.audit('job.cancelled', 'Cancelled', jsonb_build_object('jobId', j.id,
	    'printerId', j.printer_id), j.organization_id, NULL);
END
$$;

-- Kinds that concern the attempt: applied, stale (another attempt counts now, or this one is
-- over) or refused (the life cycle has no such move; noted in the job's history).
CREATE FUNCTION spool.apply_to_job(printer uuid, at timestamptz, kind text, attempt uuid,
    fence bigint, data jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	j public.print_jobs%ROWTYPE;
	a public.print_attempts%ROWTYPE;
	step text;
BEGIN
	SELECT x.* INTO j FROM public.print_jobs x
	 WHERE x.attempt_id = attempt AND x.printer_id = printer FOR NO KEY UPDATE;
	SELECT x.* INTO a FROM public.print_attempts x
	 WHERE x.id = attempt AND x.fence = apply_to_job.fence AND x.job_id = j.id
	   AND x.state IN ('claimed', 'running', 'interrupted');
	IF NOT FOUND THEN
		RETURN 'stale';
	END IF;
	IF kind = 'note' THEN
		PERFORM spool.job_event(j, coalesce(data->>'type', 'CUSTOM')::public.event_type,
		    coalesce(data->>'severity', 'INFO')::public.severity,
		    coalesce(data->>'message', ''), data->'metadata', at);
		RETURN 'applied';
	ELSIF kind = 'extruding' THEN
		UPDATE public.printers SET plate = 'occupied' WHERE id = printer;
		RETURN 'applied';
	END IF;
	-- A spooler that died between telling and remembering that it has told, tells again.
	IF (kind = 'preparing' AND j.status = 'preparing')
	    OR (kind IN ('printing', 'resumed') AND j.status = 'printing')
	    OR (kind = 'paused' AND j.status = 'paused') THEN
		RETURN 'stale';
	END IF;
	step := CASE kind WHEN 'preparing' THEN 'prepare' WHEN 'printing' THEN 'print'
	    WHEN 'resumed' THEN 'print' WHEN 'paused' THEN 'pause' WHEN 'interrupted' THEN
	    'interrupt' WHEN 'expired' THEN 'expire' WHEN 'failed' THEN 'fail' WHEN 'cancelled'
	    THEN 'cancel' ELSE CASE WHEN j.plates_completed + 1 < j.plates_requested
	    AND j.status = 'printing' THEN 'plate' ELSE 'complete' END END;
	IF spool.job_next(j, step) IS NULL THEN
		PERFORM spool.job_event(j, 'CUSTOM', 'WARNING', format(
		    'The spooler reported %s while the job was %s', kind, j.status), data, at);
		RETURN 'refused';
	END IF;
	CASE kind
	WHEN 'completed' THEN PERFORM spool.apply_completed(j, a, data, at);
	WHEN 'failed' THEN PERFORM spool.apply_failed(j, a, data, at);
	WHEN 'cancelled' THEN PERFORM spool.apply_cancelled(j, a, data, at);
	ELSE PERFORM spool.apply_progress(j, a, kind, data, at);
	END CASE;
	PERFORM spool.follow_job(j, step IN ('expire', 'complete', 'fail', 'cancel'),
	    kind = 'failed' AND data->>'category' IN ('EmergencyStop', 'ThermalRunaway',
	        'HeatingFailed', 'TemperatureSensor', 'PositionError'));
	PERFORM pg_notify('platen', 'job ' || printer);
	RETURN 'applied';
END
$$;

CREATE FUNCTION spool.end_command(id uuid, new_status text, result text, error text,
    at timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE public.printer_commands c SET status = new_status,
	    result = coalesce(left(end_command.result, 10000), c.result),
	    error_message = coalesce(left(error, 2000), c.error_message),
	    sent_at = coalesce(c.sent_at, at),
	    completed_at = CASE WHEN new_status IN ('completed', 'failed', 'timeout') THEN at END
	 WHERE c.id = end_command.id AND c.status NOT IN ('completed', 'failed', 'timeout');
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	IF new_status IN ('completed', 'failed', 'timeout') THEN
		PERFORM pg_notify('platen', 'done ' || end_command.id);
	END IF;
	RETURN true;
END
$$;

-- Kinds that concern the printer itself.
CREATE FUNCTION spool.apply_to_printer(p public.printers, at timestamptz, kind text, data jsonb)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	which constant jsonb := jsonb_build_object('printerId', p.id, 'printerName', p.name);
BEGIN
	CASE kind
	WHEN 'connected' THEN
		UPDATE public.printers SET current_status = spool.printer_word(p.id), last_seen_at = at,
		    firmware_version = coalesce(left(data->>'firmware', 50), firmware_version)
		 WHERE id = p.id;
		INSERT INTO public.printer_status (organization_id, printer_id, status, raw_status_data)
		    VALUES (p.organization_id, p.id, spool.printer_word(p.id), data);
		PERFORM spool.alert(p.organization_id, 'info', 'Printer connected',
		    p.name || ' is connected', which);
	WHEN 'disconnected' THEN
		UPDATE public.printers SET current_status = 'offline' WHERE id = p.id;
		INSERT INTO public.printer_status (organization_id, printer_id, status, is_online)
		    VALUES (p.organization_id, p.id, 'offline', false);
		PERFORM spool.alert(p.organization_id, 'warning', 'Printer disconnected',
		    p.name || coalesce(': ' || (data->>'why'), ''), which);
	WHEN 'command' THEN
		IF NOT spool.end_command((data->>'id')::uuid, data->>'status', data->>'result',
		    data->>'error', at) THEN
			RETURN 'stale';
		END IF;
	WHEN 'attention' THEN
		UPDATE public.printers SET attention = data->>'value' WHERE id = p.id;
	WHEN 'alert' THEN
		PERFORM spool.alert(p.organization_id, coalesce(data->>'type', 'warning'),
		    coalesce(data->>'title', p.name), coalesce(data->>'message', ''),
		    which || coalesce(data->'metadata', '{}'));
	WHEN 'stop' THEN
		-- Until the board answers again (`connected`).
		UPDATE public.printers SET current_status = 'error'
		 WHERE id = p.id AND current_status <> 'offline';
		INSERT INTO public.printer_commands (organization_id, printer_id, recipient_id,
		    command_type, status, error_message, sent_at, completed_at, created_by)
		SELECT p.organization_id, p.id, 'spooler', 'emergency_stop',
		    CASE WHEN written THEN 'completed' ELSE 'failed' END,
		    CASE WHEN NOT written THEN 'Printer is not connected' END,
		    CASE WHEN written THEN at END, at, nullif(data->>'user', '')::uuid
		  FROM coalesce((data->>'written')::boolean, true) written;
		PERFORM auth.audit('printer.emergency_stop', 'Emergency stop on ' || p.name,
		    which || data, p.organization_id, nullif(data->>'user', '')::uuid);
	ELSE
		RAISE EXCEPTION 'Unknown event %', kind USING ERRCODE = 'P4000';
	END CASE;
	RETURN 'applied';
END
$$;

-- applied | duplicate | stale | refused. The cursor moves with each, so that no event comes
-- twice; an unknown printer answers stale, because its journal must still drain.
CREATE FUNCTION spool.apply_event(printer uuid, seq bigint, at timestamptz, kind text,
    attempt uuid, fence bigint, data jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	p public.printers%ROWTYPE;
	facts constant jsonb := coalesce(data, '{}');
BEGIN
	-- The printer's row first: spool.claim() takes its locks in the same order.
	SELECT * INTO p FROM public.printers x WHERE x.id = printer FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN 'stale';
	END IF;
	INSERT INTO public.spool_cursors AS c (printer_id, last_seq) VALUES (printer, seq)
	    ON CONFLICT (printer_id) DO UPDATE SET last_seq = excluded.last_seq
	    WHERE c.last_seq < excluded.last_seq;
	IF NOT FOUND THEN
		RETURN 'duplicate';
	END IF;
	IF kind IN ('preparing', 'printing', 'extruding', 'paused', 'resumed', 'interrupted',
	    'completed', 'failed', 'cancelled', 'expired', 'note') THEN
		RETURN spool.apply_to_job(printer, at, kind, attempt, fence, facts);
	END IF;
	RETURN spool.apply_to_printer(p, at, kind, facts);
END
$$;
