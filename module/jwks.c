/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that verify signatures of tokens.
 */
#include "jwks.h"

#include <string.h>

#include <apr_strings.h>
#include <jansson.h>

#define RSA_MIN_BITS 2048

/* ---- keys --------------------------------------------------------------- */

static apr_status_t
release_key(void *data)
{
    cjose_jwk_release(data);
    return APR_SUCCESS;
}

static const char *
keep_text(apr_pool_t *pool, const json_t *object, const char *name)
{
    return apr_pstrdup(pool, json_string_value(json_object_get(object, name)));
}

static void
keep_key(apr_array_header_t *keys, cjose_jwk_t *jwk, const json_t *object)
{
    apr_pool_t *pool = keys->pool;
    struct jwks_key *key = apr_array_push(keys);

    apr_pool_cleanup_register(pool, jwk, release_key, apr_pool_cleanup_null);
    key->jwk = jwk;
    key->kid = keep_text(pool, object, "kid");
    key->alg = keep_text(pool, object, "alg");
    key->type = keep_text(pool, object, "kty");
    key->curve = keep_text(pool, object, "crv");
}

static int
is_text(const json_t *object, const char *name, const char *text)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value != NULL && strcmp(value, text) == 0;
}

/* Whether a key of a set is one that verifies, as far as we know its type. */
static int
is_wanted(const json_t *object)
{
    int signs = json_object_get(object, "use") == NULL ||
                is_text(object, "use", "sig");

    return signs &&
           (is_text(object, "kty", "RSA") || is_text(object, "kty", "EC"));
}

static const char *
add_key(apr_array_header_t *keys, const json_t *object)
{
    cjose_err err;

    if (is_text(object, "kty", "oct")) {
        return "it has a secret: that belongs into a file of its own, which "
               "`secret file` names";
    }
    if (json_object_get(object, "d") != NULL) {
        return "it has a private key";
    }
    if (!is_wanted(object)) {
        return NULL;
    }
    char *text = json_dumps(object, JSON_COMPACT);
    cjose_jwk_t *jwk =
        text == NULL ? NULL : cjose_jwk_import(text, strlen(text), &err);
    free(text);
    if (jwk == NULL) {
        return "a key of it is malformed";
    }
    keep_key(keys, jwk, object);
    return is_text(object, "kty", "RSA") &&
                   cjose_jwk_get_keysize(jwk, &err) < RSA_MIN_BITS
               ? "an RSA key of it is shorter than 2048 bits"
               : NULL;
}

static const char *
add_keys(apr_array_header_t *keys, const json_t *set)
{
    const json_t *list = json_object_get(set, "keys");
    const char *fault = NULL;

    if (!json_is_array(list)) {
        return "it is no JWK set: there is no array `keys`";
    }
    for (size_t i = 0; i < json_array_size(list) && fault == NULL; i++) {
        fault = add_key(keys, json_array_get(list, i));
    }
    if (fault == NULL && keys->nelts == 0) {
        fault = "it has no key that verifies RSA or EC signatures";
    }
    return fault;
}

const char *
jwks_read(apr_pool_t *pool, char *text, apr_size_t len, const void **content)
{
    apr_array_header_t *keys =
        apr_array_make(pool, 4, sizeof(struct jwks_key));
    json_t *set = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

    if (set == NULL) {
        return "it is no JSON";
    }
    const char *fault = add_keys(keys, set);
    json_decref(set);
    *content = keys;
    return fault;
}

/* ---- secrets ------------------------------------------------------------ */

static const char *
read_secret(apr_pool_t *pool, const char *text, apr_size_t len,
            apr_size_t least, const void **content)
{
    apr_array_header_t *keys =
        apr_array_make(pool, 1, sizeof(struct jwks_key));
    cjose_err err;

    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r')) {
        len--;
    }
    if (len < least) {
        return apr_psprintf(pool,
                            "it is a secret of %u bytes, and must have "
                            "%u at least",
                            (unsigned)len, (unsigned)least);
    }
    cjose_jwk_t *jwk =
        cjose_jwk_create_oct_spec((const uint8_t *)text, len, &err);
    if (jwk == NULL) {
        return "it can't be made a key";
    }
    keep_key(keys, jwk, NULL);
    ((struct jwks_key *)(void *)keys->elts)->type = "oct";
    *content = keys;
    return NULL;
}

const char *
jwks_read_secret32(apr_pool_t *pool, char *text, apr_size_t len,
                   const void **content)
{
    return read_secret(pool, text, len, 32, content);
}

const char *
jwks_read_secret48(apr_pool_t *pool, char *text, apr_size_t len,
                   const void **content)
{
    return read_secret(pool, text, len, 48, content);
}

const char *
jwks_read_secret64(apr_pool_t *pool, char *text, apr_size_t len,
                   const void **content)
{
    return read_secret(pool, text, len, 64, content);
}

/* ---- which key ---------------------------------------------------------- */

static const struct {
    const char *alg;
    const char *type;
    const char *curve;
} algs[] = {
    {"RS256", "RSA", NULL},   {"RS384", "RSA", NULL},
    {"RS512", "RSA", NULL},   {"PS256", "RSA", NULL},
    {"PS384", "RSA", NULL},   {"PS512", "RSA", NULL},
    {"ES256", "EC", "P-256"}, {"ES384", "EC", "P-384"},
    {"ES512", "EC", "P-521"}, {"HS256", "oct", NULL},
    {"HS384", "oct", NULL},   {"HS512", "oct", NULL},
};

static int
is_type_of(const struct jwks_key *key, const char *alg)
{
    for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
        if (strcmp(algs[i].alg, alg) == 0) {
            return key->type != NULL && strcmp(algs[i].type, key->type) == 0 &&
                   (algs[i].curve == NULL ||
                    (key->curve != NULL &&
                     strcmp(algs[i].curve, key->curve) == 0));
        }
    }
    return 0;
}

int
jwks_fits(const struct jwks_key *key, const char *alg, const char *kid)
{
    return is_type_of(key, alg) &&
           (key->alg == NULL || strcmp(key->alg, alg) == 0) &&
           (kid == NULL || key->kid == NULL || strcmp(key->kid, kid) == 0);
}
