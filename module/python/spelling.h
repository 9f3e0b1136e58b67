/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Python object as the text that a URL has for it: the way back of object.h.
 */
#ifndef SPELLING_H
#define SPELLING_H

#include "py.h"

#include "../../runtime/routes_abi.h"

struct apache_state;

/* The one spelling of a value of the type, whose bounds are not looked at.
 * Returns a new bytes object; NULL with a TypeError if the object is of
 * another class, with a ValueError if it has no spelling.  GIL: held. */
PyObject *spelling_of(struct apache_state *state,
                      const struct routes_type *type, PyObject *value);

#endif
