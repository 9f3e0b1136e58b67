/* SPDX-License-Identifier: Apache-2.0 */
/* assertion_url: judges what is asserted of a URL, by the real matcher. */
#include "assertion_run.h"

#include <string.h>

#include <apr_strings.h>

#include "../runtime/choice.h"
#include "../runtime/match.h"
#include "../runtime/method.h"
#include "../runtime/rule.h"
#include "facts.h"
#include "finding.h"
#include "plan_routes.h"
#include "planner.h"
#include "verb.h"

#define HTTP_PERMANENT_REDIRECT 308
#define HTTP_BAD_REQUEST        400

/* ---- a request ---------------------------------------------------------- */

/* One request, as the table answers it. */
struct answer {
    struct routes_match match;
    int status;         /* 0: the route's function */
    const char *target; /* "shop.orders:show", the function that answers */
    int plain;          /* the status of its plain result */
    const char *table;  /* another one, which decides further; or NULL */
};

static int
make_table(struct assertion_run *j)
{
    if (j->plan == NULL) {
        j->plan = planner_lay_out(j->pool, j->model, j->sources);
        if (j->plan->excess == NULL) {
            planner_table(j->plan, "routesc", &j->table);
        }
    }
    if (j->plan->excess != NULL) {
        diag_error(j->diags, j->plan->where, E706, "too large for a table: %s",
                   j->plan->excess);
    }
    return j->plan->excess == NULL;
}

static int
status_of(const struct routes_match *match, enum routes_method method)
{
    switch (match->outcome) {
    case ROUTES_FOUND:
        return 0;
    case ROUTES_NOT_ALLOWED:
        return routes_method_refusal(method, match->allow);
    case ROUTES_OPTIONS:
        return 204;
    case ROUTES_UNKNOWN:
    case ROUTES_NOT_FOUND:
        break;
    }
    return 404;
}

static const char *
function_text(struct assertion_run *j, uint32_t row)
{
    const struct routes_function *function = &j->table.functions[row];

    return apr_pstrcat(j->pool, routes_table_text(&j->table, function->module),
                       ":", routes_table_text(&j->table, function->qualname),
                       NULL);
}

/* Of variants, the one of a request without a query and headers; without one,
 * the route that chooses. */
static void
choose(struct assertion_run *j, struct routes_match *match)
{
    static const struct routes_chooser nothing;
    const struct routes_route *route = &j->table.routes[match->route];
    struct routes_problems problems;
    uint32_t chosen;

    if (match->outcome != ROUTES_FOUND || route->kind != ROUTES_ROUTE_CHOICE) {
        return;
    }
    chosen = routes_choice_pick(&j->table, route->target, &nothing, j->pool,
                                &problems);
    match->route = chosen != 0 ? chosen : match->route;
}

/* What a mount without a function answers.  Another table begins with the
 * slash behind its path. */
static void
ask_mount(struct assertion_run *j, const struct routes_mount *mount,
          struct answer *answer)
{
    answer->status = answer->plain;
    if (mount->kind != ROUTES_MOUNT_TABLE) {
        return;
    }
    if (mount->below == 0) {
        answer->status = HTTP_PERMANENT_REDIRECT;
    }
    else {
        answer->table = routes_table_text(&j->table, mount->target);
    }
}

/* The target of a route that lets the request in. */
static void
ask_route(struct assertion_run *j, const struct routes_route *route,
          struct answer *answer)
{
    const struct routes_mount *mount = route->kind == ROUTES_ROUTE_MOUNT
                                           ? &j->table.mounts[route->target]
                                           : NULL;

    answer->plain = route->kind == ROUTES_ROUTE_CHOICE ? HTTP_BAD_REQUEST
                                                       : (int)route->status;
    if (route->kind == ROUTES_ROUTE_FUNCTION) {
        answer->target = function_text(j, route->function);
    }
    else if (mount != NULL && mount->function != 0) {
        answer->target = function_text(j, mount->function);
    }
    else if (mount != NULL) {
        ask_mount(j, mount, answer);
    }
    else {
        answer->status = answer->plain;
    }
}

static void
ask(struct assertion_run *j, const struct model_host *host,
    enum routes_method method, struct answer *answer)
{
    const char *name = finding_host(j->trie, host);
    const char *url = j->assertion->url;

    routes_match(&j->table, *name == '\0' ? NULL : name, strlen(name), url,
                 strlen(url), method, &answer->match);
    choose(j, &answer->match);
    answer->status = j->assertion->has_caller
                         ? facts_refusal(j->assertion->facts, &j->table,
                                         &answer->match, method)
                         : 0;
    answer->target = NULL;
    answer->table = NULL;
    if (answer->status == 0) {
        answer->status = status_of(&answer->match, method);
    }
    if (answer->status == 0) {
        ask_route(j, &j->table.routes[answer->match.route], answer);
    }
}

/* Whether the host has the path, under any method. */
static int
has_path(const struct answer *answer)
{
    return answer->match.outcome != ROUTES_UNKNOWN &&
           answer->match.outcome != ROUTES_NOT_FOUND;
}

static const struct model_route *
route_of(const struct assertion_run *j, uint32_t row)
{
    for (int i = 0; i < j->model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(j->model->routes, const struct model_route, i);

        for (int p = 0; p < route->paths->nelts; p++) {
            if (plan_routes_row(
                    j->plan, route,
                    MODEL_AT(route->paths, struct model_path, p)) == row) {
                return route;
            }
        }
    }
    return NULL;
}

static int
is_as_asserted(struct assertion_run *j, const struct answer *answer)
{
    const struct model_assertion *assertion = j->assertion;

    if (answer->table != NULL) {
        return 0; /* nothing of it is known */
    }
    if (assertion->status != 0) {
        return assertion->status ==
               (answer->target != NULL ? answer->plain : answer->status);
    }
    return answer->target != NULL &&
           strcmp(answer->target, apr_pstrcat(j->pool, assertion->module, ":",
                                              assertion->qualname, NULL)) == 0;
}

/* "`GET /x` on shop.example.com is answered with 404, not 401". */
static const char *
spell_answer(struct assertion_run *j, const struct model_host *host,
             enum routes_method method, const struct answer *answer)
{
    const struct model_assertion *assertion = j->assertion;
    const char *name = finding_host(j->trie, host);
    const char *on =
        *name == '\0' ? "" : apr_pstrcat(j->pool, " on ", name, NULL);
    const char *asserted = assertion->status != 0
                               ? apr_itoa(j->pool, assertion->status)
                               : apr_pstrcat(j->pool, assertion->module, ":",
                                             assertion->qualname, NULL);

    if (answer->table != NULL) {
        return apr_psprintf(j->pool,
                            "`%s %s`%s is let in, and the table %s decides "
                            "further: whether it is %s is not known here",
                            verb_name(method),
                            finding_path(j->trie, assertion->url), on,
                            answer->table, asserted);
    }
    return apr_psprintf(
        j->pool, "`%s %s`%s is answered %s %s, not %s", verb_name(method),
        finding_path(j->trie, assertion->url), on,
        answer->target != NULL ? "by" : "with",
        answer->target != NULL ? answer->target
                               : apr_itoa(j->pool, answer->status),
        asserted);
}

/* Another method or host of an assertion that is broken already. */
static void
say_also(struct assertion_run *j, const struct model_route *route,
         const char *text)
{
    if (++j->n_others <= ASSERTION_MAX_OTHERS) {
        diag_place(j->diag, route != NULL ? route->span : j->assertion->span,
                   "%s", text);
    }
}

static void
say_other(struct assertion_run *j, const struct model_host *host,
          enum routes_method method, const struct answer *answer)
{
    const struct model_assertion *assertion = j->assertion;
    const char *text = spell_answer(j, host, method, answer);
    const struct model_route *route = answer->match.outcome == ROUTES_FOUND
                                          ? route_of(j, answer->match.route)
                                          : NULL;

    if (j->diag != NULL) {
        say_also(j, route, text);
        return;
    }
    j->diag = diag_error(j->diags, assertion->span, E601, "%s", text);
    if (route != NULL) {
        diag_place(j->diag, route->span, "the route of this URL");
    }
    if (assertion->has_caller) {
        diag_note(j->diag, "the caller is %s", facts_text(assertion->facts));
    }
    if (answer->table != NULL) {
        diag_help(j->diag,
                  "write the assertion in %s.routes; here, `assert "
                  "every … requires …` speaks of all below the mount",
                  answer->table);
    }
}

/* Whether a host of the tree is one that the assertion speaks of. */
static int
is_asked(const struct assertion_run *j, const struct model_host *host)
{
    const apr_array_header_t *own = j->assertion->place->hosts;

    for (int i = 0; i < own->nelts; i++) {
        const struct model_host *one = MODEL_AT(own, struct model_host, i);

        if (one->kind == ROUTES_HOST_ANY ||
            (one->kind == host->kind && strcmp(one->name, host->name) == 0 &&
             (one->kind != ROUTES_HOST_PARAM ||
              strcmp(one->text, host->text) == 0))) {
            return 1;
        }
    }
    return 0;
}

/* Whether two requests were answered in the same way. */
static int
is_same(const struct answer *a, const struct answer *b)
{
    return a->status == b->status && a->match.outcome == b->match.outcome &&
           (a->match.outcome != ROUTES_FOUND ||
            a->match.route == b->match.route);
}

/* Asks the hosts that have the path, or those that do not; returns how many
 * it asked.  One answer of several hosts is said once, of the most general. */
static int
ask_hosts(struct assertion_run *j, enum routes_method method, int having)
{
    struct answer answer;
    struct answer said;
    int n_said = 0;
    int asked = 0;

    for (int i = j->trie->hosts->nelts - 1; i >= 0; i--) {
        const struct model_host *host =
            APR_ARRAY_IDX(j->trie->hosts, i, struct trie_host).host;

        if (!is_asked(j, host)) {
            continue;
        }
        ask(j, host, method, &answer);
        if (has_path(&answer) != having) {
            continue;
        }
        asked++;
        if (!is_as_asserted(j, &answer) &&
            (n_said == 0 || !is_same(&answer, &said))) {
            say_other(j, host, method, &answer);
            said = answer;
            n_said++;
        }
    }
    return asked;
}

/* Whether it stands in a host block, of whose hosts each must keep it. */
static int
is_in_host(const struct assertion_run *j)
{
    const apr_array_header_t *own = j->assertion->place->hosts;

    return own->nelts != 1 ||
           MODEL_AT(own, struct model_host, 0)->kind != ROUTES_HOST_ANY;
}

/* A tree without hosts has no URL at all. */
static void
ask_nobody(struct assertion_run *j, enum routes_method method)
{
    const struct model_host *host =
        MODEL_AT(j->assertion->place->hosts, struct model_host, 0);
    struct answer answer;

    ask(j, host, method, &answer);
    if (!is_as_asserted(j, &answer)) {
        say_other(j, host, method, &answer);
    }
}

static void
check_method(struct assertion_run *j, enum routes_method method)
{
    int asked = ask_hosts(j, method, 1);

    if (asked == 0 || is_in_host(j)) {
        asked += ask_hosts(j, method, 0);
    }
    if (asked == 0) {
        ask_nobody(j, method);
    }
}

void
assertion_url_check(struct assertion_run *j)
{
    if (!make_table(j)) {
        return;
    }
    for (int m = 0; m < ROUTES_N_METHODS; m++) {
        if ((j->assertion->methods & ROUTES_METHOD_BIT(m)) != 0) {
            check_method(j, (enum routes_method)m);
        }
    }
}
