/* SPDX-License-Identifier: Apache-2.0 */
/* route: one route, or one function of a publish, as the model has it. */
#include "dslc/route.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/args.h"
#include "dslc/callee.h"
#include "dslc/consumes.h"
#include "dslc/methods.h"
#include "dslc/pages.h"
#include "dslc/phases.h"
#include "dslc/returns.h"
#include "dslc/slash.h"
#include "dslc/uploads.h"
#include "dslc/variants.h"
#include "dslc/websockets.h"

#define HTTP_OK 200

/* One route being made, from its statement or a line of a publish. */
struct maker {
    struct checker *checker;
    const struct frame *frame; /* around it */
    const struct ast_stmt *stmt;
    const struct ast_call *call;
    const char *what; /* "GET /x", for messages */
    int inherited;    /* segments of places around it */
    struct model_route *route;
    struct clause_set set;
    struct auths_state auths;
    struct results_state results;
    struct conduct_state conduct;
    struct limits_state limits;
    bool lost; /* left out of the model */
};

/* ---- what a route and a line have in common ---- */

/* Without the newline at its end. */
static const char *
trim_doc(struct checker *checker, const char *doc)
{
    size_t length = doc == NULL ? 0 : strlen(doc);

    while (length > 0 && doc[length - 1] == '\n') {
        length--;
    }
    return length == 0 ? NULL : apr_pstrmemdup(checker->pool, doc, length);
}

struct model_route *
route_make(struct checker *checker, const struct frame *frame,
           struct methods methods, const char *doc)
{
    struct model_route *route = apr_pcalloc(checker->pool, sizeof(*route));

    route->methods = methods.bits;
    route->any = methods.any;
    route->paths =
        apr_array_make(checker->pool, 1, sizeof(struct model_path *));
    route->place = frame->place;
    route->args = apr_array_make(checker->pool, 0, sizeof(struct model_arg *));
    route->raises = results_none(checker).raises;
    route->status = HTTP_OK;
    route->doc = trim_doc(checker, doc);
    return route;
}

static const struct model_path *
first_path(const struct model_route *route)
{
    return route->paths->nelts == 0
               ? NULL
               : MODEL_AT(route->paths, const struct model_path, 0);
}

/* Who may ask for it, by what is in force around it and by its clauses. */
static struct auths_state
combine_auths(const struct route_site *site, struct model_route *route)
{
    const struct frame *frame = site->frame;
    struct rules_reach reach = {.path = first_path(route),
                                .host_param = frame->base.host_param,
                                .unclear = frame->lost,
                                .call = site->call};
    struct auths_state auths =
        auths_combine(site->checker, frame->unit->scope, &frame->auths,
                      site->set, site->where, &reach);

    if (link_damaged(frame->unit, site->stmt)) {
        auths.broken_rule = true;
        auths.broken_realms = true;
    }
    route->auth = auths_of_methods(site->checker, auths.auth, route->methods);
    auths_check_realms(site->checker, &auths, site->what, route->span);
    return auths;
}

struct auths_state
route_decide(const struct route_site *site, struct model_route *route)
{
    struct auths_state auths = combine_auths(site, route);

    auths_check_decided(site->checker, &auths, site->what, site->frame->place,
                        route->span);
    return auths;
}

static void
combine_results(struct maker *maker)
{
    struct scope *scope = maker->frame->unit->scope;

    maker->results = results_combine(maker->checker, scope,
                                     &maker->frame->results, &maker->set);
    if (maker->call == NULL) {
        /* its variants answer */
        returns_apply(maker->checker, scope, &maker->results, NULL,
                      maker->route);
        maker->route->formats = NULL;
        return;
    }
    returns_apply(maker->checker, scope, &maker->results,
                  maker->set.one[AST_RETURNS], maker->route);
}

/* What a request may bring. */
static void
combine_body(struct maker *maker)
{
    const struct rules_reach reach = {
        .path = first_path(maker->route),
        .host_param = maker->frame->base.host_param,
        .unclear = maker->frame->lost,
    };

    maker->limits = link_damaged(maker->frame->unit, maker->stmt)
                        ? limits_any()
                        : limits_combine(maker->checker, &maker->frame->limits,
                                         &maker->set, &reach);
    limits_apply(maker->checker, &maker->limits, maker->route);
    maker->route->consumes =
        consumes_combine(maker->checker, maker->frame->consumes, &maker->set);
}

static void
combine_conduct(struct maker *maker)
{
    maker->conduct = conduct_combine(maker->checker, &maker->frame->conduct,
                                     &maker->set, maker->frame->place);
    maker->conduct.pages = pages_combine(
        maker->checker, maker->frame->unit->scope, maker->conduct.pages,
        &maker->set, &maker->results, &maker->limits);
    conduct_apply(maker->checker, &maker->conduct, &maker->auths, maker->route,
                  maker->what);
}

/* Whether a written argument is not there: its type was not understood, which
 * was said where the type is. */
static bool
lacks_args(const struct maker *maker)
{
    int written = 0;

    for (const struct ast_arg *arg = maker->call->args.first; arg != NULL;
         arg = arg->next) {
        written++;
    }
    return maker->call->has_args && maker->route->args->nelts < written;
}

static void
read_call(struct maker *maker)
{
    const struct ast_pyref *target = maker->call->target;
    struct args_reach reach = {.paths = maker->route->paths,
                               .host_param = maker->frame->base.host_param,
                               .inherited = maker->inherited};
    unsigned errors = diag_error_count(maker->checker->diags);

    maker->route->target = target->span;
    maker->route->function = callee_function(
        maker->checker, maker->frame->unit->scope, target->module.text,
        target->object.text, target->span);
    if (!maker->lost) {
        maker->route->args =
            args_make(maker->checker, maker->frame->unit->scope, maker->call,
                      maker->route, &reach);
        uploads_check_limit(maker->checker, maker->route);
    }
    if (!maker->lost && !lacks_args(maker)) {
        websockets_check_call(maker->checker, maker->route, maker->call->span);
    }
    maker->route->unclear =
        maker->lost || diag_said(maker->checker->diags, maker->call->span) ||
        diag_error_count(maker->checker->diags) > errors || lacks_args(maker);
}

/* Names a route by its `as`, else by that name. */
static void
name_route(const struct route_site *site, struct model_route *route,
           const char *name)
{
    const struct ast_stmt *as = site->set->one[AST_AS];

    route->named = as != NULL;
    route->name = apr_pstrcat(site->checker->pool, site->frame->names,
                              as != NULL ? as->u.name.text : name, NULL);
}

/* A name stands for one URL. */
static void
check_name(struct checker *checker, const struct model_route *route)
{
    apr_hash_t *names = checker->names;
    const struct model_route *before =
        apr_hash_get(names, route->name, APR_HASH_KEY_STRING);
    struct diag *diag;

    if (!route->named) {
        return;
    }
    if (before == NULL) {
        apr_hash_set(names, route->name, APR_HASH_KEY_STRING, route);
        return;
    }
    diag = diag_error(checker->diags, route->span, E217,
                      "another route is called %s already",
                      checker_quote(checker, route->name));
    diag_place(diag, before->span, "this one");
    if (before->span.file == route->span.file &&
        before->span.start == route->span.start) {
        diag_help(diag, "its file is included twice: name the includes, as "
                        "in include … as NAME");
    }
}

void
route_keep(const struct route_site *site, struct model_route *route,
           const char *name, bool lost)
{
    name_route(site, route, name);
    check_name(site->checker, route);
    if (lost) {
        site->checker->model->partial = 1;
        return;
    }
    APR_ARRAY_PUSH(site->checker->model->routes, struct model_route *) = route;
}

static void
finish(struct maker *maker, enum clause_where where)
{
    const struct route_site site = {.checker = maker->checker,
                                    .frame = maker->frame,
                                    .stmt = maker->stmt,
                                    .where = where,
                                    .set = &maker->set,
                                    .call = maker->call,
                                    .what = maker->what};
    const struct model_function *function;

    maker->auths = combine_auths(&site, maker->route);
    if (maker->route->choice_of == NULL) {
        auths_check_public(maker->checker, &maker->auths, maker->route,
                           maker->what);
    }
    websockets_check_clauses(maker->checker, maker->route, maker->stmt,
                             &maker->set);
    combine_results(maker);
    combine_body(maker);
    phases_check(maker->checker, maker->frame->unit->scope, &maker->set,
                 where);
    if (maker->call == NULL) {
        combine_conduct(maker);
        return;
    }
    read_call(maker);
    combine_conduct(maker);
    websockets_apply(maker->route);
    if (maker->route->choice_of == NULL) {
        maker->route->slash =
            slash_combine(maker->checker, maker->frame->slash, &maker->set);
    }
    function = maker->route->function;
    route_keep(&site, maker->route,
               apr_pstrcat(maker->checker->pool, function->module, ".",
                           function->qualname, NULL),
               maker->lost);
}

/* ---- the paths of a route ---- */

/* The parameters of a path, in order: struct model_param *. */
static apr_array_header_t *
params_of(struct checker *checker, const struct model_path *path)
{
    apr_array_header_t *params =
        apr_array_make(checker->pool, 4, sizeof(struct model_param *));

    for (int i = 0; i < path->segments->nelts; i++) {
        struct model_param *param =
            MODEL_AT(path->segments, struct model_segment, i)->param;

        if (param != NULL) {
            APR_ARRAY_PUSH(params, struct model_param *) = param;
        }
    }
    return params;
}

static struct model_param *
find_param(const apr_array_header_t *params, const char *name)
{
    for (int i = 0; i < params->nelts; i++) {
        struct model_param *param = MODEL_AT(params, struct model_param, i);

        if (strcmp(param->name, name) == 0) {
            return param;
        }
    }
    return NULL;
}

static void
say_missing(struct maker *maker, const struct model_path *first,
            const struct model_path *path, const char *name)
{
    struct diag *diag = diag_error(
        maker->checker->diags, path->span, E118,
        "the paths of one route have the same parameters, and %s is in one "
        "only",
        checker_quote(maker->checker, name));

    diag_place(diag, first->span, "the first path");
}

static void
say_unlike(struct maker *maker, const struct model_param *x,
           const struct model_param *y)
{
    struct diag *diag = diag_error(maker->checker->diags, y->span, E111,
                                   "%s is %s here and %s in the first path",
                                   checker_quote(maker->checker, y->name),
                                   y->type->spelling, x->type->spelling);

    diag_place(diag, x->span, "the first path");
}

/* Whether all of some parameters are among others, too. */
static bool
has_all(struct maker *maker, const struct model_path *path,
        const apr_array_header_t *params, const apr_array_header_t *others)
{
    const struct model_path *first = first_path(maker->route);

    for (int i = 0; i < params->nelts; i++) {
        const char *name = MODEL_AT(params, struct model_param, i)->name;

        if (find_param(others, name) == NULL) {
            say_missing(maker, first, path, name);
            return false;
        }
    }
    return true;
}

/* A call has the same arguments, whichever path matched. */
static bool
is_alike(struct maker *maker, const struct model_path *path)
{
    const struct model_path *first = first_path(maker->route);
    apr_array_header_t *a = params_of(maker->checker, first);
    apr_array_header_t *b = params_of(maker->checker, path);

    if (!has_all(maker, path, a, b) || !has_all(maker, path, b, a)) {
        return false;
    }
    for (int i = 0; i < a->nelts; i++) {
        struct model_param *x = MODEL_AT(a, struct model_param, i);
        const struct model_param *y = find_param(b, x->name);

        if (strcmp(x->type->spelling, y->type->spelling) != 0) {
            say_unlike(maker, x, y);
            return false;
        }
        x->wanders |= !paths_same_place(x, y);
    }
    return true;
}

static void
read_paths(struct maker *maker)
{
    const struct frame *frame = maker->frame;

    for (const struct ast_path *ast = maker->stmt->u.route.paths.first;
         ast != NULL; ast = ast->next) {
        struct model_path *path =
            paths_make(maker->checker, frame->unit->scope, &frame->base, ast,
                       PATHS_ROUTE);

        if (path == NULL ||
            (maker->route->paths->nelts > 0 && !is_alike(maker, path))) {
            maker->lost = true;
            continue;
        }
        APR_ARRAY_PUSH(maker->route->paths, struct model_path *) = path;
    }
}

/* ---- variants ---- */

/* What a variant is governed by: what its route is, and its route's own
 * clauses. */
static struct frame
frame_of_variants(const struct maker *maker)
{
    struct frame frame = *maker->frame;

    frame.auths = maker->auths;
    frame.results = maker->results;
    frame.conduct = maker->conduct;
    frame.limits = maker->limits;
    frame.consumes = maker->route->consumes;
    return frame;
}

/* What the route `returns` is what each variant does that says nothing else.
 * Where it is wrong it was said for the first of them. */
static void
take_returns(const struct maker *choosing, struct clause_set *set)
{
    const struct ast_stmt *returns = choosing->set.one[AST_RETURNS];

    if (set->one[AST_RETURNS] == NULL && returns != NULL &&
        !diag_said(choosing->checker->diags, returns->span)) {
        set->one[AST_RETURNS] = returns;
    }
}

static void
add_variant(struct maker *choosing, struct model_choice *choice,
            const struct ast_stmt *stmt)
{
    struct frame frame = frame_of_variants(choosing);
    struct maker maker = {.checker = choosing->checker,
                          .frame = &frame,
                          .stmt = stmt,
                          .call = stmt->u.variant.call,
                          .what = choosing->what,
                          .inherited = choosing->inherited,
                          .lost = choosing->lost};
    struct methods methods = {choosing->route->methods,
                              choosing->route->any != 0};
    enum clause_where where = variants_where(choosing->stmt);

    maker.set = clause_collect(maker.checker, &stmt->body, where, false);
    take_returns(choosing, &maker.set);
    maker.route = route_make(maker.checker, &frame, methods, stmt->doc);
    maker.route->span = stmt->u.variant.key->span;
    maker.route->paths = choosing->route->paths;
    maker.route->choice_of = choosing->route;
    if (!variants_add(maker.checker, choice, stmt, maker.route)) {
        maker.lost = true;
    }
    else {
        frame.results = variants_results(choice, stmt, &frame.results);
    }
    finish(&maker, where);
    if (maker.set.one[AST_RETURNS] != NULL && !maker.lost) {
        variants_check_results(maker.checker, choice, stmt,
                               maker.set.one[AST_RETURNS], maker.route);
    }
}

/* A route that calls one of several functions. */
static void
add_choice(struct maker *maker)
{
    const struct ast_stmt *stmt = maker->stmt;
    struct model_choice *choice = variants_read(maker->checker, stmt);
    const struct model_path *path = first_path(maker->route);
    const struct route_site site = {.checker = maker->checker,
                                    .frame = maker->frame,
                                    .stmt = stmt,
                                    .where = CLAUSE_ROUTE,
                                    .set = &maker->set,
                                    .what = maker->what};

    if (choice == NULL) {
        maker->checker->model->partial = 1;
        return;
    }
    maker->route->kind = ROUTES_ROUTE_CHOICE;
    maker->route->choice = choice;
    maker->route->target = choice->span;
    for (const struct ast_stmt *variant = stmt->u.route.variants.first;
         variant != NULL; variant = variant->next) {
        add_variant(maker, choice, variant);
    }
    variants_end(maker->checker, choice, stmt);
    maker->route->slash =
        slash_combine(maker->checker, maker->frame->slash, &maker->set);
    route_keep(&site, maker->route, path != NULL ? path->text : "",
               maker->lost);
}

/* ---- a route ---- */

static const char *
describe(struct checker *checker, const struct ast_value_list *methods,
         const struct model_path *path)
{
    return apr_pstrcat(checker->pool, methods_text(checker, methods), " ",
                       path == NULL ? "…" : path->text, NULL);
}

void
route_add(struct checker *checker, const struct frame *frame,
          const struct ast_stmt *stmt)
{
    struct maker maker = {.checker = checker,
                          .frame = frame,
                          .stmt = stmt,
                          .call = stmt->u.route.call,
                          .lost = frame->lost};
    struct methods methods =
        methods_read(checker, frame->unit->scope, &stmt->u.route.methods);

    websockets_check_methods(checker, &stmt->u.route.methods, &methods);
    maker.lost |= methods.bits == 0 && !methods.any;
    maker.route = route_make(checker, frame, methods, stmt->doc);
    maker.route->span =
        span_join(stmt->keyword, stmt->u.route.paths.last->span);
    maker.inherited =
        frame->base.prefix == NULL ? 0 : frame->base.prefix->segments->nelts;
    read_paths(&maker);
    maker.what =
        describe(checker, &stmt->u.route.methods, first_path(maker.route));
    maker.set = clause_collect(checker, &stmt->body, CLAUSE_ROUTE, false);
    finish(&maker, CLAUSE_ROUTE);
    auths_check_decided(checker, &maker.auths, maker.what, frame->place,
                        maker.route->span);
    if (maker.call == NULL) {
        add_choice(&maker);
    }
}

/* ---- a publish ---- */

/* Methods of a publish that names none. */
static struct methods
publish_methods(struct checker *checker, const struct frame *frame,
                const struct ast_stmt *stmt)
{
    struct methods both = {ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |
                               ROUTES_METHOD_BIT(ROUTES_METHOD_POST),
                           false};

    return stmt->u.publish.methods.first == NULL
               ? both
               : methods_read(checker, frame->unit->scope,
                              &stmt->u.publish.methods);
}

static void
add_line(struct checker *checker, const struct frame *frame,
         const struct ast_stmt *line, struct methods methods, int inherited,
         const char *what, struct auths_state *auths)
{
    const struct ast_call *call = line->u.line.call;
    struct maker maker = {.checker = checker,
                          .frame = frame,
                          .stmt = line,
                          .call = call,
                          .what = what,
                          .inherited = inherited,
                          .lost = frame->lost};
    struct model_path *path;

    maker.route = route_make(checker, frame, methods, line->doc);
    maker.route->span = line->keyword;
    path = paths_append(checker, frame->base.prefix, call->target->object.text,
                        line->keyword);
    maker.lost |= path == NULL;
    if (path != NULL) {
        APR_ARRAY_PUSH(maker.route->paths, struct model_path *) = path;
        maker.what = apr_pstrcat(checker->pool, what, "/",
                                 call->target->object.text, NULL);
    }
    maker.set = clause_collect(checker, &line->body, CLAUSE_LINE, false);
    finish(&maker, CLAUSE_LINE);
    *auths = maker.auths;
}

static void
add_lines(struct checker *checker, const struct frame *frame,
          const struct ast_stmt *stmt, int inherited, const char *what)
{
    struct methods methods = publish_methods(checker, frame, stmt);
    bool asked = false;

    websockets_check_methods(checker, &stmt->u.publish.methods, &methods);
    for (const struct ast_stmt *line = stmt->body.first; line != NULL;
         line = line->next) {
        struct auths_state auths;

        if (line->kind != AST_LINE) {
            continue;
        }
        add_line(checker, frame, line, methods, inherited, what, &auths);
        if (auths.rule == NULL && !asked) {
            /* once for all its functions */
            auths_check_decided(
                checker, &auths, what, frame->place->parent,
                span_join(stmt->keyword, stmt->u.publish.path->span));
            asked = true;
        }
    }
}

void
route_publish(struct checker *checker, const struct frame *outer,
              const struct ast_stmt *stmt)
{
    struct frame frame =
        frame_open(checker, outer, MODEL_PLACE_PUBLISH, stmt->span);
    struct clause_set set =
        clause_collect(checker, &stmt->body, CLAUSE_PUBLISH, false);
    int inherited =
        outer->base.prefix == NULL ? 0 : outer->base.prefix->segments->nelts;
    const char *what;

    frame_prefix(checker, &frame,
                 paths_make(checker, frame.unit->scope, &outer->base,
                            stmt->u.publish.path, PATHS_PREFIX));
    frame_apply(checker, &frame, &set, CLAUSE_PUBLISH, stmt);
    what =
        stmt->u.publish.methods.first == NULL
            ? apr_pstrcat(checker->pool, "publish ",
                          frame.lost ? "…" : frame.base.prefix->text, NULL)
            : describe(checker, &stmt->u.publish.methods, frame.base.prefix);
    add_lines(checker, &frame, stmt, inherited, what);
}
