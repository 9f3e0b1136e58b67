/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON object on one line, of flat members, made without allocating: so
 * short that one write puts it into a pipe in one piece (PIPE_BUF of Linux).
 */
#ifndef ROUTES_JSONLINE_H
#define ROUTES_JSONLINE_H

#include <stddef.h>

#define ROUTES_JSONLINE_MAX 4096

/*
 *     text  {"user":"ada","status":403
 *                                     ^ len
 */
struct routes_jsonline {
    char text[ROUTES_JSONLINE_MAX]; /* not a C string */
    size_t len;
};

void routes_jsonline_begin(struct routes_jsonline *line);

/*
 * Adds a member whose name is plain ASCII.  The value, any bytes up to a NUL,
 * has at most max bytes in the line (3 or more), its quotes not counted: what
 * is longer is cut between two characters and ends with U+2026.  Controls are
 * escaped, what is no UTF-8 becomes U+FFFD, a byte each.  NULL is null.  A
 * member that has no room is left out.
 */
void routes_jsonline_text(struct routes_jsonline *line, const char *name,
                          const char *value, size_t max);

/* A whole number; a negative one is null. */
void routes_jsonline_number(struct routes_jsonline *line, const char *name,
                            int value);

/* Ends the object and the line. */
void routes_jsonline_end(struct routes_jsonline *line);

#endif
