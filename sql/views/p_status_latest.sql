-- SPDX-License-Identifier: Apache-2.0
-- P-20: PrinterStatus row with what its job prints.
CREATE VIEW public.p_status_latest WITH (security_invoker = true) AS
SELECT s.*,
    j.product_id
  FROM public.p_status s
  LEFT JOIN public.print_jobs j ON j.id = s.current_job_id
   AND j.organization_id = s.organization_id;
