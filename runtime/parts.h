/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a multipart body that a route declares, or all of them, as
 * they arrive: text in memory and uploads, each held against its limits while
 * it comes.
 */
#ifndef ROUTES_PARTS_H
#define ROUTES_PARTS_H

#include <apr_pools.h>

#include "multipart.h"
#include "routes_abi.h"
#include "upload.h"
#include "value.h"

/* Bytes that the texts of one body may have if its route takes uploads, or if
 * undeclared parts are kept: the limit of the body is for uploads. */
#define ROUTES_MAX_PARTS_TEXT (1024 * 1024)
/* Uploads of one body: each may be an open file. */
#define ROUTES_MAX_UPLOADS 100

enum routes_parts_status {
    ROUTES_PARTS_MORE,      /* fine so far */
    ROUTES_PARTS_FAULT,     /* the body is none that could be read on */
    ROUTES_PARTS_TOO_LARGE, /* a part is over its limit */
    ROUTES_PARTS_UNKEPT     /* an upload could not be written: error */
};

/* What a part that is kept brought. */
struct routes_item {
    const char *name; /* pool */
    size_t name_len;
    char *text; /* pool; without upload */
    size_t len;
    size_t room;                  /* of text */
    struct routes_upload *upload; /* pool, or NULL: it is text */
    int64_t max;                  /* bytes of the upload */
    int64_t min;
    enum routes_fault fault; /* then there may be no more of it */
};

struct routes_parts {
    apr_pool_t *pool;
    const struct routes_table *table;
    const struct routes_route *route; /* or NULL: nothing is declared */
    int all;                          /* what isn't declared is kept, too */
    const char *folder;               /* of temporary files; borrowed */
    struct routes_multipart machine;
    struct routes_item *items; /* pool */
    unsigned n;
    unsigned room;
    struct routes_item *item;   /* of the part at hand, or NULL: nobody wants
                                 it */
    struct routes_item charset; /* the part `_charset_` */
    size_t text;                /* bytes of all texts */
    unsigned uploads;
    enum routes_fault fault; /* of the body as a whole */
    apr_status_t error;      /* of UNKEPT */
};

/* Sets up for a body of the Content-Type, of which the parts are kept that the
 * route declares.  Of a route whose function takes the request, and for route
 * NULL, the others are kept, too, those with a filename as uploads of any
 * length.  0: it is no multipart/form-data with a boundary. */
int routes_parts_start(struct routes_parts *parts, apr_pool_t *pool,
                       const struct routes_table *table,
                       const struct routes_route *route, const char *folder,
                       const char *type);

/* Takes a piece of the body, of any length.  After anything but MORE it is
 * over. */
enum routes_parts_status
routes_parts_feed(struct routes_parts *parts, const char *data, size_t len);

/* The body has ended: notes a fault if it was cut off. */
void routes_parts_end(struct routes_parts *parts);

#endif
