/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain: which route answers a request, and why: a record that the command
 * prints.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "../runtime/match.h"
#include "../runtime/rule.h"
#include "explain_caller.h"
#include "explain_url.h"
#include "model.h"
#include "origin.h"
#include "plan.h"

/* Near misses that one record names. */
#define EXPLAIN_MAX_MISSES 10

/* A parameter of the path or host, and what it took. */
struct explain_capture {
    const char *name;
    const char *type;
    const char *value; /* printable */
};

struct explain_arg {
    const char *name;
    const char *type;  /* NULL for a constant */
    const char *wire;  /* its name in the request */
    const char *from;  /* "path", "query", "body", "constant", "default" */
    const char *value; /* as JSON, or NULL */
    const char *fault; /* "missing", "range", or NULL */
};

/* A route that did not answer. */
struct explain_miss {
    const struct model_route *route;
    const char *pattern; /* with its host */
    struct origin_place place;
    const char *why;
};

enum explain_answer {
    EXPLAIN_BY_HTTPD, /* before any route is asked, or none is there */
    EXPLAIN_BY_ROUTE,
    EXPLAIN_BY_LOCATION /* 404, 405, automatic OPTIONS */
};

struct explain {
    const char *method;
    const char *host; /* lower case, without port; NULL: none is given */
    struct explain_url url;
    const struct explain_caller *caller; /* NULL: not asked */

    enum explain_answer answer;
    int status;           /* 0: httpd goes on without us, or another table */
    const char *why;      /* a sentence, or NULL */
    int lost;             /* BY_ROUTE: a value of the path is none: 404 */
    const char *allow;    /* of 405 and OPTIONS, or NULL */
    const char *location; /* of a redirect, or NULL */
    const char *below;    /* the URL that another table has to answer; or
                             NULL */

    const struct model_route *route;   /* BY_ROUTE; of variants, the one that
                                          is called, if there is one */
    const struct model_choice *choice; /* of which it is one, or NULL */
    int format;                 /* of route->formats, the one it gets; -1: none
                                   of them; if there are any */
    const apr_table_t *headers; /* of the request */
    const char *pattern;
    struct origin_place place;    /* of the route or location */
    apr_array_header_t *captures; /* struct explain_capture */
    apr_array_header_t *args;     /* struct explain_arg */

    const struct model_conduct *conduct; /* BY_ROUTE, BY_LOCATION */
    int csrf;                       /* another site's request is refused */
    const struct model_auth *auth;  /* NULL: nothing is required */
    apr_array_header_t *lines;      /* struct origin_line */
    apr_array_header_t *realms;     /* struct origin_place, of auth->realms */
    enum routes_verdict verdict;    /* with a caller */
    apr_array_header_t *challenges; /* const char *: of a 401 */

    apr_array_header_t *misses; /* struct explain_miss, nearest first */
    int misses_left;            /* how many more there are */
};

/*
 * What a request meets.  method: a token; host: as a client sends it, or
 * NULL; url: begins with '/'; caller: or NULL; headers of the request, which
 * variants are told by.  plan is one without excess.
 * All is allocated in pool, and points into the plan and its model.
 */
struct explain *
explain_request(apr_pool_t *pool, struct plan *plan, const char *method,
                const char *host, const char *url,
                const struct explain_caller *caller,
                const apr_table_t *headers);

/* Whether a route answers, for the caller if there is one: not if another
 * table may refuse that. */
int explain_granted(const struct explain *explain);

#endif
