-- SPDX-License-Identifier: Apache-2.0
-- Timelapse of a job (contract §2.6.5, L-29).
CREATE VIEW public.l_timelapse WITH (security_invoker = true) AS
SELECT t.video_path AS "videoUrl!media",
    t.frame_count AS "frameCount",
    t.duration,
    t.file_size AS "fileSize",
    t.job_id AS "_job_id",
    t.organization_id AS "_organization_id"
  FROM public.timelapses t;
