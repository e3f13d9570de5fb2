-- SPDX-License-Identifier: Apache-2.0
-- What a printer has not said is unknown in its history, too: least() passes over a null, so a printer
-- without a chamber, or one that is away, was written down with 999.99 degrees.
CALL public.platen_own();

-- A temperature as the history's columns hold it.
CREATE FUNCTION spool.reading(degrees double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN degrees IS NOT NULL THEN least(degrees, 999.99) END
$$;

-- The history: status rows, temperatures of the job, the printer's coarse state.
CREATE OR REPLACE FUNCTION spool.write_history(live jsonb) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO public.printer_status (organization_id, printer_id, status, current_job_id,
	    progress_percentage, current_layer, total_layers, time_elapsed_seconds,
	    time_remaining_seconds, nozzle_temp_current, nozzle_temp_target, bed_temp_current,
	    bed_temp_target, chamber_temp_current, print_speed_percentage, flow_rate_percentage,
	    part_cooling_fan_speed, error_code, error_message, is_online)
	SELECT organization_id, printer_id, spool.coarse_state(state, connected), job_id, progress,
	    layer, layers, elapsed_sec, remaining_sec, spool.reading(hotend),
	    spool.reading(hotend_target), spool.reading(bed), spool.reading(bed_target),
	    spool.reading(chamber), speed_percent, flow_percent, fan_percent, left(error_code, 50),
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
