/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Apache side sees of CPython: wiring of the files beside this one.
 */
#include "embed.h"

#include "py.h"

#include <apr_strings.h>

#include "apache_module.h"
#include "asgi.h"
#include "ask.h"
#include "await.h"
#include "binding.h"
#include "call.h"
#include "chunks.h"
#include "error.h"
#include "interpreter.h"
#include "outlet.h"
#include "process.h"
#include "pyrequest.h"
#include "pysocket.h"
#include "pysocket_loop.h"
#include "recipe.h"
#include "result.h"
#include "shutdown.h"
#include "signals.h"
#include "stdio.h"
#include "trouble.h"
#include "verdict.h"
#include "wsgi.h"

#include "../../runtime/table.h"
#include "../log.h"

struct embed {
    struct interpreter *interpreter; /* as long as the process */
    struct shutdown *shutdown;       /* the same, or NULL */
};

/* Threads outlive pchild, the helper of shutdown.c among them, and look at the
 * interpreter when they end: its pool is nobody's child. */
static apr_status_t
make_lasting_pool(apr_pool_t **pool)
{
    return apr_pool_create_unmanaged_ex(pool, NULL, NULL);
}

apr_status_t
embed_start(apr_pool_t *pchild, server_rec *server,
            const struct embed_options *options, struct embed **embed)
{
    *embed = NULL;
    apr_pool_t *pool = NULL;
    apr_status_t rv = make_lasting_pool(&pool);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    sigset_t before;
    process_hold_signals(&before);
    struct interpreter *interpreter = NULL;
    rv = interpreter_start(pool, pchild, server, options, &interpreter);
    if (rv == APR_SUCCESS) {
        interpreter->place_of = options->place_of;
        interpreter->time_of = options->time_of;
        interpreter->has_page = options->has_page;
        interpreter->sessions = options->sessions;
        *embed = apr_palloc(pool, sizeof **embed);
        (*embed)->interpreter = interpreter;
        (*embed)->shutdown = shutdown_start(pool, interpreter);
        if (options->ends_in_handler && (*embed)->shutdown != NULL) {
            signals_take((*embed)->shutdown,
                         interpreter_thread(interpreter)->state);
        }
    }
    process_release_signals(&before);
    return rv;
}

void
embed_stop(struct embed *embed)
{
    if (embed == NULL || atomic_exchange(&embed->interpreter->stopping, 1)) {
        return;
    }
    if (embed->shutdown != NULL) {
        shutdown_run(embed->shutdown);
    }
    atomic_store(&embed->interpreter->stopped, 1);
}

apr_status_t
embed_bind(struct embed *embed, apr_pool_t *pchild, server_rec *server,
           const struct routes_table *table, struct embed_table **result,
           unsigned *failures)
{
    *result = NULL;
    *failures = 0;
    return embed == NULL ? APR_EINIT
                         : binding_make(embed->interpreter, pchild, server,
                                        table, result, failures);
}

/* ---- calling ------------------------------------------------------------ */

/* Waits for what is to be awaited: *given is then its result, or NULL with an
 * exception; or NULL without one: nobody waits for the answer any more, which
 * is the value, else OK. */
static int
wait_for(const struct embed_table *bound, request_rec *r, PyObject **given)
{
    if (*given == NULL || !await_takes(*given)) {
        return OK;
    }
    Py_SETREF(*given, await_result(bound->interpreter, r, *given));
    if (*given == NULL && !PyErr_Occurred()) {
        r->status = 499; /* for the access log alone */
        return DONE;
    }
    return OK;
}

/* Takes the exception of the request's code, which the route may have a word
 * on if its function raised it: then it is returned, new, else NULL.  The
 * limit on its time ends before code runs that describes it. */
static PyObject *
explain(struct interpreter *interpreter, const struct recipe *recipe,
        apr_pool_t *pool, int raised, struct error *error)
{
    struct interpreter_thread *thread = interpreter_thread(interpreter);
    int late = thread->scope.left != 0 && deadline_end(thread);
    PyObject *exception = NULL; /* new */
    if (raised) {
        exception = error_of_call(interpreter->apache, recipe, pool, error);
    }
    else {
        error_of_result(interpreter->apache, recipe->subject, pool, error);
    }
    if (late) {
        error_of_late(recipe->subject, thread->scope.time, pool, error);
    }
    return exception;
}

/* A call on its way to its answer. */
struct errand {
    const struct embed_table *bound;
    const struct recipe *recipe;
    request_rec *r;
    const struct routes_route *route; /* what it says of plain results */
    uint32_t format;                  /* as result_reply wants it */
    int paged;                        /* its errors may have pages */
    struct reply *reply;
    struct error *error; /* what an exception came to */
};

/* What the code of a request raised, if a page of this status may ask for it;
 * or NULL. */
static struct embed_exception *
keep_exception(struct interpreter *interpreter, request_rec *r, int status,
               PyObject *exception)
{
    return interpreter->has_page != NULL && interpreter->has_page(r, status)
               ? trouble_keep(interpreter, r, exception)
               : NULL;
}

static int
fail_call(const struct errand *errand, int raised)
{
    struct interpreter *interpreter = errand->bound->interpreter;
    PyObject *exception = explain(interpreter, errand->recipe, errand->r->pool,
                                  raised, errand->error); /* new */
    errand->reply->exception = NULL;
    if (exception != NULL && errand->paged) {
        errand->reply->exception = keep_exception(
            interpreter, errand->r, errand->error->status, exception);
    }
    Py_XDECREF(exception);
    return errand->error->status;
}

/* Turns what was called gave, new or NULL with an exception, into the
 * reply. */
static int
conclude(const struct errand *errand, PyObject *result)
{
    struct interpreter *interpreter = errand->bound->interpreter;
    request_rec *r = errand->r;
    int status = wait_for(errand->bound, r, &result);
    if (status != OK) {
        return status;
    }
    if (result == NULL) {
        return fail_call(errand, 1);
    }
    switch (result_reply(interpreter, r, errand->bound->table, errand->route,
                         errand->format, errand->recipe, result,
                         errand->reply)) {
    case RESULT_SENT:
        break;
    case RESULT_REFUSED:
        status = fail_call(errand, 0);
        break;
    case RESULT_RAISED:
        status = fail_call(errand, 1);
        break;
    }
    Py_DECREF(result);
    return status;
}

/* What may be shown of a fault, before it is logged, which cuts it up. */
static void
keep_fault(request_rec *r, const struct error *error, struct reply *reply)
{
    reply->head = error->head;
    reply->trace =
        error->trace != NULL ? apr_pstrdup(r->pool, error->trace) : NULL;
}

/* Exchanges what a thread runs for with what it did before. */
static void
exchange(struct interpreter_thread *thread, struct interpreter_scope *scope)
{
    struct interpreter_scope before = thread->scope;
    thread->scope = *scope;
    *scope = before;
}

/* The shorter of a call's own limit and of that which the tables around the
 * request's give it; 0: none. */
static uint32_t
time_within(const struct interpreter *interpreter, const request_rec *r,
            uint32_t own)
{
    uint32_t around =
        interpreter->watchdog != NULL && interpreter->time_of != NULL
            ? interpreter->time_of(r)
            : 0;
    return around != 0 && (own == 0 || around < own) ? around : own;
}

/* What a thread is to know while it calls for a request, for at most `own` ms
 * (0: any). */
static struct interpreter_scope
scope_of(const struct embed_table *bound, request_rec *r, uint32_t route,
         const char *subject, uint32_t own)
{
    uint32_t time = time_within(bound->interpreter, r, own);
    return (struct interpreter_scope){.request = r,
                                      .table = bound->table,
                                      .route = route,
                                      .subject = subject,
                                      .left = (int64_t)time * 1000,
                                      .time = time};
}

/* Enters for code of a request's function; leave ends it.  The scope is that
 * of the request, and in between what the thread had before. */
static struct interpreter_thread *
enter(struct interpreter *interpreter, struct interpreter_scope *scope)
{
    struct interpreter_thread *thread = interpreter_enter(interpreter);
    if (thread != NULL) {
        exchange(thread, scope);
        pyrequest_resume(thread);
        if (thread->scope.left != 0) {
            deadline_begin(thread);
        }
    }
    return thread;
}

/* lasts: the function's code will run again, as a stream. */
static void
leave(struct interpreter_thread *thread, struct interpreter_scope *scope,
      int lasts, const struct error *error)
{
    request_rec *r = thread->scope.request;
    if (thread->scope.left != 0) {
        deadline_end(thread);
    }
    pyrequest_suspend(thread, lasts);
    interpreter_leave();
    stdio_end_request(thread);
    exchange(thread, scope);
    if (error->head != NULL) {
        error_log(error, r);
    }
}

static int
refuse_call(const char *subject, request_rec *r)
{
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  LOGNO(0123) "%s can't be called (the reason was logged when "
                              "this process started)",
                  subject);
    return HTTP_SERVICE_UNAVAILABLE;
}

int
embed_call(struct embed_table *bound, request_rec *r, uint32_t route,
           uint32_t format, const struct routes_value *values,
           struct reply *reply)
{
    const struct recipe *recipe = &bound->recipes[route];
    if (recipe->callable == NULL) {
        return refuse_call(recipe->subject, r);
    }
    struct interpreter_scope scope =
        scope_of(bound, r, route, recipe->subject, recipe->time);
    scope.format = format;
    struct interpreter_thread *thread = enter(bound->interpreter, &scope);
    if (thread == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    struct error error = {0};
    struct errand errand = {.bound = bound,
                            .recipe = recipe,
                            .r = r,
                            .route = &bound->table->routes[route],
                            .format = format,
                            .paged = 1,
                            .reply = reply,
                            .error = &error};
    int status = conclude(
        &errand, call_function(bound->interpreter->apache, recipe, values));
    if (status == HTTP_INTERNAL_SERVER_ERROR && !error.mapped) {
        keep_fault(r, &error, reply);
    }
    int lasts = status == OK && reply->stream != NULL;
    leave(thread, &scope, lasts, &error);
    if (lasts) {
        reply->stream->scope = scope;
    }
    return status;
}

/* ---- websockets --------------------------------------------------------- */

static void
place_socket(const struct routes_route *route, struct routes_value *values,
             PyObject *object)
{
    for (uint32_t i = 0; i < route->n_args; i++) {
        if (values[i].kind == ROUTES_VALUE_WEBSOCKET) {
            values[i].u.stream = object;
        }
    }
}

/* What became of it: 0, or an exception, -1.  To be told by one that the
 * client is gone is no fault. */
static int
settle_talk(const struct errand *errand, const struct embed_socket *socket,
            int result)
{
    struct apache_state *state = errand->bound->interpreter->apache;
    if (result != 0 && socket->open &&
        PyErr_ExceptionMatches(state->disconnected)) {
        PyErr_Clear();
        result = 0;
    }
    if (result != 0) {
        return fail_call(errand, 1);
    }
    return socket->open ? OK : HTTP_FORBIDDEN;
}

/* -1 with an exception. */
static int
check_nothing(struct apache_state *state, PyObject *result)
{
    if (result != NULL && result != Py_None) {
        PyErr_Format(state->refusal,
                     "gave back a value of type %s, which nobody gets: what "
                     "is sent over a websocket goes by send()",
                     Py_TYPE(result)->tp_name);
    }
    return result == Py_None ? 0 : -1;
}

/* A `def` function speaks on this thread. */
static int
talk_here(const struct errand *errand, struct routes_value *values,
          struct embed_socket *socket)
{
    struct apache_state *state = errand->bound->interpreter->apache;
    PyObject *object = pysocket_make(state, socket); /* new */
    if (object == NULL) {
        return fail_call(errand, 1);
    }
    place_socket(errand->route, values, object);
    PyObject *result = call_function(state, errand->recipe, values); /* new */
    int fault = check_nothing(state, result);
    Py_XDECREF(result);
    pysocket_end(object);
    Py_DECREF(object);
    return settle_talk(errand, socket, fault);
}

/* Runs the function on the loop, and speaks for it meanwhile. */
static int
run_talk(const struct errand *errand, PyObject *object,
         const struct routes_value *values, struct embed_socket *socket,
         int *status)
{
    struct interpreter *interpreter = errand->bound->interpreter;
    struct outlet outlet = {.interpreter = interpreter, .r = errand->r};
    const struct embed_visit visit = {.socket = socket};
    PyObject *awaitable =
        call_function(interpreter->apache, errand->recipe, values); /* new */
    if (awaitable == NULL) {
        return -1;
    }
    /* what is interrupted here would leave a task behind */
    deadline_end(interpreter_thread(interpreter));
    PyObject *link = pysocket_loop_start(interpreter, object, awaitable,
                                         errand->recipe->subject); /* new */
    Py_DECREF(awaitable);
    return link != NULL ? asgi_talk(&outlet, &visit, link, status) : -1;
}

/* An `async def` function speaks on the loop. */
static int
talk_there(const struct errand *errand, struct routes_value *values,
           struct embed_socket *socket)
{
    int status = OK;
    PyObject *object =
        pysocket_loop_make(errand->bound->interpreter, socket); /* new */
    if (object == NULL) {
        return fail_call(errand, 1);
    }
    place_socket(errand->route, values, object);
    int fault = run_talk(errand, object, values, socket, &status);
    Py_DECREF(object);
    return fault == 0 ? status : settle_talk(errand, socket, fault);
}

int
embed_talk(struct embed_table *bound, request_rec *r, uint32_t route,
           struct routes_value *values, struct embed_socket *socket,
           struct reply *reply)
{
    const struct recipe *recipe = &bound->recipes[route];
    if (recipe->callable == NULL) {
        return refuse_call(recipe->subject, r);
    }
    struct interpreter_scope scope =
        scope_of(bound, r, route, recipe->subject, recipe->time);
    struct interpreter_thread *thread = enter(bound->interpreter, &scope);
    if (thread == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    struct error error = {0};
    struct errand errand = {.bound = bound,
                            .recipe = recipe,
                            .r = r,
                            .route = &bound->table->routes[route],
                            .paged = 1,
                            .reply = reply,
                            .error = &error};
    int status = recipe->async ? talk_there(&errand, values, socket)
                               : talk_here(&errand, values, socket);
    if (status == HTTP_INTERNAL_SERVER_ERROR && !error.mapped) {
        keep_fault(r, &error, reply);
    }
    leave(thread, &scope, 0, &error);
    return status;
}

/* ---- error pages -------------------------------------------------------- */

/* Returns new, or NULL with an exception. */
static PyObject *
call_page(const struct embed_table *bound, const struct recipe *recipe,
          const struct embed_trouble *trouble)
{
    PyObject *error = trouble_make(bound->interpreter->apache, bound->table,
                                   trouble); /* new */
    if (error == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_CallOneArg(recipe->callable, error);
    Py_DECREF(error);
    return result;
}

/* The recipe of a page for a request: without a time of its own it has that of
 * the function in whose place it answers. */
static const struct recipe *
recipe_of_page(const struct embed_table *bound, uint32_t page, uint32_t route,
               apr_pool_t *pool)
{
    const struct recipe *recipe = &bound->pages[page];
    if (recipe->time != 0 || bound->recipes[route].time == 0) {
        return recipe;
    }
    struct recipe *timed = apr_pmemdup(pool, recipe, sizeof *recipe);
    timed->time = bound->recipes[route].time;
    return timed;
}

int
embed_page(struct embed_table *bound, request_rec *r, uint32_t page,
           const struct embed_trouble *trouble, struct reply *reply)
{
    const struct routes_page *row = &bound->table->pages[page];
    const struct routes_match *match = trouble->match;
    uint32_t route = match->outcome == ROUTES_FOUND ? match->route : 0;
    const struct recipe *recipe = recipe_of_page(bound, page, route, r->pool);
    if (recipe->callable == NULL) {
        return refuse_call(recipe->subject, r);
    }
    struct interpreter_scope scope =
        scope_of(bound, r, route, recipe->subject, recipe->time);
    struct interpreter_thread *thread = enter(bound->interpreter, &scope);
    if (thread == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    struct error error = {0};
    /* a plain result keeps the error's status */
    const struct routes_route like = {.status = (uint16_t)trouble->status,
                                      .produce = row->produce,
                                      .media = row->media};
    struct errand errand = {.bound = bound,
                            .recipe = recipe,
                            .r = r,
                            .route = &like,
                            .reply = reply,
                            .error = &error};
    int status = conclude(&errand, call_page(bound, recipe, trouble));
    trouble_drop(trouble->exception);
    int lasts = status == OK && reply->stream != NULL;
    leave(thread, &scope, lasts, &error);
    if (lasts) {
        reply->stream->scope = scope;
    }
    return status;
}

/* ---- realms ------------------------------------------------------------- */

/* What an exception came to: 504 if the time was over. */
static int
settle_ask(const struct embed_table *bound, const char *subject,
           request_rec *r, struct error *error)
{
    struct interpreter_thread *thread = interpreter_thread(bound->interpreter);
    int late = thread->scope.left != 0 && deadline_end(thread);
    const struct recipe named = {.subject = subject};
    /* a body may be at fault, and so the caller */
    Py_DECREF(
        error_of_call(bound->interpreter->apache, &named, r->pool, error));
    if (late) {
        error_of_late(subject, thread->scope.time, r->pool, error);
    }
    return error->status;
}

/* As conclude(), for a function that a realm asks. */
static int
run_ask(const struct embed_table *bound, const struct ask *ask, request_rec *r,
        const struct embed_question *question, enum embed_word *word,
        struct routes_caller *caller, struct error *error)
{
    struct apache_state *state = bound->interpreter->apache;
    PyObject *given = ask_call(state, ask, question); /* new */
    int status = wait_for(bound, r, &given);
    if (status != OK) {
        return status;
    }
    if (given == NULL) {
        return settle_ask(bound, ask->subject, r, error);
    }
    if (ask_read(state, r->pool, question, given, word, caller) != 0) {
        error_of_result(state, ask->subject, r->pool, error);
        status = error->status;
    }
    Py_DECREF(given);
    return status;
}

int
embed_identify(struct embed_table *bound, request_rec *r,
               const struct embed_question *question, enum embed_word *word,
               struct routes_caller *caller)
{
    const struct ask *ask = &bound->asks[question->function];
    if (ask->callable == NULL) {
        return refuse_call(ask->subject, r);
    }
    struct interpreter_scope scope =
        scope_of(bound, r, question->route, ask->subject,
                 bound->recipes[question->route].time);
    struct interpreter_thread *thread = enter(bound->interpreter, &scope);
    if (thread == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    struct error error = {0};
    int status = run_ask(bound, ask, r, question, word, caller, &error);
    leave(thread, &scope, 0, &error);
    return status;
}

/* ---- rules -------------------------------------------------------------- */

/* "shop.routes:22: shop.authz:owns (the rule owns, for shop.routes:40)" */
static const char *
name_case(const struct embed_table *bound, apr_pool_t *pool,
          const struct embed_case *about)
{
    const struct routes_table *table = bound->table;
    const struct routes_route *route = &table->routes[about->route];
    const char *rule =
        routes_table_text(table, table->predicates[about->predicate].name);
    const char *subject = bound->verdicts[about->predicate].subject;
    if (about->route == 0) {
        return apr_psprintf(pool, "%s (the rule %s)", subject, rule);
    }
    return apr_psprintf(
        pool, "%s (the rule %s, for the route at %s:%u)", subject, rule,
        routes_table_text(table, table->files[route->file].path), route->line);
}

/* What an exception came to: 504 if the time was over. */
static int
settle_case(const struct embed_table *bound, request_rec *r,
            const struct embed_case *about, struct error *error)
{
    struct interpreter_thread *thread = interpreter_thread(bound->interpreter);
    const char *subject = name_case(bound, r->pool, about);
    int late = thread->scope.left != 0 && deadline_end(thread);
    error_of_result(bound->interpreter->apache, subject, r->pool, error);
    if (late) {
        error_of_late(subject, thread->scope.time, r->pool, error);
    }
    return error->status;
}

/* As run_ask(), for a function behind a rule. */
static int
run_case(const struct embed_table *bound, request_rec *r,
         const struct embed_case *about, int *truth, struct error *error)
{
    PyObject *given =
        verdict_call(bound->interpreter->apache, bound->shapes,
                     &bound->verdicts[about->predicate], about); /* new */
    int status = wait_for(bound, r, &given);
    if (status != OK) {
        return status;
    }
    int read = given == NULL ? -1 : verdict_read(given);
    Py_XDECREF(given);
    if (read < 0) {
        return settle_case(bound, r, about, error);
    }
    *truth = read;
    return OK;
}

int
embed_judge(struct embed_table *bound, request_rec *r,
            const struct embed_case *about, int *truth)
{
    const struct verdict *verdict = &bound->verdicts[about->predicate];
    if (verdict->callable == NULL) {
        return refuse_call(verdict->subject, r);
    }
    struct interpreter_scope scope =
        scope_of(bound, r, about->route, verdict->subject,
                 bound->recipes[about->route].time);
    struct interpreter_thread *thread = enter(bound->interpreter, &scope);
    if (thread == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    struct error error = {0};
    int status = run_case(bound, r, about, truth, &error);
    leave(thread, &scope, 0, &error);
    return status;
}

/* ---- applications ------------------------------------------------------- */

/* What came of an exception of an application.  What this module finds wrong
 * with its answer is none of its own. */
static int
settle_visit(struct outlet *outlet, const struct recipe *recipe,
             struct reply *fault, struct error *error)
{
    if (outlet->gone) {
        PyErr_Clear();
        return DONE;
    }
    struct interpreter *interpreter = outlet->interpreter;
    PyObject *exception =
        explain(interpreter, recipe, outlet->r->pool, 1, error); /* new */
    if (!PyErr_GivenExceptionMatches(exception,
                                     interpreter->apache->refusal)) {
        fault->exception =
            keep_exception(interpreter, outlet->r, error->status, exception);
    }
    Py_DECREF(exception);
    if (error->status == HTTP_INTERNAL_SERVER_ERROR && !error->mapped) {
        keep_fault(outlet->r, error, fault);
    }
    return error->status;
}

int
embed_visit_app(struct embed_table *bound, request_rec *r, uint32_t route,
                struct embed_visit *visit, struct reply *fault)
{
    struct interpreter *interpreter = bound->interpreter;
    const struct recipe *recipe = &bound->recipes[route];
    struct outlet outlet = {
        .interpreter = interpreter, .r = r, .sink = visit->sink};
    if (recipe->callable == NULL) {
        return refuse_call(recipe->subject, r);
    }
    struct interpreter_scope scope =
        scope_of(bound, r, route, recipe->subject, recipe->time);
    struct interpreter_thread *thread = enter(bound->interpreter, &scope);
    if (thread == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    struct error error = {0};
    int status = OK;
    int result =
        bound->lives[route] != NULL
            ? asgi_run(&outlet, bound->lives[route], recipe->callable, visit,
                       &status)
            : wsgi_run(&outlet, bound->environ, recipe->callable, visit);
    if (result != 0) {
        status = settle_visit(&outlet, recipe, fault, &error);
    }
    visit->begun = outlet.begun;
    leave(thread, &scope, 0, &error);
    return status;
}

/* ---- streams ------------------------------------------------------------ */

/* With the GIL held. */
static apr_status_t
take_chunk(struct embed_stream *stream, apr_bucket **bucket)
{
    PyObject *chunk = chunks_next(stream); /* new */
    if (chunk == NULL) {
        if (stream->gone) {
            return APR_ECONNABORTED;
        }
        return PyErr_Occurred() ? APR_EGENERAL : APR_EOF;
    }
    *bucket = chunks_bucket(stream, chunk);
    Py_DECREF(chunk);
    return *bucket == NULL && PyErr_Occurred() ? APR_EGENERAL : APR_SUCCESS;
}

apr_status_t
embed_stream_next(struct embed_stream *stream, apr_bucket **chunk)
{
    struct interpreter *interpreter = stream->interpreter;
    *chunk = NULL;
    struct interpreter_thread *thread = enter(interpreter, &stream->scope);
    if (thread == NULL) {
        return APR_ENOMEM;
    }
    struct error error = {0};
    apr_status_t rv = take_chunk(stream, chunk);
    if (rv == APR_EGENERAL) {
        explain(interpreter, stream->recipe, stream->r->pool, 0, &error);
    }
    leave(thread, &stream->scope, 1, &error);
    return rv;
}

void
embed_stream_end(struct embed_stream *stream)
{
    struct interpreter *interpreter = stream->interpreter;
    deadline_extend(&stream->scope.left);
    struct interpreter_thread *thread = enter(interpreter, &stream->scope);
    if (thread == NULL) {
        return;
    }
    struct error error = {0};
    if (chunks_end(stream) != 0) {
        explain(interpreter, stream->recipe, stream->r->pool, 0, &error);
    }
    leave(thread, &stream->scope, 0, &error);
}
