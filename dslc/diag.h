/* SPDX-License-Identifier: Apache-2.0 */
/* diag: messages about the user's files, collected and printed once. */
#ifndef DSLC_DIAG_H
#define DSLC_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <apr_pools.h>

#include "dslc/source.h"
#include "grammar/span.h"

#define DIAG_MAX_ERRORS 50  /* errors that one run prints */
#define DIAG_MAX_KEPT   500 /* records that one list keeps */
#define DIAG_MAX_QUOTE  60  /* bytes of a value shown in a message */

/* E001, W012 …: permanent, one per line of grammar/diags.def. */
enum diag_code {
#define DIAG(code, severity, state, title, text) code,
#include "grammar/diags.def"
#undef DIAG
    DIAG_CODES
};

enum diag_severity {
    DIAG_ERROR,
    DIAG_WARNING
};

enum diag_state {
    DIAG_RESERVED, /* the code is taken, nothing says it yet */
    DIAG_EMITTED   /* a golden test shows it */
};

/* What is known of a code for ever. */
struct diag_info {
    const char *name; /* "E301" */
    enum diag_severity severity;
    enum diag_state state;
    const char *title; /* a few words */
    const char *text;  /* one paragraph, for explain-code */
};

struct diag; /* one message; belongs to its list */

struct diag_list; /* the messages of a run */

enum diag_format {
    DIAG_TEXT,
    DIAG_JSON,
    DIAG_SARIF,
    DIAG_GITHUB
};

/* The table entry of a code, static. */
const struct diag_info *diag_info(enum diag_code code);

/* The entry named so ("E301"), or NULL. */
const struct diag_info *diag_find(const char *name);

/* An empty list; it and all its messages live in pool. */
struct diag_list *diag_list_make(apr_pool_t *pool);

/*
 * Records an error or a warning at a place (a zeroed span: no place).  The
 * message is lower case, quotes values through diag_quote, and is copied.
 * Never NULL: past DIAG_MAX_KEPT the result takes notes and drops them.  The
 * code decides whether it counts as an error; the two names are for readers.
 */
struct diag *
diag_error(struct diag_list *list, struct span span, enum diag_code code,
           const char *fmt, ...) __attribute__((format(printf, 4, 5)));
struct diag *
diag_warn(struct diag_list *list, struct span span, enum diag_code code,
          const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* A second place with a label, for instance "first defined here". */
void diag_place(struct diag *diag, struct span span, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A fact that explains the message. */
void diag_note(struct diag *diag, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* What to write instead. */
void diag_help(struct diag *diag, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Writes a text that is no diagnostic, lines and all: what would steer a
 * terminal or deceive the reader is escaped as in messages.
 */
void diag_say(const char *text, FILE *out);

/*
 * A value for a message: in backquotes, control bytes escaped, cut at
 * DIAG_MAX_QUOTE bytes.  In the list's pool.
 */
const char *diag_quote(struct diag_list *list, const char *text);
const char *
diag_quote_bytes(struct diag_list *list, const char *text, size_t length);

/* How many were recorded, what was dropped or said twice included. */
unsigned diag_error_count(const struct diag_list *list);
unsigned diag_warning_count(const struct diag_list *list);

/* The errors but for what waits for a later version (E019). */
unsigned diag_mistake_count(const struct diag_list *list);

/*
 * True when code was recorded at a span that touches this one: a later pass
 * that would only repeat the mistake in other words asks first.
 */
bool diag_said(const struct diag_list *list, struct span span);

/*
 * Sorts by source order, leaves out what is said twice, and writes all to
 * out.  Called once, by the driver.  colour matters to DIAG_TEXT only.
 */
void diag_print_all(struct diag_list *list, const struct source_set *set,
                    enum diag_format format, bool colour, FILE *out);

#endif
