/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `session`: who has logged in, by a cookie.
 */
#include "realm_session.h"

#include <string.h>

#include <http_core.h>
#include <http_protocol.h>
#include <apr_escape.h>
#include <apr_strings.h>

#include "accept.h"
#include "identify.h"
#include "request.h"
#include "runtime/option.h"
#include "runtime/table.h"
#include "session.h"

#define MAX_AGE (12 * 3600) /* unless `max-age` says another */
/* The part of `idle` after which a request is written down. */
#define SEEN_PART 10

/* ---- at start ----------------------------------------------------------- */

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    struct realm_session *session = apr_palloc(pconf, sizeof(*session));
    const struct routes_option *load =
        routes_option_find(table, row, ROUTES_OPTION_LOAD);
    const char *missing = session_missing(pconf);

    session->cookie =
        routes_option_text(table, row, ROUTES_OPTION_COOKIE, NULL);
    session->fail = routes_option_text(table, row, ROUTES_OPTION_FAIL, NULL);
    session->max_age =
        routes_option_number(table, row, ROUTES_OPTION_MAX_AGE, MAX_AGE);
    session->idle = routes_option_number(table, row, ROUTES_OPTION_IDLE, 0);
    session->load = load == NULL ? 0 : load->function;
    realm->auth_type = "Session";
    realm->own = session;
    return missing == NULL ? NULL
                           : realm_say(realm, pconf, "sessions", missing);
}

static const char *
find_fault(const struct realm *realm, apr_pool_t *pool)
{
    (void)realm;
    (void)pool;
    return NULL;
}

const struct realm_session *
realm_session_of(const struct realm *realm)
{
    return realm->kind == &realm_session ? realm->own : NULL;
}

/* ---- a request ---------------------------------------------------------- */

apr_int64_t
realm_session_left(const struct realm_session *session, apr_int64_t age)
{
    apr_int64_t left = session->max_age - age;

    return session->idle != 0 && session->idle < left ? session->idle : left;
}

static int
is_current(const struct realm_session *session,
           const struct session_login *login, apr_int64_t now)
{
    return now - login->since < session->max_age &&
           (session->idle == 0 || now - login->seen < session->idle);
}

void
realm_session_touch(request_rec *r, const struct realm *realm)
{
    const struct realm_session *session = realm_session_of(realm);
    apr_int64_t now = apr_time_sec(r->request_time);
    struct session_login login;

    if (session == NULL || session->idle == 0 ||
        session_find(r, realm, session->cookie, &login) != SESSION_OPEN ||
        now - login.seen <= session->idle / SEEN_PART) {
        return;
    }
    login.seen = now;
    session_keep(r, realm, &login,
                 realm_session_left(session, now - login.since));
}

static enum realm_result
load_caller(request_rec *r, const struct realm *realm,
            const struct session_login *login, struct realm_attempt *attempt)
{
    const struct realm_session *session = realm->own;
    struct embed_question question = {.kind = EMBED_ASK_SESSION,
                                      .function = session->load,
                                      .user = login->user,
                                      .id = login->id,
                                      .since = login->since};

    if (session->load != 0) {
        return identify_caller(r, realm, &question, attempt);
    }
    *attempt->caller = (struct routes_caller){.user = login->user};
    return REALM_GOOD;
}

static enum realm_result
try_request(request_rec *r, const struct realm *realm,
            struct realm_attempt *attempt)
{
    const struct realm_session *session = realm->own;
    struct session_login login;

    if (!session_has_cookie(r, session->cookie)) {
        return REALM_NONE;
    }
    switch (session_find(r, realm, session->cookie, &login)) {
    case SESSION_NONE:
        return REALM_NONE;
    case SESSION_BROKEN:
        return REALM_BAD;
    case SESSION_FAILED:
        return REALM_FAILED;
    case SESSION_OPEN:
        break;
    }
    return is_current(session, &login, apr_time_sec(r->request_time))
               ? load_caller(r, realm, &login, attempt)
               : REALM_NONE;
}

/* ---- the way to the login page ------------------------------------------ */

/* The first realm in force that has one. */
static const char *
find_fail(const struct request *request, uint32_t auth)
{
    const struct served *served = request->mount->served;
    const struct routes_auth *row = &served->table->auths[auth];

    for (uint32_t i = 0; i < row->n_realms; i++) {
        const struct realm_session *session = realm_session_of(
            &served->realms[served->table->realm_sets[row->realms + i]]);

        if (session != NULL && session->fail != NULL) {
            return session->fail;
        }
    }
    return NULL;
}

/* What a browser is to come back to: a path of this server. */
static const char *
way_back(const request_rec *r)
{
    const char *path = ap_escape_uri(r->pool, r->uri);

    return r->args == NULL ? path
                           : apr_pstrcat(r->pool, path, "?", r->args, NULL);
}

const char *
realm_session_login(request_rec *r, uint32_t auth)
{
    const struct request *request = request_of(r);
    const char *fail = find_fail(request, auth);

    if (fail == NULL || r->method_number != M_GET ||
        !accept_prefers_html(apr_table_get(r->headers_in, "Accept"))) {
        return NULL;
    }
    const char *path =
        apr_pstrcat(r->pool, request->mount->prefix, fail, NULL);
    if (strncmp(r->uri, path, strcspn(path, "?")) == 0 &&
        r->uri[strcspn(path, "?")] == '\0') {
        return NULL; /* the login page itself asks for a login */
    }
    return apr_pstrcat(r->pool, request->mount->url, fail,
                       strchr(path, '?') == NULL ? "?" : "&",
                       "next=", apr_pescape_urlencoded(r->pool, way_back(r)),
                       NULL);
}

const struct realm_kind realm_session = {
    .make = make, .fault = find_fault, .attempt = try_request};
