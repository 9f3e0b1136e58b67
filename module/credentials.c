/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The credentials of RFC 7617: user-id and password out of a header.
 */
#include "credentials.h"

#include <limits.h>
#include <string.h>

#include <apr_base64.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "runtime/value.h"

#define SCHEME     "Basic"
#define SCHEME_LEN (sizeof(SCHEME) - 1)

/* The token68 of the field, or NULL if the scheme is not ours. */
static const char *
skip_scheme(const char *field)
{
    if (field == NULL || strncasecmp(field, SCHEME, SCHEME_LEN) != 0) {
        return NULL;
    }
    field += SCHEME_LEN;
    if (*field != ' ' && *field != '\0') {
        return NULL;
    }
    return field + strspn(field, " ");
}

/*
 * The number of bytes that text of size bytes stands for if it is base64 and
 * nothing else, or -1 if its length says that it is not.
 */
static int
measure_base64(const char *text, size_t size)
{
    int padding = 0;

    if (size == 0 || size % 4 != 0 || size > INT_MAX) {
        return -1;
    }
    while (padding < 2 && text[size - 1 - (size_t)padding] == '=') {
        padding++;
    }
    return (int)(size / 4 * 3) - padding;
}

/* RFC 7617: UTF-8, as the challenge asks, and no control character. */
static int
is_text(const char *text, size_t len)
{
    if (routes_utf8_plain(text, len)) {
        return 1;
    }
    for (size_t i = 0; i < len; i++) {
        if (apr_iscntrl(text[i])) {
            return 0;
        }
    }
    return routes_utf8_valid(text, len, NULL);
}

enum credentials_result
credentials_parse(const char *field, apr_pool_t *pool,
                  struct credentials *credentials)
{
    const char *token = skip_scheme(field);

    if (token == NULL) {
        return CREDENTIALS_NONE;
    }
    size_t size = strlen(token);
    int len = measure_base64(token, size);
    if (len < 0) {
        return CREDENTIALS_MALFORMED;
    }
    char *pair = apr_palloc(pool, size / 4 * 3 + 1);
    /* it stops silently at the first byte that is no base64 */
    if (apr_base64_decode(pair, token) != len) {
        return CREDENTIALS_MALFORMED;
    }
    char *colon = memchr(pair, ':', (size_t)len);
    if (colon == NULL || colon == pair || !is_text(pair, (size_t)len)) {
        return CREDENTIALS_MALFORMED;
    }
    pair[len] = '\0';
    *colon = '\0';
    credentials->user = pair;
    credentials->password = colon + 1;
    return CREDENTIALS_FOUND;
}
