-- SPDX-License-Identifier: Apache-2.0
-- Accounts and sessions, before there is a principal. Passwords and tokens arrive as hashes.
CALL public.platen_own();

CREATE FUNCTION auth.is_empty() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT NOT EXISTS (SELECT FROM public.users)
$$;

-- For the check of a password; the caller sees to equal time when there is no row.
CREATE FUNCTION auth.find_login(address text)
RETURNS TABLE (id uuid, username text, email text, password_hash text, role text,
    is_active boolean, default_organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT u.id, u.username::text, u.email::text, u.password_hash::text, u.role::text,
	    u.is_active, coalesce(u.default_organization_id, auth.default_org())
	  FROM public.users u WHERE lower(u.email) = lower(address)
$$;

-- After a login the rest of the transaction is that user's (l_user shows the row).
CREATE FUNCTION auth.become(who uuid, wanted_org uuid DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	org constant uuid := auth.choose_org(who, NULL, wanted_org);
BEGIN
	PERFORM auth.assume(who, org, ARRAY[org], auth.role_in(who, org),
	    (SELECT u.role = 'ADMIN' FROM public.users u WHERE u.id = who));
	RETURN org;
END
$$;

CREATE FUNCTION auth.open_session(who uuid, token_hash text, refresh_hash text,
    expires timestamptz, ip text, agent text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	INSERT INTO public.sessions (user_id, token, refresh_token, expires_at, ip_address,
	    user_agent)
	VALUES (who, token_hash, refresh_hash, expires, nullif(ip, '')::inet, left(agent, 500))
	RETURNING id
$$;

-- The same with the id chosen by the caller, who signs it into the tokens before hashing them.
CREATE FUNCTION auth.open_session_as(session uuid, who uuid, token_hash text, refresh_hash text,
    expires timestamptz, ip text, agent text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	INSERT INTO public.sessions (id, user_id, token, refresh_token, expires_at, ip_address,
	    user_agent)
	VALUES (session, who, token_hash, refresh_hash, expires, nullif(ip, '')::inet,
	    left(agent, 500))
	RETURNING id
$$;

-- Each refresh token works once. One that is not the session's present one has been used
-- already, by somebody: the session ends. Answers rotated, reuse, gone (session unknown or over)
-- or inactive (the user is).
CREATE FUNCTION auth.rotate_session(session uuid, old_refresh_hash text, token_hash text,
    refresh_hash text, expires timestamptz, ip text, agent text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	it public.sessions%ROWTYPE;
BEGIN
	SELECT * INTO it FROM public.sessions s WHERE s.id = session FOR UPDATE;
	IF NOT FOUND OR it.expires_at <= now() THEN
		RETURN 'gone';
	END IF;
	IF NOT (SELECT u.is_active FROM public.users u WHERE u.id = it.user_id) THEN
		RETURN 'inactive';
	END IF;
	IF it.refresh_token <> old_refresh_hash THEN
		DELETE FROM public.sessions WHERE id = session;
		PERFORM auth.audit('auth.refresh_reuse', 'A used refresh token came back: session ended',
		    jsonb_build_object('sessionId', session), NULL, it.user_id);
		PERFORM pg_notify('platen', 'session ' || session);
		RETURN 'reuse';
	END IF;
	UPDATE public.sessions SET token = token_hash, refresh_token = refresh_hash,
	    previous_refresh_token = old_refresh_hash, expires_at = expires, last_used_at = now(),
	    ip_address = coalesce(nullif(ip, '')::inet, ip_address),
	    user_agent = coalesce(left(agent, 500), user_agent)
	 WHERE id = session;
	RETURN 'rotated';
END
$$;

CREATE FUNCTION auth.close_session(session uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	who uuid;
BEGIN
	DELETE FROM public.sessions WHERE id = session RETURNING user_id INTO who;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	PERFORM auth.audit('auth.logout', 'Signed out', jsonb_build_object('sessionId', session),
	    auth.org(), who);
	PERFORM pg_notify('platen', 'session ' || session);
	RETURN true;
END
$$;

-- All sessions of a user but one (after a new password, on deactivation).
CREATE FUNCTION auth.close_sessions(who uuid, but uuid DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	gone uuid;
	n integer := 0;
BEGIN
	FOR gone IN DELETE FROM public.sessions s
	    WHERE s.user_id = who AND s.id IS DISTINCT FROM but RETURNING s.id
	LOOP
		PERFORM pg_notify('platen', 'session ' || gone);
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

-- outcome: registered or closed. The first account of an empty installation needs the setup
-- code and becomes ADMIN; later ones need open registration (`admin`: an ADMIN makes them).
-- A taken address or name raises P4090 with the field as hint.
CREATE FUNCTION auth.register_user(address text, name text, hash text, wanted_role text,
    setup_ok boolean, registration text)
RETURNS TABLE (outcome text, id uuid, role text, organization_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
#variable_conflict use_column
DECLARE
	first boolean;
	org constant uuid := auth.default_org();
	made uuid;
	granted public.user_role;
BEGIN
	-- Two first accounts at once: one of them is first.
	PERFORM pg_advisory_xact_lock(hashtext('platen.register'));
	first := auth.is_empty();
	IF (first AND NOT coalesce(setup_ok, false))
	    OR (NOT first AND registration NOT IN ('open', 'admin')) THEN
		RETURN QUERY SELECT 'closed', NULL::uuid, NULL::text, NULL::uuid;
		RETURN;
	END IF;
	IF EXISTS (SELECT FROM public.users u WHERE lower(u.email) = lower(address)) THEN
		RAISE EXCEPTION 'Email is already registered'
		    USING ERRCODE = 'P4090', HINT = 'email';
	END IF;
	IF EXISTS (SELECT FROM public.users u WHERE lower(u.username) = lower(name)) THEN
		RAISE EXCEPTION 'Username is already taken'
		    USING ERRCODE = 'P4090', HINT = 'username';
	END IF;
	granted := CASE WHEN first THEN 'ADMIN' ELSE wanted_role END;
	INSERT INTO public.users (email, username, password_hash, role, default_organization_id)
	    VALUES (address, name, hash, granted, org) RETURNING users.id INTO made;
	INSERT INTO public.organization_members (organization_id, user_id) VALUES (org, made);
	PERFORM auth.audit('auth.register', CASE WHEN first THEN 'First account' ELSE
	    'Account registered' END, jsonb_build_object('userId', made, 'role', granted), org,
	    made);
	RETURN QUERY SELECT 'registered', made, granted::text, org;
END
$$;

CREATE FUNCTION auth.touch_login(who uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	UPDATE public.users SET last_login_at = now() WHERE id = who;
	PERFORM auth.audit('auth.login', 'Signed in', NULL, auth.org(), who);
END
$$;

-- The same password under a higher cost; a password changed meanwhile is left alone.
CREATE FUNCTION auth.rehash(who uuid, old_hash text, new_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	UPDATE public.users SET password_hash = new_hash WHERE id = who AND password_hash = old_hash
$$;

-- A new password ends the user's other sessions.
CREATE FUNCTION auth.set_password(who uuid, hash text, keep_session uuid DEFAULT NULL)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	UPDATE public.users SET password_hash = hash WHERE id = who;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	PERFORM auth.close_sessions(who, keep_session);
	PERFORM auth.audit('user.updated', 'Password changed',
	    jsonb_build_object('userId', who), auth.org(), coalesce(auth.principal(), who));
	RETURN true;
END
$$;

-- The rows of users that the principal may see: itself; an ADMIN the members of its
-- organisations; with platen.host_admin on, everybody. Never the hash.
CREATE FUNCTION auth.visible_users()
RETURNS TABLE (id uuid, email text, username text, role text, is_active boolean,
    created_at timestamptz, updated_at timestamptz, last_login_at timestamptz,
    preferences jsonb, organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT u.id, u.email, u.username,
	    coalesce(CASE WHEN u.id = auth.principal() THEN
	        nullif(current_setting('platen.role', true), '') END, u.role::text),
	    u.is_active, u.created_at, u.updated_at, u.last_login_at, u.preferences,
	    coalesce(CASE WHEN u.id = auth.principal() THEN auth.org() END,
	        u.default_organization_id, auth.default_org())
	  FROM public.users u
	 WHERE u.id = auth.principal()
	    OR current_setting('platen.host_admin', true) = 'on'
	    OR (current_setting('platen.role', true) = 'ADMIN' AND EXISTS (
	        SELECT FROM public.organization_members m WHERE m.user_id = u.id
	           AND m.organization_id = ANY (auth.orgs())))
$$;

-- The name beside a file or a job; every member of the organisation sees it.
CREATE FUNCTION auth.user_name(who uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	RETURN (SELECT u.username FROM public.users u WHERE u.id = who);
END
$$;
