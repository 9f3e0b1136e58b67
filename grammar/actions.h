/* SPDX-License-Identifier: Apache-2.0 */
/* actions: what the scanner and the grammar call; the compiler implements it.
 *
 * The grammar has no meaning and no text of its own: an action gets the nodes
 * below it and the places of the tokens, and reads a token's text there.
 * Nodes live as long as the parse's pool.  A list may be NULL: empty.  A
 * zeroed span is "not written".
 */
#ifndef GRAMMAR_ACTIONS_H
#define GRAMMAR_ACTIONS_H

#include "grammar/span.h"

struct parse; /* the run that all actions work for */

struct ast_arg;
struct ast_arg_list;
struct ast_block;
struct ast_call;
struct ast_code;
struct ast_code_list;
struct ast_expr;
struct ast_limit;
struct ast_limit_list;
struct ast_option;
struct ast_option_list;
struct ast_part;
struct ast_part_list;
struct ast_path;
struct ast_path_list;
struct ast_pyref;
struct ast_pyref_list;
struct ast_raise;
struct ast_raise_list;
struct ast_result;
struct ast_result_list;
struct ast_stmt;
struct ast_stmt_list;
struct ast_targ;
struct ast_targ_list;
struct ast_type;
struct ast_type_list;
struct ast_value;
struct ast_value_list;

/* ---- what went wrong ---- */

/* Mistakes that are seen in the characters and the layout. */
enum act_fault {
    ACT_STRAY,         /* a character without a use */
    ACT_CONTROL,       /* a control character in a string or path */
    ACT_SINGLE_QUOTES, /* 'text' */
    ACT_UNTERMINATED,  /* "text */
    ACT_BAD_RATE,      /* 10/minute */
    ACT_BAD_UNIT,      /* 64Kb */
    ACT_NO_VERSION,    /* the file does not begin with `routes` */
    ACT_OPEN_PAREN,    /* `(` never closed */
    ACT_OPEN_BRACE,    /* `{` not closed before what it can't hold */
    ACT_OPEN_BLOCK,    /* … before the end of the file */
    ACT_SEMICOLON,     /* `;` inside parentheses */
    ACT_TOO_DEEP,      /* nested more than LAYOUT_MAX_DEPTH deep */
    /* Those of paths stand behind the others. */
    ACT_PATH_QUERY,     /* % or ? in a path */
    ACT_PATH_DELIMITER, /* # ( " \ in a path */
    ACT_PATH_FOREIGN,   /* /:id, <int:id> */
    ACT_PATH_BLOCK,     /* `{` of a block directly after a path */
    ACT_PARAM_OPEN,     /* `{` of a parameter without `}` */
    ACT_PARAM_BAD       /* no name between the braces */
};

void act_fault(struct parse *p, struct span at, enum act_fault fault);

/*
 * The token at a place does not continue the file.  found and expected are
 * the names that routes.y gives its tokens; expected has count of them.
 * follows: it begins a statement, and the one before went wrong, which may
 * well go on here.  False when nothing was said.
 */
int act_unexpected(struct parse *p, struct span at, const char *found,
                   const char *const *expected, int count, int follows);

/* True when so many mistakes were seen that the rest isn't read. */
int act_enough(const struct parse *p);

/* Lines of `##` comments; the token after them begins at `before`. */
void act_doc(struct parse *p, struct span comments, uint32_t before);

/*
 * A token as the grammar gets it, before any action that it leads to.  Its
 * kind is one of routes.tab.h; ends of statements and of paths count, and
 * have no byte of their own.
 */
void act_token(struct parse *p, int kind, struct span at);

/* ---- lists: a list with one element more ---- */

struct ast_arg_list *
act_args(struct parse *p, struct ast_arg_list *list, struct ast_arg *more);
struct ast_code_list *
act_codes(struct parse *p, struct ast_code_list *list, struct ast_code *more);
struct ast_limit_list *act_limits(struct parse *p, struct ast_limit_list *list,
                                  struct ast_limit *more);
struct ast_option_list *
act_options(struct parse *p, struct ast_option_list *list,
            struct ast_option *more);
struct ast_part_list *
act_parts(struct parse *p, struct ast_part_list *list, struct ast_part *more);
struct ast_path_list *
act_paths(struct parse *p, struct ast_path_list *list, struct ast_path *more);
struct ast_pyref_list *act_pyrefs(struct parse *p, struct ast_pyref_list *list,
                                  struct ast_pyref *more);
struct ast_raise_list *act_raises(struct parse *p, struct ast_raise_list *list,
                                  struct ast_raise *more);
struct ast_result_list *
act_results(struct parse *p, struct ast_result_list *list,
            struct ast_result *more);
struct ast_stmt_list *
act_stmts(struct parse *p, struct ast_stmt_list *list, struct ast_stmt *more);
struct ast_targ_list *
act_targs(struct parse *p, struct ast_targ_list *list, struct ast_targ *more);
struct ast_type_list *
act_types(struct parse *p, struct ast_type_list *list, struct ast_type *more);
struct ast_value_list *act_values(struct parse *p, struct ast_value_list *list,
                                  struct ast_value *more);

/* ---- the file ---- */

void act_version(struct parse *p, struct span at, struct span number);
void act_file(struct parse *p, struct span at, struct ast_stmt_list *stmts);
struct ast_block *
act_block(struct parse *p, struct span at, struct ast_stmt_list *stmts);

/* ---- values ---- */

struct ast_value *act_string(struct parse *p, struct span at);
struct ast_value *act_number(struct parse *p, struct span at);
struct ast_value *act_decimal(struct parse *p, struct span at);
struct ast_value *act_size(struct parse *p, struct span at);
struct ast_value *act_duration(struct parse *p, struct span at);
struct ast_value *act_rate(struct parse *p, struct span at);
struct ast_value *act_cidr(struct parse *p, struct span at);
struct ast_value *act_mime(struct parse *p, struct span at);
struct ast_value *act_true(struct parse *p, struct span at);
struct ast_value *act_false(struct parse *p, struct span at);
struct ast_value *act_null(struct parse *p, struct span at);
struct ast_value *act_empty_list(struct parse *p, struct span at);
struct ast_value *
act_dollar(struct parse *p, struct span at, struct span name);
struct ast_value *act_word(struct parse *p, struct span at);
struct ast_value *act_pyref_value(struct parse *p, struct ast_pyref *pyref);
struct ast_value *act_path_value(struct parse *p, struct ast_path *path);
struct ast_pyref *act_pyref(struct parse *p, struct span at,
                            struct span module, struct span object);

/* ---- types ---- */

struct ast_type *
act_type(struct parse *p, struct span at, struct span name,
         struct ast_type_list *items, struct ast_targ_list *args);
struct ast_type *act_matching(struct parse *p, struct span at,
                              struct ast_type *type, struct span pattern);
struct ast_type *
act_optional(struct parse *p, struct span at, struct ast_type *type);
struct ast_type *
act_enum(struct parse *p, struct span at, struct ast_targ_list *labels);
struct ast_targ *act_range(struct parse *p, struct span at,
                           struct ast_value *low, struct ast_value *high);
struct ast_targ *act_targ(struct parse *p, struct ast_value *value);

/* ---- paths ---- */

struct ast_part *act_literal(struct parse *p, struct span at);
struct ast_part *act_param(struct parse *p, struct span at, struct span name,
                           struct ast_type *type);
struct ast_part *act_bad_param(struct parse *p, struct span at);
struct ast_path *
act_path(struct parse *p, struct span at, struct ast_part_list *parts);
struct ast_path *
act_glob(struct parse *p, struct span at, struct ast_part_list *parts);
struct ast_path *act_dot(struct parse *p, struct span at);

/* ---- declarations ---- */

struct ast_stmt *act_import(struct parse *p, struct span at,
                            struct span module, struct span alias);
struct ast_stmt *act_setting(struct parse *p, struct span at, struct span name,
                             struct ast_type *type, struct ast_value *value);
struct ast_stmt *act_typedecl(struct parse *p, struct span at,
                              struct span name, struct ast_type *type);
struct ast_stmt *
act_record(struct parse *p, struct span at, struct span name,
           struct ast_pyref *pyclass, struct ast_arg_list *fields);
struct ast_arg *
act_field(struct parse *p, struct span at, struct span name,
          struct ast_type *type, struct ast_value *value, struct span wire);
struct ast_arg *act_ellipsis(struct parse *p, struct span at);
struct ast_stmt *act_realm(struct parse *p, struct span at, struct span name,
                           struct span kind, struct ast_option_list *options);
struct ast_stmt *act_rule(struct parse *p, struct span at, struct span name,
                          struct ast_arg_list *params, struct ast_expr *expr,
                          struct ast_pyref *pyref);
struct ast_stmt *
act_interpreters(struct parse *p, struct span at, struct span name,
                 struct ast_option_list *options);
struct ast_stmt *
act_methods(struct parse *p, struct span at, struct ast_value_list *names);
struct ast_stmt *
act_unused(struct parse *p, struct span at, struct ast_value_list *names);
struct ast_option *act_option(struct parse *p, struct span at,
                              struct span name, struct ast_value_list *values);

/* ---- places and routes ---- */

struct ast_stmt *
act_location(struct parse *p, struct span at, struct ast_path *path,
             struct ast_stmt_list *line, struct ast_block *block);
struct ast_stmt *
act_host(struct parse *p, struct span at, struct ast_value_list *names,
         struct ast_stmt_list *line, struct ast_block *block);
struct ast_stmt *
act_route(struct parse *p, struct span at, struct ast_value_list *methods,
          struct ast_path_list *paths, struct ast_call *call,
          struct ast_stmt_list *line, struct ast_block *block);
struct ast_stmt *
act_variants(struct parse *p, struct span at, struct ast_value_list *methods,
             struct ast_path_list *paths, struct span selector,
             struct span name, struct ast_stmt_list *line,
             struct ast_stmt_list *variants);
struct ast_stmt *
act_variant(struct parse *p, struct span at, struct ast_value *key,
            struct ast_call *call, struct ast_stmt_list *line);
struct ast_stmt *
act_publish(struct parse *p, struct span at, struct ast_value_list *methods,
            struct ast_path *path, struct span module,
            struct ast_stmt_list *line, struct ast_block *block);
struct ast_stmt *
act_function(struct parse *p, struct span at, struct span name,
             struct ast_arg_list *args, struct ast_stmt_list *line);
struct ast_call *
act_call(struct parse *p, struct span at, struct ast_pyref *target,
         int has_args, struct ast_arg_list *args);
struct ast_arg *act_arg(struct parse *p, struct span at, struct span name,
                        struct ast_type *type, struct ast_value *value,
                        struct ast_arg *source);
struct ast_arg *
act_source(struct parse *p, struct span source, struct span name);
struct ast_stmt *
act_mount(struct parse *p, struct span at, struct ast_path *path,
          struct span kind, struct ast_value *target,
          struct ast_stmt_list *line, struct ast_block *block);
struct ast_stmt *act_mount_option(struct parse *p, struct ast_option *option);
struct ast_stmt *
act_redirect(struct parse *p, struct span at, struct ast_path *path,
             struct span status, struct ast_value *target,
             struct ast_stmt_list *line, struct ast_block *block);
struct ast_stmt *
act_include(struct parse *p, struct span at, struct span file,
            struct ast_path *prefix, struct ast_stmt_list *line,
            struct ast_block *block);

/* ---- clauses ---- */

struct ast_stmt *
act_override(struct parse *p, struct span at, struct ast_stmt *clause);
struct ast_stmt *act_public(struct parse *p, struct span at);
struct ast_stmt *
act_require(struct parse *p, struct span at, struct ast_expr *expr);
struct ast_stmt *
act_auth(struct parse *p, struct span at, struct ast_value_list *realms);
struct ast_stmt *act_limit_clause(struct parse *p, struct span at,
                                  struct ast_limit_list *limits);
struct ast_limit *
act_limit(struct parse *p, struct span at, struct span what,
          struct ast_value *value, struct ast_limit *modifiers);
struct ast_limit *
act_per(struct parse *p, struct ast_limit *modifiers, struct span per);
struct ast_limit *
act_burst(struct parse *p, struct ast_limit *modifiers, struct span burst);
struct ast_stmt *act_as(struct parse *p, struct span at, struct span name);
struct ast_stmt *act_deny(struct parse *p, struct span at, struct span status);
struct ast_stmt *
act_unmatched(struct parse *p, struct span at, struct ast_value *value);
struct ast_stmt *
act_produces(struct parse *p, struct span at, struct ast_value_list *formats);
struct ast_stmt *
act_consumes(struct parse *p, struct span at, struct ast_value_list *formats);
struct ast_stmt *act_query(struct parse *p, struct span at);
struct ast_stmt *
act_returns(struct parse *p, struct span at, struct ast_result_list *results);
struct ast_result *
act_result(struct parse *p, struct span at, struct span status,
           struct ast_type *type, struct span mime);
struct ast_stmt *act_raises_clause(struct parse *p, struct span at,
                                   struct ast_raise_list *raises);
struct ast_raise *act_raise(struct parse *p, struct span at,
                            struct ast_pyref *exception, struct span status);
struct ast_stmt *act_header(struct parse *p, struct span at, struct span name,
                            struct span value);
struct ast_stmt *
act_cache(struct parse *p, struct span at, struct ast_value *value);
struct ast_stmt *act_cors(struct parse *p, struct span at, struct span word,
                          struct ast_option_list *options);
struct ast_stmt *act_csrf(struct parse *p, struct span at, struct span word);
struct ast_stmt *act_slash(struct parse *p, struct span at, struct span word);
struct ast_stmt *
act_interpreter(struct parse *p, struct span at, struct span name, int per);
struct ast_stmt *act_option_clause(struct parse *p, struct span at,
                                   struct span name, struct span value);
struct ast_stmt *
act_deprecated(struct parse *p, struct span at, struct span text);

/* ---- rules ---- */

struct ast_expr *act_or(struct parse *p, struct span at, struct ast_expr *left,
                        struct ast_expr *right);
struct ast_expr *act_and(struct parse *p, struct span at,
                         struct ast_expr *left, struct ast_expr *right);
struct ast_expr *
act_not(struct parse *p, struct span at, struct ast_expr *expr);
struct ast_expr *
act_parens(struct parse *p, struct span at, struct ast_expr *expr);
struct ast_expr *act_atom(struct parse *p, struct span at, struct span name,
                          int has_args, struct ast_value_list *args);

/* ---- phases ---- */

struct ast_stmt *act_hook(struct parse *p, struct span at, struct span name,
                          struct ast_pyref_list *pyrefs);
struct ast_stmt *act_filter(struct parse *p, struct span at, struct span name,
                            struct span mime, struct ast_pyref *pyref);
struct ast_stmt *
act_error(struct parse *p, struct span at, struct ast_code_list *codes,
          struct ast_pyref *pyref);
struct ast_code *
act_code(struct parse *p, struct span at, struct span low, struct span high);
struct ast_stmt *act_on(struct parse *p, struct span at, struct span name,
                        struct ast_pyref *pyref);

/* ---- policy ---- */

struct ast_stmt *
act_assert_every(struct parse *p, struct span at,
                 struct ast_value_list *methods, struct ast_path_list *globs,
                 struct ast_expr *expr, struct ast_path_list *except);
struct ast_stmt *act_assert_public(struct parse *p, struct span at,
                                   struct ast_path_list *globs);
struct ast_stmt *
act_assert_route(struct parse *p, struct span at,
                 struct ast_value_list *methods, struct ast_path *url,
                 struct ast_expr *caller, struct ast_value *outcome);

#endif
