-- SPDX-License-Identifier: Apache-2.0
-- What the house tells a person: notifications (own ones) and weekly reports.

-- :name   notice_list
-- :params unread boolean, limit integer, offset integer
-- :rows   many
SELECT n.*, (SELECT count(*) FROM notifications c
        WHERE c.user_id = auth.principal() AND NOT (c.is_read AND $1::boolean)) AS _total
  FROM notification n
 WHERE n."_user_id" = auth.principal() AND NOT (n."isRead" AND $1::boolean)
 ORDER BY n."createdAt" DESC, n.id
 LIMIT $2::integer OFFSET $3::integer;

-- :name   notice_read
-- :params id uuid
-- :rows   maybe
UPDATE notifications SET is_read = true
 WHERE id = $1::uuid AND user_id = auth.principal()
RETURNING id;

-- :name   notice_show
-- :params id uuid
-- :rows   maybe
SELECT * FROM notification WHERE id = $1::uuid AND "_user_id" = auth.principal();

-- :name   notice_read_all
-- :rows   one
WITH done AS (
	UPDATE notifications SET is_read = true
	 WHERE user_id = auth.principal() AND NOT is_read RETURNING id
)
SELECT count(*) AS updated FROM done;

-- :name   notice_reports
-- :params limit integer, offset integer
-- :rows   many
SELECT r.*, (SELECT count(*) FROM reports c WHERE c.organization_id = auth.org()) AS _total
  FROM l_report r
 WHERE r."organizationId" = auth.org()
 ORDER BY r."periodTo" DESC, r.id
 LIMIT $1::integer OFFSET $2::integer;
