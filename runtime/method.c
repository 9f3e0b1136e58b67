/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods of the table ABI by name: grammar/methods.def, compiled.
 */
#include "method.h"

#include <string.h>

struct method_name {
    const char *at;
    size_t len;
};

static const struct method_name names[ROUTES_N_METHODS] = {
#define METHOD(name) [ROUTES_METHOD_##name] = {#name, sizeof(#name) - 1},
#include "grammar/methods.def"
#undef METHOD
};

enum routes_method
routes_method_of(const char *name, size_t len)
{
    for (unsigned i = 0; i < ROUTES_N_METHODS; i++) {
        if (names[i].len == len && memcmp(names[i].at, name, len) == 0) {
            return (enum routes_method)i;
        }
    }
    return ROUTES_METHOD_NONE;
}

const char *
routes_method_name(enum routes_method method)
{
    return method < ROUTES_N_METHODS ? names[method].at : "";
}
