-- SPDX-License-Identifier: Apache-2.0
-- Stamps (sql/schema/080_stamps.sql): asked before there is a principal, about ids alone.

-- :name   stamp_read
-- :params organization uuid, user_id uuid
-- :rows   one
SELECT coalesce(sum(s.n), 0) AS stamp FROM stamps s WHERE s.about IN ($1::uuid, $2::uuid);

-- :name   stamp_session
-- :params session uuid
-- :rows   one
SELECT auth.session_left($1::uuid) AS session_left;
