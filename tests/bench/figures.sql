-- SPDX-License-Identifier: Apache-2.0
-- A busy house: two organisations (nine tenths of everything in the first), two hundred printers,
-- :jobs jobs over two years and :statuses status rows. Run as a superuser on the whole schema:
--   psql -v jobs=1000000 -v statuses=10000000 -f figures.sql
-- Triggers rest meanwhile, so what they would set is given here.
\set ON_ERROR_STOP on
ALTER TABLE print_jobs SET (autovacuum_enabled = off);
ALTER TABLE printer_status SET (autovacuum_enabled = off);
SET session_replication_role = replica;
-- Or VACUUM would not yet know that the rows are committed, and mark no page as visible to all.
SET synchronous_commit = on;
-- Indexes that keep no promise are made again afterwards, which is several times as fast.
CREATE TEMP TABLE shelved AS SELECT schemaname, indexname, indexdef FROM pg_indexes
 WHERE tablename IN ('print_jobs', 'printer_status')
   AND indexname NOT IN (SELECT conname FROM pg_constraint);
SELECT format('DROP INDEX %I.%I', schemaname, indexname) FROM shelved \gexec
ALTER TABLE printer_status DROP CONSTRAINT printer_status_pkey;
INSERT INTO organizations (id, name, slug) VALUES
('c0000000-0000-4000-8000-000000000001', 'Busy', 'busy'),
('c0000000-0000-4000-8000-000000000002', 'Small', 'small');
INSERT INTO users (id, email, username, role, is_active, default_organization_id) VALUES
('c0000000-0000-4001-8000-000000000001', 'busy@x.test', 'busy', 'VIEWER', true,
 'c0000000-0000-4000-8000-000000000001');
INSERT INTO organization_members (organization_id, user_id) VALUES
('c0000000-0000-4000-8000-000000000001', 'c0000000-0000-4001-8000-000000000001');
INSERT INTO printer_settings (organization_id, key, value, category) VALUES
('c0000000-0000-4000-8000-000000000001', 'materials', '{"PLA": {"pricePerKg": 20}}', 'costs');
INSERT INTO print_profiles (id, name, layer_height, infill, print_speed, nozzle_temp, bed_temp,
    retraction)
SELECT format('c0000000-0000-4003-8000-%s', lpad(g::text, 12, '0'))::uuid, 'Profile ' || g, 0.2, 20,
    50, 210, 60, 1 FROM generate_series(0, 19) g;
INSERT INTO files (id, organization_id, user_id, original_name, file_name, file_path, file_type,
    file_size, metadata)
SELECT format('c0000000-0000-4004-8000-%s', lpad(g::text, 12, '0'))::uuid,
    'c0000000-0000-4000-8000-000000000001', 'c0000000-0000-4001-8000-000000000001',
    format('part_%s.gcode', g), g || '.gcode', g || '.gcode', 'GCODE', 1000,
    '{"estimatedTime": 3600, "metadata": {"filamentWeight": 20, "filamentType": "PLA"}}'
  FROM generate_series(0, 499) g;
INSERT INTO printers (id, organization_id, name)
SELECT format('c0000000-0000-4007-8000-%s', lpad(g::text, 12, '0'))::uuid,
    format('c0000000-0000-4000-8000-00000000000%s', 1 + (g % 10 = 9)::integer)::uuid, 'Printer ' || g
  FROM generate_series(0, 199) g;

INSERT INTO print_jobs (organization_id, printer_id, file_id, profile_id, status, created_at,
    started_at, completed_at, estimated_time_seconds, actual_time_seconds, filament_used_grams,
    material_type, cost, failure_category, failure_reason, progress_percentage)
SELECT format('c0000000-0000-4000-8000-00000000000%s', 1 + (g % 10 = 9)::integer)::uuid,
    format('c0000000-0000-4007-8000-%s', lpad((g % 200)::text, 12, '0'))::uuid,
    format('c0000000-0000-4004-8000-%s', lpad((g % 500)::text, 12, '0'))::uuid,
    format('c0000000-0000-4003-8000-%s', lpad((g % 20)::text, 12, '0'))::uuid,
    CASE WHEN g % 1000 = 0 THEN 'queued' WHEN g % 20 = 1 THEN 'failed' WHEN g % 33 = 2
        THEN 'cancelled' ELSE 'completed' END,
    t.at - interval '2 hours', t.at - interval '1 hour', CASE WHEN g % 1000 > 0 THEN t.at END,
    3600, 3000 + g % 1500, 5 + g % 50, (ARRAY['PLA', 'PETG', 'ABS', NULL])[1 + g % 4], g % 7,
    CASE WHEN g % 20 = 1 AND g % 3 > 0 THEN (ARRAY['Disconnected', 'PrinterReset',
        'PositionError', 'Other'])[1 + g / 20 % 4] END,
    CASE WHEN g % 20 = 1 THEN 'reason ' || g / 20 % 40 END, 100
  FROM generate_series(1, :jobs) g, LATERAL (SELECT now()
    - g * (interval '730 days' / :jobs) AS at) t;

-- Each printer every ten seconds, newest now.
INSERT INTO printer_status (organization_id, printer_id, status, created_at, last_update_timestamp,
    nozzle_temp_current, bed_temp_current)
SELECT p.organization_id, p.id, 'idle', now() - g * interval '10 seconds',
    now() - g * interval '10 seconds', 25, 25
  FROM generate_series(1, :statuses / 200) g, printers p;
SET session_replication_role = origin;
SET maintenance_work_mem = '512MB';
ALTER TABLE printer_status ADD CONSTRAINT printer_status_pkey PRIMARY KEY (id);
SELECT indexdef FROM shelved \gexec
VACUUM (ANALYZE) print_jobs;
VACUUM (ANALYZE) printer_status;
ALTER TABLE print_jobs RESET (autovacuum_enabled);
ALTER TABLE printer_status RESET (autovacuum_enabled);
ANALYZE;
