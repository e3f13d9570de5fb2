-- SPDX-License-Identifier: Apache-2.0
-- Profiles, settings, files, slices, products.
CALL public.platen_own();

-- organization_id null: a default of the installation, read by everyone, written by its ADMIN.
CREATE TABLE public.print_profiles (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid,
	name varchar(100) NOT NULL,
	description text,
	layer_height double precision NOT NULL CHECK (layer_height > 0),
	infill integer NOT NULL CHECK (infill BETWEEN 0 AND 100),
	print_speed double precision NOT NULL CHECK (print_speed > 0),
	nozzle_temp double precision NOT NULL CHECK (nozzle_temp BETWEEN 0 AND 500),
	bed_temp double precision NOT NULL CHECK (bed_temp BETWEEN 0 AND 200),
	supports boolean NOT NULL DEFAULT false,
	retraction double precision NOT NULL,
	metadata jsonb NOT NULL DEFAULT '{}',
	is_default boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE NULLS NOT DISTINCT (organization_id, name)
);
CREATE UNIQUE INDEX print_profiles_default ON public.print_profiles (organization_id)
    NULLS NOT DISTINCT WHERE is_default;
CALL public.platen_touched('public.print_profiles');
CALL public.platen_lock('public.print_profiles',
    'organization_id = ANY ((SELECT auth.orgs())::uuid[])'
    ' OR (organization_id IS NULL AND (SELECT auth.orgs()) IS NOT NULL)',
    'organization_id = ANY ((SELECT auth.orgs())::uuid[])'
    ' OR (organization_id IS NULL AND current_setting(''platen.host_admin'', true) = ''on'')');

CREATE TABLE public.printer_settings (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid REFERENCES public.organizations ON DELETE CASCADE,
	key varchar(100) NOT NULL,
	value jsonb NOT NULL,
	category varchar(50) NOT NULL,
	description text,
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE NULLS NOT DISTINCT (organization_id, key)
);
CREATE INDEX printer_settings_category ON public.printer_settings (category);
CALL public.platen_touched('public.printer_settings');
CALL public.platen_lock('public.printer_settings',
    'organization_id = ANY ((SELECT auth.orgs())::uuid[])'
    ' OR (organization_id IS NULL AND (SELECT auth.orgs()) IS NOT NULL)',
    'organization_id = ANY ((SELECT auth.orgs())::uuid[])'
    ' OR (organization_id IS NULL AND current_setting(''platen.host_admin'', true) = ''on'')');

-- A default of the installation may be read by all, so the policy alone would let an
-- organisation delete it or take it over; this refuses.
CREATE FUNCTION public.platen_guard_default() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.organization_id IS NULL AND auth.orgs() IS NOT NULL
	    AND current_setting('platen.host_admin', true) IS DISTINCT FROM 'on' THEN
		RAISE EXCEPTION 'Insufficient permissions' USING ERRCODE = 'P4031';
	END IF;
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON public.print_profiles
    FOR EACH ROW EXECUTE FUNCTION public.platen_guard_default();
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON public.printer_settings
    FOR EACH ROW EXECUTE FUNCTION public.platen_guard_default();

-- analysis, idx_sha256: architecture.md §3.3; null until the worker has looked.
CREATE TABLE public.files (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
	user_id uuid NOT NULL REFERENCES public.users ON DELETE RESTRICT,
	original_name varchar(255) NOT NULL,
	file_name varchar(255) NOT NULL UNIQUE,
	file_path text NOT NULL,
	folder varchar(330) NOT NULL DEFAULT 'uploads',
	file_type public.file_type NOT NULL,
	file_size bigint NOT NULL CHECK (file_size >= 0),
	mime_type varchar(100),
	sha256 char(64),
	metadata jsonb,
	analysis jsonb,
	idx_sha256 char(64),
	thumbnail_url text,
	print_count integer NOT NULL DEFAULT 0,
	deleted_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple'::regconfig,
	    regexp_replace(original_name, '[^[:alnum:]]+', ' ', 'g'))) STORED,
	UNIQUE (organization_id, id)
);
CREATE INDEX idx_files_user_type ON public.files (user_id, file_type);
CREATE INDEX idx_files_search ON public.files
    USING gin (to_tsvector('english'::regconfig, original_name::text));
CREATE INDEX files_search_words ON public.files USING gin (search);
CREATE INDEX files_organization ON public.files (organization_id, created_at DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX files_folder ON public.files (organization_id, folder) WHERE deleted_at IS NULL;
CALL public.platen_touched('public.files');
CALL public.platen_tenant('public.files');

CREATE TABLE public.sliced_files (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL,
	source_file_id uuid NOT NULL,
	profile_id uuid NOT NULL REFERENCES public.print_profiles ON DELETE RESTRICT,
	file_path text,
	file_size bigint CHECK (file_size >= 0),
	sha256 char(64),
	settings jsonb NOT NULL DEFAULT '{}',
	status text NOT NULL DEFAULT 'processing' CHECK (status IN ('processing', 'ready', 'failed')),
	estimated_time integer,
	filament_usage double precision,
	layer_height double precision,
	metadata jsonb NOT NULL DEFAULT '{}',
	analysis jsonb,
	idx_sha256 char(64),
	error text,
	created_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (organization_id, id),
	FOREIGN KEY (organization_id, source_file_id)
	    REFERENCES public.files (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX sliced_files_source ON public.sliced_files (organization_id, source_file_id);
CREATE INDEX sliced_files_profile ON public.sliced_files (profile_id);
CREATE UNIQUE INDEX sliced_files_same ON public.sliced_files
    (source_file_id, profile_id, settings) WHERE status <> 'failed';
CALL public.platen_tenant('public.sliced_files');

-- A profile may belong to nobody (installation default), so the key cannot be composite.
CREATE FUNCTION public.platen_check_profile() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM public.print_profiles p WHERE p.id = NEW.profile_id
	    AND (p.organization_id IS NULL OR p.organization_id = NEW.organization_id)) THEN
		RAISE EXCEPTION 'Profile not found'
		    USING ERRCODE = 'P4041', HINT = 'profileId';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER profile BEFORE INSERT OR UPDATE OF profile_id, organization_id
    ON public.sliced_files FOR EACH ROW EXECUTE FUNCTION public.platen_check_profile();

CREATE TABLE public.products (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
	name varchar(255) NOT NULL,
	file_id uuid,
	gcode_file_path text,
	gcode_file_size bigint,
	estimated_print_time_sec integer,
	estimated_filament_weight numeric(10,2),
	layer_height numeric(5,3),
	total_layers integer,
	gcode_metadata jsonb,
	is_active boolean NOT NULL DEFAULT true,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (organization_id, id),
	FOREIGN KEY (organization_id, file_id)
	    REFERENCES public.files (organization_id, id) ON DELETE SET NULL (file_id)
);
CREATE INDEX products_organization ON public.products (organization_id);
CREATE INDEX products_file ON public.products (organization_id, file_id);
CALL public.platen_touched('public.products');
CALL public.platen_tenant('public.products');

-- After the key of files: keys cascade in the order of their making, and when an organisation
-- goes its slices must be gone before the profiles they restrict.
ALTER TABLE public.print_profiles ADD FOREIGN KEY (organization_id)
    REFERENCES public.organizations ON DELETE CASCADE;
