-- SPDX-License-Identifier: Apache-2.0
-- A finished print as everybody may see it (contract §2.7, O-03).
CREATE VIEW public.l_public_print WITH (security_invoker = true) AS
SELECT upper(j.status) AS status,
    j.actual_time_seconds AS duration,
    j.completed_at AS "finishedAt",
    j.organization_id AS "_organization_id"
  FROM public.print_jobs j
 WHERE j.status IN ('completed', 'failed', 'cancelled') AND j.completed_at IS NOT NULL;
