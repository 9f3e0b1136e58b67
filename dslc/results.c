/* SPDX-License-Identifier: Apache-2.0 */
/* results: what becomes of a function's value, or of its exception. */
#include "dslc/results.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "dslc/args.h"
#include "dslc/suggest.h"
#include "dslc/types.h"

struct results_state
results_none(struct checker *checker)
{
    struct results_state state = {.produce = ROUTES_PRODUCE_AUTO};

    state.raises =
        apr_array_make(checker->pool, 0, sizeof(struct model_raise *));
    return state;
}

/* ---- formats ---- */

static const struct format {
    const char *name;
    enum routes_produce produce;
} formats[] = {
    {"html", ROUTES_PRODUCE_HTML},
    {"json", ROUTES_PRODUCE_JSON},
    {"text", ROUTES_PRODUCE_TEXT},
};

#define N_FORMATS (sizeof(formats) / sizeof(formats[0]))

static const struct format *
find_format(const char *name)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            return &formats[i];
        }
    }
    return NULL;
}

static size_t
token_length(const char *text)
{
    size_t length = 0;

    while (
        apr_isalnum(text[length]) ||
        (text[length] != '\0' && strchr("!#$&^_.+-", text[length]) != NULL)) {
        length++;
    }
    return length;
}

/* type/subtype, and parameters of printable ASCII; no wildcard. */
static bool
is_media(const char *text)
{
    size_t length = token_length(text);

    if (length == 0 || text[length] != '/') {
        return false;
    }
    text += length + 1;
    length = token_length(text);
    text += length;
    if (length == 0 || (*text != '\0' && *text != ';' && *text != ' ')) {
        return false;
    }
    while (*text >= ' ' && *text < 0x7f) {
        text++;
    }
    return *text == '\0';
}

/* Says so when it is none. */
static void
set_media(struct checker *checker, const char *media, struct span span,
          enum routes_produce *produce, const char **to)
{
    if (!is_media(media)) {
        struct diag *diag = diag_error(checker->diags, span, E016,
                                       "%s is no media type of an answer",
                                       checker_quote(checker, media));

        diag_help(diag, "write type/subtype, such as text/csv");
        return;
    }
    *produce = ROUTES_PRODUCE_MEDIA;
    *to = media;
}

/* ---- produces ---- */

static void
say_unknown_format(struct checker *checker, const struct ast_value *value)
{
    struct diag *diag =
        diag_error(checker->diags, value->span, E016, "unknown format %s",
                   checker_quote(checker, value->text));
    apr_array_header_t *words =
        apr_array_make(checker->pool, (int)N_FORMATS, sizeof(const char *));

    for (size_t i = 0; i < N_FORMATS; i++) {
        APR_ARRAY_PUSH(words, const char *) = formats[i].name;
    }
    if (!suggest_help(checker->diags, diag, words, value->text)) {
        diag_help(diag, "write html, json, text or a media type");
    }
}

static void
combine_produces(struct checker *checker, const struct ast_stmt *stmt,
                 struct results_state *state)
{
    const struct ast_value *value = stmt->u.formats.first;
    const struct format *format;

    if (value->next != NULL) {
        checker_later(checker, value->next->span,
                      "a choice of several formats");
        return;
    }
    if (value->kind != AST_WORD) {
        set_media(checker, value->text, value->span, &state->produce,
                  &state->media);
        return;
    }
    format = find_format(value->text);
    if (format == NULL) {
        say_unknown_format(checker, value);
        return;
    }
    state->produce = format->produce;
    state->media = NULL;
}

/* ---- raises ---- */

/* False, and said, out of low..high. */
static bool
check_status(struct checker *checker, const struct ast_value *status, int low,
             const char *what)
{
    if (status->number >= low && status->number <= 599) {
        return true;
    }
    diag_error(checker->diags, status->span, E016,
               "%s has a status from %d to 599, and not %s", what, low,
               checker_quote(checker, status->text));
    return false;
}

static bool
check_exception(struct checker *checker, const struct ast_pyref *exception)
{
    struct diag *diag;
    const char *dot;

    if (exception->module.text != NULL) {
        return true;
    }
    dot = strrchr(exception->object.text, '.');
    if (dot == NULL) {
        return true;
    }
    diag = diag_error(checker->diags, exception->span, E411,
                      "%s is no built-in exception",
                      checker_quote(checker, exception->object.text));
    diag_help(diag, "write %s:%s for a class of a module",
              apr_pstrmemdup(checker->pool, exception->object.text,
                             (apr_size_t)(dot - exception->object.text)),
              dot + 1);
    return false;
}

static struct model_raise *
make_raise(struct checker *checker, struct scope *scope,
           const struct ast_raise *ast)
{
    const struct ast_pyref *exception = ast->exception;
    struct model_raise *raise = apr_pcalloc(checker->pool, sizeof(*raise));

    raise->module = exception->module.text == NULL
                        ? "builtins"
                        : args_module(checker, scope, exception->module.text);
    raise->qualname = exception->object.text;
    raise->status = (int)ast->status->number;
    raise->span = ast->span;
    return raise;
}

static const struct model_raise *
find_raise(const apr_array_header_t *raises, const struct model_raise *raise)
{
    for (int i = 0; i < raises->nelts; i++) {
        const struct model_raise *other =
            MODEL_AT(raises, const struct model_raise, i);

        if (strcmp(other->module, raise->module) == 0 &&
            strcmp(other->qualname, raise->qualname) == 0) {
            return other;
        }
    }
    return NULL;
}

static void
add_raise(struct checker *checker, struct scope *scope,
          const struct ast_raise *ast, apr_array_header_t *raises)
{
    struct model_raise *raise;
    const struct model_raise *before;

    if (!check_exception(checker, ast->exception) ||
        !check_status(checker, ast->status, 400, "an exception")) {
        return;
    }
    raise = make_raise(checker, scope, ast);
    before = find_raise(raises, raise);
    if (before != NULL) {
        struct diag *diag =
            diag_error(checker->diags, ast->span, E018,
                       "the exception %s has a status already in this block",
                       checker_quote(checker, raise->qualname));

        diag_place(diag, before->span, "here");
        return;
    }
    APR_ARRAY_PUSH(raises, struct model_raise *) = raise;
}

static void
combine_raises(struct checker *checker, struct scope *scope,
               const struct ast_stmt *stmt, struct results_state *state)
{
    apr_array_header_t *raises =
        apr_array_make(checker->pool, 4, sizeof(struct model_raise *));

    for (; stmt != NULL; stmt = clause_next(stmt)) {
        for (const struct ast_raise *ast = stmt->u.raises.first; ast != NULL;
             ast = ast->next) {
            if (raises->nelts + state->raises->nelts >= RESULTS_MAX_RAISES) {
                checker_exceeds(checker, ast->span,
                                apr_psprintf(checker->pool,
                                             "a route of more than %d "
                                             "exceptions",
                                             RESULTS_MAX_RAISES));
                return;
            }
            add_raise(checker, scope, ast, raises);
        }
    }
    apr_array_cat(raises, state->raises);
    state->raises = raises;
}

struct results_state
results_combine(struct checker *checker, struct scope *scope,
                const struct results_state *outer,
                const struct clause_set *set)
{
    struct results_state state = *outer;

    if (set->one[AST_PRODUCES] != NULL) {
        combine_produces(checker, set->one[AST_PRODUCES], &state);
    }
    if (set->one[AST_RAISES] != NULL) {
        combine_raises(checker, scope, set->one[AST_RAISES], &state);
    }
    return state;
}

/* ---- returns ---- */

static bool
is_empty_status(int64_t status)
{
    return status == 204 || status == 205 || status == 304;
}

/* What `returns` may name as it stands: a format, or `stream`. */
static bool
find_form(const struct ast_type *type, enum routes_produce *produce)
{
    const struct format *format = find_format(type->name.text);

    if (type->items.first != NULL || type->args.first != NULL ||
        type->optional) {
        return false;
    }
    if (strcmp(type->name.text, "stream") == 0) {
        *produce = ROUTES_PRODUCE_STREAM;
        return true;
    }
    if (format != NULL) {
        *produce = format->produce;
    }
    return format != NULL;
}

/* A format or a media type. */
static void
set_form(struct checker *checker, struct scope *scope,
         const struct ast_result *result, struct model_route *route)
{
    const struct ast_type *type = result->type;
    enum routes_produce produce;

    if (type == NULL) {
        set_media(checker, result->mime.text, result->mime.span,
                  &route->produce, &route->media);
        return;
    }
    if (!find_form(type, &produce)) {
        if (!types_broken(types_resolve(checker, scope, type))) {
            checker_later(checker, type->span, "a type in `returns`");
        }
        return;
    }
    route->produce = produce;
    route->media = NULL;
}

static void
check_empty(struct checker *checker, const struct ast_result *result)
{
    if (result->status != NULL && is_empty_status(result->status->number)) {
        diag_error(checker->diags, result->span, E510,
                   "the status %s has no content, so it has no type",
                   result->status->text);
    }
}

static void
read_results(struct checker *checker, struct scope *scope,
             const struct ast_stmt *returns, struct model_route *route)
{
    const struct ast_result *form = NULL;

    for (const struct ast_result *result = returns->u.results.first;
         result != NULL; result = result->next) {
        if (result->status != NULL &&
            !check_status(checker, result->status, 200, "an answer")) {
            continue;
        }
        if (result->type == NULL && result->mime.text == NULL) {
            continue;
        }
        check_empty(checker, result);
        if (form != NULL) {
            checker_later(checker, result->span, "a second type in `returns`");
            return;
        }
        form = result;
        set_form(checker, scope, result, route);
    }
}

void
results_apply(struct checker *checker, struct scope *scope,
              const struct results_state *state,
              const struct ast_stmt *returns, struct model_route *route)
{
    const struct ast_result *first;

    route->produce = state->produce;
    route->media = state->media;
    route->raises = state->raises;
    route->status = 200;
    route->says_returns = returns != NULL;
    if (returns == NULL) {
        return;
    }
    read_results(checker, scope, returns, route);
    first = returns->u.results.first;
    if (first->status != NULL) {
        route->status = (int)first->status->number;
    }
    route->no_content = is_empty_status(route->status);
}
