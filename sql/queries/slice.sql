-- SPDX-License-Identifier: Apache-2.0
-- Slices that are asked for, previews and timelapses.

-- :name   slice_profile
-- :params id uuid
-- :rows   maybe
SELECT id, layer_height FROM print_profiles
 WHERE id = $1::uuid AND (organization_id = auth.org() OR organization_id IS NULL);

-- The nozzle that a slice is made for: the default printer's, else the usual one (mm).
-- :name   slice_nozzle
-- :rows   one
SELECT coalesce((SELECT p.default_nozzle_size FROM printers p
    WHERE p.organization_id = auth.org() AND p.is_active AND p.is_default),
    0.4)::double precision AS nozzle;

-- :name   slice_same
-- :params file uuid, profile uuid, settings jsonb
-- :rows   maybe
SELECT id, status FROM sliced_files
 WHERE organization_id = auth.org() AND source_file_id = $1::uuid AND profile_id = $2::uuid
   AND settings = $3::jsonb AND status <> 'failed';

-- No row: somebody else asked for the same in this moment.
-- :name   slice_insert
-- :params file uuid, profile uuid, settings jsonb
-- :rows   maybe
WITH made AS (
	INSERT INTO sliced_files (organization_id, source_file_id, profile_id, settings, created_by)
	VALUES (auth.org(), $1::uuid, $2::uuid, $3::jsonb, auth.principal())
	ON CONFLICT DO NOTHING RETURNING id
)
SELECT made.id, spool.add_task('file-processing', jsonb_build_object('fileId', $1::uuid,
        'operation', 'slice', 'profileId', $2::uuid, 'settings', $3::jsonb,
        'slicedFileId', made.id), 'slice:' || made.id) AS task,
    auth.audit('file.sliced', 'Slice asked for', jsonb_build_object('fileId', $1::uuid,
        'slicedFileId', made.id, 'profileId', $2::uuid)) AS noted
  FROM made;

-- Its end waits until this transaction has ended, so that a job made for it hears of it.
-- :name   slice_hold
-- :params id uuid
-- :rows   maybe
SELECT status FROM sliced_files WHERE id = $1::uuid AND organization_id = auth.org() FOR SHARE;

-- :name   slice_show
-- :params id uuid
-- :rows   maybe
SELECT * FROM l_sliced_file WHERE id = $1::uuid AND "_organization_id" = auth.org();

-- :name   slice_preview
-- :params file uuid
-- :rows   maybe
SELECT f.original_name, f.file_path, f.file_type, f.thumbnail_url,
    f.analysis IS NOT NULL AS analysed, f.idx_sha256,
    spool.task_waits('generate-thumbnail:' || f.id) AS drawing,
    spool.task_waits('analyze:' || f.id) AS analysing
  FROM files f
 WHERE f.id = $1::uuid AND f.organization_id = auth.org() AND f.deleted_at IS NULL;

-- :name   slice_timelapse
-- :params job uuid
-- :rows   maybe
SELECT * FROM l_timelapse WHERE "_job_id" = $1::uuid AND "_organization_id" = auth.org();

-- :name   slice_timelapse_waits
-- :params job uuid
-- :rows   one
SELECT spool.task_waits('timelapse:' || $1::uuid) AS waits;
