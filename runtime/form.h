/* SPDX-License-Identifier: Apache-2.0 */
/*
 * application/x-www-form-urlencoded, as the WHATWG URL standard parses it, but
 * for a '%' that is no escape, which is a fault.
 */
#ifndef ROUTES_FORM_H
#define ROUTES_FORM_H

#include <stddef.h>

#include <apr_pools.h>

struct routes_field {
    const char *name;
    size_t name_len;
    const char *value;
    size_t value_len;
};

/* Takes the next field off [*at, end), decodes it, and moves *at behind it;
 * what stands empty between two '&' is no field.  Returns 1 with the field, 0
 * at the end, -1 for a '%' that is no escape: *at moves on all the same, the
 * value is empty, and the name is empty too if the '%' is in it.  A name or
 * value that needs no decoding is borrowed from the input, else it is decoded
 * into pool.  Text is not checked for UTF-8 here. */
int routes_form_next(const char **at, const char *end, apr_pool_t *pool,
                     struct routes_field *field);

#endif
