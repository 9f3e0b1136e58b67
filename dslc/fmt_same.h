/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_same: that a formatted file says what it said before. */
#ifndef DSLC_FMT_SAME_H
#define DSLC_FMT_SAME_H

#include <stdbool.h>

#include "dslc/fmt_tokens.h"

/* True when both have the same tokens, the same ends of statements and the
 * same comments between the same tokens. */
bool fmt_same_tokens(const struct fmt_tokens *before,
                     const struct fmt_tokens *after);

#endif
