/* SPDX-License-Identifier: Apache-2.0 */
/* syntax: faults of characters and layout, as messages. */
#ifndef DSLC_SYNTAX_H
#define DSLC_SYNTAX_H

#include "dslc/parse_run.h"

/* What act_fault says, see grammar/actions.h. */
void syntax_fault(struct parse *p, struct span at, enum act_fault fault);

/* E108 for a parameter that no Python function can have. */
void syntax_check_param(struct parse *p, struct span at, const char *name);

#endif
