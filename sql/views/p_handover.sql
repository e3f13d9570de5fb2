-- SPDX-License-Identifier: Apache-2.0
-- P-08: what a remote printer's backend or agent gets to print a job (contract §2.5.4). The
-- address of the G-code is a path that C signs; the access code goes to the backend alone.
CREATE VIEW public.p_handover WITH (security_invoker = true) AS
SELECT j.id AS job_id,
    j.product_id,
    coalesce(d.name, s.name) AS product_name,
    p.id AS "printer_target.printer_id",
    p.name AS "printer_target.printer_name",
    p.model AS "printer_target.printer_model",
    p.ip_address AS "printer_target.ip_address",
    p.access_code AS "printer_target.access_code!secret",
    '/api/files/' || coalesce(l.source_file_id, j.file_id, d.file_id, j.product_id)
        || '/download' || coalesce('?sliced=' || l.id, '') AS "gcode_file.url!media",
    CASE WHEN l.id IS NULL THEN s.name ELSE s.name || '.gcode' END AS "gcode_file.file_name",
    s.file_size AS "gcode_file.size_bytes",
    j.plates_requested AS "print_parameters.plates_requested",
    j.priority AS "print_parameters.priority",
    coalesce(d.estimated_print_time_sec, s.estimated_time)
        AS "print_parameters.gcode_details.print_time_seconds",
    coalesce(d.estimated_filament_weight::double precision, s.filament_grams)
        AS "print_parameters.gcode_details.filament_usage_grams",
    p.default_nozzle_size AS "print_parameters.gcode_details.nozzle_size_mm",
    coalesce(d.layer_height::double precision, l.layer_height,
        (s.metadata->'metadata'->>'layerHeight')::double precision)
        AS "print_parameters.gcode_details.layer_height_mm",
    coalesce(j.ams_configuration, '{"enabled":false,"slots":[]}')
        AS "print_parameters.ams_configuration",
    coalesce(p.recipient_id, o.default_recipient_id, 'default-recipient') AS recipient_id,
    j.organization_id AS "_organization_id"
  FROM public.print_jobs j
  JOIN public.printers p ON p.id = j.printer_id
  JOIN public.organizations o ON o.id = j.organization_id
  JOIN LATERAL spool.job_source(j.id) s ON true
  LEFT JOIN public.products d ON d.id = j.product_id AND d.organization_id = j.organization_id
  LEFT JOIN public.sliced_files l ON l.id = j.sliced_file_id;
