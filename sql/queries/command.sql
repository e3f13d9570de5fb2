-- SPDX-License-Identifier: Apache-2.0
-- Commands to printers. A local printer's spooler and a remote one's agent take them from here.

-- :name   command_insert
-- :params printer_id uuid, type text, metadata jsonb, recipient text, timeout double precision
-- :params local boolean, audit text
-- :rows   one
WITH made AS (
	INSERT INTO printer_commands (organization_id, printer_id, recipient_id, printer_ip_address,
	    command_type, metadata, created_by, priority, timeout_at)
	SELECT p.organization_id, p.id, CASE WHEN $6::boolean THEN 'spooler' ELSE $4::text END,
	    p.ip_address, $2::text, $3::jsonb, auth.principal(),
	    CASE WHEN $2::text IN ('pause_print', 'cancel_print', 'stop_print', 'emergency_stop')
	        THEN 10 ELSE 0 END,
	    now() + make_interval(secs => $5::double precision)
	  FROM printers p WHERE p.id = $1::uuid AND p.organization_id = auth.org()
	RETURNING id, printer_id, command_type
)
SELECT made.id,
    pg_notify('platen', 'command ' || made.printer_id),
    auth.audit($7::text, 'Command ' || made.command_type, jsonb_build_object('commandId', made.id,
        'printerId', made.printer_id, 'type', made.command_type, 'gcode', $3::jsonb->'gcode'))
  FROM made;

-- :name   command_find
-- :params id uuid
-- :rows   maybe
SELECT id, status, result, error_message FROM printer_commands
 WHERE id = $1::uuid AND organization_id = auth.org();
