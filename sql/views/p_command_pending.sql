-- SPDX-License-Identifier: Apache-2.0
-- P-16: what an agent needs to know of a command: also where the printer is now.
CREATE VIEW public.p_command_pending WITH (security_invoker = true) AS
SELECT c.*,
    p.name AS printer_name,
    p.ip_address
  FROM public.p_command c JOIN public.printers p ON p.id = c.printer_id;
