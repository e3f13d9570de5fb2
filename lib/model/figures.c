/* SPDX-License-Identifier: Apache-2.0 */
#include "model/figures.h"

const struct metric figure_sockets = { "websocket_connections_active",
	"Number of active WebSocket connections", METRIC_GAUGE, NULL };
