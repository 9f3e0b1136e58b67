/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging a requirement.
 */
#include "judge.h"

#include <string.h>

#include <http_ssl.h>

#include "child.h"
#include "runtime/args.h"
#include "runtime/method.h"
#include "runtime/network.h"

/* A question to Python, and what it came to. */
struct said {
    struct said *next;
    const struct routes_predicate *predicate;
    const char *user; /* whom it was about */
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

    if (before->function != row->function || before->n_args != row->n_args ||
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
add_said(request_rec *r, struct request *request,
         const struct routes_predicate *row)
{
    const struct routes_table *table = request_table(request);
    struct said *said = apr_palloc(r->pool, sizeof(*said));

    said->predicate = row;
    said->user = request->caller.user;
    said->realm = request->caller.realm;
    for (uint32_t i = 0; i < row->n_args; i++) {
        said->captures[i] = capture_of(request, &table->args[row->args + i]);
    }
    said->word = ROUTES_FAILED;
    said->status = HTTP_INTERNAL_SERVER_ERROR;
    said->next = request->said;
    request->said = said;
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

static enum routes_word
ask(void *baton, uint32_t predicate)
{
    struct judgement *j = baton;
    const struct routes_predicate *row =
        &request_table(j->request)->predicates[predicate];
    const struct said *said = find_said(j->request, row);

    if (said == NULL) {
        struct said *new_one = add_said(j->r, j->request, row);

        ask_python(j, predicate, new_one);
        said = new_one;
    }
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
        scene.method = ROUTES_METHOD_BIT(routes_method_in(
            request_table(request), r->method, strlen(r->method)));
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
        scene.ask = ask;
        scene.baton = &judgement;
    }
    enum routes_verdict verdict =
        routes_rule_judge(request_table(request), auth, &scene);
    *status = judgement.status;
    return judgement.status == OK ? verdict : ROUTES_DENIED;
}
