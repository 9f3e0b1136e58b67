/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handler: a granted request becomes a call and an answer, in the order
 * that the language promises (size, type, arguments, interpreter).
 */
#include "handler.h"

#include <string.h>

#include <http_config.h>

#include "answer.h"
#include "application.h"
#include "bind.h"
#include "body.h"
#include "child.h"
#include "csrf.h"
#include "debug.h"
#include "gate.h"
#include "mask.h"
#include "mounted.h"
#include "request.h"
#include "variant.h"
#include "runtime/method.h"
#include "runtime/redirect.h"
#include "runtime/table.h"
#include "slot.h"
#include "talk.h"

#define PERMANENT_REDIRECT 308

/* A place among the calls of the route, where their number has a limit. */
static __attribute__((noinline)) int
take_limited(request_rec *r, const struct request *request,
             const struct routes_route *route)
{
    int slot = slot_take(request->mount->served, route->limits);
    if (slot == SLOT_FULL) {
        apr_table_setn(r->err_headers_out, "Retry-After", "1");
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                      LOGNO(0058) "%s %s: as many calls of %s run as may",
                      r->method, r->uri,
                      routes_table_text(request_table(request), route->name));
    }
    return slot;
}

static int
take_own(request_rec *r, const struct request *request)
{
    const struct routes_route *route =
        &request_table(request)->routes[request->match.route];

    return route->limits == 0 ? SLOT_NONE : take_limited(r, request, route);
}

/* Gives back what the tables around hold, up to one. */
static __attribute__((noinline)) void
free_outer(struct request *outer, const struct request *end)
{
    for (; outer != end; outer = outer->outer) {
        slot_free(outer->slot);
    }
}

/* Whether there is a place for the call in each table around its own. */
static __attribute__((noinline)) int
take_outer(request_rec *r, struct request *first)
{
    for (struct request *outer = first; outer != NULL; outer = outer->outer) {
        outer->slot = take_own(r, outer);
        if (outer->slot == SLOT_FULL) {
            free_outer(first, outer);
            return 0;
        }
    }
    return 1;
}

static int
take_slot(request_rec *r, const struct request *request)
{
    if (request->outer != NULL && !take_outer(r, request->outer)) {
        return SLOT_FULL;
    }
    int slot = take_own(r, request);
    if (slot == SLOT_FULL && request->outer != NULL) {
        free_outer(request->outer, NULL);
    }
    return slot;
}

static void
give_back(const struct request *request, int slot)
{
    slot_free(slot);
    if (request->outer != NULL) {
        free_outer(request->outer, NULL);
    }
}

static int
call(request_rec *r, struct request *request,
     const struct routes_value *values)
{
    struct embed_table *bound = child_bound(request->mount->served);
    uint32_t route = request->match.route;
    struct reply reply;

    if (bound == NULL) {
        return answer_error(r, HTTP_SERVICE_UNAVAILABLE);
    }
    int slot = take_slot(r, request);
    if (slot == SLOT_FULL) {
        return answer_error(r, HTTP_SERVICE_UNAVAILABLE);
    }
    reply.head = NULL;
    reply.exception = NULL;
    int status = embed_call(bound, r, route, request->format, values, &reply);
    if (status == OK && reply.stream != NULL) {
        status = answer_reply(r, &reply);
        give_back(request, slot);
        return status;
    }
    /* a client that reads slowly holds up nobody */
    give_back(request, slot);
    if (status == OK) {
        return answer_reply(r, &reply);
    }
    request->exception = reply.exception;
    return reply.head != NULL && debug_wanted(r) ? debug_send(r, &reply)
                                                 : answer_error(r, status);
}

/* The place is kept while the websocket is open. */
static int
talk(request_rec *r, struct request *request, struct routes_value *values)
{
    int slot = take_slot(r, request);

    if (slot == SLOT_FULL) {
        return answer_error(r, HTTP_SERVICE_UNAVAILABLE);
    }
    int status = talk_serve(r, request, values);
    give_back(request, slot);
    return status;
}

/* The place is kept while the application sends, which runs meanwhile. */
static int
visit(request_rec *r, struct request *request, struct reader *body)
{
    int slot = take_slot(r, request);

    if (slot == SLOT_FULL) {
        return answer_error(r, HTTP_SERVICE_UNAVAILABLE);
    }
    int status = application_serve(r, request, body);
    give_back(request, slot);
    return status;
}

/* What a part of httpd answers, as one of so many requests at a time: its
 * handler is asked from here, where its end is seen. */
static int
lend(request_rec *r, struct request *request)
{
    if (request->lent) {
        return DECLINED; /* to who is to answer it */
    }
    int slot = take_slot(r, request);
    if (slot == SLOT_NONE && request->outer == NULL) {
        return DECLINED;
    }
    if (slot == SLOT_FULL) {
        return answer_error(r, HTTP_SERVICE_UNAVAILABLE);
    }
    request->lent = 1;
    int status = ap_run_handler(r);
    give_back(request, slot);
    return status;
}

/* A table begins with the slash behind the path that it is mounted at. */
static int
answer_mount(request_rec *r, const struct routes_mount *mount)
{
    return mount->kind == ROUTES_MOUNT_TABLE && mount->below == 0
               ? answer_redirect(r, PERMANENT_REDIRECT, mounted_with_slash(r))
               : answer_error(r, HTTP_NOT_FOUND);
}

/* Without a function: a redirect leads to where it goes, and a mount that has
 * nothing there says so. */
static int
answer_elsewhere(request_rec *r, const struct request *request)
{
    const struct routes_table *table = request_table(request);
    const struct routes_route *route = &table->routes[request->match.route];

    if (route->kind == ROUTES_ROUTE_MOUNT) {
        return answer_mount(r, &table->mounts[route->target]);
    }
    const char *location =
        routes_redirect_location(table, route->target, request->match.captures,
                                 request->mount->prefix, r->args, r->pool);

    return answer_redirect(r, (int)route->status, location);
}

static int
serve_route(request_rec *r, struct request *request)
{
    const struct routes_table *table = request_table(request);
    const struct routes_route *route = &table->routes[request->match.route];
    struct routes_value values[ROUTES_MAX_ARGS];
    struct body body;

    if (route->kind == ROUTES_ROUTE_CHOICE) {
        return variant_refuse(r, request);
    }
    int status = request->csrf_later ? csrf_read_body(r, request, &body)
                                     : body_read(r, table, route, &body);
    if (status != OK) {
        return status;
    }
    if (route->n_formats != 0) {
        status = variant_form(r, request);
        if (status != OK) {
            return status;
        }
    }
    if (bind_arguments(r, request, &body, values, &status) != 0) {
        return status;
    }
    switch ((enum routes_route_kind)route->kind) {
    case ROUTES_ROUTE_FUNCTION:
        request->body = &body;
        status = routes_method_is_websocket(route->methods)
                     ? talk(r, request, values)
                     : call(r, request, values);
        request->body = NULL;
        break;
    case ROUTES_ROUTE_REDIRECT:
        status = answer_elsewhere(r, request);
        break;
    case ROUTES_ROUTE_MOUNT:
        status = routes_table_application(table, route) != NULL
                     ? visit(r, request, body.stream)
                     : answer_elsewhere(r, request);
        break;
    case ROUTES_ROUTE_CHOICE: /* refused above */
        break;
    }
    if (body.stream != NULL) {
        reader_end(body.stream);
    }
    return status;
}

/* A GET where only websockets are is told so. */
static int
refuse_method(request_rec *r, const struct request *request)
{
    const struct routes_table *table = request_table(request);
    enum routes_method method =
        routes_method_asked(table, r->method, strlen(r->method));
    uint64_t allow = request->match.allow;

    return routes_method_refusal(method, allow) == HTTP_UPGRADE_REQUIRED
               ? answer_upgrade(r)
               : answer_not_allowed(r, table, allow);
}

/* Whether no `SetHandler` stands before the route; a request that was written
 * out and read again has the name, if not the pointer. */
static int
is_handled(const request_rec *r)
{
    return r->handler == request_handler ||
           (r->handler != NULL && strcmp(r->handler, request_handler) == 0);
}

int
handler_run(request_rec *r)
{
    struct request *request = request_of(r);

    if (request == NULL) {
        return DECLINED;
    }
    /* whatever handler a `SetHandler` names: nothing is there */
    if (request->masked) {
        return mask_answer(r);
    }
    if (request->mounted == 0 && !is_handled(r)) {
        return DECLINED;
    }
    if (!gate_granted(r, request)) {
        ap_log_rerror(APLOG_MARK, APLOG_CRIT, 0, r,
                      LOGNO(0031) "%s reached its handler without passing "
                                  "the gate: refused",
                      r->uri);
        return answer_error(r, HTTP_INTERNAL_SERVER_ERROR);
    }
    if (request->mounted != 0) {
        return lend(r, request);
    }
    switch (request->match.outcome) {
    case ROUTES_UNKNOWN:
        return DECLINED;
    case ROUTES_FOUND:
        return serve_route(r, request);
    case ROUTES_NOT_FOUND:
        return answer_error(r, HTTP_NOT_FOUND);
    case ROUTES_NOT_ALLOWED:
        return refuse_method(r, request);
    case ROUTES_OPTIONS:
        return answer_options(r, request_table(request), request->match.allow);
    }
    return DECLINED;
}
