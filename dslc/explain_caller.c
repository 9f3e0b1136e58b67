/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_caller: a caller as `--as` writes it: "user and role(staff)".
 */
#include "explain_caller.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "../runtime/network.h"
#include "parse.h"
#include "rules.h"

struct reader {
    struct facts *facts;
    const struct model *model;
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
        source_add(set, "--as", made, strlen(made));
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

/* The atoms that a caller is described by, and their arguments. */
static const struct word {
    const char *name;
    enum model_rule_op op;
    int n_args;
} words[] = {
    {"anonymous", MODEL_RULE_ANONYMOUS, 0},
    {"user", MODEL_RULE_USER, 0},
    {"role", MODEL_RULE_ROLE, 1},
    {"group", MODEL_RULE_ROLE, 1},
    {"scope", MODEL_RULE_SCOPE, 1},
    {"realm", MODEL_RULE_REALM, 1},
    {"claim", MODEL_RULE_CLAIM, 2},
    {"tls", MODEL_RULE_TLS, 0},
    {"ip", MODEL_RULE_IP, 1},
    {"method", MODEL_RULE_METHOD, 1},
    {"apache", MODEL_RULE_APACHE, 2},
};

static const struct word *
find_word(const char *name)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].name, name) == 0) {
            return &words[i];
        }
    }
    return NULL;
}

/* Whether the fact has its arguments, all of them names. */
static int
fits(const struct word *word, const struct ast_expr *expr)
{
    int n = 0;

    for (const struct ast_value *value = expr->args.first; value != NULL;
         value = value->next) {
        if (value->kind != AST_WORD && value->kind != AST_STRING &&
            value->kind != AST_CIDR) {
            return 0;
        }
        n++;
    }
    if (word->op == MODEL_RULE_APACHE && n == 1) {
        return 1;
    }
    return n == word->n_args && (n > 0 || !expr->has_args);
}

/* The fact as a requirement's atom would have it. */
static void
state(struct reader *reader, const struct word *word,
      const struct ast_value *first)
{
    struct model_rule *atom = apr_pcalloc(reader->facts->pool, sizeof(*atom));

    atom->op = word->op;
    if (word->op == MODEL_RULE_IP) {
        struct routes_network *network;

        atom->networks =
            apr_array_make(reader->facts->pool, 1, sizeof(*network));
        network = apr_array_push(atom->networks);
        if (routes_network_read(first->text, network) != ROUTES_NETWORK_GOOD) {
            reader->problem = "`ip` takes an address, as in ip(127.0.0.1)";
            return;
        }
    }
    else if (word->n_args == 2) {
        atom->name = first->text;
        atom->text = first->next == NULL ? NULL : first->next->text;
    }
    else if (word->n_args == 1) {
        atom->text = first->text;
    }
    reader->problem = facts_state(reader->facts, atom);
}

/* ---- rules that Python decides ------------------------------------------ */

static const struct model_predicate *
find_predicate(const struct reader *reader, const char *name)
{
    const apr_array_header_t *all = reader->model->predicates;

    for (int i = 0; i < all->nelts; i++) {
        const struct model_predicate *one =
            MODEL_AT(all, const struct model_predicate, i);

        if (strcmp(one->name, name) == 0) {
            return one;
        }
    }
    return NULL;
}

/* A word is a parameter's name, anything else what it is. */
static struct model_rule_arg *
make_arg(apr_pool_t *pool, const struct ast_value *value)
{
    static const struct model_literal data = {.kind = ROUTES_CONST_STR};
    struct model_rule_arg *arg = apr_pcalloc(pool, sizeof(*arg));

    arg->text = value->text;
    arg->literal = value->kind == AST_WORD ? NULL : &data;
    return arg;
}

static void
state_yes(struct reader *reader, const struct model_predicate *predicate,
          const struct ast_expr *expr)
{
    apr_pool_t *pool = reader->facts->pool;
    struct model_rule *atom = apr_pcalloc(pool, sizeof(*atom));

    atom->op = MODEL_RULE_PYTHON;
    atom->predicate = predicate;
    atom->args = apr_array_make(pool, 2, sizeof(struct model_rule_arg *));
    for (const struct ast_value *value = expr->args.first; value != NULL;
         value = value->next) {
        APR_ARRAY_PUSH(atom->args, struct model_rule_arg *) =
            make_arg(pool, value);
    }
    if (atom->args->nelts != predicate->params->nelts) {
        reader->problem =
            apr_psprintf(pool, "`%s` takes %d argument%s, as its rule does",
                         predicate->name, predicate->params->nelts,
                         predicate->params->nelts == 1 ? "" : "s");
        return;
    }
    reader->problem = facts_state(reader->facts, atom);
}

/* ---- facts -------------------------------------------------------------- */

static void
add_fact(struct reader *reader, const struct ast_expr *expr)
{
    const char *name = expr->name.text;
    const struct word *word = find_word(name);
    const struct ast_value *first = expr->args.first;
    const struct model_predicate *predicate =
        word == NULL ? find_predicate(reader, name) : NULL;

    if (predicate != NULL) {
        state_yes(reader, predicate, expr);
    }
    else if (word == NULL) {
        reader->problem = apr_psprintf(reader->facts->pool,
                                       "`%s` is no fact of a caller", name);
    }
    else if (!fits(word, expr)) {
        static const char *const forms[] = {
            "`%s` stands alone", "`%s` names one %s, as in %s(staff)",
            "`%s` has two texts, as in claim(team, red)"};

        reader->problem = apr_psprintf(reader->facts->pool,
                                       forms[word->n_args], name, name, name);
    }
    else {
        state(reader, word, first);
    }
}

static void
add_facts(struct reader *reader, const struct ast_expr *expr)
{
    if (expr->kind == AST_ATOM) {
        add_fact(reader, expr);
        return;
    }
    if (expr->kind != AST_AND) {
        reader->problem = "`or` and `not` say what may be, not what is";
        return;
    }
    for (const struct ast_expr *item = expr->items.first;
         item != NULL && reader->problem == NULL; item = item->next) {
        add_facts(reader, item);
    }
}

struct explain_caller *
explain_caller_read(apr_pool_t *pool, const struct model *model,
                    const char *text, const char **problem)
{
    struct reader reader = {.facts = facts_make(pool), .model = model};
    const struct ast_expr *expr = parse_expr(pool, text);
    struct explain_caller *made;

    if (expr == NULL) {
        *problem = "write facts joined by `and`, as in "
                   "\"user and role(staff)\"";
        return NULL;
    }
    add_facts(&reader, expr);
    *problem = reader.problem;
    if (reader.problem != NULL) {
        return NULL;
    }
    made = apr_pcalloc(pool, sizeof(*made));
    made->written = text;
    made->facts = reader.facts;
    return made;
}
