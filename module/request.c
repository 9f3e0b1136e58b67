/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What mod_routes knows of a request.
 */
#include "request.h"

#include <stddef.h>
#include <string.h>

const char request_handler[] = "routes";

static inline void
fill(struct request *request, const struct mount *mount,
     const struct routes_match *match)
{
    request->mount = mount;
    request->granted_to = NULL;
    request->granted_route = 0;
    request->choice = 0;
    request->format = 0;
    request->preflight = 0;
    request->mounted = 0;
    request->refusal = OK;
    request->deferred = 0;
    request->problems = NULL;
    request->exception = NULL;
    request->paged = 0;
    request->over = 0;
    request->counted = 0;
    request->masked = 0;
    request->hidden = NULL;
    request->denial = NULL;
    request->kept = NULL;
    request->body = NULL;
    request->said = NULL;
    request->csrf_later = 0;
    request->with_session = 0;
    request->outer = NULL;
    request->time = 0;
    request->caller = (struct routes_caller){.user = NULL};
    memcpy(&request->match, match,
           offsetof(struct routes_match, captures) +
               match->n_captures * sizeof(match->captures[0]));
}

void
request_begin(struct request *request, const struct mount *mount,
              const struct routes_match *match)
{
    fill(request, mount, match);
}

struct request *
request_make(request_rec *r, const struct mount *mount,
             const struct routes_match *match)
{
    struct request *request = apr_palloc(r->pool, sizeof(*request));

    fill(request, mount, match);
    ap_set_module_config(r->request_config, &routes_module, request);
    return request;
}

uint32_t
request_auth(const struct request *request)
{
    const struct routes_table *table = request_table(request);

    return request->match.outcome == ROUTES_FOUND
               ? table->routes[request->match.route].auth
               : table->places[request->match.place].auth;
}
