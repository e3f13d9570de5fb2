-- SPDX-License-Identifier: Apache-2.0
-- For people at psql (contract §3.4): active printers with their newest status row.
CREATE VIEW public.v_printers_with_status WITH (security_invoker = true) AS
SELECT p.id, p.organization_id, p.name, p.brand, p.model, p.connection_type, p.ip_address,
    p.current_status, p.current_job_id, p.is_default, p.plate, p.attention, p.last_seen_at,
    s.status AS live_status, s.progress_percentage, s.current_layer, s.total_layers,
    s.time_remaining_seconds, s.nozzle_temp_current, s.nozzle_temp_target,
    s.bed_temp_current, s.bed_temp_target, s.is_online, s.error_code, s.error_message,
    s.last_update_timestamp
  FROM public.printers p
  LEFT JOIN LATERAL (
    SELECT * FROM public.printer_status n WHERE n.printer_id = p.id
     ORDER BY n.created_at DESC, n.id DESC LIMIT 1) s ON true
 WHERE p.is_active;
