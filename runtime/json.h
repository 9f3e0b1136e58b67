/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text of a request, read with jansson under our own limits.
 */
#ifndef ROUTES_JSON_H
#define ROUTES_JSON_H

#include <stddef.h>

#include <jansson.h>

#include "value.h"

/* Reads a JSON object that fills the text; the caller owns a reference.  NULL:
 * *fault says why (too-many: nested deeper than ROUTES_MAX_JSON_DEPTH;
 * duplicate: a member twice; range: a number beyond a double; encoding; type:
 * no JSON, or no object). */
json_t *
routes_json_object(const char *text, size_t len, enum routes_fault *fault);

#endif
