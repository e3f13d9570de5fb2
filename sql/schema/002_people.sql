-- SPDX-License-Identifier: Apache-2.0
-- Organisations, users, sessions, keys, notifications, audit.
CALL public.platen_own();

CREATE TYPE public.user_role AS ENUM ('ADMIN', 'OPERATOR', 'VIEWER');
CREATE TYPE public.file_type AS ENUM ('STL', 'GCODE', 'OBJ', 'THREEMF');
CREATE TYPE public.event_type AS ENUM ('JOB_STARTED', 'JOB_PAUSED', 'JOB_RESUMED',
    'JOB_COMPLETED', 'JOB_FAILED', 'JOB_CANCELLED', 'FILAMENT_CHANGE', 'POWER_LOSS',
    'THERMAL_RUNAWAY', 'POSITION_ERROR', 'CUSTOM');
CREATE TYPE public.severity AS ENUM ('INFO', 'WARNING', 'ERROR', 'CRITICAL');
CREATE TYPE public.notification_type AS ENUM ('INFO', 'SUCCESS', 'WARNING', 'ERROR',
    'PRINT_COMPLETE', 'PRINT_FAILED', 'MAINTENANCE');

CREATE TABLE public.organizations (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name varchar(255) NOT NULL,
	slug varchar(100) UNIQUE,
	is_default boolean NOT NULL DEFAULT false,
	is_active boolean NOT NULL DEFAULT true,
	default_recipient_id varchar(255),
	printer_backend_url varchar(255),
	api_key_hash char(64) UNIQUE,
	api_key_prefix varchar(12),
	api_key_created_at timestamptz,
	api_key_last_used_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX organizations_default ON public.organizations (is_default) WHERE is_default;
CALL public.platen_touched('public.organizations');
CALL public.platen_lock('public.organizations', 'id = ANY ((SELECT auth.orgs())::uuid[])');

CREATE TABLE public.users (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	email varchar(255) NOT NULL,
	username varchar(50) NOT NULL,
	password_hash varchar(255),
	role public.user_role NOT NULL DEFAULT 'VIEWER',
	is_active boolean NOT NULL DEFAULT true,
	preferences jsonb NOT NULL DEFAULT '{}',
	default_organization_id uuid REFERENCES public.organizations ON DELETE SET NULL,
	last_login_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email ON public.users (lower(email));
CREATE UNIQUE INDEX users_username ON public.users (lower(username));
CREATE INDEX users_default_organization ON public.users (default_organization_id);
CALL public.platen_touched('public.users');

CREATE TABLE public.organization_members (
	organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
	user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
	role public.user_role,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX organization_members_user ON public.organization_members (user_id);
CALL public.platen_tenant('public.organization_members');

-- token and refresh_token are SHA-256 of the tokens, in hex.
CREATE TABLE public.sessions (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
	token char(64) NOT NULL UNIQUE,
	refresh_token char(64) NOT NULL UNIQUE,
	previous_refresh_token char(64),
	expires_at timestamptz NOT NULL,
	ip_address inet,
	user_agent text,
	created_at timestamptz NOT NULL DEFAULT now(),
	last_used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_user ON public.sessions (user_id);
CREATE INDEX sessions_expires ON public.sessions (expires_at);

CREATE TABLE public.api_keys (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
	name varchar(100) NOT NULL,
	scope varchar(20) NOT NULL CHECK (scope IN ('agent', 'octoprint', 'api')),
	role varchar(20) NOT NULL CHECK (role IN ('AGENT', 'VIEWER', 'OPERATOR', 'ADMIN')),
	user_id uuid REFERENCES public.users ON DELETE CASCADE,
	printer_id uuid,
	key_hash char(64) NOT NULL UNIQUE,
	key_prefix varchar(12) NOT NULL,
	created_by uuid,
	created_at timestamptz NOT NULL DEFAULT now(),
	last_used_at timestamptz,
	expires_at timestamptz,
	revoked_at timestamptz
);
CREATE INDEX api_keys_organization ON public.api_keys (organization_id);
CREATE INDEX api_keys_user ON public.api_keys (user_id);
CALL public.platen_tenant('public.api_keys');

-- answer is null while the first request still runs.
CREATE TABLE public.idempotency_keys (
	organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
	user_id uuid NOT NULL,
	key varchar(200) NOT NULL,
	request_sha256 char(64) NOT NULL,
	status integer,
	answer jsonb,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
	PRIMARY KEY (organization_id, user_id, key)
);
CREATE INDEX idempotency_keys_expires ON public.idempotency_keys (expires_at);
CALL public.platen_tenant('public.idempotency_keys');

CREATE TABLE public.notifications (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
	type public.notification_type NOT NULL,
	title varchar(200) NOT NULL,
	message text NOT NULL,
	is_read boolean NOT NULL DEFAULT false,
	metadata jsonb,
	created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notifications_user ON public.notifications (user_id, is_read);
CREATE INDEX notifications_created ON public.notifications (user_id, created_at DESC);
CALL public.platen_lock('public.notifications', 'user_id = (SELECT auth.principal())');

-- The audit. No foreign keys: it outlives users and organisations.
CREATE TABLE public.system_events (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	event_type varchar(100) NOT NULL,
	description text NOT NULL,
	user_id uuid,
	organization_id uuid,
	ip_address varchar(64),
	user_agent text,
	metadata jsonb,
	timestamp timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX system_events_type ON public.system_events (event_type, timestamp);
CREATE INDEX system_events_user ON public.system_events (user_id);
CREATE INDEX system_events_organization ON public.system_events (organization_id, timestamp);
CALL public.platen_tenant('public.system_events');

CREATE UNLOGGED TABLE public.rate_limits (
	key varchar(200) PRIMARY KEY,
	points integer NOT NULL,
	window_start timestamptz NOT NULL,
	expires_at timestamptz NOT NULL
);
CREATE INDEX rate_limits_expires ON public.rate_limits (expires_at);
