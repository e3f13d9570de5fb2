-- SPDX-License-Identifier: Apache-2.0
-- What unauthenticated viewers may see while demo.enabled is on.

-- :name   demo_enter
-- :rows   one
SELECT auth.become_demo() AS organization_id;

-- :name   demo_status
-- :rows   maybe
SELECT * FROM l_public_status
 WHERE "_organization_id" = auth.org() AND "_is_default";

-- :name   demo_prints
-- :rows   many
SELECT * FROM l_public_print
 WHERE "_organization_id" = auth.org() ORDER BY "finishedAt" DESC LIMIT 10;

-- :name   demo_totals
-- :params days integer
-- :rows   one
SELECT $1::integer AS days, count(*) AS "totalPrints",
    count(*) FILTER (WHERE status = 'COMPLETED') AS completed,
    count(*) FILTER (WHERE status = 'FAILED') AS failed,
    count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled,
    coalesce(sum(duration), 0) AS "totalTime"
  FROM l_public_print
 WHERE "_organization_id" = auth.org()
   AND "finishedAt" > now() - make_interval(days => $1::integer);
