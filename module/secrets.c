/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of secrets that requests are signed with.
 */
#include "secrets.h"

#include <string.h>

#include <apr_encode.h>
#include <apr_strings.h>

#define MAX_SECRETS 16 /* each is tried */
#define BASE64      "base64:"
#define BASE64_LEN  (sizeof(BASE64) - 1)

/* What stands behind "base64:"; 0: it is none. */
static int
read_base64(apr_pool_t *pool, const char *text, struct secrets_one *secret)
{
    apr_size_t len = 0;

    if (apr_decode_base64_binary(NULL, text, APR_ENCODE_STRING,
                                 APR_ENCODE_NONE, &len) != APR_SUCCESS ||
        len == 0) {
        return 0;
    }
    unsigned char *bytes = apr_palloc(pool, len);
    secret->at = (const char *)bytes;
    return apr_decode_base64_binary(bytes, text, APR_ENCODE_STRING,
                                    APR_ENCODE_NONE,
                                    &secret->len) == APR_SUCCESS;
}

/* A line that is a secret; 0: a blank at an end of it is seen by nobody who
 * copies it. */
static int
add_line(apr_pool_t *pool, const char *line, apr_array_header_t *secrets)
{
    apr_size_t len = strlen(line);
    struct secrets_one *secret = apr_array_push(secrets);

    secret->at = line;
    secret->len = len;
    if (strchr(" \t", line[0]) != NULL ||
        strchr(" \t", line[len - 1]) != NULL) {
        return 0;
    }
    return strncmp(line, BASE64, BASE64_LEN) != 0 ||
           read_base64(pool, line + BASE64_LEN, secret);
}

const char *
secrets_read(apr_pool_t *pool, char *text, apr_size_t len,
             const void **content)
{
    apr_array_header_t *secrets =
        apr_array_make(pool, 2, sizeof(struct secrets_one));
    int number = 0;

    (void)len;
    for (char *next; text != NULL; text = next) {
        next = strchr(text, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        text[strcspn(text, "\r")] = '\0';
        number++;
        if (*text != '\0' && !add_line(pool, text, secrets)) {
            return apr_psprintf(pool,
                                "line %d is no secret: it begins or ends with "
                                "a blank, or is no base64 behind \"base64:\"",
                                number);
        }
    }
    *content = secrets;
    if (secrets->nelts == 0) {
        return "it has no secret";
    }
    return secrets->nelts <= MAX_SECRETS ? NULL
                                         : "it has more than 16 secrets";
}
