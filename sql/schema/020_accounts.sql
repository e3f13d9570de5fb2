-- SPDX-License-Identifier: Apache-2.0
-- Administration of accounts: who may manage whom, the last ADMIN, passwords.
--
-- An ADMIN of the installation (users.role) manages everybody; the ADMIN of an organisation
-- (the membership's role) manages those who belong to that organisation alone.
CALL public.platen_own();

-- Names of the wire as names of columns: layerHeight becomes layer_height.
CREATE FUNCTION auth.snake(given jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(jsonb_object_agg(lower(regexp_replace(key, '([A-Z])', '_\1', 'g')), value),
	    '{}') FROM jsonb_each(given)
$$;

CREATE FUNCTION auth.is_host_admin() RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT coalesce(current_setting('platen.host_admin', true), '') = 'on'
$$;

-- Others' roles are shown as they are in the organisation of the call.
CREATE OR REPLACE FUNCTION auth.visible_users()
RETURNS TABLE (id uuid, email text, username text, role text, is_active boolean,
    created_at timestamptz, updated_at timestamptz, last_login_at timestamptz,
    preferences jsonb, organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT u.id, u.email, u.username,
	    coalesce(CASE WHEN u.id = auth.principal() THEN
	        nullif(current_setting('platen.role', true), '') END, m.role::text, u.role::text),
	    u.is_active, u.created_at, u.updated_at, u.last_login_at, u.preferences,
	    coalesce(CASE WHEN u.id = auth.principal() THEN auth.org() END,
	        u.default_organization_id, auth.default_org())
	  FROM public.users u
	  LEFT JOIN public.organization_members m
	    ON m.user_id = u.id AND m.organization_id = auth.org()
	 WHERE u.id = auth.principal()
	    OR auth.is_host_admin()
	    OR (current_setting('platen.role', true) = 'ADMIN' AND EXISTS (
	        SELECT FROM public.organization_members n WHERE n.user_id = u.id
	           AND n.organization_id = ANY (auth.orgs())))
$$;

-- Raises unless the principal manages the account: a stranger is not found, somebody who is more
-- than a member here is out of reach.
CREATE FUNCTION auth.check_manages(who uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM auth.visible_users() v WHERE v.id = who) THEN
		RAISE EXCEPTION 'User not found' USING ERRCODE = 'P4041';
	END IF;
	IF auth.is_host_admin() THEN
		RETURN;
	END IF;
	IF current_setting('platen.role', true) IS DISTINCT FROM 'ADMIN'
	    OR (SELECT u.role = 'ADMIN' FROM public.users u WHERE u.id = who)
	    OR EXISTS (SELECT FROM public.organization_members m
	        WHERE m.user_id = who AND m.organization_id <> auth.org()) THEN
		RAISE EXCEPTION 'Insufficient permissions' USING ERRCODE = 'P4031';
	END IF;
END
$$;

-- Changes of administrators happen one after the other, so that two cannot remove each other.
CREATE FUNCTION auth.lock_admins() RETURNS void
LANGUAGE sql AS $$
	SELECT pg_advisory_xact_lock(hashtext('platen.admins'))
$$;

CREATE FUNCTION auth.check_admins() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM public.users u WHERE u.role = 'ADMIN' AND u.is_active) THEN
		RAISE EXCEPTION 'The last administrator must stay' USING ERRCODE = 'P4090';
	END IF;
END
$$;

-- The gateway looks again who is behind the sockets of these sessions.
CREATE FUNCTION auth.recheck_sessions(who uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	PERFORM pg_notify('platen', 'session ' || s.id) FROM public.sessions s
	 WHERE s.user_id = who;
END
$$;

CREATE FUNCTION auth.create_user(address text, name text, hash text, wanted_role text)
RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	made uuid;
	everywhere constant boolean := auth.is_host_admin();
BEGIN
	IF NOT everywhere AND current_setting('platen.role', true) IS DISTINCT FROM 'ADMIN' THEN
		RAISE EXCEPTION 'Insufficient permissions' USING ERRCODE = 'P4031';
	END IF;
	PERFORM pg_advisory_xact_lock(hashtext('platen.register'));
	IF EXISTS (SELECT FROM public.users u WHERE lower(u.email) = lower(address)) THEN
		RAISE EXCEPTION 'Email is already registered'
		    USING ERRCODE = 'P4090', HINT = 'email';
	END IF;
	IF EXISTS (SELECT FROM public.users u WHERE lower(u.username) = lower(name)) THEN
		RAISE EXCEPTION 'Username is already taken'
		    USING ERRCODE = 'P4090', HINT = 'username';
	END IF;
	INSERT INTO public.users (email, username, password_hash, role, default_organization_id)
	    VALUES (address, name, hash,
	        CASE WHEN everywhere THEN wanted_role ELSE 'VIEWER' END::public.user_role, auth.org())
	    RETURNING users.id INTO made;
	INSERT INTO public.organization_members (organization_id, user_id, role)
	    VALUES (auth.org(), made,
	        CASE WHEN NOT everywhere THEN wanted_role::public.user_role END);
	PERFORM auth.audit('user.created', 'Account created',
	    jsonb_build_object('userId', made, 'role', wanted_role));
	RETURN made;
END
$$;

-- Null leaves as it is. A new role counts in the organisation of the call, whatever the
-- membership said before.
CREATE FUNCTION auth.update_user(who uuid, new_role text, active boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	PERFORM auth.lock_admins();
	PERFORM auth.check_manages(who);
	IF new_role IS NOT NULL AND auth.is_host_admin() THEN
		UPDATE public.users SET role = new_role::public.user_role WHERE id = who;
		UPDATE public.organization_members SET role = NULL
		 WHERE user_id = who AND organization_id = auth.org();
	ELSIF new_role IS NOT NULL THEN
		UPDATE public.organization_members SET role = new_role::public.user_role
		 WHERE user_id = who AND organization_id = auth.org();
	END IF;
	IF active IS NOT NULL THEN
		UPDATE public.users SET is_active = active WHERE id = who;
	END IF;
	PERFORM auth.check_admins();
	IF active IS FALSE THEN
		PERFORM auth.close_sessions(who);
	ELSE
		PERFORM auth.recheck_sessions(who);
	END IF;
	PERFORM auth.audit('user.updated', 'Account changed', jsonb_strip_nulls(
	    jsonb_build_object('userId', who, 'role', new_role, 'isActive', active)));
END
$$;

-- Files belong to the organisation and stay: who deletes the account takes them over.
CREATE FUNCTION auth.delete_user(who uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	PERFORM auth.lock_admins();
	PERFORM auth.check_manages(who);
	IF who = auth.principal() THEN
		RAISE EXCEPTION 'Nobody can delete the own account' USING ERRCODE = 'P4090';
	END IF;
	IF EXISTS (SELECT FROM public.print_jobs j WHERE j.user_id = who
	    AND j.status NOT IN ('completed', 'failed', 'cancelled')) THEN
		RAISE EXCEPTION 'The user has jobs that are not finished' USING ERRCODE = 'P4090';
	END IF;
	UPDATE public.files SET user_id = auth.principal() WHERE user_id = who;
	PERFORM auth.close_sessions(who);
	DELETE FROM public.users WHERE id = who;
	PERFORM auth.check_admins();
	PERFORM auth.audit('user.deleted', 'Account deleted', jsonb_build_object('userId', who));
END
$$;

-- ---- passwords ----

CREATE FUNCTION auth.own_hash() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT u.password_hash::text FROM public.users u WHERE u.id = auth.principal()
$$;

-- Has the principal given its password lately, in this session?
CREATE FUNCTION auth.is_fresh(session uuid, within_sec integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT EXISTS (SELECT FROM public.sessions s WHERE s.id = session
	    AND s.user_id = auth.principal()
	    AND s.created_at > now() - make_interval(secs => within_sec))
$$;

CREATE FUNCTION auth.change_password(hash text, session uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT auth.set_password(auth.principal(), hash, session)
$$;

CREATE FUNCTION auth.reset_password(who uuid, hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	PERFORM auth.check_manages(who);
	RETURN auth.set_password(who, hash, NULL);
END
$$;

-- ---- what everybody may see of the default organisation (contract §2.7, O-03) ----

CREATE FUNCTION auth.become_demo() RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	org constant uuid := auth.default_org();
BEGIN
	PERFORM auth.assume(NULL, org, ARRAY[org], 'DEMO', false);
	RETURN org;
END
$$;
