-- SPDX-License-Identifier: Apache-2.0
-- Product row (contract §3.2): a name, a G-code file and its figures.
CREATE VIEW public.p_product WITH (security_invoker = true) AS
SELECT d.id,
    d.organization_id,
    d.name,
    d.file_id,
    f.original_name AS file_name,
    d.gcode_file_path,
    d.gcode_file_size,
    d.estimated_print_time_sec,
    d.estimated_filament_weight,
    d.layer_height,
    d.total_layers,
    d.gcode_metadata,
    d.is_active,
    d.created_at,
    d.updated_at
  FROM public.products d
  LEFT JOIN public.files f ON f.id = d.file_id AND f.organization_id = d.organization_id
   AND f.deleted_at IS NULL;
