/* SPDX-License-Identifier: Apache-2.0 */
/* settings_check - rules for values of single keys, beyond their type (conf_key.check).
 * Each is true for a value that may stand. Owns nothing. Errors: none.
 * Blocking: zone_ok() looks for a file of the time zone database. */
#ifndef PLATEN_MODEL_SETTINGS_CHECK_H
#define PLATEN_MODEL_SETTINGS_CHECK_H

#include <stdbool.h>

bool settings_url_ok(const char *text);       /* http or https, with a host */
bool settings_dsn_ok(const char *text);       /* "https://key@host/project" */
bool settings_origins_ok(const char *text);   /* URLs without a path, comma separated */
bool settings_zone_ok(const char *text);      /* "UTC", "Europe/Berlin" */
bool settings_listen_ok(const char *text);    /* "127.0.0.1:8081", "[::1]:8081" */
bool settings_networks_ok(const char *text);  /* addresses and networks, comma separated */
bool settings_bed_ok(const char *text);       /* degrees 0-200, or keep */
bool settings_absolute_ok(const char *text);  /* an absolute path */

#endif
