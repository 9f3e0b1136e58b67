/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Realms of any kind: made at start, tried per request.
 */
#include "realm.h"

#include "realm_basic.h"
#include "runtime/challenge.h"
#include "runtime/table.h"
#include "served.h"

const char *
realm_make(apr_pool_t *pconf, const struct routes_table *table, uint32_t index,
           struct realm *realm)
{
    const struct routes_realm *row = &table->realms[index];

    realm->kind = (enum routes_realm_kind)row->kind;
    realm->name = routes_table_text(table, row->name);
    realm->place = served_line(table, row->source, row->line, pconf);
    realm->challenge = routes_challenge(table, index, pconf);
    switch (realm->kind) {
    case ROUTES_REALM_NULL:
        break;
    case ROUTES_REALM_BASIC:
        realm_basic_make(pconf, table, row, realm);
        break;
    }
    return realm_fault(realm, pconf);
}

const char *
realm_fault(const struct realm *realm, apr_pool_t *pool)
{
    switch (realm->kind) {
    case ROUTES_REALM_NULL:
        break;
    case ROUTES_REALM_BASIC:
        return realm_basic_fault(realm, pool);
    }
    return NULL;
}

enum realm_result
realm_try(request_rec *r, const struct realm *realm, int with_roles,
          struct routes_caller *caller)
{
    switch (realm->kind) {
    case ROUTES_REALM_NULL:
        break;
    case ROUTES_REALM_BASIC:
        return realm_basic_try(r, realm, with_roles, caller);
    }
    return REALM_NONE;
}
