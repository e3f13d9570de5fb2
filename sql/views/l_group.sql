-- SPDX-License-Identifier: Apache-2.0
-- A group of printers, as jobs name it.
CREATE VIEW public.l_group WITH (security_invoker = true) AS
SELECT g.id,
    g.name,
    g.description,
    ARRAY(SELECT p.id FROM public.printer_group_members m JOIN public.printers p
              ON p.id = m.printer_id AND p.is_active
           WHERE m.organization_id = g.organization_id AND m.group_id = g.id
           ORDER BY p.name, p.id) AS "printerIds",
    (SELECT count(*) FROM public.print_jobs j WHERE j.organization_id = g.organization_id
        AND j.group_id = g.id AND j.status IN ('pending', 'queued')) AS waiting,
    g.organization_id AS "organizationId",
    g.created_at AS "createdAt",
    g.updated_at AS "updatedAt"
  FROM public.printer_groups g;
