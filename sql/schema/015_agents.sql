-- SPDX-License-Identifier: Apache-2.0
-- What agents of remote printers need: calls that name no organisation, keys, reports.
CALL public.platen_own();

-- Of the organisations this transaction may touch, those in which the caller's own role there
-- suffices. auth.enter has checked one of them only; a call that names none concerns them all.
CREATE FUNCTION auth.orgs_as(needed text) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT CASE WHEN current_setting('platen.role', true) <> 'AGENT'
	    AND EXISTS (SELECT FROM public.users u WHERE u.id = auth.principal())
	    THEN ARRAY(SELECT o FROM unnest(auth.orgs()) o
	        WHERE auth.role_suffices(auth.role_in(auth.principal(), o), needed))
	    ELSE auth.orgs() END
$$;

-- As before, but an agent that polls each second does not write a row each second.
CREATE OR REPLACE FUNCTION auth.find_key(hash text)
RETURNS TABLE (key_id uuid, organization_id uuid, scope text, role text, user_id uuid,
    printer_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
#variable_conflict use_column
DECLARE
	before constant timestamptz := now() - interval '1 minute';
BEGIN
	RETURN QUERY SELECT k.id, k.organization_id, k.scope::text, k.role::text, k.user_id,
	        k.printer_id
	    FROM public.api_keys k JOIN public.organizations o ON o.id = k.organization_id
	   WHERE k.key_hash = hash AND k.revoked_at IS NULL AND o.is_active
	     AND (k.expires_at IS NULL OR k.expires_at > now());
	IF FOUND THEN
		UPDATE public.api_keys k SET last_used_at = now()
		 WHERE k.key_hash = hash AND (k.last_used_at IS NULL OR k.last_used_at < before);
		RETURN;
	END IF;
	RETURN QUERY SELECT NULL::uuid, o.id, 'agent', 'AGENT', NULL::uuid, NULL::uuid
	    FROM public.organizations o WHERE o.api_key_hash = hash AND o.is_active;
	IF FOUND THEN
		UPDATE public.organizations o SET api_key_last_used_at = now()
		 WHERE o.api_key_hash = hash
		   AND (o.api_key_last_used_at IS NULL OR o.api_key_last_used_at < before);
	END IF;
END
$$;

-- A remote printer's newest status row becomes its live row, so that the gateway tells it like a
-- local one's. Definer: the live row's seq is closed to the FastCGI workers; hence the
-- organisation is looked at here.
CREATE FUNCTION spool.report_live(report uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	INSERT INTO public.printer_live AS l (printer_id, organization_id, seq, state, connected,
	    needs_homing, hotend, hotend_target, bed, bed_target, chamber, job_id, progress, layer,
	    layers, elapsed_sec, remaining_sec, speed_percent, flow_percent, fan_percent, error_code,
	    error_message, updated_at)
	SELECT s.printer_id, s.organization_id, nextval('public.live_seq'), s.status, s.is_online,
	    false, s.nozzle_temp_current, s.nozzle_temp_target, s.bed_temp_current,
	    s.bed_temp_target, s.chamber_temp_current, s.current_job_id, s.progress_percentage,
	    s.current_layer, s.total_layers, s.time_elapsed_seconds, s.time_remaining_seconds,
	    s.print_speed_percentage, s.flow_rate_percentage, s.part_cooling_fan_speed,
	    s.error_code, s.error_message, s.last_update_timestamp
	  FROM public.printer_status s
	 WHERE s.id = report AND s.organization_id = ANY (auth.orgs())
	ON CONFLICT (printer_id) DO UPDATE SET organization_id = excluded.organization_id,
	    seq = excluded.seq, state = excluded.state, connected = excluded.connected,
	    needs_homing = false, hotend = excluded.hotend, hotend_target = excluded.hotend_target,
	    bed = excluded.bed, bed_target = excluded.bed_target, chamber = excluded.chamber,
	    chamber_target = NULL, x = NULL, y = NULL, z = NULL, e = NULL, job_id = excluded.job_id,
	    attempt_id = NULL, line = NULL, planned_lines = NULL, progress = excluded.progress,
	    layer = excluded.layer, layers = excluded.layers, elapsed_sec = excluded.elapsed_sec,
	    remaining_sec = excluded.remaining_sec, speed_percent = excluded.speed_percent,
	    flow_percent = excluded.flow_percent, fan_percent = excluded.fan_percent,
	    error_code = excluded.error_code, error_message = excluded.error_message,
	    display = NULL, counters = NULL, updated_at = excluded.updated_at;
	PERFORM pg_notify('platen', 'live values');
END
$$;

-- What the grams an agent reports cost; null where no price is known.
CREATE FUNCTION spool.report_cost(j public.print_jobs, grams numeric) RETURNS numeric
LANGUAGE sql STABLE AS $$
	SELECT round(grams / 1000 * spool.material_price(j.organization_id, coalesce(j.material_type,
	    (SELECT coalesce(s.metadata->'metadata'->>'filamentType', s.metadata->>'filamentType')
	       FROM spool.job_source(j.id) s))), 2)
$$;

-- Which command starts a job: asked when the job is cancelled or deleted, among 90 days of commands.
CREATE INDEX printer_commands_starts ON public.printer_commands
    ((coalesce(metadata->>'job_id', metadata->>'jobId', metadata->'job'->>'job_id')))
    WHERE command_type = 'start_print';
