/* SPDX-License-Identifier: Apache-2.0 */
/* paths: a written path as segments from the root. */
#include "dslc/paths.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/raw.h"
#include "dslc/types.h"

/* ---- text ---- */

static const char *
param_text(struct checker *checker, const struct model_param *param)
{
    const struct model_type *type = param->type;

    if (type == checker->str) {
        return apr_pstrcat(checker->pool, "{", param->name, "}", NULL);
    }
    return apr_pstrcat(checker->pool, "{", param->name, ":",
                       type->name != NULL ? type->name : type->spelling, "}",
                       NULL);
}

static const char *
segment_text(struct checker *checker, const struct model_segment *segment)
{
    return apr_pstrcat(
        checker->pool, "/", segment->prefix,
        segment->param == NULL ? "" : param_text(checker, segment->param),
        segment->suffix, NULL);
}

static const char *
path_text(struct checker *checker, const struct model_path *path)
{
    apr_array_header_t *parts = apr_array_make(
        checker->pool, path->segments->nelts, sizeof(const char *));

    if (path->segments->nelts == 0) {
        return "/";
    }
    for (int i = 0; i < path->segments->nelts; i++) {
        APR_ARRAY_PUSH(parts, const char *) = segment_text(
            checker, MODEL_AT(path->segments, struct model_segment, i));
    }
    return apr_array_pstrcat(checker->pool, parts, 0);
}

/* ---- parameters ---- */

const struct model_param *
paths_find(const struct model_path *path, const struct model_param *host_param,
           const char *name)
{
    if (host_param != NULL && strcmp(host_param->name, name) == 0) {
        return host_param;
    }
    for (int i = 0; path != NULL && i < path->segments->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(path->segments, struct model_segment, i)->param;

        if (param != NULL && strcmp(param->name, name) == 0) {
            return param;
        }
    }
    return NULL;
}

bool
paths_unclear(const struct checker *checker, const struct model_path *path)
{
    if (diag_said(checker->diags, path->span)) {
        return true;
    }
    for (int i = 0; i < path->segments->nelts; i++) {
        if (diag_said(
                checker->diags,
                MODEL_AT(path->segments, struct model_segment, i)->span)) {
            return true;
        }
    }
    return false;
}

bool
paths_same_place(const struct model_param *a, const struct model_param *b)
{
    if (a == b) {
        return true;
    }
    if (a->wanders || b->wanders || a->depth != b->depth) {
        return false;
    }
    return a->segment == NULL || b->segment == NULL
               ? a->segment == b->segment
               : strcmp(a->segment->prefix, b->segment->prefix) == 0 &&
                     strcmp(a->segment->suffix, b->segment->suffix) == 0 &&
                     a->segment->rest == b->segment->rest;
}

struct model_param *
paths_param(struct checker *checker, const char *name, struct model_type *type,
            struct span span)
{
    struct model_param *param;

    if (types_broken(type)) {
        return NULL;
    }
    if (raw_is_type(type)) {
        diag_error(checker->diags, span, E112,
                   "a path parameter can't be a %s: it is text",
                   type->spelling);
        return NULL;
    }
    if (type->optional || type->kind == ROUTES_TYPE_LIST ||
        !types_is_flat(type)) {
        struct diag *diag = diag_error(
            checker->diags, span, E116,
            "a path parameter can't be %s: it is always there, once",
            type->optional                   ? "optional"
            : type->kind == ROUTES_TYPE_LIST ? "a list"
                                             : type->spelling);

        diag_help(diag, "write two routes, or take the value from the query");
        return NULL;
    }
    if (types_is_special(type)) {
        diag_error(checker->diags, span, E112,
                   "%s is a type of arguments, not of paths", type->spelling);
        return NULL;
    }
    param = apr_pcalloc(checker->pool, sizeof(*param));
    param->name = name;
    param->type = type;
    param->span = span;
    return param;
}

static unsigned
count_params(const struct model_path *path, const struct paths_base *base)
{
    unsigned count = base->host_param != NULL;

    for (int i = 0; i < path->segments->nelts; i++) {
        count +=
            MODEL_AT(path->segments, struct model_segment, i)->param != NULL;
    }
    return count;
}

/* Whether what is there leaves no room for one more parameter. */
static bool
is_full(struct checker *checker, const struct paths_base *base,
        const struct model_path *path, const struct model_param *param)
{
    if (count_params(path, base) < ROUTES_MAX_CAPTURES) {
        return false;
    }
    checker_exceeds(checker, param->span,
                    apr_psprintf(checker->pool,
                                 "a path of more than %d parameters",
                                 ROUTES_MAX_CAPTURES));
    return true;
}

static bool
is_too_long(struct checker *checker, const struct model_path *path)
{
    if (path->segments->nelts <= ROUTES_MAX_SEGMENTS) {
        return false;
    }
    checker_exceeds(checker, path->span,
                    apr_psprintf(checker->pool,
                                 "a path of more than %d segments",
                                 ROUTES_MAX_SEGMENTS));
    return true;
}

/* Numbers the parameter of a new segment behind those of the host and the path
 * so far. */
static bool
add_param(struct checker *checker, const struct paths_base *base,
          const struct model_path *path, const struct model_segment *segment)
{
    struct model_param *param = segment->param;
    const struct model_param *before =
        paths_find(path, base->host_param, param->name);
    unsigned count = count_params(path, base);

    if (before != NULL) {
        struct diag *diag = diag_error(checker->diags, param->span, E105,
                                       "%s is a parameter already",
                                       checker_quote(checker, param->name));

        diag_place(diag, before->span, "here");
        return false;
    }
    param->capture = count;
    param->segment = segment;
    param->depth = (unsigned)path->segments->nelts + 1;
    return true;
}

/* ---- one segment ---- */

static bool
refuse_part(struct checker *checker, const struct model_segment *segment,
            const struct ast_part *part)
{
    if (part->kind == AST_PART_BAD) {
        return true;
    }
    if (part->kind == AST_PART_STAR || part->kind == AST_PART_STARS) {
        if (!diag_said(checker->diags, part->span)) {
            struct diag *diag =
                diag_error(checker->diags, part->span, E109,
                           "`*` stands in the paths of assertions only");

            diag_help(diag, "the rest of a path is {name:path}");
        }
        return true;
    }
    if (part->kind == AST_PART_PARAM && segment->param != NULL) {
        struct diag *diag =
            diag_error(checker->diags, part->span, E103,
                       "a segment has one parameter, and this is the second");

        diag_place(diag, segment->param->span, "the first one");
        return true;
    }
    return false;
}

static struct model_param *
read_param(struct checker *checker, struct scope *scope,
           const struct ast_part *part)
{
    struct model_type *type = part->type == NULL
                                  ? checker->str
                                  : types_resolve(checker, scope, part->type);

    return paths_param(checker, part->text, type, part->span);
}

/* False after a mistake. */
static bool
add_part(struct checker *checker, struct scope *scope,
         const struct ast_part *part, struct model_segment *segment)
{
    const char **text =
        segment->param == NULL ? &segment->prefix : &segment->suffix;

    if (refuse_part(checker, segment, part)) {
        return false;
    }
    if (part->kind == AST_PART_TEXT) {
        *text = apr_pstrcat(checker->pool, *text, part->text, NULL);
        return true;
    }
    segment->param = read_param(checker, scope, part);
    return segment->param != NULL;
}

static struct model_segment *
make_segment(struct checker *checker, const char *text, struct span span)
{
    struct model_segment *segment =
        apr_pcalloc(checker->pool, sizeof(*segment));

    segment->prefix = text;
    segment->suffix = "";
    segment->span = span;
    return segment;
}

static bool
check_dots(struct checker *checker, const struct model_segment *segment)
{
    if (segment->param != NULL || (strcmp(segment->prefix, ".") != 0 &&
                                   strcmp(segment->prefix, "..") != 0)) {
        return true;
    }
    diag_error(checker->diags, segment->span, E102,
               "the segment %s never arrives: httpd resolves it",
               checker_quote(checker, segment->prefix));
    return false;
}

static bool
check_rest(struct checker *checker, struct model_segment *segment, bool last)
{
    const char *fault = NULL;

    segment->rest =
        segment->param != NULL && types_is_rest(segment->param->type);
    if (!segment->rest) {
        return true;
    }
    if (*segment->prefix != '\0' || *segment->suffix != '\0') {
        fault = "takes whole segments, so nothing stands beside it";
    }
    else if (!last) {
        fault = "takes all the rest, so nothing can follow it";
    }
    if (fault != NULL) {
        diag_error(checker->diags, segment->param->span, E107, "%s %s",
                   checker_quote(checker, segment->param->name), fault);
    }
    return fault == NULL;
}

static struct model_segment *
read_segment(struct checker *checker, struct scope *scope,
             const struct ast_segment *ast, bool last)
{
    struct model_segment *segment = make_segment(checker, "", ast->span);

    for (const struct ast_part *part = ast->parts.first; part != NULL;
         part = part->next) {
        if (!add_part(checker, scope, part, segment)) {
            return NULL;
        }
    }
    return check_dots(checker, segment) && check_rest(checker, segment, last)
               ? segment
               : NULL;
}

/* ---- the whole ---- */

static bool
is_slash(const struct ast_path *ast)
{
    return !ast->dot && ast->segments.first != NULL &&
           ast->segments.first->next == NULL &&
           ast->segments.first->parts.first == NULL;
}

static bool
refuse_empty(struct checker *checker, const struct ast_path *ast,
             const struct ast_segment *segment, enum paths_use use)
{
    if (segment->parts.first != NULL ||
        (use == PATHS_ROUTE && segment->next == NULL)) {
        return false;
    }
    diag_error(checker->diags,
               segment->span.end > segment->span.start ? segment->span
                                                       : ast->span,
               E102,
               segment->next == NULL
                   ? "a prefix has no slash at its end"
                   : "the path has an empty segment, which httpd removes");
    return true;
}

static bool
add_segments(struct checker *checker, struct scope *scope,
             const struct paths_base *base, const struct ast_path *ast,
             enum paths_use use, struct model_path *path)
{
    bool good = true;

    for (const struct ast_segment *from = ast->segments.first; from != NULL;
         from = from->next) {
        bool last = from->next == NULL && use == PATHS_ROUTE;
        struct model_segment *segment;

        if (refuse_empty(checker, ast, from, use)) {
            return false;
        }
        segment = read_segment(checker, scope, from, last);
        if (segment != NULL && segment->param != NULL &&
            is_full(checker, base, path, segment->param)) {
            return false;
        }
        if (segment == NULL || (segment->param != NULL &&
                                !add_param(checker, base, path, segment))) {
            good = false;
            continue;
        }
        APR_ARRAY_PUSH(path->segments, struct model_segment *) = segment;
        if (is_too_long(checker, path)) {
            return false;
        }
    }
    return good;
}

static struct model_path *
start_path(struct checker *checker, const struct paths_base *base,
           struct span span)
{
    struct model_path *path = apr_pcalloc(checker->pool, sizeof(*path));

    path->span = span;
    path->segments =
        base->prefix != NULL
            ? apr_array_copy(checker->pool, base->prefix->segments)
            : apr_array_make(checker->pool, 4, sizeof(struct model_segment *));
    return path;
}

/* `.` and `/`: what they are depends on the place. */
static bool
add_own(struct checker *checker, const struct paths_base *base,
        const struct ast_path *ast, enum paths_use use,
        struct model_path *path)
{
    bool root = path->segments->nelts == 0;

    if (ast->dot && base->prefix == NULL) {
        struct diag *diag =
            diag_error(checker->diags, ast->span, E101,
                       "`.` is a location's own path, and no location is "
                       "around it");

        diag_help(diag, "the root is `/`");
        return false;
    }
    if (use == PATHS_PREFIX) {
        return true;
    }
    if (!ast->dot && !root) {
        struct diag *diag = diag_warn(checker->diags, ast->span, W120,
                                      "`/` is the trailing-slash form %s/",
                                      path_text(checker, base->prefix));

        diag_help(diag, "the location's own path is `.`");
    }
    if (!ast->dot || root) {
        APR_ARRAY_PUSH(path->segments, struct model_segment *) =
            make_segment(checker, "", ast->span);
    }
    return true;
}

static struct model_path *
finish_path(struct checker *checker, struct model_path *path)
{
    if (is_too_long(checker, path)) {
        return NULL;
    }
    path->text = path_text(checker, path);
    if (strlen(path->text) > PATHS_MAX_LENGTH) {
        checker_exceeds(checker, path->span,
                        apr_psprintf(checker->pool,
                                     "a path of more than %d bytes",
                                     PATHS_MAX_LENGTH));
        return NULL;
    }
    return path;
}

struct model_path *
paths_make(struct checker *checker, struct scope *scope,
           const struct paths_base *base, const struct ast_path *ast,
           enum paths_use use)
{
    struct model_path *path = start_path(checker, base, ast->span);
    bool own = ast->dot || is_slash(ast);

    if (own ? !add_own(checker, base, ast, use, path)
            : !add_segments(checker, scope, base, ast, use, path)) {
        return NULL;
    }
    return finish_path(checker, path);
}

struct model_path *
paths_below(struct checker *checker, const struct paths_base *base,
            const struct model_path *prefix, const char *name,
            struct model_type *type)
{
    struct model_path *path =
        apr_pmemdup(checker->pool, prefix, sizeof(*path));
    struct model_segment *segment = make_segment(checker, "", prefix->span);

    segment->param = paths_param(checker, name, type, prefix->span);
    segment->rest = 1;
    path->segments = apr_array_copy(checker->pool, prefix->segments);
    if (segment->param == NULL ||
        is_full(checker, base, path, segment->param) ||
        !add_param(checker, base, path, segment)) {
        return NULL;
    }
    APR_ARRAY_PUSH(path->segments, struct model_segment *) = segment;
    return finish_path(checker, path);
}

struct model_path *
paths_slashed(struct checker *checker, const struct model_path *path)
{
    int n = path->segments->nelts;
    const struct model_segment *last =
        MODEL_AT(path->segments, const struct model_segment, n - 1);
    bool slashed = last->param == NULL && *last->prefix == '\0';
    struct model_path *other;

    if (last->rest || (slashed && n == 1) ||
        (!slashed && n == ROUTES_MAX_SEGMENTS)) {
        return NULL;
    }
    other = apr_pmemdup(checker->pool, path, sizeof(*path));
    other->segments = apr_array_copy(checker->pool, path->segments);
    if (slashed) {
        apr_array_pop(other->segments);
    }
    else {
        APR_ARRAY_PUSH(other->segments, struct model_segment *) =
            make_segment(checker, "", path->span);
    }
    other->text = path_text(checker, other);
    return other;
}

struct model_path *
paths_append(struct checker *checker, struct model_path *prefix,
             const char *name, struct span span)
{
    struct paths_base base = {.prefix = prefix};
    struct model_path *path = start_path(checker, &base, span);

    APR_ARRAY_PUSH(path->segments, struct model_segment *) =
        make_segment(checker, name, span);
    return finish_path(checker, path);
}
