-- SPDX-License-Identifier: Apache-2.0
-- A job as the pages show it: with its printer's name, its file's name and why it waits.
CREATE VIEW web_job WITH (security_invoker = true) AS
SELECT j.*, p.name AS "printerName", coalesce(f.original_name, 'Deleted file') AS name,
       w.failure_category AS "failureCategory"
  FROM l_job j
  JOIN print_jobs w ON w.id = j.id
  LEFT JOIN printers p ON p.id = j."printerId"
  LEFT JOIN files f ON f.id = j."fileId";
