/* SPDX-License-Identifier: Apache-2.0 */
/* handover - gives a job of a remote printer to what prints it: the external printer backend over
 * HTTPS where one is configured (contract §2.5.4, P-08), else the printer's agent by a command.
 *
 * Contract: begins in the transaction that holds the queued job's row; commits it before the
 *           backend is called, so nothing is locked meanwhile, and begins a new one.
 * Owns:     texts live in the request's arena.
 * Errors:   E_IO with kind PRINTER_ERROR: the backend refused or was not reached; the job is
 *           `failed` then and that is committed.
 * Blocking: up to printer_backend.timeout. Pool slow. */
#ifndef PLATEN_CGI_HANDOVER_H
#define PLATEN_CGI_HANDOVER_H

#include "cgi/do_job.h"

enum errc handover_send(struct req *rq, const char *id, const struct printer_facts *p,
    struct job_handed *out, struct err *e) MUST_CHECK;
/* The job is over: a start that nobody fetched must not be fetched any more, and whoever knows of
 * the job (handover_store_known(), asked before its end) is told. */
struct handover_end {
	const char *job, *why;
	bool known;
	const char *command; /* out: the cancel_print, or NULL */
};
enum errc handover_recall(struct req *rq, const struct printer_facts *p, struct handover_end *end,
    struct err *e) MUST_CHECK;

#endif
