/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Cookie field of a request (RFC 6265, 4.2.1), pair by pair.
 */
#ifndef ROUTES_COOKIE_H
#define ROUTES_COOKIE_H

#include "form.h"

/* Takes the next pair off [*at, end) and moves *at behind it; both parts are
 * borrowed from the input, a value in double quotes without these.  Returns 1
 * with the pair, 0 at the end, -1 for a pair that RFC 6265 does not allow: its
 * value is empty then, its name what stands before the '=', or empty.  Bytes
 * above 0x7f are let through, for the one text rule to judge. */
int routes_cookie_next(const char **at, const char *end,
                       struct routes_field *field);

#endif
