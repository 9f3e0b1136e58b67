/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table as this server serves it.
 */
#include "served.h"

#include <apr_strings.h>

#include "runtime/rule.h"
#include "runtime/table.h"

static unsigned char
takes_principal(const struct routes_table *table,
                const struct routes_route *route)
{
    for (uint32_t i = 0; i < route->n_args; i++) {
        const struct routes_arg *arg = &table->args[route->args + i];

        if (table->types[arg->type].kind == ROUTES_TYPE_PRINCIPAL) {
            return 1;
        }
    }
    return 0;
}

const char *
served_make(apr_pool_t *pconf, const struct routes_table *table,
            const struct served_from *from, unsigned index,
            const struct served **served)
{
    struct served *made = apr_pcalloc(pconf, sizeof(*made));
    unsigned char *asks = apr_pcalloc(pconf, table->n_auths + 1);
    unsigned char *with_caller = apr_pcalloc(pconf, table->n_routes + 1);
    struct realm *realms =
        apr_pcalloc(pconf, (table->n_realms + 1) * sizeof(*realms));

    for (uint32_t i = 0; i < table->n_auths; i++) {
        asks[i] = (unsigned char)routes_rule_asks(table, i);
    }
    for (uint32_t i = 1; i < table->n_routes; i++) {
        with_caller[i] = takes_principal(table, &table->routes[i]);
    }
    for (uint32_t i = 1; i < table->n_realms; i++) {
        const char *fault = realm_make(pconf, table, i, &realms[i]);

        if (fault != NULL) {
            return fault;
        }
    }
    made->table = table;
    made->source = from->source;
    made->values = from->values;
    made->realms = realms;
    made->asks = asks;
    made->with_caller = with_caller;
    made->index = index;
    *served = made;
    return NULL;
}

const char *
served_line(const struct routes_table *table, uint32_t file, uint32_t line,
            apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s:%u",
                        routes_table_text(table, table->files[file].path),
                        line);
}
