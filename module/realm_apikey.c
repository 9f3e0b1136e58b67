/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `apikey`: a random key in a header field.
 */
#include "realm_apikey.h"

#include "keyfile.h"
#include "runtime/option.h"
#include "watched.h"

struct apikey {
    const char *header;
    struct watched *keys;
};

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    struct apikey *apikey = apr_palloc(pconf, sizeof(*apikey));

    apikey->header =
        routes_option_text(table, row, ROUTES_OPTION_HEADER, NULL);
    apikey->keys =
        watched_make(pconf, realm_file(pconf, table, row, ROUTES_OPTION_FILE),
                     keyfile_read);
    realm->auth_type = "ApiKey";
    realm->field = apikey->header;
    realm->own = apikey;
    return NULL;
}

static const char *
find_fault(const struct realm *realm, apr_pool_t *pool)
{
    const struct apikey *apikey = realm->own;
    const char *fault = watched_load(apikey->keys, pool);

    return fault == NULL ? NULL : realm_say(realm, pool, "key file", fault);
}

static enum realm_result
try_request(request_rec *r, const struct realm *realm,
            struct realm_attempt *attempt)
{
    const struct apikey *apikey = realm->own;
    const char *key = apr_table_get(r->headers_in, apikey->header);
    apr_uint64_t version;

    if (key == NULL) {
        return REALM_NONE;
    }
    const struct keyfile *keys = watched_content(apikey->keys, r, &version);
    if (keys == NULL) {
        return REALM_FAILED;
    }
    const struct keyfile_owner *owner = keyfile_owner_of(keys, key);
    if (owner == NULL) {
        return REALM_BAD;
    }
    *attempt->caller = (struct routes_caller){
        .user = owner->user,
        .roles = (const char *const *)(const void *)owner->roles->elts,
        .n_roles = (size_t)owner->roles->nelts};
    return REALM_GOOD;
}

const struct realm_kind realm_apikey = {
    .make = make, .fault = find_fault, .attempt = try_request};
