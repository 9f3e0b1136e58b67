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

/* Says E403, E404 and E408 of the function behind a rule: it is called with
 * the principal and what the rule declares, by position, and its truth
 * counts. */
void pyfit_check_predicate(struct diag_list *diags, struct pyplace *places,
                           const struct model_predicate *predicate,
                           const json_t *function);

/* A call with a number of arguments by position, which no route makes. */
struct pyfit_call {
    const char *name;  /* "shop.authz:check" */
    const char *what;  /* "the `check` of a realm" */
    const char *given; /* "the request" */
    size_t n;
    struct span span;    /* where it is named */
    enum diag_code code; /* what is said: E403, E410 */
};

/* Says the call's code of a function that can't be called so. */
void pyfit_check_count(struct diag_list *diags, struct pyplace *places,
                       const struct pyfit_call *call, const json_t *function);

#endif
