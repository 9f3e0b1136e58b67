/* SPDX-License-Identifier: Apache-2.0 */
/*
 * atoms: leaves of requirements, compared.
 */
#include "atoms.h"

#include <string.h>

static int
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* As they are written. */
static int
same_networks(const apr_array_header_t *a, const apr_array_header_t *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return a->nelts == b->nelts &&
           memcmp(a->elts, b->elts,
                  (size_t)a->nelts * sizeof(struct routes_network)) == 0;
}

int
atoms_same(const struct model_rule *a, const struct model_rule *b)
{
    return a->op == b->op && same_text(a->text, b->text) &&
           same_text(a->name, b->name) && a->methods == b->methods &&
           same_networks(a->networks, b->networks);
}
