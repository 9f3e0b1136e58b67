/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The call itself: typed values to objects, and one vectorcall.
 */
#include "call.h"

#include "object.h"

/* Whether the object made at child start is the one meant. */
static int
is_fixed(const struct recipe_slot *slot, const struct routes_value *value)
{
    if (slot->fixed == NULL || slot->text == NULL) {
        return slot->fixed != NULL;
    }
    return (value->kind == ROUTES_VALUE_STR ||
            value->kind == ROUTES_VALUE_BYTES ||
            value->kind == ROUTES_VALUE_DECIMAL) &&
           value->u.text.at == slot->text;
}

/* The object of one slot; new. */
static PyObject *
make_argument(struct apache_state *state, const struct shape *shapes,
              const struct recipe_slot *slot, const struct routes_value *value)
{
    if (is_fixed(slot, value)) {
        return Py_NewRef(slot->fixed);
    }
    return object_of_value(state, shapes, value);
}

PyObject *
call_function(struct apache_state *state, const struct recipe *recipe,
              const struct routes_value *values)
{
    /* the place before the first is the callee's, for a bound method's self */
    PyObject *stack[1 + ROUTES_MAX_ARGS]; /* new, each */
    PyObject **args = stack + 1;
    PyObject *result = NULL; /* new */
    unsigned made = 0;
    for (; made < recipe->n_slots; made++) {
        const struct recipe_slot *slot = &recipe->slots[made];
        args[made] =
            make_argument(state, recipe->shapes, slot, &values[slot->arg]);
        if (args[made] == NULL) {
            goto out;
        }
    }
    result = PyObject_Vectorcall(recipe->callable, args,
                                 recipe->n_positional |
                                     PY_VECTORCALL_ARGUMENTS_OFFSET,
                                 recipe->keywords);
out:
    while (made > 0) {
        made--;
        Py_DECREF(args[made]);
    }
    return result;
}
