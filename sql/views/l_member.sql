-- SPDX-License-Identifier: Apache-2.0
-- Member of an organisation with the role that counts there (contract §2.7).
CREATE VIEW public.l_member WITH (security_invoker = true) AS
SELECT m.user_id AS "userId",
    m.role,
    m.username,
    m.email,
    m.is_active AS "isActive",
    m.created_at AS "createdAt"
  FROM auth.visible_members() m;
