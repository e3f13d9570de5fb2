-- SPDX-License-Identifier: Apache-2.0
-- P-10: PrintJob row with its printer's name, model and address.
CREATE VIEW public.p_job_detail WITH (security_invoker = true) AS
SELECT j.*,
    p.name AS printer_name,
    p.model AS printer_model,
    p.ip_address AS printer_ip
  FROM public.p_job j LEFT JOIN public.printers p ON p.id = j.printer_id;
