-- SPDX-License-Identifier: Apache-2.0
-- Two organisations with at least one row in every tenant table each. Run as a superuser (or,
-- without roles, with platen.service on). Ids: a…1 and b…1, the kind in the third group.
INSERT INTO organizations (id, name, slug) VALUES
('a0000000-0000-4000-8000-000000000001', 'Org A', 'org-a'),
('b0000000-0000-4000-8000-000000000001', 'Org B', 'org-b');

INSERT INTO users (id, email, username, role, is_active, default_organization_id) VALUES
('a0000000-0000-4001-8000-000000000001', 'admin@x.test', 'admin', 'ADMIN', true, NULL),
('a0000000-0000-4001-8000-000000000002', 'oper@x.test', 'oper', 'OPERATOR', true,
 'a0000000-0000-4000-8000-000000000001'),
('a0000000-0000-4001-8000-000000000003', 'view@x.test', 'view', 'VIEWER', true,
 'a0000000-0000-4000-8000-000000000001'),
('a0000000-0000-4001-8000-000000000004', 'gone@x.test', 'gone', 'ADMIN', false, NULL),
('b0000000-0000-4001-8000-000000000002', 'both@x.test', 'both', 'VIEWER', true,
 'b0000000-0000-4000-8000-000000000001');
INSERT INTO organization_members (organization_id, user_id, role) VALUES
('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4001-8000-000000000002', NULL),
('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4001-8000-000000000003', NULL),
('a0000000-0000-4000-8000-000000000001', 'b0000000-0000-4001-8000-000000000002', 'OPERATOR'),
('b0000000-0000-4000-8000-000000000001', 'b0000000-0000-4001-8000-000000000002', NULL);
INSERT INTO sessions (id, user_id, token, refresh_token, expires_at) VALUES
('a0000000-0000-4002-8000-000000000002', 'a0000000-0000-4001-8000-000000000002',
 repeat('1', 64), repeat('2', 64), now() + interval '1 day'),
('a0000000-0000-4002-8000-000000000003', 'a0000000-0000-4001-8000-000000000003',
 repeat('3', 64), repeat('4', 64), now() - interval '1 day');

DO $$
DECLARE
	o text;
	org uuid;
BEGIN
	FOREACH o IN ARRAY ARRAY['a', 'b'] LOOP
		org := (o || '0000000-0000-4000-8000-000000000001')::uuid;
		INSERT INTO print_profiles (id, organization_id, name, layer_height, infill,
		    print_speed, nozzle_temp, bed_temp, retraction)
		VALUES ((o || '0000000-0000-4003-8000-000000000001')::uuid, org, 'Own', 0.2, 20, 50,
		    205, 55, 1);
		INSERT INTO printer_settings (organization_id, key, value, category)
		VALUES (org, 'materials', '{"PLA": {"pricePerKg": 20}}', 'costs');
		INSERT INTO files (id, organization_id, user_id, original_name, file_name, file_path,
		    file_type, file_size, sha256, idx_sha256, metadata, analysis)
		VALUES ((o || '0000000-0000-4004-8000-000000000001')::uuid, org,
		    (o || '0000000-0000-4001-8000-000000000002')::uuid, 'phone_stand_v2.gcode',
		    o || '-1.gcode', '2026/11/' || o || '-1.gcode', 'GCODE', 1000, repeat(o, 64),
		    repeat('0', 64), '{"estimatedTime": 600, "metadata": {"filamentWeight": 12.5,
		    "filamentType": "PLA", "hotendTemp": 210, "bedTemp": 60}}',
		    '{"version": 1, "ok": true, "commands": 5000, "maxHotend": 210, "maxBed": 60,
		    "bounds": {"min": {"x": 10, "y": 10, "z": 0.2}, "max": {"x": 90, "y": 90,
		    "z": 30}}, "homes": true, "layers": 150, "estimatedTime": 600}'),
		((o || '0000000-0000-4004-8000-000000000002')::uuid, org,
		    (o || '0000000-0000-4001-8000-000000000002')::uuid, 'model.stl', o || '-2.stl',
		    '2026/11/' || o || '-2.stl', 'STL', 500, repeat(o, 64), NULL, NULL, NULL);
		INSERT INTO sliced_files (id, organization_id, source_file_id, profile_id, file_path,
		    file_size, status, estimated_time, filament_usage, layer_height)
		VALUES ((o || '0000000-0000-4005-8000-000000000001')::uuid, org,
		    (o || '0000000-0000-4004-8000-000000000002')::uuid,
		    (o || '0000000-0000-4003-8000-000000000001')::uuid, 's/1.gcode', 10, 'ready', 60,
		    1.5, 0.2);
		INSERT INTO products (id, organization_id, name, file_id)
		VALUES ((o || '0000000-0000-4006-8000-000000000001')::uuid, org, 'Stand',
		    (o || '0000000-0000-4004-8000-000000000001')::uuid);
		INSERT INTO printers (id, organization_id, name, connection_type, serial_device,
		    is_default, max_nozzle_temp, max_bed_temp, max_build_volume_x,
		    max_build_volume_y, max_build_volume_z)
		VALUES ((o || '0000000-0000-4007-8000-000000000001')::uuid, org, 'Printer ' || o,
		    'usb', '/dev/test-' || o, true, 260, 110, 220, 220, 250);
		INSERT INTO printer_groups (id, organization_id, name)
		VALUES ((o || '0000000-0000-4009-8000-000000000001')::uuid, org, 'Room');
		INSERT INTO printer_group_members (organization_id, group_id, printer_id)
		VALUES (org, (o || '0000000-0000-4009-8000-000000000001')::uuid,
		    (o || '0000000-0000-4007-8000-000000000001')::uuid);
		INSERT INTO printer_status (organization_id, printer_id, status)
		VALUES (org, (o || '0000000-0000-4007-8000-000000000001')::uuid, 'idle');
		INSERT INTO printer_live (printer_id, organization_id, seq, state, connected, hotend,
		    bed)
		VALUES ((o || '0000000-0000-4007-8000-000000000001')::uuid, org, nextval('live_seq'),
		    'idle', true, 24.5, 23);
		INSERT INTO printer_commands (organization_id, printer_id, recipient_id, command_type)
		VALUES (org, (o || '0000000-0000-4007-8000-000000000001')::uuid, 'agent', 'home_all');
		INSERT INTO recordings (organization_id, printer_id, status)
		VALUES (org, (o || '0000000-0000-4007-8000-000000000001')::uuid, 'ready');
		INSERT INTO print_jobs (id, organization_id, user_id, created_by, file_id, printer_id,
		    status)
		VALUES ((o || '0000000-0000-4008-8000-000000000001')::uuid, org,
		    (o || '0000000-0000-4001-8000-000000000002')::uuid,
		    (o || '0000000-0000-4001-8000-000000000002')::uuid,
		    (o || '0000000-0000-4004-8000-000000000001')::uuid, NULL, 'completed');
		INSERT INTO print_attempts (organization_id, job_id, base, state, claimed_by)
		VALUES (org, (o || '0000000-0000-4008-8000-000000000001')::uuid, 10000, 'done', 't');
		INSERT INTO job_pause_states (job_id, organization_id)
		VALUES ((o || '0000000-0000-4008-8000-000000000001')::uuid, org);
		INSERT INTO temperature_logs (organization_id, job_id, hotend_temp, hotend_target,
		    bed_temp, bed_target)
		VALUES (org, (o || '0000000-0000-4008-8000-000000000001')::uuid, 200, 200, 60, 60);
		INSERT INTO print_events (organization_id, job_id, event_type, message)
		VALUES (org, (o || '0000000-0000-4008-8000-000000000001')::uuid, 'CUSTOM', 'created');
		INSERT INTO timelapses (organization_id, job_id, video_path, frame_count, duration,
		    file_size)
		VALUES (org, (o || '0000000-0000-4008-8000-000000000001')::uuid, 'v', 1, 1, 1);
		INSERT INTO notifications (user_id, type, title, message)
		VALUES ((o || '0000000-0000-4001-8000-000000000002')::uuid, 'INFO', 't', 'm');
		INSERT INTO api_keys (organization_id, name, scope, role, key_hash, key_prefix)
		VALUES (org, 'agent', 'agent', 'AGENT', repeat(o, 64), 'pk_' || o);
		INSERT INTO idempotency_keys (organization_id, user_id, key, request_sha256)
		VALUES (org, (o || '0000000-0000-4001-8000-000000000002')::uuid, 'k', repeat('0', 64));
		INSERT INTO system_events (event_type, description, organization_id)
		VALUES ('printer.created', 'd', org);
		INSERT INTO analytics_daily (organization_id, day) VALUES (org, '2026-11-20');
		INSERT INTO reports (organization_id, period_from, period_to, content)
		VALUES (org, '2026-11-09', '2026-11-16', '{}');
	END LOOP;
END
$$;
