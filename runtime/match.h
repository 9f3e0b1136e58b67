/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The matcher: host, path and method to a route, its captures, or the reason
 * why there is none.  Pure: no allocation, no locks, no globals, no I/O.
 */
#ifndef ROUTES_MATCH_H
#define ROUTES_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "dfa.h"
#include "method.h"
#include "routes_abi.h"

/* What a parameter matched: a slice of the host or path given. */
struct routes_capture {
    const char *at; /* borrowed from the caller's host or path */
    size_t len;
};

enum routes_outcome {
    ROUTES_UNKNOWN,     /* not ours: no route, and no location keeps it */
    ROUTES_FOUND,       /* route and captures are set */
    ROUTES_NOT_FOUND,   /* a location keeps it: 404 under place's auth */
    ROUTES_NOT_ALLOWED, /* 405 with allow, under place's auth */
    ROUTES_OPTIONS      /* automatic OPTIONS: 204 with allow, likewise */
};

struct routes_match {
    enum routes_outcome outcome;
    uint32_t route; /* FOUND: index into routes[] */
    uint32_t place; /* index into places[]: whose requirement guards the
                       answer; FOUND: 0, for the route has its own */
    uint64_t allow; /* NOT_ALLOWED, OPTIONS: bits of the methods the path has,
                       HEAD added to GET, OPTIONS always in, as routes have
                       them (see routes_method_sent); else not set */
    uint32_t n_captures; /* of the route's pattern, or of the place's */
    struct routes_capture captures[ROUTES_MAX_CAPTURES + 1];
    /* the first n_captures are set; the row behind them may hold a segment
       that the matcher looked at */
};

/* Matches a request by LANGUAGE.md P1 to P12.  host: lower case, without port
 * and trailing dot, or NULL; path: begins with '/', any bytes; method may be
 * ROUTES_METHOD_NONE, and is WEBSOCKET for a GET that asks for one.  The
 * result's outcome is also returned.  Time: linear in the path for each
 * pattern tried; nothing outside [path, path + len) is read. */
enum routes_outcome
routes_match(const struct routes_table *table, const char *host,
             size_t host_len, const char *path, size_t len,
             enum routes_method method, struct routes_match *result);

#endif
