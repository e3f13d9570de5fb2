/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/account.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "auth/password.h"
#include "store/ctl_store.h"

#define MADE_PASSWORD_LEN 16 /* 80 bits */

const char *account_password(struct ctl *c, const char *file, const char **made)
{
	int rounds = (int)conf_int(c->conf, "auth.bcrypt_rounds");
	const char *password;
	struct err e;

	*made = NULL;
	if (file == NULL) {
		password = ctl_random_code(c, MADE_PASSWORD_LEN, false);
		*made = password;
	} else {
		password = ctl_secret_file(c, file);
		if (password == NULL)
			return NULL;
		if (password_accept(password, &e) != E_OK) {
			ctl_fail(&e);
			return NULL;
		}
	}
	return password_hash(password, rounds, c->arena);
}

static bool good_name(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && strchr("_.-", name[i]) == NULL)
			return false;
	return len >= 3 && len <= 50;
}

/* "ada.l+x@example.org" gives "ada.l_x"; too short a part is lengthened. */
static const char *name_of(struct ctl *c, const char *email)
{
	size_t len = strcspn(email, "@");
	char *name = arena_strn(c->arena, email, len > 40 ? 40 : len);

	for (char *p = name; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("_.-", *p) == NULL)
			*p = '_';
	return strlen(name) >= 3 ? name : arena_printf(c->arena, "%s-user", name);
}

static bool good_email(const char *email)
{
	const char *at = strchr(email, '@');

	return at != NULL && at != email && strchr(at + 1, '@') == NULL && at[1] != '\0' &&
	    strlen(email) <= 255 && strpbrk(email, " \t\"<>,;") == NULL;
}

static bool good_role(const char *role)
{
	return strcmp(role, "ADMIN") == 0 || strcmp(role, "OPERATOR") == 0 ||
	    strcmp(role, "VIEWER") == 0;
}

int account_add(struct ctl *c, struct pg *db, const struct account *in)
{
	struct ctl_user user = { .email = in->email, .role = in->role };
	const char *hash, *made;
	struct err e;

	user.username = in->name != NULL ? in->name : name_of(c, in->email);
	if (!good_email(in->email))
		err_set(&e, E_INVALID, "%s is not an e-mail address", in->email);
	else if (!good_name(user.username))
		err_set(&e, E_INVALID, "A user name has 3 to 50 letters, digits, _ . or -");
	else if (!good_role(in->role))
		err_set(&e, E_INVALID, "A role is ADMIN, OPERATOR or VIEWER");
	else
		e.code = E_OK;
	if (e.code != E_OK)
		return ctl_fail(&e);
	hash = account_password(c, in->password_file, &made);
	if (hash == NULL)
		return CTL_FAILED;
	if (ctl_store_add_user(db, &user, hash, &e) != E_OK)
		return ctl_fail(&e);
	printf("%s %s (%s) made\n", strcmp(in->role, "ADMIN") == 0 ? "administrator" : "user",
	    in->email, user.username);
	if (made != NULL)
		printf("password: %s\n", made);
	return CTL_DONE;
}
