-- SPDX-License-Identifier: Apache-2.0
-- The whole schema for psql: psql -d DATABASE -f schema.sql, as a superuser or as the database's
-- owner, on an empty database and again on one that has it. `platenctl migrate` does the same:
-- 000, the migrations that are not in schema_migrations (each in a transaction of its own), all
-- views in the order of their names, grants.sql.
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

BEGIN;
\ir grants.sql
COMMIT;
