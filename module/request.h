/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What mod_routes knows of a request: matched once, kept in
 * r->request_config, and never found out again.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <httpd.h>
#include <http_config.h>

#include "log.h"
#include "mount.h"
#include "runtime/match.h"
#include "runtime/rule.h"

/* r->handler of a matched request: "routes". */
extern const char request_handler[];

/* A method of the path that is of a masked route. */
struct hidden {
    uint64_t method; /* as a bit */
    struct routes_match match;
    struct hidden *next;
};

struct body;   /* body.h */
struct denial; /* denial.h */
struct kept;   /* kept.h */
struct said;   /* judge.c */

/* In `counted`: a table around it has counted it. */
#define REQUEST_COUNTED 0x80

/* One a request_rec that matched; in r->pool. */
struct request {
    const struct mount *mount;
    const request_rec *granted_to; /* the request_rec that the gate let
                                      through, or NULL: see gate.h */
    int mounted;                   /* enum routes_mount_kind that httpd's own
                                      part answers for, or 0 */
    int lent;                      /* set where `mounted` is: that part was
                                      asked, holding a place of its calls */
    int refusal;                   /* what httpd's walk to a file came to, for
                                      who may ask */
    uint32_t choice;               /* choices[] that chose its route, or 0 */
    uint32_t format;               /* formats[] that it chose, or 0: its route
                                      has one format */
    uint32_t preflight;            /* cors[] that answers OPTIONS, or 0 */
    uint32_t granted_route;        /* and the route it was let through to */
    uint32_t deferred;             /* realms[] of the kind `apache` that the
                                      gate waits for, or 0 */
    const struct routes_problems *problems; /* r->pool: what is wrong with its
                                               arguments, or NULL */
    struct embed_exception *exception; /* what its function raised, kept for
                                          an error page; or NULL */
    uint32_t csrf_later;               /* a token may stand in the body */
    uint32_t with_session;             /* the session was looked at */
    int paged;                         /* its error page was asked */
    int over;               /* httpd has ended the answer, of a malformed
                               body: nothing may follow */
    unsigned char counted;  /* rates: bits of enum rate_phase; 0: none */
    unsigned char upgraded; /* rates: counted on the way to HTTP/2 */
    int masked;             /* it is to look as if nothing were there, as httpd
                              shows that */
    struct hidden *hidden;  /* of what answers with Allow, or NULL */
    struct denial *denial;  /* why the gate refused it, or NULL */
    const struct kept *kept; /* r->pool: its body, read before the gate; or
                                NULL */
    struct said *said;       /* what was asked of its caller, or NULL */
    struct request *outer;   /* r->pool: as it was for the table that mounts
                                its own, which let it through; or NULL */
    apr_table_t *headers;    /* of an outer: r->err_headers_out, then */
    int slot;                /* of an outer: the place of a call it holds */
    uint32_t time; /* milliseconds that the tables around it give a call: the
                      shortest `limit time` of their mounts, or 0 */
    struct body *body; /* borrowed: read for its arguments; NULL while it is
                          not served */
    struct routes_caller caller; /* as the gate found it */
    struct routes_match match;   /* only n_captures captures are set */
};

/* The record of a request, or NULL: not ours. */
static inline struct request *
request_of(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &routes_module);
}

/* Whether httpd has ended the answer itself, as request_end() was told: what
 * followed would be taken for the answer to another request. */
static inline int
request_is_over(const request_rec *r)
{
    const struct request *request = request_of(r);

    return request != NULL && request->over;
}

/* Notes that httpd has ended the answer itself. */
static inline void
request_end(const request_rec *r)
{
    struct request *request = request_of(r);

    if (request != NULL) {
        request->over = 1;
    }
}

/* The table that the request matched. */
static inline const struct routes_table *
request_table(const struct request *request)
{
    return request->mount->served->table;
}

/* What the request's route, or the place that answers for it, asks for: of
 * enum served_wish. */
static inline unsigned
request_wishes(const struct request *request)
{
    const struct served *served = request->mount->served;

    return request->match.outcome == ROUTES_FOUND
               ? served->wishes[request->match.route]
               : served->place_wishes[request->match.place];
}

/* The index into conducts[] of how the request is to be met; 0: nothing is
 * asked. */
static inline uint32_t
request_conduct_index(const struct request *request)
{
    const struct routes_table *table = request_table(request);

    return request->match.outcome == ROUTES_FOUND
               ? table->routes[request->match.route].conduct
               : table->places[request->match.place].conduct;
}

/* The row, or NULL. */
static inline const struct routes_conduct *
request_conduct(const struct request *request)
{
    uint32_t conduct = request_conduct_index(request);

    return conduct == 0 ? NULL : &request_table(request)->conducts[conduct];
}

/* The request as it was for the nearest table, of its own and those around it,
 * that found who calls; its own if none did. */
static inline const struct request *
request_known(const struct request *request)
{
    const struct request *known = request;

    while (known->caller.user == NULL && known->outer != NULL) {
        known = known->outer;
    }
    return known->caller.user == NULL ? request : known;
}

/* Fills a record with a match, granted to nobody. */
void request_begin(struct request *request, const struct mount *mount,
                   const struct routes_match *match);

/* Makes the record of a match, granted to nobody, and puts it in its place. */
struct request *request_make(request_rec *r, const struct mount *mount,
                             const struct routes_match *match);

/* The index into auths[] of the requirement that guards the request: the
 * route's, or that of the place which answers for it.  0: nothing guards
 * it. */
uint32_t request_auth(const struct request *request);

#endif
