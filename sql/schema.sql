-- SPDX-License-Identifier: Apache-2.0
-- The whole schema for psql: psql -d DATABASE -f schema.sql, as a superuser or as the database's
-- owner, on an empty database and again on one that has it. `platenctl migrate` does the same:
-- 000, the migrations that are not in schema_migrations (each in a transaction of its own), then
-- in one transaction all views in the order of their names and grants.sql.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

\ir schema/000_migrations.sql

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '001_roles') AS todo \gset
\if :todo
BEGIN;
\ir schema/001_roles.sql
INSERT INTO public.schema_migrations (version) VALUES ('001_roles');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '002_people') AS todo \gset
\if :todo
BEGIN;
\ir schema/002_people.sql
INSERT INTO public.schema_migrations (version) VALUES ('002_people');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '003_files') AS todo \gset
\if :todo
BEGIN;
\ir schema/003_files.sql
INSERT INTO public.schema_migrations (version) VALUES ('003_files');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '004_printers') AS todo \gset
\if :todo
BEGIN;
\ir schema/004_printers.sql
INSERT INTO public.schema_migrations (version) VALUES ('004_printers');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '005_jobs') AS todo \gset
\if :todo
BEGIN;
\ir schema/005_jobs.sql
INSERT INTO public.schema_migrations (version) VALUES ('005_jobs');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '006_tasks') AS todo \gset
\if :todo
BEGIN;
\ir schema/006_tasks.sql
INSERT INTO public.schema_migrations (version) VALUES ('006_tasks');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '007_bootstrap') AS todo \gset
\if :todo
BEGIN;
\ir schema/007_bootstrap.sql
INSERT INTO public.schema_migrations (version) VALUES ('007_bootstrap');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '008_life_cycles') AS todo \gset
\if :todo
BEGIN;
\ir schema/008_life_cycles.sql
INSERT INTO public.schema_migrations (version) VALUES ('008_life_cycles');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '009_auth') AS todo \gset
\if :todo
BEGIN;
\ir schema/009_auth.sql
INSERT INTO public.schema_migrations (version) VALUES ('009_auth');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '010_sessions') AS todo \gset
\if :todo
BEGIN;
\ir schema/010_sessions.sql
INSERT INTO public.schema_migrations (version) VALUES ('010_sessions');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '011_claim') AS todo \gset
\if :todo
BEGIN;
\ir schema/011_claim.sql
INSERT INTO public.schema_migrations (version) VALUES ('011_claim');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '012_events') AS todo \gset
\if :todo
BEGIN;
\ir schema/012_events.sql
INSERT INTO public.schema_migrations (version) VALUES ('012_events');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '013_live') AS todo \gset
\if :todo
BEGIN;
\ir schema/013_live.sql
INSERT INTO public.schema_migrations (version) VALUES ('013_live');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '014_setup') AS todo \gset
\if :todo
BEGIN;
\ir schema/014_setup.sql
INSERT INTO public.schema_migrations (version) VALUES ('014_setup');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '015_agents') AS todo \gset
\if :todo
BEGIN;
\ir schema/015_agents.sql
INSERT INTO public.schema_migrations (version) VALUES ('015_agents');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '020_accounts') AS todo \gset
\if :todo
BEGIN;
\ir schema/020_accounts.sql
INSERT INTO public.schema_migrations (version) VALUES ('020_accounts');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '021_organizations') AS todo \gset
\if :todo
BEGIN;
\ir schema/021_organizations.sql
INSERT INTO public.schema_migrations (version) VALUES ('021_organizations');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '022_slices') AS todo \gset
\if :todo
BEGIN;
\ir schema/022_slices.sql
INSERT INTO public.schema_migrations (version) VALUES ('022_slices');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '025_dispatch') AS todo \gset
\if :todo
BEGIN;
\ir schema/025_dispatch.sql
INSERT INTO public.schema_migrations (version) VALUES ('025_dispatch');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '026_fit') AS todo \gset
\if :todo
BEGIN;
\ir schema/026_fit.sql
INSERT INTO public.schema_migrations (version) VALUES ('026_fit');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '027_queue') AS todo \gset
\if :todo
BEGIN;
\ir schema/027_queue.sql
INSERT INTO public.schema_migrations (version) VALUES ('027_queue');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '028_once') AS todo \gset
\if :todo
BEGIN;
\ir schema/028_once.sql
INSERT INTO public.schema_migrations (version) VALUES ('028_once');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '029_lost') AS todo \gset
\if :todo
BEGIN;
\ir schema/029_lost.sql
INSERT INTO public.schema_migrations (version) VALUES ('029_lost');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '030_analytics') AS todo \gset
\if :todo
BEGIN;
\ir schema/030_analytics.sql
INSERT INTO public.schema_migrations (version) VALUES ('030_analytics');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '031_job_counts') AS todo \gset
\if :todo
BEGIN;
\ir schema/031_job_counts.sql
INSERT INTO public.schema_migrations (version) VALUES ('031_job_counts');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '032_one_cost') AS todo \gset
\if :todo
BEGIN;
\ir schema/032_one_cost.sql
INSERT INTO public.schema_migrations (version) VALUES ('032_one_cost');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '040_upkeep') AS todo \gset
\if :todo
BEGIN;
\ir schema/040_upkeep.sql
INSERT INTO public.schema_migrations (version) VALUES ('040_upkeep');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '041_slice_jobs') AS todo \gset
\if :todo
BEGIN;
\ir schema/041_slice_jobs.sql
INSERT INTO public.schema_migrations (version) VALUES ('041_slice_jobs');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '080_stamps') AS todo \gset
\if :todo
BEGIN;
\ir schema/080_stamps.sql
INSERT INTO public.schema_migrations (version) VALUES ('080_stamps');
COMMIT;
\endif

SELECT NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '085_unknown_readings') AS todo \gset
\if :todo
BEGIN;
\ir schema/085_unknown_readings.sql
INSERT INTO public.schema_migrations (version) VALUES ('085_unknown_readings');
COMMIT;
\endif

BEGIN;
\ir views/000_begin.sql
\ir views/l_camera.sql
\ir views/l_event.sql
\ir views/l_file.sql
\ir views/l_group.sql
\ir views/l_job.sql
\ir views/l_member.sql
\ir views/l_organization.sql
\ir views/l_printer_status.sql
\ir views/l_profile.sql
\ir views/l_public_print.sql
\ir views/l_public_status.sql
\ir views/l_report.sql
\ir views/l_setting.sql
\ir views/l_queue.sql
\ir views/l_sliced_file.sql
\ir views/l_temperature.sql
\ir views/l_timelapse.sql
\ir views/l_user.sql
\ir views/notification.sql
\ir views/p_command.sql
\ir views/p_command_list.sql
\ir views/p_command_pending.sql
\ir views/p_handover.sql
\ir views/p_job.sql
\ir views/p_job_detail.sql
\ir views/p_job_list.sql
\ir views/p_printer.sql
\ir views/p_printer_detail.sql
\ir views/p_printer_list.sql
\ir views/p_product.sql
\ir views/p_status.sql
\ir views/p_status_latest.sql
\ir views/v_active_print_jobs.sql
\ir views/v_printers_with_status.sql
\ir views/web_job.sql
\ir views/web_printer.sql
\ir grants.sql
COMMIT;
