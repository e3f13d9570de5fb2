-- SPDX-License-Identifier: Apache-2.0
-- Stamps (sql/schema/080_stamps.sql): asked before there is a principal, about ids alone.

-- The session only where its end is not known yet.
-- :name   stamp_read
-- :params organization uuid, user_id uuid, session uuid
-- :rows   one
SELECT coalesce(sum(s.n), 0) AS stamp,
    CASE WHEN $3::uuid IS NOT NULL THEN auth.session_left($3::uuid) END AS session_left
  FROM stamps s WHERE s.about IN ($1::uuid, $2::uuid);
