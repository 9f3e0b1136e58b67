/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Location of a redirect.
 */
#include "redirect.h"

#include <string.h>

#include "table.h"
#include "url.h"

/* What is being put together. */
struct location {
    const struct routes_table *table;
    const struct routes_capture *captures;
    const char *query; /* never NULL */
    char *to;
};

static void
add_text(struct location *location, const char *text, size_t len)
{
    memcpy(location->to, text, len);
    location->to += len;
}

/* Bytes of a query string that stay: what RFC 3986 lets stand in one, and
 * those beside it that browsers send. */
static int
is_plain(unsigned char c)
{
    return c > ' ' && c < 0x7f && strchr("\"#<>\\^`", c) == NULL;
}

static void
add_query(struct location *location)
{
    for (const char *at = location->query; *at != '\0'; at++) {
        if (is_plain((unsigned char)*at)) {
            *location->to++ = *at;
        }
        else {
            location->to += routes_url_encode(at, 1, 0, location->to);
        }
    }
}

static void
add_part(struct location *location, const struct routes_target_part *part)
{
    const struct routes_capture *capture = &location->captures[part->capture];

    switch ((enum routes_target_part_kind)part->kind) {
    case ROUTES_TARGET_NULL:
        break;
    case ROUTES_TARGET_TEXT:
        add_text(location, routes_table_text(location->table, part->text),
                 part->text.len);
        break;
    case ROUTES_TARGET_SEGMENT:
    case ROUTES_TARGET_REST:
        location->to +=
            routes_url_encode(capture->at, capture->len,
                              part->kind == ROUTES_TARGET_REST, location->to);
        break;
    case ROUTES_TARGET_QUERY:
        if (*location->query != '\0') {
            add_text(location, routes_table_text(location->table, part->text),
                     part->text.len);
            add_query(location);
        }
        break;
    }
}

/* Enough for the part, every byte of a capture and a query encoded. */
static size_t
room_for(const struct location *location,
         const struct routes_target_part *part)
{
    switch ((enum routes_target_part_kind)part->kind) {
    case ROUTES_TARGET_NULL:
        break;
    case ROUTES_TARGET_TEXT:
        return part->text.len;
    case ROUTES_TARGET_SEGMENT:
    case ROUTES_TARGET_REST:
        return 3 * location->captures[part->capture].len;
    case ROUTES_TARGET_QUERY:
        return part->text.len + 3 * strlen(location->query);
    }
    return 0;
}

/* One slash is left of those it begins with. */
static char *
skip_slashes(char *text)
{
    while (text[0] == '/' && text[1] == '/') {
        text++;
    }
    return text;
}

char *
routes_redirect_location(const struct routes_table *table, uint32_t redirect,
                         const struct routes_capture *captures,
                         const char *prefix, const char *query,
                         apr_pool_t *pool)
{
    const struct routes_redirect *row = &table->redirects[redirect];
    const struct routes_target_part *parts = &table->target_parts[row->parts];
    struct location location = {.table = table,
                                .captures = captures,
                                .query = query == NULL ? "" : query};
    size_t room = 3 * strlen(prefix) + 1;
    char *start;

    for (uint32_t i = 0; i < row->n_parts; i++) {
        room += room_for(&location, &parts[i]);
    }
    start = apr_palloc(pool, room);
    location.to = start;
    if (row->own) {
        location.to +=
            routes_url_encode(prefix, strlen(prefix), 1, location.to);
    }
    for (uint32_t i = 0; i < row->n_parts; i++) {
        add_part(&location, &parts[i]);
    }
    *location.to = '\0';
    return skip_slashes(start);
}
