/* SPDX-License-Identifier: Apache-2.0 */
/* seen: the token that doesn't fit, and what stands around it. */
#ifndef DSLC_SEEN_H
#define DSLC_SEEN_H

#include <stdbool.h>

#include "dslc/parse_run.h"

#define SEEN_LONGEST_WORD 24 /* longer ones are no misspelt word of ours */

struct seen {
    struct parse *p;
    struct span at;
    const char *found;           /* the grammar's name for the token */
    const char *const *expected; /* … and for what could stand there */
    int count;
    const char *text; /* as written, "" at an end */
    size_t length;
    const char *before; /* the word before it on its line, or "" */
    struct span before_at;
    const char *first; /* the first word of its line, or "" */
    char mark;         /* the last character before it, or NUL */
};

/* Whether a token of the grammar's name could stand here. */
bool seen_has(const struct seen *s, const char *name);

/* Whether the token is of the grammar's name. */
bool seen_is(const struct seen *s, const char *name);

/* What could stand here; any name: the words of the language, too. */
bool seen_wants_name(const struct seen *s);
bool seen_wants_statement(const struct seen *s);
bool seen_wants_clause(const struct seen *s);
bool seen_wants_type(const struct seen *s);
bool seen_wants_literal(const struct seen *s);
bool seen_wants_path(const struct seen *s);

/* Whether the token is a name, a word of the language. */
bool seen_is_name(const struct seen *s);
bool seen_is_keyword(const struct seen *s);

/* Says "what `token`". */
struct diag *
seen_tell(const struct seen *s, enum diag_code code, const char *what);

/* Sets first, before and mark: what stands before the token on its line. */
void seen_look_back(struct seen *s);

#endif
