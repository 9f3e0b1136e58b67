/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The media type of a request's body.
 */
#include "media.h"

#include <string.h>

#include <apr_strings.h>

#include "answer.h"
#include "runtime/table.h"

#define FORM_TYPE  "application/x-www-form-urlencoded"
#define JSON_TYPE  "application/json"
#define PARTS_TYPE "multipart/form-data"

/* ---- what it is -------------------------------------------------------- */

static int
is_word(const char *at, size_t len, const char *word, size_t word_len)
{
    return len == word_len && strncasecmp(at, word, len) == 0;
}

/* Whether the parameters of a media type name another charset than UTF-8,
 * beside it, too. */
static int
is_foreign_charset(const char *params)
{
    static const char name[] = "charset=";

    while (*params == ';') {
        params++;
        params += strspn(params, " \t");
        if (strncasecmp(params, name, sizeof(name) - 1) == 0) {
            const char *value = params + sizeof(name) - 1;

            value += *value == '"';
            if (!is_word(value, strcspn(value, "\"; \t"), "utf-8", 5)) {
                return 1;
            }
        }
        params += strcspn(params, ";");
    }
    return 0;
}

static size_t
essence(const char *type)
{
    return strcspn(type, "; \t");
}

/* application/json, and what is called application/x+json (RFC 6839). */
static int
is_json(const char *type, size_t len)
{
    static const char prefix[] = "application/";
    static const char suffix[] = "+json";

    return is_word(type, len, JSON_TYPE, sizeof(JSON_TYPE) - 1) ||
           (len > sizeof(prefix) + sizeof(suffix) &&
            strncasecmp(type, prefix, sizeof(prefix) - 1) == 0 &&
            strncasecmp(type + len - (sizeof(suffix) - 1), suffix,
                        sizeof(suffix) - 1) == 0);
}

enum routes_body
media_kind(const char *type)
{
    size_t len = essence(type);

    if (is_foreign_charset(type + len + strspn(type + len, " \t"))) {
        return ROUTES_BODY_RAW;
    }
    if (is_word(type, len, PARTS_TYPE, sizeof(PARTS_TYPE) - 1)) {
        return ROUTES_BODY_PARTS;
    }
    if (is_word(type, len, FORM_TYPE, sizeof(FORM_TYPE) - 1)) {
        return ROUTES_BODY_FORM;
    }
    return is_json(type, len) ? ROUTES_BODY_JSON : ROUTES_BODY_RAW;
}

/* Whether a header is there and says anything but one word. */
static int
differs(const request_rec *r, const char *header, const char *word)
{
    const char *value = apr_table_get(r->headers_in, header);

    return value != NULL && strcasecmp(value, word) != 0;
}

int
media_is_encoded(const request_rec *r)
{
    return differs(r, "Content-Encoding", "identity") ||
           differs(r, "Transfer-Encoding", "chunked");
}

/* ---- whether it is taken ----------------------------------------------- */

/* Whether a type is the one of a range, or one of its many. */
static int
is_in_range(const char *type, const char *range, size_t range_len)
{
    size_t len = essence(type);

    if (range_len > 0 && range[range_len - 1] == '*') {
        return len >= range_len &&
               strncasecmp(type, range, range_len - 1) == 0;
    }
    return is_word(type, len, range, range_len);
}

int
media_is_consumed(const struct routes_table *table,
                  const struct routes_route *route, const char *type)
{
    for (uint32_t i = 0; i < route->n_consumes; i++) {
        struct routes_text range = table->labels[route->consumes + i];

        if (is_in_range(type, routes_table_text(table, range), range.len)) {
            return 1;
        }
    }
    return route->n_consumes == 0;
}

/* Whether arguments of the route may come from such a body. */
static int
is_read(const struct routes_route *route, enum routes_body kind)
{
    switch (kind) {
    case ROUTES_BODY_NONE:
    case ROUTES_BODY_RAW:
        return 0;
    case ROUTES_BODY_FORM:
        return (route->takes & ROUTES_TAKES_FORM) != 0;
    case ROUTES_BODY_JSON:
        return (route->takes & ROUTES_TAKES_JSON) != 0;
    case ROUTES_BODY_PARTS:
        return (route->takes & (ROUTES_TAKES_FORM | ROUTES_TAKES_FILES)) != 0;
    }
    return 0;
}

int
media_is_taken(const struct routes_table *table,
               const struct routes_route *route, const char *type)
{
    return media_is_consumed(table, route, type) &&
           ((route->takes & (ROUTES_TAKES_RAW | ROUTES_TAKES_STREAM)) ||
            is_read(route, media_kind(type)));
}

/* What the route takes by its arguments, as Accept has it. */
static const char *
usual_types(apr_pool_t *pool, const struct routes_route *route)
{
    static const struct {
        unsigned takes;
        const char *type;
    } usual[] = {
        {ROUTES_TAKES_FORM, FORM_TYPE},
        {ROUTES_TAKES_FORM | ROUTES_TAKES_FILES, PARTS_TYPE},
        {ROUTES_TAKES_JSON, JSON_TYPE},
    };
    const char *list = "";

    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        if (route->takes & usual[i].takes) {
            list = apr_pstrcat(pool, list, *list == '\0' ? "" : ", ",
                               usual[i].type, NULL);
        }
    }
    return *list == '\0' ? "*/*" : list;
}

static const char *
consumed_types(apr_pool_t *pool, const struct routes_table *table,
               const struct routes_route *route)
{
    const char *list = "";

    for (uint32_t i = 0; i < route->n_consumes; i++) {
        list = apr_pstrcat(
            pool, list, i == 0 ? "" : ", ",
            routes_table_text(table, table->labels[route->consumes + i]),
            NULL);
    }
    return list;
}

int
media_refuse(request_rec *r, const struct routes_table *table,
             const struct routes_route *route)
{
    apr_table_setn(r->err_headers_out, "Accept",
                   route->n_consumes == 0
                       ? usual_types(r->pool, route)
                       : consumed_types(r->pool, table, route));
    return answer_error(r, HTTP_UNSUPPORTED_MEDIA_TYPE);
}
