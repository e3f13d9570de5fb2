/* SPDX-License-Identifier: Apache-2.0 */
/* page_format - how values read on a page: one table from member names to kinds, and the words.
 * Owns nothing; texts are written into the caller's buffer. Errors: none. Blocking: never. */
#ifndef PLATEN_CGI_PAGE_FORMAT_H
#define PLATEN_CGI_PAGE_FORMAT_H

#include "base/clock.h"

#define PAGE_TEXT_SIZE 96

struct state_words {
	const char *word; /* "printing" */
	const char *role; /* colour role: ok accent warn danger offline */
	const char *icon; /* symbol in the sprite */
};

/* Text for a number or time called `name`; false: printed as it is. */
bool page_format(const char *name, const char *value, char out[PAGE_TEXT_SIZE]);
/* Words for a printer's state (with what holds it) and for a job's status and hold reason. */
struct state_words page_printer_state(const char *state, const char *attention,
    const char *plate);
struct state_words page_job_state(const char *status, const char *hold_reason);
/* A sentence for the closed list of reasons why a job waits; NULL: it does not. */
const char *page_hold_text(const char *hold_reason);

#endif
