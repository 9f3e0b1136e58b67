/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of header fields: the items of a list.
 */
#include "header.h"

static int
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The comma that ends an item, or end: a string that is not closed takes all
 * that is left. */
static const char *
find_comma(const char *at, const char *end)
{
    int quoted = 0;

    for (; at < end; at++) {
        if (*at == '"') {
            quoted = !quoted;
        }
        else if (*at == '\\' && quoted && end - at > 1) {
            at++;
        }
        else if (*at == ',' && !quoted) {
            break;
        }
    }
    return at;
}

int
routes_header_item(const char **at, const char *end, const char **item,
                   size_t *len)
{
    const char *first = *at;
    const char *stop;

    while (first < end && (is_blank(*first) || *first == ',')) {
        first++;
    }
    *at = first;
    if (first == end) {
        return 0;
    }
    stop = find_comma(first, end);
    *at = stop;
    while (is_blank(stop[-1])) {
        stop--;
    }
    *item = first;
    *len = (size_t)(stop - first);
    return 1;
}
