-- SPDX-License-Identifier: Apache-2.0
-- For people at psql (contract §3.4): jobs that are not over, urgent and old ones first.
CREATE VIEW public.v_active_print_jobs WITH (security_invoker = true) AS
SELECT j.id, j.organization_id, j.product_id, j.printer_id, j.file_id, j.status,
    j.hold_reason, j.priority, j.plates_requested, j.plates_completed, j.progress_percentage,
    j.current_layer, j.total_layers, j.queued_at, j.started_at, j.estimated_completion_at,
    j.created_at, p.name AS printer_name, p.model AS printer_model, p.ip_address AS printer_ip
  FROM public.print_jobs j LEFT JOIN public.printers p ON p.id = j.printer_id
 WHERE j.status IN ('pending', 'queued', 'claimed', 'preparing', 'printing', 'paused')
 ORDER BY j.priority_rank DESC, j.created_at;
