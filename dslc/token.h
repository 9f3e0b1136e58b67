/* SPDX-License-Identifier: Apache-2.0 */
/* token: what the text at a place says. */
#ifndef DSLC_TOKEN_H
#define DSLC_TOKEN_H

#include <stdbool.h>

#include "dslc/parse_run.h"

/* The bytes of a place; inside the source, not terminated. */
const char *token_bytes(const struct parse *p, struct span at, size_t *length);

/* A name or dotted name, blanks around its dots removed.  A place that isn't
 * one gives a text that is NULL, here and below. */
struct ast_text token_name(struct parse *p, struct span at);

/* The contents of a string, escapes resolved; its faults are told. */
struct ast_text token_string(struct parse *p, struct span at);

/* The text as written. */
struct ast_text token_text(struct parse *p, struct span at);

/* A whole number with an optional sign.  Out of range is told, and gives the
 * nearest. */
int64_t token_integer(struct parse *p, struct span at);

/* Bytes; milliseconds; a count per period of milliseconds. */
int64_t token_size(struct parse *p, struct span at);
int64_t token_duration(struct parse *p, struct span at);
int64_t token_rate(struct parse *p, struct span at, int64_t *period);

/* Characters that can't be told from nothing, or from others. */
bool token_is_control(char c);

#endif
