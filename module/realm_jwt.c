/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `jwt`: bearer tokens that are signed JWTs.
 *
 * Which algorithms count is configured, never the token's choice, and a key
 * serves its own type of algorithm only: public keys come from one file,
 * secrets from another, and a realm has one of them.
 */
#include "realm_jwt.h"

#include <string.h>

#include <util_cookies.h>
#include <apr_strings.h>

#include "claims.h"
#include "jwks.h"
#include "runtime/option.h"
#include "runtime/table.h"
#include "watched.h"

#define SCHEME        "Bearer"
#define AUTHORIZATION "Authorization"
#define SCHEME_LEN    (sizeof(SCHEME) - 1)

struct jwt {
    struct watched *keys;
    apr_array_header_t *algs; /* const char *: what a token may name */
    const char *header;       /* that has the token */
    const char *cookie;       /* that has a token too, or NULL */
    struct claims_wanted wanted;
};

/* ---- at start ----------------------------------------------------------- */

static apr_array_header_t *
list_algs(apr_pool_t *pconf, const struct routes_table *table,
          const struct routes_realm *row, int is_secret)
{
    apr_array_header_t *algs = apr_array_make(pconf, 2, sizeof(const char *));

    for (uint32_t i = 0; i < row->n_options; i++) {
        const struct routes_option *option = &table->options[row->options + i];

        if (option->key == ROUTES_OPTION_ALG) {
            APR_ARRAY_PUSH(algs, const char *) =
                routes_table_text(table, option->text);
        }
    }
    if (algs->nelts == 0 && is_secret) {
        APR_ARRAY_PUSH(algs, const char *) = "HS256";
    }
    if (algs->nelts == 0) {
        APR_ARRAY_PUSH(algs, const char *) = "RS256";
        APR_ARRAY_PUSH(algs, const char *) = "ES256";
    }
    return algs;
}

static int
has_alg(const struct jwt *jwt, const char *alg)
{
    for (int i = 0; i < jwt->algs->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(jwt->algs, i, const char *), alg) == 0) {
            return 1;
        }
    }
    return 0;
}

static watched_read_fn
secret_reader(const struct jwt *jwt)
{
    return has_alg(jwt, "HS512")   ? jwks_read_secret64
           : has_alg(jwt, "HS384") ? jwks_read_secret48
                                   : jwks_read_secret32;
}

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    struct jwt *jwt = apr_palloc(pconf, sizeof(*jwt));
    const char *keys = realm_file(pconf, table, row, ROUTES_OPTION_KEYS);
    const char *secret = realm_file(pconf, table, row, ROUTES_OPTION_SECRET);

    jwt->algs = list_algs(pconf, table, row, secret != NULL);
    jwt->keys = keys != NULL ? watched_make(pconf, keys, jwks_read)
                             : watched_make(pconf, secret, secret_reader(jwt));
    jwt->header =
        routes_option_text(table, row, ROUTES_OPTION_HEADER, AUTHORIZATION);
    jwt->cookie = routes_option_text(table, row, ROUTES_OPTION_COOKIE, NULL);
    jwt->wanted = (struct claims_wanted){
        .issuer = routes_option_text(table, row, ROUTES_OPTION_ISSUER, ""),
        .audience = routes_option_text(table, row, ROUTES_OPTION_AUDIENCE, ""),
        .leeway = routes_option_number(table, row, ROUTES_OPTION_LEEWAY, 0),
        .roles = routes_option_text(table, row, ROUTES_OPTION_ROLES, "roles"),
        .scopes =
            routes_option_text(table, row, ROUTES_OPTION_SCOPES, "scope")};
    realm->auth_type = SCHEME;
    realm->field =
        strcasecmp(jwt->header, AUTHORIZATION) == 0 ? NULL : jwt->header;
    realm->own = jwt;
    return NULL;
}

static const char *
find_fault(const struct realm *realm, apr_pool_t *pool)
{
    const struct jwt *jwt = realm->own;
    const char *fault = watched_load(jwt->keys, pool);

    return fault == NULL ? NULL : realm_say(realm, pool, "keys", fault);
}

/* ---- the token ---------------------------------------------------------- */

/* What stands behind the scheme; NULL: there is another, or none. */
static const char *
behind_scheme(const char *field)
{
    if (strncasecmp(field, SCHEME, SCHEME_LEN) != 0 ||
        (field[SCHEME_LEN] != ' ' && field[SCHEME_LEN] != '\0')) {
        return NULL;
    }
    field += SCHEME_LEN;
    return field + strspn(field, " ");
}

/* The token of the request, "" if there is something in its place, or NULL.
 * Other schemes are for other realms; a field of our own has no other. */
static const char *
find_token(request_rec *r, const struct jwt *jwt, int own_field)
{
    const char *field = apr_table_get(r->headers_in, jwt->header);
    const char *token = field == NULL ? NULL : behind_scheme(field);
    const char *cookie = NULL;

    if (token != NULL || (field != NULL && own_field)) {
        return token != NULL ? token : field;
    }
    if (field == NULL && jwt->cookie != NULL &&
        ap_cookie_read(r, jwt->cookie, &cookie, 0) == APR_SUCCESS) {
        return cookie;
    }
    return NULL;
}

/* Whether all its characters are those of a compact JWS. */
static int
is_compact(const char *token)
{
    return *token != '\0' && token[strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                 "abcdefghijklmnopqrstuvwxyz"
                                                 "0123456789-_.")] == '\0';
}

static apr_status_t
release_jws(void *data)
{
    cjose_jws_release(data);
    return APR_SUCCESS;
}

/* Whether one of the keys verifies the signature, by an algorithm that is
 * configured. */
static int
is_signed(const struct jwt *jwt, const apr_array_header_t *keys,
          cjose_jws_t *jws)
{
    cjose_err err;
    cjose_header_t *header = cjose_jws_get_protected(jws);
    const char *alg = cjose_header_get(header, CJOSE_HDR_ALG, &err);
    const char *kid = cjose_header_get(header, CJOSE_HDR_KID, &err);

    /* RFC 7515: what is critical and not understood makes it invalid */
    if (alg == NULL || !has_alg(jwt, alg) ||
        json_object_get((json_t *)(void *)header, "crit") != NULL) {
        return 0;
    }
    for (int i = 0; i < keys->nelts; i++) {
        const struct jwks_key *key =
            &APR_ARRAY_IDX(keys, i, const struct jwks_key);

        if (jwks_fits(key, alg, kid) &&
            cjose_jws_verify(jws, key->jwk, &err)) {
            return 1;
        }
    }
    return 0;
}

static json_t *
read_claims(cjose_jws_t *jws)
{
    uint8_t *text;
    size_t len;
    cjose_err err;

    if (!cjose_jws_get_plaintext(jws, &text, &len, &err)) {
        return NULL;
    }
    return json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, NULL);
}

/* NULL with the caller filled, or what is wrong with the token. */
static const char *
read_token(request_rec *r, const struct jwt *jwt,
           const apr_array_header_t *keys, const char *token,
           struct routes_caller *caller)
{
    cjose_err err;
    cjose_jws_t *jws = is_compact(token)
                           ? cjose_jws_import(token, strlen(token), &err)
                           : NULL;

    if (jws == NULL) {
        return "the token is malformed";
    }
    apr_pool_cleanup_register(r->pool, jws, release_jws,
                              apr_pool_cleanup_null);
    if (!is_signed(jwt, keys, jws)) {
        return "the signature is not ours to trust";
    }
    json_t *claims = read_claims(jws);
    const char *fault =
        !json_is_object(claims) || !realm_is_user(json_string_value(
                                       json_object_get(claims, "sub")))
            ? "the token has no subject"
            : claims_fault(claims, &jwt->wanted, r->request_time);
    if (fault == NULL) {
        *caller = (struct routes_caller){.user = NULL};
        claims_fill(r->pool, claims, &jwt->wanted, caller);
    }
    json_decref(claims);
    return fault;
}

static enum realm_result
try_request(request_rec *r, const struct realm *realm,
            struct realm_attempt *attempt)
{
    const struct jwt *jwt = realm->own;
    const char *token = find_token(r, jwt, realm->field != NULL);
    apr_uint64_t version;

    if (token == NULL) {
        return REALM_NONE;
    }
    const apr_array_header_t *keys = watched_content(jwt->keys, r, &version);
    if (keys == NULL) {
        return REALM_FAILED;
    }
    const char *fault = read_token(r, jwt, keys, token, attempt->caller);
    if (fault == NULL) {
        return REALM_GOOD;
    }
    attempt->why = fault;
    attempt->challenge = apr_psprintf(
        r->pool, "%s, error=\"invalid_token\", error_description=\"%s\"",
        realm->challenge, fault);
    return REALM_BAD;
}

const struct realm_kind realm_jwt = {
    .make = make, .fault = find_fault, .attempt = try_request};
