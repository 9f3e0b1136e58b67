/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 as RFC 3629 has it.
 */
#ifndef ROUTES_UTF8_H
#define ROUTES_UTF8_H

#include <stddef.h>

/* Whether the bytes are UTF-8 (no overlong form, no surrogate, nothing above
 * U+10FFFF).  *chars, if not NULL, is the number of code points. */
int routes_utf8_valid(const char *text, size_t len, size_t *chars);

/* The bytes of the code point that text begins with, as above; 0: it begins
 * with none.  len is not 0. */
size_t routes_utf8_char(const char *text, size_t len);

/* Whether a control character of ASCII, DEL included, is among the bytes. */
int routes_utf8_control(const char *text, size_t len);

/* Whether all of the bytes are printable ASCII, so that neither of the above
 * needs to be asked; most text is. */
int routes_utf8_plain(const char *text, size_t len);

#endif
