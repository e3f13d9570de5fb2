-- SPDX-License-Identifier: Apache-2.0
-- Accounts, sessions, limits; everything closed to the API's role goes through schema auth.

-- :name   user_context
-- :params ip text, agent text
-- :rows   none
SELECT set_config('platen.ip', $1::text, true), set_config('platen.agent', $2::text, true);

-- :name   user_rate
-- :params key text, points integer, window_seconds integer
-- :rows   one
SELECT allowed, remaining, reset_seconds FROM auth.rate($1::text, $2::integer, $3::integer);

-- :name   user_find_login
-- :params email text
-- :rows   maybe
SELECT id, username, email, password_hash, role, is_active, default_organization_id
  FROM auth.find_login($1::text);

-- :name   user_register
-- :params email text, username text, hash text, role text, setup_ok boolean, registration text
-- :rows   one
SELECT outcome, id
  FROM auth.register_user($1::text, $2::text, $3::text, $4::text, $5::boolean, $6::text);

-- :name   user_open_session
-- :params id uuid, user_id uuid, token_hash text, refresh_hash text, expires double precision
-- :params ip text, agent text
-- :rows   one
SELECT auth.open_session_as($1::uuid, $2::uuid, $3::text, $4::text,
    to_timestamp($5::double precision), $6::text, $7::text) AS id;

-- :name   user_rotate_session
-- :params id uuid, old_refresh_hash text, token_hash text, refresh_hash text
-- :params expires double precision, ip text, agent text
-- :rows   one
SELECT auth.rotate_session($1::uuid, $2::text, $3::text, $4::text,
    to_timestamp($5::double precision), $6::text, $7::text) AS outcome;

-- :name   user_close_session
-- :params id uuid
-- :rows   one
SELECT auth.close_session($1::uuid) AS closed;

-- :name   user_become
-- :params user_id uuid, wanted_org uuid
-- :rows   one
SELECT auth.become($1::uuid, $2::uuid) AS organization_id;

-- :name   user_touch_login
-- :params user_id uuid
-- :rows   none
SELECT auth.touch_login($1::uuid);

-- :name   user_rehash
-- :params user_id uuid, old_hash text, new_hash text
-- :rows   none
SELECT auth.rehash($1::uuid, $2::text, $3::text);

-- :name   user_show
-- :params id uuid
-- :rows   maybe
SELECT * FROM l_user WHERE id = $1::uuid;

-- :name   user_audit
-- :params event text, description text, metadata jsonb
-- :rows   none
SELECT auth.audit($1::text, $2::text, $3::jsonb);

-- healthy: of the printer backend at this address, as the worker last found it.
-- :name   user_ping
-- :params backend_url text
-- :rows   one
SELECT public.backend_healthy($1::text) AS healthy;

-- setupCode of L-01, as SHA-256 in hex.
-- :name   user_setup_ok
-- :params sha256 text
-- :rows   one
SELECT auth.setup_code_ok($1::text) AS ok;
