-- SPDX-License-Identifier: Apache-2.0
-- The monitoring queries and the clean-up of the PrintPro3D seed, letter by letter (R-264, R-265).

-- Active print jobs
SELECT COUNT(*), status FROM print_jobs
WHERE status IN ('pending', 'queued', 'printing')
GROUP BY status;

-- Printer utilization
SELECT p.name, p.current_status, COUNT(pj.id) as total_jobs
FROM printers p
LEFT JOIN print_jobs pj ON p.id = pj.printer_id
GROUP BY p.id, p.name, p.current_status;

-- Pending commands
SELECT COUNT(*) FROM printer_commands WHERE status = 'pending';

-- Keep only last 1000 status records per printer
SELECT cleanup_old_printer_status();
