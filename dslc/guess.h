/* SPDX-License-Identifier: Apache-2.0 */
/* guess: what was meant by a token that does not fit. */
#ifndef DSLC_GUESS_H
#define DSLC_GUESS_H

#include "dslc/seen.h"

/* Says it; false where nothing comes to mind. */
bool guess_tell(const struct seen *s);

#endif
