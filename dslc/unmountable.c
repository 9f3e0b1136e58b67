/* SPDX-License-Identifier: Apache-2.0 */
/* unmountable: clauses that mean nothing to what is mounted. */
#include "dslc/unmountable.h"

#include <string.h>

#include <apr_strings.h>

#define BIT(kind) (1U << ROUTES_MOUNT_##kind)
#define ALL       (~0U)

static const struct {
    enum ast_kind clause;
    const char *limit; /* of a `limit`: which; else NULL */
    unsigned kinds;
    const char *help;
} rows[] = {
    {AST_PRODUCES, NULL, ALL, "what is mounted says itself what it produces"},
    {AST_CONSUMES, NULL, BIT(TABLE),
     "the table that is mounted says what its routes take"},
    {AST_CONSUMES, NULL, BIT(FILES),
     "files are asked for with GET and HEAD, which bring no body"},
    {AST_QUERY, NULL, ALL,
     "what is mounted reads the query string: a mount declares no keys of it"},
    {AST_SLASH, NULL, ALL,
     "a mount answers for its path with and without a slash"},
    {AST_LIMIT, "time", BIT(FILES),
     "no function runs: httpd's `Timeout` is for clients that don't read"},
    {AST_LIMIT, "time", BIT(HANDLER),
     "nothing can interrupt a handler of httpd; `limit concurrency` bounds "
     "how many requests it may keep"},
    {AST_LIMIT, "time", BIT(PROXY),
     "write httpd's `ProxyTimeout`, or `ProxySet timeout=` in a `<Proxy>`"},
    {AST_LIMIT, "concurrency", BIT(FILES),
     "no function runs: httpd's `MaxRequestWorkers` bounds what is sent at a "
     "time, mod_ratelimit how fast"},
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

/* ---- what stands on it -------------------------------------------------- */

static const char *
kind_word(enum routes_mount_kind kind)
{
    static const char *const words[] = {"",     "files", "handler", "proxy",
                                        "wsgi", "asgi",  "routes"};

    return words[kind];
}

static void
refuse_clause(struct checker *checker, enum routes_mount_kind kind,
              const struct ast_stmt *stmt, const char *help)
{
    diag_help(diag_error(checker->diags, stmt->keyword, E015,
                         "`%s` is not allowed in a mount of %s",
                         ast_kind_word(stmt->kind), kind_word(kind)),
              "%s", help);
}

/* Every limit of that name, a rate has none. */
static void
refuse_limits(struct checker *checker, enum routes_mount_kind kind,
              const struct ast_stmt *stmt, const char *name, const char *help)
{
    for (const struct ast_limit *one = stmt->u.limits.first; one != NULL;
         one = one->next) {
        if (strcmp(one->what.text, name) == 0) {
            diag_help(diag_error(checker->diags, one->what.span, E015,
                                 "`limit %s` is not allowed in a mount of %s",
                                 name, kind_word(kind)),
                      "%s", help);
        }
    }
}

void
unmountable_refuse(struct checker *checker, enum routes_mount_kind kind,
                   const struct clause_set *set)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        const struct ast_stmt *stmt = set->one[rows[i].clause];

        if (stmt == NULL || (rows[i].kinds & (1U << kind)) == 0) {
            continue;
        }
        if (rows[i].limit != NULL) {
            refuse_limits(checker, kind, stmt, rows[i].limit, rows[i].help);
        }
        else {
            refuse_clause(checker, kind, stmt, rows[i].help);
        }
    }
}

/* ---- what is around it -------------------------------------------------- */

static bool
can_limit(enum routes_mount_kind kind, const char *limit)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        if (rows[i].limit != NULL && strcmp(rows[i].limit, limit) == 0 &&
            (rows[i].kinds & (1U << kind)) != 0) {
            return false;
        }
    }
    return true;
}

void
unmountable_drop(enum routes_mount_kind kind, struct model_route *route)
{
    route->strict = 0; /* it is of functions */
    if (!can_limit(kind, "time")) {
        route->limits.time = 0;
    }
    if (!can_limit(kind, "concurrency")) {
        route->limits.concurrency = 0;
    }
}
