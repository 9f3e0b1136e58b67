/* SPDX-License-Identifier: Apache-2.0 */
/* verb: the request methods by name, with those that programs declare. */
#include "dslc/verb.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/method.h"

/* For the whole run: a number means one name to all models of it, or `diff`
 * would compare PURGE with BAN. */
static const char *own[ROUTES_MAX_OWN_METHODS];

enum routes_method
verb_of(const char *name, size_t len)
{
    enum routes_method method = routes_method_of(name, len);

    for (unsigned i = 0; method == ROUTES_METHOD_NONE &&
                         i < ROUTES_MAX_OWN_METHODS && own[i] != NULL;
         i++) {
        if (strlen(own[i]) == len && memcmp(own[i], name, len) == 0) {
            method = (enum routes_method)(ROUTES_METHOD_OWN + i);
        }
    }
    return method;
}

const char *
verb_name(enum routes_method method)
{
    const char *name = method >= ROUTES_METHOD_OWN && method < ROUTES_N_METHODS
                           ? own[method - ROUTES_METHOD_OWN]
                           : routes_method_name(method);

    return name != NULL ? name : "";
}

enum routes_method
verb_declare(const char *name)
{
    enum routes_method method = verb_of(name, strlen(name));

    for (unsigned i = 0;
         method == ROUTES_METHOD_NONE && i < ROUTES_MAX_OWN_METHODS; i++) {
        if (own[i] == NULL) {
            own[i] = strdup(name); /* kept to the end */
            return own[i] != NULL ? (enum routes_method)(ROUTES_METHOD_OWN + i)
                                  : ROUTES_METHOD_NONE;
        }
    }
    return method;
}

uint64_t
verb_all(void)
{
    uint64_t all = (ROUTES_METHOD_BIT(ROUTES_METHOD_OWN) - 1) |
                   ROUTES_METHOD_BIT(ROUTES_METHOD_NONE);

    for (unsigned i = 0; i < ROUTES_MAX_OWN_METHODS && own[i] != NULL; i++) {
        all |= ROUTES_METHOD_BIT(ROUTES_METHOD_OWN + i);
    }
    return all;
}
