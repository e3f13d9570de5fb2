/* SPDX-License-Identifier: Apache-2.0 */
/* do_slice - asking for a slice: one row and one task, however often the same is asked for.
 *
 * Purpose:  the worker slices; this waits up to slicer.sync_wait for its word and never says more
 *           than the row does.
 * Contract: do_slice() commits, and leaves an entered transaction for reading the row.
 * Errors:   E_NOTFOUND (file); E_INVALID with a field: not a model, unknown profile, a layer higher
 *           than the nozzle; E_UNAVAILABLE without a slicer.
 * Blocking: up to slicer.sync_wait. */
#ifndef PLATEN_CGI_DO_SLICE_H
#define PLATEN_CGI_DO_SLICE_H

#include "cgi/req.h"

struct slice_ask {
	const char *file, *profile;
	struct in_real layer_height; /* mm */
	struct in_int infill;        /* percent */
	struct in_bool supports;
};
/* *row: one of l_sliced_file; *was_there: it had been sliced before. */
enum errc do_slice(struct req *rq, const struct slice_ask *ask, struct pg_result **row,
    bool *was_there, struct err *e) MUST_CHECK;

/* For a job that prints it: in the caller's transaction and without waiting. *is_ready: it may be
 * printed, else a worker makes it; so it stays until the transaction ends. */
enum errc do_slice_for_job(struct req *rq, const struct slice_ask *ask, const char **id,
    bool *is_ready, struct err *e) MUST_CHECK;

#endif
