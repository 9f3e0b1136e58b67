/* SPDX-License-Identifier: Apache-2.0 */
/* results: what becomes of a function's value, or of its exception. */
#include "dslc/results.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/callee.h"
#include "dslc/formats.h"

struct results_state
results_none(struct checker *checker)
{
    struct results_state state = {.produce = ROUTES_PRODUCE_AUTO};

    state.raises =
        apr_array_make(checker->pool, 0, sizeof(struct model_raise *));
    return state;
}

/* ---- produces ---- */

static void
combine_produces(struct checker *checker, const struct ast_stmt *stmt,
                 struct results_state *state)
{
    apr_array_header_t *formats =
        apr_array_make(checker->pool, 2, sizeof(struct model_format));

    for (const struct ast_value *value = stmt->u.formats.first; value != NULL;
         value = value->next) {
        struct model_format format = {ROUTES_PRODUCE_AUTO, NULL};

        if (formats_read(checker, value, &format.produce, &format.media)) {
            formats_add(checker, formats, &format, value->span);
        }
    }
    formats_use(formats, &state->produce, &state->media, &state->formats);
}

/* ---- raises ---- */

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

    raise->module =
        exception->module.text == NULL
            ? "builtins"
            : callee_module(checker, scope, exception->module.text);
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
        !checker_status(checker, ast->status, 400, "an exception")) {
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

    state.own = set->one[AST_PRODUCES];
    if (state.own != NULL) {
        combine_produces(checker, set->one[AST_PRODUCES], &state);
    }
    if (set->one[AST_RAISES] != NULL) {
        combine_raises(checker, scope, set->one[AST_RAISES], &state);
    }
    return state;
}

/* ---- of a route ---- */

const struct model_type *
results_type(const struct model_route *route, int status)
{
    for (int i = 0; route->results != NULL && i < route->results->nelts; i++) {
        const struct model_result *result =
            MODEL_AT(route->results, const struct model_result, i);

        if (result->status == status ||
            (result->status == 0 && status >= 200 && status < 300)) {
            return result->type;
        }
    }
    return NULL;
}

/* ---- in words ---- */

static const char *
produce_text(enum routes_produce produce, const char *media)
{
    switch (produce) {
    case ROUTES_PRODUCE_AUTO:
        return NULL;
    case ROUTES_PRODUCE_HTML:
        return "html";
    case ROUTES_PRODUCE_TEXT:
        return "text";
    case ROUTES_PRODUCE_JSON:
        return "json";
    case ROUTES_PRODUCE_MEDIA:
        return media;
    case ROUTES_PRODUCE_STREAM:
        return "stream";
    }
    return NULL;
}

/* "html, json", or NULL. */
static const char *
text_of_formats(apr_pool_t *pool, const struct model_route *route)
{
    const char *text = produce_text(route->produce, route->media);

    for (int i = 1; route->formats != NULL && i < route->formats->nelts; i++) {
        const struct model_format *format = formats_at(route->formats, i);

        text = apr_pstrcat(pool, text, ", ",
                           produce_text(format->produce, format->media), NULL);
    }
    return text;
}

/* ", 422 Problem": what answers beside the plain one must be. */
static const char *
text_of_others(apr_pool_t *pool, const struct model_route *route,
               results_spell_fn *spell)
{
    const struct model_type *plain = results_type(route, route->status);
    const char *text = "";

    for (int i = 0; route->results != NULL && i < route->results->nelts; i++) {
        const struct model_result *result =
            MODEL_AT(route->results, const struct model_result, i);

        if (result->type == NULL || result->status == route->status ||
            (result->status == 0 && result->type == plain)) {
            continue;
        }
        text = apr_pstrcat(pool, text, ", ",
                           result->status != 0 ? apr_itoa(pool, result->status)
                                               : "2xx",
                           " ", spell(pool, result->type), NULL);
    }
    return text;
}

const char *
results_text(apr_pool_t *pool, const struct model_route *route,
             results_spell_fn *spell)
{
    const char *produce = text_of_formats(pool, route);
    const struct model_type *type = results_type(route, route->status);

    return apr_pstrcat(pool, apr_itoa(pool, route->status),
                       produce != NULL ? " " : "",
                       produce != NULL ? produce : "", type != NULL ? " " : "",
                       type != NULL ? spell(pool, type) : "",
                       text_of_others(pool, route, spell), NULL);
}

const char *
results_spelling(apr_pool_t *pool, const struct model_type *type)
{
    (void)pool;
    return type->spelling;
}
