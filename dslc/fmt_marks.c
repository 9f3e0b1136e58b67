/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_marks: what the tree knows of the tokens, for their layout. */
#include "dslc/fmt_marks.h"

#include "grammar/routes.tab.h"

static void
mark_stmts(struct fmt_tokens *tokens, const struct ast_stmt_list *stmts);

/* ---- one token ---- */

static struct fmt_token *
token_at(struct fmt_tokens *tokens, struct span at)
{
    return &tokens->all[fmt_tokens_at(tokens, at.start)];
}

/* The token after a place. */
static struct fmt_token *
token_after(struct fmt_tokens *tokens, struct span at)
{
    return &tokens->all[fmt_tokens_at(tokens, at.end)];
}

/* The token before a place: the arrow before a call, `=` before a type. */
static struct fmt_token *
token_before(struct fmt_tokens *tokens, struct span at)
{
    return token_at(tokens, at) - 1;
}

static void
mark_cell(struct fmt_token *token, enum fmt_marks_cell cell)
{
    token->cell = (uint8_t)cell;
}

/* ---- parts ---- */

/* A parenthesis that begins a requirement is no call's. */
static void
mark_expr(struct fmt_tokens *tokens, const struct ast_expr *expr)
{
    if (expr == NULL) {
        return;
    }
    token_at(tokens, expr->span)->space = FMT_SPACE_ONE;
    for (const struct ast_expr *e = expr->items.first; e != NULL;
         e = e->next) {
        mark_expr(tokens, e);
    }
}

/* `GET,POST`: one word for the eye. */
static void
mark_methods(struct fmt_tokens *tokens, const struct ast_value_list *methods)
{
    if (methods->first == NULL) {
        return;
    }
    for (const struct ast_value *m = methods->first->next; m != NULL;
         m = m->next) {
        token_at(tokens, m->span)->space = FMT_SPACE_NONE;
    }
}

/* The type after `name:`. */
static void
mark_type(struct fmt_tokens *tokens, const struct ast_type *type)
{
    if (type != NULL) {
        token_at(tokens, type->span)->space = FMT_SPACE_ONE;
    }
}

static void
mark_options(struct fmt_tokens *tokens, const struct ast_option_list *options)
{
    for (const struct ast_option *o = options->first; o != NULL; o = o->next) {
        token_at(tokens, o->span)->stmt = FMT_MARKS_OPTION + 1;
        if (o->values.first != NULL) {
            mark_cell(token_at(tokens, o->values.first->span),
                      FMT_MARKS_SECOND);
        }
    }
}

/* ---- statements ---- */

/* The first clause on a statement's line. */
static void
mark_clauses(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    const struct ast_stmt *first = stmt->body.first;

    if (first != NULL && first->on_line) {
        mark_cell(token_at(tokens, first->span), FMT_MARKS_THIRD);
    }
}

static void
mark_record(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    const struct ast_pyref *pyclass = stmt->u.record.pyclass;

    mark_cell(token_after(tokens, stmt->u.record.name.span), FMT_MARKS_SECOND);
    token_after(tokens,
                pyclass != NULL ? pyclass->span : stmt->u.record.name.span)
        ->record = true;
    for (const struct ast_arg *f = stmt->u.record.fields.first; f != NULL;
         f = f->next) {
        mark_type(tokens, f->type);
    }
}

static void
mark_realm(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    struct fmt_token *token = token_after(tokens, stmt->u.realm.name.span);

    mark_cell(token, FMT_MARKS_SECOND);
    if (stmt->u.realm.kind.text != NULL) {
        token = token_after(tokens, stmt->u.realm.kind.span);
        if (token->kind == '{') {
            mark_cell(token, FMT_MARKS_THIRD);
        }
    }
    mark_options(tokens, &stmt->u.realm.options);
}

static void
mark_rule(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    const struct ast_expr *expr = stmt->u.rule.expr;

    mark_expr(tokens, expr);
    mark_cell(token_before(tokens, expr != NULL ? expr->span
                                                : stmt->u.rule.pyref->span),
              FMT_MARKS_SECOND);
}

/* `->`, or the `by` of variants. */
static void
mark_route(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    const struct ast_call *call = stmt->u.route.call;

    mark_methods(tokens, &stmt->u.route.methods);
    mark_cell(token_at(tokens, stmt->u.route.paths.first->span),
              FMT_MARKS_FIRST);
    mark_cell(token_before(tokens, call != NULL ? call->target->span
                                                : stmt->u.route.selector.span),
              FMT_MARKS_SECOND);
    mark_clauses(tokens, stmt);
    mark_stmts(tokens, &stmt->u.route.variants);
}

static void
mark_variant(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    mark_cell(token_before(tokens, stmt->u.variant.call->target->span),
              FMT_MARKS_SECOND);
    mark_clauses(tokens, stmt);
}

static void
mark_publish(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    mark_methods(tokens, &stmt->u.publish.methods);
    mark_cell(token_before(tokens, stmt->u.publish.module.span),
              FMT_MARKS_SECOND);
}

static void
mark_mount(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    mark_cell(token_at(tokens, stmt->u.mount.kind.span), FMT_MARKS_FIRST);
    mark_cell(token_at(tokens, stmt->u.mount.target->span), FMT_MARKS_SECOND);
    mark_clauses(tokens, stmt);
}

static void
mark_redirect(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    mark_cell(token_at(tokens, stmt->u.redirect.status->span),
              FMT_MARKS_FIRST);
    mark_clauses(tokens, stmt);
}

static void
mark_every(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    mark_methods(tokens, &stmt->u.every.methods);
    mark_expr(tokens, stmt->u.every.expr);
    mark_cell(token_before(tokens, stmt->u.every.expr->span),
              FMT_MARKS_SECOND);
}

static void
mark_outcome(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    mark_methods(tokens, &stmt->u.outcome.methods);
    mark_cell(token_at(tokens, stmt->u.outcome.url->span), FMT_MARKS_FIRST);
    mark_expr(tokens, stmt->u.outcome.caller);
    mark_cell(token_before(tokens, stmt->u.outcome.outcome->span),
              FMT_MARKS_SECOND);
}

/* A declaration. */
static void
mark_decl(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    switch (stmt->kind) {
    case AST_IMPORT:
        if (stmt->u.import.alias.text != NULL) {
            mark_cell(token_before(tokens, stmt->u.import.alias.span),
                      FMT_MARKS_SECOND);
        }
        break;
    case AST_SETTING:
        mark_type(tokens, stmt->u.setting.type);
        break;
    case AST_TYPE:
        mark_cell(token_after(tokens, stmt->u.type.name.span),
                  FMT_MARKS_SECOND);
        break;
    case AST_RECORD:
        mark_record(tokens, stmt);
        break;
    case AST_REALM:
    case AST_INTERPRETER_DECL:
        mark_realm(tokens, stmt);
        break;
    case AST_RULE:
        mark_rule(tokens, stmt);
        break;
    default:
        break;
    }
}

/* A clause, a phase. */
static void
mark_clause(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    switch (stmt->kind) {
    case AST_REQUIRE:
        mark_expr(tokens, stmt->u.expr);
        break;
    case AST_HEADER:
        if (!stmt->on_line) {
            mark_cell(token_at(tokens, stmt->u.pair.value.span),
                      FMT_MARKS_SECOND);
        }
        break;
    case AST_CORS:
        mark_options(tokens, &stmt->u.cors.options);
        break;
    case AST_HOOK:
    case AST_ON:
        mark_cell(token_before(tokens, stmt->u.hook.pyrefs.first->span),
                  FMT_MARKS_SECOND);
        break;
    case AST_FILTER:
        mark_cell(token_before(tokens, stmt->u.filter.pyref->span),
                  FMT_MARKS_SECOND);
        break;
    case AST_ERROR:
        mark_cell(token_before(tokens, stmt->u.error.pyref->span),
                  FMT_MARKS_SECOND);
        break;
    default:
        break;
    }
}

static void
mark_stmt(struct fmt_tokens *tokens, const struct ast_stmt *stmt)
{
    switch (stmt->kind) {
    case AST_ROUTE:
        mark_route(tokens, stmt);
        break;
    case AST_VARIANT:
        mark_variant(tokens, stmt);
        break;
    case AST_PUBLISH:
        mark_publish(tokens, stmt);
        break;
    case AST_LINE:
        mark_clauses(tokens, stmt);
        break;
    case AST_MOUNT:
        mark_mount(tokens, stmt);
        break;
    case AST_REDIRECT:
        mark_redirect(tokens, stmt);
        break;
    case AST_ASSERT_EVERY:
        mark_every(tokens, stmt);
        break;
    case AST_ASSERT_ROUTE:
        mark_outcome(tokens, stmt);
        break;
    default:
        mark_decl(tokens, stmt);
        mark_clause(tokens, stmt);
        break;
    }
}

static void
mark_stmts(struct fmt_tokens *tokens, const struct ast_stmt_list *stmts)
{
    for (const struct ast_stmt *s = stmts->first; s != NULL; s = s->next) {
        if (!s->on_line) {
            token_at(tokens, s->span)->stmt = (uint8_t)(s->kind + 1);
        }
        mark_stmt(tokens, s);
        mark_stmts(tokens, &s->body);
    }
}

void
fmt_marks_set(struct fmt_tokens *tokens, const struct ast_file *file)
{
    mark_stmts(tokens, &file->stmts);
}
