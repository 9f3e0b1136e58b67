/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON of a request as Python objects.
 */
#ifndef JSON_LOAD_H
#define JSON_LOAD_H

#include "py.h"

#include "../../runtime/json.h"

/* dict, list, str, int of any size, float, bool, None.  Numbers were checked
 * when the request was decoded.  Returns new, or NULL with an exception.
 * GIL: held. */
PyObject *json_load_object(const struct routes_json *json);

#endif
