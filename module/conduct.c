/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers that clauses of the language give to answers.
 */
#include "conduct.h"

#include <strings.h>

#include <http_core.h>
#include <apr_strings.h>

#include "cors.h"
#include "runtime/choice.h"
#include "runtime/table.h"

#define CACHE_CONTROL     "Cache-Control"
#define VARY              "Vary"
#define ALLOW_ORIGIN      "Access-Control-Allow-Origin"
#define ALLOW_CREDENTIALS "Access-Control-Allow-Credentials"
#define EXPOSE            "Access-Control-Expose-Headers"

/* ---- for every answer --------------------------------------------------- */

static const struct routes_header *
header_at(const struct routes_table *table,
          const struct routes_conduct *conduct, uint32_t i)
{
    return &table->headers[conduct->headers + i];
}

/* What an answer varies by is said by several. */
static void
set_header(request_rec *r, const char *name, const char *value)
{
    if (strcasecmp(name, VARY) == 0) {
        apr_table_mergen(r->err_headers_out, VARY, value);
    }
    else {
        apr_table_setn(r->err_headers_out, name, value);
    }
}

/* In err_headers_out, so that httpd's own pages have them. */
static void
set_headers(request_rec *r, const struct routes_table *table,
            const struct routes_conduct *conduct)
{
    if (conduct->cache == ROUTES_CACHE_OFF) {
        apr_table_setn(r->err_headers_out, CACHE_CONTROL, "no-store");
    }
    for (uint32_t i = 0; i < conduct->n_headers; i++) {
        const struct routes_header *header = header_at(table, conduct, i);

        set_header(r, routes_table_text(table, header->name),
                   routes_table_text(table, header->value));
    }
}

/* Variants that a header tells apart. */
static void
add_choice(request_rec *r, const struct routes_table *table, uint32_t choice)
{
    const char *vary = routes_choice_vary(table, choice);

    if (vary != NULL) {
        apr_table_mergen(r->err_headers_out, VARY, vary);
    }
}

/* Whether a script of the Origin may read by what the tables around it say,
 * whose word is in the headers already. */
static int
outer_admits(const request_rec *r, const struct request *request)
{
    for (const struct request *outer = request->outer; outer != NULL;
         outer = outer->outer) {
        const struct routes_conduct *conduct = request_conduct(outer);

        if (conduct != NULL && conduct->cors != 0) {
            return apr_table_get(r->err_headers_out, ALLOW_ORIGIN) != NULL;
        }
    }
    return 1;
}

/* What one table lets scripts read, another may not. */
static void
begin_cors(request_rec *r, const struct request *request,
           const struct routes_cors *cors)
{
    apr_table_t *headers = r->err_headers_out;
    int restricted = apr_table_get(headers, ALLOW_ORIGIN) != NULL &&
                     apr_table_get(headers, ALLOW_CREDENTIALS) == NULL;

    if (!outer_admits(r, request)) {
        return;
    }
    apr_table_unset(headers, ALLOW_ORIGIN);
    apr_table_unset(headers, ALLOW_CREDENTIALS);
    apr_table_unset(headers, EXPOSE);
    cors_begin(r, request_table(request), cors);
    if (restricted) {
        apr_table_unset(headers, ALLOW_CREDENTIALS);
    }
}

/* A preflight is answered by the route it asks for, not by the place. */
void
conduct_begin(request_rec *r, const struct request *request)
{
    const struct routes_conduct *conduct = request_conduct(request);
    const struct routes_table *table = request_table(request);

    if (request->choice != 0) {
        add_choice(r, table, request->choice);
    }
    if (conduct != NULL) {
        set_headers(r, table, conduct);
    }
    if (request->preflight != 0) {
        cors_answer(r, table, &table->cors[request->preflight]);
    }
    else if (conduct != NULL && conduct->cors != 0) {
        begin_cors(r, request, &table->cors[conduct->cors]);
    }
}

/* ---- for one ------------------------------------------------------------ */

/* What the function sets takes the place of what conduct_begin has set; but
 * an answer varies by what either says, and httpd joins the two. */
static void
drop_replaced(request_rec *r, const char *name)
{
    if (strcasecmp(name, VARY) != 0 &&
        apr_table_get(r->headers_out, name) != NULL) {
        apr_table_unset(r->err_headers_out, name);
    }
}

static void
drop_all_replaced(request_rec *r, const struct routes_table *table,
                  const struct routes_conduct *conduct)
{
    if (conduct->cache == ROUTES_CACHE_OFF) {
        drop_replaced(r, CACHE_CONTROL);
    }
    for (uint32_t i = 0; i < conduct->n_headers; i++) {
        drop_replaced(
            r, routes_table_text(table, header_at(table, conduct, i)->name));
    }
}

static int
says_nothing(const request_rec *r)
{
    return r->method_number == M_GET &&
           apr_table_get(r->headers_out, CACHE_CONTROL) == NULL &&
           apr_table_get(r->err_headers_out, CACHE_CONTROL) == NULL;
}

static int
is_kept(const request_rec *r)
{
    return r->status < HTTP_BAD_REQUEST && says_nothing(r);
}

/* A shared cache keeps what has a validator, and knows of no credentials but
 * those in Authorization. */
static void
keep_private(request_rec *r, const struct request *request)
{
    if (request->caller.user != NULL &&
        apr_table_get(r->headers_in, "Authorization") == NULL &&
        says_nothing(r)) {
        apr_table_setn(r->headers_out, CACHE_CONTROL, "private");
    }
}

/* A cookie is its caller's own: a shared cache would give it to all. */
static int
sets_cookie(const request_rec *r)
{
    return apr_table_get(r->headers_out, "Set-Cookie") != NULL ||
           apr_table_get(r->err_headers_out, "Set-Cookie") != NULL;
}

/* Whether no table around it asks who calls. */
static int
is_for_all(const struct request *request)
{
    const struct request *outer = request->outer;

    while (outer != NULL && (request_wishes(outer) & SERVED_OPEN) != 0) {
        outer = outer->outer;
    }
    return outer == NULL;
}

static void
add_lifetime(request_rec *r, const struct request *request,
             const struct routes_conduct *conduct)
{
    const struct routes_table *table = request_table(request);

    apr_table_setn(r->headers_out, CACHE_CONTROL,
                   apr_psprintf(r->pool, "%s, max-age=%u",
                                conduct->cache == ROUTES_CACHE_PUBLIC &&
                                        !sets_cookie(r) && is_for_all(request)
                                    ? "public"
                                    : "private",
                                (unsigned)conduct->max_age));
    if (conduct->vary.len > 0) {
        apr_table_mergen(r->headers_out, VARY,
                         routes_table_text(table, conduct->vary));
    }
}

static void
finish_table(request_rec *r, const struct request *request)
{
    const struct routes_conduct *conduct = request_conduct(request);

    if (conduct != NULL) {
        drop_all_replaced(r, request_table(request), conduct);
        if (conduct->cors != 0) {
            cors_finish(r);
        }
        if (conduct->cache >= ROUTES_CACHE_PUBLIC && is_kept(r)) {
            add_lifetime(r, request, conduct);
        }
    }
    keep_private(r, request);
}

/* The clauses of the last table before those around it. */
static __attribute__((noinline)) void
finish(request_rec *r, const struct request *request)
{
    for (; request != NULL; request = request->outer) {
        finish_table(r, request);
    }
}

void
conduct_finish(request_rec *r)
{
    const struct request *request = request_of(r);

    if ((request_wishes(request) & SERVED_HEADERS) != 0 ||
        request->caller.user != NULL || request->outer != NULL) {
        finish(r, request);
    }
}
