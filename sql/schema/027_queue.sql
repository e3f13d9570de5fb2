-- SPDX-License-Identifier: Apache-2.0
-- Why a job waits, which job a printer takes next, which printer a job takes, and the order of the
-- queue. All run with the caller's rights.
CALL public.platen_own();

-- "Ana", "Ana and 2 more"
CREATE FUNCTION spool.and_more(names text[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT names[1] || CASE WHEN cardinality(names) > 1
	    THEN format(' and %s more', cardinality(names) - 1) ELSE '' END
$$;

-- What is missing where no printer fits; causes: the distinct answers of spool.unfit().
CREATE FUNCTION spool.missing_words(j public.print_jobs, causes text[]) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	n record;
	parts text[] := '{}';
	largest text;
BEGIN
	SELECT * INTO n FROM spool.job_needs(j);
	IF 'model' = ANY (causes) THEN
		parts := parts || ('model ' || coalesce(j.need_model, (SELECT
		    s.metadata#>>'{metadata,printerModel}' FROM spool.job_source(j.id) s)));
	END IF;
	IF 'material' = ANY (causes) THEN
		parts := parts || n.material;
	END IF;
	IF 'nozzle' = ANY (causes) THEN
		parts := parts || format('a nozzle of %s mm', trim_scale(n.nozzle));
	END IF;
	IF 'hotend' = ANY (causes) THEN
		parts := parts || format('%s °C at the nozzle', round(n.hotend));
	END IF;
	IF 'bed' = ANY (causes) THEN
		parts := parts || format('%s °C at the bed', round(n.bed));
	END IF;
	IF causes && ARRAY['x', 'y', 'z'] THEN
		SELECT format(' (largest is %s × %s × %s)', trim_scale(p.max_build_volume_x),
		    trim_scale(p.max_build_volume_y), trim_scale(p.max_build_volume_z)) INTO largest
		  FROM spool.candidates(j) c JOIN public.printers p ON p.id = c.id
		 ORDER BY p.max_build_volume_x * p.max_build_volume_y * p.max_build_volume_z
		    DESC NULLS LAST LIMIT 1;
		parts := parts || (format('%s × %s × %s mm', round(n.x), round(n.y), round(n.z))
		    || coalesce(largest, ''));
	END IF;
	RETURN array_to_string(parts, ', ');
END
$$;

CREATE FUNCTION spool.ago(at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN sec < 3600 THEN format('%s min', greatest(floor(sec / 60), 1))
	    WHEN sec < 172800 THEN format('%s h', floor(sec / 3600))
	    ELSE format('%s days', floor(sec / 86400)) END
	  FROM (SELECT extract(epoch FROM now() - at)) t(sec) WHERE at IS NOT NULL
$$;

-- The part of spool.why_waits() that looks at printers.
CREATE FUNCTION spool.why_no_printer(j public.print_jobs, OUT reason text, OUT words text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	c record;
	automatic constant boolean := coalesce(current_setting('platen.auto_start', true), '') = 'on';
BEGIN
	SELECT count(*) AS total, count(*) FILTER (WHERE unfit IS NULL) AS fitting,
	    array_agg(DISTINCT unfit) AS causes, max(material) AS material,
	    array_agg(name ORDER BY name) FILTER (WHERE unfit IS NULL AND standing = 'ready') AS ready,
	    array_agg(name ORDER BY name) FILTER (WHERE unfit IS NULL AND standing = 'plate') AS plate,
	    array_agg(name ORDER BY name) FILTER (WHERE unfit IS NULL AND standing = 'filament')
	        AS filament,
	    array_agg(name ORDER BY name) FILTER (WHERE unfit IS NULL AND standing = 'busy') AS busy,
	    array_agg(name ORDER BY name) FILTER (WHERE unfit IS NULL AND standing = 'attention')
	        AS attention,
	    array_agg(name ORDER BY name) FILTER (WHERE unfit IS NULL AND standing = 'offline')
	        AS offline,
	    array_agg(name ORDER BY name) FILTER (WHERE unfit IS NULL AND standing = 'operator')
	        AS agents
	  INTO c FROM spool.candidates(j);
	IF c.fitting = 0 THEN
		reason := 'no_fit';
		words := CASE WHEN c.total > 0 THEN CASE WHEN c.total = 1 THEN 'The printer does not fit'
		    ELSE format('None of %s printers fits', c.total) END
		    || format('; needed: %s.', spool.missing_words(j, c.causes))
		    WHEN j.target = 'printer' THEN 'Its printer is gone.'
		    WHEN j.target = 'group' THEN 'The group has no printer that this server drives.'
		    ELSE 'There is no printer that this server drives.' END;
	ELSIF c.ready IS NOT NULL THEN
		reason := CASE WHEN automatic THEN 'busy' ELSE 'operator' END;
		words := CASE WHEN automatic THEN 'Next free printer: ' || c.ready[1] || '.'
		    ELSE 'Ready to start on ' || spool.and_more(c.ready) || '.' END;
	ELSIF c.plate IS NOT NULL THEN
		reason := 'plate';
		words := format('The bed of %s is not cleared.', spool.and_more(c.plate));
	ELSIF c.filament IS NOT NULL THEN
		reason := 'filament';
		words := format('%s must be loaded on %s.', c.material, spool.and_more(c.filament));
	ELSIF c.busy IS NOT NULL THEN
		reason := 'busy';
		words := CASE WHEN cardinality(c.busy) = 1 THEN c.busy[1] || ' is printing another job.'
		    ELSE format('All of %s printers that fit are printing.', cardinality(c.busy)) END;
	ELSIF c.agents IS NOT NULL THEN
		reason := 'operator';
		words := format('The agent of %s has not taken it yet.', c.agents[1]);
	ELSIF c.attention IS NOT NULL THEN
		reason := 'attention';
		words := format('Look after %s first.', spool.and_more(c.attention));
	ELSE
		reason := 'offline';
		words := CASE WHEN cardinality(c.offline) > 1 THEN format('All of %s printers that fit '
		    'are offline.', cardinality(c.offline)) ELSE c.offline[1] || ' is offline'
		    || coalesce((SELECT ' for ' || spool.ago(p.last_seen_at) FROM spool.candidates(j) x
		        JOIN public.printers p ON p.id = x.id WHERE x.unfit IS NULL), '') || '.' END;
	END IF;
END
$$;

-- Why a job that has not begun waits: one of lib/model's hold reasons, never null, and the sentence
-- for a person. Found when asked, so that it is always true. No row: the job does not wait.
CREATE FUNCTION spool.why_waits(job uuid)
RETURNS TABLE (reason text, words text)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
DECLARE
	j public.print_jobs%ROWTYPE;
	n record;
BEGIN
	SELECT * INTO j FROM public.print_jobs x
	 WHERE x.id = job AND x.status IN ('pending', 'queued');
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT * INTO n FROM spool.job_needs(j);
	CASE
	WHEN j.hold_reason = 'held' THEN
		reason := 'held';
		words := 'Held' || coalesce(' by ' || auth.user_name(j.held_by), '') || '.';
	WHEN j.hold_reason = 'start_expired' THEN
		reason := 'start_expired';
		words := 'The printer did not begin in time. Start it again or let it go on.';
	WHEN NOT n.printable AND EXISTS (SELECT FROM public.sliced_files s
	    WHERE s.id = j.sliced_file_id AND s.status = 'processing') THEN
		reason := 'slicing';
		words := 'The model is being sliced.';
	WHEN NOT n.printable THEN
		reason := 'no_fit';
		words := 'There is no G-code to print.';
	WHEN n.analysis IS NULL THEN
		reason := 'analyzing';
		words := 'The file is being analysed.';
	WHEN NOT coalesce((n.analysis->>'ok')::boolean, false) THEN
		reason := 'no_fit';
		words := spool.misfit(NULL, n.analysis, j.settings) || '.';
	WHEN j.status = 'pending' THEN
		reason := 'operator';
		words := 'It has not been sent to a printer.';
	ELSE
		SELECT w.reason, w.words INTO reason, words FROM spool.why_no_printer(j) w;
	END CASE;
	RETURN NEXT;
END
$$;

-- The next job of a printer, begun by spool.claim(); no row: there is none, or the printer may not
-- begin by itself. Locks the printer, then a job nobody else is looking at.
CREATE FUNCTION spool.claim_next(printer uuid, by text)
RETURNS TABLE (job_id uuid, attempt_id uuid, fence bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	p public.printers%ROWTYPE;
	chosen uuid;
BEGIN
	SELECT * INTO p FROM public.printers x WHERE x.id = printer AND x.is_active
	   FOR NO KEY UPDATE;
	IF NOT FOUND OR 'ready' IS DISTINCT FROM (SELECT spool.standing(p, l, EXISTS (
	    SELECT FROM public.print_jobs a WHERE a.printer_id = p.id
	       AND a.status IN ('claimed', 'preparing', 'printing', 'paused')))
	      FROM (VALUES (true)) one LEFT JOIN public.printer_live l ON l.printer_id = p.id) THEN
		RETURN;
	END IF;
	SELECT j.id INTO chosen FROM public.print_jobs j CROSS JOIN LATERAL spool.job_needs(j) n
	 WHERE j.organization_id = p.organization_id AND j.status = 'queued' AND coalesce(
	       j.hold_reason, '') NOT IN ('held', 'start_expired')
	   AND (j.target = 'any' OR (j.target = 'printer' AND j.printer_id = p.id)
	       OR EXISTS (SELECT FROM public.printer_group_members m
	           WHERE m.group_id = j.group_id AND m.printer_id = p.id))
	   AND n.printable AND (n.analysis->>'ok')::boolean AND spool.has_loaded(p, n.material)
	   AND spool.unfit(p, n.model, n.model_stated, n.material, n.nozzle, n.hotend, n.bed, n.x,
	       n.y, n.z) IS NULL
	 ORDER BY j.priority_rank DESC, j.position, j.id
	 LIMIT 1 FOR NO KEY UPDATE OF j SKIP LOCKED;
	IF FOUND THEN
		RETURN QUERY SELECT chosen, c.attempt_id, c.fence
		    FROM spool.claim(chosen, printer, by, false) c;
	END IF;
END
$$;

-- A printer for a job that names none: of those that stand ready the one that has rested longest.
-- No row: none is ready now.
CREATE FUNCTION spool.claim_any(job uuid, by text)
RETURNS TABLE (printer_id uuid, attempt_id uuid, fence bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	j public.print_jobs%ROWTYPE;
	chosen uuid;
BEGIN
	SELECT * INTO j FROM public.print_jobs x WHERE x.id = job;
	SELECT p.id INTO chosen FROM spool.candidates(j) c JOIN public.printers p ON p.id = c.id
	 WHERE c.unfit IS NULL AND c.standing = 'ready'
	 ORDER BY (SELECT max(a.fence) FROM public.print_attempts a WHERE a.printer_id = p.id)
	     NULLS FIRST, p.name
	 LIMIT 1 FOR NO KEY UPDATE OF p SKIP LOCKED;
	IF FOUND THEN
		RETURN QUERY SELECT chosen, c.attempt_id, c.fence
		    FROM spool.claim(job, chosen, by, false) c;
	END IF;
END
$$;

-- Puts a waiting job elsewhere: way is top, bottom, up, down, or before and after the job `beside`.
-- Beside a job of another priority it takes that priority. One mover at a time in an organisation.
CREATE FUNCTION spool.move_job(job uuid, way text, beside uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	j public.print_jobs%ROWTYPE;
	b public.print_jobs%ROWTYPE;
	behind constant boolean := way IN ('after', 'bottom', 'down');
	near numeric;
BEGIN
	SELECT * INTO j FROM public.print_jobs x WHERE x.id = job;
	PERFORM pg_advisory_xact_lock(hashtextextended('queue ' || j.organization_id, 0));
	SELECT * INTO j FROM public.print_jobs x WHERE x.id = job FOR NO KEY UPDATE;
	IF j.status <> 'queued' THEN
		RAISE EXCEPTION 'Cannot move job with status: %', j.status USING ERRCODE = 'P4091';
	END IF;
	SELECT x.* INTO b FROM public.print_jobs x
	 WHERE x.organization_id = j.organization_id AND x.status = 'queued' AND x.id <> j.id
	   AND CASE way WHEN 'up' THEN (x.priority_rank, -x.position) > (j.priority_rank, -j.position)
	       WHEN 'down' THEN (x.priority_rank, -x.position) < (j.priority_rank, -j.position)
	       WHEN 'top' THEN true WHEN 'bottom' THEN true ELSE x.id = beside END
	 ORDER BY CASE WHEN way IN ('up', 'bottom') THEN x.priority_rank ELSE -x.priority_rank END,
	     CASE WHEN way IN ('up', 'bottom') THEN -x.position ELSE x.position END
	 LIMIT 1;
	IF NOT FOUND THEN
		IF way IN ('before', 'after') THEN
			RAISE EXCEPTION 'The queue has changed meanwhile' USING ERRCODE = 'P4091';
		END IF;
		RETURN; -- it stands there already
	END IF;
	SELECT CASE WHEN behind THEN min(x.position) ELSE max(x.position) END INTO near
	  FROM public.print_jobs x
	 WHERE x.organization_id = j.organization_id AND x.status = 'queued' AND x.id <> j.id
	   AND x.priority_rank = b.priority_rank
	   AND CASE WHEN behind THEN x.position > b.position ELSE x.position < b.position END;
	-- Times 0.5, not divided by 2: that would be rounded.
	UPDATE public.print_jobs SET priority = b.priority, position = CASE WHEN near IS NOT NULL
	    THEN (b.position + near) * 0.5 WHEN behind THEN nextval('public.queue_seq')
	    ELSE b.position - 1 END
	 WHERE id = j.id;
	PERFORM auth.audit('job.moved', 'Moved in the queue', jsonb_build_object('jobId', j.id,
	    'way', way, 'beside', b.id), j.organization_id);
	PERFORM spool.wake_queue(j.organization_id);
END
$$;
