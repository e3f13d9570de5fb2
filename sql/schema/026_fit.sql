-- SPDX-License-Identifier: Apache-2.0
-- Which printer suits which job, and how it stands. Small expressions, so that the planner can put
-- them into the queries that ask of many jobs and printers at once.
CALL public.platen_own();

-- "Ender-3 V2" and "ender3v2" are one model.
CREATE FUNCTION spool.plain(words text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT nullif(lower(regexp_replace(words, '[^[:alnum:]]+', '', 'g')), '')
$$;

-- What the file asks of the machine; the start's own temperatures win.
CREATE FUNCTION spool.wants(analysis jsonb, settings jsonb)
RETURNS TABLE (hotend numeric, bed numeric, x numeric, y numeric, z numeric)
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce((settings->'temperature'->>'hotend')::numeric,
	        (analysis->>'maxHotend')::numeric),
	    coalesce((settings->'temperature'->>'bed')::numeric, (analysis->>'maxBed')::numeric),
	    (analysis#>>'{bounds,max,x}')::numeric - (analysis#>>'{bounds,min,x}')::numeric,
	    (analysis#>>'{bounds,max,y}')::numeric - (analysis#>>'{bounds,min,y}')::numeric,
	    (analysis#>>'{bounds,max,z}')::numeric
$$;

-- Which limit of the machine is passed, or null. Purge lines are often drawn just beside the bed,
-- hence 5 mm.
CREATE FUNCTION spool.exceeds(p public.printers, hotend numeric, bed numeric, x numeric,
    y numeric, z numeric) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE
		WHEN hotend > p.max_nozzle_temp THEN 'hotend'
		WHEN bed > p.max_bed_temp THEN 'bed'
		WHEN z > p.max_build_volume_z THEN 'z'
		WHEN x > p.max_build_volume_x + 5 THEN 'x'
		WHEN y > p.max_build_volume_y + 5 THEN 'y' END
$$;

-- Does the file suit this machine? Null, or the sentence of the refusal.
CREATE OR REPLACE FUNCTION spool.misfit(p public.printers, analysis jsonb, settings jsonb)
RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE
		WHEN NOT coalesce((analysis->>'ok')::boolean, false) THEN 'The file cannot be printed: '
		    || coalesce('line ' || (analysis#>>'{refusal,line}') || ': ', '')
		    || coalesce(analysis#>>'{refusal,why}', 'it holds no commands')
		WHEN over = 'hotend' THEN format('The file heats the nozzle to %s °C%s, '
		    'the printer allows %s °C', round(w.hotend), CASE WHEN settings->'temperature'->>'hotend'
		    IS NULL THEN ' in line ' || (analysis->>'maxHotendLineNo') END, p.max_nozzle_temp)
		WHEN over = 'bed' THEN format('The file heats the bed to %s °C%s, the printer '
		    'allows %s °C', round(w.bed), CASE WHEN settings->'temperature'->>'bed' IS NULL
		    THEN ' in line ' || (analysis->>'maxBedLineNo') END, p.max_bed_temp)
		WHEN over IS NOT NULL THEN 'The print is larger than the printer''s volume'
		    || coalesce(': line ' || (analysis->'boundsLineNo'->'max'->>over), '')
	END
	FROM spool.wants(analysis, settings) w
	CROSS JOIN LATERAL (SELECT spool.exceeds(p, w.hotend, w.bed, w.x, w.y, w.z)) o(over)
$$;

-- What a job needs: its own wish, else what the slicer wrote into the file. Who names a printer has
-- chosen the machine and its nozzle, who names a group has chosen the model; only material is asked
-- of everybody.
CREATE FUNCTION spool.job_needs(j public.print_jobs)
RETURNS TABLE (printable boolean, analysis jsonb, model text, model_stated boolean, material text,
    nozzle numeric, hotend numeric, bed numeric, x numeric, y numeric, z numeric)
LANGUAGE sql STABLE AS $$
	SELECT s.file_path IS NOT NULL, s.analysis,
	    CASE WHEN j.need_model IS NOT NULL THEN spool.plain(j.need_model)
	        WHEN j.target = 'any' THEN spool.plain(s.metadata#>>'{metadata,printerModel}') END,
	    j.need_model IS NOT NULL,
	    nullif(upper(coalesce(j.need_material, s.metadata#>>'{metadata,filamentType}')), '*'),
	    coalesce(j.need_nozzle, CASE WHEN j.target <> 'printer'
	        THEN (s.metadata#>>'{metadata,nozzleDiameter}')::numeric END),
	    w.hotend, w.bed, w.x, w.y, w.z
	  FROM (VALUES (true)) one
	  LEFT JOIN LATERAL spool.job_source(j.id) s ON true
	  LEFT JOIN LATERAL spool.wants(s.analysis, j.settings) w ON true
$$;

-- Why this printer can never take such a job, or null. What nobody has said of the printer (its
-- model, materials, limits) speaks against it only where the job's maker asked for the model.
CREATE FUNCTION spool.unfit(p public.printers, model text, model_stated boolean, material text,
    nozzle numeric, hotend numeric, bed numeric, x numeric, y numeric, z numeric) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE
		WHEN CASE WHEN p.model IS NULL THEN model IS NOT NULL AND model_stated
		    ELSE model NOT IN (spool.plain(p.model), spool.plain(concat(p.brand, p.model))) END
		    THEN 'model'
		WHEN abs(nozzle - p.default_nozzle_size) > 0.001 THEN 'nozzle'
		WHEN material <> ALL (upper(p.supported_materials::text)::text[]) THEN 'material'
		ELSE spool.exceeds(p, hotend, bed, x, y, z) END
$$;

CREATE FUNCTION spool.has_loaded(p public.printers, material text) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT coalesce(material = ANY (upper(p.loaded_materials::text)::text[]), true)
$$;

-- How a printer stands that could take it: one of lib/model's hold reasons, or `ready`. taken: a
-- job has it. A remote printer's agent decides when it begins.
CREATE FUNCTION spool.standing(p public.printers, l public.printer_live, taken boolean)
RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE
		WHEN p.connection_type <> 'usb' OR p.serial_device IS NULL THEN CASE
		    WHEN taken OR p.current_status IN ('printing', 'paused') THEN 'busy'
		    WHEN p.current_status = 'offline' THEN 'offline' ELSE 'operator' END
		WHEN p.attention IS NOT NULL OR l.state = 'halted' THEN 'attention'
		WHEN taken THEN 'busy'
		WHEN NOT coalesce(l.connected, false) OR l.state IN ('offline', 'connecting')
		    OR l.updated_at < now() - make_interval(secs => coalesce(
		        nullif(current_setting('platen.stale_after', true), '')::integer, 30))
		    THEN 'offline'
		WHEN p.plate <> 'clear' THEN 'plate'
		ELSE 'ready' END
$$;

-- Printers a job may choose from, and how each stands: unfit (why never), standing.
CREATE FUNCTION spool.candidates(j public.print_jobs)
RETURNS TABLE (id uuid, name text, material text, unfit text, standing text)
LANGUAGE sql STABLE AS $$
	SELECT p.id, p.name::text, n.material, spool.unfit(p, n.model, n.model_stated, n.material,
	        n.nozzle, n.hotend, n.bed, n.x, n.y, n.z),
	    CASE s.standing WHEN 'ready' THEN CASE WHEN spool.has_loaded(p, n.material)
	        THEN 'ready' ELSE 'filament' END ELSE s.standing END
	  FROM spool.job_needs(j) n
	 CROSS JOIN public.printers p
	  LEFT JOIN public.printer_live l ON l.printer_id = p.id
	 CROSS JOIN LATERAL (SELECT spool.standing(p, l, EXISTS (SELECT FROM public.print_jobs a
	        WHERE a.printer_id = p.id AND a.id <> j.id
	          AND a.status IN ('claimed', 'preparing', 'printing', 'paused')))) s(standing)
	 WHERE p.organization_id = j.organization_id AND p.is_active
	   AND CASE j.target WHEN 'printer' THEN p.id = j.printer_id
	       ELSE p.connection_type = 'usb' AND p.serial_device IS NOT NULL
	        AND (j.target = 'any' OR EXISTS (SELECT FROM public.printer_group_members m
	            WHERE m.group_id = j.group_id AND m.printer_id = p.id)) END
$$;
