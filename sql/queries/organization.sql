-- SPDX-License-Identifier: Apache-2.0
-- Organisations and their members; the rules stand in schema auth.

-- :name   organization_list
-- :params limit integer, offset integer
-- :rows   many
SELECT o.*, count(*) OVER () AS _total FROM l_organization o
 ORDER BY o."isDefault" DESC, lower(o.name), o.id
 LIMIT $1::integer OFFSET $2::integer;

-- :name   organization_show
-- :params id uuid
-- :rows   maybe
SELECT * FROM l_organization WHERE id = $1::uuid;

-- :name   organization_enter
-- :params id uuid, least_role text
-- :rows   one
SELECT auth.enter_org($1::uuid, $2::text) AS role;

-- :name   organization_create
-- :params given jsonb
-- :rows   one
SELECT auth.create_organization($1::jsonb) AS id;

-- :name   organization_update
-- :params patch jsonb
-- :rows   one
WITH done AS (
	UPDATE organizations o SET (name, slug, is_active, default_recipient_id,
	    printer_backend_url) = (
	    SELECT r.name, r.slug, r.is_active, r.default_recipient_id, r.printer_backend_url
	      FROM jsonb_populate_record(o, auth.snake($1::jsonb)) r)
	 WHERE o.id = auth.org()
	RETURNING o.id
)
SELECT done.id, auth.audit('organization.updated', 'Organisation changed',
    jsonb_build_object('organizationId', done.id)) FROM done;

-- :name   organization_set_key
-- :params sha256 text, prefix text
-- :rows   one
WITH done AS (
	UPDATE organizations SET api_key_hash = $1::text, api_key_prefix = $2::text,
	    api_key_created_at = now(), api_key_last_used_at = NULL
	 WHERE id = auth.org()
	RETURNING id
)
SELECT done.id, auth.audit('apikey.created', 'Key for agents made',
    jsonb_build_object('organizationId', done.id, 'prefix', $2::text)) FROM done;

-- :name   organization_members
-- :params limit integer, offset integer
-- :rows   many
SELECT m.*, count(*) OVER () AS _total FROM l_member m
 ORDER BY lower(m.username), m."userId"
 LIMIT $1::integer OFFSET $2::integer;

-- :name   organization_member
-- :params user_id uuid
-- :rows   maybe
SELECT * FROM l_member WHERE "userId" = $1::uuid;

-- :name   organization_set_member
-- :params user_id uuid, role text
-- :rows   one
SELECT auth.set_member($1::uuid, $2::text) AS is_new;

-- :name   organization_remove_member
-- :params user_id uuid
-- :rows   none
SELECT auth.remove_member($1::uuid);
