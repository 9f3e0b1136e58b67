/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `basic`: RFC 7617 against an htpasswd file and a group file.
 */
#include "realm_basic.h"

#include <ap_provider.h>
#include <mod_auth.h>
#include <apr_strings.h>

#include "credentials.h"
#include "failures.h"
#include "identify.h"
#include "log.h"
#include "runtime/option.h"
#include "runtime/table.h"
#include "userfile.h"
#include "verified.h"
#include "watched.h"

struct basic {
    struct watched *users;         /* or NULL: providers */
    struct watched *groups;        /* or NULL */
    apr_array_header_t *providers; /* struct provider *, or NULL */
    uint32_t check;                /* functions[] that is asked, or 0 */
    const char *who;               /* of failed attempts: whose they are */
};

/* A module of httpd that knows passwords. */
struct provider {
    const char *name;
    const authn_provider *functions;
};

/* ---- at start ----------------------------------------------------------- */

static const char *
find_provider(apr_pool_t *pconf, const struct realm *realm, const char *name,
              struct provider *provider)
{
    provider->name = name;
    provider->functions =
        ap_lookup_provider(AUTHN_PROVIDER_GROUP, name, AUTHN_PROVIDER_VERSION);
    if (provider->functions != NULL &&
        provider->functions->check_password != NULL) {
        return NULL;
    }
    return realm_say(realm, pconf, "provider",
                     apr_psprintf(pconf,
                                  "no loaded module offers '%s' (mod_authn_%s "
                                  "or mod_authnz_%s may)",
                                  name, name, name));
}

static const char *
find_providers(apr_pool_t *pconf, const struct routes_table *table,
               const struct routes_realm *row, const struct realm *realm,
               struct basic *basic)
{
    const char *fault = NULL;

    basic->providers = apr_array_make(pconf, 2, sizeof(struct provider));
    for (uint32_t i = 0; i < row->n_options && fault == NULL; i++) {
        const struct routes_option *option = &table->options[row->options + i];

        if (option->key == ROUTES_OPTION_PROVIDER) {
            fault = find_provider(pconf, realm,
                                  routes_table_text(table, option->text),
                                  apr_array_push(basic->providers));
        }
    }
    return fault;
}

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    struct basic *basic = apr_pcalloc(pconf, sizeof(*basic));
    const char *users = realm_file(pconf, table, row, ROUTES_OPTION_FILE);
    const char *groups = realm_file(pconf, table, row, ROUTES_OPTION_GROUPS);

    if (groups != NULL) {
        basic->groups = watched_make(pconf, groups, userfile_read_groups);
    }
    const struct routes_option *check =
        routes_option_find(table, row, ROUTES_OPTION_CHECK);
    basic->who = realm->place;
    realm->auth_type = "Basic";
    realm->own = basic;
    if (check != NULL) {
        basic->check = check->function;
        return NULL;
    }
    if (users == NULL) {
        return find_providers(pconf, table, row, realm, basic);
    }
    basic->users = watched_make(pconf, users, userfile_read_users);
    basic->who = users;
    return NULL;
}

static const char *
find_fault(const struct realm *realm, apr_pool_t *pool)
{
    const struct basic *basic = realm->own;
    const char *what = "password file";
    const char *fault =
        basic->users == NULL ? NULL : watched_load(basic->users, pool);

    if (fault == NULL && basic->groups != NULL) {
        what = "group file";
        fault = watched_load(basic->groups, pool);
    }
    return fault == NULL ? NULL : realm_say(realm, pool, what, fault);
}

/* ---- passwords ---------------------------------------------------------- */

/* What the first provider says that knows the user.  Modules such as
 * mod_authn_dbd look up what they were configured for under its name. */
static enum realm_result
ask_providers(request_rec *r, const struct basic *basic,
              const struct credentials *credentials)
{
    for (int i = 0; i < basic->providers->nelts; i++) {
        const struct provider *provider =
            &APR_ARRAY_IDX(basic->providers, i, const struct provider);

        apr_table_setn(r->notes, AUTHN_PROVIDER_NAME_NOTE, provider->name);
        authn_status status = provider->functions->check_password(
            r, credentials->user, credentials->password);
        apr_table_unset(r->notes, AUTHN_PROVIDER_NAME_NOTE);
        switch (status) {
        case AUTH_GRANTED:
            return REALM_GOOD;
        case AUTH_USER_NOT_FOUND:
            break;
        case AUTH_DENIED:
        case AUTH_USER_FOUND:
            return REALM_BAD;
        case AUTH_GENERAL_ERROR:
            return REALM_FAILED;
        }
    }
    return REALM_BAD;
}

/* None is no: the credentials are there. */
static enum realm_result
ask_function(request_rec *r, const struct realm *realm,
             const struct credentials *credentials,
             struct realm_attempt *attempt)
{
    const struct basic *basic = realm->own;
    struct embed_question question = {.kind = EMBED_ASK_PASSWORD,
                                      .function = basic->check,
                                      .user = credentials->user,
                                      .password = credentials->password};
    enum realm_result result = identify_caller(r, realm, &question, attempt);

    return result == REALM_NONE ? REALM_BAD : result;
}

static enum realm_result
validate(request_rec *r, const struct realm *realm,
         const struct credentials *credentials, apr_uint64_t *version,
         struct realm_attempt *attempt)
{
    const struct basic *basic = realm->own;

    *version = 0;
    if (basic->check != 0) {
        return ask_function(r, realm, credentials, attempt);
    }
    if (basic->users == NULL) {
        return ask_providers(r, basic, credentials);
    }
    const struct userfile_users *known =
        watched_content(basic->users, r, version);
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
verify(request_rec *r, const struct realm *realm,
       const struct credentials *credentials, struct realm_attempt *attempt)
{
    const struct basic *basic = realm->own;
    struct failures_who who = failures_who(r, basic->who, credentials->user);
    apr_uint64_t version;

    attempt->wait = failures_attempt(who, apr_time_now());
    if (attempt->wait != 0) {
        return REALM_WAIT;
    }
    enum realm_result result =
        validate(r, realm, credentials, &version, attempt);
    if (result != REALM_BAD) {
        failures_forget(who);
    }
    if (result == REALM_GOOD && version != 0) {
        struct verified_tag tag =
            verified_tag(r->pool, version, basic->who, credentials->user,
                         credentials->password);

        verified_add(&tag, r->request_time);
    }
    return result;
}

static enum realm_result
check_password(request_rec *r, const struct realm *realm,
               const struct credentials *credentials,
               struct realm_attempt *attempt)
{
    const struct basic *basic = realm->own;
    apr_uint64_t version = 0;

    if (basic->users != NULL &&
        watched_version(basic->users, r, &version) != APR_SUCCESS) {
        return REALM_FAILED;
    }
    if (version != 0) {
        struct verified_tag tag =
            verified_tag(r->pool, version, basic->who, credentials->user,
                         credentials->password);

        if (verified_known(&tag, r->request_time)) {
            return REALM_GOOD;
        }
    }
    return verify(r, realm, credentials, attempt);
}

/* ---- a request ---------------------------------------------------------- */

/* Beside those that a function gave. */
static void
add_roles(request_rec *r, const apr_array_header_t *roles,
          struct routes_caller *caller)
{
    apr_array_header_t *all = apr_array_copy(r->pool, roles);

    for (size_t i = 0; i < caller->n_roles; i++) {
        APR_ARRAY_PUSH(all, const char *) = caller->roles[i];
    }
    routes_caller_set_roles(caller, all);
}

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
    if (roles != NULL && caller->n_roles > 0) {
        add_roles(r, roles, caller);
    }
    else if (roles != NULL) {
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
    enum realm_result result = check_password(r, realm, &credentials, attempt);
    if (result != REALM_GOOD) {
        return result;
    }
    if (basic->check == 0) { /* which has filled the caller itself */
        *attempt->caller = (struct routes_caller){.user = credentials.user};
    }
    if (attempt->with_roles && basic->groups != NULL &&
        !find_roles(r, basic->groups, attempt->caller)) {
        return REALM_FAILED;
    }
    return REALM_GOOD;
}

const struct realm_kind realm_basic = {
    .make = make, .fault = find_fault, .attempt = try_request};
