-- SPDX-License-Identifier: Apache-2.0
-- Camera of a printer: its settings and what it does (contract §2.6.7, L-39).
CREATE VIEW public.l_camera WITH (security_invoker = true) AS
SELECT coalesce(p.camera_settings->>'resolution', '1280x720') AS resolution,
    coalesce((p.camera_settings->>'fps')::integer, 30) AS fps,
    coalesce((p.camera_settings->>'quality')::integer, 90) AS quality,
    p.camera_url IS NOT NULL OR (p.is_default
        AND current_setting('platen.camera', true) = 'on') AS enabled,
    false AS streaming,
    r.id IS NOT NULL AS recording,
    p.id AS "printerId",
    r.id AS "_recording_id",
    p.organization_id AS "_organization_id"
  FROM public.printers p
  LEFT JOIN public.recordings r ON r.printer_id = p.id AND r.status = 'recording'
 WHERE p.is_active;
