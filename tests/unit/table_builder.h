/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables made by hand, for tests of the runtime without the compiler.
 *
 * Types are written as in .routes ("int(1..5)", "list<str>", "int?"), with two
 * additions: "T~a-z0-9" is T matching r"[a-z0-9]+" ("T~~a-z0-9": by an
 * automaton with states), and "enum(a|b)", as
 * "upload(..9|text/plain)".  In a path the kinds that need an automaton there
 * are to be written with "~".
 */
#ifndef TABLE_BUILDER_H
#define TABLE_BUILDER_H

#include <stdint.h>

#include <apr_pools.h>

#include "runtime/routes_abi.h"

struct builder;

/* A table without any rows but the null ones, in pool. */
struct builder *builder_create(apr_pool_t *pool);

/* types[] of a spelling outside paths. */
uint32_t builder_type(struct builder *b, const char *spelling);

/* A route for methods ("GET,POST" or "ANY") on a pattern ("/a/{x:int}.png",
 * "/a/{r:path}", "{x}" is str).  host: NULL for any, "a.b", "*.b", "{t}.b".
 * Patterns of one node are tried with the longer literal text first, then by
 * the rank of their types (see rank_of), then as they came.  The route's place
 * is its own, with an auth. */
uint32_t builder_route(struct builder *b, const char *host,
                       const char *methods, const char *pattern);

/* A location that keeps what nothing matched: ANY prefix, ANY prefix/{rest}.
 * Returns its place. */
uint32_t
builder_guard(struct builder *b, const char *host, const char *prefix);

/* One more argument of a route, which must be the last route made.  text: the
 * default or constant, parsed as the type; NULL: none; "null": None, "[]": the
 * empty list. */
void
builder_arg(struct builder *b, uint32_t route, const char *name,
            enum routes_source source, const char *type, const char *text);

/* auths[] of a requirement in postfix: "user", "public", "role:x", "and",
 * "or", "not", separated by blanks. */
uint32_t builder_auth(struct builder *b, const char *program);

/* The URL of a route; the parts that follow are its own, type NULL for text.
 * A label makes the host. */
void builder_url(struct builder *b, const char *name, uint32_t route);
void builder_url_part(struct builder *b, enum routes_url_part_kind kind,
                      const char *text, const char *type);

/* Makes a redirect of a route; the parts of its target follow. */
void
builder_redirect(struct builder *b, uint32_t route, uint16_t status, int own);
void builder_target(struct builder *b, enum routes_target_part_kind kind,
                    const char *text, uint32_t capture);

/* A realm; the options that follow are its own.  Returns its row. */
uint32_t builder_realm(struct builder *b, const char *name,
                       enum routes_realm_kind kind);
void builder_option(struct builder *b, enum routes_option_key key,
                    const char *text, int64_t number);

/* The table; the builder is used up. */
struct routes_table *builder_finish(struct builder *b);

#endif
