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

/* Whether text is base64 and nothing else: apr_base64_decode stops silently
 * at the first byte that is not. */
static int
is_base64(const char *text)
{
    size_t digits = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz"
                                 "0123456789+/");
    size_t padding = strspn(text + digits, "=");

    return text[digits + padding] == '\0' && digits > 0 && padding <= 2 &&
           (digits + padding) % 4 == 0;
}

/* RFC 7617: UTF-8, as the challenge asks, and no control character. */
static int
is_text(const char *text, size_t len)
{
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
    if (!is_base64(token)) {
        return CREDENTIALS_MALFORMED;
    }
    char *pair =
        apr_palloc(pool, (apr_size_t)apr_base64_decode_len(token) + 1);
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
