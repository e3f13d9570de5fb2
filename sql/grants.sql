-- SPDX-License-Identifier: Apache-2.0
-- Who may do what; applied after the migrations and views, every time. What workers kept has the
-- shape of the old views.
--
-- platen_service (daemons): everything. platen_api (FastCGI workers): tenant tables under row
-- security; users, sessions, rate_limits, task_queue, live_events and the spooler's cursors
-- only through functions.
CALL public.platen_own();

DO $$
DECLARE
	it record;
	closed constant text[] := ARRAY['users', 'sessions', 'rate_limits', 'task_queue',
	    'task_schedules', 'live_events', 'spool_cursors', 'schema_migrations', 'setup_code',
	    'job_counts',
	    'camera_tickets'];
	api_spool constant text[] := ARRAY['claim', 'check_printer', 'misfit', 'next_base',
	    'job_source', 'add_task', 'emit', 'alert', 'notify_user', 'iso', 'job_event', 'emit_job',
	    'tell_creator', 'coarse_state', 'task_waits', 'report_live',
	    'plain', 'wants', 'exceeds', 'job_needs', 'unfit',
	    'has_loaded', 'standing', 'candidates', 'and_more', 'missing_words', 'ago',
	    'why_no_printer', 'why_waits', 'claim_next', 'claim_any', 'move_job', 'wake_queue'];
BEGIN
	IF NOT public.platen_has_roles() THEN
		RETURN;
	END IF;
	GRANT USAGE ON SCHEMA public, auth, spool TO platen_api, platen_service;
	GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO platen_service;
	GRANT TRUNCATE ON public.printer_live, public.live_events TO platen_service;
	GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO platen_service;
	GRANT USAGE, SELECT ON SEQUENCE public.fence_seq, public.queue_seq TO platen_api;
	FOR it IN SELECT c.oid::regclass AS name, c.relname, c.relkind, c.relrowsecurity
	            FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
	             AND c.relkind IN ('r', 'p', 'v')
	LOOP
		EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, platen_api', it.name);
		CONTINUE WHEN it.relname = ANY (closed);
		IF it.relrowsecurity AND it.relname <> 'system_events' THEN
			EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO platen_api', it.name);
		ELSE -- views, life_cycle; the audit is written by auth.audit() alone
			EXECUTE format('GRANT SELECT ON %s TO platen_api', it.name);
		END IF;
	END LOOP;
	REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA public, auth, spool FROM PUBLIC;
	GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public, auth, spool TO platen_service;
	GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public, auth TO platen_api;
	REVOKE EXECUTE ON FUNCTION auth.new_setup_code(text) FROM platen_api;
	FOR it IN SELECT p.oid::regprocedure AS name FROM pg_proc p
	           WHERE p.pronamespace = 'spool'::regnamespace AND p.proname = ANY (api_spool)
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO platen_api', it.name);
	END LOOP;
END
$$;
SELECT auth.stamp_all();
