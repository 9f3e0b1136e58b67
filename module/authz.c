/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Authorisation providers of httpd, asked outside `Require`.
 */
#include "authz.h"

#include <string.h>

#include <ap_provider.h>
#include <http_config.h>
#include <http_main.h>
#include <apr_strings.h>

#include "runtime/table.h"
#include "served.h"

/* Why a provider can't be asked by the gate, or NULL. */
static const char *
find_obstacle(const char *name)
{
    static const struct {
        const char *name;
        const char *why;
    } obstacles[] = {
        {"file-owner", "it asks who owns the file that httpd would send"},
        {"file-group", "it asks who owns the file that httpd would send"},
        {"dbd-login", "it does not only ask, it logs somebody in"},
        {"dbd-logout", "it does not only ask, it logs somebody out"},
    };

    for (size_t i = 0; i < sizeof(obstacles) / sizeof(obstacles[0]); i++) {
        if (strcmp(obstacles[i].name, name) == 0) {
            return obstacles[i].why;
        }
    }
    return NULL;
}

/* Has the provider read its arguments, as if they stood in httpd.conf. */
static const char *
parse(apr_pool_t *pconf, const struct routes_table *table,
      const struct routes_authz *row, struct authz *authz)
{
    static const command_rec require = {.name = "Require"};
    ap_directive_t directive = {
        .directive = require.name,
        .args = authz->args,
        .filename = routes_table_text(table, table->files[row->file].path),
        .line_num = (int)row->line};
    cmd_parms parms = {.limited = -1,
                       .pool = pconf,
                       .temp_pool = pconf,
                       .server = ap_server_conf,
                       .directive = &directive,
                       .cmd = &require};

    return authz->provider->parse_require_line == NULL
               ? NULL
               : authz->provider->parse_require_line(&parms, authz->args,
                                                     &authz->parsed);
}

static const char *
find_fault(apr_pool_t *pconf, const struct routes_table *table,
           const struct routes_authz *row, struct authz *authz)
{
    const char *obstacle = find_obstacle(authz->name);

    if (obstacle != NULL) {
        return obstacle;
    }
    authz->provider = ap_lookup_provider(AUTHZ_PROVIDER_GROUP, authz->name,
                                         AUTHZ_PROVIDER_VERSION);
    return authz->provider == NULL ? "no loaded module offers such a provider"
                                   : parse(pconf, table, row, authz);
}

const char *
authz_make(apr_pool_t *pconf, const struct routes_table *table, uint32_t index,
           struct authz *authz)
{
    const struct routes_authz *row = &table->authzs[index];

    authz->name = routes_table_text(table, row->name);
    authz->args = routes_table_text(table, row->args);
    authz->is_sure = routes_rule_sure_no(authz->name) != 0;
    const char *fault = find_fault(pconf, table, row, authz);
    return fault == NULL
               ? NULL
               : apr_psprintf(pconf, "apache(\"%s\") (%s): %s", authz->name,
                              served_line(table, row->file, row->line, pconf),
                              fault);
}

enum routes_word
authz_ask(request_rec *r, const struct authz *authz, const char *user)
{
    char *before = r->user;
    authz_status status;

    r->user = (char *)user;
    /* an <AuthzProviderAlias> finds itself by it */
    apr_table_setn(r->notes, AUTHZ_PROVIDER_NAME_NOTE, authz->name);
    status =
        authz->provider->check_authorization(r, authz->args, authz->parsed);
    apr_table_unset(r->notes, AUTHZ_PROVIDER_NAME_NOTE);
    r->user = before;
    switch (status) {
    case AUTHZ_DENIED:
        return authz->is_sure ? ROUTES_NO
               : user == NULL ? ROUTES_NOBODY
                              : ROUTES_SILENT;
    case AUTHZ_GRANTED:
        return ROUTES_YES;
    case AUTHZ_DENIED_NO_USER:
        return user == NULL ? ROUTES_NOBODY : ROUTES_NO;
    case AUTHZ_NEUTRAL:
        return ROUTES_SILENT;
    case AUTHZ_GENERAL_ERROR:
        break;
    }
    return ROUTES_FAILED;
}
