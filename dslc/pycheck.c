/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pycheck: the Python half of pass 4: what the routes call exists, and can be
 * called as they do.
 */
#include "pycheck.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <jansson.h>

#include "pyask.h"
#include "pyfit.h"
#include "pyplace.h"
#include "results.h"
#include "suggest.h"

#include "../runtime/option.h"

struct check {
    apr_pool_t *pool;
    const struct pycheck_job *job;
    struct diag_list *diags;
    struct pyplace *places;
    struct pyask_question question;
    apr_array_header_t *raises; /* struct model_raise *, of each class */
    const json_t *answer;
    apr_hash_t *said;     /* modules that something was said of */
    apr_hash_t *answered; /* function, by address -> json_t * */
};

/* ---- the question ------------------------------------------------------- */

static const char *
reference(struct check *check, const char *module, const char *qualname)
{
    return apr_pstrcat(check->pool, module, ":", qualname, NULL);
}

/* The folder of the .routes file as it was named, "" for the working one. */
static const char *
folder_of(apr_pool_t *pool, const char *file)
{
    const char *slash = strrchr(file, '/');

    if (slash == NULL) {
        return "";
    }
    return slash == file ? "/"
                         : apr_pstrmemdup(pool, file, (size_t)(slash - file));
}

static void
add_class(struct check *check, apr_hash_t *seen, struct model_raise *raise)
{
    const char *name = reference(check, raise->module, raise->qualname);

    if (apr_hash_get(seen, name, APR_HASH_KEY_STRING) == NULL) {
        apr_hash_set(seen, name, APR_HASH_KEY_STRING, raise);
        APR_ARRAY_PUSH(check->question.classes, const char *) = name;
        APR_ARRAY_PUSH(check->raises, struct model_raise *) = raise;
    }
}

static void
add_classes(struct check *check)
{
    const apr_array_header_t *routes = check->job->model->routes;
    apr_hash_t *seen = apr_hash_make(check->pool);
    const apr_array_header_t *last = NULL;

    for (int i = 0; i < routes->nelts; i++) {
        const apr_array_header_t *raises =
            MODEL_AT(routes, struct model_route, i)->raises;

        for (int j = 0; raises != last && j < raises->nelts; j++) {
            add_class(check, seen, MODEL_AT(raises, struct model_raise, j));
        }
        last = raises;
    }
}

/* The modules of the functions, once each. */
static void
add_modules(struct check *check)
{
    const apr_array_header_t *functions = check->job->model->functions;
    apr_hash_t *seen = apr_hash_make(check->pool);

    for (int i = 0; i < functions->nelts; i++) {
        const char *module =
            MODEL_AT(functions, struct model_function, i)->module;

        if (apr_hash_get(seen, module, APR_HASH_KEY_STRING) == NULL) {
            apr_hash_set(seen, module, APR_HASH_KEY_STRING, module);
            APR_ARRAY_PUSH(check->question.modules, const char *) = module;
        }
    }
}

static void
make_question(struct check *check)
{
    const struct pycheck_job *job = check->job;
    const apr_array_header_t *functions = job->model->functions;
    apr_array_header_t *folders =
        apr_array_make(check->pool, 4, sizeof(const char *));

    APR_ARRAY_PUSH(folders, const char *) = folder_of(check->pool, job->file);
    apr_array_cat(folders, job->options->paths);
    check->question.home = job->options->home;
    check->question.folders = folders;
    check->question.functions = apr_array_make(
        check->pool, functions->nelts + 1, sizeof(const char *));
    check->question.classes =
        apr_array_make(check->pool, 4, sizeof(const char *));
    check->raises =
        apr_array_make(check->pool, 4, sizeof(struct model_raise *));
    for (int i = 0; i < functions->nelts; i++) {
        const struct model_function *function =
            MODEL_AT(functions, struct model_function, i);

        APR_ARRAY_PUSH(check->question.functions, const char *) =
            reference(check, function->module, function->qualname);
    }
    add_classes(check);
    check->question.imports = job->options->imports;
    check->question.modules =
        apr_array_make(check->pool, 4, sizeof(const char *));
    if (job->options->unused != NULL) {
        add_modules(check);
    }
}

/* ---- modules: E401 ------------------------------------------------------ */

/* Whether nothing was said of the module that an answer names, yet. */
static int
is_first(struct check *check, const json_t *answer)
{
    const char *name = pyask_text(answer, "name");

    if (apr_hash_get(check->said, name, APR_HASH_KEY_STRING) != NULL) {
        return 0;
    }
    apr_hash_set(check->said, name, APR_HASH_KEY_STRING, answer);
    return 1;
}

/* "the folder of the file, `lib` and where Python 3.11 looks". */
static void
note_folders(struct check *check, struct diag *diag)
{
    const apr_array_header_t *folders = check->question.folders;
    const char *list = "";

    for (int i = 0; i < folders->nelts; i++) {
        const char *folder = APR_ARRAY_IDX(folders, i, const char *);

        list = apr_pstrcat(
            check->pool, list, i > 0 ? ", " : "",
            diag_quote(check->diags, *folder != '\0' ? folder : "."), NULL);
    }
    diag_note(diag, "looked for in %s, then where %s looks", list,
              pyask_text(check->answer, "python"));
}

static void
say_no_module(struct check *check, struct span span, const json_t *answer)
{
    const char *name = pyask_text(answer, "name");
    const char *within = pyask_text(answer, "within");
    const char *last = strrchr(name, '.');
    struct diag *diag;

    if (!is_first(check, answer)) {
        return;
    }
    if (*within != '\0') {
        diag = diag_error(check->diags, span, E401, "%s has no module %s",
                          diag_quote(check->diags, within),
                          diag_quote(check->diags, last + 1));
    }
    else {
        diag = diag_error(check->diags, span, E401, "there is no module %s",
                          diag_quote(check->diags, name));
        note_folders(check, diag);
    }
    if (last != NULL && strcmp(last, ".py") == 0) {
        diag_help(diag, "a module is named without `.py`");
    }
    else if (!suggest_help(check->diags, diag,
                           pyask_words(check->pool, answer, "near"),
                           last != NULL ? last + 1 : name)) {
        diag_help(diag, "`--python-path DIR` names another folder; "
                        "`--no-python` leaves Python unchecked");
    }
}

static void
say_broken(struct check *check, struct span span, const json_t *answer)
{
    struct diag *diag;

    if (is_first(check, answer)) {
        diag = diag_error(check->diags, span, E401,
                          "the module %s can't be read: %s",
                          diag_quote(check->diags, pyask_text(answer, "name")),
                          pyask_text(answer, "why"));
        pyplace_add(check->places, diag, answer, "here");
    }
}

/* ---- names: E402, E411 -------------------------------------------------- */

static void
say_no_name(struct check *check, struct span span, enum diag_code code,
            const json_t *answer)
{
    const char *name = pyask_text(answer, "name");
    const char *module = pyask_text(answer, "module");
    const char *file = pyask_text(answer, "file");
    const char *within = pyask_text(answer, "within");
    struct diag *diag;

    if (strcmp(within, "builtins") == 0) {
        within = "Python itself";
    }
    else {
        within = diag_quote(check->diags, within);
    }
    diag = diag_error(check->diags, span, code, "%s defines no %s", within,
                      diag_quote(check->diags, name));
    if (*file != '\0') {
        diag_note(diag, "it is the file %s", diag_quote(check->diags, file));
    }
    if (*module != '\0') {
        diag_help(diag, "%s is a module: write %s:NAME",
                  diag_quote(check->diags, name), module);
        return;
    }
    suggest_help(check->diags, diag, pyask_words(check->pool, answer, "near"),
                 name);
}

/* What can be said of any name that was not found; false if it was. */
static int
say_fault(struct check *check, struct span span, enum diag_code code,
          const json_t *answer)
{
    const char *state = pyask_text(answer, "state");

    if (strcmp(state, "no-module") == 0) {
        say_no_module(check, span, answer);
    }
    else if (strcmp(state, "broken") == 0) {
        say_broken(check, span, answer);
    }
    else if (strcmp(state, "no-name") == 0) {
        say_no_name(check, span, code, answer);
    }
    else {
        return 0;
    }
    return 1;
}

/* ---- functions ---------------------------------------------------------- */

static const char *
quote_function(struct check *check, const struct model_function *function)
{
    return diag_quote(check->diags,
                      reference(check, function->module, function->qualname));
}

static void
say_unknown(struct check *check, const struct model_function *function,
            const json_t *answer)
{
    struct diag *diag = diag_warn(
        check->diags, function->span, W407, "can't check the calls of %s: %s",
        quote_function(check, function), pyask_text(answer, "why"));

    pyplace_add(check->places, diag, answer, "here");
}

/* Whether the route's answer may come in chunks. */
static int
may_stream(const struct model_route *route)
{
    if (results_type(route, route->status) != NULL) {
        return 0;
    }
    if (route->formats != NULL) {
        return !route->no_content; /* in all of them but json */
    }
    switch (route->produce) {
    case ROUTES_PRODUCE_AUTO:
    case ROUTES_PRODUCE_JSON:
        return 0;
    case ROUTES_PRODUCE_HTML:
    case ROUTES_PRODUCE_TEXT:
    case ROUTES_PRODUCE_MEDIA:
    case ROUTES_PRODUCE_STREAM:
        return !route->no_content;
    }
    return 0;
}

static void
check_stream(struct check *check, const struct model_route *route,
             const json_t *answer)
{
    struct diag *diag;

    if (!pyask_is(answer, "generator") || may_stream(route)) {
        return;
    }
    diag = diag_error(check->diags, route->target, E408,
                      "%s is a generator, and its route does not say that "
                      "it streams",
                      quote_function(check, route->function));
    pyplace_add(check->places, diag, answer, "the function");
    diag_help(diag, "add `returns stream`, or a media type: `returns "
                    "text/csv`");
}

/* The functions that mounts name. */
static apr_hash_t *
find_mounted(const struct check *check)
{
    const apr_array_header_t *routes = check->job->model->routes;
    apr_hash_t *mounted = apr_hash_make(check->pool);

    for (int i = 0; i < routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(routes, struct model_route, i);

        if (model_is_application(route)) {
            apr_hash_set(mounted, &route->mount->function,
                         sizeof(route->mount->function), route);
        }
    }
    return mounted;
}

/* An application is often made at run time, and called in one way only. */
static void
check_function(struct check *check, const struct model_function *function,
               const json_t *answer, bool mounted)
{
    const char *state = pyask_text(answer, "state");

    if (say_fault(check, function->span, E402, answer)) {
        return;
    }
    if (strcmp(state, "unknown") == 0 && !mounted) {
        say_unknown(check, function, answer);
    }
    else if (strcmp(state, "no-call") == 0) {
        diag_error(check->diags, function->span, mounted ? E410 : E402,
                   "%s is %s, which can't be called",
                   quote_function(check, function),
                   pyask_text(answer, "what"));
    }
}

static void
check_functions(struct check *check)
{
    const apr_array_header_t *functions = check->job->model->functions;
    const json_t *answers = json_object_get(check->answer, "functions");
    apr_hash_t *mounted = find_mounted(check);

    for (int i = 0; i < functions->nelts; i++) {
        const struct model_function *function =
            MODEL_AT(functions, struct model_function, i);
        const json_t *answer = json_array_get(answers, (size_t)i);

        check_function(check, function, answer,
                       apr_hash_get(mounted, &function, sizeof(function)) !=
                           NULL);
        if (strcmp(pyask_text(answer, "state"), "function") == 0) {
            apr_hash_set(check->answered,
                         &MODEL_AT(functions, struct model_function, i),
                         sizeof(function), answer);
        }
    }
}

static void
say_async(struct check *check, const struct model_route *route,
          const json_t *answer)
{
    struct diag *diag =
        diag_error(check->diags, route->target, E406,
                   "%s is async, and a WSGI application is not",
                   quote_function(check, route->mount->function));

    pyplace_add(check->places, diag, answer, "the function");
    diag_help(diag, "an ASGI application is mounted with `asgi`");
}

/* What gives its chunks by yield gives nothing that could be awaited. */
static void
say_generator(struct check *check, const struct model_route *route,
              const json_t *answer)
{
    struct diag *diag =
        diag_error(check->diags, route->target, E410,
                   "%s is a generator, and an ASGI application is awaited",
                   quote_function(check, route->mount->function));

    pyplace_add(check->places, diag, answer, "the function");
    diag_help(diag, "a WSGI application is mounted with `wsgi`");
}

/* A mounted application is called with two arguments (PEP 3333), or three
 * (ASGI 3.0). */
static void
check_application(struct check *check, const struct model_route *route,
                  const json_t *answer)
{
    const struct model_function *function = route->mount->function;
    bool asgi = route->mount->kind == ROUTES_MOUNT_ASGI;
    const struct pyfit_call call = {
        .name = reference(check, function->module, function->qualname),
        .what = asgi ? "an ASGI application" : "a WSGI application",
        .given =
            asgi ? "scope, receive and send" : "environ and start_response",
        .n = asgi ? 3 : 2,
        .span = route->target,
        .code = E410};

    if (!asgi && pyask_is(answer, "async")) {
        say_async(check, route, answer);
    }
    else if (asgi && pyask_is(answer, "generator")) {
        say_generator(check, route, answer);
    }
    else {
        pyfit_check_count(check->diags, check->places, &call, answer);
    }
}

static void
check_call(struct check *check, const struct model_route *route,
           const json_t *answer)
{
    if (model_is_application(route)) {
        check_application(check, route, answer);
        return;
    }
    check_stream(check, route, answer);
    if (!route->unclear) {
        pyfit_check(check->diags, check->places, route, answer);
    }
}

/* Routes whose arguments had errors would be blamed for what is missing. */
static void
check_calls(struct check *check)
{
    const apr_array_header_t *routes = check->job->model->routes;

    for (int i = 0; i < routes->nelts; i++) {
        const struct model_route *route =
            MODEL_AT(routes, struct model_route, i);
        const struct model_function *function = model_is_application(route)
                                                    ? route->mount->function
                                                    : route->function;
        const json_t *answer =
            apr_hash_get(check->answered, &function, sizeof(function));

        if (answer != NULL) {
            check_call(check, route, answer);
        }
    }
}

/* Calls by position: what is called beside the routes. */
static void
check_other_calls(struct check *check)
{
    const apr_array_header_t *calls = check->job->model->calls;

    for (int i = 0; i < calls->nelts; i++) {
        const struct model_call *call =
            MODEL_AT(calls, const struct model_call, i);
        const json_t *answer = apr_hash_get(check->answered, &call->function,
                                            sizeof(call->function));
        const struct pyfit_call fit = {
            .name = reference(check, call->function->module,
                              call->function->qualname),
            .what = call->what,
            .given = call->given,
            .n = call->n_args,
            .span = call->span,
            .code = E403};

        if (answer != NULL) {
            pyfit_check_count(check->diags, check->places, &fit, answer);
        }
    }
}

static void
check_predicates(struct check *check)
{
    const apr_array_header_t *predicates = check->job->model->predicates;

    for (int i = 0; i < predicates->nelts; i++) {
        const struct model_predicate *predicate =
            MODEL_AT(predicates, const struct model_predicate, i);
        const json_t *answer =
            apr_hash_get(check->answered, &predicate->function,
                         sizeof(predicate->function));

        if (answer != NULL) {
            pyfit_check_predicate(check->diags, check->places, predicate,
                                  answer);
        }
    }
}

/* The members of a record as the call of its class that they are. */
static apr_array_header_t *
args_of_record(struct check *check, const struct model_record *record)
{
    apr_array_header_t *args = apr_array_make(
        check->pool, record->members->nelts, sizeof(struct model_arg *));

    for (int i = 0; i < record->members->nelts; i++) {
        const struct model_member *member =
            MODEL_AT(record->members, struct model_member, i);
        struct model_arg *arg = apr_pcalloc(check->pool, sizeof(*arg));

        arg->name = member->name;
        arg->type = member->type;
        arg->constant = member->constant;
        arg->source = ROUTES_FROM_BODY;
        arg->span = member->span;
        APR_ARRAY_PUSH(args, struct model_arg *) = arg;
    }
    return args;
}

static void
check_records(struct check *check)
{
    const apr_array_header_t *records = check->job->model->records;

    for (int i = 0; i < records->nelts; i++) {
        const struct model_record *record =
            MODEL_AT(records, struct model_record, i);
        const json_t *answer =
            record->made == NULL ? NULL
                                 : apr_hash_get(check->answered, &record->made,
                                                sizeof(record->made));
        struct model_route call = {.function = record->made,
                                   .target = record->target};

        if (answer != NULL && !record->unclear) {
            call.args = args_of_record(check, record);
            pyfit_check(check->diags, check->places, &call, answer);
        }
    }
}

/* ---- realms ------------------------------------------------------------- */

static void
check_option(struct check *check, const struct model_realm *realm,
             const struct model_option *option)
{
    const json_t *answer =
        option->function == NULL
            ? NULL
            : apr_hash_get(check->answered, &option->function,
                           sizeof(option->function));
    int with_password = realm->kind == ROUTES_REALM_BASIC;
    struct pyfit_call call = {.n = with_password ? 2 : 1, .code = E403};

    if (answer == NULL) {
        return;
    }
    call.name =
        reference(check, option->function->module, option->function->qualname);
    call.what =
        apr_psprintf(check->pool, "the `%s` of a `%s` realm",
                     option->row->name, routes_option_kind_name(realm->kind));
    call.given = with_password                         ? "user and password"
                 : realm->kind == ROUTES_REALM_SESSION ? "the login"
                                                       : "the request";
    call.span = option->span;
    pyfit_check_count(check->diags, check->places, &call, answer);
}

static void
check_realms(struct check *check)
{
    const apr_array_header_t *realms = check->job->model->realms;

    for (int i = 0; i < realms->nelts; i++) {
        const struct model_realm *realm =
            MODEL_AT(realms, const struct model_realm, i);

        for (int j = 0; j < realm->options->nelts; j++) {
            check_option(
                check, realm,
                MODEL_AT(realm->options, const struct model_option, j));
        }
    }
}

/* ---- exceptions --------------------------------------------------------- */

static void
check_class(struct check *check, const struct model_raise *raise,
            const json_t *answer)
{
    const char *name = strcmp(raise->module, "builtins") == 0
                           ? raise->qualname
                           : reference(check, raise->module, raise->qualname);
    struct diag *diag;

    if (say_fault(check, raise->span, E411, answer)) {
        return;
    }
    if (strcmp(pyask_text(answer, "state"), "no-exception") == 0) {
        diag = diag_error(check->diags, raise->span, E411,
                          "%s is no exception class",
                          diag_quote(check->diags, name));
        pyplace_add(check->places, diag, answer, "the class");
    }
}

static void
check_classes(struct check *check)
{
    const json_t *answers = json_object_get(check->answer, "classes");

    for (int i = 0; i < check->raises->nelts; i++) {
        check_class(check, MODEL_AT(check->raises, struct model_raise, i),
                    json_array_get(answers, (size_t)i));
    }
}

/* ---- functions that nothing names: W409 --------------------------------- */

static void
say_unused(struct check *check, const char *module, const json_t *function,
           apr_hash_t *named)
{
    const char *name = reference(check, module, pyask_text(function, "name"));

    if (apr_hash_get(named, name, APR_HASH_KEY_STRING) == NULL) {
        diag_warn(check->job->options->unused,
                  pyplace_span(check->places, function), W409,
                  "no route uses %s", diag_quote(check->diags, name));
    }
}

static void
check_unused(struct check *check)
{
    const json_t *modules = json_object_get(check->answer, "modules");
    const apr_array_header_t *functions = check->question.functions;
    apr_hash_t *named = apr_hash_make(check->pool);

    for (int i = 0; i < functions->nelts; i++) {
        const char *name = APR_ARRAY_IDX(functions, i, const char *);

        apr_hash_set(named, name, APR_HASH_KEY_STRING, name);
    }
    for (int i = 0; i < check->question.modules->nelts; i++) {
        const json_t *defined =
            json_object_get(json_array_get(modules, (size_t)i), "functions");

        for (size_t j = 0; j < json_array_size(defined); j++) {
            say_unused(check,
                       APR_ARRAY_IDX(check->question.modules, i, const char *),
                       json_array_get(defined, j), named);
        }
    }
}

/* ---- all of it ---------------------------------------------------------- */

const char *
pycheck_run(apr_pool_t *pool, const struct pycheck_job *job)
{
    struct check check = {
        .pool = pool,
        .job = job,
        .diags = job->diags,
        .places = pyplace_make(pool, job->sources),
        .said = apr_hash_make(pool),
        .answered = apr_hash_make(pool),
    };
    const char *problem;
    json_t *answer = NULL;

    make_question(&check);
    if (check.question.functions->nelts + check.raises->nelts == 0) {
        return NULL;
    }
    problem = pyask_run(pool, &check.question, &answer);
    if (problem != NULL) {
        return problem;
    }
    check.answer = answer;
    check_functions(&check);
    check_calls(&check);
    check_other_calls(&check);
    check_predicates(&check);
    check_records(&check);
    check_realms(&check);
    check_classes(&check);
    check_unused(&check);
    return NULL;
}
