-- SPDX-License-Identifier: Apache-2.0
-- The trigger of 030 prices every job; what priced them before is gone.
CALL public.platen_own();

DROP FUNCTION spool.report_cost(public.print_jobs, numeric);
DROP FUNCTION spool.material_price(uuid, text);
