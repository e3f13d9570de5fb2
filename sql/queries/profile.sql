-- SPDX-License-Identifier: Apache-2.0
-- Print profiles: the organisation's own and the installation's.

-- :name   profile_list
-- :params limit integer, offset integer
-- :rows   many
SELECT p.*, (SELECT count(*) FROM print_profiles c
        WHERE c.organization_id = auth.org() OR c.organization_id IS NULL) AS _total
  FROM l_profile p
 WHERE p."organizationId" = auth.org() OR p."organizationId" IS NULL
 ORDER BY p."organizationId" IS NULL, p."isDefault" DESC, lower(p.name), p.id
 LIMIT $1::integer OFFSET $2::integer;

-- :name   profile_show
-- :params id uuid
-- :rows   maybe
SELECT * FROM l_profile
 WHERE id = $1::uuid AND ("organizationId" = auth.org() OR "organizationId" IS NULL);

-- One default each: of the organisation, and of the installation.
-- :name   profile_undefault
-- :params installation boolean
-- :rows   none
UPDATE print_profiles SET is_default = false
 WHERE is_default AND organization_id IS NOT DISTINCT FROM
       CASE WHEN NOT $1::boolean THEN auth.org() END;

-- :name   profile_insert
-- :params given jsonb, installation boolean
-- :rows   one
INSERT INTO print_profiles (organization_id, name, description, layer_height, infill,
    print_speed, nozzle_temp, bed_temp, supports, retraction, metadata, is_default)
SELECT CASE WHEN NOT $2::boolean THEN auth.org() END, r.name, r.description, r.layer_height,
    r.infill, r.print_speed, r.nozzle_temp, r.bed_temp, coalesce(r.supports, false),
    coalesce(r.retraction, 1), coalesce(r.metadata, '{}'), coalesce(r.is_default, false)
  FROM jsonb_populate_record(NULL::print_profiles, auth.snake($1::jsonb)) r
RETURNING id;

-- :name   profile_lock
-- :params id uuid
-- :rows   maybe
SELECT organization_id IS NULL AS installation FROM print_profiles
 WHERE id = $1::uuid AND (organization_id = auth.org() OR organization_id IS NULL)
   FOR UPDATE;

-- :name   profile_update
-- :params id uuid, patch jsonb
-- :rows   one
UPDATE print_profiles p SET (name, description, layer_height, infill, print_speed, nozzle_temp,
    bed_temp, supports, retraction, metadata, is_default) = (
    SELECT r.name, r.description, r.layer_height, r.infill, r.print_speed, r.nozzle_temp,
        r.bed_temp, r.supports, r.retraction, r.metadata, r.is_default
      FROM jsonb_populate_record(p, auth.snake($2::jsonb)) r)
 WHERE p.id = $1::uuid
RETURNING p.id;

-- In use: something was sliced with it, or a job that is not finished wants it.
-- :name   profile_in_use
-- :params id uuid
-- :rows   one
SELECT EXISTS (SELECT FROM sliced_files s WHERE s.profile_id = $1::uuid)
    OR EXISTS (SELECT FROM print_jobs j WHERE j.organization_id = auth.org()
        AND j.status NOT IN ('completed', 'failed', 'cancelled')
        AND j.settings->>'profileId' = $1::uuid::text) AS used;

-- :name   profile_delete
-- :params id uuid
-- :rows   one
DELETE FROM print_profiles WHERE id = $1::uuid RETURNING id;
