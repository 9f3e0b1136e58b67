/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging a requirement.
 */
#include "judge.h"

#include <string.h>

#include <http_ssl.h>

#include "child.h"
#include "denial.h"
#include "log.h"
#include "runtime/args.h"
#include "runtime/method.h"
#include "runtime/network.h"
#include "runtime/table.h"

/* A question to Python, or to a provider of httpd, and what it came to. */
struct said {
    struct said *next;
    const struct routes_predicate *predicate; /* or NULL */
    const struct routes_authz *authz;         /* or NULL */
    const char *user; /* whom it was about; NULL: nobody */
    uint32_t realm;
    struct routes_capture captures[ROUTES_MAX_CAPTURES]; /* by argument */
    enum routes_word word;
    int status;
};

/* One judgement. */
struct judgement {
    request_rec *r;
    struct request *request;
    int status;
};

/* ---- what was asked before ---------------------------------------------- */

/* The text of an argument; that of a constant is the table's. */
static struct routes_capture
capture_of(const struct request *request, const struct routes_arg *arg)
{
    static const struct routes_capture none = {"", 0};

    return arg->source == ROUTES_FROM_PATH &&
                   arg->capture < request->match.n_captures
               ? request->match.captures[arg->capture]
               : none;
}

static int
same_capture(struct routes_capture a, struct routes_capture b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* Whether the n-th argument of two rows is read alike. */
static int
same_arg(const struct routes_table *table, const struct routes_predicate *a,
         const struct routes_predicate *b, uint32_t n)
{
    const struct routes_arg *x = &table->args[a->args + n];
    const struct routes_arg *y = &table->args[b->args + n];

    return x->source == y->source && x->type == y->type &&
           x->constant == y->constant;
}

/* Whether a question is the one that was asked: the same function with the
 * same arguments, whichever rule names it. */
static int
is_asked(const struct said *said, const struct request *request,
         const struct routes_predicate *row)
{
    const struct routes_table *table = request_table(request);
    const struct routes_predicate *before = said->predicate;

    if (before == NULL || before->function != row->function ||
        before->n_args != row->n_args ||
        said->realm != request->caller.realm ||
        strcmp(said->user, request->caller.user) != 0) {
        return 0;
    }
    for (uint32_t i = 0; i < row->n_args; i++) {
        if (!same_arg(table, before, row, i) ||
            !same_capture(said->captures[i],
                          capture_of(request, &table->args[row->args + i]))) {
            return 0;
        }
    }
    return 1;
}

static const struct said *
find_said(const struct request *request, const struct routes_predicate *row)
{
    const struct said *said = request->said;

    while (said != NULL && !is_asked(said, request, row)) {
        said = said->next;
    }
    return said;
}

static struct said *
add_said(request_rec *r, struct request *request)
{
    struct said *said = apr_palloc(r->pool, sizeof(*said));

    said->predicate = NULL;
    said->authz = NULL;
    said->user = request->caller.user;
    said->realm = request->caller.realm;
    said->word = ROUTES_FAILED;
    said->status = HTTP_INTERNAL_SERVER_ERROR;
    said->next = request->said;
    request->said = said;
    return said;
}

static struct said *
add_predicate(request_rec *r, struct request *request,
              const struct routes_predicate *row)
{
    const struct routes_table *table = request_table(request);
    struct said *said = add_said(r, request);

    said->predicate = row;
    for (uint32_t i = 0; i < row->n_args; i++) {
        said->captures[i] = capture_of(request, &table->args[row->args + i]);
    }
    return said;
}

/* Whether a provider was asked this, wherever it is written. */
static int
is_heard(const struct said *said, const struct request *request,
         const struct routes_authz *row)
{
    const struct routes_table *table = request_table(request);
    const char *user = request->caller.user;

    if (said->authz == NULL || said->realm != request->caller.realm ||
        (said->user == NULL) != (user == NULL) ||
        (user != NULL && strcmp(said->user, user) != 0)) {
        return 0;
    }
    return strcmp(routes_table_text(table, said->authz->name),
                  routes_table_text(table, row->name)) == 0 &&
           strcmp(routes_table_text(table, said->authz->args),
                  routes_table_text(table, row->args)) == 0;
}

static const struct said *
find_heard(const struct request *request, const struct routes_authz *row)
{
    const struct said *said = request->said;

    while (said != NULL && !is_heard(said, request, row)) {
        said = said->next;
    }
    return said;
}

/* ---- asking ------------------------------------------------------------- */

/* The question as Python gets it; what is no value of its type is none. */
static void
ask_python(const struct judgement *j, uint32_t predicate, struct said *said)
{
    const struct request *request = j->request;
    struct embed_table *bound = child_bound(request->mount->served);
    struct routes_value values[ROUTES_MAX_CAPTURES];
    const struct embed_case about = {
        .predicate = predicate,
        .route =
            request->match.outcome == ROUTES_FOUND ? request->match.route : 0,
        .caller = &request->caller,
        .values = values};
    int truth = 0;

    if (routes_args_of_predicate(request_table(request), predicate,
                                 request->match.captures,
                                 request->match.n_captures, values) != 0) {
        said->word = ROUTES_SILENT;
        said->status = OK;
        return;
    }
    said->status = bound == NULL ? HTTP_SERVICE_UNAVAILABLE
                                 : embed_judge(bound, j->r, &about, &truth);
    if (said->status == OK) {
        said->word = truth ? ROUTES_YES : ROUTES_NO;
    }
}

static const struct said *
hear_python(const struct judgement *j, uint32_t predicate)
{
    const struct routes_predicate *row =
        &request_table(j->request)->predicates[predicate];
    const struct said *known = find_said(j->request, row);

    if (known != NULL) {
        return known;
    }
    struct said *said = add_predicate(j->r, j->request, row);
    ask_python(j, predicate, said);
    return said;
}

static const struct said *
hear_httpd(const struct judgement *j, uint32_t authz)
{
    struct request *request = j->request;
    const struct routes_authz *row = &request_table(request)->authzs[authz];
    const struct authz *made = &request->mount->served->authzs[authz];
    const struct said *known = find_heard(request, row);

    if (known != NULL) {
        return known;
    }
    struct said *said = add_said(j->r, request);
    said->authz = row;
    said->word = authz_ask(j->r, made, request->caller.user);
    if (said->word == ROUTES_FAILED) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, j->r,
                      LOGNO(0132) "apache(\"%s\") could not tell whether the "
                                  "caller may (%s)",
                      made->name, denial_where(j->r, request));
    }
    return said;
}

static enum routes_word
ask(void *baton, const struct routes_op *op)
{
    struct judgement *j = baton;
    const struct said *said = op->kind == ROUTES_OP_APACHE
                                  ? hear_httpd(j, op->first)
                                  : hear_python(j, op->first);

    if (said->word == ROUTES_FAILED) {
        j->status = said->status;
    }
    return said->word;
}

/* ---- the scene ---------------------------------------------------------- */

/* The client's address, as mod_remoteip may have it.  0: it is none of IP's,
 * of which nothing that is asked can be told. */
static int
find_address(const request_rec *r, struct routes_network *address)
{
    const apr_sockaddr_t *client = r->useragent_addr;

    if (client == NULL ||
        (client->ipaddr_len != 4 && client->ipaddr_len != 16)) {
        return 0;
    }
    routes_network_of(client->ipaddr_ptr, (size_t)client->ipaddr_len, address);
    return 1;
}

/* A handshake is known as what it asks for. */
static enum routes_method
find_method(const request_rec *r, const struct request *request)
{
    const struct routes_table *table = request_table(request);
    const struct routes_match *match = &request->match;

    return routes_method_met(
        routes_method_asked(table, r->method, strlen(r->method)),
        match->outcome == ROUTES_FOUND ? table->routes[match->route].methods
                                       : 0);
}

enum routes_verdict
judge_caller(request_rec *r, struct request *request, uint32_t auth,
             int *status)
{
    unsigned asks = request->mount->served->asks[auth];
    struct judgement judgement = {.r = r, .request = request, .status = OK};
    struct routes_network address;
    struct routes_scene scene = {
        .caller = &request->caller, .from = &address, .n_from = 0};

    *status = OK;
    if ((asks & ROUTES_ASKS_TLS) != 0) {
        scene.tls = ap_ssl_conn_is_ssl(r->connection);
    }
    if ((asks & ROUTES_ASKS_METHOD) != 0) {
        scene.method = ROUTES_METHOD_BIT(find_method(r, request));
    }
    if ((asks & ROUTES_ASKS_ADDRESS) != 0) {
        if (!find_address(r, &address)) {
            return ROUTES_DENIED;
        }
        scene.n_from = 1;
    }
    if ((asks & ROUTES_ASKS_CAPTURES) != 0) {
        scene.captures = request->match.captures;
        scene.n_captures = request->match.n_captures;
    }
    if ((asks & (ROUTES_ASKS_PYTHON | ROUTES_ASKS_APACHE)) != 0) {
        scene.ask = ask;
        scene.baton = &judgement;
    }
    enum routes_verdict verdict =
        routes_rule_judge(request_table(request), auth, &scene);
    *status = judgement.status;
    return judgement.status == OK ? verdict : ROUTES_DENIED;
}
