/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distinguished names as RFC 2253 writes them.
 */
#include "names.h"

#include <string.h>

#include <apr_strings.h>

/* Whether the character at i stands behind an odd number of backslashes. */
static int
is_escaped(const char *name, size_t i)
{
    size_t backslashes = 0;

    while (backslashes < i && name[i - 1 - backslashes] == '\\') {
        backslashes++;
    }
    return backslashes % 2 == 1;
}

const char *
names_canonical(apr_pool_t *pool, const char *name)
{
    char *made = apr_palloc(pool, strlen(name) + 1);
    char *at = made;

    for (size_t i = 0; name[i] != '\0'; i++) {
        *at++ = name[i];
        if (name[i] == ',' && !is_escaped(name, i)) {
            i += strspn(name + i + 1, " ");
        }
    }
    *at = '\0';
    return made;
}

int
names_end(const char *name, const char *end)
{
    size_t len = strlen(name);
    size_t end_len = strlen(end);

    if (name[0] == '/' || len < end_len ||
        strcmp(name + len - end_len, end) != 0) {
        return 0;
    }
    if (len == end_len) {
        return 1;
    }
    size_t comma = len - end_len - 1;
    return name[comma] == ',' && !is_escaped(name, comma);
}
