-- SPDX-License-Identifier: Apache-2.0
-- Administration of accounts; the rules stand in schema auth.

-- :name   people_users
-- :params search text, limit integer, offset integer
-- :rows   many
SELECT u.*, count(*) OVER () AS _total FROM l_user u
 WHERE $1::text IS NULL OR strpos(lower(u.username), lower($1::text)) > 0
    OR strpos(lower(u.email), lower($1::text)) > 0
 ORDER BY lower(u.username), u.id
 LIMIT $2::integer OFFSET $3::integer;

-- :name   people_create_user
-- :params email text, username text, hash text, role text
-- :rows   one
SELECT auth.create_user($1::text, $2::text, $3::text, $4::text) AS id;

-- :name   people_update_user
-- :params id uuid, role text, active boolean
-- :rows   none
SELECT auth.update_user($1::uuid, $2::text, $3::boolean);

-- :name   people_delete_user
-- :params id uuid
-- :rows   none
SELECT auth.delete_user($1::uuid);

-- :name   people_check_manages
-- :params id uuid
-- :rows   none
SELECT auth.check_manages($1::uuid);

-- :name   people_own_hash
-- :params session uuid, within_sec integer
-- :rows   one
SELECT auth.own_hash() AS hash, auth.is_fresh($1::uuid, $2::integer) AS fresh;

-- :name   people_change_password
-- :params hash text, session uuid
-- :rows   one
SELECT auth.change_password($1::text, $2::uuid) AS changed;

-- :name   people_reset_password
-- :params id uuid, hash text
-- :rows   one
SELECT auth.reset_password($1::uuid, $2::text) AS changed;
