/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The call itself: typed values to objects, and one vectorcall.
 */
#ifndef CALL_H
#define CALL_H

#include "py.h"

#include "plan.h"

#include "../../runtime/value.h"

/* Calls the plan's function with the route's values.  Returns its result
 * (new), or NULL with its exception.  GIL: held. */
PyObject *call_function(struct apache_state *state, const struct plan *plan,
                        const struct routes_value *values);

#endif
