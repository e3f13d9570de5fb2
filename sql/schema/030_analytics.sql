-- SPDX-License-Identifier: Apache-2.0
-- What analytics and prediction read: figures that every door leaves behind in the same way, and
-- indexes that answer from a range of time without touching the table.
CALL public.platen_own();
DO $$ BEGIN PERFORM set_config('platen.service', 'on', true); END $$;

-- A number inside a setting: the organisation's own row, else the installation's. What is not a
-- number counts as not set: a setting is a person's text and must not stop a job's end.
CREATE FUNCTION public.platen_setting_number(org uuid, name text, VARIADIC path text[])
RETURNS numeric
LANGUAGE sql STABLE AS $$
	SELECT (s.value #>> path)::numeric FROM public.printer_settings s
	 WHERE s.key = name AND (s.organization_id = org OR s.organization_id IS NULL)
	   AND jsonb_typeof(s.value #> path) = 'number'
	 ORDER BY s.organization_id NULLS LAST LIMIT 1
$$;

CREATE OR REPLACE FUNCTION spool.material_price(org uuid, material text) RETURNS numeric
LANGUAGE sql STABLE AS $$
	SELECT public.platen_setting_number(org, 'materials', material, 'pricePerKg')
$$;

-- Money of one job (design.md §11): material by weight, energy and machine by the hour; null
-- when no rate is known for anything it used. 0 g counts as absent.
CREATE FUNCTION public.platen_job_cost(org uuid, material text, grams numeric, seconds numeric)
RETURNS numeric
LANGUAGE sql STABLE AS $$
	SELECT round(sum(part), 2) FROM (VALUES
	    (nullif(grams, 0) / 1000
	        * public.platen_setting_number(org, 'materials', material, 'pricePerKg')),
	    (seconds / 3600 * public.platen_setting_number(org, 'energy', 'watts') / 1000
	        * public.platen_setting_number(org, 'energy', 'pricePerKwh')),
	    (seconds / 3600 * public.platen_setting_number(org, 'machine', 'pricePerHour'))) v(part)
$$;

-- The profile a job was made with, whether it prints a slice or waits for one.
ALTER TABLE public.print_jobs ADD COLUMN profile_id uuid;
CREATE FUNCTION public.platen_job_profile(slice uuid, settings jsonb) RETURNS uuid
LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT s.profile_id FROM public.sliced_files s WHERE s.id = slice),
	    CASE WHEN settings->>'profileId' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
	        THEN (settings->>'profileId')::uuid END)
$$;

CREATE FUNCTION public.platen_job_figures() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
	fresh constant boolean := TG_OP = 'INSERT';
	used boolean := fresh;
BEGIN
	IF fresh OR NEW.sliced_file_id IS DISTINCT FROM OLD.sliced_file_id
	    OR NEW.settings IS DISTINCT FROM OLD.settings THEN
		-- A slice that is cleared away takes nothing from the job's history.
		NEW.profile_id := coalesce(public.platen_job_profile(NEW.sliced_file_id, NEW.settings),
		    NEW.profile_id);
	END IF;
	IF NEW.status IN ('completed', 'failed', 'cancelled') THEN
		NEW.completed_at := coalesce(NEW.completed_at, now());
	END IF;
	IF NOT fresh THEN
		used := (NEW.filament_used_grams IS DISTINCT FROM OLD.filament_used_grams
		    OR NEW.actual_time_seconds IS DISTINCT FROM OLD.actual_time_seconds)
		    AND NEW.cost IS NOT DISTINCT FROM OLD.cost;
		IF used AND NEW.material_type IS NULL THEN
			SELECT left(coalesce(s.metadata->'metadata'->>'filamentType',
			    s.metadata->>'filamentType'), 50) INTO NEW.material_type
			  FROM spool.job_source(NEW.id) s;
		END IF;
	END IF;
	IF used AND (NEW.cost IS NULL OR NOT fresh) THEN
		NEW.cost := coalesce(public.platen_job_cost(NEW.organization_id, NEW.material_type,
		    NEW.filament_used_grams, NEW.actual_time_seconds), NEW.cost);
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER figures BEFORE INSERT OR UPDATE OF status, sliced_file_id, settings,
    filament_used_grams, actual_time_seconds ON public.print_jobs
    FOR EACH ROW EXECUTE FUNCTION public.platen_job_figures();

-- As before, without the price: the trigger sets it wherever the figures come from.
CREATE OR REPLACE FUNCTION spool.book_usage(j public.print_jobs, data jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	src record;
	grams numeric;
BEGIN
	SELECT * INTO src FROM spool.job_source(j.id);
	grams := round((src.filament_grams * coalesce((data->>'filamentFraction')::double precision,
	    j.progress_percentage / 100))::numeric, 2);
	UPDATE public.print_jobs SET
	    actual_time_seconds = coalesce(actual_time_seconds, 0)
	        + coalesce(round((data->>'elapsed')::numeric)::integer, 0),
	    filament_used_grams = CASE WHEN grams IS NULL THEN filament_used_grams
	        ELSE coalesce(filament_used_grams, 0) + grams END
	 WHERE id = j.id;
END
$$;

UPDATE public.print_jobs SET completed_at = coalesce(completed_at, updated_at),
    profile_id = public.platen_job_profile(sliced_file_id, settings)
 WHERE (completed_at IS NULL AND status IN ('completed', 'failed', 'cancelled'))
    OR sliced_file_id IS NOT NULL OR settings ? 'profileId';

CREATE INDEX print_jobs_finished ON public.print_jobs (organization_id, completed_at)
    INCLUDE (status, actual_time_seconds, filament_used_grams, cost, material_type)
    WHERE status IN ('completed', 'failed', 'cancelled');
CREATE INDEX print_jobs_failed ON public.print_jobs
    (organization_id, failure_category, completed_at) WHERE status = 'failed';
-- The newest jobs whose estimate can be compared with what it took.
CREATE INDEX print_jobs_timed ON public.print_jobs (organization_id, completed_at DESC)
    INCLUDE (actual_time_seconds, estimated_time_seconds, plates_completed)
    WHERE status = 'completed' AND actual_time_seconds > 0 AND estimated_time_seconds > 0;
CREATE INDEX print_jobs_timed_profile ON public.print_jobs
    (organization_id, profile_id, completed_at DESC)
    INCLUDE (actual_time_seconds, estimated_time_seconds, plates_completed)
    WHERE status = 'completed' AND actual_time_seconds > 0 AND estimated_time_seconds > 0
      AND profile_id IS NOT NULL;
CREATE INDEX print_jobs_profile ON public.print_jobs (organization_id, profile_id, status)
    WHERE profile_id IS NOT NULL;
DROP INDEX public.print_jobs_file;
CREATE INDEX print_jobs_file ON public.print_jobs (organization_id, file_id, status);
