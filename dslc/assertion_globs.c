/* SPDX-License-Identifier: Apache-2.0 */
/* assertion_globs: judges `every` and `public only`, by the policy engine. */
#include "assertion_run.h"

#include <string.h>

#include <apr_strings.h>

#include "finding.h"
#include "glob.h"
#include "hostname.h"
#include "policy.h"
#include "rule_bind.h"
#include "rule_text.h"
#include "target.h"

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
speaks_of(const struct assertion_run *j, const struct model_place *place)
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
auth_of(struct assertion_run *j, const struct model_place *place)
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
meets(struct assertion_run *j, const struct subject *subject,
      const struct model_glob *glob)
{
    return subject->route != NULL
               ? glob_meets(j->trie, glob, subject->path)
               : glob_meets_below(j->trie, glob, subject->path);
}

static int
is_held(struct assertion_run *j, const struct subject *subject,
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
spell_subject(struct assertion_run *j, const struct subject *subject)
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
place_subject(struct assertion_run *j, const struct subject *subject,
              const char *text)
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
say_fault(struct assertion_run *j, const struct subject *subject,
          enum diag_code code, const char *text)
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
    else if (++j->n_others <= ASSERTION_MAX_OTHERS) {
        place_subject(j, subject, text);
    }
}

/* ---- walking them ------------------------------------------------------- */

typedef void (*subject_fn)(struct assertion_run *j,
                           const struct subject *subject, void *baton);

static void
visit(struct assertion_run *j, struct subject subject, subject_fn judge,
      void *baton)
{
    if (speaks_of(j, subject.place) &&
        (subject.methods & j->assertion->methods) != 0) {
        judge(j, &subject, baton);
    }
}

static void
each_subject(struct assertion_run *j, subject_fn judge, void *baton)
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
is_said(struct assertion_run *j, const struct subject *subject)
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
asked_methods(const struct assertion_run *j, const struct subject *subject)
{
    uint64_t methods = j->assertion->methods;

    if ((methods & ROUTES_METHOD_BIT(ROUTES_METHOD_GET)) != 0) {
        methods |= ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD);
    }
    return methods & subject->methods;
}

/* The path of URLs in a glob: a star is a segment without a text. */
static const struct model_path *
path_of(struct assertion_run *j, const struct model_glob *glob)
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
rule_there(struct assertion_run *j, const struct subject *subject,
           const struct model_rule *rule, const struct model_glob *glob)
{
    return rule_bind_meet(j->pool, rule, subject->path, path_of(j, glob));
}

/* Whether what auth grants to requests of the subject in the glob is what the
 * assertion requires.  Requirements see parameters by the route's first
 * path. */
static int
is_kept(struct assertion_run *j, const struct subject *subject,
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
is_kept_by_twin(struct assertion_run *j, const struct subject *subject,
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
is_shadowed(struct assertion_run *j, const struct subject *subject,
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
judge_every(struct assertion_run *j, const struct subject *subject,
            void *baton)
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

void
assertion_globs_every(struct assertion_run *j)
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
judge_public(struct assertion_run *j, const struct subject *subject,
             void *baton)
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

void
assertion_globs_public(struct assertion_run *j)
{
    each_subject(j, judge_public, NULL);
}
