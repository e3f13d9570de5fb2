-- SPDX-License-Identifier: Apache-2.0
-- Roles, schemas and the procedures the other migrations use.
--
-- platen_owner owns everything and migrates; platen is the login of the programs and has no
-- rights of its own (NOINHERIT): each connection does SET ROLE platen_api or platen_service.
-- Where the roles cannot be made (hosting without CREATEROLE), the tables FORCE row security
-- and the policies listen to the setting platen.service instead; `platenctl doctor` says so.

DO $$
DECLARE
	wanted record;
BEGIN
	FOR wanted IN
		SELECT * FROM (VALUES ('platen_owner', 'LOGIN'), ('platen_api', 'NOLOGIN'),
		    ('platen_service', 'NOLOGIN'), ('platen', 'LOGIN NOINHERIT')) AS w(name, options)
	LOOP
		-- Roles belong to the cluster: another database may have made them already.
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) THEN
			EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.options);
		END IF;
	END LOOP;
	GRANT platen_api, platen_service TO platen;
	GRANT platen_api, platen_service TO platen_owner;
EXCEPTION
	WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
		RAISE NOTICE 'platen: roles are not made here (%)', SQLERRM;
END
$$;

-- Are the two roles there, and may who migrates stand in for them?
CREATE FUNCTION public.platen_has_roles() RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT count(*) = 2 FROM pg_roles
	 WHERE rolname IN ('platen_api', 'platen_service') AND pg_has_role(oid, 'MEMBER')
$$;

-- First statement of every migration and view: what follows belongs to platen_owner.
CREATE PROCEDURE public.platen_own()
LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_roles
	            WHERE rolname = 'platen_owner' AND pg_has_role(session_user, oid, 'MEMBER')) THEN
		PERFORM set_config('role', 'platen_owner', true);
	END IF;
END
$$;

-- Row security of one table. rule: a boolean expression on its columns for reading and writing;
-- write_rule: for writing, when it is narrower. The service sees every row.
CREATE PROCEDURE public.platen_lock(tbl regclass, rule text, write_rule text DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
	-- Without roles the owner is everybody: the service says who it is by a setting, and the
	-- SECURITY DEFINER functions are known by the search_path that they alone set (a function
	-- cannot carry a setting of our own without superuser rights).
	either text := CASE WHEN public.platen_has_roles() THEN ''
	    ELSE ' OR current_setting(''platen.service'', true) = ''on'''
	        ' OR current_setting(''search_path'') = ''pg_catalog, auth, pg_temp''' END;
	whom text := CASE WHEN public.platen_has_roles() THEN 'platen_api' ELSE 'PUBLIC' END;
BEGIN
	EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tbl);
	EXECUTE format('CREATE POLICY tenant ON %s TO %s USING ((%s)%s) WITH CHECK ((%s)%s)',
	    tbl, whom, rule, either, coalesce(write_rule, rule), either);
	IF public.platen_has_roles() THEN
		EXECUTE format('CREATE POLICY service ON %s TO platen_service USING (true) '
		    'WITH CHECK (true)', tbl);
	ELSE
		EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tbl);
	END IF;
END
$$;

DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_roles
	            WHERE rolname = 'platen_owner' AND pg_has_role(session_user, oid, 'MEMBER')) THEN
		EXECUTE format('GRANT CREATE, CONNECT, TEMPORARY ON DATABASE %I TO platen_owner',
		    current_database());
		IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
			ALTER SCHEMA public OWNER TO platen_owner;
		END IF;
		ALTER TABLE public.schema_migrations OWNER TO platen_owner;
		ALTER FUNCTION public.platen_has_roles() OWNER TO platen_owner;
		ALTER PROCEDURE public.platen_own() OWNER TO platen_owner;
		ALTER PROCEDURE public.platen_lock(regclass, text, text) OWNER TO platen_owner;
	END IF;
END
$$;

CALL public.platen_own();
CREATE SCHEMA auth;
CREATE SCHEMA spool;

-- Which organisations may this transaction touch, in whose name, with which role.
-- auth.enter() sets them; unset means none.
CREATE FUNCTION auth.orgs() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT nullif(current_setting('platen.orgs', true), '')::uuid[]
$$;
CREATE FUNCTION auth.org() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT nullif(current_setting('platen.org', true), '')::uuid
$$;
CREATE FUNCTION auth.principal() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT nullif(current_setting('platen.user', true), '')::uuid
$$;

-- Row security of a table whose rows carry organization_id. The setting is read once for each
-- statement (a scalar sub-select), not once for each row.
CREATE PROCEDURE public.platen_tenant(tbl regclass)
LANGUAGE plpgsql AS $$
BEGIN
	CALL public.platen_lock(tbl,
	    'organization_id = ANY ((SELECT auth.orgs())::uuid[])');
END
$$;

CREATE FUNCTION public.platen_touch() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	NEW.updated_at := now();
	RETURN NEW;
END
$$;

CREATE PROCEDURE public.platen_touched(tbl regclass)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON %s FOR EACH ROW '
	    'EXECUTE FUNCTION public.platen_touch()', tbl);
END
$$;
