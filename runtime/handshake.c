/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The opening handshake of a websocket.
 */
#include "handshake.h"

#include <string.h>
#include <strings.h>

#include <apr_base64.h>
#include <apr_lib.h>
#include <apr_sha1.h>
#include <apr_strings.h>

#include "header.h"

#define KEY_LEN   24 /* 16 bytes in base64 */
#define KEY_BYTES 16
#define GUID      "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* of section 1.3 */

/* ---- lists of tokens ---------------------------------------------------- */

/* Whether an item is in a list of tokens, in letters of either case. */
static int
has_item(const char *list, const char *wanted)
{
    size_t wanted_len = strlen(wanted);
    const char *at = list;
    const char *end;
    const char *item;
    size_t len;

    if (list == NULL) {
        return 0;
    }
    end = list + strlen(list);
    while (routes_header_item(&at, end, &item, &len)) {
        if (len == wanted_len && strncasecmp(item, wanted, len) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Whether the bytes are a token (RFC 9110, 5.6.2). */
static int
is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!apr_isalnum(text[i]) &&
            (text[i] == '\0' || strchr("!#$%&'*+-.^_`|~", text[i]) == NULL)) {
            return 0;
        }
    }
    return len > 0;
}

static int
is_offered(const apr_array_header_t *offers, const char *text, size_t len)
{
    for (int i = 0; i < offers->nelts; i++) {
        const char *offer = APR_ARRAY_IDX(offers, i, const char *);

        if (strlen(offer) == len && memcmp(offer, text, len) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Subprotocols are tokens, no two alike, and not so many that each costs a
 * look at too many others. */
static int
read_offers(const char *list, apr_pool_t *pool, apr_array_header_t *offers)
{
    const char *end = list + strlen(list);
    const char *at = list;
    const char *item;
    size_t len;

    while (routes_header_item(&at, end, &item, &len)) {
        if (offers->nelts == ROUTES_HANDSHAKE_MAX_OFFERS ||
            !is_token(item, len) || is_offered(offers, item, len)) {
            return 0;
        }
        APR_ARRAY_PUSH(offers, const char *) = apr_pstrmemdup(pool, item, len);
    }
    return offers->nelts > 0;
}

/* ---- the handshake ------------------------------------------------------ */

int
routes_handshake_asked(const struct routes_handshake *handshake)
{
    return has_item(handshake->upgrade, "websocket") &&
           has_item(handshake->connection, "upgrade");
}

/* Sixteen bytes in base64: 22 characters and two for what they leave over,
 * whose last four bits say nothing. */
static int
is_key(const char *key)
{
    unsigned char bytes[KEY_LEN];

    return key != NULL && strlen(key) == KEY_LEN &&
           strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                       "0123456789+/") == KEY_LEN - 2 &&
           strcmp(key + KEY_LEN - 2, "==") == 0 &&
           apr_base64_decode_binary(bytes, key) == KEY_BYTES;
}

enum routes_handshake_fault
routes_handshake_check(const struct routes_handshake *handshake,
                       apr_pool_t *pool, apr_array_header_t *offers)
{
    if (handshake->version == NULL ||
        strcmp(handshake->version, ROUTES_HANDSHAKE_VERSION) != 0) {
        return ROUTES_HANDSHAKE_OTHER_VERSION;
    }
    if (!is_key(handshake->key)) {
        return ROUTES_HANDSHAKE_NO_KEY;
    }
    if (handshake->protocols != NULL &&
        !read_offers(handshake->protocols, pool, offers)) {
        return ROUTES_HANDSHAKE_NO_PROTOCOL;
    }
    return ROUTES_HANDSHAKE_GOOD;
}

void
routes_handshake_accept(const char *key, char accept[ROUTES_HANDSHAKE_ACCEPT])
{
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    apr_sha1_ctx_t sha;

    apr_sha1_init(&sha);
    apr_sha1_update(&sha, key, KEY_LEN);
    apr_sha1_update(&sha, GUID, sizeof(GUID) - 1);
    apr_sha1_final(digest, &sha);
    apr_base64_encode_binary(accept, digest, sizeof(digest));
}
