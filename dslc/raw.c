/* SPDX-License-Identifier: Apache-2.0 */
/* raw: arguments that are the body itself. */
#include "dslc/raw.h"

#include <apr_strings.h>

bool
raw_is_type(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_STREAM;
}

/* ---- one argument ------------------------------------------------------- */

static bool
is_raw_type(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_BYTES || type->kind == ROUTES_TYPE_STR ||
           type->kind == ROUTES_TYPE_STREAM;
}

static bool
fits_raw(struct checker *checker, const struct ast_arg *ast,
         const struct model_type *type)
{
    struct diag *diag;

    if (ast->source_name.text != NULL) {
        diag_error(checker->diags, ast->source_name.span, E118,
                   "the raw body has no name");
        return false;
    }
    if (!is_raw_type(type)) {
        diag = diag_error(checker->diags, ast->type->span, E112,
                          "the raw body is no %s", type->spelling);
        diag_help(diag, "write bytes, str or stream");
        return false;
    }
    if (type->kind == ROUTES_TYPE_STREAM &&
        (type->optional || ast->value != NULL)) {
        diag_error(checker->diags, ast->span, E405,
                   "a stream is always there, if only an empty one");
        return false;
    }
    return true;
}

bool
raw_fits(struct checker *checker, const struct ast_arg *ast,
         const struct model_type *type, enum routes_source source)
{
    struct diag *diag;

    if (source == ROUTES_FROM_RAW) {
        return fits_raw(checker, ast, type);
    }
    if (!raw_is_type(type)) {
        return true;
    }
    diag = diag_error(checker->diags, ast->span, E118,
                      "a %s can only come from the body", type->spelling);
    diag_help(diag, "write %s: %s from raw", ast->name.text, type->spelling);
    return false;
}

/* ---- all arguments ------------------------------------------------------ */

static const struct model_arg *
find(const apr_array_header_t *args, bool stream)
{
    for (int i = 0; i < args->nelts; i++) {
        const struct model_arg *arg =
            MODEL_AT(args, const struct model_arg, i);

        if (arg->source == ROUTES_FROM_RAW &&
            (!stream || arg->type->kind == ROUTES_TYPE_STREAM)) {
            return arg;
        }
    }
    return NULL;
}

static void
say_second(struct checker *checker, const struct model_arg *raw,
           const struct model_arg *arg)
{
    struct diag *diag = diag_error(checker->diags, arg->span, E508,
                                   "%s and %s both come from the one body",
                                   checker_quote(checker, raw->name),
                                   checker_quote(checker, arg->name));

    diag_place(diag, raw->span, "the other one");
}

void
raw_settle(struct checker *checker, const apr_array_header_t *args)
{
    const struct model_arg *raw = find(args, false);
    const struct model_arg *stream = find(args, true);

    for (int i = 0; i < args->nelts; i++) {
        struct model_arg *arg = MODEL_AT(args, struct model_arg, i);

        if (arg->source == ROUTES_FROM_RAW && arg != raw) {
            say_second(checker, raw, arg);
        }
        else if (stream != NULL && (arg->source == ROUTES_FROM_FORM ||
                                    arg->source == ROUTES_FROM_BODY)) {
            say_second(checker, stream, arg);
        }
        else if (stream != NULL && arg->source == ROUTES_FROM_ARGUMENT) {
            arg->source = ROUTES_FROM_QUERY;
        }
    }
}
