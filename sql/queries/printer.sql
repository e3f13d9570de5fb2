-- SPDX-License-Identifier: Apache-2.0
-- Printers. Row security limits every statement to the organisation that was entered; the
-- explicit auth.org() is the first lock.

-- The total is counted beside the rows, not over them: a window would build every row of the
-- organisation to show one page.
-- :name   printer_list
-- :params status text, include_inactive boolean, limit integer, offset integer
-- :rows   many
SELECT l.*, (SELECT count(*) FROM printers c
        WHERE c.organization_id = (SELECT auth.org()) AND (c.is_active OR $2::boolean)
          AND ($1::text IS NULL OR c.current_status = $1::text)) AS _total
  FROM p_printer_list l
 WHERE l.organization_id = auth.org() AND (l.is_active OR $2::boolean)
   AND ($1::text IS NULL OR l.current_status = $1::text)
 ORDER BY l.name, l.id LIMIT $3::integer OFFSET $4::integer;

-- :name   printer_detail
-- :params id uuid
-- :rows   maybe
SELECT * FROM p_printer_detail WHERE id = $1::uuid AND organization_id = auth.org();

-- :name   printer_row
-- :params id uuid
-- :rows   maybe
SELECT * FROM p_printer WHERE id = $1::uuid AND organization_id = auth.org();

-- What acts decide by. Without an id: the organisation's default printer. Written as an equality,
-- so that one plan serves both and none is made at each call.
-- :name   printer_facts
-- :params id uuid
-- :rows   maybe
SELECT p.id, p.name, p.organization_id, p.is_active, p.is_default, p.serial_device, p.baud_rate,
       p.connection_type = 'usb' AND p.serial_device IS NOT NULL AS local,
       coalesce(p.recipient_id, o.default_recipient_id, 'default-recipient') AS recipient,
       p.ip_address, p.max_nozzle_temp, p.max_bed_temp, p.max_build_volume_x,
       p.max_build_volume_y, p.max_build_volume_z, p.plate, p.attention,
       coalesce(l.state, p.current_status) AS state,
       coalesce(l.connected AND l.updated_at > now() - make_interval(secs => coalesce(
           nullif(current_setting('platen.stale_after', true), '')::integer, 30)), false)
           AS connected,
       j.id AS job_id, j.status AS job_status, j.hold_reason AS job_hold
  FROM printers p
  JOIN organizations o ON o.id = p.organization_id
  LEFT JOIN printer_live l ON l.printer_id = p.id
  LEFT JOIN LATERAL (
       SELECT a.id, a.status, a.hold_reason FROM print_jobs a
        WHERE a.printer_id = p.id AND a.status IN ('claimed', 'preparing', 'printing', 'paused')
        ORDER BY a.attempt_id IS NULL, a.started_at DESC NULLS LAST LIMIT 1) j ON true
 WHERE p.organization_id = auth.org()
   AND p.id = coalesce($1::uuid, (SELECT d.id FROM printers d
        WHERE d.organization_id = auth.org() AND d.is_default AND d.is_active));

-- :name   printer_lock
-- :params id uuid
-- :rows   maybe
SELECT id FROM printers WHERE id = $1::uuid AND organization_id = auth.org() FOR NO KEY UPDATE;

-- Who is the default depends on all printers of an organisation: one change of them at a time.
-- :name   printer_alone
-- :rows   none
SELECT pg_advisory_xact_lock(hashtextextended('printers of ' || auth.org(), 0));

-- One default printer for each organisation: the old one steps back first.
-- :name   printer_undefault
-- :params but uuid
-- :rows   none
UPDATE printers SET is_default = false
 WHERE organization_id = auth.org() AND is_default AND id IS DISTINCT FROM $1::uuid;

-- :name   printer_insert
-- :params given jsonb, access_code bytea, mqtt_password bytea
-- :rows   one
INSERT INTO printers (organization_id, created_by, name, brand, model, serial_number,
    connection_type, ip_address, mqtt_broker, mqtt_username, num_ams_units, max_build_volume_x,
    max_build_volume_y, max_build_volume_z, max_nozzle_temp, max_bed_temp, supported_materials,
    default_nozzle_size, location, notes, custom_fields, recipient_id, serial_device, baud_rate,
    camera_url, loaded_materials, is_default, access_code, mqtt_password)
SELECT auth.org(), auth.principal(), r.name, r.brand, r.model, r.serial_number,
    coalesce(r.connection_type, 'network'), r.ip_address, r.mqtt_broker, r.mqtt_username,
    coalesce(r.num_ams_units, 0), r.max_build_volume_x, r.max_build_volume_y,
    r.max_build_volume_z, r.max_nozzle_temp, r.max_bed_temp, r.supported_materials,
    coalesce(r.default_nozzle_size, 0.4), r.location, r.notes, r.custom_fields, r.recipient_id,
    r.serial_device, coalesce(r.baud_rate, 115200), r.camera_url, r.loaded_materials,
    coalesce(r.is_default, false) OR NOT EXISTS (SELECT FROM printers x
        WHERE x.organization_id = auth.org() AND x.is_active AND x.is_default),
    $2::bytea, $3::bytea
  FROM jsonb_populate_record(NULL::printers, $1::jsonb) r
RETURNING id;

-- Only what the patch names changes; null in it clears.
-- :name   printer_update
-- :params id uuid, patch jsonb, new_code boolean, access_code bytea, new_password boolean
-- :params mqtt_password bytea
-- :rows   maybe
UPDATE printers p SET (name, brand, model, serial_number, connection_type, ip_address,
    mqtt_broker, mqtt_username, num_ams_units, max_build_volume_x, max_build_volume_y,
    max_build_volume_z, max_nozzle_temp, max_bed_temp, supported_materials,
    default_nozzle_size, firmware_version, location, notes, custom_fields, is_active,
    recipient_id, serial_device, baud_rate, camera_url, loaded_materials, is_default) = (
    SELECT r.name, r.brand, r.model, r.serial_number, r.connection_type, r.ip_address,
        r.mqtt_broker, r.mqtt_username, r.num_ams_units, r.max_build_volume_x,
        r.max_build_volume_y, r.max_build_volume_z, r.max_nozzle_temp, r.max_bed_temp,
        r.supported_materials, r.default_nozzle_size, r.firmware_version, r.location, r.notes,
        r.custom_fields, r.is_active, r.recipient_id, r.serial_device, r.baud_rate,
        r.camera_url, r.loaded_materials, r.is_default AND r.is_active
      FROM jsonb_populate_record(p, $2::jsonb) r),
    access_code = CASE WHEN $3::boolean THEN $4::bytea ELSE access_code END,
    mqtt_password = CASE WHEN $5::boolean THEN $6::bytea ELSE mqtt_password END
 WHERE p.id = $1::uuid AND p.organization_id = auth.org()
RETURNING p.id;

-- :name   printer_delete
-- :params id uuid
-- :rows   maybe
WITH gone AS (
	UPDATE printers SET is_active = false, is_default = false
	 WHERE id = $1::uuid AND organization_id = auth.org() RETURNING id
), ended AS (
	UPDATE printer_commands c SET status = 'failed', error_message = 'Printer deleted',
	    completed_at = now()
	  FROM gone WHERE c.printer_id = gone.id AND c.status = 'pending'
	RETURNING pg_notify('platen', 'done ' || c.id)
)
SELECT gone.id, (SELECT count(*) FROM ended) AS commands FROM gone;

-- An organisation with active printers has a default one: the oldest follows the one that went.
-- :name   printer_changed
-- :params id uuid, event text, description text, metadata jsonb
-- :rows   none
WITH heir AS (
	UPDATE printers SET is_default = true
	 WHERE id = (SELECT p.id FROM printers p
	              WHERE p.organization_id = auth.org() AND p.is_active
	                AND NOT EXISTS (SELECT FROM printers d
	                     WHERE d.organization_id = auth.org() AND d.is_active AND d.is_default)
	              ORDER BY p.created_at, p.id LIMIT 1)
	RETURNING id
)
SELECT auth.audit($2::text, $3::text, $4::jsonb), pg_notify('platen', 'config ' || $1::uuid);

-- :name   printer_clear
-- :params id uuid, plate boolean
-- :rows   maybe
UPDATE printers SET plate = CASE WHEN $2::boolean THEN 'clear' ELSE plate END,
    attention = CASE WHEN $2::boolean THEN attention END
 WHERE id = $1::uuid AND organization_id = auth.org() AND is_active
RETURNING id, pg_notify('platen', 'job ' || id);

-- :name   printer_status
-- :params id uuid
-- :rows   maybe
SELECT s.* FROM l_printer_status s
 WHERE s."_organization_id" = auth.org() AND s."printerId" = $1::uuid;
