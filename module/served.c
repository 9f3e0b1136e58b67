/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table as this server serves it.
 */
#include "served.h"

#include <apr_strings.h>

#include "runtime/rule.h"
#include "mounted.h"
#include "runtime/table.h"

static int
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

static unsigned char
wishes_of(const struct routes_table *table, const struct routes_route *route)
{
    unsigned wishes = 0;

    if (takes_principal(table, route)) {
        wishes |= SERVED_CALLER;
    }
    if (table->limits[route->limits].n_rates > 0) {
        wishes |= SERVED_RATES;
    }
    return (unsigned char)wishes;
}

static int *
make_slots(apr_pool_t *pconf, uint32_t n)
{
    int *slots = apr_palloc(pconf, (n + 1) * sizeof(*slots));

    for (uint32_t i = 0; i < n; i++) {
        slots[i] = -1;
    }
    return slots;
}

/* No name of a table and no setting has a newline. */
static const char *
identify(apr_pool_t *pconf, const struct served_from *from)
{
    const char *identity = from->source->name;

    for (uint32_t i = 1; i < from->source->n_settings; i++) {
        identity =
            apr_pstrcat(pconf, identity, "\n",
                        from->values[i] == NULL ? "" : from->values[i], NULL);
    }
    return identity;
}

static int
has_masks(const struct routes_table *table)
{
    for (uint32_t i = 1; i < table->n_conducts; i++) {
        if (table->conducts[i].deny != 0) {
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
    unsigned char *wishes = apr_pcalloc(pconf, table->n_routes + 1);
    struct realm *realms =
        apr_pcalloc(pconf, (table->n_realms + 1) * sizeof(*realms));

    for (uint32_t i = 0; i < table->n_auths; i++) {
        asks[i] = (unsigned char)routes_rule_asks(table, i);
    }
    for (uint32_t i = 1; i < table->n_routes; i++) {
        wishes[i] = wishes_of(table, &table->routes[i]);
    }
    for (uint32_t i = 1; i < table->n_realms; i++) {
        const char *fault = realm_make(pconf, table, i, &realms[i]);

        if (fault != NULL) {
            return fault;
        }
    }
    const char *fault = mounted_fault(table, pconf);
    if (fault != NULL) {
        return fault;
    }
    made->table = table;
    made->source = from->source;
    made->values = from->values;
    made->realms = realms;
    made->asks = asks;
    made->wishes = wishes;
    made->slots = make_slots(pconf, table->n_limits);
    made->identity = identify(pconf, from);
    made->masks = has_masks(table);
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
