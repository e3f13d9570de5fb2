-- SPDX-License-Identifier: Apache-2.0
-- PrinterCommand row (contract §2.5.1).
CREATE VIEW public.p_command WITH (security_invoker = true) AS
SELECT c.id,
    c.organization_id,
    c.printer_id,
    c.recipient_id,
    c.printer_ip_address,
    c.command_type,
    c.metadata,
    c.status,
    c.result,
    c.error_message,
    c.sent_at,
    c.completed_at,
    c.timeout_at,
    c.created_at,
    c.updated_at,
    c.created_by,
    c.priority AS "_priority"
  FROM public.printer_commands c;
