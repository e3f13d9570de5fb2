-- SPDX-License-Identifier: Apache-2.0
-- Commands of a spooler that died are told from those of the living one by their ids: times of two
-- clocks and of two connections cannot tell them apart within a few milliseconds.
CALL public.platen_own();

DROP FUNCTION spool.take_lost(uuid, double precision);

-- What a dead spooler took; `known`: what the living one did. Wishes are given once more, they have
-- the same effect twice; of the rest nobody knows how far the printer came.
CREATE FUNCTION spool.take_lost(printer uuid, known uuid[])
RETURNS TABLE (id uuid, command_type text, metadata jsonb, created_by uuid, priority smallint,
    timeout_at timestamptz, created_at timestamptz)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	late uuid;
BEGIN
	FOR late IN UPDATE public.printer_commands c SET status = 'failed', completed_at = now(),
	        error_message = coalesce(c.error_message, 'The spooler ended before the answer came')
	    WHERE c.printer_id = printer AND c.recipient_id = 'spooler' AND c.id <> ALL (known)
	      AND c.status IN ('sent', 'executing') AND c.command_type NOT IN ('pause_print',
	          'resume_print', 'cancel_print', 'camera_on', 'camera_off')
	    RETURNING c.id
	LOOP
		PERFORM pg_notify('platen', 'done ' || late);
	END LOOP;
	RETURN QUERY SELECT c.id, c.command_type::text, c.metadata, c.created_by, c.priority,
	        c.timeout_at, c.created_at
	    FROM public.printer_commands c
	   WHERE c.printer_id = printer AND c.recipient_id = 'spooler' AND c.id <> ALL (known)
	     AND c.status IN ('sent', 'executing') AND c.command_type IN ('pause_print',
	         'resume_print', 'cancel_print')
	   ORDER BY c.priority DESC, c.created_at, c.id;
END
$$;
