/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one route's function is called.
 *
 * Arguments go by name, positional-only ones by position.  A prefix of a
 * Python function's plain parameters goes by position too: it means the same
 * and costs less.
 */
#include "recipe.h"

#include <string.h>

#include <apr_strings.h>

#include "apache_module.h"
#include "function.h"
#include "loop.h"
#include "object.h"
#include "pysocket_loop.h"

#include "../../runtime/method.h"
#include "../../runtime/table.h"

/* What a recipe is being made of. */
struct layout {
    struct apache_state *state;
    const struct routes_table *table;
    const struct routes_route *route;
    const struct signature *signature;
    struct recipe *recipe;
    unsigned char used[ROUTES_MAX_ARGS]; /* by argument: it has its slot */
};

const char *
recipe_subject(apr_pool_t *pool, const struct routes_table *table,
               const struct routes_function *function, uint32_t file,
               uint32_t line)
{
    return apr_psprintf(pool, "%s:%u: %s:%s",
                        routes_table_text(table, table->files[file].path),
                        line, routes_table_text(table, function->module),
                        routes_table_text(table, function->qualname));
}

/* ---- slots -------------------------------------------------------------- */

static const struct routes_arg *
arg_at(const struct layout *layout, uint32_t i)
{
    return &layout->table->args[layout->route->args + i];
}

static const char *
name_of(const struct layout *layout, uint32_t i)
{
    return routes_table_text(layout->table, arg_at(layout, i)->name);
}

/* The argument of this name, or n_args. */
static uint32_t
find_arg(const struct layout *layout, const char *name)
{
    uint32_t i = 0;
    while (i < layout->route->n_args &&
           strcmp(name_of(layout, i), name) != 0) {
        i++;
    }
    return i;
}

static void
add_slot(struct layout *layout, uint32_t arg)
{
    layout->recipe->slots[layout->recipe->n_slots].arg = arg;
    layout->recipe->n_slots++;
    layout->used[arg] = 1;
}

static int
refuse_missing(const struct layout *layout, const char *name)
{
    PyErr_Format(layout->state->refusal,
                 "needs the argument \"%s\", which "
                 "the route does not pass",
                 name);
    return -1;
}

/* Gives the parameter its slot if it goes by position.  *open says that each
 * parameter before it has gone so. */
static int
place_parameter(struct layout *layout,
                const struct signature_parameter *parameter, int *open)
{
    if (parameter->kind == SIGNATURE_VAR_POSITIONAL ||
        parameter->kind == SIGNATURE_VAR_KEYWORD) {
        return 0;
    }
    uint32_t arg = find_arg(layout, parameter->name);
    if (arg == layout->route->n_args) {
        *open = 0;
        return parameter->required ? refuse_missing(layout, parameter->name)
                                   : 0;
    }
    int only = parameter->kind == SIGNATURE_POSITIONAL_ONLY;
    int plain = parameter->kind == SIGNATURE_PLAIN &&
                layout->signature->source == SIGNATURE_OF_CODE;
    *open = *open && (only || plain);
    if (*open) {
        add_slot(layout, arg);
    }
    else if (only) {
        PyErr_Format(layout->state->refusal,
                     "takes \"%s\" by position only, behind one that the "
                     "route does not pass",
                     parameter->name);
        return -1;
    }
    return 0;
}

static int
place_positional(struct layout *layout)
{
    const struct signature *signature = layout->signature;
    if (signature->source == SIGNATURE_NO_NAMES) {
        for (uint32_t i = 0; i < layout->route->n_args; i++) {
            add_slot(layout, i);
        }
    }
    int open = 1;
    for (int i = 0; i < signature->parameters->nelts; i++) {
        if (place_parameter(layout,
                            &APR_ARRAY_IDX(signature->parameters, i,
                                           struct signature_parameter),
                            &open) != 0) {
            return -1;
        }
    }
    layout->recipe->n_positional = layout->recipe->n_slots;
    return 0;
}

static int
place_named(struct layout *layout)
{
    for (uint32_t i = 0; i < layout->route->n_args; i++) {
        if (layout->used[i]) {
            continue;
        }
        const char *name = name_of(layout, i);
        if (!signature_takes_name(layout->signature, name)) {
            PyErr_Format(layout->state->refusal, "has no parameter \"%s\"",
                         name);
            return -1;
        }
        add_slot(layout, i);
    }
    return 0;
}

/* ---- what is made once -------------------------------------------------- */

/* The names of the slots that go by name; new. */
static PyObject *
make_keywords(const struct layout *layout)
{
    const struct recipe *recipe = layout->recipe;
    unsigned n = recipe->n_slots - recipe->n_positional;
    PyObject *keywords = PyTuple_New((Py_ssize_t)n);
    for (unsigned i = 0; keywords != NULL && i < n; i++) {
        uint32_t arg = recipe->slots[recipe->n_positional + i].arg;
        PyObject *name = PyUnicode_InternFromString(name_of(layout, arg));
        if (name == NULL) {
            Py_CLEAR(keywords);
            break;
        }
        PyTuple_SET_ITEM(keywords, (Py_ssize_t)i, name); /* stolen */
    }
    return keywords;
}

/* The constant or default of a slot, if an object can be kept for it. */
static int
fix_slot(const struct layout *layout, struct recipe_slot *slot)
{
    const struct routes_arg *arg = arg_at(layout, slot->arg);
    const struct routes_const *constant =
        &layout->table->consts[arg->constant];
    if (arg->source != ROUTES_FROM_CONSTANT) {
        if ((arg->flags & ROUTES_ARG_HAS_DEFAULT) == 0 ||
            (constant->kind != ROUTES_CONST_STR &&
             constant->kind != ROUTES_CONST_TEXT)) {
            return 0;
        }
        slot->text = routes_table_text(layout->table, constant->text);
    }
    slot->fixed = object_of_constant(layout->state, layout->table, arg);
    return slot->fixed == NULL && PyErr_Occurred() ? -1 : 0;
}

static int
fix_slots(const struct layout *layout)
{
    for (unsigned i = 0; i < layout->recipe->n_slots; i++) {
        if (fix_slot(layout, &layout->recipe->slots[i]) != 0) {
            return -1;
        }
    }
    return 0;
}

/* A coroutine, an asynchronous generator runs on the loop. */
static int
need_loop(struct apache_state *state, const struct signature *signature)
{
    return (signature->lazy & ~CO_GENERATOR) != 0
               ? loop_need(state->interpreter)
               : 0;
}

/* What a function that is called for a websocket needs. */
static int
prepare_talk(const struct layout *layout)
{
    if (!routes_method_is_websocket(layout->route->methods)) {
        return 0;
    }
    if ((layout->signature->lazy & ~CO_COROUTINE) != 0) {
        PyErr_SetString(layout->state->refusal,
                        "is a generator function: what is sent over a "
                        "websocket goes by send()");
        return -1;
    }
    return layout->recipe->async
               ? pysocket_loop_need(layout->state->interpreter)
               : 0;
}

int
recipe_make_positional(struct apache_state *state, PyObject *callable,
                       const struct signature *signature, int n,
                       struct recipe *recipe)
{
    if (need_loop(state, signature) != 0) {
        return -1;
    }
    if (!signature_takes_positional(signature, n)) {
        PyErr_Format(state->refusal,
                     "is called with %d argument%s by position, which it "
                     "does not take, or not alone",
                     n, n == 1 ? "" : "s");
        return -1;
    }
    recipe->callable = Py_NewRef(callable);
    return 0;
}

int
recipe_make(struct apache_state *state, apr_pool_t *pool,
            const struct routes_table *table, const struct routes_route *route,
            PyObject *callable, const struct signature *signature,
            struct recipe *recipe)
{
    struct layout layout = {.state = state,
                            .table = table,
                            .route = route,
                            .signature = signature,
                            .recipe = recipe};
    recipe->n_slots = 0;
    recipe->slots = apr_pcalloc(pool, route->n_args * sizeof *recipe->slots);
    recipe->async = (signature->lazy & CO_COROUTINE) != 0;
    if (need_loop(state, signature) != 0 || prepare_talk(&layout) != 0 ||
        place_positional(&layout) != 0 || place_named(&layout) != 0 ||
        fix_slots(&layout) != 0) {
        return -1;
    }
    if (recipe->n_slots > recipe->n_positional) {
        recipe->keywords = make_keywords(&layout);
        if (recipe->keywords == NULL) {
            return -1;
        }
    }
    recipe->callable = Py_NewRef(callable);
    return 0;
}

int
recipe_raises(struct apache_state *state, apr_pool_t *pool, PyObject *failed,
              const struct routes_table *table,
              const struct routes_route *route, struct recipe *recipe)
{
    recipe->n_raises = 0;
    recipe->raises =
        apr_pcalloc(pool, route->n_raises * sizeof *recipe->raises);
    for (unsigned i = 0; i < route->n_raises; i++) {
        const struct routes_raise *raise = &table->raises[route->raises + i];
        PyObject *exception = function_resolve_exception(
            state, failed, routes_table_text(table, raise->module),
            routes_table_text(table, raise->qualname)); /* new */
        if (exception == NULL) {
            return -1;
        }
        recipe->raises[i].exception = exception; /* kept */
        recipe->raises[i].status = (int)raise->status;
        recipe->n_raises++;
    }
    return 0;
}
