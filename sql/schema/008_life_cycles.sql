-- SPDX-License-Identifier: Apache-2.0
-- Life cycles of jobs, commands and tasks. lib/model holds the same rows; a test compares them.
-- The triggers refuse every move that is not here.
CALL public.platen_own();

CREATE TABLE public.life_cycle (
	kind text NOT NULL,
	from_state text NOT NULL,
	event text NOT NULL,
	to_state text NOT NULL,
	PRIMARY KEY (kind, from_state, event)
);
CREATE INDEX life_cycle_move ON public.life_cycle (kind, from_state, to_state);

INSERT INTO public.life_cycle (kind, from_state, event, to_state) VALUES
('job', 'pending', 'send', 'queued'),
('job', 'pending', 'claim', 'claimed'),
('job', 'pending', 'prepare', 'preparing'),
('job', 'pending', 'print', 'printing'),
('job', 'pending', 'fail', 'failed'),
('job', 'pending', 'cancel', 'cancelled'),
('job', 'queued', 'claim', 'claimed'),
('job', 'queued', 'prepare', 'preparing'),
('job', 'queued', 'print', 'printing'),
('job', 'queued', 'fail', 'failed'),
('job', 'queued', 'cancel', 'cancelled'),
('job', 'claimed', 'expire', 'queued'),
('job', 'claimed', 'prepare', 'preparing'),
('job', 'claimed', 'print', 'printing'),
('job', 'claimed', 'fail', 'failed'),
('job', 'claimed', 'cancel', 'cancelled'),
('job', 'preparing', 'print', 'printing'),
('job', 'preparing', 'pause', 'paused'),
('job', 'preparing', 'interrupt', 'paused'),
('job', 'preparing', 'fail', 'failed'),
('job', 'preparing', 'cancel', 'cancelled'),
('job', 'printing', 'pause', 'paused'),
('job', 'printing', 'interrupt', 'paused'),
('job', 'printing', 'plate', 'paused'),
('job', 'printing', 'complete', 'completed'),
('job', 'printing', 'fail', 'failed'),
('job', 'printing', 'cancel', 'cancelled'),
('job', 'paused', 'print', 'printing'),
('job', 'paused', 'claim', 'claimed'),
('job', 'paused', 'interrupt', 'paused'),
('job', 'paused', 'complete', 'completed'),
('job', 'paused', 'fail', 'failed'),
('job', 'paused', 'cancel', 'cancelled'),
('job', 'failed', 'send', 'queued'),
('command', 'pending', 'send', 'sent'),
('command', 'pending', 'execute', 'executing'),
('command', 'pending', 'complete', 'completed'),
('command', 'pending', 'fail', 'failed'),
('command', 'pending', 'expire', 'timeout'),
('command', 'sent', 'execute', 'executing'),
('command', 'sent', 'complete', 'completed'),
('command', 'sent', 'fail', 'failed'),
('command', 'sent', 'expire', 'timeout'),
('command', 'executing', 'complete', 'completed'),
('command', 'executing', 'fail', 'failed'),
('command', 'executing', 'expire', 'timeout'),
('task', 'queued', 'start', 'running'),
('task', 'queued', 'drop', 'failed'),
('task', 'running', 'finish', 'done'),
('task', 'running', 'fail', 'failed'),
('task', 'running', 'retry', 'queued'),
('task', 'running', 'lose', 'queued'),
('task', 'failed', 'again', 'queued');

CREATE FUNCTION public.platen_life_cycle() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM public.life_cycle c WHERE c.kind = TG_ARGV[0]
	    AND c.from_state = OLD.status AND c.to_state = NEW.status) THEN
		RAISE EXCEPTION 'Cannot change % status from % to %', TG_ARGV[0], OLD.status,
		    NEW.status USING ERRCODE = 'P4091';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER life_cycle BEFORE UPDATE OF status ON public.print_jobs
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION public.platen_life_cycle('job');
CREATE TRIGGER life_cycle BEFORE UPDATE OF status ON public.printer_commands
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION public.platen_life_cycle('command');
CREATE TRIGGER life_cycle BEFORE UPDATE OF status ON public.task_queue
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION public.platen_life_cycle('task');

-- printer_status keeps the newest 1000 rows of each printer (contract §3.4); each 100th row
-- trims its printer, so that the table is bounded between the daily runs.
CREATE FUNCTION public.cleanup_old_printer_status(keep integer DEFAULT 1000) RETURNS void
LANGUAGE sql AS $$
	DELETE FROM public.printer_status s USING (
		SELECT id, row_number() OVER (PARTITION BY printer_id
		    ORDER BY created_at DESC, id DESC) AS age
		  FROM public.printer_status
	) old WHERE s.id = old.id AND old.age > keep
$$;

CREATE FUNCTION public.platen_trim_status() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
	written bigint;
BEGIN
	INSERT INTO public.spool_cursors AS c (printer_id, status_rows) VALUES (NEW.printer_id, 1)
	    ON CONFLICT (printer_id) DO UPDATE SET status_rows = c.status_rows + 1
	    RETURNING status_rows INTO written;
	IF written % 100 = 0 THEN
		DELETE FROM public.printer_status WHERE id IN (
			SELECT id FROM public.printer_status WHERE printer_id = NEW.printer_id
			 ORDER BY created_at DESC, id DESC OFFSET 1000);
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER trim AFTER INSERT ON public.printer_status
    FOR EACH ROW EXECUTE FUNCTION public.platen_trim_status();
