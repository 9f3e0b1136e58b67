/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The call itself: typed values to objects, and one vectorcall.
 */
#ifndef CALL_H
#define CALL_H

#include "py.h"

#include "recipe.h"

#include "../../runtime/value.h"

/* Calls the recipe's function with the route's values.  Returns its result
 * (new), or NULL with its exception.  GIL: held. */
PyObject *
call_function(struct apache_state *state, const struct recipe *recipe,
              const struct routes_value *values);

#endif
