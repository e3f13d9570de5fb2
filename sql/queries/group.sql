-- SPDX-License-Identifier: Apache-2.0
-- Groups of printers.

-- :name   group_list
-- :params limit integer, offset integer
-- :rows   many
SELECT l.*, (SELECT count(*) FROM printer_groups c
        WHERE c.organization_id = (SELECT auth.org())) AS _total
  FROM l_group l WHERE l."organizationId" = (SELECT auth.org())
 ORDER BY lower(l.name), l.id LIMIT $1::integer OFFSET $2::integer;

-- :name   group_show
-- :params id uuid
-- :rows   maybe
SELECT * FROM l_group WHERE id = $1::uuid AND "organizationId" = auth.org();

-- :name   group_exists
-- :params id uuid
-- :rows   maybe
SELECT id FROM printer_groups WHERE id = $1::uuid AND organization_id = auth.org() FOR KEY SHARE;

-- :name   group_insert
-- :params name text, description text
-- :rows   one
INSERT INTO printer_groups (organization_id, name, description)
VALUES (auth.org(), $1::text, $2::text)
RETURNING id, auth.audit('group.created', 'Group created', jsonb_build_object('groupId', id));

-- has_description: null is a value, too.
-- :name   group_update
-- :params id uuid, name text, has_description boolean, description text
-- :rows   maybe
UPDATE printer_groups SET name = coalesce($2::text, name),
       description = CASE WHEN $3::boolean THEN $4::text ELSE description END
 WHERE id = $1::uuid AND organization_id = auth.org()
RETURNING id, auth.audit('group.updated', 'Group changed', jsonb_build_object('groupId', id));

-- Its printers are these; `unknown`: how many of them are none of ours.
-- :name   group_members
-- :params id uuid, printers uuid[]
-- :rows   one
WITH wanted AS (
	SELECT p.id FROM printers p WHERE p.id = ANY ($2::uuid[]) AND p.organization_id = auth.org()
	   AND p.is_active
), gone AS (
	DELETE FROM printer_group_members WHERE group_id = $1::uuid AND organization_id = auth.org()
	   AND printer_id <> ALL ($2::uuid[])
), come AS (
	INSERT INTO printer_group_members (organization_id, group_id, printer_id)
	SELECT auth.org(), $1::uuid, id FROM wanted ON CONFLICT DO NOTHING
)
SELECT (SELECT count(DISTINCT u) FROM unnest($2::uuid[]) u) - (SELECT count(*) FROM wanted)
    AS unknown, spool.wake_queue(auth.org()) AS woken;

-- :name   group_in_use
-- :params id uuid
-- :rows   one
SELECT EXISTS (SELECT FROM print_jobs j WHERE j.organization_id = auth.org()
    AND j.group_id = $1::uuid AND j.status NOT IN ('completed', 'failed', 'cancelled')) AS in_use;

-- :name   group_delete
-- :params id uuid
-- :rows   maybe
DELETE FROM printer_groups WHERE id = $1::uuid AND organization_id = auth.org()
RETURNING id, auth.audit('group.deleted', 'Group deleted', jsonb_build_object('groupId', id,
    'name', name));
