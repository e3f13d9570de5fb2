/* SPDX-License-Identifier: Apache-2.0 */
/* target - which printer may take a job, and what it needs, as family L and the pages say it.
 * Owns nothing; texts live in the request's arena. Errors: none. Blocking: never. */
#ifndef PLATEN_CGI_L_TARGET_H
#define PLATEN_CGI_L_TARGET_H

#include <stddef.h>

#include "cgi/do_queue.h"
#include "cgi/input.h"

struct in_target {
	const char *printer, *group, *model, *material;
	struct in_bool any;
	struct in_real nozzle;
};

#define TARGET_FIELDS(in, member) \
	{ .name = "printerId", .type = F_ID, .flags = FIELD_NULL, \
	    .offset = offsetof(in, member.printer) }, \
	{ .name = "groupId", .type = F_ID, .flags = FIELD_NULL, \
	    .offset = offsetof(in, member.group) }, \
	{ .name = "anyPrinter", .type = F_BOOL, .fallback = "false", \
	    .offset = offsetof(in, member.any) }, \
	{ .name = "requirements.model", .type = F_TEXT, .min = 1, .max = 100, .flags = FIELD_NULL, \
	    .offset = offsetof(in, member.model) }, \
	{ .name = "requirements.material", .type = F_TEXT, .min = 1, .max = 50, .flags = FIELD_NULL, \
	    .offset = offsetof(in, member.material) }, \
	{ .name = "requirements.nozzle", .type = F_REAL, .min = 0.05, .max = 5, .flags = FIELD_NULL, \
	    .offset = offsetof(in, member.nozzle) }

static inline struct job_target target_of(struct arena *a, const struct in_target *in)
{
	return (struct job_target){ .printer = in->printer, .group = in->group, .any = in->any.v,
		.model = in->model, .material = in->material,
		.nozzle = in->nozzle.has ? arena_printf(a, "%.3f", in->nozzle.v) : NULL };
}

#endif
