/* SPDX-License-Identifier: Apache-2.0 */
/* log - one JSON object per line on standard error (contract §10.1); on a terminal a line for
 * people.
 *
 * Purpose:  the four words with fixed meaning (error, warn, info, debug) plus `http` for access
 *           lines. A supervisor collects standard error; with log.dir set, day files as well
 *           (log_file.h).
 * Owns:     the process-wide logger; call log_init() once before forking.
 * Errors:   a line that cannot be written is lost; the next one that can has the count in `lost`.
 *           Lines are written by one write(2), so several processes may share a file.
 * Blocking: never on a pipe or socket: a collector that stands still stops no program. On a file
 *           as long as the write does. Secrets never go in; what looks
 *           like one is covered (redact.h). */
#ifndef PLATEN_BASE_LOG_H
#define PLATEN_BASE_LOG_H

#include <stdint.h>

#include "base/err.h"

enum log_level { LOG_ERROR_LEVEL, LOG_WARN_LEVEL, LOG_INFO_LEVEL, LOG_HTTP_LEVEL, LOG_DEBUG_LEVEL };

/* service: log.service; component: "cgi", "spooler", ...; both are kept by pointer. */
void log_init(const char *service, const char *component, enum log_level threshold);
bool log_level_parse(const char *text, enum log_level *out);
void log_set_level(enum log_level threshold);
enum log_format { LOG_FORMAT_AUTO, LOG_FORMAT_JSON, LOG_FORMAT_TEXT };
void log_set_format(enum log_format format); /* of standard error */
/* Errors go as datagrams to this socket too, and are lost when nobody takes them at once. Kept by
 * pointer; NULL: nowhere. */
void log_tap(const char *path);
void log_request_id(const char *id);       /* tag for the following lines; NULL ends it */

void log_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_err(const struct err *e, const char *doing); /* error with code and private detail */

/* One line with extra members; `members` is JSON text without braces ("\"a\":1,\"b\":2"). */
void log_members(enum log_level level, const char *message, const char *members);

#endif
