/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_spaces: the space between two tokens of a line, and how wide they are.
 */
#ifndef DSLC_FMT_SPACES_H
#define DSLC_FMT_SPACES_H

#include "dslc/fmt_tokens.h"

/* Sets lead, left, right and close of the tokens, which are marked. */
void fmt_spaces_set(struct fmt_tokens *tokens);

#endif
