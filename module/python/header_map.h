/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The type apache.Headers: headers that a function collects for its answer,
 * in order, their names in any case, repeated where that is wanted.
 */
#ifndef HEADER_MAP_H
#define HEADER_MAP_H

#include "py.h"

/* The type, a heap type of the module.  Returns new, or NULL with an
 * exception.  GIL: held. */
PyTypeObject *header_map_make_type(PyObject *module);

/* A new apache.Headers with the headers of source: NULL, a dict, another
 * apache.Headers, or a list or tuple of (name, value) pairs.  A bad name or
 * value is a ValueError.  GIL: held. */
PyObject *header_map_create(PyTypeObject *type, PyObject *source);

/* Appends a header, or returns -1 with a ValueError.  GIL: held. */
int header_map_add(PyObject *map, PyObject *name, PyObject *value);

/* Puts one header in the place of those of the name.  GIL: held. */
int header_map_set(PyObject *map, PyObject *name, PyObject *value);

/* Its list of (name, value) pairs; borrowed.  GIL: held. */
PyObject *header_map_pairs(PyObject *map);

#endif
