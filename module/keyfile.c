/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of API keys.
 */
#include "keyfile.h"

#include <string.h>

#include <apr_escape.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <openssl/evp.h>

#include "runtime/caller.h"
#include "userfile.h"

#define DIGEST_BYTES  32
#define DIGEST_DIGITS (2 * DIGEST_BYTES)

struct keyfile {
    apr_pool_t *pool;
    apr_hash_t *owners; /* digits of a digest -> struct keyfile_owner * */
};

static apr_array_header_t *
split_roles(apr_pool_t *pool, char *text)
{
    apr_array_header_t *roles = apr_array_make(pool, 2, sizeof(const char *));
    char *state;

    for (char *role = apr_strtok(text, " \t", &state); role != NULL;
         role = apr_strtok(NULL, " \t", &state)) {
        APR_ARRAY_PUSH(roles, const char *) = role;
    }
    routes_caller_sort(roles);
    return roles;
}

static int
add_key(void *baton, const char *name, char *rest)
{
    struct keyfile *keys = baton;
    char *colon = strchr(rest, ':');
    size_t len = colon == NULL ? strlen(rest) : (size_t)(colon - rest);

    if (len != DIGEST_DIGITS ||
        strspn(rest, "0123456789abcdef") != DIGEST_DIGITS ||
        apr_hash_get(keys->owners, rest, DIGEST_DIGITS) != NULL) {
        return 0;
    }
    struct keyfile_owner *owner = apr_palloc(keys->pool, sizeof(*owner));
    char none[] = "";
    owner->user = name;
    owner->roles = split_roles(keys->pool, colon == NULL ? none : colon + 1);
    apr_hash_set(keys->owners, rest, DIGEST_DIGITS, owner);
    return 1;
}

const char *
keyfile_read(apr_pool_t *pool, char *text, apr_size_t len,
             const void **content)
{
    struct keyfile *keys = apr_palloc(pool, sizeof(*keys));

    (void)len;
    keys->pool = pool;
    keys->owners = apr_hash_make(pool);
    *content = keys;
    return userfile_each_line(
        pool, text,
        "`user:digest`, 64 lower case digits of a key that stands once",
        add_key, keys);
}

const struct keyfile_owner *
keyfile_owner_of(const struct keyfile *keys, const char *key)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char digits[DIGEST_DIGITS + 1];

    if (EVP_Digest(key, strlen(key), digest, NULL, EVP_sha256(), NULL) != 1) {
        return NULL;
    }
    apr_escape_hex(digits, digest, DIGEST_BYTES, 0, NULL);
    return apr_hash_get(keys->owners, digits, DIGEST_DIGITS);
}
