/* SPDX-License-Identifier: Apache-2.0 */
/* demands: a written assertion as the model has it. */
#ifndef DSLC_DEMANDS_H
#define DSLC_DEMANDS_H

#include "dslc/frame.h"

/*
 * Adds an assertion to the model; a mistake in it is said (E015, E020,
 * E109, E605 and what paths and requirements say), and it is left out.  Its
 * paths are read as those of routes are: below the prefix of an include.
 */
void demands_add(struct checker *checker, const struct frame *frame,
                 const struct ast_stmt *stmt);

#endif
