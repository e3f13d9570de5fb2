-- SPDX-License-Identifier: Apache-2.0
-- P-15: PrinterCommand row with its printer's name.
CREATE VIEW public.p_command_list WITH (security_invoker = true) AS
SELECT c.*,
    p.name AS printer_name
  FROM public.p_command c JOIN public.printers p ON p.id = c.printer_id;
