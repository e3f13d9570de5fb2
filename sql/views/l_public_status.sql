-- SPDX-License-Identifier: Apache-2.0
-- What everybody may see of the default printer (contract §2.7, O-03): nothing with a name.
CREATE VIEW public.l_public_status WITH (security_invoker = true) AS
SELECT s.state,
    s."temperatures.hotend.actual",
    s."temperatures.hotend.target",
    s."temperatures.bed.actual",
    s."temperatures.bed.target",
    s."temperatures.chamber?.actual",
    s."temperatures.chamber.target",
    s."temperatures.hotendTemp",
    s."temperatures.hotendTarget",
    s."temperatures.bedTemp",
    s."temperatures.bedTarget",
    s."temperatures.chamberTemp",
    coalesce(j.progress, 0) AS progress,
    j."timeRemaining",
    s."_organization_id",
    s."_is_default"
  FROM public.l_printer_status s
  LEFT JOIN public.l_job j ON j.id = s."_job_id"
 WHERE s."_is_active";
