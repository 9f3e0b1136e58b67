/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `deny as 404`: to a caller who may not, what is there looks like what is
 * not.
 */
#include "mask.h"

#include <string.h>

#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mod_core.h>
#include <apr_strings.h>

#include "runtime/method.h"

static int
is_masked(const struct routes_table *table, uint32_t conduct)
{
    return table->conducts[conduct].deny == HTTP_NOT_FOUND;
}

/* ---- methods ------------------------------------------------------------ */

static void
add_hidden(apr_pool_t *pool, struct request *request,
           enum routes_method method, const struct routes_match *match)
{
    struct hidden *hidden = apr_palloc(pool, sizeof(*hidden));

    hidden->method = ROUTES_METHOD_BIT(method);
    hidden->match = *match;
    hidden->next = request->hidden;
    request->hidden = hidden;
}

void
mask_collect(const request_rec *r, struct request *request, const char *path)
{
    const struct routes_table *table = request_table(request);
    size_t host_len = r->hostname == NULL ? 0 : strlen(r->hostname);

    if (!request->mount->served->masks ||
        (request->match.outcome != ROUTES_NOT_ALLOWED &&
         request->match.outcome != ROUTES_OPTIONS)) {
        return;
    }
    for (int i = 0; i < ROUTES_N_METHODS; i++) {
        enum routes_method method = (enum routes_method)i;
        struct routes_match match;

        if ((request->match.allow & ROUTES_METHOD_BIT(method)) != 0 &&
            routes_match(table, r->hostname, host_len, path, strlen(path),
                         method, &match) == ROUTES_FOUND &&
            is_masked(table, table->routes[match.route].conduct)) {
            add_hidden(r->pool, request, method, &match);
        }
    }
}

/* ---- the answer --------------------------------------------------------- */

/* The steps are those of httpd's default handler for a file that is not
 * there: its Allow, its order. */
int
mask_answer(request_rec *r)
{
    ap_allow_standard_methods(r, MERGE_ALLOW, M_GET, M_OPTIONS, M_POST, -1);
    int status = ap_discard_request_body(r);

    if (status != OK) {
        return status;
    }
    switch (r->method_number) {
    case M_GET:
    case M_POST:
        return HTTP_NOT_FOUND;
    case M_INVALID:
        return HTTP_NOT_IMPLEMENTED;
    case M_OPTIONS:
        return ap_send_http_options(r);
    default:
        return HTTP_METHOD_NOT_ALLOWED;
    }
}
