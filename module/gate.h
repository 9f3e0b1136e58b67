/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate: who may pass.  It leaves its mark in the record of the request,
 * for this request_rec and this route, and nothing is answered without it.
 */
#ifndef GATE_H
#define GATE_H

#include <httpd.h>

#include "request.h"

/* Hook post_perdir_config: a matched subrequest or internal redirect gets a
 * configuration of its own, so that httpd does not take over what the request
 * before it was allowed. */
int gate_isolate(request_rec *r);

/* Hook access_checker_ex: tries the realms in force and judges the
 * requirement.  DECLINED when it is met, so that httpd's own Require votes
 * too; else 401 with the challenges, 403 (of another site's requests, too),
 * or 500. */
int gate_check(request_rec *r);

/* Hook force_authn: has httpd's own modules say who calls, whatever Require
 * asks, if the gate waits for them. */
int gate_force(request_rec *r);

/* Hook auth_checker, when they have: judges the requirement, as gate_check. */
int gate_finish(request_rec *r);

/* Hook insert_error_filter: to their 401, the challenges of our realms. */
void gate_add_challenges(request_rec *r);

/* Hook fixups: runs the gate if httpd has skipped it (`Satisfy Any`, the
 * same section for both of two requests). */
int gate_recheck(request_rec *r);

/* Whether the gate has let this request_rec through to what it matched. */
int gate_granted(const request_rec *r, const struct request *request);

#endif
