/* SPDX-License-Identifier: Apache-2.0 */
/* command_gcode - which single commands a person may send, and when (contract §9.4, §4.9).
 * Owns nothing. Errors: false. Blocking: never. */
#ifndef PLATEN_MODEL_COMMAND_GCODE_H
#define PLATEN_MODEL_COMMAND_GCODE_H

#include "base/err.h"

/* 1-100 characters: a letter, digits, then blank-separated letter-number words. */
bool command_gcode_ok(const char *text);
/* May it go to the printer while a job is active? paused: the wider list. */
bool command_gcode_fits_job(const char *text, bool paused);
/* Touches the printer's own storage; only an ADMIN may. */
bool command_gcode_is_storage(const char *text);
/* Is the first word this code ("M112"), in any case? */
bool command_gcode_is(const char *text, const char *code);

#endif
