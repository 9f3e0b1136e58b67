/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an object is to JSON that is of none of Python's own types itself:
 * enumerations, dates and times, UUIDs, Decimals, dataclasses.
 */
#ifndef JSON_TYPES_H
#define JSON_TYPES_H

#include "py.h"

struct apache_state;

enum json_type {
    JSON_TYPE_NONE,     /* of none of these: it has no form */
    JSON_TYPE_DERIVED,  /* derived from str, int, float, dict, list, tuple */
    JSON_TYPE_ENUM,     /* its value, of whatever type */
    JSON_TYPE_TIME,     /* date, datetime, time: text */
    JSON_TYPE_UUID,     /* text */
    JSON_TYPE_DECIMAL,  /* a number */
    JSON_TYPE_DATACLASS /* an object of its fields */
};

/* Sets *type.  A class whose module nobody has imported yet is not imported
 * for it.  Python code may run, but for what is derived from Python's own
 * types.  Returns -1 with an exception.  GIL: held. */
int json_types_find(struct apache_state *state, PyObject *object,
                    enum json_type *type);

/* What isoformat() of a date, datetime or time gives, or the text of a UUID
 * with its hyphens.  Returns a new str, or NULL with an exception.
 * GIL: held. */
PyObject *json_types_time(struct apache_state *state, PyObject *time);
PyObject *json_types_uuid(struct apache_state *state, PyObject *uuid);

/* All digits of a Decimal, as a number of JSON has them.  Returns a new str of
 * ASCII, or NULL with an exception: it is infinite or NaN.  GIL: held. */
PyObject *json_types_decimal(struct apache_state *state, PyObject *decimal);

/* The names of the fields that leave, in their order: those of
 * dataclasses.fields(), whether they are compared, shown or arguments of
 * __init__ or not, without those that begin with an underscore.  Returns a new
 * list, or NULL with an exception.  GIL: held. */
PyObject *json_types_fields(struct apache_state *state, PyObject *object);

#endif
