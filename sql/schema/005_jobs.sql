-- SPDX-License-Identifier: Apache-2.0
-- Jobs, their attempts and their history; daily figures and reports.
CALL public.platen_own();

-- product_id has no foreign key: family P may name a file there (contract §2.5.4).
-- attempt_id: the attempt whose fence counts; it stays while a person changes the plate, so the
-- printer stays taken.
CREATE TABLE public.print_jobs (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
	user_id uuid REFERENCES public.users ON DELETE SET NULL,
	created_by uuid,
	printer_id uuid,
	product_id uuid,
	file_id uuid,
	sliced_file_id uuid,
	attempt_id uuid,
	status varchar(50) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'queued',
	    'claimed', 'preparing', 'printing', 'paused', 'completed', 'failed', 'cancelled')),
	hold_reason varchar(20) CHECK (hold_reason IN ('interrupted', 'start_expired', 'plate',
	    'next_plate', 'analyzing', 'slicing', 'offline', 'attention', 'busy', 'held', 'no_fit',
	    'filament', 'prompt', 'operator')),
	priority varchar(50) NOT NULL DEFAULT 'normal'
	    CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
	priority_rank smallint NOT NULL GENERATED ALWAYS AS (CASE priority WHEN 'urgent' THEN 3
	    WHEN 'high' THEN 2 WHEN 'normal' THEN 1 ELSE 0 END) STORED,
	plates_requested integer NOT NULL DEFAULT 1 CHECK (plates_requested BETWEEN 1 AND 1000),
	plates_completed integer NOT NULL DEFAULT 0,
	ams_configuration jsonb,
	settings jsonb NOT NULL DEFAULT '{}',
	progress_percentage numeric(5,2) NOT NULL DEFAULT 0
	    CHECK (progress_percentage BETWEEN 0 AND 100),
	current_layer integer CHECK (current_layer >= 0),
	total_layers integer CHECK (total_layers >= 0),
	queued_at timestamptz,
	started_at timestamptz,
	completed_at timestamptz,
	estimated_completion_at timestamptz,
	estimated_time_seconds integer,
	actual_time_seconds integer,
	filament_used_grams numeric(10,2),
	material_type varchar(50),
	cost numeric(10,2),
	failure_reason text,
	failure_category varchar(50) CHECK (failure_category IN ('Disconnected', 'PrinterReset',
	    'ThermalRunaway', 'HeatingFailed', 'TemperatureSensor', 'PositionError',
	    'EmergencyStop', 'ResendStorm', 'FilamentRunout', 'SpoolerRestart', 'GcodeError',
	    'Agent', 'Backend', 'Other')),
	claimed_by varchar(255),
	notes text,
	custom_fields jsonb,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (organization_id, id),
	CHECK (product_id IS NOT NULL OR file_id IS NOT NULL),
	CHECK (plates_completed BETWEEN 0 AND plates_requested),
	FOREIGN KEY (organization_id, printer_id)
	    REFERENCES public.printers (organization_id, id) ON DELETE SET NULL (printer_id),
	FOREIGN KEY (organization_id, sliced_file_id)
	    REFERENCES public.sliced_files (organization_id, id) ON DELETE SET NULL (sliced_file_id)
);
-- A job must say what it prints even after its file is gone, hence the trigger below instead of
-- a plain SET NULL: without a product the file's id moves to product_id.
ALTER TABLE public.print_jobs ADD FOREIGN KEY (organization_id, file_id)
    REFERENCES public.files (organization_id, id) ON DELETE SET NULL (file_id);
CREATE FUNCTION public.platen_keep_product() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.file_id IS NULL AND NEW.product_id IS NULL THEN
		NEW.product_id := OLD.file_id;
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER keep_product BEFORE UPDATE OF file_id ON public.print_jobs
    FOR EACH ROW EXECUTE FUNCTION public.platen_keep_product();

CREATE INDEX print_jobs_organization ON public.print_jobs (organization_id, created_at DESC, id);
CREATE INDEX print_jobs_status ON public.print_jobs (status);
CREATE INDEX print_jobs_printer ON public.print_jobs (printer_id, created_at DESC);
CREATE INDEX print_jobs_product ON public.print_jobs (product_id);
CREATE INDEX print_jobs_file ON public.print_jobs (organization_id, file_id);
CREATE INDEX print_jobs_slice ON public.print_jobs (organization_id, sliced_file_id);
CREATE INDEX print_jobs_user ON public.print_jobs (user_id);
CREATE INDEX print_jobs_started ON public.print_jobs (started_at);
CREATE INDEX print_jobs_created ON public.print_jobs (created_at DESC);
CREATE INDEX print_jobs_completed ON public.print_jobs (completed_at);
CREATE INDEX idx_print_jobs_active ON public.print_jobs (status)
    WHERE status IN ('pending', 'queued', 'claimed', 'preparing', 'printing', 'paused');
CREATE INDEX print_jobs_queue ON public.print_jobs (printer_id, priority_rank DESC, queued_at,
    created_at) WHERE status = 'queued';
-- Nothing starts twice, nothing starts on a printer that is taken.
CREATE UNIQUE INDEX print_jobs_one_active ON public.print_jobs (printer_id)
    WHERE attempt_id IS NOT NULL AND status IN ('claimed', 'preparing', 'printing', 'paused');
CALL public.platen_touched('public.print_jobs');
CALL public.platen_tenant('public.print_jobs');

-- One try to print one plate. fence: every write for the attempt names it. plate_before: the
-- plate as it was, restored when the start expires.
CREATE SEQUENCE public.fence_seq;
CREATE TABLE public.print_attempts (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL,
	job_id uuid NOT NULL,
	printer_id uuid,
	plate integer NOT NULL DEFAULT 1,
	plate_before varchar(20) NOT NULL DEFAULT 'clear',
	fence bigint NOT NULL UNIQUE DEFAULT nextval('public.fence_seq'),
	state varchar(20) NOT NULL DEFAULT 'claimed' CHECK (state IN ('claimed', 'running', 'done',
	    'failed', 'cancelled', 'expired', 'interrupted')),
	base bigint NOT NULL CHECK (base BETWEEN 10000 AND 90000000),
	planned_lines bigint NOT NULL DEFAULT 0 CHECK (planned_lines >= 0),
	last_number bigint,
	claimed_by varchar(255) NOT NULL,
	claimed_at timestamptz NOT NULL DEFAULT now(),
	first_byte_at timestamptz,
	ended_at timestamptz,
	outcome text,
	figures jsonb,
	UNIQUE (organization_id, id),
	FOREIGN KEY (organization_id, job_id)
	    REFERENCES public.print_jobs (organization_id, id) ON DELETE CASCADE,
	FOREIGN KEY (organization_id, printer_id)
	    REFERENCES public.printers (organization_id, id) ON DELETE SET NULL (printer_id)
);
CREATE INDEX print_attempts_job ON public.print_attempts (organization_id, job_id);
CREATE INDEX print_attempts_printer ON public.print_attempts (printer_id, fence DESC);
CREATE INDEX print_attempts_open ON public.print_attempts (printer_id)
    WHERE state IN ('claimed', 'running', 'interrupted');
CALL public.platen_tenant('public.print_attempts');
ALTER TABLE public.print_jobs ADD FOREIGN KEY (organization_id, attempt_id)
    REFERENCES public.print_attempts (organization_id, id) ON DELETE SET NULL (attempt_id);
CREATE INDEX print_jobs_attempt ON public.print_jobs (organization_id, attempt_id)
    WHERE attempt_id IS NOT NULL;

CREATE TABLE public.job_pause_states (
	job_id uuid PRIMARY KEY,
	organization_id uuid NOT NULL,
	x double precision,
	y double precision,
	z double precision,
	e double precision,
	feedrate double precision,
	absolute_xyz boolean,
	absolute_e boolean,
	units text,
	tool smallint,
	hotend_target double precision,
	bed_target double precision,
	chamber_target double precision,
	fan_speed double precision,
	file_offset bigint,
	line_no bigint,
	layer integer,
	reason text,
	created_at timestamptz NOT NULL DEFAULT now(),
	FOREIGN KEY (organization_id, job_id)
	    REFERENCES public.print_jobs (organization_id, id) ON DELETE CASCADE
);
CALL public.platen_tenant('public.job_pause_states');

CREATE TABLE public.temperature_logs (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL,
	job_id uuid NOT NULL,
	hotend_temp double precision NOT NULL,
	hotend_target double precision NOT NULL,
	bed_temp double precision NOT NULL,
	bed_target double precision NOT NULL,
	chamber_temp double precision,
	timestamp timestamptz NOT NULL DEFAULT now(),
	FOREIGN KEY (organization_id, job_id)
	    REFERENCES public.print_jobs (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX temperature_logs_job ON public.temperature_logs (job_id, timestamp);
CREATE INDEX idx_temperature_recent ON public.temperature_logs (timestamp DESC);
CALL public.platen_tenant('public.temperature_logs');

CREATE TABLE public.print_events (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL,
	job_id uuid NOT NULL,
	event_type public.event_type NOT NULL,
	message text NOT NULL,
	severity public.severity NOT NULL DEFAULT 'INFO',
	metadata jsonb,
	timestamp timestamptz NOT NULL DEFAULT clock_timestamp(),
	FOREIGN KEY (organization_id, job_id)
	    REFERENCES public.print_jobs (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX print_events_job ON public.print_events (job_id, timestamp);
CALL public.platen_tenant('public.print_events');

CREATE TABLE public.timelapses (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL,
	job_id uuid NOT NULL UNIQUE,
	video_path text NOT NULL,
	frame_count integer NOT NULL,
	duration integer NOT NULL,
	file_size bigint NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	FOREIGN KEY (organization_id, job_id)
	    REFERENCES public.print_jobs (organization_id, id) ON DELETE CASCADE
);
CALL public.platen_tenant('public.timelapses');

CREATE TABLE public.analytics_daily (
	organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
	day date NOT NULL,
	completed integer NOT NULL DEFAULT 0,
	failed integer NOT NULL DEFAULT 0,
	cancelled integer NOT NULL DEFAULT 0,
	total_time_seconds bigint NOT NULL DEFAULT 0,
	completed_time_seconds bigint NOT NULL DEFAULT 0,
	filament_grams numeric(14,2) NOT NULL DEFAULT 0,
	cost numeric(14,2) NOT NULL DEFAULT 0,
	PRIMARY KEY (organization_id, day)
);
CALL public.platen_tenant('public.analytics_daily');

CREATE TABLE public.reports (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
	period_from timestamptz NOT NULL,
	period_to timestamptz NOT NULL,
	content jsonb NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (organization_id, period_from, period_to)
);
CALL public.platen_tenant('public.reports');
