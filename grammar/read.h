/* SPDX-License-Identifier: Apache-2.0 */
/* read: a text through scanner, layout and grammar to the actions. */
#ifndef GRAMMAR_READ_H
#define GRAMMAR_READ_H

#include <stddef.h>
#include <stdint.h>

#include "grammar/actions.h"

/*
 * Reads a file's text, which is UTF-8 without NUL, and calls the actions for
 * p with places in that file.  A byte order mark is skipped.  Faults are
 * heard by the actions.  False: no memory.
 */
int read_text(struct parse *p, uint16_t file, const char *text, size_t length);

#endif
