-- SPDX-License-Identifier: Apache-2.0
-- auth.enter() and what every request uses: membership, audit, rate limits, agent keys.
--
-- SECURITY DEFINER functions have the search_path `pg_catalog, auth, pg_temp`: fixed, and the
-- mark by which the row policies know them where roles cannot be made (001_roles).
CALL public.platen_own();

CREATE FUNCTION auth.default_org() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT id FROM public.organizations WHERE is_default
$$;

-- The role in an organisation: the membership's, else the user's own; null: not a member. An
-- ADMIN of the installation counts as a member of every organisation.
CREATE FUNCTION auth.role_in(who uuid, org uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT coalesce(m.role, u.role)::text
	  FROM public.users u
	  JOIN public.organizations o ON o.id = org AND o.is_active
	  LEFT JOIN public.organization_members m ON m.user_id = u.id AND m.organization_id = o.id
	 WHERE u.id = who AND (m.user_id IS NOT NULL OR u.role = 'ADMIN')
$$;

-- Where a call of a user goes: the stated organisation, else the claimed one if a member, else
-- the user's default, else the installation's.
CREATE FUNCTION auth.choose_org(who uuid, claimed uuid, stated uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	candidate uuid;
BEGIN
	IF stated IS NOT NULL THEN
		IF auth.role_in(who, stated) IS NULL THEN
			RAISE EXCEPTION 'Insufficient permissions' USING ERRCODE = 'P4032';
		END IF;
		RETURN stated;
	END IF;
	FOREACH candidate IN ARRAY ARRAY[claimed,
	    (SELECT u.default_organization_id FROM public.users u WHERE u.id = who),
	    auth.default_org()]
	LOOP
		IF candidate IS NOT NULL AND auth.role_in(who, candidate) IS NOT NULL THEN
			RETURN candidate;
		END IF;
	END LOOP;
	RAISE EXCEPTION 'Insufficient permissions' USING ERRCODE = 'P4032';
END
$$;

-- VIEWER < OPERATOR < ADMIN; AGENT stands apart and enters only where it is named.
CREATE FUNCTION auth.role_suffices(role text, needed text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE
		WHEN role = 'AGENT' THEN needed IN ('AGENT', 'VIEWER+AGENT')
		ELSE coalesce(array_position(ARRAY['VIEWER', 'OPERATOR', 'ADMIN'], role)
		    >= array_position(ARRAY['VIEWER', 'OPERATOR', 'ADMIN'], CASE needed
		        WHEN 'AGENT' THEN 'OPERATOR' WHEN 'VIEWER+AGENT' THEN 'VIEWER' ELSE needed END),
		    false)
	END
$$;

-- What the work statements of this transaction may touch and in whose name.
CREATE FUNCTION auth.assume(who uuid, org uuid, orgs uuid[], role text, host_admin boolean)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('platen.orgs', coalesce(orgs::text, ''), true),
	    set_config('platen.org', coalesce(org::text, ''), true),
	    set_config('platen.user', coalesce(who::text, ''), true),
	    set_config('platen.role', coalesce(role, ''), true),
	    set_config('platen.host_admin', CASE WHEN host_admin THEN 'on' ELSE 'off' END, true);
END
$$;

CREATE FUNCTION auth.claimed_role_of(claim text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE upper(coalesce(claim, ''))
		WHEN 'ADMIN' THEN 'ADMIN' WHEN 'OWNER' THEN 'ADMIN'
		WHEN 'VIEWER' THEN 'VIEWER'
		ELSE 'OPERATOR' END
$$;

-- The organisation of an external token exists from its first use on.
CREATE FUNCTION auth.claimed_org_exists(org uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	IF EXISTS (SELECT FROM public.organizations o WHERE o.id = org) THEN
		RETURN (SELECT o.is_active FROM public.organizations o WHERE o.id = org);
	END IF;
	IF coalesce(current_setting('platen.jit_organizations', true), 'on') = 'off' THEN
		RETURN false;
	END IF;
	INSERT INTO public.organizations (id, name)
	    VALUES (org, 'Organisation ' || left(org::text, 8)) ON CONFLICT (id) DO NOTHING;
	IF FOUND THEN
		PERFORM auth.audit('organization.created', 'Created on first use by an external token',
		    NULL, org, NULL);
	END IF;
	RETURN true;
END
$$;

-- Who is calling, and may they? Raises P4011, P4012, P4031, P4032 (architecture.md §3.2).
--
-- kind: `user` (family L), `external`, `agent`, or `auto` (family P: a known subject is a user,
-- any other is external). stated_org `*`: all organisations of the principal, for the calls that
-- name none (contract §1.3); otherwise the transaction sees one organisation only.
--
-- Every request pays for this: one query finds a user, the session and the organisation that is
-- nearly always meant. SQL functions that cannot be inlined are planned again in each
-- transaction, so they stand only where that guess was wrong.
CREATE FUNCTION auth.enter(kind text, subject text, session text, claimed_org text,
    stated_org text, claimed_role text, least_role text,
    OUT user_id uuid, OUT username text, OUT email text, OUT role text,
    OUT organization_id uuid, OUT local boolean, OUT host_admin boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	claim constant uuid := nullif(claimed_org, '')::uuid;
	stated constant uuid := nullif(nullif(stated_org, ''), '*')::uuid;
	active boolean;
	used timestamptz;
BEGIN
	user_id := nullif(subject, '')::uuid;
	local := false;
	IF kind <> 'agent' THEN
		SELECT u.username, u.email, u.role = 'ADMIN', u.is_active, s.last_used_at, o.id,
		    CASE WHEN o.id IS NOT NULL AND (m.user_id IS NOT NULL OR u.role = 'ADMIN')
		        THEN coalesce(m.role, u.role) END
		  INTO username, email, host_admin, active, used, organization_id, role
		  FROM public.users u
		  LEFT JOIN public.sessions s ON s.id = nullif(session, '')::uuid
		       AND s.user_id = u.id AND s.expires_at > now()
		  LEFT JOIN public.organizations o
		    ON o.id = coalesce(stated, claim, u.default_organization_id) AND o.is_active
		  LEFT JOIN public.organization_members m
		    ON m.user_id = u.id AND m.organization_id = o.id
		 WHERE u.id = enter.user_id;
		local := FOUND;
	END IF;
	host_admin := coalesce(host_admin, false);
	IF kind = 'user' OR local THEN
		IF active IS NOT TRUE THEN
			RAISE EXCEPTION 'User not found' USING ERRCODE = 'P4012';
		END IF;
		IF session <> '' AND used IS NULL THEN
			RAISE EXCEPTION 'Invalid token' USING ERRCODE = 'P4011';
		END IF;
		IF used < now() - interval '5 minutes' AND NOT pg_is_in_recovery() THEN
			UPDATE public.sessions SET last_used_at = now() WHERE id = session::uuid;
		END IF;
		IF role IS NULL THEN
			organization_id := auth.choose_org(user_id, claim, stated);
			role := auth.role_in(user_id, organization_id);
		END IF;
	ELSE
		IF claim IS NULL OR (stated IS NOT NULL AND stated <> claim)
		    OR NOT auth.claimed_org_exists(claim) THEN
			RAISE EXCEPTION 'Insufficient permissions' USING ERRCODE = 'P4032';
		END IF;
		organization_id := claim;
		role := CASE kind WHEN 'agent' THEN 'AGENT' ELSE auth.claimed_role_of(claimed_role) END;
	END IF;
	IF NOT auth.role_suffices(role, least_role) THEN
		RAISE EXCEPTION 'Insufficient permissions' USING ERRCODE = 'P4031';
	END IF;
	-- As auth.assume() does, without the price of another call.
	PERFORM set_config('platen.orgs', CASE WHEN local AND stated_org = '*'
	        THEN auth.orgs_of(user_id) ELSE ARRAY[organization_id] END::text, true),
	    set_config('platen.org', organization_id::text, true),
	    set_config('platen.user', coalesce(user_id::text, ''), true),
	    set_config('platen.role', role, true),
	    set_config('platen.host_admin', CASE WHEN host_admin THEN 'on' ELSE 'off' END, true);
END
$$;

CREATE FUNCTION auth.orgs_of(who uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT array_agg(o.id ORDER BY o.id) FROM public.organizations o
	 WHERE auth.role_in(who, o.id) IS NOT NULL
$$;

-- An X-API-Key: which organisation, which role. Looks first among api_keys, then among the
-- organisations' own keys. No row: not known.
CREATE FUNCTION auth.find_key(hash text)
RETURNS TABLE (key_id uuid, organization_id uuid, scope text, role text, user_id uuid,
    printer_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY UPDATE public.api_keys k SET last_used_at = now()
	    WHERE k.key_hash = hash AND k.revoked_at IS NULL
	      AND (k.expires_at IS NULL OR k.expires_at > now())
	    RETURNING k.id, k.organization_id, k.scope::text, k.role::text, k.user_id, k.printer_id;
	IF NOT FOUND THEN
		RETURN QUERY UPDATE public.organizations o SET api_key_last_used_at = now()
		    WHERE o.api_key_hash = hash AND o.is_active
		    RETURNING NULL::uuid, o.id, 'agent', 'AGENT', NULL::uuid, NULL::uuid;
	END IF;
END
$$;

-- One row of the audit. Address and browser come from platen.ip and platen.agent when set.
CREATE FUNCTION auth.audit(event_type text, description text, metadata jsonb DEFAULT NULL,
    org uuid DEFAULT auth.org(), who uuid DEFAULT auth.principal()) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	INSERT INTO public.system_events (event_type, description, user_id, organization_id,
	    ip_address, user_agent, metadata)
	VALUES (left(event_type, 100), description, who, org,
	    left(nullif(current_setting('platen.ip', true), ''), 64),
	    left(nullif(current_setting('platen.agent', true), ''), 500), metadata)
$$;

-- Fixed window in one statement; counts refusals too, so that hammering does not help.
CREATE FUNCTION auth.rate(key text, points integer, window_seconds integer)
RETURNS TABLE (allowed boolean, remaining integer, reset_seconds integer)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	INSERT INTO public.rate_limits AS r (key, points, window_start, expires_at)
	VALUES (left($1, 200), 1, now(), now() + make_interval(secs => $3))
	ON CONFLICT (key) DO UPDATE SET
	    points = CASE WHEN r.expires_at <= now() THEN 1 ELSE least(r.points, 1000000) + 1 END,
	    window_start = CASE WHEN r.expires_at <= now() THEN now() ELSE r.window_start END,
	    expires_at = CASE WHEN r.expires_at <= now() THEN excluded.expires_at
	        ELSE r.expires_at END
	RETURNING r.points <= $2, greatest($2 - r.points, 0),
	    greatest(ceil(extract(epoch FROM r.expires_at - now())), 1)::integer
$$;
