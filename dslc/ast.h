/* SPDX-License-Identifier: Apache-2.0 */
/* ast: a parsed .routes file, as written and without meaning. */
#ifndef DSLC_AST_H
#define DSLC_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <apr_tables.h>

#include "grammar/span.h"

/*
 *   ast_file ── stmts ── ast_stmt ── ast_stmt ── …       one per statement
 *                           │
 *                           ├ kind     says which member of the union is set
 *                           └ body     its clauses, those on its line first,
 *                                      then the statements of its braces
 *
 * Everything lives in the pool of the parse.  Text is NUL-terminated, with
 * escapes resolved; a struct ast_text whose text is NULL was not written.
 * A list is its first and last element; an empty list is two NULLs.
 */

#define AST_LIST(noun)                                                        \
    struct ast_##noun##_list {                                                \
        struct ast_##noun *first;                                             \
        struct ast_##noun *last;                                              \
    }

struct ast_arg;
struct ast_code;
struct ast_expr;
struct ast_limit;
struct ast_option;
struct ast_part;
struct ast_path;
struct ast_pyref;
struct ast_raise;
struct ast_result;
struct ast_segment;
struct ast_stmt;
struct ast_targ;
struct ast_type;
struct ast_value;

AST_LIST(arg);
AST_LIST(code);
AST_LIST(expr);
AST_LIST(limit);
AST_LIST(option);
AST_LIST(part);
AST_LIST(path);
AST_LIST(pyref);
AST_LIST(raise);
AST_LIST(result);
AST_LIST(segment);
AST_LIST(stmt);
AST_LIST(targ);
AST_LIST(type);
AST_LIST(value);

/* A name, a dotted name or the contents of a string. */
struct ast_text {
    const char *text; /* NULL: not written */
    struct span span; /* a string's includes its quotes */
};

/* ---- values: what one or two tokens say ---- */

enum ast_value_kind {
    AST_STRING,   /* text */
    AST_INT,      /* number */
    AST_FLOAT,    /* real, and text as written */
    AST_SIZE,     /* number: bytes */
    AST_DURATION, /* number: milliseconds */
    AST_RATE,     /* number per period milliseconds */
    AST_CIDR,     /* text: 10.0.0.0/8 or 127.0.0.1 */
    AST_MIME,     /* text: text/html, image/… */
    AST_TRUE,
    AST_FALSE,
    AST_NULL,
    AST_EMPTY_LIST, /* [] */
    AST_DOLLAR,     /* $name: text is the name of a setting */
    AST_WORD,       /* text: a name or a dotted name */
    AST_PYREF,      /* pyref */
    AST_PATH        /* path */
};

struct ast_value {
    struct ast_value *next;
    enum ast_value_kind kind;
    struct span span;
    const char *text;        /* decoded; never NULL, as written for numbers */
    int64_t number;          /* INT, SIZE, DURATION, RATE */
    int64_t period;          /* RATE, milliseconds */
    double real;             /* INT and FLOAT */
    struct ast_pyref *pyref; /* PYREF */
    struct ast_path *path;   /* PATH */
};

/* module:function, module:Class.method; a built-in name has no module. */
struct ast_pyref {
    struct ast_pyref *next;
    struct span span;
    struct ast_text module;
    struct ast_text object;
};

/* ---- paths ---- */

/*
 *   /img/{id:int}.png  =  segments [ img ] [ {id:int} .png ]
 *   /                  =  segments [ ]       (one, empty)
 *   /a/                =  segments [ a ] [ ] (an empty last segment)
 *   .                  =  no segments, dot is true
 */
enum ast_part_kind {
    AST_PART_TEXT,  /* literal bytes without '/', escapes resolved */
    AST_PART_PARAM, /* {name} or {name:type} */
    AST_PART_BAD,   /* braces without a parameter: a mistake that was said */
    AST_PART_STAR,  /* *, in assertions only */
    AST_PART_STARS  /* **, in assertions only */
};

struct ast_part {
    struct ast_part *next;
    enum ast_part_kind kind;
    struct span span;
    const char *text;      /* the literal, or the parameter's name */
    struct span name_span; /* of a parameter's name */
    struct ast_type *type; /* of a parameter, or NULL */
};

struct ast_segment {
    struct ast_segment *next;
    struct span span;
    struct ast_part_list parts; /* none: the segment is empty */
};

struct ast_path {
    struct ast_path *next;
    struct span span;
    bool dot; /* `.`: the path of the location around it */
    struct ast_segment_list segments;
};

/* ---- types ---- */

struct ast_targ { /* one argument of a type: a value, or low..high */
    struct ast_targ *next;
    struct span span;
    bool range;
    struct ast_value *low;  /* NULL: open; the value when not a range */
    struct ast_value *high; /* NULL: open */
};

struct ast_type { /* `"a" | "b"` is the type enum with two arguments */
    struct ast_type *next;
    struct span span;
    struct ast_text name;
    struct ast_type_list items; /* list<T>, map<str, T> */
    struct ast_targ_list args;  /* str(..64), enum("a", "b") */
    struct ast_text matching;   /* the regular expression */
    bool optional;              /* T? */
};

/* ---- parameters: of a call, a rule, a record ---- */

struct ast_arg {
    struct ast_arg *next;
    struct span span;
    const char *doc; /* the ## lines above, or NULL */
    struct ast_text name;
    struct ast_type *type;       /* or NULL */
    struct ast_value *value;     /* default or constant, or NULL */
    struct ast_text source;      /* from query, form …; not in records */
    struct ast_text source_name; /* from header "If-Match" */
};

struct ast_call {
    struct span span;
    struct ast_pyref *target;
    bool has_args; /* false: no parentheses, pass the path's parameters */
    struct ast_arg_list args;
};

/* ---- rules ---- */

enum ast_expr_kind {
    AST_OR,  /* two or more items */
    AST_AND, /* two or more items */
    AST_NOT, /* one item */
    AST_ATOM /* name, has_args, args */
};

struct ast_expr {
    struct ast_expr *next; /* sibling in an or, an and */
    enum ast_expr_kind kind;
    struct span span;
    bool parens; /* written in parentheses */
    struct ast_expr_list items;
    struct ast_text name;
    bool has_args;
    struct ast_value_list args; /* WORD, STRING, INT, CIDR, DOLLAR */
};

/* ---- parts of clauses ---- */

struct ast_option { /* name value… */
    struct ast_option *next;
    struct span span;
    struct ast_text name;
    struct ast_value_list values;
};

struct ast_limit { /* body 1MB; rate 5/min per ip burst 10; time off */
    struct ast_limit *next;
    struct span span;
    struct ast_text what;
    struct ast_value *value; /* a number, RATE or WORD */
    struct ast_text per;
    struct ast_value *burst; /* or NULL */
};

struct ast_result { /* 201 Order, 409, html, text/csv */
    struct ast_result *next;
    struct span span;
    struct ast_value *status; /* INT, or NULL */
    struct ast_type *type;    /* or NULL */
    struct ast_text mime;
};

struct ast_raise { /* ValueError as 422 */
    struct ast_raise *next;
    struct span span;
    struct ast_pyref *exception;
    struct ast_value *status;
};

struct ast_code { /* 404, or 500..599 */
    struct ast_code *next;
    struct span span;
    struct ast_value *low;
    struct ast_value *high; /* the same as low for a single one */
};

/* ---- statements ---- */

enum ast_kind {
#define STMT(kind, word) AST_##kind,
#include "grammar/stmts.def"
#undef STMT
    AST_KINDS
};

struct ast_stmt {
    struct ast_stmt *next;
    enum ast_kind kind;
    struct span span;    /* all of it, braces included */
    struct span keyword; /* its first word; with `override`, both words */
    const char *doc;     /* the ## lines above, or NULL */
    bool on_line;        /* a clause on its statement's own line */
    bool override;       /* PUBLIC, REQUIRE, AUTH, LIMIT */
    struct span braces;  /* of the body's braces, or no place */
    struct ast_stmt_list body;
    union {
        struct {
            struct ast_text module;
            struct ast_text alias;
        } import;
        struct { /* SETTING */
            struct ast_text name;
            struct ast_type *type;
            struct ast_value *value; /* or NULL */
        } setting;
        struct { /* TYPE */
            struct ast_text name;
            struct ast_type *type;
        } type;
        struct {
            struct ast_text name;
            struct ast_pyref *pyclass; /* or NULL */
            struct ast_arg_list fields;
            struct span ellipsis; /* of `...`, or no place: closed */
        } record;
        struct { /* REALM; INTERPRETER_DECL without kind */
            struct ast_text name;
            struct ast_text kind;
            struct ast_option_list options;
        } realm;
        struct {
            struct ast_text name;
            struct ast_arg_list params;
            struct ast_expr *expr;   /* or NULL, then */
            struct ast_pyref *pyref; /* the predicate */
        } rule;
        struct ast_value_list names; /* METHOD, UNUSED, AUTH: WORD */
        struct {                     /* LOCATION */
            struct ast_path *path;
        } location;
        struct { /* HOST: STRING or DOLLAR */
            struct ast_value_list names;
        } host;
        struct { /* ROUTE */
            struct ast_value_list methods;
            struct ast_path_list paths;
            struct ast_call *call;         /* NULL: by variants */
            struct ast_text selector;      /* accept, query, header */
            struct ast_text selector_name; /* of the key or header */
            struct ast_stmt_list variants; /* VARIANT */
        } route;
        struct {                   /* VARIANT */
            struct ast_value *key; /* WORD, STRING, MIME */
            struct ast_call *call;
        } variant;
        struct { /* PUBLISH; its body has clauses and LINEs */
            struct ast_value_list methods; /* none: GET and POST */
            struct ast_path *path;
            struct ast_text module;
        } publish;
        struct { /* LINE; the target's module is the publish's */
            struct ast_call *call;
        } line;
        struct { /* MOUNT; its body may have MOUNT_OPTIONs */
            struct ast_path *path;
            struct ast_text kind;
            struct ast_value *target; /* STRING, PYREF, DOLLAR */
        } mount;
        struct { /* REDIRECT */
            struct ast_path *path;
            struct ast_value *status;
            struct ast_value *target; /* PATH or STRING */
        } redirect;
        struct { /* INCLUDE */
            struct ast_text file;
            struct ast_path *at; /* or NULL */
        } include;
        struct { /* ASSERT_EVERY, ASSERT_PUBLIC (globs only) */
            struct ast_value_list methods;
            struct ast_path_list globs;
            struct ast_expr *expr;
            struct ast_path_list except;
        } every;
        struct { /* ASSERT_ROUTE */
            struct ast_value_list methods;
            struct ast_path *url;
            struct ast_expr *caller;   /* or NULL */
            struct ast_value *outcome; /* INT or PYREF */
        } outcome;
        struct { /* HOOK, ON */
            struct ast_text name;
            struct ast_pyref_list pyrefs;
        } hook;
        struct { /* FILTER */
            struct ast_text name;
            struct ast_text mime;
            struct ast_pyref *pyref;
        } filter;
        struct { /* ERROR */
            struct ast_code_list codes;
            struct ast_pyref *pyref;
        } error;
        struct ast_text name;    /* AS, SLASH, DEPRECATED, CSRF */
        struct ast_expr *expr;   /* REQUIRE */
        struct ast_value *value; /* DENY, UNMATCHED, CACHE */
        struct ast_limit_list limits;
        struct ast_value_list formats; /* PRODUCES, CONSUMES */
        struct ast_result_list results;
        struct ast_raise_list raises;
        struct { /* HEADER, OPTION */
            struct ast_text name;
            struct ast_text value;
        } pair;
        struct { /* CORS: a word, or options */
            struct ast_text word;
            struct ast_option_list options;
        } cors;
        struct { /* INTERPRETER */
            struct ast_text name;
            bool per; /* `per site`: name is "site" */
        } interpreter;
        struct ast_option *option; /* MOUNT_OPTION */
    } u;
};

struct ast_file {
    bool astray; /* braces don't pair: what is inside which is unknown */
    struct span span;
    struct span version_span; /* of `routes 1`, or no place */
    int64_t version;
    struct ast_stmt_list stmts;
    apr_array_header_t *torn; /* struct span: lines with syntax errors */
};

/* The word that begins such a statement: "location", "require". */
const char *ast_kind_word(enum ast_kind kind);

/* True for clauses: AS to DEPRECATED of stmts.def. */
bool ast_is_clause(enum ast_kind kind);

#endif
