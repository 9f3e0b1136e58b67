/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `basic`: RFC 7617 against an htpasswd file and a group file.
 */
#include "realm_basic.h"

#include <http_config.h>
#include <apr_strings.h>

#include "credentials.h"
#include "log.h"
#include "runtime/option.h"
#include "userfile.h"

/* A path that ServerRoot can't complete stays as it is, and is not found;
 * NULL stays NULL. */
static const char *
resolve_file(apr_pool_t *pool, const char *path)
{
    const char *absolute =
        path == NULL ? NULL : ap_server_root_relative(pool, path);

    return absolute == NULL ? path : absolute;
}

void
realm_basic_make(apr_pool_t *pconf, const struct routes_table *table,
                 const struct routes_realm *row, struct realm *realm)
{
    realm->auth_type = "Basic";
    realm->file = resolve_file(
        pconf, routes_option_text(table, row, ROUTES_OPTION_FILE, NULL));
    realm->groups = resolve_file(
        pconf, routes_option_text(table, row, ROUTES_OPTION_GROUPS, NULL));
}

const char *
realm_basic_fault(const struct realm *realm, apr_pool_t *pool)
{
    const char *const paths[] = {realm->file, realm->groups};
    static const char *const kinds[] = {"password", "group"};

    for (unsigned i = 0; i < 2 && paths[i] != NULL; i++) {
        apr_status_t rv = userfile_readable(pool, paths[i]);

        if (rv != APR_SUCCESS) {
            return apr_psprintf(pool,
                                "realm '%s' (%s): can't read its %s file "
                                "'%s': %pm",
                                realm->name, realm->place, kinds[i], paths[i],
                                &rv);
        }
    }
    return NULL;
}

static int
find_roles(request_rec *r, const struct realm *realm,
           struct routes_caller *caller)
{
    apr_array_header_t *groups;
    apr_status_t rv =
        userfile_groups(r->pool, realm->groups, caller->user, &groups);

    if (rv != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, rv, r,
                      LOGNO(0020) "realm '%s' (%s): can't read its group "
                                  "file '%s': the request is refused",
                      realm->name, realm->place, realm->groups);
        return 0;
    }
    routes_caller_set_roles(caller, groups);
    return 1;
}

static enum realm_result
check_password(request_rec *r, const struct realm *realm,
               const struct credentials *credentials)
{
    int good;
    apr_status_t rv = userfile_password(
        r->pool, realm->file, credentials->user, credentials->password, &good);

    if (rv != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, rv, r,
                      LOGNO(0021) "realm '%s' (%s): can't read its password "
                                  "file '%s': the request is refused",
                      realm->name, realm->place, realm->file);
        return REALM_FAILED;
    }
    return good ? REALM_GOOD : REALM_BAD;
}

enum realm_result
realm_basic_try(request_rec *r, const struct realm *realm, int with_roles,
                struct routes_caller *caller)
{
    struct credentials credentials;

    switch (credentials_parse(apr_table_get(r->headers_in, "Authorization"),
                              r->pool, &credentials)) {
    case CREDENTIALS_NONE:
        return REALM_NONE;
    case CREDENTIALS_MALFORMED:
        return REALM_BAD;
    case CREDENTIALS_FOUND:
        break;
    }
    enum realm_result result = check_password(r, realm, &credentials);
    if (result != REALM_GOOD) {
        return result;
    }
    *caller = (struct routes_caller){.user = credentials.user};
    if (with_roles && realm->groups != NULL && !find_roles(r, realm, caller)) {
        return REALM_FAILED;
    }
    return REALM_GOOD;
}
