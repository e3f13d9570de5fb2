-- SPDX-License-Identifier: Apache-2.0
-- Cameras: settings, recordings, tickets.

-- The camera of a printer, or of the default one; $2: the installation has one of its own
-- (camera.url).
-- :name   camera_show
-- :params printer uuid, has_own boolean
-- :rows   maybe
WITH known AS MATERIALIZED (
	SELECT set_config('platen.camera', CASE WHEN $2::boolean THEN 'on' ELSE 'off' END, true)
)
SELECT c.* FROM known, l_camera c
 WHERE c."_organization_id" = auth.org()
   AND c."printerId" = coalesce($1::uuid, (SELECT p.id FROM printers p
        WHERE p.organization_id = auth.org() AND p.is_active AND p.is_default));

-- :name   camera_set
-- :params printer uuid, patch jsonb
-- :rows   one
WITH done AS (
	UPDATE printers SET camera_settings = coalesce(camera_settings, '{}') || $2::jsonb
	 WHERE id = $1::uuid AND organization_id = auth.org() AND is_active
	RETURNING id
)
SELECT done.id, pg_notify('platen', 'config ' || done.id),
    auth.audit('settings.updated', 'Camera settings changed',
        jsonb_build_object('printerId', done.id)) FROM done;

-- :name   camera_make_ticket
-- :params sha256 text, session uuid, seconds integer
-- :rows   none
SELECT auth.make_camera_ticket($1::text, $2::uuid, $3::integer);

-- :name   camera_take_ticket
-- :params sha256 text
-- :rows   maybe
SELECT subject, session, org FROM auth.take_camera_ticket($1::text);
