/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Realms of any kind: made at start, tried per request.
 */
#include "realm.h"

#include <string.h>

#include <http_config.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "realm_apache.h"
#include "realm_apikey.h"
#include "realm_basic.h"
#include "realm_hmac.h"
#include "realm_jwt.h"
#include "realm_mtls.h"
#include "realm_python.h"
#include "realm_session.h"
#include "runtime/challenge.h"
#include "runtime/option.h"
#include "runtime/table.h"
#include "runtime/value.h"
#include "served.h"

static const struct realm_kind *
kind_of(const struct routes_realm *row)
{
    switch ((enum routes_realm_kind)row->kind) {
    case ROUTES_REALM_NULL:
        break;
    case ROUTES_REALM_BASIC:
        return &realm_basic;
    case ROUTES_REALM_MTLS:
        return &realm_mtls;
    case ROUTES_REALM_APIKEY:
        return &realm_apikey;
    case ROUTES_REALM_JWT:
        return &realm_jwt;
    case ROUTES_REALM_APACHE:
        return &realm_apache;
    case ROUTES_REALM_PYTHON:
        return &realm_python;
    case ROUTES_REALM_SESSION:
        return &realm_session;
    case ROUTES_REALM_HMAC:
        return &realm_hmac;
    }
    return NULL;
}

const char *
realm_make(apr_pool_t *pconf, const struct routes_table *table, uint32_t index,
           struct realm *realm)
{
    const struct routes_realm *row = &table->realms[index];

    realm->kind = kind_of(row);
    realm->name = routes_table_text(table, row->name);
    realm->place = served_line(table, row->source, row->line, pconf);
    realm->challenge = routes_challenge(table, index, pconf);
    const char *fault = realm->kind->make(pconf, table, row, realm);
    return fault != NULL ? fault : realm_fault(realm, pconf);
}

const char *
realm_fault(const struct realm *realm, apr_pool_t *pool)
{
    return realm->kind->fault(realm, pool);
}

enum realm_result
realm_try(request_rec *r, const struct realm *realm,
          struct realm_attempt *attempt)
{
    return realm->kind->attempt(r, realm, attempt);
}

const char *
realm_file(apr_pool_t *pconf, const struct routes_table *table,
           const struct routes_realm *row, enum routes_option_key key)
{
    const char *path = routes_option_text(table, row, key, NULL);
    const char *absolute =
        path == NULL ? NULL : ap_server_root_relative(pconf, path);

    return absolute == NULL ? path : absolute;
}

int
realm_is_user(const char *text)
{
    size_t len = text == NULL ? 0 : strlen(text);

    for (size_t i = 0; i < len; i++) {
        if (apr_iscntrl(text[i])) {
            return 0;
        }
    }
    return len > 0 && routes_utf8_valid(text, len, NULL);
}

const char *
realm_say(const struct realm *realm, apr_pool_t *pool, const char *what,
          const char *fault)
{
    return apr_psprintf(pool, "realm '%s' (%s): its %s: %s", realm->name,
                        realm->place, what, fault);
}
