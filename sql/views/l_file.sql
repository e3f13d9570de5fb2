-- SPDX-License-Identifier: Apache-2.0
-- File (contract §2.6.1). Deleted files are left out.
CREATE VIEW public.l_file WITH (security_invoker = true) AS
SELECT f.id,
    f.user_id AS "userId",
    f.original_name AS "originalName",
    f.file_name AS "fileName",
    f.file_path AS "filePath",
    f.file_type AS "fileType",
    f.file_size AS "fileSize",
    f.metadata,
    f.thumbnail_url AS "thumbnailUrl!media",
    f.print_count AS "printCount",
    f.created_at AS "createdAt",
    f.updated_at AS "updatedAt",
    f.folder,
    f.organization_id AS "organizationId",
    f.user_id AS "user?.id",
    auth.user_name(f.user_id) AS "user.username",
    f.mime_type AS "_mime_type",
    f.sha256 AS "_sha256",
    f.analysis AS "_analysis",
    f.search AS "_search"
  FROM public.files f
 WHERE f.deleted_at IS NULL;
