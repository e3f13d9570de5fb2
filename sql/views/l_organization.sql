-- SPDX-License-Identifier: Apache-2.0
-- Organisation with the role that the principal has there (contract §2.7). Of the agents' key
-- only the beginning is known.
CREATE VIEW public.l_organization WITH (security_invoker = true) AS
SELECT o.id,
    o.name,
    o.slug,
    o.is_default AS "isDefault",
    o.is_active AS "isActive",
    o.role,
    o.default_recipient_id AS "defaultRecipientId",
    o.printer_backend_url AS "printerBackendUrl",
    o.api_key_prefix AS "apiKeyPrefix",
    o.api_key_created_at AS "apiKeyCreatedAt",
    o.api_key_last_used_at AS "apiKeyLastUsedAt",
    o.created_at AS "createdAt",
    o.updated_at AS "updatedAt"
  FROM auth.visible_organizations() o;
