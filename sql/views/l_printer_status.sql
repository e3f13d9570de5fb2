-- SPDX-License-Identifier: Apache-2.0
-- PrinterStatus (contract §2.6.1), without currentJob. A local printer speaks through its live
-- row, a remote one through its newest status row; unknown temperatures and positions are 0.
CREATE VIEW public.l_printer_status WITH (security_invoker = true) AS
WITH figures AS (
	SELECT p.id, p.organization_id, p.name, p.is_default, p.is_active, j.id AS job_id,
	    j.status AS job_status,
	    lower(coalesce(l.state, s.status, 'offline')) AS raw,
	    CASE WHEN l.printer_id IS NOT NULL THEN l.connected
	        ELSE coalesce(s.is_online, false) END AND coalesce(l.updated_at,
	        s.last_update_timestamp) > now() - make_interval(secs => coalesce(
	        nullif(current_setting('platen.stale_after', true), '')::integer, 30)) AS fresh,
	    l.needs_homing,
	    coalesce(l.hotend, s.nozzle_temp_current, 0)::double precision AS hotend,
	    coalesce(l.hotend_target, s.nozzle_temp_target, 0)::double precision AS hotend_target,
	    coalesce(l.bed, s.bed_temp_current, 0)::double precision AS bed,
	    coalesce(l.bed_target, s.bed_temp_target, 0)::double precision AS bed_target,
	    coalesce(l.chamber, s.chamber_temp_current::double precision) AS chamber,
	    coalesce(l.chamber_target, 0) AS chamber_target,
	    coalesce(l.x, 0) AS x, coalesce(l.y, 0) AS y, coalesce(l.z, 0) AS z,
	    coalesce(l.e, 0) AS e,
	    coalesce(l.error_code, s.error_code) AS error_code,
	    coalesce(l.error_message, s.error_message) AS error_message,
	    coalesce(l.updated_at, s.last_update_timestamp) AS at,
	    coalesce(l.seq, 0) AS seq
	  FROM public.printers p
	  LEFT JOIN public.printer_live l ON l.printer_id = p.id
	  LEFT JOIN LATERAL (
	    SELECT * FROM public.printer_status n
	     WHERE n.printer_id = p.id AND l.printer_id IS NULL
	     ORDER BY n.created_at DESC, n.id DESC LIMIT 1) s ON true
	  LEFT JOIN LATERAL (
	    SELECT a.id, a.status FROM public.print_jobs a
	     WHERE a.printer_id = p.id
	       AND a.status IN ('claimed', 'preparing', 'printing', 'paused')
	     ORDER BY a.attempt_id IS NULL, a.started_at DESC NULLS LAST LIMIT 1) j ON true
)
SELECT CASE
        WHEN f.raw = 'halted' THEN 'error'
        WHEN f.job_status = 'paused' THEN 'paused'
        WHEN f.job_status IS NOT NULL THEN 'printing'
        WHEN NOT coalesce(f.fresh, false) THEN 'error'
        WHEN f.raw IN ('idle', 'ready', 'finished', 'finish', 'complete', 'completed')
            THEN 'idle'
        WHEN f.raw IN ('printing', 'running', 'preparing', 'heating', 'busy', 'resuming',
            'finishing', 'cancelling', 'recovering') THEN 'printing'
        WHEN f.raw IN ('paused', 'pausing', 'pause') THEN 'paused'
        ELSE 'error' END AS state,
    f.hotend AS "temperatures.hotend.actual",
    f.hotend_target AS "temperatures.hotend.target",
    f.bed AS "temperatures.bed.actual",
    f.bed_target AS "temperatures.bed.target",
    f.chamber AS "temperatures.chamber?.actual",
    f.chamber_target AS "temperatures.chamber.target",
    f.hotend AS "temperatures.hotendTemp",
    f.hotend_target AS "temperatures.hotendTarget",
    f.bed AS "temperatures.bedTemp",
    f.bed_target AS "temperatures.bedTarget",
    f.chamber AS "temperatures.chamberTemp",
    f.x AS "position.x",
    f.y AS "position.y",
    f.z AS "position.z",
    f.e AS "position.e",
    coalesce(f.fresh, false) AS connected,
    f.error_code AS "error?.code",
    coalesce(f.error_message, f.error_code) AS "error.message",
    f.id AS "printerId",
    f.name AS "printerName",
    f.raw AS "rawStatus",
    coalesce(f.needs_homing, false) AS "needsHoming",
    coalesce(f.at, now()) AS timestamp,
    f.organization_id AS "_organization_id",
    f.job_id AS "_job_id",
    f.seq AS "_seq",
    f.is_default AS "_is_default",
    f.is_active AS "_is_active"
  FROM figures f;
