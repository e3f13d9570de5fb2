-- SPDX-License-Identifier: Apache-2.0
-- What the pages read. The acts go through the same stores as the API.

-- :name   page_printers
-- :rows   many
SELECT * FROM web_printer ORDER BY name, id;

-- :name   page_printer
-- :params id uuid
-- :rows   maybe
SELECT * FROM web_printer WHERE id = $1::uuid;

-- :name   page_printer_jobs
-- :params printer uuid
-- :rows   many
SELECT * FROM web_job WHERE "printerId" = $1::uuid ORDER BY "createdAt" DESC LIMIT 5;

-- :name   page_commands
-- :params printer uuid
-- :rows   many
SELECT * FROM (
	SELECT coalesce(metadata ->> 'gcode', replace(command_type, '_', ' ')) AS text, status, result,
	       error_message AS error, created_at AS "createdAt"
	  FROM printer_commands
	 WHERE printer_id = $1::uuid
	 ORDER BY created_at DESC LIMIT 40) AS newest
ORDER BY "createdAt";

-- :name   page_jobs
-- :params limit integer, offset integer
-- :rows   many
SELECT *, (SELECT count(*) FROM print_jobs) AS _total FROM web_job
 ORDER BY "createdAt" DESC, id LIMIT $1::integer OFFSET $2::integer;

-- :name   page_job
-- :params id uuid
-- :rows   maybe
SELECT * FROM web_job WHERE id = $1::uuid;

-- :name   page_job_events
-- :params job uuid
-- :rows   many
SELECT * FROM l_event WHERE "jobId" = $1::uuid ORDER BY timestamp, id LIMIT 1000;
