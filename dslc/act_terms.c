/* SPDX-License-Identifier: Apache-2.0 */
/* act_terms: the actions inside a statement: values, types, paths, rules. */
#include "dslc/act.h"

#include <stdlib.h>

#include "dslc/split.h"
#include "dslc/syntax.h"
#include "dslc/token.h"

/* ---- values ---- */

static struct ast_value *
make_value(struct parse *p, enum ast_value_kind kind, struct span at)
{
    struct ast_value *value = ACT_NEW(p, ast_value);

    value->kind = kind;
    value->span = at;
    value->text = token_text(p, at).text;
    return value;
}

struct ast_value *
act_string(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_STRING, at);

    value->text = token_string(p, at).text;
    return value;
}

struct ast_value *
act_number(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_INT, at);

    value->number = token_integer(p, at);
    value->real = (double)value->number;
    return value;
}

struct ast_value *
act_decimal(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_FLOAT, at);

    value->text = token_name(p, at).text; /* `- 1.5` is -1.5 */
    value->real = strtod(value->text, NULL);
    return value;
}

struct ast_value *
act_size(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_SIZE, at);

    value->number = token_size(p, at);
    return value;
}

struct ast_value *
act_duration(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_DURATION, at);

    value->number = token_duration(p, at);
    return value;
}

struct ast_value *
act_rate(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_RATE, at);

    value->number = token_rate(p, at, &value->period);
    return value;
}

struct ast_value *
act_cidr(struct parse *p, struct span at)
{
    return make_value(p, AST_CIDR, at);
}

struct ast_value *
act_mime(struct parse *p, struct span at)
{
    return make_value(p, AST_MIME, at);
}

struct ast_value *
act_true(struct parse *p, struct span at)
{
    return make_value(p, AST_TRUE, at);
}

struct ast_value *
act_false(struct parse *p, struct span at)
{
    return make_value(p, AST_FALSE, at);
}

struct ast_value *
act_null(struct parse *p, struct span at)
{
    return make_value(p, AST_NULL, at);
}

struct ast_value *
act_empty_list(struct parse *p, struct span at)
{
    return make_value(p, AST_EMPTY_LIST, at);
}

struct ast_value *
act_dollar(struct parse *p, struct span at, struct span name)
{
    struct ast_value *value = make_value(p, AST_DOLLAR, at);

    value->text = token_name(p, name).text;
    return value;
}

struct ast_value *
act_word(struct parse *p, struct span at)
{
    struct ast_value *value = make_value(p, AST_WORD, at);

    value->text = token_name(p, at).text;
    return value;
}

struct ast_value *
act_pyref_value(struct parse *p, struct ast_pyref *pyref)
{
    struct ast_value *value = make_value(p, AST_PYREF, pyref->span);

    value->pyref = pyref;
    return value;
}

struct ast_value *
act_path_value(struct parse *p, struct ast_path *path)
{
    struct ast_value *value = make_value(p, AST_PATH, path->span);

    value->path = path;
    return value;
}

struct ast_pyref *
act_pyref(struct parse *p, struct span at, struct span module,
          struct span object)
{
    struct ast_pyref *pyref = ACT_NEW(p, ast_pyref);

    pyref->span = at;
    pyref->module = token_name(p, module);
    pyref->object = token_name(p, object);
    return pyref;
}

/* ---- types ---- */

struct ast_type *
act_type(struct parse *p, struct span at, struct span name,
         struct ast_type_list *items, struct ast_targ_list *args)
{
    struct ast_type *type = ACT_NEW(p, ast_type);

    type->span = at;
    type->name = token_name(p, name);
    ACT_TAKE(type->items, items);
    ACT_TAKE(type->args, args);
    return type;
}

struct ast_type *
act_matching(struct parse *p, struct span at, struct ast_type *type,
             struct span pattern)
{
    if (type->matching.text != NULL) {
        diag_place(
            diag_error(p->diags, pattern, E018, "a type has one `matching`"),
            type->matching.span, "the first stands here");
    }
    type->span = at;
    type->matching = token_string(p, pattern);
    return type;
}

struct ast_type *
act_optional(struct parse *p, struct span at, struct ast_type *type)
{
    if (type->optional) {
        diag_error(p->diags, (struct span){at.end - 1, at.end, at.file}, E018,
                   "the type is optional already");
    }
    type->span = at;
    type->optional = true;
    return type;
}

struct ast_type *
act_enum(struct parse *p, struct span at, struct ast_targ_list *labels)
{
    struct ast_type *type = ACT_NEW(p, ast_type);

    (void)p;
    type->span = at;
    type->name.text = "enum";
    type->name.span = at;
    ACT_TAKE(type->args, labels);
    return type;
}

struct ast_targ *
act_range(struct parse *p, struct span at, struct ast_value *low,
          struct ast_value *high)
{
    struct ast_targ *targ = ACT_NEW(p, ast_targ);

    targ->span = at;
    targ->range = true;
    targ->low = low;
    targ->high = high;
    return targ;
}

struct ast_targ *
act_targ(struct parse *p, struct ast_value *value)
{
    struct ast_targ *targ = ACT_NEW(p, ast_targ);

    targ->span = value->span;
    targ->low = value;
    return targ;
}

/* ---- paths ---- */

struct ast_part *
act_literal(struct parse *p, struct span at)
{
    struct ast_part *part = ACT_NEW(p, ast_part);

    part->kind = AST_PART_TEXT;
    part->span = at;
    return part;
}

struct ast_part *
act_param(struct parse *p, struct span at, struct span name,
          struct ast_type *type)
{
    struct ast_part *part = ACT_NEW(p, ast_part);

    part->kind = AST_PART_PARAM;
    part->span = at;
    part->name_span = name;
    part->text = token_name(p, name).text;
    part->type = type;
    syntax_check_param(p, name, part->text);
    return part;
}

struct ast_part *
act_bad_param(struct parse *p, struct span at)
{
    struct ast_part *part = ACT_NEW(p, ast_part);

    part->kind = AST_PART_BAD;
    part->span = at;
    return part;
}

static struct ast_path *
make_path(struct parse *p, struct span at, const struct ast_part_list *parts,
          bool glob)
{
    struct ast_path *path = ACT_NEW(p, ast_path);

    path->span = at;
    split_path(p, path, parts, glob);
    return path;
}

struct ast_path *
act_path(struct parse *p, struct span at, struct ast_part_list *parts)
{
    return make_path(p, at, parts, false);
}

struct ast_path *
act_glob(struct parse *p, struct span at, struct ast_part_list *parts)
{
    return make_path(p, at, parts, true);
}

struct ast_path *
act_dot(struct parse *p, struct span at)
{
    struct ast_path *path = ACT_NEW(p, ast_path);

    path->span = at;
    path->dot = true;
    return path;
}

/* ---- rules ---- */

static ACT_LIST(add_expr, expr)

    static struct ast_expr *make_expr(struct parse *p, enum ast_expr_kind kind,
                                      struct span at)
{
    struct ast_expr *expr = ACT_NEW(p, ast_expr);

    expr->kind = kind;
    expr->span = at;
    return expr;
}

static void
add_item(struct parse *p, struct ast_expr *expr, struct ast_expr *item)
{
    add_expr(p, &expr->items, item);
}

/* `a or b or c` is one node with three items: no depth for a long list. */
static struct ast_expr *
join_exprs(struct parse *p, enum ast_expr_kind kind, struct span at,
           struct ast_expr *left, struct ast_expr *right)
{
    struct ast_expr *expr = left;

    if (left->kind != kind || left->parens) {
        expr = make_expr(p, kind, at);
        add_item(p, expr, left);
    }
    expr->span = at;
    add_item(p, expr, right);
    return expr;
}

struct ast_expr *
act_or(struct parse *p, struct span at, struct ast_expr *left,
       struct ast_expr *right)
{
    return join_exprs(p, AST_OR, at, left, right);
}

struct ast_expr *
act_and(struct parse *p, struct span at, struct ast_expr *left,
        struct ast_expr *right)
{
    return join_exprs(p, AST_AND, at, left, right);
}

struct ast_expr *
act_not(struct parse *p, struct span at, struct ast_expr *expr)
{
    struct ast_expr *made = make_expr(p, AST_NOT, at);

    add_item(p, made, expr);
    return made;
}

struct ast_expr *
act_parens(struct parse *p, struct span at, struct ast_expr *expr)
{
    (void)p;
    expr->span = at;
    expr->parens = true;
    return expr;
}

struct ast_expr *
act_atom(struct parse *p, struct span at, struct span name, int has_args,
         struct ast_value_list *args)
{
    struct ast_expr *expr = make_expr(p, AST_ATOM, at);

    expr->name = token_name(p, name);
    expr->has_args = has_args != 0;
    ACT_TAKE(expr->args, args);
    return expr;
}
