-- SPDX-License-Identifier: Apache-2.0
-- Uploaded files.

-- :name   file_list
-- :params folder text, type text, words text, sort text, limit integer, offset integer
-- :rows   many
SELECT l.*, (SELECT count(*) FROM files c
        WHERE c.organization_id = (SELECT auth.org()) AND c.deleted_at IS NULL
          AND ($1::text IS NULL OR c.folder = $1::text)
          AND ($2::text IS NULL OR c.file_type = $2::file_type)
          AND ($3::text IS NULL OR c.search @@ to_tsquery('simple', $3::text))) AS _total
  FROM l_file l
 WHERE l."organizationId" = auth.org()
   AND ($1::text IS NULL OR l.folder = $1::text)
   AND ($2::text IS NULL OR l."fileType" = $2::file_type)
   AND ($3::text IS NULL OR l."_search" @@ to_tsquery('simple', $3::text))
 ORDER BY CASE $4::text WHEN 'name asc' THEN lower(l."originalName") END ASC,
          CASE $4::text WHEN 'name desc' THEN lower(l."originalName") END DESC,
          CASE $4::text WHEN 'size asc' THEN l."fileSize" END ASC,
          CASE $4::text WHEN 'size desc' THEN l."fileSize" END DESC,
          CASE $4::text WHEN 'date asc' THEN l."createdAt" END ASC,
          l."createdAt" DESC, l.id
 LIMIT $5::integer OFFSET $6::integer;

-- :name   file_show
-- :params id uuid
-- :rows   maybe
SELECT * FROM l_file WHERE id = $1::uuid AND "organizationId" = auth.org();

-- :name   file_slices
-- :params id uuid
-- :rows   many
SELECT * FROM l_sliced_file
 WHERE "sourceFileId" = $1::uuid AND "_organization_id" = auth.org()
 ORDER BY "createdAt";

-- :name   file_insert
-- :params original_name text, file_path text, folder text, type text, size bigint, mime text
-- :params sha256 text
-- :rows   one
INSERT INTO files (organization_id, user_id, original_name, file_name, file_path, folder,
    file_type, file_size, mime_type, sha256, metadata)
VALUES (auth.org(), auth.principal(), $1::text, regexp_replace($2::text, '^.*/', ''), $2::text,
    $3::text, $4::file_type, $5::bigint, $6::text, $7::text,
    jsonb_build_object('originalSize', $5::bigint, 'mimeType', $6::text,
        'uploadedAt', spool.iso(now())))
RETURNING id;

-- What follows an upload: the analysis, the event to the owner, the audit.
-- :name   file_uploaded
-- :params id uuid, event jsonb
-- :rows   none
SELECT CASE WHEN (SELECT file_type FROM files WHERE id = $1::uuid) = 'GCODE' THEN
        spool.add_task('file-processing', jsonb_build_object('fileId', $1::uuid,
            'operation', 'analyze'), 'analyze:' || $1::uuid) END,
    spool.emit('file:uploaded', auth.org(), auth.principal(), $2::jsonb),
    auth.audit('file.uploaded', 'File uploaded', jsonb_build_object('fileId', $1::uuid));

-- :name   file_facts
-- :params id uuid
-- :rows   maybe
SELECT f.id, f.user_id, f.original_name, f.file_path, f.file_type, f.mime_type, f.thumbnail_url,
       f.analysis IS NOT NULL AS analysed,
       EXISTS (SELECT FROM print_jobs j WHERE j.organization_id = f.organization_id
           AND (j.file_id = f.id OR j.product_id = f.id)
           AND j.status NOT IN ('completed', 'failed', 'cancelled')) AS in_use,
       EXISTS (SELECT FROM print_jobs j WHERE j.organization_id = f.organization_id
           AND (j.file_id = f.id OR j.product_id = f.id)) AS has_history
  FROM files f
 WHERE f.id = $1::uuid AND f.organization_id = auth.org() AND f.deleted_at IS NULL
   FOR NO KEY UPDATE OF f;

-- :name   file_path
-- :params id uuid, slice_id uuid
-- :rows   maybe
SELECT f.original_name, f.mime_type, coalesce(s.file_path, f.file_path) AS file_path
  FROM files f LEFT JOIN sliced_files s ON s.id = $2::uuid AND s.source_file_id = f.id
   AND s.organization_id = f.organization_id AND s.status = 'ready'
 WHERE f.id = $1::uuid AND f.organization_id = auth.org() AND f.deleted_at IS NULL
   AND ($2::uuid IS NULL OR s.id IS NOT NULL);

-- :name   file_slice_paths
-- :params id uuid
-- :rows   many
SELECT file_path FROM sliced_files
 WHERE source_file_id = $1::uuid AND organization_id = auth.org() AND file_path IS NOT NULL;

-- The row of a file that finished jobs refer to stays, marked.
-- :name   file_forget
-- :params id uuid, keep boolean
-- :rows   none
WITH kept AS (
	UPDATE files SET deleted_at = now(), thumbnail_url = NULL
	 WHERE id = $1::uuid AND organization_id = auth.org() AND $2::boolean
), gone AS (
	DELETE FROM files
	 WHERE id = $1::uuid AND organization_id = auth.org() AND NOT $2::boolean
)
SELECT auth.audit('file.deleted', 'File deleted', jsonb_build_object('fileId', $1::uuid));
