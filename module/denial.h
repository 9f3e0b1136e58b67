/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a request was refused: one line of the error log, and what the audit
 * log says of it.
 */
#ifndef DENIAL_H
#define DENIAL_H

#include <httpd.h>

#include "request.h"

/* The first refusal of a request, as things stood then: what hides behind a
 * 404 becomes a request for nothing.  In r->pool. */
struct denial {
    const char *reason;
    const char *user;                 /* or NULL */
    const char *pattern;              /* of the route; else of the place */
    const char *name;                 /* of the route, or NULL */
    struct routes_text rule;          /* of the table */
    const char *realm;                /* its name, or NULL: nobody is known */
    const struct routes_table *table; /* whose requirement it was */
    uint32_t file;                    /* files[] */
    uint32_t line;
    int told; /* the audit log has it */
};

/* What is asked for and by which requirement: "shop.routes:7: route
 * items.show: role(staff)", in r->pool. */
const char *denial_where(request_rec *r, const struct request *request);

/* Fills *denial but for its reason: what a request is and whose. */
void denial_describe(const struct request *request, struct denial *denial);

/* Notes the refusal, which somebody has logged, unless there was one before.
 * reason lives as long as r->pool. */
void denial_note(request_rec *r, struct request *request, const char *reason);

/* The same, and logs it. */
void denial_log(request_rec *r, struct request *request, const char *reason);

#endif
