-- SPDX-License-Identifier: Apache-2.0
-- Printers, what they report, what they are told.
CALL public.platen_own();

-- access_code, mqtt_password, camera_credentials are sealed (AES-256-GCM) by the programs.
-- plate, attention: design.md §4 "Terms". host: the spooler's host; null: whichever there is.
CREATE TABLE public.printers (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
	name varchar(255) NOT NULL,
	brand varchar(100),
	model varchar(100),
	serial_number varchar(100),
	connection_type varchar(50) NOT NULL DEFAULT 'network'
	    CHECK (connection_type IN ('network', 'usb', 'cloud', 'mqtt')),
	ip_address varchar(50),
	access_code bytea,
	mqtt_broker varchar(255),
	mqtt_username varchar(100),
	mqtt_password bytea,
	num_ams_units integer NOT NULL DEFAULT 0 CHECK (num_ams_units BETWEEN 0 AND 16),
	max_build_volume_x numeric(10,2) CHECK (max_build_volume_x > 0),
	max_build_volume_y numeric(10,2) CHECK (max_build_volume_y > 0),
	max_build_volume_z numeric(10,2) CHECK (max_build_volume_z > 0),
	max_nozzle_temp integer,
	max_bed_temp integer,
	supported_materials text[],
	current_status varchar(50) NOT NULL DEFAULT 'offline',
	current_job_id uuid,
	default_nozzle_size numeric(5,3) NOT NULL DEFAULT 0.4,
	firmware_version varchar(50),
	location varchar(255),
	notes text,
	custom_fields jsonb,
	is_active boolean NOT NULL DEFAULT true,
	last_seen_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	created_by uuid,
	recipient_id varchar(255),
	serial_device varchar(255),
	baud_rate integer NOT NULL DEFAULT 115200 CHECK (baud_rate BETWEEN 2400 AND 2000000),
	camera_url text,
	camera_credentials bytea,
	camera_settings jsonb,
	scripts jsonb,
	is_default boolean NOT NULL DEFAULT false,
	plate varchar(20) NOT NULL DEFAULT 'clear' CHECK (plate IN ('clear', 'occupied')),
	attention varchar(20) CHECK (attention IN ('thermal', 'reset', 'interrupted',
	    'resend_storm', 'silent', 'firmware')),
	host varchar(255),
	UNIQUE (organization_id, id)
);
CREATE INDEX printers_organization ON public.printers (organization_id, name, id);
CREATE INDEX printers_status ON public.printers (current_status);
CREATE INDEX printers_ip ON public.printers (ip_address);
CREATE INDEX printers_active ON public.printers (is_active);
CREATE UNIQUE INDEX printers_default ON public.printers (organization_id)
    WHERE is_default AND is_active;
CREATE UNIQUE INDEX printers_serial_device ON public.printers (serial_device)
    WHERE is_active AND serial_device IS NOT NULL;
CALL public.platen_touched('public.printers');
CALL public.platen_tenant('public.printers');

ALTER TABLE public.api_keys ADD FOREIGN KEY (organization_id, printer_id)
    REFERENCES public.printers (organization_id, id) ON DELETE CASCADE;

CREATE TABLE public.printer_status (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL,
	printer_id uuid NOT NULL,
	status varchar(50) NOT NULL,
	current_job_id uuid,
	progress_percentage numeric(5,2),
	current_layer integer,
	total_layers integer,
	time_elapsed_seconds integer,
	time_remaining_seconds integer,
	nozzle_temp_current numeric(5,2),
	nozzle_temp_target numeric(5,2),
	bed_temp_current numeric(5,2),
	bed_temp_target numeric(5,2),
	chamber_temp_current numeric(5,2),
	print_speed_percentage integer,
	flow_rate_percentage integer,
	part_cooling_fan_speed integer,
	aux_fan_speed integer,
	chamber_fan_speed integer,
	error_code varchar(50),
	error_message text,
	is_online boolean NOT NULL DEFAULT true,
	last_update_timestamp timestamptz NOT NULL DEFAULT now(),
	raw_status_data jsonb,
	created_at timestamptz NOT NULL DEFAULT now(),
	FOREIGN KEY (organization_id, printer_id)
	    REFERENCES public.printers (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX printer_status_printer ON public.printer_status (printer_id, created_at DESC,
    id DESC);
CREATE INDEX printer_status_organization ON public.printer_status (organization_id);
CREATE INDEX printer_status_updated ON public.printer_status (last_update_timestamp);
CREATE INDEX printer_status_online ON public.printer_status (is_online);
CREATE INDEX printer_status_created ON public.printer_status (created_at DESC);
CALL public.platen_tenant('public.printer_status');

-- Newest report of each local printer. Unlogged: after a crash the spooler writes all rows
-- again; seq comes from a logged sequence so that readers' cursors never run backwards.
CREATE SEQUENCE public.live_seq;
CREATE UNLOGGED TABLE public.printer_live (
	printer_id uuid PRIMARY KEY,
	organization_id uuid NOT NULL,
	seq bigint NOT NULL,
	state text NOT NULL,
	connected boolean NOT NULL DEFAULT false,
	needs_homing boolean NOT NULL DEFAULT true,
	hotend double precision,
	hotend_target double precision,
	bed double precision,
	bed_target double precision,
	chamber double precision,
	chamber_target double precision,
	x double precision,
	y double precision,
	z double precision,
	e double precision,
	job_id uuid,
	attempt_id uuid,
	line bigint,
	planned_lines bigint,
	progress double precision,
	layer integer,
	layers integer,
	elapsed_sec bigint,
	remaining_sec bigint,
	speed_percent integer,
	flow_percent integer,
	fan_percent integer,
	error_code text,
	error_message text,
	firmware text,
	display text,
	counters jsonb,
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX printer_live_seq ON public.printer_live (seq);
CREATE INDEX printer_live_organization ON public.printer_live (organization_id);
CALL public.platen_tenant('public.printer_live');

-- How far each printer's journal has been taken over, and how many status rows it has written.
CREATE TABLE public.spool_cursors (
	printer_id uuid PRIMARY KEY REFERENCES public.printers ON DELETE CASCADE,
	last_seq bigint NOT NULL DEFAULT 0,
	status_rows bigint NOT NULL DEFAULT 0
);

CREATE TABLE public.printer_commands (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL,
	printer_id uuid NOT NULL,
	recipient_id varchar(255) NOT NULL,
	printer_ip_address varchar(50),
	command_type varchar(50) NOT NULL CHECK (command_type IN ('start_print', 'pause_print',
	    'resume_print', 'stop_print', 'cancel_print', 'set_bed_temp', 'set_nozzle_temp',
	    'set_chamber_temp', 'home_all', 'home_x', 'home_y', 'home_z', 'set_fan_speed',
	    'set_print_speed', 'set_flow_rate', 'camera_on', 'camera_off', 'light_on', 'light_off',
	    'load_filament', 'unload_filament', 'custom_gcode', 'jog', 'extrude', 'retract',
	    'calibrate_bed', 'calibrate_z_offset', 'emergency_stop', 'home_axes',
	    'set_temperatures')),
	metadata jsonb,
	status varchar(50) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent',
	    'executing', 'completed', 'failed', 'timeout')),
	priority smallint NOT NULL DEFAULT 0,
	result text,
	error_message text,
	sent_at timestamptz,
	completed_at timestamptz,
	timeout_at timestamptz DEFAULT now() + interval '5 minutes',
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	created_by uuid,
	FOREIGN KEY (organization_id, printer_id)
	    REFERENCES public.printers (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX printer_commands_printer ON public.printer_commands (printer_id);
CREATE INDEX printer_commands_organization ON public.printer_commands
    (organization_id, created_at DESC);
CREATE INDEX printer_commands_recipient ON public.printer_commands (recipient_id);
CREATE INDEX printer_commands_status ON public.printer_commands (status);
CREATE INDEX printer_commands_created ON public.printer_commands (created_at);
CREATE INDEX printer_commands_pending ON public.printer_commands (recipient_id, created_at)
    WHERE status = 'pending';
CREATE INDEX printer_commands_waiting ON public.printer_commands (printer_id, priority DESC,
    created_at) WHERE status = 'pending';
CREATE INDEX printer_commands_open ON public.printer_commands (timeout_at)
    WHERE status IN ('pending', 'sent', 'executing');
CALL public.platen_touched('public.printer_commands');
CALL public.platen_tenant('public.printer_commands');

CREATE TABLE public.recordings (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL,
	printer_id uuid,
	started_by uuid,
	quality text NOT NULL DEFAULT 'medium' CHECK (quality IN ('low', 'medium', 'high')),
	video_path text,
	duration integer,
	file_size bigint,
	started_at timestamptz NOT NULL DEFAULT now(),
	stopped_at timestamptz,
	status text NOT NULL DEFAULT 'recording' CHECK (status IN ('recording', 'stopping',
	    'ready', 'failed')),
	FOREIGN KEY (organization_id) REFERENCES public.organizations ON DELETE CASCADE,
	FOREIGN KEY (organization_id, printer_id)
	    REFERENCES public.printers (organization_id, id) ON DELETE SET NULL (printer_id)
);
CREATE INDEX recordings_printer ON public.recordings (organization_id, printer_id);
CREATE UNIQUE INDEX recordings_running ON public.recordings (printer_id)
    WHERE status = 'recording';
CALL public.platen_tenant('public.recordings');
