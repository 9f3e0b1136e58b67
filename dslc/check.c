/* SPDX-License-Identifier: Apache-2.0 */
/* check: a linked program to its model, every clause combined. */
#include "dslc/check.h"

#include <apr_strings.h>

#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/demands.h"
#include "dslc/frame.h"
#include "dslc/hostname.h"
#include "dslc/methods.h"
#include "dslc/mounted.h"
#include "dslc/mounts.h"
#include "dslc/phases.h"
#include "dslc/rates.h"
#include "dslc/realms.h"
#include "dslc/records.h"
#include "dslc/redirect.h"
#include "dslc/route.h"
#include "dslc/settings.h"
#include "dslc/slash.h"
#include "dslc/types.h"

static void walk(struct checker *checker, const struct frame *frame,
                 const struct ast_stmt *stmts, enum clause_where where);

static bool
is_too_deep(struct checker *checker, const struct frame *frame,
            const struct ast_stmt *stmt)
{
    if (frame->depth < CHECK_MAX_DEPTH) {
        return false;
    }
    checker_exceeds(checker, stmt->keyword,
                    apr_psprintf(checker->pool,
                                 "a place inside more than %d others",
                                 CHECK_MAX_DEPTH));
    return true;
}

/* ---- places ---- */

static void
walk_host(struct checker *checker, const struct frame *outer,
          const struct ast_stmt *stmt)
{
    struct frame frame;
    struct clause_set set;

    if (outer->in_host || outer->in_location) {
        diag_error(checker->diags, stmt->keyword, E015,
                   "`host` is not allowed in a file that is included inside "
                   "a host or location");
        return;
    }
    frame = frame_open(checker, outer, MODEL_PLACE_HOST, stmt->span);
    frame.in_host = true;
    frame.place->hosts =
        hostname_make(checker, frame.unit->scope, &stmt->u.host.names);
    frame.base.host_param = hostname_param(frame.place->hosts);
    if (frame.place->hosts->nelts == 0) {
        frame.lost = true;
        checker->model->partial = 1;
    }
    set = clause_collect(checker, &stmt->body, CLAUSE_HOST, false);
    frame_apply(checker, &frame, &set, CLAUSE_HOST, stmt);
    auths_check_passing(checker, &set, &frame.auths, "host");
    walk(checker, &frame, stmt->body.first, CLAUSE_HOST);
}

static void
walk_location(struct checker *checker, const struct frame *outer,
              const struct ast_stmt *stmt)
{
    struct frame frame =
        frame_open(checker, outer, MODEL_PLACE_LOCATION, stmt->span);
    struct model_path *path =
        paths_make(checker, frame.unit->scope, &outer->base,
                   stmt->u.location.path, PATHS_PREFIX);
    struct clause_set set;

    frame.in_location = true;
    frame_prefix(checker, &frame, path);
    set = clause_collect(checker, &stmt->body, CLAUSE_LOCATION, false);
    frame_apply(checker, &frame, &set, CLAUSE_LOCATION, stmt);
    walk(checker, &frame, stmt->body.first, CLAUSE_LOCATION);
}

/* ---- files ---- */

static void
walk_file(struct checker *checker, struct frame *frame)
{
    const struct ast_file *ast = frame->unit->ast;
    struct clause_set set;

    if (ast->astray) {
        checker->model->partial = 1;
        return;
    }
    set = clause_collect(checker, &ast->stmts, CLAUSE_FILE, false);
    frame_apply(checker, frame, &set, CLAUSE_FILE, ast);
    if (!frame->in_location) {
        auths_check_passing(checker, &set, &frame->auths, "file");
    }
    walk(checker, frame, ast->stmts.first, CLAUSE_FILE);
}

/* One file of an include, which is a place of its own. */
static void
walk_unit(struct checker *checker, const struct frame *outer,
          struct link_unit *unit, const struct ast_stmt *stmt,
          const struct clause_set *set, struct model_path *prefix)
{
    struct frame frame =
        frame_open(checker, outer, MODEL_PLACE_INCLUDE, stmt->span);

    if (stmt->u.include.at != NULL) {
        frame_prefix(checker, &frame, prefix);
    }
    frame.names = frame_names(checker, outer, set);
    frame_apply(checker, &frame, set, CLAUSE_INCLUDE, stmt);
    frame.unit = unit;
    walk_file(checker, &frame);
}

static void
walk_include(struct checker *checker, const struct frame *outer,
             const struct ast_stmt *stmt)
{
    struct clause_set set =
        clause_collect(checker, &stmt->body, CLAUSE_INCLUDE, false);
    struct model_path *prefix = NULL;

    if (stmt->u.include.at != NULL) {
        prefix = paths_make(checker, outer->unit->scope, &outer->base,
                            stmt->u.include.at, PATHS_PREFIX);
    }
    for (int i = 0; i < outer->unit->units->nelts; i++) {
        struct link_unit *unit =
            APR_ARRAY_IDX(outer->unit->units, i, struct link_unit *);

        if (unit->include == stmt) {
            walk_unit(checker, outer, unit, stmt, &set, prefix);
        }
    }
}

/* ---- statements ---- */

static void
walk_place(struct checker *checker, const struct frame *frame,
           const struct ast_stmt *stmt)
{
    if (is_too_deep(checker, frame, stmt)) {
        return;
    }
    if (stmt->kind == AST_HOST) {
        walk_host(checker, frame, stmt);
    }
    else if (stmt->kind == AST_LOCATION) {
        walk_location(checker, frame, stmt);
    }
    else if (stmt->kind == AST_INCLUDE) {
        walk_include(checker, frame, stmt);
    }
    else {
        route_publish(checker, frame, stmt);
    }
}

/* Clauses and declarations were read before. */
static void
walk(struct checker *checker, const struct frame *frame,
     const struct ast_stmt *stmts, enum clause_where where)
{
    for (const struct ast_stmt *stmt = stmts; stmt != NULL;
         stmt = stmt->next) {
        const struct clause_row *row = clause_row(stmt->kind);

        if ((row->where & (unsigned)where) == 0) {
            continue;
        }
        if (stmt->kind >= AST_ASSERT_EVERY && stmt->kind <= AST_ASSERT_ROUTE) {
            demands_add(checker, frame, stmt);
        }
        if (!row->governed) {
            continue;
        }
        if (stmt->kind == AST_ROUTE) {
            route_add(checker, frame, stmt);
        }
        else if (stmt->kind == AST_MOUNT) {
            mounts_add(checker, frame, stmt);
        }
        else if (stmt->kind == AST_REDIRECT) {
            redirect_add(checker, frame, stmt);
        }
        else {
            walk_place(checker, frame, stmt);
        }
    }
}

/* ---- the program ---- */

static struct model *
make_model(const struct program *program)
{
    apr_pool_t *pool = program->pool;
    struct model *model = apr_pcalloc(pool, sizeof(*model));

    model->pool = pool;
    model->name = program->name;
    model->language = (int)program->root->ast->version;
    model->checksum = program->checksum;
    model->files = program->files;
    model->hosts = apr_array_make(pool, 4, sizeof(struct model_host *));
    model->places = apr_array_make(pool, 16, sizeof(struct model_place *));
    model->realms = apr_array_make(pool, 4, sizeof(struct model_realm *));
    model->settings = apr_array_make(pool, 4, sizeof(struct model_setting *));
    model->records = apr_array_make(pool, 4, sizeof(struct model_record *));
    model->functions =
        apr_array_make(pool, 16, sizeof(struct model_function *));
    model->routes = apr_array_make(pool, 16, sizeof(struct model_route *));
    model->events = apr_array_make(pool, 2, sizeof(struct model_event *));
    model->calls = apr_array_make(pool, 4, sizeof(struct model_call *));
    model->predicates =
        apr_array_make(pool, 4, sizeof(struct model_predicate *));
    model->assertions =
        apr_array_make(pool, 4, sizeof(struct model_assertion *));
    return model;
}

static void
declare_all(struct checker *checker)
{
    for (int i = 0; i < checker->program->units->nelts; i++) {
        const struct link_unit *unit = APR_ARRAY_IDX(
            checker->program->units, i, const struct link_unit *);

        methods_declare(checker, unit);
        types_declare(checker, unit->scope);
        settings_declare(checker, unit);
        records_declare(checker, unit->scope);
        realms_declare(checker, unit);
        rules_declare(checker, unit);
        phases_declare(checker, unit);
    }
    records_check_circles(checker);
}

/* Only of a program without mistakes: a name may be used in what was not
 * understood. */
static void
warn_unused(struct checker *checker)
{
    if (diag_mistake_count(checker->diags) > 0 || checker->model->partial) {
        return;
    }
    for (int i = 0; i < checker->program->units->nelts; i++) {
        scope_warn_unused(
            APR_ARRAY_IDX(checker->program->units, i, struct link_unit *)
                ->scope,
            checker->diags);
    }
}

struct model *
check_program(struct program *program, struct diag_list *diags)
{
    apr_pool_t *pool = program->pool;
    struct checker checker = {
        .pool = pool,
        .program = program,
        .diags = diags,
        .model = make_model(program),
        .functions = apr_hash_make(pool),
        .hosts = apr_hash_make(pool),
        .names = apr_hash_make(pool),
        .settings = apr_hash_make(pool),
        .homeless = apr_hash_make(pool),
        .lax = apr_hash_make(pool),
        .rates = apr_array_make(pool, 1, sizeof(struct model_rate *)),
    };
    struct frame root;

    checker.str = types_named(&checker, "str");
    declare_all(&checker);
    root = frame_root(&checker);
    walk_file(&checker, &root);
    slash_spread_routes(&checker);
    rates_finish(&checker);
    mounted_check(checker.model, diags);
    warn_unused(&checker);
    return checker.model;
}
