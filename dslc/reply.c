/* SPDX-License-Identifier: Apache-2.0 */
/* reply: the headers that clauses give to every answer. */
#include "dslc/reply.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "dslc/wire.h"

/* What the connection, the body and other clauses say. */
static const struct {
    const char *name;
    const char *help; /* or NULL */
} reserved[] = {
    {"Access-Control-*", "write `cors`"},
    {"Allow", NULL},
    {"Connection", NULL},
    {"Content-Encoding", NULL},
    {"Content-Length", NULL},
    {"Content-Range", NULL},
    {"Content-Type", "write `produces`"},
    {"Date", NULL},
    {"Deprecation", "write `deprecated`"},
    {"Keep-Alive", NULL},
    {"Location", "write `redirect`"},
    {"Proxy-Authenticate", NULL},
    {"Proxy-Connection", NULL},
    {"Server", NULL},
    {"Set-Cookie", "a function sets cookies"},
    {"TE", NULL},
    {"Trailer", NULL},
    {"Transfer-Encoding", NULL},
    {"Upgrade", NULL},
    {"WWW-Authenticate", "realms have it"},
};

#define N_RESERVED (sizeof(reserved) / sizeof(reserved[0]))

/* ---- header ---- */

static bool
is_reserved(const char *pattern, const char *name)
{
    size_t len = strlen(pattern);

    return pattern[len - 1] == '*' ? strncasecmp(pattern, name, len - 1) == 0
                                   : strcasecmp(pattern, name) == 0;
}

static bool
check_name(struct checker *checker, const struct ast_text *name)
{
    if (!wire_check_token(checker, name, "header")) {
        return false;
    }
    for (size_t i = 0; i < N_RESERVED; i++) {
        if (is_reserved(reserved[i].name, name->text)) {
            struct diag *diag =
                diag_error(checker->diags, name->span, E516,
                           "the header %s is not for `header` to set",
                           checker_quote(checker, name->text));

            if (reserved[i].help != NULL) {
                diag_help(diag, "%s", reserved[i].help);
            }
            return false;
        }
    }
    return true;
}

/* Printable ASCII, no blank at an end: what every client reads alike. */
static bool
check_value(struct checker *checker, const struct ast_text *value)
{
    const char *at = value->text;
    size_t len = strlen(at);

    while (*at >= ' ' && *at < 0x7f) {
        at++;
    }
    if (*at == '\0' && len > 0 && value->text[0] != ' ' &&
        value->text[len - 1] != ' ') {
        return true;
    }
    diag_error(checker->diags, value->span, E516,
               "the value of a header is printable ASCII, without blanks at "
               "its ends");
    return false;
}

/* The index of a header, or -1. */
static int
find_header(const apr_array_header_t *headers, const char *name)
{
    for (int i = 0; i < headers->nelts; i++) {
        if (strcasecmp(MODEL_AT(headers, struct model_header, i)->name,
                       name) == 0) {
            return i;
        }
    }
    return -1;
}

static void
add_header(struct checker *checker, const struct ast_stmt *stmt,
           apr_array_header_t *headers)
{
    const struct ast_text *name = &stmt->u.pair.name;
    struct model_header *header;
    int before;

    if (!check_name(checker, name) ||
        !check_value(checker, &stmt->u.pair.value)) {
        return;
    }
    before = find_header(headers, name->text);
    if (before >= 0) {
        struct diag *diag =
            diag_error(checker->diags, stmt->span, E018,
                       "the header %s stands twice in this block",
                       checker_quote(checker, name->text));

        diag_place(diag, MODEL_AT(headers, struct model_header, before)->span,
                   "first here");
        return;
    }
    header = apr_pcalloc(checker->pool, sizeof(*header));
    header->name = name->text;
    header->value = stmt->u.pair.value.text;
    header->span = stmt->span;
    APR_ARRAY_PUSH(headers, struct model_header *) = header;
}

apr_array_header_t *
reply_headers(struct checker *checker, const apr_array_header_t *outer,
              const struct ast_stmt *stmt)
{
    struct span span = stmt->span;
    apr_array_header_t *headers =
        apr_array_make(checker->pool, 4, sizeof(struct model_header *));
    int n;

    for (; stmt != NULL; stmt = clause_next(stmt)) {
        add_header(checker, stmt, headers);
    }
    n = headers->nelts;
    for (int i = 0; outer != NULL && i < outer->nelts; i++) {
        struct model_header *header = MODEL_AT(outer, struct model_header, i);

        if (find_header(headers, header->name) < 0) {
            APR_ARRAY_PUSH(headers, struct model_header *) = header;
        }
    }
    if (n > 0 && headers->nelts > REPLY_MAX_HEADERS) {
        checker_exceeds(checker, span,
                        apr_psprintf(checker->pool,
                                     "a route of more than %d headers",
                                     REPLY_MAX_HEADERS));
        headers->nelts = REPLY_MAX_HEADERS;
    }
    return headers;
}

void
reply_vary(struct checker *checker, struct model_route *route)
{
    struct model_conduct *conduct = &route->conduct;
    struct model_header *header;
    apr_array_header_t *headers;

    if (route->formats == NULL) {
        return;
    }
    header = apr_pcalloc(checker->pool, sizeof(*header));
    *header = (struct model_header){"Vary", "Accept", route->span};
    headers =
        conduct->headers != NULL
            ? apr_array_copy(checker->pool, conduct->headers)
            : apr_array_make(checker->pool, 1, sizeof(struct model_header *));
    APR_ARRAY_PUSH(headers, struct model_header *) = header;
    conduct->headers = headers;
}

/* ---- cache ---- */

bool
reply_cache(const struct ast_stmt *stmt, struct model_conduct *conduct)
{
    const struct ast_value *value = stmt != NULL ? stmt->u.value : NULL;

    if (value == NULL) {
        return true;
    }
    if (value->kind == AST_DURATION && value->number % 1000 == 0 &&
        value->number / 1000 <= INT32_MAX) {
        conduct->cache = ROUTES_CACHE_PRIVATE;
        conduct->max_age = (uint32_t)(value->number / 1000);
        return true;
    }
    if (value->kind == AST_WORD && strcmp(value->text, "off") == 0) {
        conduct->cache = ROUTES_CACHE_OFF;
        return true;
    }
    return false;
}

/* Whether an answer may be one caller's own.  Another table may ask who calls
 * where this one doesn't. */
static bool
is_personal(const struct model_route *route)
{
    if (route->auth == NULL || route->auth->rule->op != MODEL_RULE_PUBLIC ||
        model_is_table(route)) {
        return true;
    }
    for (int i = 0; i < route->args->nelts; i++) {
        switch (MODEL_AT(route->args, struct model_arg, i)->source) {
        case ROUTES_FROM_NULL:
        case ROUTES_FROM_PATH:
        case ROUTES_FROM_CONSTANT:
        case ROUTES_FROM_ARGUMENT:
        case ROUTES_FROM_QUERY:
        case ROUTES_FROM_FORM:
        case ROUTES_FROM_HEADER:
        case ROUTES_FROM_BODY:
        case ROUTES_FROM_RAW:
        case ROUTES_FROM_FILE:
            break;
        case ROUTES_FROM_COOKIE:
        case ROUTES_FROM_REQUEST:
            return true;
        }
    }
    return false;
}

static void
add_vary(apr_array_header_t *names, const char *name)
{
    struct model_header *header;

    if (find_header(names, name) < 0) {
        header = apr_pcalloc(names->pool, sizeof(*header));
        header->name = name;
        APR_ARRAY_PUSH(names, struct model_header *) = header;
    }
}

/* A record that is taken from headers member by member. */
static void
add_vary_members(apr_array_header_t *names, const struct model_record *record)
{
    for (int i = 0; i < record->members->nelts; i++) {
        add_vary(names,
                 wire_field(
                     names->pool,
                     MODEL_AT(record->members, struct model_member, i)->wire));
    }
}

static apr_array_header_t *
vary_names(struct checker *checker, const struct model_route *route)
{
    apr_array_header_t *names =
        apr_array_make(checker->pool, 4, sizeof(struct model_header *));

    for (int i = 0; i < route->args->nelts; i++) {
        const struct model_arg *arg =
            MODEL_AT(route->args, struct model_arg, i);

        if (arg->source == ROUTES_FROM_COOKIE) {
            add_vary(names, "Cookie");
        }
        else if (arg->source == ROUTES_FROM_HEADER && arg->by_member) {
            add_vary_members(names, arg->type->record);
        }
        else if (arg->source == ROUTES_FROM_HEADER) {
            add_vary(names, arg->wire);
        }
    }
    return names;
}

/* "Cookie, Accept-Language": each header once; NULL for none. */
static const char *
join_vary(struct checker *checker, const struct model_route *route)
{
    const apr_array_header_t *names = vary_names(checker, route);
    const char *joined = NULL;

    for (int i = 0; i < names->nelts; i++) {
        const char *name = MODEL_AT(names, struct model_header, i)->name;

        joined = joined == NULL
                     ? name
                     : apr_pstrcat(checker->pool, joined, ", ", name, NULL);
    }
    return joined;
}

void
reply_share(struct checker *checker, struct model_route *route)
{
    struct model_conduct *conduct = &route->conduct;

    if (conduct->cache != ROUTES_CACHE_PRIVATE) {
        return;
    }
    if (!is_personal(route)) {
        conduct->cache = ROUTES_CACHE_PUBLIC;
    }
    conduct->vary = join_vary(checker, route);
}

/* ---- in words ---- */

static const char *
cache_line(apr_pool_t *pool, const struct model_conduct *conduct)
{
    switch (conduct->cache) {
    case ROUTES_CACHE_NONE:
        break;
    case ROUTES_CACHE_OFF:
        return "Cache-Control: no-store";
    case ROUTES_CACHE_PUBLIC:
        return apr_psprintf(pool, "Cache-Control: public, max-age=%u",
                            (unsigned)conduct->max_age);
    case ROUTES_CACHE_PRIVATE:
        return apr_psprintf(pool, "Cache-Control: private, max-age=%u",
                            (unsigned)conduct->max_age);
    }
    return NULL;
}

apr_array_header_t *
reply_lines(apr_pool_t *pool, const struct model_conduct *conduct)
{
    apr_array_header_t *lines = apr_array_make(pool, 4, sizeof(const char *));
    const char *cache = cache_line(pool, conduct);

    for (int i = 0; conduct->headers != NULL && i < conduct->headers->nelts;
         i++) {
        const struct model_header *header =
            MODEL_AT(conduct->headers, struct model_header, i);

        APR_ARRAY_PUSH(lines, const char *) =
            apr_pstrcat(pool, header->name, ": ", header->value, NULL);
    }
    if (cache != NULL) {
        APR_ARRAY_PUSH(lines, const char *) = cache;
    }
    return lines;
}
