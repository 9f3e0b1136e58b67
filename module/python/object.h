/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A typed value, or a constant of a table, as a Python object.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include "py.h"

#include "../../runtime/routes_abi.h"
#include "../../runtime/value.h"

struct apache_state;
struct shape;

/* shapes: of the table's records, by their rows.  Returns new, or NULL with an
 * exception, which may be that of a record's class.  GIL: held. */
PyObject *
object_of_value(struct apache_state *state, const struct shape *shapes,
                const struct routes_value *value);

/* The object of an argument's constant or default, which is the same for each
 * call; an empty list is none (each call has its own).  Returns new, or NULL:
 * with an exception, or without one where each call makes it.  GIL: held. */
PyObject *object_of_constant(struct apache_state *state,
                             const struct routes_table *table,
                             const struct routes_arg *arg);

/* Imports what the types of a table need.  Returns -1 with an exception.
 * GIL: held. */
int
object_prepare(struct apache_state *state, const struct routes_table *table);

#endif
