-- SPDX-License-Identifier: Apache-2.0
-- Keys of agents, before there is a principal.

-- :name   apikey_find
-- :params hash text
-- :rows   maybe
SELECT key_id, organization_id, scope, role, user_id, printer_id FROM auth.find_key($1::text);
