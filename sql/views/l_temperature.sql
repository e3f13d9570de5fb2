-- SPDX-License-Identifier: Apache-2.0
-- TemperatureLog (contract §2.6.1).
CREATE VIEW public.l_temperature WITH (security_invoker = true) AS
SELECT t.id,
    t.job_id AS "jobId",
    t.hotend_temp AS "hotendTemp",
    t.hotend_target AS "hotendTarget",
    t.bed_temp AS "bedTemp",
    t.bed_target AS "bedTarget",
    t.chamber_temp AS "chamberTemp",
    t.timestamp,
    t.organization_id AS "_organization_id"
  FROM public.temperature_logs t;
