/* SPDX-License-Identifier: Apache-2.0 */
/* layout: what newlines, `;` and braces mean, between scanner and grammar.
 *
 *     routes.l ── raw tokens ──> layout ── tokens ──> routes.y
 *                 NL SEMI DOC              SEP
 *
 * A newline or `;` ends a statement; not inside parentheses, nor after
 * `, -> = | : and or not`, nor before `->`.  SEP is also given before `}` and
 * at the end of the file.  A parenthesis or brace that is never closed is
 * closed here, so that it is one mistake and not the rest of the file.  Each
 * raw token is looked at once, with at most one ahead.
 */
#ifndef GRAMMAR_LAYOUT_H
#define GRAMMAR_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "grammar/actions.h"
#include "grammar/span.h"

#define LAYOUT_MAX_DEPTH 100 /* of braces, parentheses, <…> and `not` */
#define LAYOUT_AHEAD     6   /* tokens that wait */

union GRAMMAR_STYPE;

struct layout_token {
    int kind;
    struct span at;
    uint32_t column; /* bytes before it on its line */
    bool first;      /* of its line */
};

/* A brace that is open. */
struct layout_brace {
    struct span at;
    uint32_t column; /* of the statement that it belongs to */
    bool narrow;     /* it holds no routes */
    bool lost;       /* what it holds is unknown: its statement is */
};

struct layout {
    struct parse *parse; /* borrowed: hears of faults */
    void *scanner;       /* flex's, borrowed */
    uint32_t offset;     /* of the byte that flex reads next */
    uint32_t length;     /* of the file */
    uint16_t file;

    bool begun;            /* the first token was handed out */
    bool stopped;          /* nothing but the end is handed out */
    bool line_start;       /* the next raw token begins a line */
    bool in_param;         /* between P_OPEN and P_CLOSE */
    bool closing;          /* parentheses are being closed */
    bool arrow;            /* behind `->` there was a function's name only */
    bool in_call;          /* the outermost open parenthesis is a call's */
    bool ended;            /* braces are being closed at the file's end */
    bool quiet;            /* a message was given for this statement */
    bool next_quiet;       /* … and for the one that begins on this line */
    bool misread;          /* … because of its first token */
    bool failed;           /* … or for the one before, not for that reason */
    int last;              /* token handed out, 0 at the start */
    struct span last_at;   /* its place */
    struct span doc;       /* pending `##` lines */
    unsigned parens;       /* open ones */
    unsigned param_parens; /* open ones at the last P_OPEN */
    unsigned angles;
    unsigned nots; /* in a row */
    unsigned braces;
    unsigned muted;  /* of them, at a declaration that was not understood */
    uint32_t line;   /* where the line of the raw token begins */
    int opener;      /* the first token of the statement */
    int second;      /* … and the one behind it, or 0 */
    uint32_t column; /* of the statement */
    struct span paren_at; /* the outermost open one */
    struct layout_brace open[LAYOUT_MAX_DEPTH + 1];

    struct layout_token ahead[LAYOUT_AHEAD]; /* a stack: the last is next */
    unsigned ahead_count;
};

/* Where the file begins, for the grammar's first location. */
struct span layout_begin(const struct layout *layout);

/* The place of what is not written: after a token, without a byte. */
struct span layout_gap(struct span before);

/* Makes that no other message is given for this statement. */
void layout_hush(struct layout *layout);

/* Tells a fault unless hushed, and hushes. */
void layout_fault(struct layout *layout, struct span at, enum act_fault fault);

/* Tells a fault, hushed or not. */
void layout_note(struct layout *layout, struct span at, enum act_fault fault);

/* Looks at literal bytes of a path for what can't stand in one. */
void
layout_check_path(struct layout *layout, struct span at, const char *text);

/* True where the token that was handed out last begins a statement. */
bool layout_begins(const struct layout *layout);

/* A token does not fit.  True, and all in these braces is hushed, where it
 * begins a statement in those of one that was not understood. */
bool layout_lost(struct layout *layout);

bool layout_quiet(const struct layout *layout);
bool layout_in_param(const struct layout *layout);

/* The grammar's scanner: the next token and its place. */
int grammar_lex(union GRAMMAR_STYPE *value, struct span *at,
                struct layout *layout);

/* flex's scanner: the next raw token and its place (routes.l). */
int scan_raw(struct span *at, void *scanner);

#endif
