-- SPDX-License-Identifier: Apache-2.0
-- Handing jobs over to what prints them elsewhere: a remote printer's backend or its agent.

-- :name   handover_row
-- :params job_id uuid
-- :rows   maybe
SELECT * FROM p_handover WHERE job_id = $1::uuid AND "_organization_id" = auth.org();

-- Where this organisation's jobs go; null: where the configuration says.
-- :name   handover_url
-- :rows   maybe
SELECT printer_backend_url AS url FROM organizations WHERE id = auth.org();

-- The backend took it. What a person did meanwhile stays as it is.
-- :name   handover_taken
-- :params job_id uuid
-- :rows   one
UPDATE print_jobs SET claimed_by = 'printer-backend'
 WHERE id = $1::uuid AND organization_id = auth.org()
RETURNING status;

-- Unless the backend has begun all the same (its answer came too late).
-- :name   handover_failed
-- :params job_id uuid, reason text
-- :rows   many
UPDATE print_jobs SET status = 'failed', failure_reason = $2::text, failure_category = 'Backend',
    completed_at = now(), hold_reason = NULL
 WHERE id = $1::uuid AND organization_id = auth.org() AND status = 'queued'
RETURNING id;

-- A start that no agent has fetched must not be fetched any more.
-- :name   handover_withdraw
-- :params job_id uuid, why text
-- :rows   many
UPDATE printer_commands c SET status = 'failed', error_message = $2::text, completed_at = now()
 WHERE c.organization_id = auth.org() AND c.command_type = 'start_print' AND c.status = 'pending'
   AND coalesce(c.metadata->>'job_id', c.metadata->>'jobId', c.metadata->'job'->>'job_id')
       = $1::text
RETURNING pg_notify('platen', 'done ' || c.id) AS told;

-- Does anybody else know of this job: has an agent fetched its start, has the backend taken it?
-- :name   handover_known
-- :params job_id uuid
-- :rows   one
SELECT EXISTS (SELECT FROM print_jobs j WHERE j.id = $1::uuid AND j.organization_id = auth.org()
        AND (j.claimed_by = 'printer-backend'
             OR j.status IN ('claimed', 'preparing', 'printing', 'paused')))
    OR EXISTS (SELECT FROM printer_commands c
        WHERE c.organization_id = auth.org() AND c.command_type = 'start_print'
          AND c.status NOT IN ('pending', 'failed', 'timeout')
          AND coalesce(c.metadata->>'job_id', c.metadata->>'jobId',
              c.metadata->'job'->>'job_id') = $1::text) AS known;
