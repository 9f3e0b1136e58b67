/* SPDX-License-Identifier: Apache-2.0 */
/* pyfit: whether a route's call fits the Python function that it names. */
#ifndef PYFIT_H
#define PYFIT_H

#include <jansson.h>

#include "diag.h"
#include "model.h"
#include "pyplace.h"

/* Says E403, E404 and E405 of a route whose function has this answer, of the
 * state "function". */
void pyfit_check(struct diag_list *diags, struct pyplace *places,
                 const struct model_route *route, const json_t *function);

#endif
