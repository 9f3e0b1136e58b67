/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error pages.
 *
 *     ap_send_error_response
 *         insert_error_filter ── page_insert adds the filter
 *         headers begin anew, httpd writes its page
 *             filter ── calls the function, sends what it gave
 *                   \── or lets httpd's page pass, if there is nothing to send
 *
 * So a page stands for every refusal of a matched request: the handler's, the
 * gate's, and that of httpd's own Require.  It is asked once, and what fails
 * in it ends in httpd's page, never in another error.
 */
#include "page.h"

#include <http_protocol.h>
#include <http_request.h>
#include <util_filter.h>
#include <apr_strings.h>

#include "answer.h"
#include "bind.h"
#include "child.h"
#include "gate.h"
#include "mask.h"
#include "request.h"
#include "runtime/page.h"

#define FILTER "ROUTES_ERROR_PAGE"

/* Where the words begin in "404 Not Found". */
#define REASON_AT 4

/* What is masked as nothing of ours has no page of ours. */
static uint32_t
find_page(const struct request *request, int status)
{
    return request->masked
               ? 0
               : routes_page_find(request_table(request),
                                  request_conduct_index(request), status);
}

int
page_has(const request_rec *r, int status)
{
    const struct request *request = request_of(r);

    return request != NULL && find_page(request, status) != 0;
}

void
page_keep_faults(request_rec *r, const struct routes_problems *problems)
{
    request_of(r)->problems =
        apr_pmemdup(r->pool, problems, sizeof(*problems));
}

/* ---- what is sent ------------------------------------------------------- */

/* Whether the error is what is wrong with the request: who is refused for
 * another reason is not told what a route would take. */
static int
has_faults(const request_rec *r)
{
    return r->status == HTTP_BAD_REQUEST || r->status == HTTP_NOT_ACCEPTABLE;
}

/* OK with the reply; else nothing is to be sent, and it was logged why. */
static int
ask(request_rec *r, const struct request *request, uint32_t page,
    struct reply *reply)
{
    struct embed_table *bound = child_bound(request->mount->served);
    const struct embed_trouble trouble = {
        .status = r->status,
        .reason = ap_get_status_line_ex(r->pool, r->status) + REASON_AT,
        .match = &request->match,
        .problems = has_faults(r) ? request->problems : NULL,
        .exception = request->exception,
    };

    return bound == NULL ? HTTP_SERVICE_UNAVAILABLE
                         : embed_page(bound, r, page, &trouble, reply);
}

/* Whether something was sent. */
static int
send_page(request_rec *r, const struct request *request, uint32_t page)
{
    struct reply reply = {.head = NULL};
    int status = ask(r, request, page, &reply);

    if (status == OK) {
        status = answer_page(r, &reply);
        return !ap_is_HTTP_ERROR(status);
    }
    if (status == DONE) {
        return 1; /* the client has gone */
    }
    if (request->problems != NULL && has_faults(r)) {
        bind_send_faults(r, request, request->problems);
        return 1;
    }
    return 0;
}

/* ---- the filter --------------------------------------------------------- */

/* What httpd writes after the page was sent goes nowhere. */
static apr_status_t
replace(ap_filter_t *filter, apr_bucket_brigade *brigade)
{
    request_rec *r = filter->r;
    struct request *request = request_of(r);
    uint32_t *page = filter->ctx;
    ap_filter_t *first = r->output_filters;

    if (*page != 0) {
        uint32_t asked = *page;
        int sent;

        *page = 0;
        r->output_filters = filter->next;
        sent = send_page(r, request, asked);
        r->output_filters = first;
        if (!sent) {
            ap_remove_output_filter(filter);
            return ap_pass_brigade(filter->next, brigade);
        }
    }
    apr_brigade_cleanup(brigade);
    return APR_SUCCESS;
}

void
page_register(void)
{
    ap_register_output_filter(FILTER, replace, NULL, AP_FTYPE_RESOURCE);
}

/* Whether it must not show that a place with pages is there. */
static int
is_hidden(const request_rec *r, const struct request *request)
{
    return request->masked ||
           (mask_wanted(request) && !gate_granted(r, request));
}

void
page_insert(request_rec *r)
{
    struct request *request = request_of(r);
    uint32_t page;

    if (request == NULL || request->paged || is_hidden(r, request)) {
        return;
    }
    page = find_page(request, r->status);
    if (page != 0) {
        request->paged = 1;
        ap_add_output_filter(FILTER, apr_pmemdup(r->pool, &page, sizeof(page)),
                             r, r->connection);
    }
}
