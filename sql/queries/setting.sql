-- SPDX-License-Identifier: Apache-2.0
-- Settings by category and key: the organisation's own hide the installation's.

-- :name   setting_list
-- :params category text, limit integer, offset integer
-- :rows   many
SELECT s.*, count(*) OVER () AS _total FROM l_setting s
 WHERE (s."organizationId" = auth.org() OR s."organizationId" IS NULL)
   AND ($1::text IS NULL OR s.category = $1::text)
 ORDER BY s.category, s.key
 LIMIT $2::integer OFFSET $3::integer;

-- A null value takes the setting away.
-- :name   setting_put
-- :params list jsonb, installation boolean
-- :rows   none
WITH given AS (
	SELECT e->>'category' AS category, e->>'key' AS key, e->'value' AS value,
	    e->>'description' AS description,
	    CASE WHEN NOT $2::boolean THEN auth.org() END AS org
	  FROM jsonb_array_elements($1::jsonb) e
), gone AS (
	DELETE FROM printer_settings s USING given g
	 WHERE s.key = g.key AND s.organization_id IS NOT DISTINCT FROM g.org
	   AND g.value = 'null'
)
INSERT INTO printer_settings AS s (organization_id, key, value, category, description)
SELECT g.org, g.key, g.value, g.category, g.description FROM given g WHERE g.value <> 'null'
ON CONFLICT (organization_id, key) DO UPDATE SET value = excluded.value,
    category = excluded.category, description = coalesce(excluded.description, s.description);
