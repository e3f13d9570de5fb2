/* SPDX-License-Identifier: Apache-2.0 */
/* account - making accounts from the command line, for init and user. Blocking: as the database
 * and bcrypt do. */
#ifndef PLATEN_CTL_ACCOUNT_H
#define PLATEN_CTL_ACCOUNT_H

#include "ctl/ctl.h"

struct account {
	const char *email;
	const char *name;          /* NULL: made of the address */
	const char *role;
	const char *password_file; /* NULL: a password is made and printed */
};
/* Says on standard output what it made; a taken address or name is an error. */
int account_add(struct ctl *c, struct pg *db, const struct account *in);
/* Accepted and hashed, or NULL after saying why. file NULL: *made is the password, to be printed
 * when it is in force; NULL otherwise. */
const char *account_password(struct ctl *c, const char *file, const char **made);

#endif
