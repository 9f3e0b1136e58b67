/* SPDX-License-Identifier: Apache-2.0 */
/* bounds: what stands in the parentheses of a type. */
#include "dslc/bounds.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/types.h"
#include "dslc/uploads.h"

static bool
fits_bounds(const struct ast_value *value, enum builtin_bounds bounds)
{
    switch (value->kind) {
    case AST_INT:
        return (bounds != BUILTIN_LENGTH && bounds != BUILTIN_BYTES) ||
               value->number >= 0;
    case AST_FLOAT:
        return bounds == BUILTIN_REAL;
    case AST_SIZE:
        return bounds == BUILTIN_BYTES;
    default:
        return false;
    }
}

static const char *
bounds_word(enum builtin_bounds bounds)
{
    switch (bounds) {
    case BUILTIN_NONE:
        return "nothing";
    case BUILTIN_LENGTH:
        return "whole numbers from 0";
    case BUILTIN_BYTES:
        return "sizes, such as 64KB";
    case BUILTIN_WHOLE:
        return "whole numbers";
    case BUILTIN_REAL:
        return "numbers";
    case BUILTIN_LABELS:
    case BUILTIN_UPLOAD:
        return "strings";
    }
    return "";
}

static bool
check_bound(struct checker *checker, const struct builtin *builtin,
            const struct ast_value *value)
{
    if (value == NULL || fits_bounds(value, builtin->bounds)) {
        return true;
    }
    diag_error(checker->diags, value->span, E114,
               "the bounds of %s are %s, and not %s", builtin->name,
               bounds_word(builtin->bounds),
               checker_quote(checker, value->text));
    return false;
}

static void
set_bounds(struct model_type *type, const struct ast_targ *range)
{
    type->has_min = range->low != NULL;
    type->has_max = range->high != NULL;
    if (range->low != NULL) {
        type->min = range->low->number;
        type->low = range->low->real;
    }
    if (range->high != NULL) {
        type->max = range->high->number;
        type->high = range->high->real;
    }
}

static bool
check_order(struct checker *checker, const struct model_type *type,
            const struct builtin *builtin, struct span span)
{
    bool real = builtin->bounds == BUILTIN_REAL;

    if (!type->has_min || !type->has_max ||
        (real ? type->low <= type->high : type->min <= type->max)) {
        return true;
    }
    diag_error(checker->diags, span, E114,
               "no value is in this range: it ends before it begins");
    return false;
}

/* `str(64)`: which end was meant? */
static void
say_no_range(struct checker *checker, const struct builtin *builtin,
             const struct ast_targ *targ)
{
    const char *text = targ->low->text;
    struct diag *diag = diag_error(checker->diags, targ->span, E114,
                                   "%s(%s) is no range", builtin->name, text);

    if (fits_bounds(targ->low, builtin->bounds)) {
        diag_help(diag, "write %s(..%s), or %s(%s..%s) for exactly that",
                  builtin->name, text, builtin->name, text, text);
    }
}

static bool
read_range(struct checker *checker, const struct builtin *builtin,
           const struct ast_type *ast, struct model_type *type)
{
    const struct ast_targ *range = ast->args.first;

    if (builtin->bounds == BUILTIN_NONE) {
        diag_error(checker->diags, range->span, E114, "%s has no bounds",
                   builtin->name);
        return false;
    }
    if (range->next != NULL) {
        diag_error(checker->diags, range->next->span, E114, "%s has one range",
                   builtin->name);
        return false;
    }
    if (!range->range) {
        say_no_range(checker, builtin, range);
        return false;
    }
    if (!check_bound(checker, builtin, range->low) ||
        !check_bound(checker, builtin, range->high)) {
        return false;
    }
    set_bounds(type, range);
    return check_order(checker, type, builtin, range->span);
}

static bool
has_label(const struct model_type *type, const char *text)
{
    for (int i = 0; i < type->labels->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(type->labels, i, const char *), text) == 0) {
            return true;
        }
    }
    return false;
}

static bool
read_label(struct checker *checker, const struct ast_targ *targ,
           struct model_type *type)
{
    if (targ->range || targ->low->kind != AST_STRING) {
        diag_error(checker->diags, targ->span, E114,
                   "the values of an enum are strings");
        return false;
    }
    if (type->labels->nelts >= TYPES_MAX_LABELS) {
        checker_exceeds(checker, targ->span,
                        apr_psprintf(checker->pool,
                                     "an enum of more than %d values",
                                     TYPES_MAX_LABELS));
        return false;
    }
    if (has_label(type, targ->low->text)) {
        diag_error(checker->diags, targ->span, E010,
                   "%s stands twice in this enum",
                   checker_quote(checker, targ->low->text));
        return false;
    }
    APR_ARRAY_PUSH(type->labels, const char *) = targ->low->text;
    return true;
}

static bool
read_labels(struct checker *checker, const struct ast_type *ast,
            struct model_type *type)
{
    type->labels = apr_array_make(checker->pool, 4, sizeof(const char *));
    for (const struct ast_targ *targ = ast->args.first; targ != NULL;
         targ = targ->next) {
        if (!read_label(checker, targ, type)) {
            return false;
        }
    }
    if (type->labels->nelts == 0) {
        diag_error(checker->diags, ast->span, E114,
                   "an enum without values has no value at all");
        return false;
    }
    return true;
}

bool
bounds_read(struct checker *checker, const struct builtin *builtin,
            const struct ast_type *ast, struct model_type *type)
{
    if (builtin->bounds == BUILTIN_LABELS) {
        return read_labels(checker, ast, type);
    }
    if (builtin->bounds == BUILTIN_UPLOAD) {
        return uploads_read(checker, ast, type);
    }
    return ast->args.first == NULL || read_range(checker, builtin, ast, type);
}
