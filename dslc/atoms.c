/* SPDX-License-Identifier: Apache-2.0 */
/*
 * atoms: leaves of requirements, compared.
 */
#include "atoms.h"

#include <string.h>

#include "paths.h"

static int
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* As they are written. */
static int
same_networks(const apr_array_header_t *a, const apr_array_header_t *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return a->nelts == b->nelts &&
           memcmp(a->elts, b->elts,
                  (size_t)a->nelts * sizeof(struct routes_network)) == 0;
}

static int
same_literal(const struct model_literal *a, const struct model_literal *b)
{
    if (a->setting != NULL || b->setting != NULL) {
        return a->setting != NULL && b->setting != NULL &&
               strcmp(a->setting->name, b->setting->name) == 0;
    }
    if (a->kind != b->kind || a->i != b->i) {
        return 0;
    }
    if (a->kind == ROUTES_CONST_INT || a->kind == ROUTES_CONST_BOOL) {
        return 1;
    }
    return same_text(a->text, b->text) &&
           memcmp(&a->f, &b->f, sizeof(a->f)) == 0;
}

/* Of two paths that match one request, the value is the same; what the
 * parameter is called doesn't matter. */
static int
same_arg(const struct model_rule_arg *a, const struct model_rule_arg *b)
{
    if (a->type != NULL && b->type != NULL &&
        strcmp(a->type->key, b->type->key) != 0) {
        return 0;
    }
    if (a->param != NULL && b->param != NULL) {
        return paths_same_place(a->param, b->param);
    }
    if (a->literal != NULL && b->literal != NULL) {
        return same_literal(a->literal, b->literal);
    }
    return a->param == b->param && a->literal == b->literal &&
           strcmp(a->text, b->text) == 0;
}

static int
same_args(const apr_array_header_t *a, const apr_array_header_t *b)
{
    for (int i = 0; i < a->nelts && a->nelts == b->nelts; i++) {
        if (!same_arg(MODEL_AT(a, const struct model_rule_arg, i),
                      MODEL_AT(b, const struct model_rule_arg, i))) {
            return 0;
        }
    }
    return a->nelts == b->nelts;
}

/* Whatever rule names it. */
static int
same_question(const struct model_rule *a, const struct model_rule *b)
{
    const struct model_function *f = a->predicate->function;
    const struct model_function *g = b->predicate->function;

    return strcmp(f->module, g->module) == 0 &&
           strcmp(f->qualname, g->qualname) == 0 &&
           same_args(a->args, b->args);
}

static int
same_part(const struct model_rule_part *a, const struct model_rule_part *b)
{
    return a->arg == NULL || b->arg == NULL
               ? a->arg == b->arg && same_text(a->text, b->text)
               : same_arg(a->arg, b->arg);
}

/* A text, or what requests fill in. */
static int
same_name(const char *a, const apr_array_header_t *a_parts, const char *b,
          const apr_array_header_t *b_parts)
{
    if (a_parts == NULL || b_parts == NULL) {
        return a_parts == b_parts && same_text(a, b);
    }
    for (int i = 0; i < a_parts->nelts && i < b_parts->nelts; i++) {
        if (!same_part(&APR_ARRAY_IDX(a_parts, i, struct model_rule_part),
                       &APR_ARRAY_IDX(b_parts, i, struct model_rule_part))) {
            return 0;
        }
    }
    return a_parts->nelts == b_parts->nelts;
}

int
atoms_same(const struct model_rule *a, const struct model_rule *b)
{
    if (a->op != b->op) {
        return 0;
    }
    if (a->op == MODEL_RULE_PYTHON) {
        return same_question(a, b);
    }
    return same_name(a->text, a->parts, b->text, b->parts) &&
           same_name(a->name, a->name_parts, b->name, b->name_parts) &&
           a->methods == b->methods && same_networks(a->networks, b->networks);
}
