/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs of named routes.
 */
#include "url.h"

#include <string.h>

#include "language.h"
#include "utf8.h"
#include "value.h"

#define MAX_LABEL 63 /* bytes, RFC 1035 */

static int
compare_name(const struct routes_table *table, uint32_t i, const char *name,
             size_t len)
{
    const struct routes_text *text = &table->urls[i].name;
    int order = memcmp(table->text + text->at, name,
                       text->len < len ? text->len : len);

    return order != 0 ? order : (text->len > len) - (text->len < len);
}

uint32_t
routes_url_find(const struct routes_table *table, const char *name, size_t len)
{
    uint32_t low = 1;
    uint32_t high = table->n_urls;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_name(table, middle, name, len);

        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return 0;
}

/* ---- arguments ---------------------------------------------------------- */

int
routes_url_is_query(const struct routes_route *route,
                    const struct routes_arg *arg)
{
    return arg->source == ROUTES_FROM_QUERY ||
           (arg->source == ROUTES_FROM_ARGUMENT &&
            (route->methods & ROUTES_METHODS_BODILESS) != 0);
}

int
routes_url_is_optional(const struct routes_table *table,
                       const struct routes_route *route,
                       const struct routes_arg *arg)
{
    return (arg->flags & ROUTES_ARG_HAS_DEFAULT) != 0 ||
           (table->types[arg->type].flags & ROUTES_TYPE_OPTIONAL) != 0 ||
           (arg->source == ROUTES_FROM_ARGUMENT &&
            (route->methods & ~ROUTES_METHODS_BODILESS) != 0);
}

/* ---- variants by the query ---------------------------------------------- */

static const struct routes_variant *
variant_at(const struct routes_table *table,
           const struct routes_choice *choice, uint32_t i)
{
    return &table->variants[choice->variants + i];
}

/* The index of a key among those of a choice, or their number. */
static uint32_t
find_key(const struct routes_table *table, const struct routes_choice *choice,
         const char *text, size_t len)
{
    uint32_t i = 0;

    while (i < choice->n_variants) {
        struct routes_text key = variant_at(table, choice, i)->key;

        if (key.len == len && memcmp(table->text + key.at, text, len) == 0) {
            break;
        }
        i++;
    }
    return i;
}

/* The index of the variant that calls a route, or their number: the rest. */
static uint32_t
find_variant(const struct routes_table *table,
             const struct routes_choice *choice, uint32_t route)
{
    uint32_t i = 0;

    while (i < choice->n_variants &&
           variant_at(table, choice, i)->route != route) {
        i++;
    }
    return i;
}

int
routes_url_is_key(const struct routes_table *table,
                  const struct routes_url *url, const char *text, size_t len)
{
    const struct routes_choice *choice = &table->choices[url->choice];

    return find_key(table, choice, text, len) < choice->n_variants;
}

const struct routes_text *
routes_url_key(const struct routes_table *table, const struct routes_url *url)
{
    const struct routes_choice *choice = &table->choices[url->choice];
    uint32_t own = find_variant(table, choice, url->route);

    return own < choice->n_variants ? &variant_at(table, choice, own)->key
                                    : NULL;
}

enum routes_url_role
routes_url_role(const struct routes_table *table, const struct routes_url *url,
                struct routes_text wire)
{
    const struct routes_choice *choice = &table->choices[url->choice];
    uint32_t own = find_variant(table, choice, url->route);
    uint32_t key;

    if (choice->by == ROUTES_BY_VALUE) {
        if (choice->name.len != wire.len ||
            memcmp(table->text + choice->name.at, table->text + wire.at,
                   wire.len) != 0) {
            return ROUTES_URL_FREE;
        }
        return own < choice->n_variants ? ROUTES_URL_FIXED : ROUTES_URL_ELSE;
    }
    key = find_key(table, choice, table->text + wire.at, wire.len);
    return key == own && key < choice->n_variants ? ROUTES_URL_TELLS
           : key < own                            ? ROUTES_URL_FIXED
                                                  : ROUTES_URL_FREE;
}

/* ---- values ------------------------------------------------------------- */

static int
is_label(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '_')) {
            return 0;
        }
    }
    return len > 0 && len <= MAX_LABEL;
}

static int
is_binary(const struct routes_type *type)
{
    return type->kind == ROUTES_TYPE_BYTES ||
           type->kind == ROUTES_TYPE_RAWPATH;
}

/* In the query string nothing is absent, for every type but str. */
static int
takes_field(const struct routes_table *table, uint32_t type, const char *text,
            size_t len)
{
    struct routes_value value;

    return (len > 0 || table->types[type].kind == ROUTES_TYPE_STR) &&
           routes_value_text(table, type, text, len, 0, &value) ==
               ROUTES_FAULT_NONE;
}

int
routes_url_takes(const struct routes_table *table, uint32_t type,
                 enum routes_url_part_kind kind, const char *text, size_t len)
{
    struct routes_value value;

    if (memchr(text, '\0', len) != NULL) {
        return 0;
    }
    if (kind == ROUTES_URL_NULL) {
        return takes_field(table, type, text, len);
    }
    if (kind == ROUTES_URL_LABEL && !is_label(text, len)) {
        return 0;
    }
    if (kind != ROUTES_URL_REST &&
        (len == 0 || memchr(text, '/', len) != NULL)) {
        return 0;
    }
    return (is_binary(&table->types[type]) ||
            !routes_utf8_control(text, len)) &&
           routes_language_has(table, type, text, len) &&
           routes_value_text(table, type, text, len, 1, &value) ==
               ROUTES_FAULT_NONE;
}

/* ---- text --------------------------------------------------------------- */

static int
is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

size_t
routes_url_encode(const char *text, size_t len, int slashes, char *to)
{
    static const char digits[] = "0123456789ABCDEF";
    char *start = to;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (is_unreserved(c) || (slashes && c == '/')) {
            *to++ = (char)c;
            continue;
        }
        *to++ = '%';
        *to++ = digits[c >> 4];
        *to++ = digits[c & 15];
    }
    return (size_t)(to - start);
}

static int
is_dots(const char *text, size_t len)
{
    return (len == 1 || len == 2) && text[0] == '.' && text[len - 1] == '.';
}

int
routes_url_is_stable(const char *path, size_t len)
{
    const char *end = path + len;

    while (path < end) {
        const char *segment = path + 1;
        const char *slash = memchr(segment, '/', (size_t)(end - segment));
        size_t n = (size_t)((slash != NULL ? slash : end) - segment);

        if ((n == 0 && slash != NULL) || is_dots(segment, n)) {
            return 0;
        }
        path = slash != NULL ? slash : end;
    }
    return 1;
}
