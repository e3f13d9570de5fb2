-- SPDX-License-Identifier: Apache-2.0
-- A slice that is asked for waits as a task; its end, good or bad, is told to who asked.
CALL public.platen_own();

ALTER TABLE public.sliced_files ADD COLUMN created_by uuid;

-- `slice <id>` on the bus wakes the request that waits (slicer.sync_wait).
CREATE FUNCTION spool.slice_ended() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
	name constant text := (SELECT f.original_name FROM public.files f
	    WHERE f.organization_id = NEW.organization_id AND f.id = NEW.source_file_id);
	good constant boolean := NEW.status = 'ready';
BEGIN
	PERFORM pg_notify('platen', 'slice ' || NEW.id);
	PERFORM spool.emit('file:processed', NEW.organization_id, NEW.created_by,
	    jsonb_strip_nulls(jsonb_build_object('fileId', NEW.source_file_id, 'slicedFileId', NEW.id,
	        'operation', 'slice', 'success', good, 'error', NEW.error)));
	PERFORM spool.notify_user(NEW.created_by, NEW.organization_id,
	    CASE WHEN good THEN 'SUCCESS' ELSE 'ERROR' END::public.notification_type,
	    CASE WHEN good THEN 'Slicing finished' ELSE 'Slicing failed' END, coalesce(name, ''),
	    jsonb_build_object('fileId', NEW.source_file_id, 'slicedFileId', NEW.id));
	RETURN NULL;
END
$$;
CREATE TRIGGER ended AFTER UPDATE OF status ON public.sliced_files
    FOR EACH ROW WHEN (OLD.status = 'processing' AND NEW.status <> 'processing')
    EXECUTE FUNCTION spool.slice_ended();

-- A task that has failed for good takes its slice with it: no row says `processing` for ever.
CREATE FUNCTION spool.slice_task_failed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE public.sliced_files SET status = 'failed', error = coalesce(NEW.last_error, 'failed')
	 WHERE id = (NEW.payload->>'slicedFileId')::uuid AND status = 'processing';
	RETURN NULL;
END
$$;
CREATE TRIGGER slice_failed AFTER UPDATE OF status ON public.task_queue
    FOR EACH ROW WHEN (NEW.status = 'failed' AND NEW.queue = 'file-processing'
        AND NEW.payload->>'operation' = 'slice')
    EXECUTE FUNCTION spool.slice_task_failed();

-- Is a task with this key waiting or running? Definer: task_queue is closed to the API.
CREATE FUNCTION spool.task_waits(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT EXISTS (SELECT FROM public.task_queue t
	    WHERE t.unique_key = wanted AND t.status IN ('queued', 'running'))
$$;
