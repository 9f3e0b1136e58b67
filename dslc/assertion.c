/* SPDX-License-Identifier: Apache-2.0 */
/* assertion: judges what a program asserts of itself. */
#include "assertion.h"

#include <string.h>

#include <apr_strings.h>

#include "../runtime/choice.h"
#include "../runtime/match.h"
#include "../runtime/method.h"
#include "verb.h"
#include "../runtime/rule.h"
#include "../runtime/table.h"
#include "facts.h"
#include "finding.h"
#include "glob.h"
#include "hostname.h"
#include "plan_routes.h"
#include "planner.h"
#include "policy.h"
#include "rule_bind.h"
#include "rule_text.h"
#include "target.h"
#include "trie.h"

#define HTTP_PERMANENT_REDIRECT 308
#define HTTP_BAD_REQUEST        400

/* Faults of one assertion that are shown behind the first. */
#define MAX_OTHERS 5

/* A run over all assertions, and the one at hand. */
struct judge {
    apr_pool_t *pool;
    struct model *model;
    struct trie *trie;
    const struct source_set *sources;
    struct diag_list *diags;
    struct plan *plan; /* made when a URL asks for it */
    struct routes_table table;
    const struct model_assertion *assertion;
    const struct model_route *said; /* a mount that something was said of */
    struct diag *diag;              /* of the assertion, or NULL */
    int n_others;                   /* faults of it behind the first */
    int helped;                     /* with what a location's 404 is */
};

/* What answers: a path of a route, or a location for its implicit 404. */
struct subject {
    const struct model_route *route; /* NULL: the location */
    const struct model_path *path;
    const struct model_place *place;
    const struct model_auth *auth;
    uint64_t methods;
};

/* An implicit 404 changes nothing, so that it answers as these. */
#define METHODS_OF_404                                                        \
    (ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |                                   \
     ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD))

/* ---- hosts -------------------------------------------------------------- */

static int
ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Whether a host name may be of both; labels' types are not looked at. */
static int
hosts_share(const struct model_host *a, const struct model_host *b)
{
    if (a->kind == ROUTES_HOST_ANY || b->kind == ROUTES_HOST_ANY) {
        return 1;
    }
    if (a->kind == ROUTES_HOST_EXACT && b->kind == ROUTES_HOST_EXACT) {
        return strcmp(a->name, b->name) == 0;
    }
    return (b->kind != ROUTES_HOST_EXACT && ends_with(a->name, b->name)) ||
           (a->kind != ROUTES_HOST_EXACT && ends_with(b->name, a->name));
}

static int
is_inside(const struct model_place *place, const struct model_place *outer)
{
    while (place != NULL && place != outer) {
        place = place->parent;
    }
    return place != NULL;
}

/* Whether the assertion speaks of what stands at a place: of all that may
 * answer on its hosts; in an included file, `public only` of that file. */
static int
speaks_of(const struct judge *j, const struct model_place *place)
{
    const struct model_place *own = j->assertion->place;

    if (j->assertion->kind == MODEL_ASSERT_PUBLIC &&
        own->kind == MODEL_PLACE_INCLUDE && !is_inside(place, own)) {
        return 0;
    }
    for (int i = 0; i < own->hosts->nelts; i++) {
        for (int k = 0; k < place->hosts->nelts; k++) {
            if (hosts_share(MODEL_AT(own->hosts, struct model_host, i),
                            MODEL_AT(place->hosts, struct model_host, k))) {
                return 1;
            }
        }
    }
    return 0;
}

/* ---- subjects ----------------------------------------------------------- */

static uint64_t
methods_of(const struct model_route *route)
{
    uint64_t methods = route->any ? TRIE_ANY : route->methods;

    return (methods & ROUTES_METHOD_BIT(ROUTES_METHOD_GET)) != 0
               ? methods | ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD)
               : methods;
}

/* Where no location decides, its 404 is anybody's. */
static const struct model_auth *
auth_of(struct judge *j, const struct model_place *place)
{
    static const struct model_rule everyone = {.op = MODEL_RULE_PUBLIC};
    struct model_auth *auth;

    if (place->auth != NULL) {
        return place->auth;
    }
    auth = apr_pcalloc(j->pool, sizeof(*auth));
    auth->rule = &everyone;
    auth->realms = apr_array_make(j->pool, 0, sizeof(struct model_realm *));
    return auth;
}

static int
meets(struct judge *j, const struct subject *subject,
      const struct model_glob *glob)
{
    return subject->route != NULL
               ? glob_meets(j->trie, glob, subject->path)
               : glob_meets_below(j->trie, glob, subject->path);
}

static int
is_held(struct judge *j, const struct subject *subject,
        const apr_array_header_t *globs)
{
    for (int i = 0; i < globs->nelts; i++) {
        const struct model_glob *glob =
            MODEL_AT(globs, const struct model_glob, i);

        if (subject->route != NULL
                ? glob_holds(j->trie, glob, subject->path)
                : glob_holds_below(j->trie, glob, subject->path)) {
            return 1;
        }
    }
    return 0;
}

/* "`GET /admin/export`", "the 404 of location `/admin`". */
static const char *
spell_subject(struct judge *j, const struct subject *subject)
{
    if (subject->route == NULL) {
        return apr_psprintf(j->pool, "the 404 of location `%s`",
                            subject->path->text);
    }
    return apr_psprintf(
        j->pool, "`%s %s`",
        finding_methods(j->pool, subject->methods & j->assertion->methods),
        target_path(j->pool, subject->route, subject->path));
}

static void
place_subject(struct judge *j, const struct subject *subject, const char *text)
{
    if (subject->route != NULL) {
        diag_place(j->diag, subject->route->span, "%s", text);
        return;
    }
    diag_place(j->diag, subject->place->span, "%s", text);
    if (!j->helped) {
        j->helped = 1;
        diag_help(j->diag, "what a location leaves unmatched is a 404 under "
                           "its own `require`");
    }
}

/* What is wrong with an assertion is one message, whatever shows it. */
static void
say_fault(struct judge *j, const struct subject *subject, enum diag_code code,
          const char *text)
{
    if (j->diag == NULL) {
        j->diag = diag_error(j->diags, j->assertion->span, code, "%s", text);
        place_subject(j, subject,
                      subject->route != NULL ? "this route" : "this location");
        if (j->assertion->kind == MODEL_ASSERT_EVERY) {
            diag_note(j->diag, "asserted is that it requires `%s`",
                      rule_text_of(j->pool, j->assertion->rule));
        }
        if (subject->route != NULL && model_is_table(subject->route)) {
            diag_note(j->diag,
                      "what the table %s requires itself is not known here",
                      subject->route->mount->target);
        }
    }
    else if (++j->n_others <= MAX_OTHERS) {
        place_subject(j, subject, text);
    }
}

static void
say_more(struct judge *j)
{
    if (j->n_others > MAX_OTHERS) {
        diag_note(j->diag, "and %d more", j->n_others - MAX_OTHERS);
    }
    j->diag = NULL;
    j->n_others = 0;
    j->helped = 0;
}

/* ---- walking them ------------------------------------------------------- */

typedef void (*subject_fn)(struct judge *j, const struct subject *subject,
                           void *baton);

static void
visit(struct judge *j, struct subject subject, subject_fn judge, void *baton)
{
    if (speaks_of(j, subject.place) &&
        (subject.methods & j->assertion->methods) != 0) {
        judge(j, &subject, baton);
    }
}

static void
each_subject(struct judge *j, subject_fn judge, void *baton)
{
    const struct model *model = j->model;

    j->said = NULL;
    for (int i = 0; i < model->routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(model->routes, const struct model_route, i);

        /* the other form of a path tells nobody more than the route */
        for (int p = 0; p < route->paths->nelts && route->twin == NULL; p++) {
            visit(j,
                  (struct subject){
                      route, MODEL_AT(route->paths, struct model_path, p),
                      route->place, route->auth, methods_of(route)},
                  judge, baton);
        }
    }
    for (int i = 0; i < model->places->nelts; i++) {
        const struct model_place *place =
            MODEL_AT(model->places, const struct model_place, i);

        if (place->guards && place->path != NULL) {
            visit(j,
                  (struct subject){NULL, place->path, place, auth_of(j, place),
                                   METHODS_OF_404},
                  judge, baton);
        }
    }
}

/* Whether it is the second path of a mount of which the first was said: both
 * are one thing to whoever wrote it. */
static int
is_said(struct judge *j, const struct subject *subject)
{
    int said = subject->route != NULL && subject->route == j->said;

    if (subject->route != NULL && subject->route->kind == ROUTES_ROUTE_MOUNT) {
        j->said = subject->route;
    }
    return said;
}

/* ---- every -------------------------------------------------------------- */

/* The methods of requests that the assertion asks about, of those that the
 * subject answers: HEAD wherever GET is. */
static uint64_t
asked_methods(const struct judge *j, const struct subject *subject)
{
    uint64_t methods = j->assertion->methods;

    if ((methods & ROUTES_METHOD_BIT(ROUTES_METHOD_GET)) != 0) {
        methods |= ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD);
    }
    return methods & subject->methods;
}

/* The path of URLs in a glob: a star is a segment without a text. */
static const struct model_path *
path_of(struct judge *j, const struct model_glob *glob)
{
    static struct model_segment star = {.prefix = "", .suffix = ""};
    struct model_path *path = apr_pcalloc(j->pool, sizeof(*path));

    path->segments = apr_array_copy(j->pool, glob->segments);
    for (int i = 0; i < path->segments->nelts; i++) {
        if (MODEL_AT(path->segments, struct model_segment, i) == NULL) {
            MODEL_AT(path->segments, struct model_segment, i) = &star;
        }
    }
    return path;
}

/* What auth grants at a place, as it is asked of URLs in the glob. */
static const struct model_rule *
rule_there(struct judge *j, const struct subject *subject,
           const struct model_rule *rule, const struct model_glob *glob)
{
    return rule_bind_meet(j->pool, rule, subject->path, path_of(j, glob));
}

/* Whether what auth grants to requests of the subject in the glob is what the
 * assertion requires.  Requirements see parameters by the route's first
 * path. */
static int
is_kept(struct judge *j, const struct subject *subject,
        const struct model_auth *auth, const struct model_glob *glob,
        const char **caller)
{
    const struct model_path *path =
        subject->route != NULL
            ? MODEL_AT(subject->route->paths, struct model_path, 0)
            : subject->path;
    const struct model_rule *required =
        rule_bind_at(j->pool, j->assertion->rule, path,
                     hostname_param(subject->place->hosts));
    const struct model_auth there = {
        .rule = rule_there(j, subject, auth->rule, glob),
        .realms = auth->realms,
        .methods = auth->methods};
    const struct model_auth kept = {.rule =
                                        rule_there(j, subject, required, glob),
                                    .realms = auth->realms,
                                    .methods = asked_methods(j, subject)};

    return policy_implies(policy_run(j->model), &there, &kept, caller);
}

/* Locations with one prefix share their 404, which has the requirements of
 * all: it keeps the assertion if one of them does, or the place for both. */
static int
is_kept_by_twin(struct judge *j, const struct subject *subject,
                const struct model_glob *glob)
{
    const struct model *model = j->model;

    if (subject->route != NULL) {
        return 0;
    }
    for (int i = 0; i < model->places->nelts; i++) {
        const struct model_place *place =
            MODEL_AT(model->places, const struct model_place, i);

        if (place->guards && place->auth != NULL && place->path != NULL &&
            place->hosts == subject->place->hosts &&
            strcmp(place->path->text, subject->path->text) == 0 &&
            (glob != NULL
                 ? is_kept(j, subject, place->auth, glob, NULL)
                 : !policy_public(policy_run(j->model), place->auth))) {
            return 1;
        }
    }
    return 0;
}

/* Whether a location answers in the route's place for all that both the route
 * and the glob have. */
static int
is_shadowed(struct judge *j, const struct subject *subject,
            const struct model_glob *glob)
{
    const struct model *model = j->model;
    const apr_array_header_t *own = j->assertion->place->hosts;
    const apr_array_header_t *hosts = subject->place->hosts;
    int any_host =
        hosts->nelts == 1 &&
        MODEL_AT(hosts, struct model_host, 0)->kind == ROUTES_HOST_ANY;

    if (subject->route == NULL ||
        (subject->methods & j->assertion->methods & ~TRIE_ANY) != 0) {
        return 0;
    }
    for (int i = 0; i < model->places->nelts; i++) {
        const struct model_place *place =
            MODEL_AT(model->places, const struct model_place, i);

        if (place->guards && place->path != NULL &&
            (place->hosts == hosts || (any_host && place->hosts == own)) &&
            glob_kept(j->trie, glob, place->path, subject->path)) {
            return 1;
        }
    }
    return 0;
}

struct every {
    const struct model_glob *glob;
    int met; /* something */
};

static void
judge_every(struct judge *j, const struct subject *subject, void *baton)
{
    struct every *every = baton;
    const char *caller;

    if (!meets(j, subject, every->glob)) {
        return;
    }
    every->met = 1;
    if (is_held(j, subject, j->assertion->except) ||
        is_kept(j, subject, subject->auth, every->glob, &caller) ||
        is_kept_by_twin(j, subject, every->glob) ||
        is_shadowed(j, subject, every->glob) || is_said(j, subject)) {
        return;
    }
    say_fault(j, subject, E601,
              caller != NULL
                  ? apr_psprintf(j->pool, "%s is granted to %s",
                                 spell_subject(j, subject), caller)
                  : apr_psprintf(j->pool,
                                 "whom %s is granted to has too many cases to "
                                 "decide",
                                 spell_subject(j, subject)));
}

static void
check_every(struct judge *j)
{
    const apr_array_header_t *globs = j->assertion->globs;

    for (int i = 0; i < globs->nelts; i++) {
        struct every every = {MODEL_AT(globs, const struct model_glob, i), 0};

        each_subject(j, judge_every, &every);
        if (!every.met) {
            diag_error(j->diags, every.glob->span, E602,
                       "no route is met by this, so nothing is asserted");
        }
    }
}

/* ---- public only -------------------------------------------------------- */

static void
judge_public(struct judge *j, const struct subject *subject, void *baton)
{
    (void)baton;
    if (!policy_public(policy_run(j->model), subject->auth) ||
        is_held(j, subject, j->assertion->globs) ||
        is_kept_by_twin(j, subject, NULL) || is_said(j, subject)) {
        return;
    }
    say_fault(j, subject, E603,
              apr_psprintf(j->pool, "%s is public and not in the list",
                           spell_subject(j, subject)));
}

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
make_table(struct judge *j)
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
function_text(struct judge *j, uint32_t row)
{
    const struct routes_function *function = &j->table.functions[row];

    return apr_pstrcat(j->pool, routes_table_text(&j->table, function->module),
                       ":", routes_table_text(&j->table, function->qualname),
                       NULL);
}

/* Of variants, the one of a request without a query and headers; without one,
 * the route that chooses. */
static void
choose(struct judge *j, struct routes_match *match)
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
ask_mount(struct judge *j, const struct routes_mount *mount,
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
ask_route(struct judge *j, const struct routes_route *route,
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
ask(struct judge *j, const struct model_host *host, enum routes_method method,
    struct answer *answer)
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
route_of(const struct judge *j, uint32_t row)
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
is_as_asserted(struct judge *j, const struct answer *answer)
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
spell_answer(struct judge *j, const struct model_host *host,
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
say_also(struct judge *j, const struct model_route *route, const char *text)
{
    if (++j->n_others <= MAX_OTHERS) {
        diag_place(j->diag, route != NULL ? route->span : j->assertion->span,
                   "%s", text);
    }
}

static void
say_other(struct judge *j, const struct model_host *host,
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
is_asked(const struct judge *j, const struct model_host *host)
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
ask_hosts(struct judge *j, enum routes_method method, int having)
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
is_in_host(const struct judge *j)
{
    const apr_array_header_t *own = j->assertion->place->hosts;

    return own->nelts != 1 ||
           MODEL_AT(own, struct model_host, 0)->kind != ROUTES_HOST_ANY;
}

/* A tree without hosts has no URL at all. */
static void
ask_nobody(struct judge *j, enum routes_method method)
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
check_method(struct judge *j, enum routes_method method)
{
    int asked = ask_hosts(j, method, 1);

    if (asked == 0 || is_in_host(j)) {
        asked += ask_hosts(j, method, 0);
    }
    if (asked == 0) {
        ask_nobody(j, method);
    }
}

static void
check_outcome(struct judge *j)
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

void
assertion_check(struct model *model, const struct source_set *sources,
                struct diag_list *diags)
{
    struct judge j = {.pool = model->pool,
                      .model = model,
                      .sources = sources,
                      .diags = diags};

    if (diag_mistake_count(diags) > 0 || model->partial ||
        model->assertions->nelts == 0) {
        return;
    }
    j.trie = trie_of(model);
    for (int i = 0; i < model->assertions->nelts; i++) {
        j.assertion =
            MODEL_AT(model->assertions, const struct model_assertion, i);
        if (j.assertion->kind == MODEL_ASSERT_EVERY) {
            check_every(&j);
        }
        else if (j.assertion->kind == MODEL_ASSERT_PUBLIC) {
            each_subject(&j, judge_public, NULL);
        }
        else {
            check_outcome(&j);
        }
        say_more(&j);
    }
}
