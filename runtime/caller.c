/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caller of a request: who it is, and what a realm says of them.
 */
#include "caller.h"

#include <stdlib.h>
#include <string.h>

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
compare_claims(const void *a, const void *b)
{
    const struct routes_claim *one = a;
    const struct routes_claim *other = b;
    int order = strcmp(one->name, other->name);

    return order != 0 ? order : strcmp(one->value, other->value);
}

void
routes_caller_sort(apr_array_header_t *names)
{
    const char **list = (const char **)(void *)names->elts;
    int kept = 0;

    if (names->nelts > 1) {
        qsort(list, (size_t)names->nelts, sizeof(*list), compare_names);
    }
    for (int i = 0; i < names->nelts; i++) {
        if (kept == 0 || strcmp(list[kept - 1], list[i]) != 0) {
            list[kept++] = list[i];
        }
    }
    names->nelts = kept;
}

void
routes_caller_set_roles(struct routes_caller *caller,
                        apr_array_header_t *names)
{
    routes_caller_sort(names);
    caller->roles = (const char *const *)(const void *)names->elts;
    caller->n_roles = (size_t)names->nelts;
}

void
routes_caller_set_scopes(struct routes_caller *caller,
                         apr_array_header_t *names)
{
    routes_caller_sort(names);
    caller->scopes = (const char *const *)(const void *)names->elts;
    caller->n_scopes = (size_t)names->nelts;
}

void
routes_caller_set_claims(struct routes_caller *caller,
                         apr_array_header_t *claims)
{
    if (claims->nelts > 1) {
        qsort(claims->elts, (size_t)claims->nelts, sizeof(struct routes_claim),
              compare_claims);
    }
    caller->claims = (const struct routes_claim *)(const void *)claims->elts;
    caller->n_claims = (size_t)claims->nelts;
}

static int
has_name(const char *const *names, size_t n, const char *name)
{
    return n > 0 &&
           bsearch(&name, names, n, sizeof(*names), compare_names) != NULL;
}

int
routes_caller_has_role(const struct routes_caller *caller, const char *role)
{
    return caller->user != NULL &&
           has_name(caller->roles, caller->n_roles, role);
}

int
routes_caller_has_scope(const struct routes_caller *caller, const char *scope)
{
    return caller->user != NULL &&
           has_name(caller->scopes, caller->n_scopes, scope);
}

int
routes_caller_has_claim(const struct routes_caller *caller, const char *name,
                        const char *value)
{
    const struct routes_claim wanted = {name, value};

    return caller->user != NULL && caller->n_claims > 0 &&
           bsearch(&wanted, caller->claims, caller->n_claims, sizeof(wanted),
                   compare_claims) != NULL;
}
