/* SPDX-License-Identifier: Apache-2.0 */
/* pyword: the words that Python keeps for itself. */
#ifndef DSLC_PYWORD_H
#define DSLC_PYWORD_H

#include <stdbool.h>

/* Whether a name is a keyword of Python, so that no function takes it. */
bool pyword_is(const char *name);

#endif
