/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `hmac`: requests whose body is signed with a shared secret.
 *
 * What can be told from the header fields alone is told before the body is
 * read, so that who has no signature makes nobody wait for it.
 */
#include "realm_hmac.h"

#include <string.h>

#include <apr_base64.h>
#include <apr_escape.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "kept.h"
#include "runtime/option.h"
#include "runtime/signed.h"
#include "runtime/table.h"
#include "secrets.h"
#include "watched.h"

struct hmac {
    struct routes_signed signing;
    const char *header;
    const EVP_MD *hash;
    struct watched *secrets;
};

/* ---- at start ----------------------------------------------------------- */

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    struct hmac *hmac = apr_pcalloc(pconf, sizeof(*hmac));
    struct routes_signed_words words = {
        .format = routes_option_text(table, row, ROUTES_OPTION_FORMAT, NULL),
        .alg = routes_option_text(table, row, ROUTES_OPTION_ALG, NULL),
        .template = routes_option_text(table, row, ROUTES_OPTION_SIGNED, NULL),
        .timestamp =
            routes_option_text(table, row, ROUTES_OPTION_TIMESTAMP, NULL),
        .tolerance =
            routes_option_number(table, row, ROUTES_OPTION_TOLERANCE, -1)};
    const char *fault = routes_signed_make(pconf, &words, &hmac->signing);

    if (fault != NULL) {
        return realm_say(realm, pconf, "signature", fault);
    }
    hmac->hash = EVP_get_digestbyname(hmac->signing.alg);
    if (hmac->hash == NULL) {
        return realm_say(realm, pconf, "hash",
                         "this OpenSSL does not have it");
    }
    hmac->header = routes_option_text(table, row, ROUTES_OPTION_HEADER, NULL);
    hmac->secrets = watched_make(
        pconf, realm_file(pconf, table, row, ROUTES_OPTION_SECRET),
        secrets_read);
    realm->auth_type = "Hmac";
    realm->field = hmac->header;
    realm->own = hmac;
    return NULL;
}

static const char *
find_fault(const struct realm *realm, apr_pool_t *pool)
{
    const struct hmac *hmac = realm->own;
    const char *fault = watched_load(hmac->secrets, pool);

    return fault == NULL ? NULL : realm_say(realm, pool, "secret", fault);
}

/* ---- the signature ------------------------------------------------------ */

/* What a request says, and what it is held against. */
struct claim {
    const struct hmac *hmac;
    struct routes_signature given;
    const struct kept *body;
};

/* The bytes of a part; NULL: the request does not have them. */
static const char *
part_text(const request_rec *r, const struct claim *claim,
          const struct routes_signed_part *part, size_t *len)
{
    const char *text = NULL;

    switch (part->kind) {
    case ROUTES_SIGNED_TEXT:
        *len = part->len;
        return part->text;
    case ROUTES_SIGNED_BODY:
        *len = claim->body->len;
        return claim->body->at != NULL ? claim->body->at : "";
    case ROUTES_SIGNED_HEADER:
        text = apr_table_get(r->headers_in, part->text);
        break;
    case ROUTES_SIGNED_TIMESTAMP:
        text = claim->given.timestamp;
        break;
    case ROUTES_SIGNED_METHOD:
        text = r->method;
        break;
    case ROUTES_SIGNED_TARGET:
        text = r->unparsed_uri;
        break;
    }
    *len = text == NULL ? 0 : strlen(text);
    return text;
}

/* Feeds all parts; 0: one is missing, or OpenSSL fails. */
static int
feed(const request_rec *r, const struct claim *claim, EVP_MD_CTX *context)
{
    const apr_array_header_t *parts = claim->hmac->signing.parts;

    for (int i = 0; i < parts->nelts; i++) {
        size_t len;
        const char *text = part_text(
            r, claim,
            &APR_ARRAY_IDX(parts, i, const struct routes_signed_part), &len);

        if (text == NULL || EVP_DigestSignUpdate(context, text, len) != 1) {
            return 0;
        }
    }
    return 1;
}

/* The signature by one secret; its length, or 0. */
static size_t
sign(const request_rec *r, const struct claim *claim,
     const struct secrets_one *secret, unsigned char *digest)
{
    size_t len = EVP_MAX_MD_SIZE;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
        EVP_PKEY_HMAC, NULL, (const unsigned char *)secret->at, secret->len);

    if (context == NULL || key == NULL ||
        EVP_DigestSignInit(context, NULL, claim->hmac->hash, NULL, key) != 1 ||
        !feed(r, claim, context) ||
        EVP_DigestSignFinal(context, digest, &len) != 1) {
        len = 0;
    }
    EVP_PKEY_free(key);
    EVP_MD_CTX_free(context);
    return len;
}

/* A signature as the field spells it. */
static const char *
spell(apr_pool_t *pool, const struct hmac *hmac, const unsigned char *digest,
      size_t len)
{
    if (!hmac->signing.base64) {
        return apr_pescape_hex(pool, digest, len, 0);
    }
    char *text = apr_palloc(pool, (apr_size_t)apr_base64_encode_len((int)len));
    apr_base64_encode_binary(text, digest, (int)len);
    return text;
}

/* Compares in a time that only the length tells of. */
static int
is_same(const char *given, const char *right)
{
    size_t len = strlen(right);

    return strlen(given) == len && CRYPTO_memcmp(given, right, len) == 0;
}

/* Whether one of the secrets made one of the signatures. */
static int
is_signed(const request_rec *r, const struct claim *claim,
          const apr_array_header_t *secrets)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    int found = 0;

    for (int i = 0; i < secrets->nelts && !found; i++) {
        size_t len = sign(
            r, claim, &APR_ARRAY_IDX(secrets, i, struct secrets_one), digest);
        const char *right =
            len == 0 ? "" : spell(r->pool, claim->hmac, digest, len);

        for (unsigned n = 0; n < claim->given.n && len > 0; n++) {
            found |= is_same(claim->given.texts[n], right);
        }
    }
    return found;
}

/* ---- a request ---------------------------------------------------------- */

static enum realm_result
refuse(struct realm_attempt *attempt, const char *why)
{
    attempt->why = why;
    return REALM_BAD;
}

/* NULL, or what is wrong with what the header fields say. */
static const char *
read_fields(request_rec *r, const char *value, struct claim *claim)
{
    const struct routes_signed *signing = &claim->hmac->signing;

    if (!routes_signed_read(signing, r->pool, value, &claim->given)) {
        return "the signature is not of the realm's format";
    }
    for (unsigned n = 0; n < claim->given.n && !signing->base64; n++) {
        char *text = apr_pstrdup(r->pool, claim->given.texts[n]);

        ap_str_tolower(text);
        claim->given.texts[n] = text;
    }
    if (signing->time_header != NULL) {
        claim->given.timestamp =
            apr_table_get(r->headers_in, signing->time_header);
    }
    if (signing->tolerance >= 0 &&
        !routes_signed_is_fresh(signing, claim->given.timestamp,
                                apr_time_sec(r->request_time))) {
        return "the timestamp is missing, too old or too far ahead";
    }
    return NULL;
}

static enum realm_result
try_request(request_rec *r, const struct realm *realm,
            struct realm_attempt *attempt)
{
    struct claim claim = {.hmac = realm->own};
    const char *value = apr_table_get(r->headers_in, claim.hmac->header);
    apr_uint64_t version;

    attempt->refusal = kept_check_length(r);
    if (attempt->refusal != OK || value == NULL) {
        return attempt->refusal != OK ? REALM_FAILED : REALM_NONE;
    }
    const char *fault = read_fields(r, value, &claim);
    if (fault != NULL) {
        return refuse(attempt, fault);
    }
    const apr_array_header_t *secrets =
        watched_content(claim.hmac->secrets, r, &version);
    if (secrets == NULL) {
        return REALM_FAILED;
    }
    claim.body = kept_read(r);
    if (claim.body->status != OK) {
        attempt->refusal = claim.body->status;
        return REALM_FAILED;
    }
    if (!is_signed(r, &claim, secrets)) {
        return refuse(attempt, "no secret of the realm made the signature");
    }
    *attempt->caller = (struct routes_caller){.user = realm->name};
    return REALM_GOOD;
}

const struct realm_kind realm_hmac = {
    .make = make, .fault = find_fault, .attempt = try_request};
