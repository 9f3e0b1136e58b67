/* SPDX-License-Identifier: Apache-2.0 */
/* act_routes: the actions of places, and of what answers requests there. */
#include "dslc/act.h"

#include "dslc/syntax.h"
#include "dslc/token.h"

struct ast_stmt *
act_location(struct parse *p, struct span at, struct ast_path *path,
             struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_LOCATION, at);

    stmt->u.location.path = path;
    return act_give_body(stmt, line, block);
}

struct ast_stmt *
act_host(struct parse *p, struct span at, struct ast_value_list *names,
         struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_HOST, at);

    ACT_TAKE(stmt->u.host.names, names);
    return act_give_body(stmt, line, block);
}

static struct ast_stmt *
make_route(struct parse *p, struct span at, struct ast_value_list *methods,
           struct ast_path_list *paths)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_ROUTE, at);

    ACT_TAKE(stmt->u.route.methods, methods);
    ACT_TAKE(stmt->u.route.paths, paths);
    return stmt;
}

struct ast_stmt *
act_route(struct parse *p, struct span at, struct ast_value_list *methods,
          struct ast_path_list *paths, struct ast_call *call,
          struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = make_route(p, at, methods, paths);

    stmt->u.route.call = call;
    return act_give_body(stmt, line, block);
}

struct ast_stmt *
act_variants(struct parse *p, struct span at, struct ast_value_list *methods,
             struct ast_path_list *paths, struct span selector,
             struct span name, struct ast_stmt_list *line,
             struct ast_stmt_list *variants)
{
    struct ast_stmt *stmt = make_route(p, at, methods, paths);

    stmt->u.route.selector = token_name(p, selector);
    stmt->u.route.selector_name = token_string(p, name);
    ACT_TAKE(stmt->u.route.variants, variants);
    return act_give_body(stmt, line, NULL);
}

struct ast_stmt *
act_variant(struct parse *p, struct span at, struct ast_value *key,
            struct ast_call *call, struct ast_stmt_list *line)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_VARIANT, at);

    stmt->u.variant.key = key;
    stmt->u.variant.call = call;
    return act_give_body(stmt, line, NULL);
}

struct ast_stmt *
act_publish(struct parse *p, struct span at, struct ast_value_list *methods,
            struct ast_path *path, struct span module,
            struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_PUBLISH, at);

    ACT_TAKE(stmt->u.publish.methods, methods);
    stmt->u.publish.path = path;
    stmt->u.publish.module = token_name(p, module);
    act_give_body(stmt, line, block);
    for (struct ast_stmt *s = stmt->body.first; s != NULL; s = s->next) {
        if (s->kind == AST_LINE) {
            s->u.line.call->target->module = stmt->u.publish.module;
        }
    }
    return stmt;
}

struct ast_stmt *
act_function(struct parse *p, struct span at, struct span name,
             struct ast_arg_list *args, struct ast_stmt_list *line)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_LINE, at);
    struct ast_pyref *target =
        act_pyref(p, name, (struct span){0, 0, 0}, name);

    stmt->u.line.call = act_call(p, name, target, 1, args);
    return act_give_body(stmt, line, NULL);
}

struct ast_call *
act_call(struct parse *p, struct span at, struct ast_pyref *target,
         int has_args, struct ast_arg_list *args)
{
    struct ast_call *call = ACT_NEW(p, ast_call);

    call->span = at;
    call->target = target;
    call->has_args = has_args != 0;
    ACT_TAKE(call->args, args);
    return call;
}

struct ast_arg *
act_arg(struct parse *p, struct span at, struct span name,
        struct ast_type *type, struct ast_value *value, struct ast_arg *source)
{
    struct ast_arg *arg = source != NULL ? source : ACT_NEW(p, ast_arg);

    arg->span = at;
    arg->name = token_name(p, name);
    arg->type = type;
    arg->value = value;
    syntax_check_param(p, name, arg->name.text);
    return arg;
}

struct ast_arg *
act_source(struct parse *p, struct span source, struct span name)
{
    struct ast_arg *arg = ACT_NEW(p, ast_arg);

    arg->source = token_name(p, source);
    arg->source_name = token_string(p, name);
    return arg;
}

struct ast_stmt *
act_mount(struct parse *p, struct span at, struct ast_path *path,
          struct span kind, struct ast_value *target,
          struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_MOUNT, at);

    stmt->u.mount.path = path;
    stmt->u.mount.kind = token_name(p, kind);
    stmt->u.mount.target = target;
    return act_give_body(stmt, line, block);
}

struct ast_stmt *
act_mount_option(struct parse *p, struct ast_option *option)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_MOUNT_OPTION, option->span);

    stmt->u.option = option;
    return stmt;
}

struct ast_stmt *
act_redirect(struct parse *p, struct span at, struct ast_path *path,
             struct span status, struct ast_value *target,
             struct ast_stmt_list *line, struct ast_block *block)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_REDIRECT, at);

    stmt->u.redirect.path = path;
    stmt->u.redirect.status = act_number(p, status);
    stmt->u.redirect.target = target;
    return act_give_body(stmt, line, block);
}

struct ast_stmt *
act_include(struct parse *p, struct span at, struct span file,
            struct ast_path *prefix, struct ast_stmt_list *line,
            struct ast_block *block)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_INCLUDE, at);

    stmt->u.include.file = token_string(p, file);
    stmt->u.include.at = prefix;
    return act_give_body(stmt, line, block);
}
