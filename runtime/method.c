/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods of the table ABI by name: grammar/methods.def, compiled.
 */
#include "method.h"

#include <string.h>

#include "table.h"

struct method_name {
    const char *at;
    size_t len;
};

static const struct method_name names[ROUTES_METHOD_OWN] = {
#define METHOD(name) [ROUTES_METHOD_##name] = {#name, sizeof(#name) - 1},
#include "grammar/methods.def"
#undef METHOD
};

enum routes_method
routes_method_of(const char *name, size_t len)
{
    for (unsigned i = 0; i < ROUTES_METHOD_OWN; i++) {
        if (names[i].len == len && memcmp(names[i].at, name, len) == 0) {
            return (enum routes_method)i;
        }
    }
    return ROUTES_METHOD_NONE;
}

const char *
routes_method_name(enum routes_method method)
{
    return method < ROUTES_METHOD_OWN ? names[method].at : "";
}

enum routes_method
routes_method_in(const struct routes_table *table, const char *name,
                 size_t len)
{
    enum routes_method method = routes_method_of(name, len);

    for (uint32_t i = 0; method == ROUTES_METHOD_NONE && i < table->n_methods;
         i++) {
        if (len > 0 && table->methods[i].len == len &&
            memcmp(routes_table_text(table, table->methods[i]), name, len) ==
                0) {
            method = (enum routes_method)(ROUTES_METHOD_OWN + i);
        }
    }
    return method;
}

enum routes_method
routes_method_asked(const struct routes_table *table, const char *name,
                    size_t len)
{
    enum routes_method method = routes_method_in(table, name, len);

    return method == ROUTES_METHOD_WEBSOCKET ? ROUTES_METHOD_NONE : method;
}

const char *
routes_method_name_in(const struct routes_table *table,
                      enum routes_method method)
{
    uint32_t own = (uint32_t)method - ROUTES_METHOD_OWN;

    return method >= ROUTES_METHOD_OWN && own < table->n_methods
               ? routes_table_text(table, table->methods[own])
               : routes_method_name(method);
}

uint64_t
routes_method_known(const struct routes_table *table)
{
    uint64_t known = ROUTES_METHOD_BIT(ROUTES_METHOD_OWN) - 1;

    for (uint32_t i = 0; i < table->n_methods; i++) {
        if (table->methods[i].len > 0) {
            known |= ROUTES_METHOD_BIT(ROUTES_METHOD_OWN + i);
        }
    }
    return known;
}

#define GET_AND_HEAD                                                          \
    (ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |                                   \
     ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD))

uint64_t
routes_method_sent(uint64_t methods)
{
    const uint64_t websocket = ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET);

    return (methods & websocket) != 0 ? (methods & ~websocket) | GET_AND_HEAD
                                      : methods;
}

int
routes_method_refusal(enum routes_method method, uint64_t allow)
{
    return (allow & ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET)) != 0 &&
                   (GET_AND_HEAD & ROUTES_METHOD_BIT(method)) != 0
               ? 426
               : 405;
}

enum routes_method
routes_method_met(enum routes_method method, uint64_t methods)
{
    if (routes_method_is_websocket(methods)) {
        return ROUTES_METHOD_WEBSOCKET;
    }
    return method == ROUTES_METHOD_WEBSOCKET ? ROUTES_METHOD_GET : method;
}
