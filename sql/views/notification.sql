-- SPDX-License-Identifier: Apache-2.0
-- A notification, as in lists and as the socket event.
CREATE VIEW public.notification WITH (security_invoker = true) AS
SELECT n.id,
    n.type,
    n.title,
    n.message,
    n.is_read AS "isRead",
    n.metadata,
    n.created_at AS "createdAt",
    n.user_id AS "_user_id"
  FROM public.notifications n;
