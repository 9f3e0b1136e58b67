/* SPDX-License-Identifier: Apache-2.0 */
/* act_decls: the actions of what a file declares and asserts. */
#include "dslc/act.h"

#include "dslc/token.h"

/* ---- declarations ---- */

struct ast_stmt *
act_import(struct parse *p, struct span at, struct span module,
           struct span alias)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_IMPORT, at);

    stmt->u.import.module = token_name(p, module);
    stmt->u.import.alias = token_name(p, alias);
    return stmt;
}

struct ast_stmt *
act_setting(struct parse *p, struct span at, struct span name,
            struct ast_type *type, struct ast_value *value)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_SETTING, at);

    stmt->u.setting.name = token_name(p, name);
    stmt->u.setting.type = type;
    stmt->u.setting.value = value;
    return stmt;
}

struct ast_stmt *
act_typedecl(struct parse *p, struct span at, struct span name,
             struct ast_type *type)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_TYPE, at);

    stmt->u.type.name = token_name(p, name);
    stmt->u.type.type = type;
    return stmt;
}

/* `...` came as a field without a name. */
static void
take_fields(struct parse *p, struct ast_stmt *stmt,
            struct ast_arg_list *fields)
{
    struct ast_arg_list *named = NULL;
    struct ast_arg *next;

    if (fields == NULL) {
        return;
    }
    for (struct ast_arg *field = fields->first; field != NULL; field = next) {
        next = field->next;
        field->next = NULL;
        if (field->name.text == NULL) {
            stmt->u.record.ellipsis = field->span;
        }
        else {
            named = act_args(p, named, field);
        }
    }
    ACT_TAKE(stmt->u.record.fields, named);
}

struct ast_stmt *
act_record(struct parse *p, struct span at, struct span name,
           struct ast_pyref *pyclass, struct ast_arg_list *fields)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_RECORD, at);

    stmt->u.record.name = token_name(p, name);
    stmt->u.record.pyclass = pyclass;
    take_fields(p, stmt, fields);
    return stmt;
}

struct ast_arg *
act_field(struct parse *p, struct span at, struct span name,
          struct ast_type *type, struct ast_value *value, struct span wire)
{
    struct ast_arg *arg = ACT_NEW(p, ast_arg);

    arg->span = at;
    arg->doc = act_find_doc(p, at.start);
    arg->name = token_name(p, name);
    arg->type = type;
    arg->value = value;
    arg->source_name = token_string(p, wire);
    return arg;
}

struct ast_arg *
act_ellipsis(struct parse *p, struct span at)
{
    struct ast_arg *arg = ACT_NEW(p, ast_arg);

    arg->span = at;
    return arg;
}

struct ast_stmt *
act_realm(struct parse *p, struct span at, struct span name, struct span kind,
          struct ast_option_list *options)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_REALM, at);

    stmt->u.realm.name = token_name(p, name);
    stmt->u.realm.kind = token_name(p, kind);
    ACT_TAKE(stmt->u.realm.options, options);
    return stmt;
}

struct ast_stmt *
act_rule(struct parse *p, struct span at, struct span name,
         struct ast_arg_list *params, struct ast_expr *expr,
         struct ast_pyref *pyref)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_RULE, at);

    stmt->u.rule.name = token_name(p, name);
    ACT_TAKE(stmt->u.rule.params, params);
    stmt->u.rule.expr = expr;
    stmt->u.rule.pyref = pyref;
    return stmt;
}

struct ast_stmt *
act_interpreters(struct parse *p, struct span at, struct span name,
                 struct ast_option_list *options)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_INTERPRETER_DECL, at);

    stmt->u.realm.name = token_name(p, name);
    ACT_TAKE(stmt->u.realm.options, options);
    return stmt;
}

struct ast_stmt *
act_methods(struct parse *p, struct span at, struct ast_value_list *names)
{
    return act_make_names(p, AST_METHOD, at, names);
}

struct ast_stmt *
act_unused(struct parse *p, struct span at, struct ast_value_list *names)
{
    return act_make_names(p, AST_UNUSED, at, names);
}

struct ast_option *
act_option(struct parse *p, struct span at, struct span name,
           struct ast_value_list *values)
{
    struct ast_option *option = ACT_NEW(p, ast_option);

    option->span = at;
    option->name = token_name(p, name);
    ACT_TAKE(option->values, values);
    return option;
}

/* ---- policy ---- */

struct ast_stmt *
act_assert_every(struct parse *p, struct span at,
                 struct ast_value_list *methods, struct ast_path_list *globs,
                 struct ast_expr *expr, struct ast_path_list *except)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_ASSERT_EVERY, at);

    ACT_TAKE(stmt->u.every.methods, methods);
    ACT_TAKE(stmt->u.every.globs, globs);
    stmt->u.every.expr = expr;
    ACT_TAKE(stmt->u.every.except, except);
    return stmt;
}

struct ast_stmt *
act_assert_public(struct parse *p, struct span at, struct ast_path_list *globs)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_ASSERT_PUBLIC, at);

    ACT_TAKE(stmt->u.every.globs, globs);
    return stmt;
}

struct ast_stmt *
act_assert_route(struct parse *p, struct span at,
                 struct ast_value_list *methods, struct ast_path *url,
                 struct ast_expr *caller, struct ast_value *outcome)
{
    struct ast_stmt *stmt = act_make_stmt(p, AST_ASSERT_ROUTE, at);

    ACT_TAKE(stmt->u.outcome.methods, methods);
    stmt->u.outcome.url = url;
    stmt->u.outcome.caller = caller;
    stmt->u.outcome.outcome = outcome;
    return stmt;
}
