/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs of named routes: the way back from a route and its values.
 */
#ifndef ROUTES_URL_H
#define ROUTES_URL_H

#include <stddef.h>
#include <stdint.h>

#include "routes_abi.h"

/* The row of urls[] of a name; 0: there is none. */
uint32_t routes_url_find(const struct routes_table *table, const char *name,
                         size_t len);

/* Whether an argument of the route may stand in its query string. */
int routes_url_is_query(const struct routes_route *route,
                        const struct routes_arg *arg);

/* Whether a request without it may be good: it has a default, is optional, or
 * the body of another method may have it. */
int routes_url_is_optional(const struct routes_table *table,
                           const struct routes_route *route,
                           const struct routes_arg *arg);

/* What an argument of the query has to do with how its variant is chosen. */
enum routes_url_role {
    ROUTES_URL_FREE,  /* nothing */
    ROUTES_URL_FIXED, /* it is the key or another variant's, so it is no
                         parameter of the URL */
    ROUTES_URL_TELLS, /* that it is there chooses the variant */
    ROUTES_URL_ELSE   /* with a key as its value another variant is called */
};

/* The role of the argument that is called so in the query; FREE of a URL
 * without a choice. */
enum routes_url_role
routes_url_role(const struct routes_table *table, const struct routes_url *url,
                struct routes_text wire);

/* Whether a text is a key of the URL's choice. */
int
routes_url_is_key(const struct routes_table *table,
                  const struct routes_url *url, const char *text, size_t len);

/* The key of the URL's route among those of its choice, or NULL: it is for
 * the rest, or there is no choice. */
const struct routes_text *
routes_url_key(const struct routes_table *table, const struct routes_url *url);

/* Whether a text is a value of the type, in its one spelling where it stands:
 * kind is what a part is (LABEL, SEGMENT, REST), or NULL for the query
 * string. */
int
routes_url_takes(const struct routes_table *table, uint32_t type,
                 enum routes_url_part_kind kind, const char *text, size_t len);

/* Writes the text percent-encoded, at most three times as long; slashes: '/'
 * stays.  Returns the bytes written. */
size_t routes_url_encode(const char *text, size_t len, int slashes, char *to);

/* Whether httpd takes an encoded path as it is: no empty segment but the last,
 * no "." and "..". */
int routes_url_is_stable(const char *path, size_t len);

#endif
