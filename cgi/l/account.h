/* SPDX-License-Identifier: Apache-2.0 */
/* account - rules for what names a person (contract §2.6.2, §9.4); for schemas.
 * Owns nothing. Errors: false. Blocking: never. */
#ifndef PLATEN_CGI_L_ACCOUNT_H
#define PLATEN_CGI_L_ACCOUNT_H

#include <stdbool.h>

#include "auth/password.h"

bool account_email_ok(const char *text);
bool account_username_ok(const char *text);
bool account_password_ok(const char *text); /* not one of those everybody tries first */

#define ACCOUNT_EMAIL(more, at) { .name = "email", .type = F_TEXT, \
	.flags = FIELD_TRIM | (more), .min = 3, .max = 255, .offset = at, \
	.check = account_email_ok, .rule = "must be an e-mail address" }
#define ACCOUNT_USERNAME(more, at) { .name = "username", .type = F_TEXT, .flags = (more), \
	.min = 3, .max = 50, .offset = at, .check = account_username_ok, \
	.rule = "must be letters, digits, dots, dashes or underscores" }
#define ACCOUNT_PASSWORD(called, more, at) { .name = called, .type = F_TEXT, \
	.flags = FIELD_BYTES | FIELD_RAW | (more), .min = PASSWORD_MIN, .max = PASSWORD_MAX, \
	.offset = at, .check = account_password_ok, \
	.rule = "is one of the passwords everybody tries first" }
/* The caller's own, to prove who sits there. */
#define ACCOUNT_PROOF(more, at) { .name = "currentPassword", .type = F_TEXT, \
	.flags = FIELD_BYTES | FIELD_RAW | (more), .min = 1, .max = PASSWORD_MAX, .offset = at }

#endif
