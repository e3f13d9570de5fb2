/* SPDX-License-Identifier: Apache-2.0 */
/* doctor - one line for each thing looked at: ok, warn or fail, and what to do about it.
 * Owns nothing. Blocking: a few seconds at most for each check. */
#ifndef PLATEN_CTL_DOCTOR_H
#define PLATEN_CTL_DOCTOR_H

#include "ctl/ctl.h"

enum verdict { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor {
	struct ctl *c;
	const char *sql_dir; /* NULL: installed */
	int warnings, failures;
};

/* remedy NULL: nothing to do. */
void doctor_say(struct doctor *d, enum verdict v, const char *subject, const char *remedy,
    const char *fmt, ...) PRINTF_LIKE(5, 6);

void doctor_database(struct doctor *d);
void doctor_host(struct doctor *d);    /* storage, run.dir, sockets */
void doctor_printers(struct doctor *d, struct pg *db); /* serial devices; db NULL: prefixes only */

#endif
