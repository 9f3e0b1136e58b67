/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decimal numbers in text: [sign] digits [. digits] [e [sign] digits].
 */
#ifndef ROUTES_NUMBER_H
#define ROUTES_NUMBER_H

#include <stddef.h>

/* Bytes of a number in text; a longer one is none. */
#define ROUTES_MAX_NUMBER 1024

/* Past this exponent nothing is a double; decimals stop there too, because
 * "1e999999999" is cheap to send and costs a gigabyte to print. */
#define ROUTES_MAX_EXPONENT 400

enum routes_number {
    ROUTES_NUMBER_OK,
    ROUTES_NUMBER_SYNTAX,  /* no number: inf, nan, hexadecimal, blanks */
    ROUTES_NUMBER_OVERFLOW /* beyond a double, or beyond the exponent */
};

/* Reads a number that fills the text into the nearest double, whatever the
 * process's locale is. */
enum routes_number
routes_number_read(const char *text, size_t len, double *value);

/* Room for what routes_number_plain writes. */
#define ROUTES_PLAIN_NUMBER (2 * ROUTES_MAX_NUMBER + ROUTES_MAX_EXPONENT + 8)

/* Writes a number as a path has it: no exponent, no sign but `-`, no zeros
 * that say nothing ("1.50e1" is 15).  Returns its bytes, which no NUL follows;
 * 0: it is no number, or its exponent is too large. */
size_t routes_number_plain(const char *text, size_t len,
                           char plain[ROUTES_PLAIN_NUMBER]);

#endif
