/* SPDX-License-Identifier: Apache-2.0 */
/* figures - what the spooler adds to /metrics: totals over the printers of this host. A bay counts
 * since its start; what it counted since the last look is added to the shared table, which
 * outlives the spooler. */
#include "base/metrics.h"
#include "spooler/shell.h"

static const struct metric lines = { "platen_serial_lines_total",
	"Lines sent to printers", METRIC_COUNTER, NULL };
static const struct metric resends = { "platen_serial_resends_total",
	"Lines printers asked for again", METRIC_COUNTER, NULL };
static const struct metric probes = { "platen_serial_probes_total",
	"Times a printer was asked how far it is", METRIC_COUNTER, NULL };
static const struct metric connected = { "platen_printers_connected",
	"Printers of this host that are connected", METRIC_GAUGE, NULL };

static void add(const struct metric *m, uint64_t now, uint64_t *told)
{
	if (now > *told)
		metrics_add(m, NULL, (double)(now - *told));
	*told = now;
}

void figures_add(struct spooler *sp)
{
	int64_t n = 0;

	for (struct unit *u = sp->units; u != NULL; u = u->next) {
		struct bay_total t = bay_total(u->bay);

		add(&lines, t.lines, &u->told.lines);
		add(&resends, t.resends, &u->told.resends);
		add(&probes, t.probes, &u->told.probes);
		n += t.connected;
	}
	metrics_set(&connected, NULL, (double)n);
}
