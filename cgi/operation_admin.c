/* SPDX-License-Identifier: Apache-2.0 */
/* Family L beyond the seed: administration, reports, the document itself. */
#include "cgi/operation.h"

#define FIGURES "totalPrints: int, completed: int, failed: int, cancelled: int, successRate: real, " \
	"totalTime: real, averagePrintTime: real, materialUsed: real, cost: real"

#define OP(m, path, answers, summary) { METHOD_##m, path, answers, summary, NULL, NULL }

const struct operation l_admin_operations[] = {
	OP(GET, "/metrics", "200 text/plain",
	    "Figures for Prometheus, on the listener for metrics alone"),
	OP(GET, "/api/openapi.json", "200 bare map", "This document"),
	OP(GET, "/api/openapi.yaml", "200 application/yaml", "This document as YAML"),

	OP(GET, "/api/analytics/dashboard", "200 {totalPrints: int, successRate: real, totalTime: real, "
	    "materialUsed: real, averagePrintTime: real, trends: [{date: date, prints: int, "
	    "completed: int, failed: int, cancelled: int, totalTime: real, materialUsed: real}]}",
	    "Sums up what was printed, with the last thirty days one by one"),
	OP(GET, "/api/analytics/statistics", "200 {statistics: [{period: text, from: time, to: time, "
	    FIGURES "}]}", "Counts finished prints by day, week or month"),
	OP(GET, "/api/analytics/materials",
	    "200 {materials: [{type: text, usage: real, cost: real}]}",
	    "Sums up material and its cost by type"),
	OP(GET, "/api/analytics/failures",
	    "200 {failures: [{reason: text, count: int, percentage: real}]}",
	    "Counts failures by their reason"),
	OP(POST, "/api/analytics/predict", "200 {estimatedTime: real?, filamentUsage: real?, "
	    "successProbability: real, basis: {estimate: text, correction: real, correctionLevel: "
	    "text?, correctionSamples: int, probabilityLevel: text?, finishedJobs: int}}; 404",
	    "Predicts time, material and the odds of a print"),
	{ .path = NULL },
};
