-- SPDX-License-Identifier: Apache-2.0
-- Jobs that wait for a slice: they may begin when it is ready and fail with it.
CALL public.platen_own();

CREATE FUNCTION spool.slice_jobs() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
	why constant text := left('Slicing failed: ' || coalesce(nullif(NEW.error, ''), 'no reason given'),
	    2000);
	j public.print_jobs%ROWTYPE;
BEGIN
	IF NEW.status = 'ready' THEN
		UPDATE public.print_jobs SET
		    estimated_time_seconds = coalesce(NEW.estimated_time, estimated_time_seconds),
		    total_layers = coalesce((NEW.analysis->>'layers')::integer, total_layers)
		 WHERE organization_id = NEW.organization_id AND sliced_file_id = NEW.id
		   AND status IN ('pending', 'queued');
		PERFORM spool.wake_queue(NEW.organization_id);
		RETURN NULL;
	END IF;
	FOR j IN UPDATE public.print_jobs SET status = 'failed', failure_reason = why,
	        failure_category = 'Other', hold_reason = NULL, completed_at = now()
	    WHERE organization_id = NEW.organization_id AND sliced_file_id = NEW.id
	      AND status IN ('pending', 'queued')
	    RETURNING *
	LOOP
		PERFORM spool.job_event(j, 'JOB_FAILED', 'ERROR', why, NULL, now());
		PERFORM spool.emit_job(j, 'print:failed', why, now());
		PERFORM spool.tell_creator(j, 'PRINT_FAILED', 'Print failed', why);
		IF j.printer_id IS NOT NULL THEN
			PERFORM pg_notify('platen', 'job ' || j.printer_id);
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
-- Fires behind `ended`, which tells who asked for the slice: triggers go by their names.
CREATE TRIGGER ended_jobs AFTER UPDATE OF status ON public.sliced_files
    FOR EACH ROW WHEN (OLD.status = 'processing' AND NEW.status <> 'processing')
    EXECUTE FUNCTION spool.slice_jobs();
CREATE INDEX print_jobs_slice_waits ON public.print_jobs (organization_id, sliced_file_id)
    WHERE status IN ('pending', 'queued') AND sliced_file_id IS NOT NULL;
