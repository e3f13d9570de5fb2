-- SPDX-License-Identifier: Apache-2.0
-- Stamps: has anything changed for this organisation, for this user?
--
-- A worker that kept an answer asks for the stamps of its organisation and its caller and sends the
-- answer again only if both are what they were (cgi/kept). The stamp of a subject is the sum of its
-- lanes. Every write takes along one more in a lane that no other transaction holds, so writers never
-- wait for one another; the count becomes visible together with the write, so no reader sees one
-- without the other; lanes only grow, so no sum comes twice. Unlogged, as printer_live is: a crash
-- empties the table and ends every connection, and with its connection a worker forgets what it kept.
CALL public.platen_own();

CREATE UNLOGGED TABLE public.stamps (
	about uuid NOT NULL, -- an organisation or a user
	lane bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
	n bigint NOT NULL DEFAULT 1,
	PRIMARY KEY (about, lane)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

CREATE FUNCTION auth.stamp(who uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	UPDATE public.stamps s SET n = s.n + 1
	 WHERE s.about = who AND s.lane = (SELECT f.lane FROM public.stamps f WHERE f.about = who
	     ORDER BY f.lane LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
	IF NOT FOUND THEN
		INSERT INTO public.stamps (about) VALUES (who);
	END IF;
END
$$;

-- What concerns every organisation: a name that any list may show, a table emptied at once.
CREATE FUNCTION auth.stamp_all() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT auth.stamp(o.id) FROM public.organizations o
$$;

CREATE FUNCTION auth.stamp_everybody() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	PERFORM auth.stamp_all();
	RETURN NULL;
END
$$;

-- The rows a statement wrote are `written`: one stamp for each organisation among them.
CREATE FUNCTION auth.stamp_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	PERFORM auth.stamp(w.organization_id)
	   FROM (SELECT DISTINCT x.organization_id FROM written x) w;
	RETURN NULL;
END
$$;

-- Arguments: the columns that name whom the row is about, before and after.
CREATE FUNCTION auth.stamp_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	subject uuid;
BEGIN
	FOR subject IN
		SELECT DISTINCT (r.image->>c.name)::uuid
		  FROM (VALUES (to_jsonb(OLD)), (to_jsonb(NEW))) r(image), unnest(TG_ARGV) c(name)
		 WHERE r.image->>c.name IS NOT NULL
	LOOP
		PERFORM auth.stamp(subject);
	END LOOP;
	RETURN NULL;
END
$$;

-- Every table whose rows a kept list shows (tests/sql/t_stamps.sh follows the views to them).
CREATE PROCEDURE public.platen_stamped(tbl regclass)
LANGUAGE plpgsql AS $$
DECLARE
	act text;
BEGIN
	FOREACH act IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
		EXECUTE format('CREATE TRIGGER stamp_%s AFTER %s ON %s REFERENCING %s TABLE AS written '
		    'FOR EACH STATEMENT EXECUTE FUNCTION auth.stamp_written()', lower(act), act, tbl,
		    CASE act WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END);
	END LOOP;
	EXECUTE format('CREATE TRIGGER stamp_truncate AFTER TRUNCATE ON %s '
	    'FOR EACH STATEMENT EXECUTE FUNCTION auth.stamp_everybody()', tbl);
END
$$;
CALL public.platen_stamped('public.printers');
CALL public.platen_stamped('public.printer_live');
CALL public.platen_stamped('public.printer_status');
CALL public.platen_stamped('public.print_jobs');
CALL public.platen_stamped('public.files');

-- What auth.enter() decides by. A session's last use is no change.
CREATE TRIGGER stamp AFTER INSERT OR DELETE OR UPDATE OF role, is_active, default_organization_id
    ON public.users FOR EACH ROW EXECUTE FUNCTION auth.stamp_row('id');
CREATE TRIGGER stamp_name AFTER UPDATE OF username ON public.users
    FOR EACH STATEMENT EXECUTE FUNCTION auth.stamp_everybody();
CREATE TRIGGER stamp AFTER DELETE OR UPDATE OF user_id, expires_at
    ON public.sessions FOR EACH ROW EXECUTE FUNCTION auth.stamp_row('user_id');
CREATE TRIGGER stamp AFTER INSERT OR UPDATE OR DELETE
    ON public.organization_members FOR EACH ROW
    EXECUTE FUNCTION auth.stamp_row('user_id', 'organization_id');
CREATE TRIGGER stamp AFTER INSERT OR DELETE OR UPDATE OF is_active, is_default
    ON public.organizations FOR EACH ROW EXECUTE FUNCTION auth.stamp_row('id');

-- Seconds until a session ends by itself; null: there is none.
CREATE FUNCTION auth.session_left(session uuid) RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT extract(epoch FROM s.expires_at - now())::double precision
	  FROM public.sessions s WHERE s.id = session
$$;
