/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error pages: a function of the table answers in place of httpd's own page.
 */
#ifndef PAGE_H
#define PAGE_H

#include <httpd.h>

#include "runtime/problem.h"

/* Registers the filter that page_insert adds. */
void page_register(void);

/* Whether a request that is refused with a status has a page for it. */
int page_has(const request_rec *r, int status);

/* Keeps the faults of a request's arguments for its page. */
void page_keep_faults(request_rec *r, const struct routes_problems *problems);

/* Hook insert_error_filter: has the page of a matched request's error, if
 * there is one, take the place of what httpd is about to send. */
void page_insert(request_rec *r);

#endif
