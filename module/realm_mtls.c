/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `mtls`: the client certificate that mod_ssl has verified.
 */
#include "realm_mtls.h"

#include <string.h>

#include <http_config.h>
#include <http_log.h>
#include <apr_optional.h>
#include <mod_ssl.h>

#include "log.h"
#include "names.h"
#include "runtime/option.h"

#define USER_VARIABLE "SSL_CLIENT_S_DN_CN"

struct mtls {
    APR_OPTIONAL_FN_TYPE(ssl_var_lookup) * lookup;
    const char *dn; /* what the subject must end in, or NULL */
    const char *ca; /* what the issuer must end in, or NULL */
    const char *user;
};

static const char *
read_name(apr_pool_t *pconf, const struct routes_table *table,
          const struct routes_realm *row, enum routes_option_key key)
{
    const char *name = routes_option_text(table, row, key, NULL);

    return name == NULL ? NULL : names_canonical(pconf, name);
}

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    struct mtls *mtls = apr_palloc(pconf, sizeof(*mtls));

    mtls->lookup = APR_RETRIEVE_OPTIONAL_FN(ssl_var_lookup);
    mtls->dn = read_name(pconf, table, row, ROUTES_OPTION_DN);
    mtls->ca = read_name(pconf, table, row, ROUTES_OPTION_CA);
    mtls->user =
        routes_option_text(table, row, ROUTES_OPTION_USER, USER_VARIABLE);
    realm->auth_type = "ClientCert";
    realm->own = mtls;
    return mtls->lookup != NULL
               ? NULL
               : realm_say(realm, pconf, "certificates",
                           "mod_ssl is not loaded, which verifies them");
}

static const char *
find_fault(const struct realm *realm, apr_pool_t *pool)
{
    (void)realm;
    (void)pool;
    return NULL;
}

/* A variable of mod_ssl, or "". */
static const char *
look_up(request_rec *r, const struct mtls *mtls, const char *name)
{
    const char *value =
        mtls->lookup(r->pool, r->server, r->connection, r, (char *)name);

    return value == NULL ? "" : value;
}

static int
is_named(request_rec *r, const struct mtls *mtls, const char *variable,
         const char *end)
{
    return end == NULL || names_end(look_up(r, mtls, variable), end);
}

static enum realm_result
try_request(request_rec *r, const struct realm *realm,
            struct realm_attempt *attempt)
{
    const struct mtls *mtls = realm->own;

    /* GENEROUS is a certificate that nobody has verified */
    if (strcmp(look_up(r, mtls, "SSL_CLIENT_VERIFY"), "SUCCESS") != 0) {
        return REALM_NONE;
    }
    const char *user = look_up(r, mtls, mtls->user);
    if (!is_named(r, mtls, "SSL_CLIENT_S_DN", mtls->dn) ||
        !is_named(r, mtls, "SSL_CLIENT_I_DN", mtls->ca) ||
        !realm_is_user(user)) {
        return REALM_BAD;
    }
    *attempt->caller = (struct routes_caller){.user = user};
    return REALM_GOOD;
}

const struct realm_kind realm_mtls = {
    .make = make, .fault = find_fault, .attempt = try_request};
