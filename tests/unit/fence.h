/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that stands against a page without access, so that a read outside it
 * ends the test.
 */
#ifndef FENCE_H
#define FENCE_H

#include <stddef.h>

#define FENCE_MAX 65536

/* A copy of the text whose last byte is the last before the fence.  Valid
 * until the next call. */
const char *fence_behind(const char *text, size_t len);

/* A copy whose first byte is the first behind the fence. */
const char *fence_before(const char *text, size_t len);

#endif
