-- SPDX-License-Identifier: Apache-2.0
-- Weekly report of an organisation (contract §2.7, §8).
CREATE VIEW public.l_report WITH (security_invoker = true) AS
SELECT r.id,
    r.period_from AS "periodFrom",
    r.period_to AS "periodTo",
    r.content,
    r.created_at AS "createdAt",
    r.organization_id AS "organizationId"
  FROM public.reports r;
