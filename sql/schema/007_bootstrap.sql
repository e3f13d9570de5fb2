-- SPDX-License-Identifier: Apache-2.0
-- What an empty installation begins with.
CALL public.platen_own();
DO $$ BEGIN PERFORM set_config('platen.service', 'on', true); END $$;

INSERT INTO public.organizations (name, slug, is_default) VALUES ('Default', 'default', true);

INSERT INTO public.print_profiles (name, description, layer_height, infill, print_speed,
    nozzle_temp, bed_temp, supports, retraction, is_default)
VALUES ('Standard 0.2 mm', 'A good start for PLA on most printers', 0.2, 20, 60, 210, 60, false,
    2, true);

INSERT INTO public.task_schedules (name, queue, payload, cron, every_sec) VALUES
('cleanup-old-files', 'maintenance', '{"task":"cleanup-old-files"}', '0 2 * * *', NULL),
('cleanup-printer-status', 'maintenance', '{"task":"cleanup-printer-status"}', '0 2 * * *', NULL),
('retention', 'maintenance', '{"task":"retention"}', '30 2 * * *', NULL),
('backup-database', 'maintenance', '{"task":"backup-database"}', '0 3 * * *', NULL),
('generate-reports', 'maintenance', '{"task":"generate-reports"}', '0 9 * * MON', NULL),
('process-print-data', 'analytics', '{"type":"process-print-data"}', '0 * * * *', NULL),
('expire-sessions', 'maintenance', '{"task":"expire-sessions"}', '15 * * * *', NULL),
('probe-printer-backend', 'maintenance', '{"task":"probe-printer-backend"}', NULL, 30),
('expire-commands', 'maintenance', '{"task":"expire-commands"}', NULL, 15);
