/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assertion: judges what a program asserts of itself (LANGUAGE.md section 6).
 *
 * `every` and `public only` are questions to the policy engine about each
 * route and each location's implicit 404; a URL with an outcome is a request
 * to the real matcher, on the table that would be built.
 */
#ifndef ASSERTION_H
#define ASSERTION_H

#include "diag.h"
#include "model.h"
#include "source.h"

/* Says E601, E602, E603, and E706 where a table is needed and can't be made.
 * A program with errors is not judged: part of it is missing. */
void assertion_check(struct model *model, const struct source_set *sources,
                     struct diag_list *diags);

#endif
