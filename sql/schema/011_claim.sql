-- SPDX-License-Identifier: Apache-2.0
-- Small acts that several doors share, and spool.claim(): the one statement that starts a print.
-- These run with the caller's rights: row security holds here too, except where a comment says
-- why not.
CALL public.platen_own();

-- A task for the worker; null: a task with that key already waits or runs. Definer: task_queue
-- is closed to the FastCGI workers.
CREATE FUNCTION spool.add_task(queue text, payload jsonb, unique_key text DEFAULT NULL,
    priority integer DEFAULT 0, delay interval DEFAULT '0') RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	made bigint;
BEGIN
	IF queue NOT IN ('file-processing', 'maintenance', 'notifications', 'analytics') THEN
		RAISE EXCEPTION 'Queue % not found', queue USING ERRCODE = 'P4041';
	END IF;
	INSERT INTO public.task_queue AS t (queue, payload, unique_key, priority, run_at,
	    max_attempts)
	VALUES (add_task.queue, add_task.payload, add_task.unique_key, add_task.priority,
	    now() + delay, CASE payload->>'operation' WHEN 'slice' THEN 1 ELSE
	        CASE payload->>'task' WHEN 'backup-database' THEN 2 ELSE 3 END END)
	ON CONFLICT DO NOTHING RETURNING t.id INTO made;
	IF made IS NOT NULL THEN
		PERFORM pg_notify('platen', 'task ' || queue);
	END IF;
	RETURN made;
END
$$;

-- An event for the live gateway. who null: everybody of the organisation. Definer: live_events
-- is closed to the FastCGI workers.
CREATE FUNCTION spool.emit(topic text, org uuid, who uuid, payload jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	INSERT INTO public.live_events (organization_id, user_id, topic, payload)
	    VALUES (org, who, emit.topic, emit.payload);
	PERFORM pg_notify('platen', 'live event');
END
$$;

-- ISO 8601 with milliseconds, as on the wire.
CREATE FUNCTION spool.iso(at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

CREATE FUNCTION spool.alert(org uuid, level text, title text, message text, metadata jsonb)
RETURNS void
LANGUAGE sql AS $$
	SELECT spool.emit('alert', org, NULL, jsonb_build_object('id', gen_random_uuid(),
	    'type', level, 'title', title, 'message', message, 'timestamp', spool.iso(now()),
	    'metadata', coalesce(metadata, '{}')))
$$;

-- A note to a local user, seen at once where the user has a page open. Definer: notifications
-- belong to their user, who is not the caller.
CREATE FUNCTION spool.notify_user(who uuid, org uuid, kind public.notification_type, title text,
    message text, metadata jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	made uuid;
BEGIN
	IF who IS NULL OR NOT EXISTS (SELECT FROM public.users u WHERE u.id = who) THEN
		RETURN;
	END IF;
	INSERT INTO public.notifications (user_id, type, title, message, metadata)
	    VALUES (who, kind, left(title, 200), message, metadata) RETURNING id INTO made;
	PERFORM spool.emit('notification', org, who, jsonb_build_object('id', made, 'type', kind,
	    'title', left(title, 200), 'message', message, 'isRead', false, 'metadata', metadata,
	    'createdAt', spool.iso(now())));
END
$$;

-- What a job prints: the slice, else the file, else the product's file. No row: nothing.
CREATE FUNCTION spool.job_source(job uuid)
RETURNS TABLE (name text, file_path text, file_size bigint, sha256 text, idx_sha256 text,
    analysis jsonb, metadata jsonb, estimated_time integer, filament_grams double precision)
LANGUAGE sql STABLE AS $$
	SELECT f.original_name::text, s.file_path, s.file_size, s.sha256::text, s.idx_sha256::text,
	    s.analysis, s.metadata, s.estimated_time, s.filament_usage
	  FROM public.print_jobs j
	  JOIN public.sliced_files s ON s.id = j.sliced_file_id AND s.status = 'ready'
	  JOIN public.files f ON f.id = s.source_file_id
	 WHERE j.id = job
	UNION ALL
	SELECT f.original_name::text, f.file_path, f.file_size, f.sha256::text, f.idx_sha256::text,
	    f.analysis, f.metadata,
	    round(coalesce((f.analysis->>'estimatedTime')::numeric,
	        (f.metadata->>'estimatedTime')::numeric))::integer,
	    (f.metadata->'metadata'->>'filamentWeight')::double precision
	  FROM public.print_jobs j
	  LEFT JOIN public.products p ON p.id = j.product_id
	   AND p.organization_id = j.organization_id
	  JOIN public.files f ON f.organization_id = j.organization_id
	   AND f.id = coalesce(j.file_id, p.file_id, j.product_id)
	 WHERE j.id = job AND j.sliced_file_id IS NULL AND f.file_type = 'GCODE'
	   AND f.deleted_at IS NULL
$$;

-- Line numbers of neighbouring attempts on one printer never meet (design.md §5 "Numbering"):
-- after a restart the printer's own count then names the attempt.
CREATE FUNCTION spool.next_base(printer uuid, planned bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
	WITH before AS (
		SELECT coalesce(a.last_number, a.base + a.planned_lines) AS last
		  FROM public.print_attempts a WHERE a.printer_id = printer
		 ORDER BY a.fence DESC LIMIT 1
	), wanted AS (
		SELECT coalesce((SELECT (last + 10000 + 999) / 1000 * 1000 FROM before), 10000) AS base
	)
	SELECT CASE WHEN base + planned >= 90000000 THEN 10000 ELSE base END FROM wanted
$$;

-- Does the file suit this machine? Null, or the sentence of the refusal.
CREATE FUNCTION spool.misfit(p public.printers, analysis jsonb, settings jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
	WITH want AS (
		SELECT coalesce((settings->'temperature'->>'hotend')::numeric,
		           (analysis->>'maxHotend')::numeric) AS hotend,
		       coalesce((settings->'temperature'->>'bed')::numeric,
		           (analysis->>'maxBed')::numeric) AS bed,
		       (analysis#>>'{bounds,max,x}')::numeric - (analysis#>>'{bounds,min,x}')::numeric AS x,
		       (analysis#>>'{bounds,max,y}')::numeric - (analysis#>>'{bounds,min,y}')::numeric AS y,
		       (analysis#>>'{bounds,max,z}')::numeric AS z
	)
	SELECT CASE
		WHEN NOT coalesce((analysis->>'ok')::boolean, false) THEN 'The file cannot be printed: '
		    || coalesce('line ' || (analysis#>>'{refusal,line}') || ': ', '')
		    || coalesce(analysis#>>'{refusal,why}', 'it holds no commands')
		WHEN hotend > p.max_nozzle_temp THEN format('The file heats the nozzle to %s °C%s, '
		    'the printer allows %s °C', round(hotend), CASE WHEN settings->'temperature'->>'hotend'
		    IS NULL THEN ' in line ' || (analysis->>'maxHotendLineNo') END, p.max_nozzle_temp)
		WHEN bed > p.max_bed_temp THEN format('The file heats the bed to %s °C%s, the printer '
		    'allows %s °C', round(bed), CASE WHEN settings->'temperature'->>'bed' IS NULL
		    THEN ' in line ' || (analysis->>'maxBedLineNo') END, p.max_bed_temp)
		-- Purge lines are often drawn just beside the bed, hence 5 mm.
		WHEN x > p.max_build_volume_x + 5 OR y > p.max_build_volume_y + 5
		    OR z > p.max_build_volume_z THEN 'The print is larger than the printer''s volume'
		    || coalesce(': line ' || (analysis->'boundsLineNo'->'max'->>CASE
		    WHEN z > p.max_build_volume_z THEN 'z' WHEN x > p.max_build_volume_x + 5 THEN 'x'
		    ELSE 'y' END), '')
	END FROM want
$$;

-- Everything that speaks against starting on this printer now. person: the call is somebody's
-- statement that the plate is clear and that the printer has been looked after.
CREATE FUNCTION spool.check_printer(p public.printers, job uuid, person boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	live record;
BEGIN
	IF EXISTS (SELECT FROM public.print_jobs j WHERE j.printer_id = p.id
	    AND j.status IN ('claimed', 'preparing', 'printing', 'paused')
	    AND NOT (j.id = job AND j.status = 'paused' AND j.hold_reason IS NOT DISTINCT FROM
	        'next_plate')) THEN
		RAISE EXCEPTION 'Printer is already printing' USING ERRCODE = 'P4092';
	END IF;
	SELECT l.connected, l.state, l.updated_at INTO live
	  FROM public.printer_live l WHERE l.printer_id = p.id;
	IF NOT coalesce(live.connected, false) OR live.state IN ('offline', 'connecting')
	    OR live.updated_at < now() - make_interval(secs => coalesce(
	        nullif(current_setting('platen.stale_after', true), '')::integer, 30)) THEN
		RAISE EXCEPTION 'Printer is offline' USING ERRCODE = 'P5031';
	END IF;
	IF live.state = 'halted' THEN
		RAISE EXCEPTION 'Printer has stopped with an error' USING ERRCODE = 'P4091';
	END IF;
	IF person THEN
		RETURN;
	END IF;
	IF p.attention IS NOT NULL THEN
		RAISE EXCEPTION 'Printer needs attention' USING ERRCODE = 'P4091', HINT = 'attention';
	END IF;
	IF p.plate <> 'clear' THEN
		RAISE EXCEPTION 'The plate is not clear' USING ERRCODE = 'P4091', HINT = 'plate';
	END IF;
END
$$;

-- The one statement that starts: the job becomes `claimed`, the attempt gets fence and base,
-- the printer is taken. Callers race on the printer's row; one wins, the others get P4092.
-- person: an explicit start (clears plate and attention); otherwise the queue.
CREATE FUNCTION spool.claim(job uuid, printer uuid, by text, person boolean DEFAULT false)
RETURNS TABLE (attempt_id uuid, fence bigint, base bigint, planned_lines bigint, plate integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	p public.printers%ROWTYPE;
	j public.print_jobs%ROWTYPE;
	src record;
	a public.print_attempts%ROWTYPE;
	why text;
	lines bigint;
BEGIN
	SELECT * INTO p FROM public.printers x WHERE x.id = printer AND x.is_active
	   FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'Printer not found' USING ERRCODE = 'P4041';
	END IF;
	SELECT * INTO j FROM public.print_jobs x
	 WHERE x.id = job AND x.organization_id = p.organization_id FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'Print job not found' USING ERRCODE = 'P4041';
	END IF;
	IF p.connection_type <> 'usb' OR p.serial_device IS NULL THEN
		RAISE EXCEPTION 'Printer is not managed locally' USING ERRCODE = 'P4091';
	END IF;
	PERFORM spool.check_printer(p, j.id, person);
	IF NOT (j.status IN ('pending', 'queued') OR (j.status = 'paused'
	    AND j.hold_reason = 'next_plate' AND j.printer_id = p.id)) THEN
		RAISE EXCEPTION 'Cannot start job with status: %', j.status USING ERRCODE = 'P4091';
	END IF;
	SELECT * INTO src FROM spool.job_source(j.id);
	IF NOT FOUND OR src.file_path IS NULL THEN
		RAISE EXCEPTION 'There is no G-code to print'
		    USING ERRCODE = 'P4000', HINT = 'fileId';
	END IF;
	IF src.analysis IS NULL THEN
		RAISE EXCEPTION 'The file is not analysed yet'
		    USING ERRCODE = 'P4091', HINT = 'analyzing';
	END IF;
	why := spool.misfit(p, src.analysis, j.settings);
	IF why IS NOT NULL THEN
		RAISE EXCEPTION '%', why USING ERRCODE = 'P4000', HINT = 'fileId';
	END IF;
	lines := coalesce((src.analysis->>'commands')::bigint, 0);
	INSERT INTO public.print_attempts (organization_id, job_id, printer_id, plate,
	    plate_before, base, planned_lines, claimed_by)
	VALUES (p.organization_id, j.id, p.id, j.plates_completed + 1, p.plate,
	    spool.next_base(p.id, lines), lines, left(by, 255)) RETURNING * INTO a;
	UPDATE public.print_jobs SET status = 'claimed', attempt_id = a.id, printer_id = p.id,
	    claimed_by = left(by, 255), hold_reason = NULL, failure_reason = NULL,
	    failure_category = NULL, queued_at = coalesce(queued_at, now()),
	    progress_percentage = 0, current_layer = NULL,
	    total_layers = coalesce((src.analysis->>'layers')::integer, total_layers),
	    estimated_time_seconds = coalesce(src.estimated_time, estimated_time_seconds)
	 WHERE id = j.id;
	UPDATE public.printers SET current_job_id = j.id,
	    plate = CASE WHEN person THEN 'clear' ELSE plate END,
	    attention = CASE WHEN person THEN NULL ELSE attention END
	 WHERE id = p.id;
	PERFORM auth.audit('job.started', 'Started on ' || p.name, jsonb_build_object('jobId', j.id,
	    'printerId', p.id, 'attemptId', a.id, 'by', by, 'explicit', person), p.organization_id,
	    coalesce(auth.principal(), j.created_by));
	PERFORM pg_notify('platen', 'job ' || p.id);
	RETURN QUERY SELECT a.id, a.fence, a.base, a.planned_lines, a.plate;
END
$$;
