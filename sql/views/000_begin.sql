-- SPDX-License-Identifier: Apache-2.0
-- The views are made anew after every migration: this file drops them, the others, in the order
-- of their names, create them. A view may build on one whose name sorts before its own.
CALL public.platen_own();
DO $$
DECLARE
	old name;
BEGIN
	FOR old IN SELECT c.relname FROM pg_class c
	            WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
	              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
	LOOP
		EXECUTE format('DROP VIEW IF EXISTS public.%I CASCADE', old);
	END LOOP;
END
$$;
