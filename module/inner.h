/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables that are mounted in tables: `mount /blog routes blog`.
 *
 * Behind the gate of the outer table the rest of the path, which its match has
 * captured, is matched by the inner one, and the request goes through the gate
 * once more.  The record of the request stays where it is and becomes the
 * inner one's; what it was is kept behind it:
 *
 *     shop: /blog/{rest}                      request
 *       | realms, requirement, csrf, rates
 *       | inner_enter
 *     blog: GET /posts/{id}                   request --outer--> (of shop,
 *       | the same of its own                                    let through)
 *     the handler
 *
 * Nothing of the inner table is looked at before the outer one has let the
 * request in: a refusal can't tell what is below it.  What the inner table has
 * no answer for is answered by the mount: 404.  Realms, requirements and who
 * was found to call are each table's own.
 */
#ifndef INNER_H
#define INNER_H

#include <httpd.h>

#include "request.h"

/* Matches a request, which was just let through to a mount of a table, by that
 * table.  DECLINED: it is the inner table's now, and granted to nobody.  OK:
 * that has no answer, and nothing has changed.  Else the status that refuses
 * it: its body is longer than the mount takes, or httpd refuses the file. */
int inner_enter(request_rec *r, struct request *request);

/* Takes the last inner_enter back: the request is one that the inner table has
 * no answer for. */
void inner_leave(request_rec *r, struct request *request);

/* Takes all back, the grants too: the gate begins anew. */
void inner_restart(request_rec *r, struct request *request);

/* r->user, if the last table found nobody: whom the nearest one around it
 * found. */
void inner_name_caller(request_rec *r, const struct request *request);

#endif
