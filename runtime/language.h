/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of a type in a path (LANGUAGE.md P5): which bytes a parameter
 * takes.  What they mean is told later, when arguments are decoded.
 */
#ifndef ROUTES_LANGUAGE_H
#define ROUTES_LANGUAGE_H

#include <stddef.h>
#include <stdint.h>

#include "routes_abi.h"

/* Whether types[type], in a path, takes the text.  Linear time. */
int routes_language_has(const struct routes_table *table, uint32_t type,
                        const char *text, size_t len);

/* Whether n lies between the type's min and max, where they are set. */
static inline int
routes_language_bounds(const struct routes_type *type, int64_t n)
{
    return (!(type->flags & ROUTES_TYPE_MIN) || n >= type->min) &&
           (!(type->flags & ROUTES_TYPE_MAX) || n <= type->max);
}

#endif
