/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What scripts of other sites may call and read.
 */
#include "cors.h"

#include <string.h>

#include <apr_strings.h>

#include "runtime/table.h"

#define WANTED "Access-Control-Request-Method"

/* ---- lists -------------------------------------------------------------- */

/* Whether a word stands in a list between blanks and commas. */
static int
has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (*list != '\0') {
        size_t n = strcspn(list, ", ");

        if (n == len && len > 0 && memcmp(list, word, len) == 0) {
            return 1;
        }
        list += n;
        list += strspn(list, ", ");
    }
    return 0;
}

static int
is_open(const struct routes_table *table, const struct routes_cors *cors)
{
    return strcmp(routes_table_text(table, cors->origins), "*") == 0;
}

int
cors_lists(const struct routes_table *table, const struct routes_cors *cors,
           const char *origin)
{
    return !is_open(table, cors) && strcspn(origin, ", ") == strlen(origin) &&
           has_word(routes_table_text(table, cors->origins), origin);
}

/* ---- answers ------------------------------------------------------------ */

/* What of a row is not empty. */
static void
set_text(request_rec *r, const char *name, const struct routes_table *table,
         struct routes_text text)
{
    if (text.len > 0) {
        apr_table_setn(r->err_headers_out, name,
                       routes_table_text(table, text));
    }
}

/* Whether the request's origin may read; then it is said. */
static int
admit(request_rec *r, const struct routes_table *table,
      const struct routes_cors *cors)
{
    const char *origin = apr_table_get(r->headers_in, "Origin");

    if (!is_open(table, cors)) {
        apr_table_mergen(r->err_headers_out, "Vary", "Origin");
    }
    if (origin == NULL ||
        !(is_open(table, cors) || cors_lists(table, cors, origin))) {
        return 0;
    }
    apr_table_setn(r->err_headers_out, "Access-Control-Allow-Origin",
                   is_open(table, cors) ? "*" : origin);
    if (cors->credentials) {
        apr_table_setn(r->err_headers_out, "Access-Control-Allow-Credentials",
                       "true");
    }
    return 1;
}

void
cors_begin(request_rec *r, const struct routes_table *table,
           const struct routes_cors *cors)
{
    if (admit(r, table, cors)) {
        set_text(r, "Access-Control-Expose-Headers", table, cors->expose);
    }
}

void
cors_finish(request_rec *r)
{
    static const char *const own[] = {"Access-Control-Allow-Origin",
                                      "Access-Control-Allow-Credentials",
                                      "Access-Control-Expose-Headers"};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        apr_table_unset(r->headers_out, own[i]);
    }
}

/* ---- preflight ---------------------------------------------------------- */

/* The row for a route's answers to a method, if the clause has the method. */
static uint32_t
row_of(const struct routes_table *table, uint32_t route, const char *method)
{
    uint32_t row = table->conducts[table->routes[route].conduct].cors;
    struct routes_text methods = table->cors[row].methods;

    return methods.len == 0 ||
                   has_word(routes_table_text(table, methods), method)
               ? row
               : 0;
}

uint32_t
cors_preflight(const request_rec *r, const struct routes_table *table,
               const char *path)
{
    const char *origin = apr_table_get(r->headers_in, "Origin");
    const char *wanted = apr_table_get(r->headers_in, WANTED);
    size_t host_len = r->hostname == NULL ? 0 : strlen(r->hostname);
    struct routes_match match;
    uint32_t row;

    if (table->n_cors < 2 || origin == NULL || wanted == NULL ||
        routes_match(table, r->hostname, host_len, path, strlen(path),
                     routes_method_asked(table, wanted, strlen(wanted)),
                     &match) != ROUTES_FOUND) {
        return 0;
    }
    row = row_of(table, match.route, wanted);
    return row != 0 && (is_open(table, &table->cors[row]) ||
                        cors_lists(table, &table->cors[row], origin))
               ? row
               : 0;
}

void
cors_answer(request_rec *r, const struct routes_table *table,
            const struct routes_cors *cors)
{
    admit(r, table, cors);
    apr_table_mergen(r->err_headers_out, "Vary",
                     "Origin, " WANTED ", Access-Control-Request-Headers");
    apr_table_setn(r->err_headers_out, "Access-Control-Allow-Methods",
                   apr_table_get(r->headers_in, WANTED));
    set_text(r, "Access-Control-Allow-Headers", table, cors->headers);
    if (cors->max_age > 0) {
        apr_table_setn(r->err_headers_out, "Access-Control-Max-Age",
                       apr_psprintf(r->pool, "%u", (unsigned)cors->max_age));
    }
}
