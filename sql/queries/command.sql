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

-- :name   command_row
-- :params id uuid
-- :rows   one
SELECT * FROM p_command WHERE id = $1::uuid;

-- :name   command_list
-- :params printer_id uuid, status text, limit integer, offset integer
-- :rows   many
SELECT l.*, (SELECT count(*) FROM printer_commands c
        WHERE c.organization_id = (SELECT auth.org()) AND ($1::uuid IS NULL OR c.printer_id = $1::uuid)
          AND ($2::text IS NULL OR c.status = $2::text)) AS _total
  FROM p_command_list l
 WHERE l.organization_id = auth.org() AND ($1::uuid IS NULL OR l.printer_id = $1::uuid)
   AND ($2::text IS NULL OR l.status = $2::text)
 ORDER BY l.created_at DESC, l.id LIMIT $3::integer OFFSET $4::integer;

-- What waits for an agent, in all organisations in which the caller may take it.
-- :name   command_pending
-- :params recipient text, printer_id uuid, limit integer
-- :rows   many
SELECT * FROM p_command_pending
 WHERE recipient_id = $1::text AND status = 'pending' AND (timeout_at IS NULL OR timeout_at > now())
   AND organization_id = ANY ((SELECT auth.orgs_as('AGENT'))::uuid[])
   AND ($2::uuid IS NULL OR printer_id = $2::uuid)
 ORDER BY created_at, id LIMIT $3::integer;

-- The same, taken: of two polls at once each gets its own rows.
-- :name   command_claim
-- :params recipient text, printer_id uuid, limit integer
-- :rows   one
WITH due AS MATERIALIZED (
	SELECT c.id FROM printer_commands c
	 WHERE c.recipient_id = $1::text AND c.status = 'pending'
	   AND (c.timeout_at IS NULL OR c.timeout_at > now())
	   AND c.organization_id = ANY ((SELECT auth.orgs_as('AGENT'))::uuid[])
	   AND ($2::uuid IS NULL OR c.printer_id = $2::uuid)
	 ORDER BY c.created_at, c.id LIMIT $3::integer FOR UPDATE SKIP LOCKED
), taken AS (
	UPDATE printer_commands c SET status = 'sent', sent_at = now() FROM due WHERE c.id = due.id
	RETURNING c.id
)
SELECT coalesce(array_agg(id), '{}') AS ids FROM taken;

-- :name   command_rows
-- :params ids uuid[]
-- :rows   many
SELECT * FROM p_command_pending WHERE id = ANY ($1::uuid[]) ORDER BY created_at, id;

-- What reports and deletions decide by; holds the row. late: its time is over, whether or not
-- somebody has looked since.
-- :name   command_facts
-- :params id uuid
-- :rows   maybe
SELECT c.id, c.status, c.recipient_id = 'spooler' AS local,
       c.timeout_at < now() AND c.status IN ('pending', 'sent', 'executing') AS late
  FROM printer_commands c
 WHERE c.id = $1::uuid AND c.organization_id = ANY ((SELECT auth.orgs_as('AGENT'))::uuid[])
   FOR NO KEY UPDATE;

-- :name   command_report
-- :params id uuid, status text, result text, error text, sent boolean, ended boolean
-- :rows   one
UPDATE printer_commands SET status = $2::text, result = coalesce($3::text, result),
    error_message = coalesce($4::text, error_message),
    sent_at = CASE WHEN $5::boolean THEN coalesce(sent_at, now()) ELSE sent_at END,
    completed_at = CASE WHEN $6::boolean THEN now() ELSE completed_at END
 WHERE id = $1::uuid
RETURNING CASE WHEN $6::boolean THEN pg_notify('platen', 'done ' || id) END AS told;

-- :name   command_delete
-- :params id uuid
-- :rows   one
WITH gone AS (
	DELETE FROM printer_commands WHERE id = $1::uuid AND organization_id = auth.org()
	RETURNING id, printer_id, command_type
)
SELECT auth.audit('command.deleted', 'Command deleted', jsonb_build_object('commandId', id,
        'printerId', printer_id, 'type', command_type)),
    pg_notify('platen', 'done ' || id) AS told FROM gone;
