/* SPDX-License-Identifier: Apache-2.0 */
/* policy - decisions about people that are not simply a least role (contract §1.2, design §11).
 * Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_AUTH_POLICY_H
#define PLATEN_AUTH_POLICY_H

#include "model/role.h"

/* Access codes in full, or masked. */
bool policy_sees_secrets(enum role role);
/* What touches the host: devices, camera sources, settings of the installation. */
bool policy_host_matters(enum role role, bool is_local_user);
bool policy_deletes_file(enum role role, bool is_owner);

#endif
