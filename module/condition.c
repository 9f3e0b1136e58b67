/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions of a request.
 *
 * httpd compares; in which order is RFC 9110's (13.2.2).  ap_meets_conditions
 * takes the present for an answer's time where it has none, and fails the
 * conditions of an unsafe method when that has been done.
 */
#include "condition.h"

#include <http_protocol.h>

#include "request.h"

static int
has_tag(const request_rec *r)
{
    return apr_table_get(r->headers_out, "ETag") != NULL;
}

static int
has_time(const request_rec *r)
{
    return apr_table_get(r->headers_out, "Last-Modified") != NULL;
}

/* What stands in for an error is no answer that the client could have. */
static int
is_judged(const request_rec *r)
{
    return r->method_number == M_GET && ap_is_HTTP_SUCCESS(r->status) &&
           !r->no_local_copy && (has_tag(r) || has_time(r)) &&
           !request_of(r)->paged;
}

static int
is_match(ap_condition_e condition)
{
    return condition == AP_CONDITION_WEAK || condition == AP_CONDITION_STRONG;
}

/* Whether the client wants another one than this.  Of a time httpd says
 * whether it was modified since. */
static int
is_unwanted(request_rec *r)
{
    ap_condition_e match = ap_condition_if_match(r, r->headers_out);

    if (match == AP_CONDITION_NONE && has_time(r)) {
        return is_match(ap_condition_if_unmodified_since(r, r->headers_out));
    }
    return match == AP_CONDITION_NOMATCH;
}

/* Whether the client has it. */
static int
is_known(request_rec *r)
{
    ap_condition_e match = ap_condition_if_none_match(r, r->headers_out);

    if (match == AP_CONDITION_NONE && has_time(r)) {
        match = ap_condition_if_modified_since(r, r->headers_out);
    }
    return is_match(match);
}

int
condition_judge(request_rec *r)
{
    if (!is_judged(r)) {
        return OK;
    }
    if (is_unwanted(r)) {
        return HTTP_PRECONDITION_FAILED;
    }
    return is_known(r) ? HTTP_NOT_MODIFIED : OK;
}
