-- SPDX-License-Identifier: Apache-2.0
-- The shapes of the wire as the database has them: every view of sql/views, column by column.

-- `choices` are the words of an enumeration, or null.
-- :name   shape_columns
-- :rows   many
SELECT v.relname AS view, a.attname AS name, a.atttypid::bigint AS type,
    (SELECT string_agg(l.enumlabel, '|' ORDER BY l.enumsortorder)
       FROM pg_catalog.pg_enum l WHERE l.enumtypid = a.atttypid) AS choices
  FROM pg_catalog.pg_class v
  JOIN pg_catalog.pg_attribute a ON a.attrelid = v.oid
 WHERE v.relkind = 'v' AND v.relnamespace = 'public'::regnamespace
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY v.relname, a.attnum;
