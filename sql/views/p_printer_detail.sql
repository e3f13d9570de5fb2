-- SPDX-License-Identifier: Apache-2.0
-- P-04: Printer row and the whole of what it last reported.
CREATE VIEW public.p_printer_detail WITH (security_invoker = true) AS
SELECT p.*,
    coalesce(l.state, s.status) AS live_status,
    coalesce(l.progress, s.progress_percentage::double precision) AS progress_percentage,
    coalesce(l.layer, s.current_layer) AS current_layer,
    coalesce(nullif(l.layers, 0), s.total_layers) AS total_layers,
    coalesce(l.hotend, s.nozzle_temp_current::double precision) AS nozzle_temp_current,
    coalesce(l.hotend_target, s.nozzle_temp_target::double precision) AS nozzle_temp_target,
    coalesce(l.bed, s.bed_temp_current::double precision) AS bed_temp_current,
    coalesce(l.bed_target, s.bed_temp_target::double precision) AS bed_temp_target,
    coalesce(nullif(l.remaining_sec, -1), s.time_remaining_seconds) AS time_remaining_seconds,
    coalesce(l.updated_at, s.last_update_timestamp) AS last_update_timestamp
  FROM public.p_printer p
  LEFT JOIN public.printer_live l ON l.printer_id = p.id
  LEFT JOIN LATERAL (
    SELECT * FROM public.printer_status n WHERE n.printer_id = p.id AND l.printer_id IS NULL
     ORDER BY n.created_at DESC, n.id DESC LIMIT 1) s ON true;
