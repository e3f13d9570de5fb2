-- SPDX-License-Identifier: Apache-2.0
-- Print profile (contract §2.7); organizationId null: a default of the installation.
CREATE VIEW public.l_profile WITH (security_invoker = true) AS
SELECT p.id,
    p.name,
    p.description,
    p.layer_height AS "layerHeight",
    p.infill,
    p.print_speed AS "printSpeed",
    p.nozzle_temp AS "nozzleTemp",
    p.bed_temp AS "bedTemp",
    p.supports,
    p.retraction,
    p.metadata,
    p.is_default AS "isDefault",
    p.created_at AS "createdAt",
    p.updated_at AS "updatedAt",
    p.organization_id AS "organizationId"
  FROM public.print_profiles p;
