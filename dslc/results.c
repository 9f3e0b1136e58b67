/* SPDX-License-Identifier: Apache-2.0 */
/* results: what becomes of a function's value, or of its exception. */
#include "dslc/results.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "dslc/callee.h"
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
} known[] = {
    {"html", ROUTES_PRODUCE_HTML},
    {"json", ROUTES_PRODUCE_JSON},
    {"text", ROUTES_PRODUCE_TEXT},
};

#define N_FORMATS (sizeof(known) / sizeof(known[0]))

static const struct format *
find_format(const char *name)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (strcmp(known[i].name, name) == 0) {
            return &known[i];
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
static bool
set_media(struct checker *checker, const char *media, struct span span,
          enum routes_produce *produce, const char **to)
{
    if (!is_media(media)) {
        struct diag *diag = diag_error(checker->diags, span, E016,
                                       "%s is no media type of an answer",
                                       checker_quote(checker, media));

        diag_help(diag, "write type/subtype, such as text/csv");
        return false;
    }
    *produce = ROUTES_PRODUCE_MEDIA;
    *to = media;
    return true;
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
        APR_ARRAY_PUSH(words, const char *) = known[i].name;
    }
    if (!suggest_help(checker->diags, diag, words, value->text)) {
        diag_help(diag, "write html, json, text or a media type");
    }
}

bool
results_format(struct checker *checker, const struct ast_value *value,
               enum routes_produce *produce, const char **media)
{
    const struct format *format;

    if (value->kind != AST_WORD) {
        return set_media(checker, value->text, value->span, produce, media);
    }
    format = find_format(value->text);
    if (format == NULL) {
        say_unknown_format(checker, value);
        return false;
    }
    *produce = format->produce;
    *media = NULL;
    return true;
}

const char *
results_media(enum routes_produce produce, const char *media)
{
    switch (produce) {
    case ROUTES_PRODUCE_HTML:
        return "text/html";
    case ROUTES_PRODUCE_TEXT:
        return "text/plain";
    case ROUTES_PRODUCE_JSON:
        return "application/json";
    case ROUTES_PRODUCE_MEDIA:
        return media;
    case ROUTES_PRODUCE_AUTO:
    case ROUTES_PRODUCE_STREAM:
        break;
    }
    return "";
}

/* ---- several formats ---- */

static const struct model_format *
format_at(const apr_array_header_t *formats, int i)
{
    return &APR_ARRAY_IDX(formats, i, const struct model_format);
}

/* One more of which a request chooses; says what can't be told apart. */
static void
add_format(struct checker *checker, apr_array_header_t *formats,
           const struct model_format *format, struct span span)
{
    const char *media = results_media(format->produce, format->media);

    for (int i = 0; i < formats->nelts; i++) {
        const struct model_format *other = format_at(formats, i);

        if (strcasecmp(results_media(other->produce, other->media), media) ==
            0) {
            diag_error(checker->diags, span, E018,
                       "the format %s stands twice in this list",
                       checker_quote(checker, media));
            return;
        }
    }
    if (formats->nelts >= ROUTES_MAX_FORMATS) {
        checker_exceeds(checker, span,
                        apr_psprintf(checker->pool,
                                     "a list of more than %d formats",
                                     ROUTES_MAX_FORMATS));
        return;
    }
    APR_ARRAY_PUSH(formats, struct model_format) = *format;
}

/* The first one is that of a request which has no wish. */
static void
use_formats(const apr_array_header_t *formats, enum routes_produce *produce,
            const char **media, const apr_array_header_t **several)
{
    if (formats->nelts == 0) {
        return;
    }
    *produce = format_at(formats, 0)->produce;
    *media = format_at(formats, 0)->media;
    *several = formats->nelts > 1 ? formats : NULL;
}

static void
combine_produces(struct checker *checker, const struct ast_stmt *stmt,
                 struct results_state *state)
{
    apr_array_header_t *formats =
        apr_array_make(checker->pool, 2, sizeof(struct model_format));

    for (const struct ast_value *value = stmt->u.formats.first; value != NULL;
         value = value->next) {
        struct model_format format = {ROUTES_PRODUCE_AUTO, NULL};

        if (results_format(checker, value, &format.produce, &format.media)) {
            add_format(checker, formats, &format, value->span);
        }
    }
    use_formats(formats, &state->produce, &state->media, &state->formats);
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

    state.own = set->one[AST_PRODUCES];
    if (state.own != NULL) {
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
        !set_media(reading->checker, result->mime.text, result->mime.span,
                   &format.produce, &format.media)) {
        return;
    }
    add_format(reading->checker, reading->formats, &format, result->span);
    use_formats(reading->formats, &reading->route->produce,
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
        !check_status(reading->checker, result->status, 200, "an answer")) {
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

static bool
is_json_media(const char *media)
{
    size_t length = strcspn(media, "; ");

    return length > 5 && (strncasecmp(media + length - 5, "/json", 5) == 0 ||
                          strncasecmp(media + length - 5, "+json", 5) == 0);
}

/* Whether what leaves as JSON can be what the format says. */
static bool
is_for_json(const struct model_format *format)
{
    return format->produce == ROUTES_PRODUCE_JSON ||
           (format->produce == ROUTES_PRODUCE_MEDIA &&
            is_json_media(format->media));
}

bool
results_carries(const char *media, const struct model_type *type)
{
    return is_text(type) || is_json_media(media);
}

/* Of formats that were written beside the type all must carry it. */
static void
check_formats(const struct reading *reading, const struct model_type *type)
{
    const apr_array_header_t *formats = reading->formats;

    for (int i = 0; formats->nelts > 1 && i < formats->nelts; i++) {
        const struct model_format *format = format_at(formats, i);

        if (!is_for_json(format)) {
            diag_help(
                diag_error(reading->checker->diags, reading->first->span, E016,
                           "%s leaves as JSON, and never as %s",
                           checker_quote(reading->checker, type->spelling),
                           results_media(format->produce, format->media)),
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
        const struct model_format *format = format_at(route->formats, i);

        if (is_for_json(format)) {
            APR_ARRAY_PUSH(left, struct model_format) = *format;
        }
    }
    if (route->formats != NULL || (route->produce == ROUTES_PRODUCE_MEDIA &&
                                   !is_json_media(route->media))) {
        route->produce = ROUTES_PRODUCE_AUTO;
        route->media = NULL;
        route->formats = NULL;
    }
    use_formats(left, &route->produce, &route->media, &route->formats);
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

void
results_apply(struct checker *checker, struct scope *scope,
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
        const struct model_format *format = format_at(route->formats, i);

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
