/* SPDX-License-Identifier: Apache-2.0 */
/* uploads: the type `upload`, and arguments that are files of a form. */
#include "dslc/uploads.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/consumes.h"

#define MAX_MEDIA 100 /* media types of one upload */

bool
uploads_is_type(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_UPLOAD ||
           (type->kind == ROUTES_TYPE_LIST &&
            type->item->kind == ROUTES_TYPE_UPLOAD);
}

/* ---- the type ----------------------------------------------------------- */

static bool
is_size(const struct ast_value *value)
{
    return value == NULL || value->kind == AST_SIZE ||
           (value->kind == AST_INT && value->number >= 0);
}

static bool
read_range(struct checker *checker, const struct ast_targ *targ,
           struct model_type *type)
{
    if (type->has_min || type->has_max) {
        diag_error(checker->diags, targ->span, E114, "upload has one range");
        return false;
    }
    if (!is_size(targ->low) || !is_size(targ->high)) {
        diag_error(checker->diags, targ->span, E114,
                   "the bounds of upload are sizes, such as 5MB");
        return false;
    }
    type->has_min = targ->low != NULL;
    type->has_max = targ->high != NULL;
    type->min = targ->low != NULL ? targ->low->number : 0;
    type->max = targ->high != NULL ? targ->high->number : 0;
    if (type->has_max && type->min > type->max) {
        diag_error(checker->diags, targ->span, E114,
                   "no value is in this range: it ends before it begins");
        return false;
    }
    return true;
}

static bool
has_media(const struct model_type *type, const char *media)
{
    for (int i = 0; i < type->labels->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(type->labels, i, const char *), media) == 0) {
            return true;
        }
    }
    return false;
}

static void
say_no_media(struct checker *checker, const struct ast_targ *targ)
{
    struct diag *diag = diag_error(checker->diags, targ->span, E114,
                                   "%s is no media type and no range of sizes",
                                   checker_quote(checker, targ->low->text));

    if (is_size(targ->low)) {
        diag_help(diag, "write upload(..%s)", targ->low->text);
        return;
    }
    diag_help(diag, "write \"type/subtype\" or \"type/*\"");
}

static bool
read_media(struct checker *checker, const struct ast_targ *targ,
           struct model_type *type)
{
    const char *media =
        targ->low->kind == AST_STRING || targ->low->kind == AST_MIME
            ? consumes_range(checker->pool, targ->low->text)
            : NULL;

    if (media == NULL) {
        say_no_media(checker, targ);
        return false;
    }
    if (has_media(type, media)) {
        diag_error(checker->diags, targ->span, E018,
                   "%s stands twice in this upload",
                   checker_quote(checker, media));
        return false;
    }
    if (type->labels->nelts == MAX_MEDIA) {
        checker_exceeds(checker, targ->span,
                        apr_psprintf(checker->pool,
                                     "an upload of more than %d media types",
                                     MAX_MEDIA));
        return false;
    }
    APR_ARRAY_PUSH(type->labels, const char *) = media;
    return true;
}

bool
uploads_read(struct checker *checker, const struct ast_type *ast,
             struct model_type *type)
{
    type->labels = apr_array_make(checker->pool, 2, sizeof(const char *));
    for (const struct ast_targ *targ = ast->args.first; targ != NULL;
         targ = targ->next) {
        if (targ->range ? !read_range(checker, targ, type)
                        : !read_media(checker, targ, type)) {
            return false;
        }
    }
    return true;
}

static const char *
spell_range(struct checker *checker, const struct model_type *type)
{
    const char *min =
        type->has_min
            ? apr_psprintf(checker->pool, "%" APR_INT64_T_FMT, type->min)
            : "";
    const char *max =
        type->has_max
            ? apr_psprintf(checker->pool, "%" APR_INT64_T_FMT, type->max)
            : "";

    return apr_pstrcat(checker->pool, min, "..", max, NULL);
}

const char *
uploads_spell(struct checker *checker, const struct model_type *type)
{
    bool has_range = type->has_min || type->has_max;
    const char *text = has_range ? spell_range(checker, type) : "";

    for (int i = 0; i < type->labels->nelts; i++) {
        text = apr_pstrcat(checker->pool, text, *text == '\0' ? "" : ", ",
                           "\"", APR_ARRAY_IDX(type->labels, i, const char *),
                           "\"", NULL);
    }
    return *text == '\0' ? ""
                         : apr_pstrcat(checker->pool, "(", text, ")", NULL);
}

/* ---- one argument ------------------------------------------------------- */

bool
uploads_fits(struct checker *checker, const struct ast_arg *ast,
             const struct model_type *type, enum routes_source source)
{
    bool is_upload = uploads_is_type(type);
    struct diag *diag;

    if (is_upload == (source == ROUTES_FROM_FILE)) {
        return true;
    }
    if (is_upload) {
        diag = diag_error(checker->diags, ast->span, E118,
                          "an upload can only be a file of a form");
        diag_help(diag, "write %s: %s from file", ast->name.text,
                  type->spelling);
        return false;
    }
    diag = diag_error(checker->diags, ast->type->span, E112,
                      "a file of a form is no %s", type->spelling);
    diag_help(diag, "write upload, or list<upload>");
    return false;
}

/* ---- all arguments ------------------------------------------------------ */

static void
say_raw(struct checker *checker, const struct model_arg *file,
        const struct model_arg *raw)
{
    struct diag *diag = diag_error(checker->diags, file->span, E508,
                                   "%s and %s both come from the one body",
                                   checker_quote(checker, raw->name),
                                   checker_quote(checker, file->name));

    diag_place(diag, raw->span, "the other one");
}

static bool
has_wire(const struct model_arg *arg, const char *wire)
{
    if (!arg->by_member) {
        return strcmp(arg->wire, wire) == 0;
    }
    for (int i = 0; i < arg->type->record->members->nelts; i++) {
        if (strcmp(MODEL_AT(arg->type->record->members, struct model_member, i)
                       ->wire,
                   wire) == 0) {
            return true;
        }
    }
    return false;
}

/* A field of a form is text or a file. */
static void
check_wire(struct checker *checker, const struct model_arg *file,
           const struct model_arg *arg)
{
    struct diag *diag;

    if ((arg->source != ROUTES_FROM_FORM &&
         arg->source != ROUTES_FROM_ARGUMENT) ||
        !has_wire(arg, file->wire)) {
        return;
    }
    diag = diag_error(checker->diags, file->span, E105,
                      "%s of the request is read twice",
                      checker_quote(checker, file->wire));
    diag_place(diag, arg->span, "here as text");
}

void
uploads_settle(struct checker *checker, const apr_array_header_t *args)
{
    for (int i = 0; i < args->nelts; i++) {
        const struct model_arg *file =
            MODEL_AT(args, const struct model_arg, i);

        for (int j = 0; file->source == ROUTES_FROM_FILE && j < args->nelts;
             j++) {
            const struct model_arg *arg =
                MODEL_AT(args, const struct model_arg, j);

            if (arg->source == ROUTES_FROM_RAW) {
                say_raw(checker, file, arg);
            }
            check_wire(checker, file, arg);
        }
    }
}

/* ---- limits ------------------------------------------------------------- */

void
uploads_check_limit(struct checker *checker, const struct model_route *route)
{
    for (int i = 0; i < route->args->nelts; i++) {
        const struct model_arg *arg =
            MODEL_AT(route->args, const struct model_arg, i);
        const struct model_type *one;
        struct diag *diag;

        if (arg->source != ROUTES_FROM_FILE) {
            continue;
        }
        one =
            arg->type->kind == ROUTES_TYPE_LIST ? arg->type->item : arg->type;
        if (!one->has_max || route->body_limit == ROUTES_BODY_UNLIMITED ||
            one->max <= route->body_limit) {
            continue;
        }
        diag = diag_error(checker->diags, arg->span, E506,
                          "%s may have %" APR_INT64_T_FMT
                          " bytes, and the body that it comes in "
                          "%" APR_INT64_T_FMT,
                          checker_quote(checker, arg->name), one->max,
                          route->body_limit);
        diag_help(diag, "write `limit body` on the route, with some room for "
                        "the rest of the form");
    }
}
