-- SPDX-License-Identifier: Apache-2.0
-- A printer as the pages show it: fleet tile and printer page. Targets of 0 are null: "off".
CREATE VIEW web_printer WITH (security_invoker = true) AS
SELECT p.id,
       p.name,
       p.brand,
       p.model,
       p.location,
       p.firmware_version AS firmware,
       p.serial_device AS device,
       CASE WHEN p.serial_device IS NOT NULL THEN p.baud_rate END AS baud,
       CASE WHEN p.max_build_volume_x IS NOT NULL
            THEN concat_ws(' × ', trim_scale(p.max_build_volume_x), trim_scale(p.max_build_volume_y),
                trim_scale(p.max_build_volume_z)) || ' mm' END AS volume,
       p.is_default AS "isDefault",
       p.plate,
       p.attention,
       coalesce(l.state, p.current_status) AS state,
       coalesce(l.connected, p.current_status <> 'offline') AS connected,
       l.hotend AS "hotend",
       nullif(l.hotend_target, 0) AS "hotendTarget",
       l.bed AS "bed",
       nullif(l.bed_target, 0) AS "bedTarget",
       CASE WHEN NOT l.needs_homing THEN l.x END AS x,
       CASE WHEN NOT l.needs_homing THEN l.y END AS y,
       CASE WHEN NOT l.needs_homing THEN l.z END AS z,
       coalesce(l.progress, j.progress_percentage) AS progress,
       l.layer,
       nullif(l.layers, 0) AS layers,
       nullif(l.elapsed_sec, -1) AS "timeElapsed",
       nullif(l.remaining_sec, -1) AS "timeRemaining",
       l.error_message AS error,
       l.error_code AS "errorCode",
       l.updated_at AS "updatedAt",
       j.id AS "job?.id",
       coalesce(f.original_name, 'Job') AS "job?.name",
       j.status AS "job?.status",
       j.hold_reason AS "job?.holdReason"
  FROM printers p
  LEFT JOIN printer_live l ON l.printer_id = p.id
  LEFT JOIN print_jobs j ON j.printer_id = p.id AND j.attempt_id IS NOT NULL
       AND j.status IN ('claimed', 'preparing', 'printing', 'paused')
  LEFT JOIN files f ON f.id = j.file_id
 WHERE p.is_active;
