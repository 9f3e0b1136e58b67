/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the realms of each kind declare: the one list of their options, for
 * the compiler that reads them and for the server that trusts a table.
 */
#ifndef ROUTES_OPTION_H
#define ROUTES_OPTION_H

#include <stddef.h>

#include "routes_abi.h"

/* How the value of an option is written, and where a row keeps it. */
enum routes_option_form {
    ROUTES_FORM_TEXT,     /* a string of one line: text */
    ROUTES_FORM_FILE,     /* a string, the path of a file: text */
    ROUTES_FORM_WORD,     /* a name, or it as a string: text */
    ROUTES_FORM_WORDS,    /* several of them: a row each */
    ROUTES_FORM_FIELD,    /* the name of a header field: text */
    ROUTES_FORM_PATH,     /* a string, a path on this server: text */
    ROUTES_FORM_TEMPLATE, /* a string, of any lines: text */
    ROUTES_FORM_DURATION, /* 30s: number, seconds */
    ROUTES_FORM_FLAG,     /* true or false: number, 1 or 0 */
    ROUTES_FORM_FUNCTION  /* module:name: function */
};

enum routes_option_need {
    ROUTES_NEED_NONE,
    ROUTES_NEED_ALWAYS, /* each realm of the kind has it */
    ROUTES_NEED_ONE     /* each has exactly one of those marked so */
};

struct routes_option_row {
    enum routes_realm_kind kind;
    enum routes_option_key key;
    const char *name; /* as .routes files spell it */
    const char *lead; /* the word before its value ("file"), or NULL */
    enum routes_option_form form;
    enum routes_option_need need;
};

/* The rows of all kinds, those of one kind together; ends with a row whose
 * name is NULL. */
extern const struct routes_option_row routes_option_rows[];

/* The name of a kind as .routes files spell it. */
const char *routes_option_kind_name(enum routes_realm_kind kind);

/* NULL, or what is wrong with a realm of a table: its kind, an option that
 * the kind does not take, one that it lacks, a value of another form.  The
 * indexes of its rows have been checked. */
const char *routes_option_fault(const struct routes_table *table,
                                const struct routes_realm *realm);

/* The first row of a realm with this key, or NULL. */
const struct routes_option *
routes_option_find(const struct routes_table *table,
                   const struct routes_realm *realm,
                   enum routes_option_key key);

/* Its text, borrowed from the table, or other if there is none. */
const char *routes_option_text(const struct routes_table *table,
                               const struct routes_realm *realm,
                               enum routes_option_key key, const char *other);

/* Its number, or other if there is none. */
int64_t routes_option_number(const struct routes_table *table,
                             const struct routes_realm *realm,
                             enum routes_option_key key, int64_t other);

#endif
