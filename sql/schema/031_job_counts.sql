-- SPDX-License-Identifier: Apache-2.0
-- print_jobs_total (contract §10.2): how often jobs have entered each state, counted where every
-- door and the spooler come by, at the end of their transaction.
CALL public.platen_own();

-- A state has as many rows as were ever counted at the same moment: each takes one that is free,
-- so that nobody waits for another's transaction.
CREATE TABLE public.job_counts (
	id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	status varchar(50) NOT NULL,
	n bigint NOT NULL
);
CREATE INDEX job_counts_status ON public.job_counts (status);

CREATE FUNCTION public.platen_count_job() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
	UPDATE public.job_counts SET n = n + 1 WHERE id = (
		SELECT c.id FROM public.job_counts c WHERE c.status = NEW.status
		 LIMIT 1 FOR UPDATE SKIP LOCKED);
	IF NOT FOUND THEN
		INSERT INTO public.job_counts (status, n) VALUES (NEW.status, 1);
	END IF;
	RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER counted AFTER INSERT ON public.print_jobs
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.platen_count_job();
CREATE CONSTRAINT TRIGGER counted_again AFTER UPDATE OF status ON public.print_jobs
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION public.platen_count_job();

-- What /metrics asks the database, for nobody in particular: sums over organisations, and the
-- temperatures of printers that are there. kind: job (a: state), task (a: queue, b: state), heat
-- (a: printer, b: component), heat of the default printer of the default organisation (a null).
CREATE FUNCTION auth.figures() RETURNS TABLE (kind text, a text, b text, value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT 'job', c.status::text, NULL::text, sum(c.n)::double precision
	  FROM public.job_counts c GROUP BY c.status
	 UNION ALL
	SELECT 'task', t.queue::text, t.status::text, count(*)::double precision
	  FROM public.task_queue t WHERE t.status IN ('queued', 'running') GROUP BY t.queue, t.status
	 UNION ALL
	SELECT 'heat', CASE WHEN NOT (p.is_default AND o.is_default) THEN p.id::text END, h.component,
	       h.degrees
	  FROM public.printer_live l
	  JOIN public.printers p ON p.id = l.printer_id AND p.is_active
	  JOIN public.organizations o ON o.id = p.organization_id,
	  LATERAL (VALUES ('hotend', l.hotend), ('bed', l.bed), ('chamber', l.chamber))
	      AS h(component, degrees)
	 WHERE l.connected AND h.degrees IS NOT NULL
	   AND l.updated_at > now() - make_interval(secs => coalesce(
	       nullif(current_setting('platen.stale_after', true), '')::integer, 30))
$$;
