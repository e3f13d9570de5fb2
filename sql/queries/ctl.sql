-- SPDX-License-Identifier: Apache-2.0
-- What platenctl asks and does (lib/store/ctl_store.c), as the owner of the schema.

-- :name   ctl_lock
-- :rows   one
SELECT pg_advisory_lock(hashtext('platen.migrate'));

-- :name   ctl_service
-- :rows   one
SELECT set_config('platen.service', 'on', true);

-- :name   ctl_server
-- :rows   one
SELECT current_setting('server_version_num')::integer AS version,
    current_setting('server_version') AS version_text, session_user AS login,
    r.rolsuper AS superuser, current_database() AS database,
    to_regclass('public.schema_migrations') IS NOT NULL AS migrated
  FROM pg_catalog.pg_roles r
 WHERE r.rolname = session_user;

-- :name   ctl_is_applied
-- :params version text
-- :rows   one
SELECT EXISTS (SELECT FROM public.schema_migrations WHERE version = $1::text) AS applied;

-- :name   ctl_applied
-- :params version text
-- :rows   none
INSERT INTO public.schema_migrations (version) VALUES ($1::text);

-- A role of the installation, made or given its new password. The verifier is made by the client,
-- so that no password stands in the server's log.
-- :name   ctl_role_command
-- :params name text, options text, verifier text
-- :rows   one
SELECT format('%s ROLE %I %s%s',
    CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1::text)
        THEN 'ALTER' ELSE 'CREATE' END,
    $1::text, $2::text,
    CASE WHEN $3::text IS NULL THEN '' ELSE format(' PASSWORD %L', $3::text) END) AS command;

-- :name   ctl_grant_command
-- :params role text, member text
-- :rows   one
SELECT format('GRANT %I TO %I', $1::text, $2::text) AS command;

-- :name   ctl_database_command
-- :params name text, owner text
-- :rows   one
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1::text) THEN NULL
    ELSE format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING ''UTF8''',
        $1::text, $2::text) END AS command;

-- :name   ctl_has_users
-- :rows   one
SELECT NOT auth.is_empty() AS any;

-- :name   ctl_setup_code
-- :params sha256 text
-- :rows   one
SELECT auth.new_setup_code($1::text);

-- :name   ctl_user_add
-- :params email text, username text, hash text, role text
-- :rows   one
SELECT id, role, organization_id
  FROM auth.register_user($1::text, $2::text, $3::text, $4::text, true, 'admin');

-- :name   ctl_user_find
-- :params email text
-- :rows   maybe
SELECT u.id, u.email, u.username, u.role::text AS role, u.is_active,
    EXISTS (SELECT FROM public.users o
             WHERE o.id <> u.id AND o.is_active AND o.role = 'ADMIN') AS other_admin
  FROM public.users u
 WHERE lower(u.email) = lower($1::text) OR lower(u.username) = lower($1::text);

-- :name   ctl_user_list
-- :rows   many
SELECT u.email, u.username, u.role::text AS role, u.is_active,
    to_char(u.last_login_at, 'YYYY-MM-DD HH24:MI') AS last_login
  FROM public.users u
 ORDER BY lower(u.email);

-- :name   ctl_user_active
-- :params id uuid, active boolean
-- :rows   one
UPDATE public.users SET is_active = $2::boolean WHERE id = $1::uuid
RETURNING auth.close_sessions(id) AS closed,
    auth.audit('user.updated', CASE WHEN $2::boolean THEN 'Account enabled' ELSE
        'Account disabled' END, jsonb_build_object('userId', id, 'by', 'platenctl'));

-- :name   ctl_user_role
-- :params id uuid, role text
-- :rows   one
UPDATE public.users SET role = $2::public.user_role WHERE id = $1::uuid
RETURNING auth.close_sessions(id) AS closed,
    auth.audit('user.updated', 'Role changed', jsonb_build_object('userId', id, 'role', $2::text,
        'by', 'platenctl'));

-- :name   ctl_user_password
-- :params id uuid, hash text
-- :rows   one
SELECT auth.set_password($1::uuid, $2::text) AS changed;

-- doctor, as the programs log in: with no organisation set nothing may be seen.
-- :name   ctl_seen_without_organisation
-- :rows   one
SELECT (SELECT count(*) FROM public.organizations) + (SELECT count(*) FROM public.printers)
    + (SELECT count(*) FROM public.print_jobs) AS seen,
    current_user IN ('platen_api', 'platen_service') AS by_role;

-- Tables with organization_id that the API may read without row security.
-- :name   ctl_unlocked_tables
-- :rows   one
SELECT string_agg(c.relname, ', ' ORDER BY c.relname) AS names
  FROM pg_catalog.pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND NOT c.relrowsecurity
   AND EXISTS (SELECT FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped)
   AND EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'platen_api'
                AND pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT'));

-- :name   ctl_devices
-- :rows   many
SELECT name, serial_device AS device FROM public.printers
 WHERE serial_device IS NOT NULL AND is_active ORDER BY name;
