-- SPDX-License-Identifier: Apache-2.0
-- SlicedFile (contract §2.6.1).
CREATE VIEW public.l_sliced_file WITH (security_invoker = true) AS
SELECT s.id,
    s.source_file_id AS "sourceFileId",
    s.file_path AS "filePath",
    s.profile_id AS "profileId",
    s.estimated_time AS "estimatedTime",
    s.filament_usage AS "filamentUsage",
    s.layer_height AS "layerHeight",
    s.metadata,
    s.created_at AS "createdAt",
    s.status,
    s.error,
    s.organization_id AS "_organization_id"
  FROM public.sliced_files s;
