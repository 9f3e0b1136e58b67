/* SPDX-License-Identifier: Apache-2.0 */
/* diag_list: what diag.c keeps and what writes it, for those files alone. */
#ifndef DSLC_DIAG_LIST_H
#define DSLC_DIAG_LIST_H

#include <apr_tables.h>

#include "dslc/diag.h"

struct diag_label {
    struct span span;
    const char *text;
};

/*
 *   shop.routes:71:5: error[E301]: message        span, code, message
 *      71 |     GET /export -> shop.ops:dump()
 *         |     ^^^^^^^^^^^
 *      shop.routes:25:1: label                    places
 *      note: …                                    notes
 *      help: …                                    helps
 */
struct diag {
    struct diag_list *list;
    struct span span;
    enum diag_code code;
    bool kept; /* false: past DIAG_MAX_KEPT, takes nothing */
    unsigned order;
    const char *message;
    apr_array_header_t *places; /* struct diag_label, or NULL */
    apr_array_header_t *notes;  /* const char *, or NULL */
    apr_array_header_t *helps;  /* const char *, or NULL */
};

struct diag_list {
    apr_pool_t *pool;
    apr_array_header_t *diags; /* struct diag * */
    struct diag dropped;       /* what is said past DIAG_MAX_KEPT */
    unsigned errors;
    unsigned waiting; /* of them, E019 */
    unsigned warnings;
};

/* What diag_print_all gives a writer: sorted, nothing twice. */
struct diag_view {
    const struct source_set *set;
    const apr_array_header_t *diags; /* struct diag * */
    unsigned hidden;                 /* errors over DIAG_MAX_ERRORS */
    bool colour;
};

/* The writers. */
void diag_text_write(const struct diag_view *view, FILE *out);
void diag_json_write(const struct diag_view *view, FILE *out);
void diag_json_write_sarif(const struct diag_view *view, FILE *out);
void diag_json_write_github(const struct diag_view *view, FILE *out);

#define DIAG_SHOWN 16 /* bytes that one character is shown with */

/*
 * Writes the character at text as it may be shown: what would move the cursor
 * or deceive the reader is escaped.  Returns the bytes it has in the text.
 */
size_t diag_show(char shown[DIAG_SHOWN], const char *text, const char *end);

/* "error" or "warning". */
const char *diag_word(const struct diag *diag);

#endif
