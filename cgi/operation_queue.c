/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: the queue and the groups of printers that jobs may name. */
#include "cgi/operation.h"

#define OP(m, path, answers, summary) { METHOD_##m, path, answers, summary, NULL, NULL }

const struct operation l_queue_operations[] = {
	OP(GET, "/api/queue", "200 page {jobs: [l_queue]}",
	    "Lists what waits, in the order in which it will be printed, with the reason it waits"),
	OP(POST, "/api/queue", "201 {job: l_job}; 404; 409; 503",
	    "Puts a print into the queue of a printer, a group, or any printer that fits"),
	{ METHOD_POST, "/api/jobs/:id/move", "200 {job: l_job}; 409",
	    "Moves a waiting job: to an end, one place, before or after another", NULL,
	    "{\"to\":\"top\"}" },
	OP(POST, "/api/jobs/:id/hold", "200 {job: l_job}; 409", "Keeps a waiting job from starting"),
	OP(POST, "/api/jobs/:id/release", "200 {job: l_job}; 409", "Lets a held job start again"),
	{ METHOD_PATCH, "/api/jobs/:id", "200 {job: l_job}; 409",
	    "Changes a waiting job: its target, needs, priority, copies or notes", NULL,
	    "{\"priority\":\"high\",\"copies\":2,\"requirements\":{\"material\":\"PLA\"}}" },
	OP(POST, "/api/jobs/:id/start", "200 {job: l_job}; 409; 503",
	    "Starts a waiting job now, on its printer or on the one named"),
	OP(POST, "/api/jobs/:id/requeue", "201 {job: l_job}; 409",
	    "Prints a job once more: a new one is put into the queue"),
	OP(GET, "/api/printer-groups", "200 page {groups: [l_group]}", "Lists groups of printers"),
	OP(POST, "/api/printer-groups", "201 {group: l_group}; 404; 409",
	    "Makes a group of printers"),
	OP(GET, "/api/printer-groups/:id", "200 {group: l_group}", "Shows a group and its printers"),
	OP(PUT, "/api/printer-groups/:id", "200 {group: l_group}; 409",
	    "Changes the given fields of a group; its printers are replaced as a whole"),
	OP(DELETE, "/api/printer-groups/:id", "200 {success: bool}; 409",
	    "Deletes a group that no waiting job names"),
	{ .path = NULL },
};
