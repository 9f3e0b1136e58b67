/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variants of a route: which of them a request is for.
 */
#include "choice.h"

#include <string.h>

#include <apr_strings.h>

#include "accept.h"
#include "form.h"
#include "table.h"

static const char in_query[] = "query";
static const char in_header[] = "header";

/* A choice that is being made. */
struct work {
    const struct routes_table *table;
    const struct routes_choice *choice;
    apr_pool_t *pool;
    struct routes_problems *problems;
};

static const char *
name_of(const struct work *work)
{
    return routes_table_text(work->table, work->choice->name);
}

static const struct routes_variant *
variant_at(const struct work *work, uint32_t i)
{
    return &work->table->variants[work->choice->variants + i];
}

/* What is there instead of a variant: the one for the rest, or a fault. */
static uint32_t
take_rest(const struct work *work, const char *in, enum routes_fault fault)
{
    if (work->choice->rest == 0) {
        routes_problem_add(
            work->problems, in, name_of(work), fault,
            routes_table_text(work->table, work->choice->expected));
    }
    return work->choice->rest;
}

/* The variant of a key, or 0. */
static uint32_t
find_key(const struct work *work, const char *key, size_t len)
{
    for (uint32_t i = 0; i < work->choice->n_variants; i++) {
        const struct routes_variant *variant = variant_at(work, i);

        if (variant->key.len == len &&
            memcmp(routes_table_text(work->table, variant->key), key, len) ==
                0) {
            return variant->route;
        }
    }
    return 0;
}

/* ---- by accept ---------------------------------------------------------- */

/* Of those that are wanted most, the first. */
static uint32_t
pick_accepted(const struct work *work, const char *field)
{
    uint32_t best = 0;
    int most = 0;

    for (uint32_t i = 0; i < work->choice->n_variants; i++) {
        const struct routes_variant *variant = variant_at(work, i);
        int quality = routes_accept_quality(
            field, routes_table_text(work->table, variant->key));

        if (quality > most) {
            most = quality;
            best = variant->route;
        }
    }
    if (best != 0) {
        return best;
    }
    work->problems->not_acceptable = 1;
    return take_rest(work, in_header, ROUTES_FAULT_ENUM);
}

/* ---- by query ----------------------------------------------------------- */

/* By the value of one key, which may stand once. */
static uint32_t
pick_value(const struct work *work, const char *at, const char *end)
{
    struct routes_field field;
    struct routes_field found = {.value = NULL};
    uint32_t route;
    int read;

    while ((read = routes_form_next(&at, end, work->pool, &field)) != 0) {
        if (field.name_len != work->choice->name.len ||
            memcmp(field.name, name_of(work), field.name_len) != 0) {
            continue;
        }
        if (read < 0 || found.value != NULL) {
            routes_problem_add(work->problems, in_query, name_of(work),
                               read < 0 ? ROUTES_FAULT_ENCODING
                                        : ROUTES_FAULT_DUPLICATE,
                               NULL);
            return 0;
        }
        found = field;
    }
    if (found.value == NULL) {
        return take_rest(work, in_query, ROUTES_FAULT_MISSING);
    }
    route = find_key(work, found.value, found.value_len);
    return route != 0 ? route : take_rest(work, in_query, ROUTES_FAULT_ENUM);
}

/* By the keys that are there: the first variant that has one. */
static uint32_t
pick_present(const struct work *work, const char *at, const char *end)
{
    uint32_t best = work->choice->n_variants;
    struct routes_field field;

    while (routes_form_next(&at, end, work->pool, &field) != 0) {
        for (uint32_t i = 0; i < best; i++) {
            const struct routes_variant *variant = variant_at(work, i);

            if (field.name_len == variant->key.len &&
                memcmp(field.name,
                       routes_table_text(work->table, variant->key),
                       field.name_len) == 0) {
                best = i;
            }
        }
    }
    return best < work->choice->n_variants
               ? variant_at(work, best)->route
               : take_rest(work, in_query, ROUTES_FAULT_MISSING);
}

/* ---- by header ---------------------------------------------------------- */

static uint32_t
pick_header(const struct work *work, const char *value)
{
    uint32_t route;
    size_t len;

    if (value == NULL) {
        return take_rest(work, in_header, ROUTES_FAULT_MISSING);
    }
    value += strspn(value, " \t");
    len = strlen(value);
    while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t')) {
        len--;
    }
    route = find_key(work, value, len);
    return route != 0 ? route : take_rest(work, in_header, ROUTES_FAULT_ENUM);
}

/* ---- all of them -------------------------------------------------------- */

static const char *
field_of(const struct routes_chooser *from, const char *name)
{
    return from->headers != NULL ? apr_table_get(from->headers, name) : NULL;
}

uint32_t
routes_choice_pick(const struct routes_table *table, uint32_t choice,
                   const struct routes_chooser *from, apr_pool_t *pool,
                   struct routes_problems *problems)
{
    const struct work work = {table, &table->choices[choice], pool, problems};
    const char *query = from->query != NULL ? from->query : "";
    const char *end = query + (from->query != NULL ? from->query_len : 0);

    problems->n = 0;
    problems->path_fault = 0;
    problems->not_acceptable = 0;
    switch ((enum routes_choice_by)work.choice->by) {
    case ROUTES_BY_NULL:
        break;
    case ROUTES_BY_ACCEPT:
        return pick_accepted(&work, field_of(from, "Accept"));
    case ROUTES_BY_VALUE:
        return pick_value(&work, query, end);
    case ROUTES_BY_KEY:
        return pick_present(&work, query, end);
    case ROUTES_BY_HEADER:
        return pick_header(&work, field_of(from, name_of(&work)));
    }
    return 0;
}

/* ---- formats ------------------------------------------------------------ */

/* What there is: "text/html, text/csv". */
static const char *
list_formats(const struct routes_table *table,
             const struct routes_route *route, apr_pool_t *pool)
{
    const char *list = "";

    for (uint32_t i = 0; i < route->n_formats; i++) {
        list = apr_pstrcat(
            pool, list, i > 0 ? ", " : "",
            routes_table_text(table, table->formats[route->formats + i].media),
            NULL);
    }
    return list;
}

uint32_t
routes_choice_format(const struct routes_table *table, uint32_t route,
                     const char *accept, apr_pool_t *pool,
                     struct routes_problems *problems)
{
    const struct routes_route *row = &table->routes[route];
    uint32_t best = 0;
    int most = 0;

    for (uint32_t i = 0; i < row->n_formats; i++) {
        const struct routes_format *format = &table->formats[row->formats + i];
        int quality = routes_accept_quality(
            accept, routes_table_text(table, format->media));

        if (quality > most) {
            most = quality;
            best = row->formats + i;
        }
    }
    if (best == 0) {
        *problems = (struct routes_problems){.not_acceptable = 1};
        routes_problem_add(problems, in_header, "Accept", ROUTES_FAULT_ENUM,
                           list_formats(table, row, pool));
    }
    return best;
}

const char *
routes_choice_vary(const struct routes_table *table, uint32_t choice)
{
    const struct routes_choice *row = &table->choices[choice];

    return row->by == ROUTES_BY_ACCEPT || row->by == ROUTES_BY_HEADER
               ? routes_table_text(table, row->name)
               : NULL;
}
