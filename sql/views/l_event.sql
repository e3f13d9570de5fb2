-- SPDX-License-Identifier: Apache-2.0
-- PrintEvent (contract §2.6.1).
CREATE VIEW public.l_event WITH (security_invoker = true) AS
SELECT e.id,
    e.job_id AS "jobId",
    e.event_type AS "eventType",
    e.message,
    e.severity,
    e.metadata,
    e.timestamp,
    e.organization_id AS "_organization_id"
  FROM public.print_events e;
