/* SPDX-License-Identifier: Apache-2.0 */
/* err - the closed list of ways a function can fail, and the words for it.
 *
 * Purpose:  every fallible function returns enum errc and fills a struct err (may be NULL).
 * Owns:     nothing; struct err is a value, messages are cut to fit.
 * Errors:   E_OK is 0. `message` may be shown to any caller; `detail` is for the log only.
 * Blocking: never. */
#ifndef PLATEN_BASE_ERR_H
#define PLATEN_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define MUST_CHECK       __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

enum errc {
	E_OK = 0,
	E_INVALID,      /* the caller's input is wrong; `field` names it */
	E_UNAUTHORIZED, /* who is calling is not known */
	E_DENIED,       /* known, but not entitled */
	E_NOTFOUND,     /* no such thing, or not visible to the caller */
	E_CONFLICT,     /* somebody else was first, or a unique value is taken */
	E_STATE,        /* not possible in the object's present state */
	E_BUSY,         /* the printer has an active job */
	E_LIMIT,        /* too much, too often, too large */
	E_TIMEOUT,      /* no answer in time */
	E_OFFLINE,      /* the printer is not connected */
	E_UNAVAILABLE,  /* database, disk or a daemon is away; try later */
	E_IO,           /* a device or file failed */
	E_FORMAT,       /* stored or received bytes do not parse */
	E_INTERNAL,     /* our fault */
};

struct err {
	enum errc code;
	char message[240]; /* public sentence */
	char detail[360];  /* private: SQL text, path, errno */
	char field[96];    /* input the refusal is about, or "" */
	char kind[48];     /* stable machine word, e.g. "PRINTER_BUSY", or "" */
};

/* Sets *e (when not NULL) and returns code, so that `return err_set(...)` is one line. */
enum errc err_set(struct err *e, enum errc code, const char *fmt, ...) PRINTF_LIKE(3, 4);
enum errc err_field(struct err *e, enum errc code, const char *field, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* Adds private detail / a machine word to an error already set; return its code. */
enum errc err_detail(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
enum errc err_kind(struct err *e, const char *kind);
/* E_IO (or E_UNAVAILABLE for ENOSPC, EDQUOT) with strerror(errno) as detail. */
enum errc err_errno(struct err *e, const char *what);
const char *errc_name(enum errc code);

#endif
