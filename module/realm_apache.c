/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `apache`: whoever httpd's own modules say it is.
 */
#include "realm_apache.h"

#include <http_core.h>
#include <http_log.h>
#include <apr_strings.h>

#include "authname.h"
#include "log.h"
#include "runtime/caller.h"
#include "runtime/option.h"
#include "userfile.h"
#include "watched.h"

struct apache {
    struct watched *groups;  /* or NULL */
    ap_conf_vector_t *title; /* or NULL */
    const char *variable;    /* of the environment, with roles; or NULL */
};

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    struct apache *apache = apr_pcalloc(pconf, sizeof(*apache));
    const char *groups = realm_file(pconf, table, row, ROUTES_OPTION_GROUPS);
    const char *title =
        routes_option_text(table, row, ROUTES_OPTION_TITLE, NULL);

    if (groups != NULL) {
        apache->groups = watched_make(pconf, groups, userfile_read_groups);
    }
    if (title != NULL) {
        apache->title = authname_make(pconf, title);
    }
    apache->variable =
        routes_option_text(table, row, ROUTES_OPTION_ROLES, NULL);
    realm->own = apache;
    return NULL;
}

static const char *
find_fault(const struct realm *realm, apr_pool_t *pool)
{
    const struct apache *apache = realm->own;
    const char *fault =
        apache->groups == NULL ? NULL : watched_load(apache->groups, pool);

    return fault == NULL ? NULL : realm_say(realm, pool, "group file", fault);
}

/* Its turn comes in httpd's own phases. */
static enum realm_result
try_request(request_rec *r, const struct realm *realm,
            struct realm_attempt *attempt)
{
    (void)attempt;
    if (ap_auth_type(r) != NULL) {
        return REALM_LATER;
    }
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                  LOGNO(0053) "realm '%s' (%s): there is no AuthType for %s, "
                              "so that httpd can't ask who calls",
                  realm->name, realm->place, r->uri);
    return REALM_FAILED;
}

void
realm_apache_begin(request_rec *r, const struct realm *realm)
{
    const struct apache *apache = realm->own;

    authname_apply(r, apache->title);
}

/* ---- roles -------------------------------------------------------------- */

static void
add_words(apr_array_header_t *roles, const char *text)
{
    char *state;

    for (char *role = apr_strtok(apr_pstrdup(roles->pool, text), " ,", &state);
         role != NULL; role = apr_strtok(NULL, " ,", &state)) {
        APR_ARRAY_PUSH(roles, const char *) = role;
    }
}

/* 0 if the group file can't be read. */
static int
add_groups(request_rec *r, struct watched *groups, const char *user,
           apr_array_header_t *roles)
{
    apr_uint64_t version;
    const struct userfile_groups *known = watched_content(groups, r, &version);
    const apr_array_header_t *of =
        known == NULL ? NULL : userfile_groups_of(known, user);

    if (of != NULL) {
        apr_array_cat(roles, of);
    }
    return known != NULL;
}

int
realm_apache_fill(request_rec *r, const struct realm *realm, int with_roles,
                  struct routes_caller *caller)
{
    const struct apache *apache = realm->own;
    apr_array_header_t *roles =
        apr_array_make(r->pool, 4, sizeof(const char *));
    const char *variable =
        apache->variable == NULL
            ? NULL
            : apr_table_get(r->subprocess_env, apache->variable);

    *caller = (struct routes_caller){.user = r->user};
    if (!with_roles) {
        return 1;
    }
    if (variable != NULL) {
        add_words(roles, variable);
    }
    if (apache->groups != NULL &&
        !add_groups(r, apache->groups, r->user, roles)) {
        return 0;
    }
    routes_caller_set_roles(caller, roles);
    return 1;
}

const struct realm_kind realm_apache = {
    .make = make, .fault = find_fault, .attempt = try_request};
