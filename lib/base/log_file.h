/* SPDX-License-Identifier: Apache-2.0 */
/* log_file - day files of the log (contract §10.1), written by several processes at once.
 *
 * Purpose:  application-YYYY-MM-DD.log takes every line and is kept 14 days, error-YYYY-MM-DD.log
 *           the errors and 30 days. At 20 MB a file is set aside as .1, .2, ...; whoever
 *           comes first does it, the others notice.
 * Owns:     two descriptors of this process.
 * Errors:   none: a line that cannot be written is lost.
 * Blocking: as long as the disk does. Not for several threads at once. */
#ifndef PLATEN_BASE_LOG_FILE_H
#define PLATEN_BASE_LOG_FILE_H

#include <stdbool.h>
#include <stddef.h>

void log_file_dir(const char *dir); /* kept by pointer; NULL: no files */
/* stamp: the line's time, of which the first ten bytes are the day. */
void log_file_write(const char *stamp, bool is_error, const char *line, size_t size);
/* When a file is set aside; for tests. */
void log_file_limit(size_t bytes);

#endif
