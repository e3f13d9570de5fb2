-- SPDX-License-Identifier: Apache-2.0
-- P-09: PrintJob row with its printer's name and model.
CREATE VIEW public.p_job_list WITH (security_invoker = true) AS
SELECT j.*,
    p.name AS printer_name,
    p.model AS printer_model
  FROM public.p_job j LEFT JOIN public.printers p ON p.id = j.printer_id;
