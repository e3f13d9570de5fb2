/* SPDX-License-Identifier: Apache-2.0 */
/* figures - metrics whose name is said by more than one program. Owns nothing. Errors: none.
 * Blocking: never. */
#ifndef PLATEN_MODEL_FIGURES_H
#define PLATEN_MODEL_FIGURES_H

#include "base/metrics.h"

extern const struct metric figure_sockets; /* set by the gateway, shown from the first scrape */

#endif
