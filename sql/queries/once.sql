-- SPDX-License-Identifier: Apache-2.0
-- Idempotency keys. The row is part of the act's own transaction: no effect without its key, no key
-- without its effect. A second request with the key waits here until the first has committed.

-- Who gets the row acts. A key that has expired is as good as new.
-- :name   once_take
-- :params key text, hash text
-- :rows   maybe
INSERT INTO idempotency_keys AS k (organization_id, user_id, key, request_sha256)
VALUES (auth.org(), coalesce(auth.principal(), auth.org()), $1::text, $2::text)
ON CONFLICT (organization_id, user_id, key) DO UPDATE
   SET request_sha256 = excluded.request_sha256, status = NULL, answer = NULL,
       created_at = now(), expires_at = now() + interval '24 hours'
 WHERE k.expires_at <= now()
RETURNING k.key;

-- :name   once_find
-- :params key text
-- :rows   maybe
SELECT request_sha256, status, answer FROM idempotency_keys
 WHERE organization_id = auth.org() AND user_id = coalesce(auth.principal(), auth.org())
   AND key = $1::text;

-- :name   once_keep
-- :params key text, status integer, answer json
-- :rows   none
UPDATE idempotency_keys SET status = $2::integer, answer = $3::json
 WHERE organization_id = auth.org() AND user_id = coalesce(auth.principal(), auth.org())
   AND key = $1::text AND answer IS NULL;

-- A refusal spends no key.
-- :name   once_drop
-- :params key text
-- :rows   none
DELETE FROM idempotency_keys
 WHERE organization_id = auth.org() AND user_id = coalesce(auth.principal(), auth.org())
   AND key = $1::text AND answer IS NULL;
