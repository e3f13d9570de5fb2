-- SPDX-License-Identifier: Apache-2.0
-- User (contract §2.6.1); only rows the principal may see, never the hash.
CREATE VIEW public.l_user WITH (security_invoker = true) AS
SELECT u.id,
    u.email,
    u.username,
    u.role,
    u.is_active AS "isActive",
    u.created_at AS "createdAt",
    u.updated_at AS "updatedAt",
    u.last_login_at AS "lastLoginAt",
    u.preferences,
    u.organization_id AS "organizationId"
  FROM auth.visible_users() u;
