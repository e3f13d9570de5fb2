-- SPDX-License-Identifier: Apache-2.0
-- The one-time code with which the first account of an empty installation becomes ADMIN.
-- platenctl init makes it; only its hash is kept. It is void as soon as there is a user.
CALL public.platen_own();

CREATE TABLE public.setup_code (
	only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
	sha256 char(64) NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);
CALL public.platen_lock('public.setup_code', 'false');

CREATE FUNCTION auth.new_setup_code(hash text) RETURNS void
LANGUAGE sql AS $$ -- with the caller's rights: the API must not make one
	INSERT INTO public.setup_code (sha256) VALUES (hash)
	ON CONFLICT (only_one) DO UPDATE SET sha256 = excluded.sha256, created_at = now()
$$;

CREATE FUNCTION auth.setup_code_ok(hash text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, auth, pg_temp AS $$
	SELECT auth.is_empty()
	   AND EXISTS (SELECT FROM public.setup_code s WHERE s.sha256 = hash)
$$;
