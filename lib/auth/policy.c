/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/policy.h"

bool policy_sees_secrets(enum role role)
{
	return role == ROLE_ADMIN || role == ROLE_AGENT;
}

bool policy_host_matters(enum role role, bool is_local_user)
{
	return role == ROLE_ADMIN && is_local_user;
}

bool policy_deletes_file(enum role role, bool is_owner)
{
	return role == ROLE_ADMIN || (role == ROLE_OPERATOR && is_owner);
}
