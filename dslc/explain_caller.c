/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_caller: a caller as `--as` writes it: "user and role(staff)".
 */
#include "explain_caller.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "parse.h"
#include "rules.h"

/* What was said of a caller so far. */
struct facts {
    apr_pool_t *pool;
    int anonymous;
    int user;
    apr_array_header_t *roles; /* const char * */
    const char *problem;
};

/* The expression of `require TEXT`, or NULL if the text is more than one, or
 * none. */
static const struct ast_expr *
parse_expr(apr_pool_t *pool, const char *text)
{
    struct source_set *set = source_set_make(pool);
    struct diag_list *diags = diag_list_make(pool);
    const char *made = apr_pstrcat(pool, "routes 1\nrequire ", text, NULL);
    const struct source_file *file =
        source_add(pool, set, "--as", made, strlen(made));
    const struct ast_file *tree;

    if (file == NULL) {
        return NULL;
    }
    tree = parse_file(pool, file, diags);
    if (diag_error_count(diags) > 0 || tree->stmts.first == NULL ||
        tree->stmts.first->next != NULL ||
        tree->stmts.first->kind != AST_REQUIRE) {
        return NULL;
    }
    return tree->stmts.first->u.expr;
}

static void
add_role(struct facts *facts, const struct ast_expr *expr)
{
    const struct ast_value *value = expr->args.first;

    if (value == NULL || value->next != NULL ||
        (value->kind != AST_WORD && value->kind != AST_STRING)) {
        facts->problem =
            apr_psprintf(facts->pool, "`%s` names one role, as in role(staff)",
                         expr->name.text);
        return;
    }
    facts->user = 1;
    APR_ARRAY_PUSH(facts->roles, const char *) = value->text;
}

static void
add_fact(struct facts *facts, const struct ast_expr *expr)
{
    const char *name = expr->name.text;

    if (strcmp(name, "role") == 0 || strcmp(name, "group") == 0) {
        add_role(facts, expr);
    }
    else if (!expr->has_args && strcmp(name, "user") == 0) {
        facts->user = 1;
    }
    else if (!expr->has_args && strcmp(name, "anonymous") == 0) {
        facts->anonymous = 1;
    }
    else if (rules_waits(name)) {
        facts->problem = apr_psprintf(
            facts->pool, "`%s` is not compiled yet in this version", name);
    }
    else {
        facts->problem =
            apr_psprintf(facts->pool, "`%s` is no fact of a caller", name);
    }
}

static void
add_facts(struct facts *facts, const struct ast_expr *expr)
{
    if (expr->kind == AST_ATOM) {
        add_fact(facts, expr);
        return;
    }
    if (expr->kind != AST_AND) {
        facts->problem = "`or` and `not` say what may be, not what is";
        return;
    }
    for (const struct ast_expr *item = expr->items.first;
         item != NULL && facts->problem == NULL; item = item->next) {
        add_facts(facts, item);
    }
}

static int
compare_roles(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct explain_caller *
make_caller(struct facts *facts, const char *text)
{
    struct explain_caller *made = apr_pcalloc(facts->pool, sizeof(*made));

    qsort(facts->roles->elts, (size_t)facts->roles->nelts,
          sizeof(const char *), compare_roles);
    made->written = text;
    made->caller.user = facts->user ? "caller" : NULL;
    made->caller.roles = (const char *const *)(void *)facts->roles->elts;
    made->caller.n_roles = (size_t)facts->roles->nelts;
    return made;
}

struct explain_caller *
explain_caller_read(apr_pool_t *pool, const char *text, const char **problem)
{
    struct facts facts = {.pool = pool};
    const struct ast_expr *expr = parse_expr(pool, text);

    facts.roles = apr_array_make(pool, 4, sizeof(const char *));
    if (expr == NULL) {
        *problem = "write facts joined by `and`, as in "
                   "\"user and role(staff)\"";
        return NULL;
    }
    add_facts(&facts, expr);
    if (facts.problem == NULL && facts.anonymous && facts.user) {
        facts.problem = "an anonymous caller is no user and has no roles";
    }
    *problem = facts.problem;
    return facts.problem == NULL ? make_caller(&facts, text) : NULL;
}
