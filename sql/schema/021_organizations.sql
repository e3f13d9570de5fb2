-- SPDX-License-Identifier: Apache-2.0
-- Administration of organisations and their members; single-use tickets for camera pictures.
CALL public.platen_own();

-- Those of the principal, with its role there; an ADMIN of the installation sees all, also
-- those that are switched off.
CREATE FUNCTION auth.visible_organizations()
RETURNS TABLE (id uuid, name text, slug text, is_default boolean, is_active boolean, role text,
    default_recipient_id text, printer_backend_url text, api_key_prefix text,
    api_key_created_at timestamptz, api_key_last_used_at timestamptz, created_at timestamptz,
    updated_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT o.id, o.name, o.slug, o.is_default, o.is_active,
	    coalesce(CASE WHEN auth.is_host_admin() THEN 'ADMIN' END, m.role::text, u.role::text),
	    o.default_recipient_id, o.printer_backend_url, o.api_key_prefix,
	    o.api_key_created_at, o.api_key_last_used_at, o.created_at, o.updated_at
	  FROM public.users u
	  JOIN public.organizations o ON true
	  LEFT JOIN public.organization_members m
	    ON m.organization_id = o.id AND m.user_id = u.id
	 WHERE u.id = auth.principal()
	   AND (auth.is_host_admin() OR (m.user_id IS NOT NULL AND o.is_active))
$$;

-- From here on the transaction is about this organisation. What the principal does not belong
-- to is not found.
CREATE FUNCTION auth.enter_org(org uuid, needed text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	found_role constant text := (SELECT v.role FROM auth.visible_organizations() v
	    WHERE v.id = org);
BEGIN
	IF found_role IS NULL THEN
		RAISE EXCEPTION 'Organization not found' USING ERRCODE = 'P4041';
	END IF;
	IF NOT auth.role_suffices(found_role, needed) THEN
		RAISE EXCEPTION 'Insufficient permissions' USING ERRCODE = 'P4031';
	END IF;
	PERFORM auth.assume(auth.principal(), org, ARRAY[org], found_role, auth.is_host_admin());
	RETURN found_role;
END
$$;

CREATE FUNCTION auth.create_organization(given jsonb) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	made uuid;
BEGIN
	IF NOT auth.is_host_admin() THEN
		RAISE EXCEPTION 'Insufficient permissions' USING ERRCODE = 'P4031';
	END IF;
	INSERT INTO public.organizations (name, slug, default_recipient_id, printer_backend_url)
	SELECT r.name, r.slug, r.default_recipient_id, r.printer_backend_url
	  FROM jsonb_populate_record(NULL::public.organizations, auth.snake(given)) r
	RETURNING organizations.id INTO made;
	INSERT INTO public.organization_members (organization_id, user_id)
	    VALUES (made, auth.principal());
	PERFORM auth.audit('organization.created', 'Organisation created',
	    jsonb_build_object('organizationId', made), made);
	RETURN made;
END
$$;

-- Members of the transaction's organisation; addresses only for its ADMINs.
CREATE FUNCTION auth.visible_members()
RETURNS TABLE (user_id uuid, role text, username text, email text, is_active boolean,
    created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT m.user_id, coalesce(m.role, u.role)::text, u.username,
	    CASE WHEN current_setting('platen.role', true) = 'ADMIN' THEN u.email END,
	    u.is_active, m.created_at
	  FROM public.organization_members m JOIN public.users u ON u.id = m.user_id
	 WHERE m.organization_id = auth.org()
$$;

-- May the principal give this user a place? An ADMIN of the installation everybody, another
-- those of the organisations it is ADMIN of. Raises P4041, P4031.
CREATE FUNCTION auth.check_member(who uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM public.users u WHERE u.id = who AND (auth.is_host_admin()
	    OR EXISTS (SELECT FROM public.organization_members m WHERE m.user_id = who
	        AND auth.role_in(auth.principal(), m.organization_id) = 'ADMIN'))) THEN
		RAISE EXCEPTION 'User not found' USING ERRCODE = 'P4041';
	END IF;
	IF NOT auth.is_host_admin() AND (SELECT u.role = 'ADMIN' FROM public.users u
	    WHERE u.id = who) THEN
		RAISE EXCEPTION 'Insufficient permissions' USING ERRCODE = 'P4031';
	END IF;
END
$$;

-- true: a new member; false: one whose role changed. role null: the user's own counts.
CREATE FUNCTION auth.set_member(who uuid, new_role text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	is_new boolean;
BEGIN
	PERFORM auth.check_member(who);
	INSERT INTO public.organization_members AS m (organization_id, user_id, role)
	    VALUES (auth.org(), who, new_role::public.user_role)
	ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role
	RETURNING m.xmax = 0 INTO is_new;
	PERFORM auth.recheck_sessions(who);
	PERFORM auth.audit('organization.member_set', 'Member added or changed',
	    jsonb_build_object('userId', who, 'role', new_role));
	RETURN is_new;
END
$$;

CREATE FUNCTION auth.remove_member(who uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM public.organization_members m
	    WHERE m.organization_id = auth.org() AND m.user_id = who) THEN
		RAISE EXCEPTION 'Member not found' USING ERRCODE = 'P4041';
	END IF;
	PERFORM auth.check_member(who);
	DELETE FROM public.organization_members m
	 WHERE m.organization_id = auth.org() AND m.user_id = who;
	UPDATE public.users u SET default_organization_id = (SELECT m.organization_id
	        FROM public.organization_members m WHERE m.user_id = who
	        ORDER BY m.created_at, m.organization_id LIMIT 1)
	 WHERE u.id = who AND u.default_organization_id = auth.org();
	PERFORM auth.recheck_sessions(who);
	PERFORM auth.audit('organization.member_removed', 'Member removed',
	    jsonb_build_object('userId', who));
END
$$;

-- ---- tickets: an <img> cannot send a header ----

-- Closed like sessions; subject, session and org are what the ticket's taker becomes.
CREATE UNLOGGED TABLE public.camera_tickets (
	sha256 char(64) PRIMARY KEY,
	subject uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
	session uuid,
	org uuid NOT NULL,
	expires_at timestamptz NOT NULL
);
CREATE INDEX camera_tickets_expires ON public.camera_tickets (expires_at);
CREATE INDEX camera_tickets_subject ON public.camera_tickets (subject);
CALL public.platen_lock('public.camera_tickets', 'false');

CREATE FUNCTION auth.make_camera_ticket(hash text, its_session uuid, seconds integer)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	DELETE FROM public.camera_tickets t WHERE t.expires_at <= now();
	INSERT INTO public.camera_tickets (sha256, subject, session, org, expires_at)
	    VALUES (hash, auth.principal(), its_session, auth.org(),
	        now() + make_interval(secs => seconds));
END
$$;

-- Once: the row is gone with the answer. No row: unknown, used or over.
CREATE FUNCTION auth.take_camera_ticket(hash text)
RETURNS TABLE (subject uuid, session uuid, org uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH gone AS (DELETE FROM public.camera_tickets t WHERE t.sha256 = hash
	        RETURNING t.subject, t.session, t.org, t.expires_at)
	    SELECT g.subject, g.session, g.org FROM gone g WHERE g.expires_at > now();
END
$$;
