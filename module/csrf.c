/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that another site had a browser send.
 */
#include "csrf.h"

#include <string.h>

#include <http_core.h>
#include <http_protocol.h>
#include <apr_strings.h>

#include "answer.h"
#include "cors.h"
#include "origin.h"

static int
is_safe(const request_rec *r)
{
    enum routes_method method = routes_method_of(r->method, strlen(r->method));

    return method != ROUTES_METHOD_NONE &&
           (ROUTES_METHODS_SAFE & ROUTES_METHOD_BIT(method)) != 0;
}

/* NULL, or what shows that the request is another site's.  A browser says
 * where a request comes from by Sec-Fetch-Site, which no page can set, an
 * older one by Origin; what says neither is no browser. */
static const char *
find_fault(request_rec *r, const struct routes_table *table,
           const struct routes_conduct *conduct)
{
    const char *site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    const char *origin = apr_table_get(r->headers_in, "Origin");

    if (origin != NULL &&
        cors_lists(table, &table->cors[conduct->cors], origin)) {
        return NULL;
    }
    if (site != NULL) {
        return strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0
                   ? NULL
                   : apr_pstrcat(r->pool, "Sec-Fetch-Site is ", site, NULL);
    }
    if (origin != NULL && !origin_is_own(r, origin)) {
        return apr_pstrcat(r->pool, "Origin is ", origin, NULL);
    }
    return NULL;
}

int
csrf_check(request_rec *r, const struct request *request)
{
    const struct routes_conduct *conduct = request_conduct(request);
    const char *fault;

    if (conduct == NULL || conduct->csrf == ROUTES_CSRF_NONE || is_safe(r)) {
        return OK;
    }
    fault = find_fault(r, request_table(request), conduct);
    if (fault == NULL) {
        return OK;
    }
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  LOGNO(0032) "csrf: %s: refused", fault);
    return answer_error(r, HTTP_FORBIDDEN);
}
