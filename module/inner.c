/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables that are mounted in tables.
 */
#include "inner.h"

#include <string.h>

#include <http_request.h>
#include <apr_strings.h>

#include "denial.h"
#include "kept.h"
#include "mounted.h"
#include "reader.h"
#include "realm_apache.h"
#include "runtime/args.h"
#include "translate.h"

/* ---- the step ----------------------------------------------------------- */

/* Whom httpd's own modules have found they may be asked for again; whom a
 * realm of ours has found is nobody to another table. */
static void
forget_caller(request_rec *r, const struct request *request)
{
    const struct realm *realm =
        &request->mount->served->realms[request->caller.realm];

    if (request->caller.user != NULL && realm->kind != &realm_apache) {
        r->user = NULL;
        r->ap_auth_type = NULL;
    }
}

/* Whether the parameters before the mount are values of their types: what is
 * none is answered where that is found for any route. */
static int
takes_path(request_rec *r, const struct request *request)
{
    const struct routes_table *table = request_table(request);
    const struct routes_input input = {.captures = request->match.captures,
                                       .headers = r->headers_in,
                                       .method = r->method};
    struct routes_value values[ROUTES_MAX_ARGS];
    struct routes_problems problems;

    return table->routes[request->match.route].n_args == 0 ||
           routes_args_decode(table, request->match.route, &input, r->pool,
                              values, &problems) == 0;
}

/* The inner table as it is mounted for this request: below what stands before
 * the path. */
static const struct mount *
make_mount(request_rec *r, const struct mount *inner, const char *path)
{
    struct mount *mount = apr_pmemdup(r->pool, inner, sizeof(*mount));

    mount->prefix_len = (apr_size_t)(path - r->uri);
    mount->prefix = apr_pstrmemdup(r->pool, r->uri, mount->prefix_len);
    mount->url = mount_url(r->pool, mount->prefix);
    return mount;
}

/* The shorter of the times that the tables around leave a call and that the
 * mount does; 0 is none. */
static uint32_t
time_within(const struct request *outer)
{
    const struct routes_table *table = request_table(outer);
    const struct routes_route *route = &table->routes[outer->match.route];
    uint32_t own = table->limits[route->limits].time;

    return own == 0 || (outer->time != 0 && outer->time < own) ? outer->time
                                                               : own;
}

static void
step_in(request_rec *r, struct request *request, const struct mount *mount,
        const struct routes_match *match)
{
    struct request *outer = apr_pmemdup(r->pool, request, sizeof(*outer));

    outer->headers = apr_table_copy(r->pool, r->err_headers_out);
    forget_caller(r, request);
    request_begin(request, mount, match);
    request->outer = outer;
    request->time = time_within(outer);
    request->kept = outer->kept;
    request->with_session = outer->with_session;
    request->upgraded = outer->upgraded;
    request->counted = outer->counted == 0 ? 0 : REQUEST_COUNTED;
    r->filename = (char *)mount->filename;
}

/* What was read before may have been within another's limit alone, and what
 * inflates it comes behind.  DECLINED, or the status of a body that the mount
 * does not take. */
static int
limit_body(request_rec *r, const struct request *request,
           const struct routes_route *route)
{
    const struct kept *kept = request->kept;

    return kept != NULL &&
                   reader_exceeds((int64_t)kept->len, route->body_limit)
               ? HTTP_REQUEST_ENTITY_TOO_LARGE
               : mounted_limit_body(r, route);
}

/* ---- what httpd answers for --------------------------------------------- */

/* httpd's steps behind translate_name, for a file or a backend that has only
 * now been found: the sections that are in force for it, and the modules that
 * judge it before the gate. */
static int
walk(request_rec *r)
{
    r->per_dir_config = r->server->lookup_defaults;
    int status = ap_run_map_to_storage(r);
    if (status == DECLINED) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (status == OK) {
        status = ap_location_walk(r);
    }
    if (status == OK) {
        status = ap_if_walk(r);
    }
    if (status == OK && r->main == NULL) {
        status = ap_run_header_parser(r);
        status = status == DECLINED ? OK : status;
    }
    if (status == OK) {
        status = ap_run_access_checker(r);
        status = status == DECLINED ? OK : status;
    }
    return status;
}

/* DECLINED, or the status that refuses the request. */
static int
begin_mounted(request_rec *r, struct request *request)
{
    int status = request->mounted == 0 ? OK : walk(r);

    if (status == OK) {
        return DECLINED;
    }
    denial_note(r, request, "httpd refuses what is mounted there");
    return status;
}

/* ---- there and back ----------------------------------------------------- */

int
inner_enter(request_rec *r, struct request *request)
{
    const struct served *served = request->mount->served;
    const struct routes_route *route =
        &served->table->routes[request->match.route];
    uint16_t below = served->table->mounts[route->target].below;
    struct routes_match match;

    int status = limit_body(r, request, route);
    if (status != DECLINED) {
        denial_note(r, request, "the body is too long");
        return status;
    }
    if (below == 0 || !takes_path(r, request)) {
        return OK;
    }
    const char *path = request->match.captures[below - 1].at - 1;
    if (path < r->uri || path > r->uri + strlen(r->uri)) {
        denial_note(r, request, "another module has changed the path");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    const struct mount *mount =
        make_mount(r, &served->inners[route->target], path);
    if (translate_match(r, mount->served, path, &match) == ROUTES_UNKNOWN) {
        return OK;
    }
    step_in(r, request, mount, &match);
    translate_prepare(r, request, path);
    return begin_mounted(r, request);
}

/* The record as it was before a step. */
static void
restore(request_rec *r, struct request *request, const struct request *outer)
{
    const struct kept *kept = request->kept;
    uint32_t with_session = request->with_session;

    mounted_undo(r, request);
    *request = *outer;
    request->kept = kept;
    request->with_session = with_session;
    r->err_headers_out = apr_table_copy(r->pool, outer->headers);
    r->filename = (char *)request->mount->filename;
}

/* r->user is whom a table has found. */
static void
name_caller(request_rec *r, const struct request *known)
{
    const struct realm *realm =
        &known->mount->served->realms[known->caller.realm];

    r->user = (char *)known->caller.user;
    if (realm->auth_type != NULL) {
        r->ap_auth_type = (char *)realm->auth_type;
    }
}

void
inner_leave(request_rec *r, struct request *request)
{
    struct denial *denial = request->denial;

    restore(r, request, request->outer);
    request->denial = denial;
    name_caller(r, request_known(request));
}

void
inner_restart(request_rec *r, struct request *request)
{
    const struct request *first = request->outer;

    while (first->outer != NULL) {
        first = first->outer;
    }
    restore(r, request, first);
    request->granted_to = NULL;
    request->granted_route = 0;
    request->deferred = 0;
    request->caller = (struct routes_caller){.user = NULL};
}

void
inner_name_caller(request_rec *r, const struct request *request)
{
    const struct request *known = request_known(request);

    if (request->caller.user == NULL && known->caller.user != NULL) {
        name_caller(r, known);
    }
}
