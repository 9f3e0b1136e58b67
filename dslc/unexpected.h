/* SPDX-License-Identifier: Apache-2.0 */
/* unexpected: says what a token that doesn't fit should have been. */
#ifndef DSLC_UNEXPECTED_H
#define DSLC_UNEXPECTED_H

#include "dslc/parse_run.h"

/* What act_unexpected says, see grammar/actions.h. */
bool unexpected_tell(struct parse *p, struct span at, const char *found,
                     const char *const *expected, int count, bool follows);

#endif
