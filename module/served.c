/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table as this server serves it.
 */
#include "served.h"

#include <apr_strings.h>

#include "runtime/method.h"
#include "runtime/rule.h"
#include "mount.h"
#include "mounted.h"
#include "runtime/table.h"

static int
takes(const struct routes_table *table, const struct routes_route *route,
      enum routes_type_kind kind)
{
    for (uint32_t i = 0; i < route->n_args; i++) {
        const struct routes_arg *arg = &table->args[route->args + i];

        if (table->types[arg->type].kind == kind) {
            return 1;
        }
    }
    return 0;
}

/* Whether what answers is given a caller, with roles and all. */
static int
shows_caller(const struct routes_table *table,
             const struct routes_route *route)
{
    return takes(table, route, ROUTES_TYPE_PRINCIPAL) ||
           takes(table, route, ROUTES_TYPE_REQUEST) ||
           (route->kind == ROUTES_ROUTE_MOUNT &&
            table->mounts[route->target].kind == ROUTES_MOUNT_ASGI);
}

/* What a row of conducts and one of limits ask for. */
static unsigned
clause_wishes(const struct routes_table *table, uint32_t conduct,
              uint32_t limits)
{
    const struct routes_conduct *row = &table->conducts[conduct];
    unsigned wishes = 0;

    if (table->limits[limits].n_rates > 0) {
        wishes |= SERVED_RATES;
    }
    if (row->deny != 0) {
        wishes |= SERVED_MASKED;
    }
    if (row->csrf != ROUTES_CSRF_NONE) {
        wishes |= SERVED_CSRF;
    }
    if (row->n_headers > 0 || row->cache != ROUTES_CACHE_NONE ||
        row->cors != 0) {
        wishes |= SERVED_HEADERS;
    }
    if (row->n_pages > 0) { /* an error page has the request */
        wishes |= SERVED_ROLES;
    }
    return wishes;
}

static uint16_t
route_wishes(const struct routes_table *table,
             const struct routes_route *route)
{
    unsigned wishes = clause_wishes(table, route->conduct, route->limits);

    if (routes_rule_public(table, route->auth) &&
        !takes(table, route, ROUTES_TYPE_PRINCIPAL)) {
        wishes |= SERVED_OPEN;
    }
    if (shows_caller(table, route)) {
        wishes |= SERVED_ROLES;
    }
    if (route->kind == ROUTES_ROUTE_CHOICE) {
        wishes |= SERVED_CHOICE;
    }
    if (route->kind == ROUTES_ROUTE_MOUNT) {
        wishes |= table->mounts[route->target].kind == ROUTES_MOUNT_TABLE
                      ? SERVED_TABLE
                      : SERVED_MOUNT;
    }
    return (uint16_t)wishes;
}

/* Only a place can be without a requirement: it has no decision. */
static uint16_t
place_wishes(const struct routes_table *table,
             const struct routes_place *place)
{
    unsigned wishes = clause_wishes(table, place->conduct, place->limits);

    if (place->auth == 0 || routes_rule_public(table, place->auth)) {
        wishes |= SERVED_OPEN;
    }
    return (uint16_t)wishes;
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
identify_table(apr_pool_t *pconf, const struct served *served)
{
    const char *identity = served->source->name;

    for (uint32_t i = 1; i < served->source->n_settings; i++) {
        const char *value = served->values[i];

        identity = apr_pstrcat(pconf, identity, "\n",
                               value == NULL ? "" : value, NULL);
    }
    return identity;
}

/* Another value of a setting makes another table of those around, too; what
 * has no settings is the same everywhere. */
static const char *
identify(apr_pool_t *pconf, const apr_array_header_t *whole)
{
    apr_array_header_t *parts =
        apr_array_make(pconf, whole->nelts, sizeof(const char *));

    for (int i = 0; i < whole->nelts; i++) {
        const struct served *served =
            APR_ARRAY_IDX(whole, i, const struct served *);

        if (i == 0 || served->source->n_settings > 1) {
            APR_ARRAY_PUSH(parts, const char *) =
                identify_table(pconf, served);
        }
    }
    return apr_array_pstrcat(pconf, parts, '\n');
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

static int
has_websockets(const struct routes_table *table)
{
    for (uint32_t i = 1; i < table->n_routes; i++) {
        if (routes_method_is_websocket(table->routes[i].methods)) {
            return 1;
        }
    }
    return 0;
}

static void
add_once(apr_array_header_t *all, const struct served *served)
{
    for (int i = 0; i < all->nelts; i++) {
        if (APR_ARRAY_IDX(all, i, const struct served *) == served) {
            return;
        }
    }
    APR_ARRAY_PUSH(all, const struct served *) = served;
}

/* What is mounted in it has its own list already. */
static const apr_array_header_t *
list_whole(apr_pool_t *pconf, const struct served *served)
{
    apr_array_header_t *all =
        apr_array_make(pconf, 1, sizeof(const struct served *));

    add_once(all, served);
    for (uint32_t i = 1; i < served->table->n_mounts; i++) {
        const struct served *inner = served->inners[i].served;

        for (int n = 0; inner != NULL && n < inner->whole->nelts; n++) {
            add_once(all,
                     APR_ARRAY_IDX(inner->whole, n, const struct served *));
        }
    }
    return all;
}

/* Row 0 is none. */
static const char *
make_authzs(apr_pool_t *pconf, const struct routes_table *table,
            const struct authz **made)
{
    struct authz *authzs =
        apr_pcalloc(pconf, (table->n_authzs + 1) * sizeof(*authzs));
    const char *fault = NULL;

    for (uint32_t i = 1; i < table->n_authzs && fault == NULL; i++) {
        fault = authz_make(pconf, table, i, &authzs[i]);
    }
    *made = authzs;
    return fault;
}

const char *
served_make(apr_pool_t *pconf, const struct routes_table *table,
            const struct served_from *from, unsigned index,
            const struct served **served)
{
    struct served *made = apr_pcalloc(pconf, sizeof(*made));
    unsigned char *asks = apr_pcalloc(pconf, table->n_auths + 1);
    uint16_t *wishes =
        apr_pcalloc(pconf, (table->n_routes + 1) * sizeof(*wishes));
    uint16_t *places =
        apr_pcalloc(pconf, (table->n_places + 1) * sizeof(*places));
    struct realm *realms =
        apr_pcalloc(pconf, (table->n_realms + 1) * sizeof(*realms));

    for (uint32_t i = 0; i < table->n_auths; i++) {
        asks[i] = (unsigned char)routes_rule_asks(table, i);
    }
    for (uint32_t i = 1; i < table->n_routes; i++) {
        wishes[i] = route_wishes(table, &table->routes[i]);
    }
    for (uint32_t i = 0; i < table->n_places; i++) {
        places[i] = place_wishes(table, &table->places[i]);
    }
    for (uint32_t i = 1; i < table->n_realms; i++) {
        const char *fault = realm_make(pconf, table, i, &realms[i]);

        if (fault != NULL) {
            return fault;
        }
    }
    const char *fault = mounted_fault(table, pconf);
    if (fault == NULL) {
        fault = make_authzs(pconf, table, &made->authzs);
    }
    if (fault != NULL) {
        return fault;
    }
    made->table = table;
    made->source = from->source;
    made->values = from->values;
    made->inners = from->inners;
    made->whole = list_whole(pconf, made);
    made->realms = realms;
    made->asks = asks;
    made->wishes = wishes;
    made->place_wishes = places;
    made->slots = make_slots(pconf, table->n_limits);
    made->identity = identify(pconf, made->whole);
    made->masks = has_masks(table);
    made->websockets = has_websockets(table);
    made->index = index;
    *served = made;
    return NULL;
}

void
served_audit(const struct served *served)
{
    for (uint32_t i = 0; i < served->table->n_routes; i++) {
        served->wishes[i] |= SERVED_AUDITED;
    }
    for (uint32_t i = 0; i < served->table->n_places; i++) {
        served->place_wishes[i] |= SERVED_AUDITED;
    }
}

const char *
served_line(const struct routes_table *table, uint32_t file, uint32_t line,
            apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s:%u",
                        routes_table_text(table, table->files[file].path),
                        line);
}
