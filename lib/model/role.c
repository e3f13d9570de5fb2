/* SPDX-License-Identifier: Apache-2.0 */
#include "model/role.h"

#include <string.h>
#include <strings.h>

static const char *const names[] = { "", "ANYONE", "AGENT", "VIEWER", "OPERATOR", "ADMIN" };

const char *role_name(enum role role)
{
	return names[role];
}

enum role role_parse(const char *text)
{
	for (int i = ROLE_AGENT; text != NULL && i <= ROLE_ADMIN; i++)
		if (strcmp(text, names[i]) == 0)
			return (enum role)i;
	return ROLE_UNSET;
}

enum role role_of_claim(const char *claim)
{
	if (claim == NULL)
		return ROLE_OPERATOR;
	for (int i = ROLE_AGENT; i <= ROLE_ADMIN; i++)
		if (strcasecmp(claim, names[i]) == 0)
			return (enum role)i;
	return strcasecmp(claim, "owner") == 0 ? ROLE_ADMIN : ROLE_OPERATOR;
}

bool role_at_least(enum role have, enum role need)
{
	if (need == ROLE_ANYONE)
		return true;
	return have >= ROLE_VIEWER && need >= ROLE_VIEWER && have >= need;
}
