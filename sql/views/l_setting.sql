-- SPDX-License-Identifier: Apache-2.0
-- One setting (contract §2.7); organizationId null: the installation's, where the organisation
-- has none of that key.
CREATE VIEW public.l_setting WITH (security_invoker = true) AS
SELECT s.category,
    s.key,
    s.value,
    s.description,
    s.updated_at AS "updatedAt",
    s.organization_id AS "organizationId"
  FROM public.printer_settings s
 WHERE s.organization_id IS NOT NULL
    OR NOT EXISTS (SELECT FROM public.printer_settings o
        WHERE o.key = s.key AND o.organization_id = auth.org());
