-- SPDX-License-Identifier: Apache-2.0
-- The list of migrations that have run. Applied before anything else, every time.
CREATE TABLE IF NOT EXISTS public.schema_migrations (
	version varchar(100) PRIMARY KEY,
	applied_at timestamptz NOT NULL DEFAULT now()
);
