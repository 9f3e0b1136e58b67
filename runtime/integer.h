/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Integers in text, as 64 bits hold them.
 */
#ifndef ROUTES_INTEGER_H
#define ROUTES_INTEGER_H

#include <stddef.h>
#include <stdint.h>

enum routes_integer {
    ROUTES_INTEGER_OK,
    ROUTES_INTEGER_SYNTAX,  /* the text is no integer */
    ROUTES_INTEGER_OVERFLOW /* it is one beyond 64 bits */
};

/* Reads an integer that fills the text.  strict: the one spelling that a path
 * admits, `0|-?[1-9][0-9]*`; else a sign and leading zeros are fine too. */
enum routes_integer
routes_integer_read(const char *text, size_t len, int strict, int64_t *value);

#endif
