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

/* The request for the last table, of those that the path leads through, that
 * has a page; or NULL. */
static struct request *
find_owner(struct request *request, int status)
{
    while (request != NULL && find_page(request, status) == 0) {
        request = request->masked ? NULL : request->outer;
    }
    return request;
}

int
page_has(const request_rec *r, int status)
{
    return find_owner(request_of(r), status) != NULL;
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

/* The page that answers, and the request as its table knows it. */
struct asked {
    uint32_t page; /* 0: it was asked */
    struct request *owner;
};

/* OK with the reply; else nothing is to be sent, and it was logged why. */
static int
ask(request_rec *r, const struct request *request, const struct asked *asked,
    struct reply *reply)
{
    struct embed_table *bound = child_bound(asked->owner->mount->served);
    const struct embed_trouble trouble = {
        .status = r->status,
        .reason = ap_get_status_line_ex(r->pool, r->status) + REASON_AT,
        .match = &asked->owner->match,
        .problems = has_faults(r) ? request->problems : NULL,
        .exception = request->exception,
    };

    return bound == NULL ? HTTP_SERVICE_UNAVAILABLE
                         : embed_page(bound, r, asked->page, &trouble, reply);
}

/* Whether something was sent. */
static int
send_page(request_rec *r, const struct request *request,
          const struct asked *asked)
{
    struct reply reply = {.head = NULL};
    int status = ask(r, request, asked, &reply);

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

/* What httpd writes after the page was sent goes nowhere.  The page has the
 * request as its own table knows it. */
static apr_status_t
replace(ap_filter_t *filter, apr_bucket_brigade *brigade)
{
    request_rec *r = filter->r;
    struct request *request = request_of(r);
    struct asked *page = filter->ctx;
    ap_filter_t *first = r->output_filters;

    if (page->page != 0) {
        const struct asked asked = *page;
        int sent;

        page->page = 0;
        r->output_filters = filter->next;
        ap_set_module_config(r->request_config, &routes_module, asked.owner);
        sent = send_page(r, request, &asked);
        ap_set_module_config(r->request_config, &routes_module, request);
        request->over |= asked.owner->over;
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

    if (request == NULL || request->paged || is_hidden(r, request)) {
        return;
    }
    struct request *owner = find_owner(request, r->status);
    if (owner != NULL) {
        const struct asked asked = {.page = find_page(owner, r->status),
                                    .owner = owner};

        request->paged = 1;
        ap_add_output_filter(FILTER,
                             apr_pmemdup(r->pool, &asked, sizeof(asked)), r,
                             r->connection);
    }
}
