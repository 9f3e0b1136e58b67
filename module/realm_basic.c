/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `basic`: RFC 7617 against an htpasswd file and a group file.
 */
#include "realm_basic.h"

#include <apr_strings.h>

#include "credentials.h"
#include "failures.h"
#include "log.h"
#include "userfile.h"
#include "verified.h"
#include "watched.h"

struct basic {
    struct watched *users;
    struct watched *groups; /* or NULL */
};

/* ---- at start ----------------------------------------------------------- */

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    struct basic *basic = apr_pcalloc(pconf, sizeof(*basic));
    const char *groups = realm_file(pconf, table, row, ROUTES_OPTION_GROUPS);

    basic->users =
        watched_make(pconf, realm_file(pconf, table, row, ROUTES_OPTION_FILE),
                     userfile_read_users);
    if (groups != NULL) {
        basic->groups = watched_make(pconf, groups, userfile_read_groups);
    }
    realm->auth_type = "Basic";
    realm->own = basic;
    return NULL;
}

static const char *
find_fault(const struct realm *realm, apr_pool_t *pool)
{
    const struct basic *basic = realm->own;
    const char *what = "password file";
    const char *fault = watched_load(basic->users, pool);

    if (fault == NULL && basic->groups != NULL) {
        what = "group file";
        fault = watched_load(basic->groups, pool);
    }
    return fault == NULL ? NULL : realm_say(realm, pool, what, fault);
}

/* ---- passwords ---------------------------------------------------------- */

static enum realm_result
validate(request_rec *r, struct watched *users,
         const struct credentials *credentials, apr_uint64_t *version)
{
    const struct userfile_users *known = watched_content(users, r, version);

    if (known == NULL) {
        return REALM_FAILED;
    }
    return userfile_is_password(known, credentials->user,
                                credentials->password)
               ? REALM_GOOD
               : REALM_BAD;
}

/* The costly way, which leaves a trace: of success, so that the next request
 * is cheap, or of failure, so that guessing is slow. */
static enum realm_result
verify(request_rec *r, struct watched *users,
       const struct credentials *credentials, struct realm_attempt *attempt)
{
    const char *realm = watched_path(users);
    struct failures_who who = failures_who(r, realm, credentials->user);
    apr_uint64_t version;

    attempt->wait = failures_attempt(who, apr_time_now());
    if (attempt->wait != 0) {
        return REALM_WAIT;
    }
    enum realm_result result = validate(r, users, credentials, &version);
    if (result != REALM_BAD) {
        failures_forget(who);
    }
    if (result == REALM_GOOD && version != 0) {
        struct verified_tag tag = verified_tag(
            r->pool, version, realm, credentials->user, credentials->password);

        verified_add(&tag, r->request_time);
    }
    return result;
}

static enum realm_result
check_password(request_rec *r, const struct basic *basic,
               const struct credentials *credentials,
               struct realm_attempt *attempt)
{
    struct watched *users = basic->users;
    apr_uint64_t version;

    if (watched_version(users, r, &version) != APR_SUCCESS) {
        return REALM_FAILED;
    }
    if (version != 0) {
        struct verified_tag tag =
            verified_tag(r->pool, version, watched_path(users),
                         credentials->user, credentials->password);

        if (verified_known(&tag, r->request_time)) {
            return REALM_GOOD;
        }
    }
    return verify(r, users, credentials, attempt);
}

/* ---- a request ---------------------------------------------------------- */

static int
find_roles(request_rec *r, struct watched *groups,
           struct routes_caller *caller)
{
    apr_uint64_t version;
    const struct userfile_groups *known = watched_content(groups, r, &version);

    if (known == NULL) {
        return 0;
    }
    const apr_array_header_t *roles = userfile_groups_of(known, caller->user);
    if (roles != NULL) {
        caller->roles = (const char *const *)(const void *)roles->elts;
        caller->n_roles = (size_t)roles->nelts;
    }
    return 1;
}

static enum realm_result
try_request(request_rec *r, const struct realm *realm,
            struct realm_attempt *attempt)
{
    const struct basic *basic = realm->own;
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
    enum realm_result result = check_password(r, basic, &credentials, attempt);
    if (result != REALM_GOOD) {
        return result;
    }
    *attempt->caller = (struct routes_caller){.user = credentials.user};
    if (attempt->with_roles && basic->groups != NULL &&
        !find_roles(r, basic->groups, attempt->caller)) {
        return REALM_FAILED;
    }
    return REALM_GOOD;
}

const struct realm_kind realm_basic = {
    .make = make, .fault = find_fault, .attempt = try_request};
