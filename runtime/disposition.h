/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of a part of multipart/form-data: its name and its file's.
 */
#ifndef ROUTES_DISPOSITION_H
#define ROUTES_DISPOSITION_H

#include "multipart.h"

/* Finds a parameter in [at, end), which begins with ';': its value, a token or
 * a quoted string without its quotes, borrowed.  0: there is none; -1: what
 * stands there are no parameters, or two of the name. */
int routes_disposition_param(const char *at, const char *end, const char *name,
                             const char **value, size_t *len);

/* Reads a part's header, whole lines that end in CR LF, into the part, which
 * borrows from it.  Quotes and line ends of names are undone in place, in
 * either way that clients write them: \" and \\ (RFC 9110), or %22, %0D, %0A
 * (WHATWG, all browsers).  `filename*` (RFC 8187) counts before `filename`.
 * 0: it names no part of a form, or has a transfer coding that is to be
 * undone, which RFC 7578 has dropped. */
int
routes_disposition_read(char *header, size_t len, struct routes_part *part);

/* What of a file's name is no path: what stands behind its last slash or
 * backslash; empty for `.` and `..`, too. */
const char *routes_disposition_base(const char *name, size_t *len);

#endif
