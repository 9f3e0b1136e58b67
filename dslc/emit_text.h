/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit_text: texts as C: the pool, literals and comments.
 */
#ifndef EMIT_TEXT_H
#define EMIT_TEXT_H

#include <stdio.h>

#include "plan.h"

/* The definition of the text pool: a struct of arrays, so that no literal is
 * longer than EMIT_MAX_LITERAL. */
void emit_text_pool(const struct plan *plan, FILE *out);

/* A text inside a comment: on one line, at most EMIT_MAX_COMMENT bytes, and
 * without what would end the comment or reorder what is seen. */
void emit_text_comment(const char *text, FILE *out);

#endif
