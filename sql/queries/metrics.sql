-- SPDX-License-Identifier: Apache-2.0
-- Figures of /metrics that the database keeps.

-- :name   metrics_figures
-- :rows   many
SELECT kind, a, b, value FROM auth.figures() ORDER BY kind, a NULLS FIRST, b;
