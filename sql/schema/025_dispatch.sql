-- SPDX-License-Identifier: Apache-2.0
-- Dispatch: a job names a printer, a group of printers, or any that fits; what it needs beyond what
-- its file says; its place in the queue (architecture.md §3.13).
CALL public.platen_own();

CREATE TABLE public.printer_groups (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
	name varchar(100) NOT NULL,
	description text,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (organization_id, id)
);
CREATE UNIQUE INDEX printer_groups_name ON public.printer_groups (organization_id, lower(name));
CALL public.platen_touched('public.printer_groups');
CALL public.platen_tenant('public.printer_groups');

CREATE TABLE public.printer_group_members (
	organization_id uuid NOT NULL,
	group_id uuid NOT NULL,
	printer_id uuid NOT NULL,
	PRIMARY KEY (group_id, printer_id),
	FOREIGN KEY (organization_id, group_id)
	    REFERENCES public.printer_groups (organization_id, id) ON DELETE CASCADE,
	FOREIGN KEY (organization_id, printer_id)
	    REFERENCES public.printers (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX printer_group_members_printer ON public.printer_group_members
    (organization_id, printer_id);
CREATE INDEX printer_group_members_group ON public.printer_group_members
    (organization_id, group_id);
CALL public.platen_tenant('public.printer_group_members');

-- What is threaded in, one entry for each tool or slot; null: nobody has said.
ALTER TABLE public.printers ADD COLUMN loaded_materials text[];

-- printer_id of a job for a group or for any printer is null until one takes it. need_*: null: what
-- the file says; '*': whichever. position orders the queue within a priority.
CREATE SEQUENCE public.queue_seq;
ALTER TABLE public.print_jobs
	ADD COLUMN target varchar(10) NOT NULL DEFAULT 'printer'
	    CHECK (target IN ('printer', 'group', 'any')),
	ADD COLUMN group_id uuid,
	ADD COLUMN need_model varchar(100),
	ADD COLUMN need_material varchar(50),
	ADD COLUMN need_nozzle numeric(5,3) CHECK (need_nozzle > 0),
	ADD COLUMN position numeric NOT NULL DEFAULT nextval('public.queue_seq'),
	ADD COLUMN held_by uuid,
	ADD CHECK (group_id IS NULL OR target = 'group'),
	ADD FOREIGN KEY (organization_id, group_id)
	    REFERENCES public.printer_groups (organization_id, id) ON DELETE SET NULL (group_id);
CREATE INDEX print_jobs_group ON public.print_jobs (organization_id, group_id)
    WHERE group_id IS NOT NULL;
CREATE INDEX print_jobs_waiting ON public.print_jobs (organization_id, priority_rank DESC, position)
    WHERE status = 'queued';

-- Why a job waits is found when somebody asks (spool.why_waits); kept is only what a person did or
-- must do.
UPDATE public.print_jobs SET hold_reason = NULL
 WHERE status IN ('pending', 'queued') AND hold_reason NOT IN ('held', 'start_expired');

-- Who comes into the queue stands last of its priority. A start that expired keeps its place; a
-- job that named no printer chooses again.
CREATE FUNCTION public.platen_join_queue() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.status <> 'claimed' THEN
		NEW.position := nextval('public.queue_seq');
	ELSIF NEW.target <> 'printer' THEN
		NEW.printer_id := NULL;
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER join_queue BEFORE UPDATE OF status ON public.print_jobs
    FOR EACH ROW WHEN (NEW.status = 'queued' AND OLD.status IS DISTINCT FROM 'queued')
    EXECUTE FUNCTION public.platen_join_queue();

-- `queue <organisation>`: the spoolers ask for the next jobs of their idle printers.
CREATE FUNCTION spool.wake_queue(org uuid) RETURNS void
LANGUAGE sql AS $$
	SELECT pg_notify('platen', 'queue ' || org)
$$;

-- A job that waited for its file's analysis may begin now.
CREATE FUNCTION public.platen_file_ready() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM spool.wake_queue(NEW.organization_id);
	RETURN NULL;
END
$$;
CREATE TRIGGER ready AFTER UPDATE OF analysis ON public.files
    FOR EACH ROW WHEN (OLD.analysis IS NULL AND NEW.analysis IS NOT NULL)
    EXECUTE FUNCTION public.platen_file_ready();
CREATE TRIGGER ready AFTER UPDATE OF analysis ON public.sliced_files
    FOR EACH ROW WHEN (OLD.analysis IS NULL AND NEW.analysis IS NOT NULL)
    EXECUTE FUNCTION public.platen_file_ready();
