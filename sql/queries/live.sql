-- SPDX-License-Identifier: Apache-2.0
-- What the live gateway reads, as platen_service: it sees every organisation and keeps them apart
-- itself.

-- The caller of a socket. Raises as auth.enter.
-- :name   live_enter
-- :params user text, session text, organization text
-- :rows   one
SELECT user_id, username, role, organization_id
  FROM auth.enter('user', $1::text, $2::text, $3::text, NULL, NULL, 'VIEWER');

-- :name   live_default_org
-- :rows   maybe
SELECT id FROM public.organizations WHERE is_default AND is_active;

-- Those of the sockets' callers that changed: no role means not entitled any more.
-- :name   live_callers
-- :params users uuid[], sessions uuid[], organizations uuid[], roles text[]
-- :rows   many
SELECT c.n::integer AS n, now_is.role
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
       WITH ORDINALITY AS c(user_id, session_id, organization_id, role, n)
 CROSS JOIN LATERAL (
	SELECT CASE WHEN EXISTS (SELECT FROM public.users u WHERE u.id = c.user_id AND u.is_active)
	             AND (c.session_id IS NULL OR EXISTS (SELECT FROM public.sessions s
	                 WHERE s.id = c.session_id AND s.user_id = c.user_id
	                   AND s.expires_at > now()))
	       THEN auth.role_in(c.user_id, c.organization_id) END AS role) AS now_is
 WHERE now_is.role IS DISTINCT FROM c.role;

-- PrinterStatus of every printer whose live row moved past `after`; all printers when it is -1.
-- :name   live_status
-- :params after bigint
-- :rows   many
SELECT s.state, s."temperatures.hotend.actual", s."temperatures.hotend.target",
    s."temperatures.bed.actual", s."temperatures.bed.target", s."temperatures.chamber?.actual",
    s."temperatures.chamber.target", s."temperatures.hotendTemp",
    s."temperatures.hotendTarget", s."temperatures.bedTemp", s."temperatures.bedTarget",
    s."temperatures.chamberTemp", s."position.x", s."position.y", s."position.z",
    s."position.e", j.id AS "currentJob?.id", j."userId" AS "currentJob.userId",
    j."fileId" AS "currentJob.fileId", j."slicedFileId" AS "currentJob.slicedFileId",
    j.status AS "currentJob.status", j.progress AS "currentJob.progress",
    j."startedAt" AS "currentJob.startedAt", j."completedAt" AS "currentJob.completedAt",
    j."estimatedTime" AS "currentJob.estimatedTime", j."actualTime" AS "currentJob.actualTime",
    j."filamentUsed" AS "currentJob.filamentUsed", j.cost AS "currentJob.cost",
    j.notes AS "currentJob.notes", j."errorMessage" AS "currentJob.errorMessage",
    j."createdAt" AS "currentJob.createdAt", j."updatedAt" AS "currentJob.updatedAt",
    j."printerId" AS "currentJob.printerId", j."organizationId" AS "currentJob.organizationId",
    j."productId" AS "currentJob.productId", j.priority AS "currentJob.priority",
    j."currentLayer" AS "currentJob.currentLayer", j."totalLayers" AS "currentJob.totalLayers",
    j."timeElapsed" AS "currentJob.timeElapsed", j."timeRemaining" AS "currentJob.timeRemaining",
    j."holdReason" AS "currentJob.holdReason", j."file?.id" AS "currentJob.file?.id",
    j."file.originalName" AS "currentJob.file.originalName",
    j."file.fileType" AS "currentJob.file.fileType",
    j."file.fileSize" AS "currentJob.file.fileSize",
    j."file.thumbnailUrl!media" AS "currentJob.file.thumbnailUrl!media",
    j."user?.id" AS "currentJob.user?.id", j."user.username" AS "currentJob.user.username",
    s.connected, s."error?.code", s."error.message", s."printerId", s."printerName",
    s."rawStatus", s."needsHoming", s.timestamp,
    s."_organization_id", s."_seq", s."_is_default",
    (extract(epoch FROM s.timestamp) * 1000)::bigint AS "_ms",
    concat_ws('/', s."rawStatus", s.connected, j.status, j."holdReason", p.plate,
        coalesce(p.attention, '-')) AS "_look"
  FROM public.l_printer_status s
  JOIN public.printers p ON p.id = s."printerId"
  LEFT JOIN public.l_job j ON j.id = s."_job_id"
 WHERE s."_is_active" AND s."_seq" > $1::bigint;

-- :name   live_event_last
-- :rows   one
SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM public.live_event_seq;

-- Ids are given before the commit, so a late one may be smaller than what was seen: the reader
-- asks from a little before its cursor and skips what it knows.
-- :name   live_events
-- :params after bigint
-- :rows   many
SELECT id, organization_id, user_id, topic, payload
  FROM public.live_events
 WHERE id > $1::bigint AND created_at > now() - interval '60 seconds'
 ORDER BY id LIMIT 500;

-- What print:* events there must have been since: live_events is empty after a crash.
-- :name   live_missed
-- :params since_ms bigint
-- :rows   many
SELECT e.job_id, j.printer_id, e.organization_id, spool.iso(e.timestamp) AS at,
    CASE e.event_type WHEN 'JOB_PAUSED' THEN 'print:paused' WHEN 'POWER_LOSS' THEN 'print:paused'
        WHEN 'JOB_RESUMED' THEN 'print:resumed' WHEN 'JOB_COMPLETED' THEN 'print:completed'
        WHEN 'JOB_FAILED' THEN 'print:failed' ELSE 'print:cancelled' END AS topic,
    CASE e.event_type WHEN 'JOB_PAUSED' THEN e.metadata ->> 'reason'
        WHEN 'POWER_LOSS' THEN 'interrupted' WHEN 'JOB_FAILED' THEN e.message END AS reason,
    e.timestamp AS "when"
  FROM public.print_events e
  JOIN public.print_jobs j ON j.id = e.job_id
 WHERE e.timestamp > to_timestamp($1::bigint / 1000.0)
   AND (e.event_type IN ('JOB_PAUSED', 'JOB_RESUMED', 'JOB_COMPLETED', 'JOB_FAILED',
        'JOB_CANCELLED') OR (e.event_type = 'POWER_LOSS' AND e.message LIKE 'Interrupted:%'))
UNION ALL
SELECT j.id, j.printer_id, j.organization_id, spool.iso(j.started_at), 'print:started', NULL,
    j.started_at
  FROM public.print_jobs j
 WHERE j.started_at > to_timestamp($1::bigint / 1000.0)
ORDER BY "when" LIMIT 500;

-- :name   live_job
-- :params id uuid
-- :rows   maybe
SELECT * FROM public.l_job WHERE id = $1::uuid;

-- :name   live_file
-- :params id uuid
-- :rows   maybe
SELECT * FROM public.l_file WHERE id = $1::uuid;
