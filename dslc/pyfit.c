/* SPDX-License-Identifier: Apache-2.0 */
/* pyfit: whether a route's call fits the Python function that it names. */
#include "pyfit.h"

#include <string.h>

#include <apr_strings.h>

#include "pyask.h"
#include "results.h"
#include "suggest.h"

/* inspect.Parameter.kind */
enum kind {
    KIND_POSITIONAL_ONLY,
    KIND_PLAIN,
    KIND_VAR_POSITIONAL,
    KIND_KEYWORD_ONLY,
    KIND_VAR_KEYWORD
};

struct fit {
    apr_pool_t *pool;
    struct diag_list *diags;
    struct pyplace *places;
    const struct model_route *route;
    const json_t *function;
    const json_t *parameters;
};

static enum kind
kind_of(const json_t *parameter)
{
    return (enum kind)pyask_number(parameter, "kind");
}

static int
has_name(const json_t *parameter)
{
    enum kind kind = kind_of(parameter);

    return kind != KIND_VAR_POSITIONAL && kind != KIND_VAR_KEYWORD;
}

static const char *
subject(const struct fit *fit)
{
    const struct model_function *function = fit->route->function;

    return diag_quote(fit->diags, apr_pstrcat(fit->pool, function->module, ":",
                                              function->qualname, NULL));
}

static const struct model_arg *
find_arg(const struct fit *fit, const char *name)
{
    for (int i = 0; i < fit->route->args->nelts; i++) {
        const struct model_arg *arg =
            MODEL_AT(fit->route->args, const struct model_arg, i);

        if (strcmp(arg->name, name) == 0) {
            return arg;
        }
    }
    return NULL;
}

/* ---- arguments that are missing, or too many: E403 ---------------------- */

/* "`a`, `b`": what the function needs and the call does not pass. */
static const char *
list_missing(const struct fit *fit)
{
    const char *list = NULL;

    for (size_t i = 0; i < json_array_size(fit->parameters); i++) {
        const json_t *parameter = json_array_get(fit->parameters, i);
        const char *name = pyask_text(parameter, "name");

        if (!has_name(parameter) || !pyask_is(parameter, "required") ||
            find_arg(fit, name) != NULL) {
            continue;
        }
        name = diag_quote(fit->diags, name);
        list = list == NULL ? name
                            : apr_pstrcat(fit->pool, list, ", ", name, NULL);
    }
    return list;
}

static void
say_missing(const struct fit *fit, const char *missing)
{
    const char *owner = pyask_text(fit->function, "class");
    struct diag *diag;

    diag = diag_error(fit->diags, fit->route->target, E403,
                      "%s needs %s, which the call does not pass",
                      subject(fit), missing);
    pyplace_add(fit->places, diag, fit->function, "the function");
    if (*owner != '\0') {
        diag_note(diag,
                  "it is a method of the class %s, and there is no object "
                  "that it would be called on",
                  diag_quote(fit->diags, owner));
    }
}

/* The parameter that takes an argument of this name, or NULL. */
static const json_t *
find_parameter(const struct fit *fit, const char *name)
{
    const json_t *rest = NULL;

    for (size_t i = 0; i < json_array_size(fit->parameters); i++) {
        const json_t *parameter = json_array_get(fit->parameters, i);

        if (kind_of(parameter) == KIND_VAR_KEYWORD) {
            rest = parameter;
        }
        else if (has_name(parameter) &&
                 strcmp(pyask_text(parameter, "name"), name) == 0) {
            return parameter;
        }
    }
    return rest;
}

static void
say_extra(const struct fit *fit, const struct model_arg *arg)
{
    apr_array_header_t *names =
        apr_array_make(fit->pool, 8, sizeof(const char *));
    const char *missing = list_missing(fit);
    struct diag *diag =
        diag_error(fit->diags, arg->span, E403, "%s takes no argument %s",
                   subject(fit), diag_quote(fit->diags, arg->name));

    for (size_t i = 0; i < json_array_size(fit->parameters); i++) {
        const json_t *parameter = json_array_get(fit->parameters, i);

        if (has_name(parameter)) {
            APR_ARRAY_PUSH(names, const char *) =
                pyask_text(parameter, "name");
        }
    }
    pyplace_add(fit->places, diag, fit->function, "the function");
    if (missing != NULL) {
        diag_note(diag, "it needs %s, which the call does not pass", missing);
    }
    suggest_help(fit->diags, diag, names, arg->name);
}

/* A name that is wrong is one too many and one too few: one message. */
static void
check_names(const struct fit *fit)
{
    const char *missing = list_missing(fit);
    int extra = 0;

    for (int i = 0; i < fit->route->args->nelts; i++) {
        const struct model_arg *arg =
            MODEL_AT(fit->route->args, const struct model_arg, i);

        if (find_parameter(fit, arg->name) == NULL) {
            say_extra(fit, arg);
            extra = 1;
        }
    }
    if (missing != NULL && !extra) {
        say_missing(fit, missing);
    }
}

/* What goes by position only needs all before it to be passed.  One that the
 * function needs anyway was named already. */
static void
check_positional(const struct fit *fit)
{
    const char *gap = NULL;
    size_t n =
        list_missing(fit) == NULL ? json_array_size(fit->parameters) : 0;

    for (size_t i = 0; i < n; i++) {
        const json_t *parameter = json_array_get(fit->parameters, i);
        const char *name = pyask_text(parameter, "name");
        const struct model_arg *arg = find_arg(fit, name);

        if (kind_of(parameter) != KIND_POSITIONAL_ONLY) {
            return;
        }
        if (arg == NULL) {
            gap = gap != NULL ? gap : name;
        }
        else if (gap != NULL) {
            struct diag *diag = diag_error(
                fit->diags, arg->span, E403,
                "%s takes %s by position only, behind %s, which the call "
                "does not pass",
                subject(fit), diag_quote(fit->diags, name),
                diag_quote(fit->diags, gap));

            pyplace_add(fit->places, diag, fit->function, "the function");
            return;
        }
    }
}

/* ---- types: E404 -------------------------------------------------------- */

/* What Python calls the values of a type; NULL: not compared. */
static const char *
python_type(const struct model_type *type)
{
    switch (type->kind) {
    case ROUTES_TYPE_STR:
    case ROUTES_TYPE_PATH:
    case ROUTES_TYPE_ENUM:
        return "str";
    case ROUTES_TYPE_INT:
        return "int";
    case ROUTES_TYPE_FLOAT:
        return "float";
    case ROUTES_TYPE_DECIMAL:
        return "Decimal";
    case ROUTES_TYPE_BOOL:
        return "bool";
    case ROUTES_TYPE_UUID:
        return "UUID";
    case ROUTES_TYPE_DATE:
        return "date";
    case ROUTES_TYPE_DATETIME:
        return "datetime";
    case ROUTES_TYPE_BYTES:
    case ROUTES_TYPE_RAWPATH:
        return "bytes";
    case ROUTES_TYPE_LIST:
        return "list";
    case ROUTES_TYPE_REQUEST:
        return "Request";
    case ROUTES_TYPE_UPLOAD:
        return "Upload";
    case ROUTES_TYPE_FILE:
        return "Path";
    case ROUTES_TYPE_PRINCIPAL:
        return "Principal";
    case ROUTES_TYPE_METHOD:
        return "str";
    case ROUTES_TYPE_WEBSOCKET:
        return "WebSocket";
    case ROUTES_TYPE_MAP:
        return "dict";
    case ROUTES_TYPE_RECORD:
        return type->record->made != NULL ? "object" : "dict";
    case ROUTES_TYPE_JSON:
    case ROUTES_TYPE_STREAM: /* anything that reads is good */
    case ROUTES_TYPE_NULL:
        return NULL;
    }
    return NULL;
}

static const char *
python_type_of_constant(enum routes_const_kind kind)
{
    switch (kind) {
    case ROUTES_CONST_NONE:
        return "None";
    case ROUTES_CONST_BOOL:
        return "bool";
    case ROUTES_CONST_INT:
        return "int";
    case ROUTES_CONST_FLOAT:
        return "float";
    case ROUTES_CONST_STR:
        return "str";
    case ROUTES_CONST_EMPTY_LIST:
        return "list";
    case ROUTES_CONST_TEXT:
    case ROUTES_CONST_NULL:
        return NULL;
    }
    return NULL;
}

/* A value of the one is one of the other, or stands for it (PEP 484).  An
 * object of a class of the user's may be derived from dict or tuple. */
static int
is_kind_of(const char *type, const char *wanted)
{
    static const char *const pairs[][2] = {
        {"bool", "int"},      {"bool", "float"},  {"bool", "complex"},
        {"int", "float"},     {"int", "complex"}, {"float", "complex"},
        {"datetime", "date"}, {"object", "dict"}, {"object", "tuple"},
    };

    if (strcmp(type, wanted) == 0) {
        return 1;
    }
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (strcmp(type, pairs[i][0]) == 0 &&
            strcmp(wanted, pairs[i][1]) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Whether one of types, strings and {"list": types}, takes a value of a type;
 * item is that of a list's elements, or NULL. */
static int
takes(const json_t *types, const char *type, const struct model_type *item)
{
    if (!json_is_array(types) || type == NULL) {
        return 1;
    }
    for (size_t i = 0; i < json_array_size(types); i++) {
        const json_t *taken = json_array_get(types, i);

        if (json_is_string(taken)) {
            if (is_kind_of(type, json_string_value(taken))) {
                return 1;
            }
        }
        else if (strcmp(type, "list") == 0) {
            const json_t *inner = json_object_get(taken, "list");

            if (item == NULL || takes(inner, python_type(item), item->item)) {
                return 1;
            }
        }
    }
    return 0;
}

static struct diag *
say_annotation(const struct fit *fit, const struct model_arg *arg,
               const json_t *parameter, const char *gets)
{
    struct diag *diag = diag_error(
        fit->diags, arg->span, E404, "%s is annotated %s, and gets %s",
        diag_quote(fit->diags, arg->name),
        diag_quote(fit->diags, pyask_text(parameter, "annotation")), gets);

    pyplace_add(fit->places, diag, fit->function, "the function");
    return diag;
}

/* None is passed where an optional argument without a default is absent. */
static void
check_optional(const struct fit *fit, const struct model_arg *arg,
               const json_t *parameter)
{
    const json_t *types = json_object_get(parameter, "types");
    struct diag *diag;

    if (!arg->type->optional || arg->constant != NULL ||
        pyask_is(parameter, "none") || takes(types, "None", NULL)) {
        return;
    }
    diag = say_annotation(fit, arg, parameter, "None when it is absent");
    diag_help(diag,
              "annotate it `%s | None`, or give it a default in the "
              "call",
              pyask_text(parameter, "annotation"));
}

static void
check_annotation(const struct fit *fit, const struct model_arg *arg,
                 const json_t *parameter)
{
    const json_t *types = json_object_get(parameter, "types");
    const char *type;

    if (arg->type == NULL) {
        type = arg->constant->setting != NULL
                   ? python_type(arg->constant->type)
                   : python_type_of_constant(arg->constant->kind);
        if (!takes(types, type, NULL) &&
            (strcmp(type, "None") != 0 || !pyask_is(parameter, "none"))) {
            say_annotation(
                fit, arg, parameter,
                apr_pstrcat(fit->pool, "the constant of type ", type, NULL));
        }
        return;
    }
    type = python_type(arg->type);
    if (arg->type->kind == ROUTES_TYPE_WEBSOCKET &&
        pyask_is(fit->function, "async")) {
        type = "AsyncWebSocket"; /* its methods are awaited */
    }
    if (!takes(types, type, arg->type->item)) {
        struct diag *diag =
            say_annotation(fit, arg, parameter, arg->type->spelling);

        if (arg->type->kind == ROUTES_TYPE_WEBSOCKET) {
            diag_help(diag, "annotate it apache.%s", type);
        }
        return;
    }
    check_optional(fit, arg, parameter);
}

/* ---- defaults: E405 ----------------------------------------------------- */

static double
number_of(const struct model_literal *literal)
{
    return literal->kind == ROUTES_CONST_FLOAT ? literal->f
                                               : (double)literal->i;
}

/* Whether two defaults are the same, or can't be compared. */
static int
is_same(const struct model_literal *ours, const json_t *theirs)
{
    switch (ours->kind) {
    case ROUTES_CONST_STR:
        return !json_is_string(theirs) ||
               strcmp(ours->text, json_string_value(theirs)) == 0;
    case ROUTES_CONST_BOOL:
        return !json_is_boolean(theirs) ||
               (ours->i != 0) == json_is_true(theirs);
    case ROUTES_CONST_INT:
        if (json_is_integer(theirs)) {
            return ours->i == json_integer_value(theirs);
        }
        /* fall through */
    case ROUTES_CONST_FLOAT:
        return !json_is_number(theirs) ||
               !(number_of(ours) < json_number_value(theirs) ||
                 number_of(ours) > json_number_value(theirs));
    case ROUTES_CONST_NONE:
    case ROUTES_CONST_EMPTY_LIST:
    case ROUTES_CONST_TEXT:
    case ROUTES_CONST_NULL:
        return 1;
    }
    return 1;
}

static const char *
default_text(const struct fit *fit, const json_t *value)
{
    if (json_is_string(value)) {
        return diag_quote(fit->diags,
                          apr_pstrcat(fit->pool, "\"",
                                      json_string_value(value), "\"", NULL));
    }
    if (json_is_boolean(value)) {
        return json_is_true(value) ? "`True`" : "`False`";
    }
    return json_is_integer(value)
               ? apr_psprintf(fit->pool, "`%" APR_INT64_T_FMT "`",
                              (apr_int64_t)json_integer_value(value))
               : apr_psprintf(fit->pool, "`%g`", json_number_value(value));
}

static void
check_default(const struct fit *fit, const struct model_arg *arg,
              const json_t *parameter)
{
    const json_t *theirs = json_object_get(parameter, "default");
    struct diag *diag;

    if (arg->type == NULL || arg->constant == NULL ||
        arg->constant->setting != NULL || theirs == NULL ||
        is_same(arg->constant, theirs)) {
        return;
    }
    diag = diag_error(fit->diags, arg->constant->span, E405,
                      "%s has another default in the function, %s",
                      diag_quote(fit->diags, arg->name),
                      default_text(fit, theirs));
    pyplace_add(fit->places, diag, fit->function, "the function");
    diag_help(diag, "the route's is what it would be called with: write the "
                    "same one at both places, or none in the function");
}

/* ---- results: E404 ------------------------------------------------------ */

/* Whether a value that Python annotates with the name can leave as the type.
 * A tuple may be (status, body). */
static int
gives_named(const char *name, const struct model_type *type)
{
    static const char *const pairs[][2] = {
        {"int", "float"}, {"int", "Decimal"}, {"bytearray", "bytes"}};
    const char *wanted = python_type(type);

    if (wanted == NULL || strcmp(wanted, "object") == 0) {
        wanted = "dict";
    }
    if (type->kind == ROUTES_TYPE_JSON || strcmp(name, "tuple") == 0 ||
        strcmp(name, wanted) == 0) {
        return 1;
    }
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (strcmp(name, pairs[i][0]) == 0 &&
            strcmp(wanted, pairs[i][1]) == 0) {
            return 1;
        }
    }
    return type->optional && strcmp(name, "None") == 0;
}

/* Whether one of types, as takes() has them, is of values that can leave. */
static int
gives(const json_t *types, const struct model_type *type)
{
    if (!json_is_array(types)) {
        return 1;
    }
    for (size_t i = 0; i < json_array_size(types); i++) {
        const json_t *given = json_array_get(types, i);

        if (json_is_string(given)
                ? gives_named(json_string_value(given), type)
                : type->kind == ROUTES_TYPE_JSON ||
                      (type->kind == ROUTES_TYPE_LIST &&
                       gives(json_object_get(given, "list"), type->item))) {
            return 1;
        }
    }
    return 0;
}

static void
check_result(const struct fit *fit)
{
    const json_t *result = json_object_get(fit->function, "result");
    const struct model_route *route = fit->route;
    const struct model_type *type = results_type(route, route->status);
    struct diag *diag;

    if (type == NULL || pyask_is(fit->function, "generator") ||
        gives(json_object_get(result, "types"), type)) {
        return;
    }
    diag = diag_error(fit->diags, route->target, E404,
                      "%s is annotated to return %s, and its route returns %s",
                      subject(fit),
                      diag_quote(fit->diags, pyask_text(result, "annotation")),
                      type->spelling);
    pyplace_add(fit->places, diag, fit->function, "the function");
}

/* ---- a call ------------------------------------------------------------- */

static void
check_arg(const struct fit *fit, const struct model_arg *arg)
{
    const json_t *parameter = find_parameter(fit, arg->name);

    if (parameter != NULL) {
        check_annotation(fit, arg, parameter);
        check_default(fit, arg, parameter);
    }
}

void
pyfit_check(struct diag_list *diags, struct pyplace *places,
            const struct model_route *route, const json_t *function)
{
    struct fit fit = {
        .pool = places->pool,
        .diags = diags,
        .places = places,
        .route = route,
        .function = function,
        .parameters = json_object_get(function, "parameters"),
    };

    check_names(&fit);
    check_positional(&fit);
    for (int i = 0; i < route->args->nelts; i++) {
        check_arg(&fit, MODEL_AT(route->args, const struct model_arg, i));
    }
    check_result(&fit);
}

/* ---- calls by position -------------------------------------------------- */

/* The most that it takes by position, and the least; no name is known of what
 * takes any number. */
static void
count_positional(const json_t *parameters, size_t *least, size_t *most)
{
    *least = 0;
    *most = 0;
    for (size_t i = 0; i < json_array_size(parameters); i++) {
        const json_t *parameter = json_array_get(parameters, i);
        size_t needed = pyask_is(parameter, "required") ? 1 : 0;

        switch (kind_of(parameter)) {
        case KIND_POSITIONAL_ONLY:
        case KIND_PLAIN:
            *most += *most < ROUTES_MAX_ARGS ? 1 : 0;
            *least += needed;
            break;
        case KIND_VAR_POSITIONAL:
            *most = ROUTES_MAX_ARGS;
            break;
        case KIND_KEYWORD_ONLY: /* which nothing passes */
            *least += needed * ROUTES_MAX_ARGS;
            break;
        case KIND_VAR_KEYWORD:
            break;
        }
    }
}

void
pyfit_check_count(struct diag_list *diags, struct pyplace *places,
                  const struct pyfit_call *call, const json_t *function)
{
    size_t least;
    size_t most;
    struct diag *diag;

    count_positional(json_object_get(function, "parameters"), &least, &most);
    if (least <= call->n && call->n <= most) {
        return;
    }
    diag = diag_error(diags, call->span, call->code,
                      "%s can't be called as %s: it is given %s",
                      diag_quote(diags, call->name), call->what, call->given);
    pyplace_add(places, diag, function, "the function");
}

/* ---- predicates --------------------------------------------------------- */

/* The parameter that the n-th argument by position is for, or NULL: one that
 * takes any number. */
static const json_t *
positional_at(const json_t *parameters, int n)
{
    for (size_t i = 0; i < json_array_size(parameters); i++) {
        const json_t *parameter = json_array_get(parameters, i);
        enum kind kind = kind_of(parameter);

        if (kind != KIND_POSITIONAL_ONLY && kind != KIND_PLAIN) {
            return NULL;
        }
        if (n-- == 0) {
            return parameter;
        }
    }
    return NULL;
}

/* "the principal, order: int" */
static const char *
given_text(apr_pool_t *pool, const struct model_predicate *predicate)
{
    const char *text = "the principal";

    for (int i = 0; i < predicate->params->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(predicate->params, const struct model_param, i);

        text = apr_pstrcat(pool, text, ", ", param->name, ": ",
                           param->type->spelling, NULL);
    }
    return text;
}

struct given {
    const char *type; /* in Python, or NULL: not compared */
    const char *spelling;
    struct span span;
};

static void
check_given(struct diag_list *diags, struct pyplace *places,
            const struct given *given, const json_t *parameter,
            const json_t *function)
{
    struct diag *diag;

    if (parameter == NULL ||
        takes(json_object_get(parameter, "types"), given->type, NULL)) {
        return;
    }
    diag =
        diag_error(diags, given->span, E404, "%s is annotated %s, and gets %s",
                   diag_quote(diags, pyask_text(parameter, "name")),
                   diag_quote(diags, pyask_text(parameter, "annotation")),
                   given->spelling);
    pyplace_add(places, diag, function, "the function");
}

static void
check_all_given(struct diag_list *diags, struct pyplace *places,
                const struct model_predicate *predicate,
                const json_t *function)
{
    const json_t *parameters = json_object_get(function, "parameters");
    struct given given = {"Principal", "the principal", predicate->target};

    check_given(diags, places, &given, positional_at(parameters, 0), function);
    for (int i = 0; i < predicate->params->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(predicate->params, const struct model_param, i);

        given = (struct given){python_type(param->type), param->type->spelling,
                               param->span};
        check_given(diags, places, &given, positional_at(parameters, i + 1),
                    function);
    }
}

void
pyfit_check_predicate(struct diag_list *diags, struct pyplace *places,
                      const struct model_predicate *predicate,
                      const json_t *function)
{
    const struct pyfit_call call = {
        .name = apr_pstrcat(places->pool, predicate->function->module, ":",
                            predicate->function->qualname, NULL),
        .what = "a rule",
        .given = given_text(places->pool, predicate),
        .n = (size_t)predicate->params->nelts + 1,
        .span = predicate->target,
        .code = E403};
    unsigned errors = diag_error_count(diags);
    struct diag *diag;

    pyfit_check_count(diags, places, &call, function);
    if (diag_error_count(diags) > errors) {
        return;
    }
    check_all_given(diags, places, predicate, function);
    if (pyask_is(function, "generator")) {
        diag = diag_error(diags, predicate->target, E408,
                          "%s is a generator, which is true whatever it "
                          "yields",
                          diag_quote(diags, call.name));
        pyplace_add(places, diag, function, "the function");
        diag_help(diag, "a rule is granted by what its function returns");
    }
}
