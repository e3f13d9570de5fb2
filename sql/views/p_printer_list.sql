-- SPDX-License-Identifier: Apache-2.0
-- P-03: Printer row and what it last reported.
CREATE VIEW public.p_printer_list WITH (security_invoker = true) AS
SELECT p.*,
    coalesce(l.state, s.status) AS live_status,
    coalesce(l.progress, s.progress_percentage::double precision) AS progress_percentage,
    coalesce(l.hotend, s.nozzle_temp_current::double precision) AS nozzle_temp_current,
    coalesce(l.bed, s.bed_temp_current::double precision) AS bed_temp_current
  FROM public.p_printer p
  LEFT JOIN public.printer_live l ON l.printer_id = p.id
  LEFT JOIN LATERAL (
    SELECT * FROM public.printer_status n WHERE n.printer_id = p.id AND l.printer_id IS NULL
     ORDER BY n.created_at DESC, n.id DESC LIMIT 1) s ON true;
