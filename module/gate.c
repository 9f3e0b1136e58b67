/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate: who may pass.
 */
#include "gate.h"

#include <string.h>

#include <http_config.h>
#include <http_request.h>
#include <apr_strings.h>

#include "answer.h"
#include "audit.h"
#include "conduct.h"
#include "csrf.h"
#include "denial.h"
#include "inner.h"
#include "judge.h"
#include "mask.h"
#include "rate.h"
#include "mounted.h"
#include "realm_apache.h"
#include "realm_session.h"
#include "request.h"
#include "runtime/table.h"

/* No status: httpd's own modules are to say who calls, in their phase. */
#define DEFERRED (-100)
/* No status either: what httpd shows where nothing is, in its own time. */
#define MASKED (-101)

#define SILENT "a part of the rule has no answer"
#define UNSURE "a realm can't tell who it is"

int
gate_isolate(request_rec *r)
{
    if ((r->prev == NULL && r->main == NULL) || request_of(r) == NULL) {
        return DECLINED;
    }
    /* merged with an empty one, a configuration is a shallow copy */
    r->per_dir_config = ap_merge_per_dir_configs(
        r->pool, r->per_dir_config, ap_create_per_dir_config(r->pool));
    return OK;
}

static void
grant(const request_rec *r, struct request *request)
{
    request->granted_to = r;
    request->granted_route = request->match.route;
}

int
gate_granted(const request_rec *r, const struct request *request)
{
    return request->granted_to == r &&
           request->granted_route == request->match.route;
}

/* What refuses a caller who has failed too often. */
static int
make_wait(request_rec *r, struct request *request, const struct realm *realm,
          unsigned seconds)
{
    apr_table_setn(r->err_headers_out, "Retry-After",
                   apr_psprintf(r->pool, "%u", seconds));
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  LOGNO(0052) "realm '%s' (%s): too many wrong credentials "
                              "for this user from this address, the next are "
                              "looked at in %u s (%s)",
                  realm->name, realm->place, seconds,
                  denial_where(r, request));
    denial_note(r, request, "too many wrong credentials");
    return HTTP_TOO_MANY_REQUESTS;
}

/* What came of the realms in force. */
struct trial {
    int refusal;           /* the status if one could not tell, else 0 */
    uint32_t later;        /* the first that httpd's modules speak for */
    uint32_t bad;          /* the first with wrong credentials, or 0 */
    const char *challenge; /* and what it answers to them, or NULL */
};

/* Whether the requirement or a function may look at a caller's roles: a group
 * file is not asked otherwise. */
static int
wants_roles(const struct request *request, uint32_t auth)
{
    return (request_wishes(request) & SERVED_ROLES) != 0 ||
           (request->mount->served->asks[auth] & ROUTES_ASKS_ROLES) != 0;
}

/* The realms in force, in their order, until one knows the caller.  Fills
 * caller and returns the realm, or NULL. */
static const struct realm *
try_realms(request_rec *r, struct request *request, uint32_t auth,
           struct routes_caller *caller, struct trial *trial)
{
    const struct served *served = request->mount->served;
    int with_roles = wants_roles(request, auth);
    const struct routes_auth *row = &served->table->auths[auth];

    for (uint32_t i = 0; i < row->n_realms; i++) {
        uint32_t index = served->table->realm_sets[row->realms + i];
        const struct realm *realm = &served->realms[index];

        struct realm_attempt attempt = {.with_roles = with_roles,
                                        .caller = caller};

        switch (realm_try(r, realm, &attempt)) {
        case REALM_NONE:
            break;
        case REALM_BAD:
            ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                          LOGNO(0030) "realm '%s' (%s): wrong or malformed "
                                      "credentials%s%s",
                          realm->name, realm->place,
                          attempt.why != NULL ? ": " : "",
                          attempt.why != NULL ? attempt.why : "");
            if (trial->bad == 0) {
                trial->bad = index;
                trial->challenge = attempt.challenge;
            }
            break;
        case REALM_GOOD:
            caller->realm = index;
            return realm;
        case REALM_LATER:
            trial->later = trial->later == 0 ? index : trial->later;
            break;
        case REALM_WAIT:
            trial->refusal = make_wait(r, request, realm, attempt.wait);
            return NULL;
        case REALM_FAILED:
            trial->refusal = attempt.refusal != 0 ? attempt.refusal
                                                  : HTTP_INTERNAL_SERVER_ERROR;
            return NULL;
        }
    }
    return NULL;
}

/* As try_realms, and whatever a realm left there that did not know the caller
 * is nobody. */
static const struct realm *
find_caller(request_rec *r, struct request *request, uint32_t auth,
            struct routes_caller *caller, struct trial *trial)
{
    const struct realm *realm = try_realms(r, request, auth, caller, trial);

    if (realm == NULL) {
        *caller = (struct routes_caller){.user = NULL};
    }
    return realm;
}

static int
challenge(request_rec *r, const struct served *served, uint32_t auth,
          const struct trial *trial)
{
    const struct routes_auth *row = &served->table->auths[auth];

    for (uint32_t i = 0; i < row->n_realms; i++) {
        uint32_t index = served->table->realm_sets[row->realms + i];
        const char *text = index == trial->bad && trial->challenge != NULL
                               ? trial->challenge
                               : served->realms[index].challenge;

        if (text != NULL) {
            apr_table_addn(r->err_headers_out, "WWW-Authenticate", text);
        }
    }
    return answer_error(r, HTTP_UNAUTHORIZED);
}

/* Whether a realm in force has something to say to who brings nothing: to tell
 * how to log in is to tell that something is there. */
static int
can_challenge(const struct served *served, uint32_t auth)
{
    const struct routes_auth *row = &served->table->auths[auth];

    for (uint32_t i = 0; i < row->n_realms; i++) {
        const struct realm *realm =
            &served->realms[served->table->realm_sets[row->realms + i]];
        const struct realm_session *session = realm_session_of(realm);

        if (realm->challenge != NULL ||
            (session != NULL && session->fail != NULL)) {
            return 1;
        }
    }
    return 0;
}

static int pass(request_rec *r, struct request *request);

/* From here on the request is one for nothing: the place's that answers such
 * ones, or httpd's.  Nothing that was found out about the caller is left to
 * show in a page. */
static int
put_mask(request_rec *r, struct request *request)
{
    uint32_t place = request_conduct(request)->mask;

    mounted_undo(r, request);
    gate_isolate(r);
    r->user = NULL;
    r->ap_auth_type = NULL;
    memset(&request->caller, 0, sizeof(request->caller));
    request->deferred = 0;
    request->hidden = NULL;
    request->choice = 0;
    request->problems = NULL;
    if (place == 0 && request->outer != NULL) {
        inner_leave(r, request);
        return OK;
    }
    if (place == 0) {
        request->masked = 1;
        return MASKED;
    }
    request->match.outcome = ROUTES_NOT_FOUND;
    request->match.route = 0;
    request->match.place = place;
    conduct_begin(r, request);
    return pass(r, request);
}

static int
answer_verdict(request_rec *r, struct request *request, uint32_t auth,
               enum routes_verdict verdict, const struct trial *trial)
{
    const char *login;
    int masked = verdict != ROUTES_GRANTED && mask_wanted(request);

    switch (verdict) {
    case ROUTES_DENIED:
        break;
    case ROUTES_NO_USER:
        denial_log(r, request,
                   trial->bad == 0 ? "the requirement asks who it is"
                                   : "the requirement asks who it is, and the "
                                     "credentials are wrong");
        if (masked && !can_challenge(request->mount->served, auth)) {
            return put_mask(r, request);
        }
        login = realm_session_login(r, auth);
        if (login != NULL) {
            return answer_login(r, login);
        }
        return challenge(r, request->mount->served, auth, trial);
    case ROUTES_GRANTED:
        return OK;
    }
    denial_log(r, request, "the requirement is not met");
    return masked ? put_mask(r, request) : answer_error(r, HTTP_FORBIDDEN);
}

static int
check_caller(request_rec *r, struct request *request, uint32_t auth)
{
    struct trial trial = {.refusal = 0};
    const struct realm *realm =
        find_caller(r, request, auth, &request->caller, &trial);

    if (ap_is_HTTP_CLIENT_ERROR(trial.refusal) && mask_wanted(request) &&
        !can_challenge(request->mount->served, auth)) {
        apr_table_unset(r->err_headers_out, "Retry-After");
        return put_mask(r, request);
    }
    if (trial.refusal != 0) {
        denial_log(r, request, UNSURE);
        return answer_error(r, trial.refusal);
    }
    if (realm != NULL) {
        r->user = (char *)request->caller.user;
        r->ap_auth_type = (char *)realm->auth_type;
    }
    enum routes_verdict verdict =
        judge_caller(r, request, auth, &trial.refusal);
    if (trial.refusal != OK) {
        denial_log(r, request, SILENT);
        return answer_error(r, trial.refusal);
    }
    if (realm == NULL && trial.later != 0 && verdict != ROUTES_GRANTED) {
        request->deferred = trial.later;
        realm_apache_begin(r, &request->mount->served->realms[trial.later]);
        return DEFERRED;
    }
    if (realm != NULL && verdict == ROUTES_GRANTED) {
        realm_session_touch(r, realm);
    }
    return answer_verdict(r, request, auth, verdict, &trial);
}

/* Whether the caller may call a masked route of the path.  Where Python does
 * not answer, nobody may know of it. */
static int
may_see(request_rec *r, struct request *request, const struct hidden *hidden)
{
    struct request other = {.mount = request->mount,
                            .match = hidden->match,
                            .said = request->said};
    uint32_t auth = request_auth(&other);
    struct trial trial = {.refusal = 0};
    int status = OK;

    find_caller(r, &other, auth, &other.caller, &trial);
    if (trial.refusal != 0) {
        return 0;
    }
    enum routes_verdict verdict = judge_caller(r, &other, auth, &status);
    request->said = other.said;
    return verdict == ROUTES_GRANTED;
}

/* Leaves out of Allow what the caller may not know of. */
static int
hide_methods(request_rec *r, struct request *request)
{
    const uint64_t options = ROUTES_METHOD_BIT(ROUTES_METHOD_OPTIONS);
    const struct hidden *last = request->hidden;

    for (const struct hidden *hidden = last; hidden != NULL;
         hidden = hidden->next) {
        if (!may_see(r, request, hidden)) {
            request->match.allow &= ~hidden->method;
        }
    }
    if ((request->match.allow & ~options) != 0) {
        return OK;
    }
    /* nothing is left of the path: it is as if it had no routes */
    request->match = last->match;
    denial_log(r, request, "no method of the path may be known of");
    return put_mask(r, request);
}

/* The rates that are asked of requests that may come: of what hides, all. */
static int
count(request_rec *r, struct request *request)
{
    int status = OK;

    if ((request_wishes(request) & SERVED_RATES) != 0 &&
        mask_wanted(request)) {
        status = rate_check(r, request, RATE_FIRST);
    }
    if (status == OK && request->counted != 0) {
        status = rate_check(r, request, RATE_LAST);
    }
    return answer_error(r, status);
}

/* What is mounted there decides further. */
static __attribute__((noinline)) int
descend(request_rec *r, struct request *request)
{
    int status = inner_enter(r, request);

    return status == DECLINED ? pass(r, request) : status;
}

/* The mark for who may, unless another site is behind it, or too many come. */
static int
let_in(request_rec *r, struct request *request)
{
    if (request->preflight == 0 && mask_wanted(request)) {
        conduct_begin(r, request);
    }
    int status = csrf_check(r, request);
    if (status == OK) {
        status = count(r, request);
    }
    if (status == OK) {
        grant(r, request);
        if (request_wishes(request) & SERVED_TABLE) {
            status = descend(r, request);
        }
    }
    return status;
}

/* What a status of OK leads to: the mark, if nothing else is in the way. */
static int
admit(request_rec *r, struct request *request, int status)
{
    if (status == OK && request->hidden != NULL && request->preflight == 0) {
        status = hide_methods(r, request);
    }
    if (status == OK && !gate_granted(r, request)) {
        status = let_in(r, request);
    }
    return status;
}

/* As pass(), where something is asked. */
static __attribute__((noinline)) int
ask(request_rec *r, struct request *request)
{
    unsigned wishes = request_wishes(request);
    int status = OK;

    /* a browser asks without credentials whether it may ask */
    if (request->preflight != 0) {
        return admit(r, request, OK);
    }
    if ((wishes & SERVED_RATES) != 0 && !mask_wanted(request)) {
        status = rate_check(r, request, RATE_FIRST);
        if (status != OK) {
            return answer_error(r, status);
        }
    }
    if (!(wishes & SERVED_OPEN)) {
        status = check_caller(r, request, request_auth(request));
    }
    return admit(r, request, status);
}

/* Whether nothing at all is asked, and nobody is told of it. */
static int
is_open(const struct request *request)
{
    return (request_wishes(request) & SERVED_GATE) == SERVED_OPEN &&
           request->hidden == NULL;
}

/* OK with the mark set, DEFERRED, or the status that refuses the request. */
static int
pass(request_rec *r, struct request *request)
{
    if (is_open(request)) {
        grant(r, request);
        return OK;
    }
    return ask(r, request);
}

/* As ask(), of all tables that the path leads through. */
static __attribute__((noinline)) int
ask_all(request_rec *r, struct request *request)
{
    if (request->outer != NULL) {
        inner_restart(r, request);
    }
    return ask(r, request);
}

/* What httpd is to be told of what came of the gate, which is written down if
 * somebody wants that. */
static __attribute__((noinline)) int
conclude(request_rec *r, struct request *request, int status)
{
    if (request->outer != NULL && status != DEFERRED) {
        inner_name_caller(r, request);
    }
    if (status == OK && request->denial == NULL) {
        audit_write(r, request, OK);
        return DECLINED;
    }
    if (status == DEFERRED) {
        audit_later(r);
        return DECLINED;
    }
    denial_note(r, request, "httpd's own modules do not know the caller");
    /* the place of the mask may have let it in to its 404 */
    audit_write(r, request,
                status == OK || status == MASKED ? HTTP_NOT_FOUND : status);
    return status == OK || status == MASKED ? DECLINED : status;
}

int
gate_check(request_rec *r)
{
    struct request *request = request_of(r);

    if (request == NULL) {
        return DECLINED;
    }
    if (is_open(request) && request->outer == NULL) {
        grant(r, request);
        return DECLINED;
    }
    return conclude(r, request, ask_all(r, request));
}

static int
is_waiting(const request_rec *r, const struct request *request)
{
    return request != NULL && request->deferred != 0 && !request->masked &&
           !gate_granted(r, request);
}

int
gate_force(request_rec *r)
{
    return is_waiting(r, request_of(r)) ? OK : DECLINED;
}

/* OK with the mark set, or the status that refuses the request. */
static int
finish(request_rec *r, struct request *request)
{
    const struct served *served = request->mount->served;
    const struct realm *realm = &served->realms[request->deferred];
    uint32_t auth = request_auth(request);
    struct trial trial = {.refusal = 0};

    if (realm_is_user(r->user)) {
        if (!realm_apache_fill(r, realm, wants_roles(request, auth),
                               &request->caller)) {
            denial_log(r, request, UNSURE);
            return answer_error(r, HTTP_INTERNAL_SERVER_ERROR);
        }
        request->caller.realm = request->deferred;
    }
    enum routes_verdict verdict =
        judge_caller(r, request, auth, &trial.refusal);
    if (trial.refusal != OK) {
        denial_log(r, request, SILENT);
        return answer_error(r, trial.refusal);
    }
    return admit(r, request,
                 answer_verdict(r, request, auth, verdict, &trial));
}

/* Several tables may wait, one behind the other. */
static int
finish_all(request_rec *r, struct request *request)
{
    int status;

    do {
        status = finish(r, request);
    } while (status == DEFERRED);
    return status;
}

int
gate_finish(request_rec *r)
{
    struct request *request = request_of(r);

    if (!is_waiting(r, request)) {
        return DECLINED;
    }
    return conclude(r, request, finish_all(r, request));
}

void
gate_add_challenges(request_rec *r)
{
    const struct request *request = request_of(r);
    struct trial trial = {.refusal = 0};

    if (is_waiting(r, request) && r->status == HTTP_UNAUTHORIZED) {
        challenge(r, request->mount->served, request_auth(request), &trial);
    }
}

/* What httpd has skipped: its own modules', too, if the gate waits. */
static int
pass_now(request_rec *r, struct request *request)
{
    int status = pass(r, request);

    if (status == DEFERRED) {
        audit_later(r);
        status = ap_run_check_user_id(r);
        if (status == DECLINED) {
            status = HTTP_INTERNAL_SERVER_ERROR;
        }
        if (status == OK) {
            status = finish_all(r, request);
        }
    }
    return status;
}

static __attribute__((noinline)) int
recheck(request_rec *r, struct request *request)
{
    if (request->masked) {
        return DECLINED;
    }
    r->user = NULL;
    r->ap_auth_type = NULL;
    if (request->outer != NULL) {
        inner_restart(r, request);
    }
    return conclude(r, request, pass_now(r, request));
}

int
gate_recheck(request_rec *r)
{
    struct request *request = request_of(r);

    return request == NULL || gate_granted(r, request) ? DECLINED
                                                       : recheck(r, request);
}
