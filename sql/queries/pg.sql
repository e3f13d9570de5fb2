-- SPDX-License-Identifier: Apache-2.0
-- What the connections themselves say (lib/store/pg.c, pg_async.c); every other statement belongs
-- to an aggregate.

-- First of every session. Where our roles could not be made (hosting without CREATEROLE) the
-- policies listen to the setting instead (sql/schema/001_roles.sql).
-- :name   pg_session
-- :params role text
-- :rows   one
SELECT CASE
    WHEN EXISTS (SELECT FROM pg_catalog.pg_roles r
                  WHERE r.rolname = $1::text AND pg_has_role(r.oid, 'MEMBER'))
        THEN set_config('role', $1::text, false)
    WHEN $1::text IN ('platen_api', 'platen_service')
        THEN set_config('platen.service',
            CASE $1::text WHEN 'platen_service' THEN 'on' ELSE 'off' END, false)
    ELSE set_config('role', $1::text, false)
    END AS session;

-- :name   pg_begin
-- :rows   none
BEGIN;

-- :name   pg_commit
-- :rows   none
COMMIT;

-- :name   pg_rollback
-- :rows   none
ROLLBACK;

-- :name   pg_enter
-- :params kind text, user_id text, session_id text, claimed_org text, stated_org text
-- :params claimed_role text, least_role text
-- :rows   one
SELECT user_id, username, email, role, organization_id, local, host_admin
  FROM auth.enter($1, $2, $3, $4, $5, $6, $7);

-- :name   pg_listen
-- :rows   none
LISTEN platen;

-- :name   pg_unlisten
-- :rows   none
UNLISTEN platen;

-- :name   pg_login
-- :rows   one
SELECT session_user AS login, current_user AS role, r.rolsuper AS superuser
  FROM pg_catalog.pg_roles r
 WHERE r.rolname = session_user;

-- :name   pg_ping
-- :rows   one
SELECT 1 AS alive;
