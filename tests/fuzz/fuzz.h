/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz - one function per target, in the form libFuzzer wants. Under gcc replay.c calls it with each
 * file of tests/fuzz/corpus/<target>, so that `make check` keeps what was found.
 * A target ends the process (assert) when an invariant does not hold. */
#ifndef PLATEN_TESTS_FUZZ_H
#define PLATEN_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
