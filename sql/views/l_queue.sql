-- SPDX-License-Identifier: Apache-2.0
-- A job of the queue: the job, the names of what it waits for, and what the file asks for where the
-- job asks for nothing. The order is the statement's (sql/queries/queue.sql).
CREATE VIEW public.l_queue WITH (security_invoker = true) AS
SELECT l.*,
    p.name AS "printerName",
    g.name AS "groupName",
    n.material AS "needs.material",
    n.nozzle AS "needs.nozzle",
    coalesce(j.need_model, CASE WHEN n.model IS NOT NULL
        THEN f.metadata#>>'{metadata,printerModel}' END) AS "needs.model"
  FROM public.print_jobs j
  JOIN public.l_job l ON l.id = j.id
  LEFT JOIN public.printers p ON p.id = j.printer_id
  LEFT JOIN public.printer_groups g ON g.organization_id = j.organization_id AND g.id = j.group_id
  LEFT JOIN public.files f ON f.organization_id = j.organization_id
   AND f.id = coalesce(j.file_id, j.product_id)
  LEFT JOIN LATERAL spool.job_needs(j) n ON true
 WHERE j.status = 'queued';
