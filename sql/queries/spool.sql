-- SPDX-License-Identifier: Apache-2.0
-- The spooler's statements: looking at what is wanted, and handing over what happened
-- (architecture.md §3.4; the work is done by the functions of schema spool).

-- Local printers of this host; $2 one printer, or null for all.
-- :name   spool_printers
-- :params host text, printer_id uuid
-- :rows   many
SELECT p.id, p.organization_id, p.name, p.serial_device AS device, p.baud_rate AS baud,
       p.is_default, p.attention, coalesce(p.volume_x, 0) AS volume_x,
       coalesce(p.volume_y, 0) AS volume_y, coalesce(p.volume_z, 0) AS volume_z,
       coalesce(p.max_nozzle_temp, 0)::float8 AS max_hotend,
       coalesce(p.max_bed_temp, 0)::float8 AS max_bed,
       p.scripts->>'start' AS script_start, p.scripts->>'end' AS script_end,
       p.scripts->>'pause' AS script_pause, p.scripts->>'resume' AS script_resume,
       p.scripts->>'cancel' AS script_cancel
  FROM spool.printers($1::text) p
 WHERE $2::uuid IS NULL OR p.id = $2::uuid
 ORDER BY p.id;

-- Attempts that are claimed, or that the database takes for running, on these printers.
-- :name   spool_attempts
-- :params host text, printer_id uuid
-- :rows   many
SELECT t.printer_id, t.job_id, t.attempt_id, t.fence, t.state, t.base, t.planned_lines, t.age_sec,
       t.file_path, t.idx_sha256, t.file_size AS size, coalesce(t.layers, 0) AS planned_layers,
       coalesce(t.estimated_sec, 0) AS estimated_sec,
       coalesce(t.hotend_override, 0) AS hotend_override,
       coalesce(t.bed_override, 0) AS bed_override,
       coalesce(t.hotend_preheat, (t.analysis->>'hotend')::float8, 0) AS hotend_preheat,
       coalesce(t.bed_preheat, (t.analysis->>'bed')::float8, 0) AS bed_preheat,
       coalesce((t.analysis->>'homes')::boolean, false) AS file_homes,
       coalesce((t.analysis->>'heatsHotend')::boolean, false) AS file_heats_hotend,
       coalesce((t.analysis->>'heatsBed')::boolean, false) AS file_heats_bed, t.more_plates
  FROM spool.attempts(ARRAY(SELECT p.id FROM spool.printers($1::text) p
        WHERE $2::uuid IS NULL OR p.id = $2::uuid)) t
 WHERE (t.state = 'claimed' AND t.job_status = 'claimed')
    OR (t.state = 'running' AND t.hold_reason IS DISTINCT FROM 'next_plate')
 ORDER BY t.fence;

-- :name   spool_commands
-- :params printer_id uuid
-- :rows   many
SELECT c.id, c.command_type, c.metadata, c.created_by,
       coalesce(extract(epoch FROM c.timeout_at - now()), 0)::float8 AS left_sec
  FROM spool.take_commands($1::uuid) c
 ORDER BY c.priority DESC, c.created_at, c.id;

-- :name   spool_lost
-- :params printer_id uuid, known uuid[]
-- :rows   many
SELECT c.id, c.command_type, c.metadata, c.created_by,
       coalesce(extract(epoch FROM c.timeout_at - now()), 0)::float8 AS left_sec
  FROM spool.take_lost($1::uuid, $2::uuid[]) c;

-- The spooler answers these however long they take.
-- :name   spool_executing
-- :params ids uuid[]
-- :rows   none
UPDATE public.printer_commands SET status = 'executing'
 WHERE id = ANY ($1::uuid[]) AND status = 'sent';

-- Printers with commands that wait (the slow scan).
-- :name   spool_command_printers
-- :params host text
-- :rows   many
SELECT DISTINCT c.printer_id
  FROM public.printer_commands c
  JOIN spool.printers($1::text) p ON p.id = c.printer_id
 WHERE c.status = 'pending' AND c.recipient_id = 'spooler';

-- :name   spool_expire
-- :rows   one
SELECT spool.expire_commands() AS expired;

-- :name   spool_claim
-- :params job_id uuid, printer_id uuid, by text, person boolean
-- :rows   many
SELECT c.attempt_id, c.fence FROM spool.claim($1::uuid, $2::uuid, $3::text, $4::boolean) c;

-- The next job of an idle printer, if there is one; a row: it has begun.
-- :name   spool_next
-- :params printer_id uuid
-- :rows   maybe
SELECT n.job_id FROM spool.claim_next($1::uuid, 'spooler') n;

-- :name   spool_apply
-- :params printer_id uuid, seq bigint, at float8, kind text, attempt_id uuid, fence bigint
-- :params data jsonb
-- :rows   one
SELECT spool.apply_event($1::uuid, $2::bigint, to_timestamp($3::float8), $4::text, $5::uuid,
       $6::bigint, $7::jsonb) AS outcome;

-- :name   spool_live
-- :params rows jsonb
-- :rows   one
SELECT spool.write_live($1::jsonb) AS written;
