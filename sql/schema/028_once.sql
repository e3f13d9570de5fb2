-- SPDX-License-Identifier: Apache-2.0
-- Idempotency keys keep the answer byte for byte, so that a repeated request reads what the first
-- one read.
CALL public.platen_own();

ALTER TABLE public.idempotency_keys ALTER COLUMN answer TYPE json USING answer::json;
