-- SPDX-License-Identifier: Apache-2.0
-- Products: what family P prints.

-- :name   product_list
-- :params search text, include_inactive boolean, limit integer, offset integer
-- :rows   many
SELECT l.*, (SELECT count(*) FROM products c
        WHERE c.organization_id = (SELECT auth.org()) AND (c.is_active OR $2::boolean)
          AND ($1::text IS NULL OR strpos(lower(c.name), lower($1::text)) > 0)) AS _total
  FROM p_product l
 WHERE l.organization_id = auth.org() AND (l.is_active OR $2::boolean)
   AND ($1::text IS NULL OR strpos(lower(l.name), lower($1::text)) > 0)
 ORDER BY l.name, l.id LIMIT $3::integer OFFSET $4::integer;

-- :name   product_row
-- :params id uuid
-- :rows   maybe
SELECT * FROM p_product WHERE id = $1::uuid AND organization_id = auth.org();

-- :name   product_lock
-- :params id uuid
-- :rows   maybe
SELECT id FROM products WHERE id = $1::uuid AND organization_id = auth.org() FOR NO KEY UPDATE;

-- :name   product_file
-- :params id uuid
-- :rows   maybe
SELECT id FROM files WHERE id = $1::uuid AND organization_id = auth.org()
   AND deleted_at IS NULL AND file_type = 'GCODE';

-- Figures that nobody states are the file's own.
-- :name   product_insert
-- :params given jsonb
-- :rows   one
INSERT INTO products (organization_id, name, file_id, gcode_file_size, estimated_print_time_sec,
    estimated_filament_weight, layer_height, total_layers, gcode_metadata)
SELECT auth.org(), r.name, r.file_id, f.file_size,
    coalesce(r.estimated_print_time_sec, round((f.analysis->>'estimatedTime')::numeric)::integer),
    coalesce(r.estimated_filament_weight,
        round((f.metadata->'metadata'->>'filamentWeight')::numeric, 2)),
    coalesce(r.layer_height, round((f.metadata->'metadata'->>'layerHeight')::numeric, 3)),
    coalesce(r.total_layers, (f.analysis->>'layers')::integer), r.gcode_metadata
  FROM jsonb_populate_record(NULL::products, $1::jsonb) r
  LEFT JOIN files f ON f.id = r.file_id AND f.organization_id = auth.org()
RETURNING id;

-- Only what the patch names changes; null in it clears.
-- :name   product_update
-- :params id uuid, patch jsonb
-- :rows   one
UPDATE products p SET (name, file_id, gcode_file_size, estimated_print_time_sec,
    estimated_filament_weight, layer_height, total_layers, gcode_metadata, is_active) = (
    SELECT r.name, r.file_id, f.file_size, r.estimated_print_time_sec,
        r.estimated_filament_weight, r.layer_height, r.total_layers, r.gcode_metadata, r.is_active
      FROM jsonb_populate_record(p, $2::jsonb) r
      LEFT JOIN files f ON f.id = r.file_id AND f.organization_id = p.organization_id)
 WHERE p.id = $1::uuid AND p.organization_id = auth.org()
RETURNING p.id;

-- Jobs keep naming it, so it only steps aside.
-- :name   product_retire
-- :params id uuid
-- :rows   maybe
UPDATE products SET is_active = false WHERE id = $1::uuid AND organization_id = auth.org()
RETURNING id;

-- :name   product_changed
-- :params id uuid, event text, description text
-- :rows   one
SELECT auth.audit($2::text, $3::text, jsonb_build_object('productId', $1::uuid)) AS told;
