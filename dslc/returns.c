/* SPDX-License-Identifier: Apache-2.0 */
/* returns: what a route's answers are, as its `returns` says. */
#include "dslc/returns.h"

#include <apr_strings.h>

#include "dslc/formats.h"
#include "dslc/types.h"

static bool
is_empty_status(int64_t status)
{
    return status == 204 || status == 205 || status == 304;
}

/* What `returns` may name as it stands: a format, or `stream`. */
static bool
find_form(const struct ast_type *type, enum routes_produce *produce)
{

    if (type->items.first != NULL || type->args.first != NULL ||
        type->optional) {
        return false;
    }
    if (strcmp(type->name.text, "stream") == 0) {
        *produce = ROUTES_PRODUCE_STREAM;
        return true;
    }
    return formats_find(type->name.text, produce);
}

/* The answers of one `returns` while they are read. */
struct reading {
    struct checker *checker;
    struct scope *scope;
    struct model_route *route;
    apr_array_header_t *formats;    /* struct model_format */
    const struct ast_result *first; /* with a format; or NULL */
};

/* Whether a further format may stand beside the first: they are formats of
 * the same answers. */
static bool
may_join(const struct reading *reading, const struct ast_result *result,
         enum routes_produce produce)
{
    struct diag *diag;

    if (produce == ROUTES_PRODUCE_STREAM ||
        reading->route->produce == ROUTES_PRODUCE_STREAM) {
        diag = diag_error(reading->checker->diags, result->span, E016,
                          "`stream` is no format that a request can choose");
        diag_help(diag, "leave it away: chunks leave in any format but json");
        return false;
    }
    if (result->status == NULL) {
        return true;
    }
    diag = diag_error(reading->checker->diags, result->span, E016,
                      "the status %s can't have a format of its own",
                      result->status->text);
    diag_place(diag, reading->first->span,
               "the request chooses among all formats of the route");
    diag_help(diag, "write the formats one after the other: returns 201 html, "
                    "json, 409");
    return false;
}

/* A format or a media type. */
static void
add_form(struct reading *reading, const struct ast_result *result,
         enum routes_produce produce)
{
    struct model_format format = {produce, NULL};

    if (reading->first != NULL && !may_join(reading, result, produce)) {
        return;
    }
    if (result->type == NULL &&
        !formats_set_media(reading->checker, result->mime.text,
                           result->mime.span, &format.produce,
                           &format.media)) {
        return;
    }
    formats_add(reading->checker, reading->formats, &format, result->span);
    formats_use(reading->formats, &reading->route->produce,
                &reading->route->media, &reading->route->formats);
}

static void
check_empty(struct checker *checker, const struct ast_result *result)
{
    if ((result->type != NULL || result->mime.text != NULL) &&
        result->status != NULL && is_empty_status(result->status->number)) {
        diag_error(checker->diags, result->span, E510,
                   "the status %s has no content, so it has no type",
                   result->status->text);
    }
}

/* What can leave: data, and nothing that only a request has. */
static bool
check_type(struct checker *checker, const struct ast_type *ast,
           const struct model_type *type)
{
    const struct model_type *inner = type;

    if (types_broken(type)) {
        return false;
    }
    while (inner->item != NULL) {
        inner = inner->item;
    }
    if (types_is_rest(inner) || inner->kind >= ROUTES_TYPE_REQUEST) {
        diag_error(checker->diags, ast->span, E112,
                   "%s is no type of an answer", type->spelling);
        return false;
    }
    return true;
}

/* A type without a status is that of 200, too. */
static int
status_of(const struct model_result *result)
{
    return result->status != 0 ? result->status : 200;
}

/* False when the status has an answer already. */
static bool
add_result(struct checker *checker, const struct ast_result *ast,
           struct model_type *type, apr_array_header_t *results)
{
    struct model_result *result = apr_pcalloc(checker->pool, sizeof(*result));

    result->status = ast->status != NULL ? (int)ast->status->number : 0;
    result->type = type;
    result->span = ast->span;
    for (int i = 0; i < results->nelts; i++) {
        const struct model_result *other =
            MODEL_AT(results, const struct model_result, i);

        if (status_of(other) == status_of(result)) {
            struct diag *diag =
                diag_error(checker->diags, ast->span, E018,
                           "the status %d stands twice in this `returns`",
                           status_of(result));

            diag_place(diag, other->span, "first here");
            return false;
        }
    }
    APR_ARRAY_PUSH(results, struct model_result *) = result;
    return true;
}

static void
read_type(struct reading *reading, const struct ast_result *result)
{
    struct checker *checker = reading->checker;
    struct model_type *type = types_of_answer(checker, result->type);

    if (type == NULL) {
        type = types_resolve(checker, reading->scope, result->type);
        if (!check_type(checker, result->type, type)) {
            return;
        }
    }
    add_result(checker, result, type, reading->route->results);
}

static void
read_result(struct reading *reading, const struct ast_result *result)
{
    enum routes_produce produce = ROUTES_PRODUCE_AUTO;
    bool formed;

    if (result->status != NULL &&
        !checker_status(reading->checker, result->status, 200, "an answer")) {
        return;
    }
    check_empty(reading->checker, result);
    if (result->type != NULL && !find_form(result->type, &produce)) {
        read_type(reading, result);
        return;
    }
    formed = result->type != NULL || result->mime.text != NULL;
    if (formed && reading->first != NULL) {
        add_form(reading, result, produce);
        return;
    }
    if (add_result(reading->checker, result, NULL, reading->route->results) &&
        formed) {
        add_form(reading, result, produce);
    }
    reading->first = formed ? result : reading->first;
}

/* The statuses, and behind them what the successes that are not listed must
 * be: like the first one that is, so that what leaves is never wider than what
 * was said. */
static apr_array_header_t *
sort_results(struct checker *checker, const apr_array_header_t *results)
{
    apr_array_header_t *sorted = apr_array_make(
        checker->pool, results->nelts + 1, sizeof(struct model_result *));
    struct model_result *rest = NULL;

    for (int i = 0; i < results->nelts; i++) {
        struct model_result *result =
            MODEL_AT(results, struct model_result, i);

        if (result->status == 0) {
            rest = result;
            continue;
        }
        APR_ARRAY_PUSH(sorted, struct model_result *) = result;
        if (rest == NULL && result->status < 300) {
            rest = apr_pmemdup(checker->pool, result, sizeof(*result));
            rest->status = 0;
        }
    }
    if (rest != NULL && rest->type != NULL) {
        APR_ARRAY_PUSH(sorted, struct model_result *) = rest;
    }
    return sorted;
}

static bool
is_typed(const apr_array_header_t *results)
{
    for (int i = 0; i < results->nelts; i++) {
        if (MODEL_AT(results, struct model_result, i)->type != NULL) {
            return true;
        }
    }
    return false;
}

/* What is written of an answer as text; anything else as JSON. */
static bool
is_text(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_STR || type->kind == ROUTES_TYPE_ENUM ||
           type->kind == ROUTES_TYPE_BYTES;
}

/* Whether what leaves as JSON can be what the format says. */
static bool
is_for_json(const struct model_format *format)
{
    return format->produce == ROUTES_PRODUCE_JSON ||
           (format->produce == ROUTES_PRODUCE_MEDIA &&
            formats_is_json(format->media));
}

bool
returns_carries(const char *media, const struct model_type *type)
{
    return is_text(type) || formats_is_json(media);
}

/* Of formats that were written beside the type all must carry it. */
static void
check_formats(const struct reading *reading, const struct model_type *type)
{
    const apr_array_header_t *formats = reading->formats;

    for (int i = 0; formats->nelts > 1 && i < formats->nelts; i++) {
        const struct model_format *format = formats_at(formats, i);

        if (!is_for_json(format)) {
            diag_help(
                diag_error(reading->checker->diags, reading->first->span, E016,
                           "%s leaves as JSON, and never as %s",
                           checker_quote(reading->checker, type->spelling),
                           formats_media(format->produce, format->media)),
                "leave the type or the format away, or have a function for "
                "each: by accept");
            return;
        }
    }
}

/* Of those that are inherited the ones that carry JSON are left, and if none
 * does, what the type says by itself. */
static void
drop_formats(const struct reading *reading)
{
    struct model_route *route = reading->route;
    apr_array_header_t *left =
        apr_array_make(reading->checker->pool, 2, sizeof(struct model_format));

    for (int i = 0; route->formats != NULL && i < route->formats->nelts; i++) {
        const struct model_format *format = formats_at(route->formats, i);

        if (is_for_json(format)) {
            APR_ARRAY_PUSH(left, struct model_format) = *format;
        }
    }
    if (route->formats != NULL || (route->produce == ROUTES_PRODUCE_MEDIA &&
                                   !formats_is_json(route->media))) {
        route->produce = ROUTES_PRODUCE_AUTO;
        route->media = NULL;
        route->formats = NULL;
    }
    formats_use(left, &route->produce, &route->media, &route->formats);
}

/* A file is of the type that it has: the route's formats are those of its
 * other answers, and a request chooses none. */
static void
check_file(const struct reading *reading, const struct ast_stmt *produces)
{
    struct diag *diag;

    reading->route->formats = NULL;
    if (reading->formats->nelts > 1) {
        produces = NULL;
    }
    else if (produces == NULL) {
        return;
    }
    diag = diag_error(reading->checker->diags,
                      produces != NULL ? produces->span : reading->first->span,
                      E016, "a file has its own type, and none of a format");
    diag_help(diag, "leave the format away, or write it in `returns` in place "
                    "of `file`: a file may have any");
}

static bool
is_file(const struct model_type *type)
{
    return type != NULL && type->kind == ROUTES_TYPE_FILE;
}

/* What the types that may leave say of the formats. */
static void
fit_formats(const struct reading *reading, const struct ast_stmt *produces)
{
    const struct model_route *route = reading->route;
    const struct model_type *rest = results_type(route, 0);
    const struct model_type *first = results_type(route, route->status);

    if (is_file(rest) || is_file(first)) {
        check_file(reading, produces);
        return;
    }
    if (rest != NULL && !is_text(rest)) {
        drop_formats(reading);
    }
    if (first != NULL && !is_text(first)) {
        check_formats(reading, first);
    }
}

static void
read_results(struct checker *checker, struct scope *scope,
             const struct results_state *state, const struct ast_stmt *returns,
             struct model_route *route)
{
    struct reading reading = {
        .checker = checker,
        .scope = scope,
        .route = route,
        .formats =
            apr_array_make(checker->pool, 2, sizeof(struct model_format)),
    };

    route->results =
        apr_array_make(checker->pool, 4, sizeof(struct model_result *));
    for (const struct ast_result *result = returns->u.results.first;
         result != NULL; result = result->next) {
        read_result(&reading, result);
    }
    if (!is_typed(route->results)) {
        route->results = NULL;
        return;
    }
    route->results = sort_results(checker, route->results);
    fit_formats(&reading, state->own);
}

void
returns_apply(struct checker *checker, struct scope *scope,
              const struct results_state *state,
              const struct ast_stmt *returns, struct model_route *route)
{
    const struct ast_result *first;

    route->produce = state->produce;
    route->media = state->media;
    route->formats = state->formats;
    route->raises = state->raises;
    route->status = 200;
    route->says_returns = returns != NULL;
    if (returns == NULL) {
        return;
    }
    first = returns->u.results.first;
    if (first->status != NULL) {
        route->status = (int)first->status->number;
    }
    read_results(checker, scope, state, returns, route);
    route->no_content = is_empty_status(route->status);
}
