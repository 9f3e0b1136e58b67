/* SPDX-License-Identifier: Apache-2.0 */
/* methods: the request methods that a route is written for. */
#ifndef DSLC_METHODS_H
#define DSLC_METHODS_H

#include <stdbool.h>
#include <stdint.h>

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/link.h"
#include "dslc/model.h"
#include "dslc/scope.h"

struct methods {
    uint64_t bits; /* ROUTES_METHOD_BIT; 0 with any */
    bool any;      /* ANY */
};

/* Makes the methods that a file declares known; says E010, E706. */
void methods_declare(struct checker *checker, const struct link_unit *unit);

/* What a list of methods means; says E020 and, of one that stands twice,
 * E201. */
struct methods methods_read(struct checker *checker, struct scope *scope,
                            const struct ast_value_list *names);

/* Whether one of a route's methods may change something. */
bool methods_change(const struct model_route *route);

/* "GET,POST", as messages say it. */
const char *
methods_text(struct checker *checker, const struct ast_value_list *names);

#endif
