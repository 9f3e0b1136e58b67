/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of header fields: the items of a list (RFC 9110, 5.6.1).
 */
#ifndef ROUTES_HEADER_H
#define ROUTES_HEADER_H

#include <stddef.h>

/* Takes the next item off [*at, end), which commas outside quoted strings
 * divide, and moves *at behind it.  Returns 1 with the item, borrowed, without
 * blanks around it, its quotes kept; 0 at the end.  Empty items are none. */
int routes_header_item(const char **at, const char *end, const char **item,
                       size_t *len);

#endif
