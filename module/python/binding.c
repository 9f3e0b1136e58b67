/* SPDX-License-Identifier: Apache-2.0 */
/* Functions, records, realms and events of a table, resolved in Python. */
#include "binding.h"

#include <apr_strings.h>

#include "asgi.h"
#include "asgi_loop.h"
#include "ask.h"
#include "error.h"
#include "events.h"
#include "function.h"
#include "interpreter.h"
#include "object.h"
#include "process.h"
#include "recipe.h"
#include "shape.h"
#include "stdio.h"
#include "url_for.h"
#include "verdict.h"
#include "wsgi.h"
#include "wsgi_environ.h"

#include "../../runtime/table.h"

/* A function of the table, resolved for all routes that name it. */
struct target {
    PyObject *callable; /* owned, or NULL: it failed, and that was logged */
    int mounted; /* an application and nothing else: its signature is PEP
                    3333's */
    struct signature signature;
};

/* Whether an application answers the route. */
static int
is_mounted(const struct routes_table *table, const struct routes_route *route)
{
    return routes_table_application(table, route) != NULL;
}

/* The function or application that answers the route, or 0. */
static uint32_t
function_of(const struct routes_table *table, const struct routes_route *route)
{
    const struct routes_mount *mount = routes_table_application(table, route);
    return mount != NULL ? mount->function : route->function;
}

struct binding {
    struct embed_table *bound;
    struct apache_state *state; /* borrowed */
    apr_pool_t *pool;           /* pchild */
    apr_pool_t *scratch;        /* until the table is bound */
    server_rec *server;
    PyObject *failed;       /* owned: a set of names of modules */
    struct target *targets; /* scratch; by function */
    unsigned failures;
};

static void
log_failure(struct binding *binding, const char *subject)
{
    error_log_bind(binding->bound->interpreter, binding->scratch,
                   binding->server, subject);
    binding->failures++;
}

static int
bind_target(struct binding *binding, const struct routes_function *function,
            struct target *target)
{
    const struct routes_table *table = binding->bound->table;
    target->callable =
        function_resolve(binding->state, binding->failed,
                         routes_table_text(table, function->module),
                         routes_table_text(table, function->qualname));
    if (target->callable == NULL) {
        return -1;
    }
    if (!target->mounted &&
        signature_read(binding->state, binding->scratch, target->callable,
                       &target->signature) != 0) {
        Py_CLEAR(target->callable);
        return -1;
    }
    return 0;
}

/* Marks the applications that nothing else calls; whether there are mounts. */
static int
mark_mounted(struct binding *binding)
{
    const struct routes_table *table = binding->bound->table;
    struct target *targets = binding->targets;
    int mounts = 0;
    for (uint32_t i = 1; i < table->n_routes; i++) {
        int mounted = is_mounted(table, &table->routes[i]);
        mounts |= mounted;
        targets[function_of(table, &table->routes[i])].mounted |= mounted;
    }
    for (uint32_t i = 1; i < table->n_routes; i++) {
        targets[function_of(table, &table->routes[i])].mounted &=
            is_mounted(table, &table->routes[i]);
    }
    for (uint32_t i = 1; i < table->n_records; i++) {
        targets[table->records[i].made].mounted = 0;
    }
    for (uint32_t i = 1; i < table->n_options; i++) {
        targets[table->options[i].function].mounted = 0;
    }
    for (uint32_t i = 1; i < table->n_predicates; i++) {
        targets[table->predicates[i].function].mounted = 0;
    }
    return mounts;
}

/* What each environ begins with. */
static int
bind_mounts(struct binding *binding)
{
    if (mark_mounted(binding)) {
        binding->bound->environ = wsgi_environ_base(binding->state);
        return binding->bound->environ != NULL ? 0 : -1;
    }
    return 0;
}

static void
bind_targets(struct binding *binding)
{
    const struct routes_table *table = binding->bound->table;
    for (uint32_t i = 1; i < table->n_functions; i++) {
        const struct routes_function *function = &table->functions[i];
        if (bind_target(binding, function, &binding->targets[i]) != 0) {
            log_failure(binding,
                        recipe_subject(binding->scratch, table, function,
                                       function->file, function->line));
        }
    }
}

static int
bind_record(struct binding *binding, const struct routes_record *record,
            struct shape *shape)
{
    const struct target *target = &binding->targets[record->made];
    if (record->made != 0 && target->callable == NULL) {
        return 0; /* and that was logged */
    }
    return shape_make(binding->state, binding->pool, binding->scratch,
                      binding->bound->table, record,
                      record->made != 0 ? target->callable : NULL,
                      &target->signature, shape);
}

static void
bind_records(struct binding *binding)
{
    const struct routes_table *table = binding->bound->table;
    for (uint32_t i = 1; i < table->n_records; i++) {
        const struct routes_record *record = &table->records[i];
        if (bind_record(binding, record, &binding->bound->shapes[i]) != 0) {
            log_failure(binding,
                        recipe_subject(binding->scratch, table,
                                       &table->functions[record->made],
                                       record->file, record->line));
        }
    }
    shape_spread(table, binding->bound->shapes);
}

/* Whether the records that a route takes or gives can be made. */
static int
check_records(const struct binding *binding, const struct routes_route *route)
{
    const struct routes_table *table = binding->bound->table;
    for (uint32_t i = 0; i < route->n_args; i++) {
        if (shape_check(binding->state, table, binding->bound->shapes,
                        table->args[route->args + i].type) != 0) {
            return -1;
        }
    }
    for (uint32_t i = 0; i < route->n_results; i++) {
        if (shape_check(binding->state, table, binding->bound->shapes,
                        table->results[route->results + i].type) != 0) {
            return -1;
        }
    }
    return 0;
}

/* What a `limit time` asks of the interpreter. */
static int
limit_time(const struct binding *binding, uint32_t time, struct recipe *recipe)
{
    if (time != 0 && deadline_need(binding->bound->interpreter) != 0) {
        return -1;
    }
    recipe->time = time;
    return 0;
}

/* Another table answers: what realms and rules ask for it, and its functions,
 * have the time of the mount. */
static void
bind_table_mount(struct binding *binding, const struct routes_route *route,
                 struct recipe *recipe)
{
    const struct routes_table *table = binding->bound->table;
    if (limit_time(binding, table->limits[route->limits].time, recipe) != 0) {
        log_failure(binding,
                    apr_psprintf(binding->pool, "%s:%u: its mount",
                                 routes_table_text(
                                     table, table->files[route->file].path),
                                 route->line));
    }
}

static void
bind_route(struct binding *binding, uint32_t index)
{
    const struct routes_table *table = binding->bound->table;
    const struct routes_route *route = &table->routes[index];
    uint32_t function = function_of(table, route);
    struct recipe *recipe = &binding->bound->recipes[index];
    if (function == 0) {
        bind_table_mount(binding, route, recipe);
        return;
    }
    const struct target *target = &binding->targets[function];
    recipe->subject =
        recipe_subject(binding->pool, table, &table->functions[function],
                       route->file, route->line);
    if (target->callable == NULL) {
        return;
    }
    if (limit_time(binding, table->limits[route->limits].time, recipe) != 0) {
        log_failure(binding, recipe->subject);
        return;
    }
    if (is_mounted(table, route)) {
        recipe->callable = Py_NewRef(target->callable);
        return;
    }
    recipe->shapes = binding->bound->shapes;
    if (check_records(binding, route) != 0 ||
        recipe_raises(binding->state, binding->pool, binding->failed, table,
                      route, recipe) != 0 ||
        recipe_make(binding->state, binding->pool, table, route,
                    target->callable, &target->signature, recipe) != 0) {
        log_failure(binding, recipe->subject);
    }
}

/* What the function of an option is asked. */
static enum embed_ask
asked_by(const struct routes_realm *realm)
{
    switch (realm->kind) {
    case ROUTES_REALM_BASIC:
        return EMBED_ASK_PASSWORD;
    case ROUTES_REALM_SESSION:
        return EMBED_ASK_SESSION;
    default:
        return EMBED_ASK_REQUEST;
    }
}

static void
bind_option(struct binding *binding, const struct routes_realm *realm,
            const struct routes_option *option)
{
    const struct routes_table *table = binding->bound->table;
    const struct target *target = &binding->targets[option->function];
    struct ask *ask = &binding->bound->asks[option->function];
    ask->subject = recipe_subject(binding->pool, table,
                                  &table->functions[option->function],
                                  realm->source, realm->line);
    if (target->callable != NULL && ask->callable == NULL &&
        ask_make(binding->state, asked_by(realm), target->callable,
                 &target->signature, ask) != 0) {
        log_failure(binding, ask->subject);
    }
}

static void
bind_realms(struct binding *binding)
{
    const struct routes_table *table = binding->bound->table;
    for (uint32_t i = 1; i < table->n_realms; i++) {
        const struct routes_realm *realm = &table->realms[i];
        for (uint32_t j = 0; j < realm->n_options; j++) {
            const struct routes_option *option =
                &table->options[realm->options + j];
            if (option->function != 0) {
                bind_option(binding, realm, option);
            }
        }
    }
}

static void
bind_predicate(struct binding *binding, uint32_t index)
{
    const struct routes_table *table = binding->bound->table;
    const struct routes_predicate *row = &table->predicates[index];
    const struct target *target = &binding->targets[row->function];
    struct verdict *verdict = &binding->bound->verdicts[index];
    verdict->n_args = row->n_args;
    verdict->subject =
        recipe_subject(binding->pool, table, &table->functions[row->function],
                       row->file, row->line);
    if (target->callable != NULL &&
        verdict_make(binding->state, target->callable, &target->signature,
                     verdict) != 0) {
        log_failure(binding, verdict->subject);
    }
}

/* The function of an error page takes the error alone. */
static void
bind_page(struct binding *binding, uint32_t index)
{
    const struct routes_table *table = binding->bound->table;
    const struct routes_page *page = &table->pages[index];
    const struct target *target = &binding->targets[page->function];
    struct recipe *recipe = &binding->bound->pages[index];
    recipe->subject =
        recipe_subject(binding->pool, table, &table->functions[page->function],
                       page->file, page->line);
    if (target->callable != NULL &&
        (limit_time(binding, page->time, recipe) != 0 ||
         recipe_make_positional(binding->state, target->callable,
                                &target->signature, 1, recipe) != 0)) {
        log_failure(binding, recipe->subject);
    }
}

/* Each recipe's subject, which a refused one has too. */
static void
name_routes(struct binding *binding)
{
    const struct routes_table *table = binding->bound->table;
    for (uint32_t i = 1; i < table->n_routes; i++) {
        const struct routes_route *route = &table->routes[i];
        binding->bound->recipes[i].subject = recipe_subject(
            binding->pool, table, &table->functions[function_of(table, route)],
            route->file, route->line);
    }
}

/* Nothing of a table runs whose start has failed. */
static void
refuse_routes(const struct binding *binding)
{
    for (uint32_t i = 1; i < binding->bound->table->n_routes; i++) {
        Py_CLEAR(binding->bound->recipes[i].callable);
    }
    for (uint32_t i = 1; i < binding->bound->table->n_predicates; i++) {
        Py_CLEAR(binding->bound->verdicts[i].callable);
    }
}

typedef int event_fn(struct interpreter *interpreter, PyObject *callable);

/* Gives each function of one kind to `take`; a fault is logged. */
static int
each_event(struct binding *binding, enum routes_event_kind kind,
           event_fn *take)
{
    const struct routes_table *table = binding->bound->table;
    int result = 0;
    for (uint32_t i = 1; i < table->n_events && result == 0; i++) {
        const struct routes_event *event = &table->events[i];
        PyObject *callable = binding->targets[event->function].callable;
        if (event->kind != kind) {
            continue;
        }
        result = callable != NULL /* else that was logged */
                     ? take(binding->bound->interpreter, callable)
                     : -1;
        if (result != 0 && callable != NULL) {
            log_failure(binding,
                        recipe_subject(binding->scratch, table,
                                       &table->functions[event->function],
                                       event->file, event->line));
        }
    }
    return result;
}

/* What the table has on the start of a process runs, in its order, and what it
 * has on the end is kept. */
static void
run_events(struct binding *binding)
{
    if (each_event(binding, ROUTES_EVENT_CHILD_START, events_start) != 0 ||
        each_event(binding, ROUTES_EVENT_CHILD_STOP, events_keep) != 0) {
        refuse_routes(binding);
    }
}

/* Starts the lifespan of an ASGI application, if that is what answers the
 * route; one that refuses answers nothing. */
static void
bind_life(struct binding *binding, uint32_t index)
{
    struct embed_table *bound = binding->bound;
    struct recipe *recipe = &bound->recipes[index];
    const struct routes_mount *mount =
        routes_table_application(bound->table, &bound->table->routes[index]);
    if (recipe->callable == NULL || mount == NULL ||
        mount->kind != ROUTES_MOUNT_ASGI) {
        return;
    }
    struct target *target = &binding->targets[mount->function];
    if (target->callable != NULL && asgi_loop_need(bound->interpreter) == 0) {
        bound->lives[index] =
            asgi_loop_start(bound->interpreter, target->callable);
    }
    if (bound->lives[index] == NULL) {
        if (target->callable != NULL) {
            log_failure(binding, recipe->subject);
        }
        Py_CLEAR(target->callable);
        Py_CLEAR(recipe->callable);
    }
}

static void
bind_all(struct binding *binding)
{
    const struct routes_table *table = binding->bound->table;
    name_routes(binding);
    binding->failed = PySet_New(NULL);
    if (binding->failed == NULL ||
        url_for_add(binding->bound->interpreter, table) != 0 ||
        object_prepare(binding->state, table) != 0 ||
        bind_mounts(binding) != 0) {
        log_failure(binding, table->name);
        goto out;
    }
    bind_targets(binding);
    bind_records(binding);
    bind_realms(binding);
    for (uint32_t i = 1; i < table->n_predicates; i++) {
        bind_predicate(binding, i);
    }
    for (uint32_t i = 1; i < table->n_routes; i++) {
        bind_route(binding, i);
    }
    for (uint32_t i = 1; i < table->n_pages; i++) {
        bind_page(binding, i);
    }
    run_events(binding);
    for (uint32_t i = 1; i < table->n_routes; i++) {
        bind_life(binding, i);
    }
    for (uint32_t i = 1; i < table->n_functions; i++) {
        Py_XDECREF(binding->targets[i].callable);
    }
out:
    Py_XDECREF(binding->failed);
}

static apr_status_t
bind_table(struct interpreter *interpreter, struct binding *binding)
{
    struct interpreter_thread *thread = interpreter_enter(interpreter);
    if (thread == NULL) {
        return APR_ENOMEM;
    }
    sigset_t before;
    process_hold_signals(&before);
    bind_all(binding);
    process_release_signals(&before);
    interpreter_leave();
    stdio_end_request(thread);
    return APR_SUCCESS;
}

apr_status_t
binding_make(struct interpreter *interpreter, apr_pool_t *pchild,
             server_rec *server, const struct routes_table *table,
             struct embed_table **result, unsigned *failures)
{
    *result = NULL;
    *failures = 0;
    struct embed_table *bound = apr_pcalloc(pchild, sizeof *bound);
    bound->interpreter = interpreter;
    bound->table = table;
    bound->recipes =
        apr_pcalloc(pchild, table->n_routes * sizeof *bound->recipes);
    bound->lives = apr_pcalloc(pchild, table->n_routes * sizeof *bound->lives);
    bound->pages = apr_pcalloc(pchild, table->n_pages * sizeof *bound->pages);
    bound->shapes =
        apr_pcalloc(pchild, table->n_records * sizeof *bound->shapes);
    bound->asks =
        apr_pcalloc(pchild, table->n_functions * sizeof *bound->asks);
    bound->verdicts =
        apr_pcalloc(pchild, table->n_predicates * sizeof *bound->verdicts);
    struct binding binding = {.bound = bound,
                              .state = interpreter->apache,
                              .pool = pchild,
                              .server = server};
    apr_pool_create(&binding.scratch, pchild);
    binding.targets = apr_pcalloc(binding.scratch,
                                  table->n_functions * sizeof(struct target));
    apr_status_t rv = bind_table(interpreter, &binding);
    apr_pool_destroy(binding.scratch);
    *failures = binding.failures;
    *result = rv == APR_SUCCESS ? bound : NULL;
    return rv;
}
