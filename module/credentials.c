/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The credentials of RFC 7617: user-id and password out of a header.
 */
#include "credentials.h"

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

/* Whatever the locale. */
static int
is_digit(unsigned char c)
{
    unsigned char letter = c | 0x20;

    return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') ||
           c == '+' || c == '/';
}

/* The number of bytes of text if it is base64 and nothing else, or 0:
 * apr_base64_decode stops silently at the first byte that is not. */
static size_t
measure_base64(const char *text)
{
    size_t digits = 0;
    size_t padding = 0;

    while (is_digit((unsigned char)text[digits])) {
        digits++;
    }
    while (text[digits + padding] == '=') {
        padding++;
    }
    return text[digits + padding] == '\0' && padding <= 2 &&
                   (digits + padding) % 4 == 0
               ? digits + padding
               : 0;
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
    size_t size = measure_base64(token);
    if (size == 0) {
        return CREDENTIALS_MALFORMED;
    }
    char *pair = apr_palloc(pool, size / 4 * 3 + 1);
    size_t len = (size_t)apr_base64_decode(pair, token);
    char *colon = memchr(pair, ':', len);
    if (colon == NULL || colon == pair || !is_text(pair, len)) {
        return CREDENTIALS_MALFORMED;
    }
    pair[len] = '\0';
    *colon = '\0';
    credentials->user = pair;
    credentials->password = colon + 1;
    return CREDENTIALS_FOUND;
}
