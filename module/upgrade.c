/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that ask for a websocket.
 */
#include "upgrade.h"

#include <string.h>

#include <http_protocol.h>

#include "answer.h"
#include "runtime/handshake.h"
#include "runtime/method.h"
#include "runtime/table.h"
#include "websocket.h"

/* Of HTTP/2 comes an extended CONNECT (RFC 8441), which mod_http2 turns into a
 * GET with Upgrade.  Fields of a connection are none of a stream's: it lets no
 * Upgrade of a client pass, and has no Connection. */
static const char *
read_connection(const request_rec *r)
{
    return r->connection->master == NULL
               ? apr_table_get(r->headers_in, "Connection")
               : "upgrade";
}

static struct routes_handshake
read_fields(const request_rec *r)
{
    const apr_table_t *fields = r->headers_in;

    return (struct routes_handshake){
        .upgrade = apr_table_get(fields, "Upgrade"),
        .connection = read_connection(r),
        .key = apr_table_get(fields, "Sec-WebSocket-Key"),
        .version = apr_table_get(fields, "Sec-WebSocket-Version"),
        .protocols = apr_table_get(fields, "Sec-WebSocket-Protocol")};
}

/* An error's document is asked for by the request that failed, in its own
 * words: it gets no websocket. */
static int
is_askable(const request_rec *r)
{
    return r->method_number == M_GET && !r->header_only && r->main == NULL &&
           r->status == HTTP_OK && r->proto_num >= HTTP_VERSION(1, 1);
}

static int
has_websockets(const struct request *request)
{
    const struct routes_table *table = request_table(request);
    const struct routes_route *route = &table->routes[request->match.route];

    if (request->match.outcome != ROUTES_FOUND) {
        return 0;
    }
    if (route->kind != ROUTES_ROUTE_MOUNT) {
        return routes_method_is_websocket(route->methods);
    }
    const struct routes_mount *mount = routes_table_application(table, route);

    return mount != NULL && mount->kind == ROUTES_MOUNT_ASGI;
}

int
upgrade_asked(const request_rec *r)
{
    if (!is_askable(r) || apr_table_get(r->headers_in, "Upgrade") == NULL) {
        return 0;
    }
    const struct routes_handshake handshake = read_fields(r);

    return routes_handshake_asked(&handshake);
}

int
upgrade_is(const request_rec *r, const struct request *request)
{
    return has_websockets(request) && upgrade_asked(r);
}

/* What follows the handshake is frames: a body would be taken for some.  Of a
 * stream of HTTP/2 that goes on mod_http2 says that it is chunked. */
static int
has_body(const request_rec *r)
{
    const char *length = apr_table_get(r->headers_in, "Content-Length");

    return (r->connection->master == NULL &&
            apr_table_get(r->headers_in, "Transfer-Encoding") != NULL) ||
           (length != NULL && strcmp(length, "0") != 0);
}

static int
check(request_rec *r, const struct routes_handshake *handshake,
      apr_array_header_t *offers)
{
    if (has_body(r)) {
        return HTTP_BAD_REQUEST;
    }
    switch (routes_handshake_check(handshake, r->pool, offers)) {
    case ROUTES_HANDSHAKE_GOOD:
        break;
    case ROUTES_HANDSHAKE_OTHER_VERSION:
        apr_table_setn(r->err_headers_out, "Sec-WebSocket-Version",
                       ROUTES_HANDSHAKE_VERSION);
        answer_name_upgrade(r);
        return HTTP_UPGRADE_REQUIRED;
    case ROUTES_HANDSHAKE_NO_KEY:
    case ROUTES_HANDSHAKE_NO_PROTOCOL:
        return HTTP_BAD_REQUEST;
    }
    return OK;
}

int
upgrade_make(request_rec *r, const struct request *request,
             struct embed_socket **socket)
{
    const struct routes_handshake handshake = read_fields(r);
    const struct routes_route *route =
        &request_table(request)->routes[request->match.route];
    apr_array_header_t *offers =
        apr_array_make(r->pool, 2, sizeof(const char *));

    int status = check(r, &handshake, offers);
    if (status != OK) {
        return status;
    }
    *socket = websocket_make(r, handshake.key, offers, route->body_limit);
    return *socket != NULL ? OK : HTTP_NOT_IMPLEMENTED;
}
