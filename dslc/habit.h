/* SPDX-License-Identifier: Apache-2.0 */
/* habit: what to write instead of a token that does not fit. */
#ifndef DSLC_HABIT_H
#define DSLC_HABIT_H

/* The token, by the grammar's names, and the words around it. */
struct habit {
    const char *first;           /* word of its line, or "" */
    const char *before;          /* word before it on its line, or "" */
    const char *found;           /* the token */
    const char *const *expected; /* the tokens that could stand there */
    int count;                   /* of expected */
};

/* What to write instead, or NULL; static text. */
const char *habit_find(const struct habit *habit);

#endif
