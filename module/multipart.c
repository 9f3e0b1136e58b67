/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A multipart body: read piece by piece.
 */
#include "multipart.h"

#include <errno.h>

#include "answer.h"
#include "child.h"
#include "log.h"
#include "media.h"
#include "reader.h"

static int
refuse_unkept(request_rec *r, apr_status_t error)
{
    int is_full = error == ENOSPC || error == EDQUOT;

    ap_log_rerror(APLOG_MARK, APLOG_ERR, error, r,
                  LOGNO(0046) "an upload could not be kept in a temporary "
                              "file in %s",
                  child_temp_folder());
    return is_full ? HTTP_INSUFFICIENT_STORAGE : HTTP_INTERNAL_SERVER_ERROR;
}

/* Takes a piece; *more is whether another is wanted. */
static int
take(request_rec *r, struct routes_parts *parts, const char *data,
     apr_size_t len, int *more)
{
    enum routes_parts_status status = routes_parts_feed(parts, data, len);

    *more = status == ROUTES_PARTS_MORE;
    if (!*more) {
        /* what is still to come is not read */
        r->connection->keepalive = AP_CONN_CLOSE;
    }
    switch (status) {
    case ROUTES_PARTS_MORE:
    case ROUTES_PARTS_FAULT:
        break;
    case ROUTES_PARTS_TOO_LARGE:
        return HTTP_REQUEST_ENTITY_TOO_LARGE;
    case ROUTES_PARTS_UNKEPT:
        return refuse_unkept(r, parts->error);
    }
    return OK;
}

/* 0: the Content-Type names no boundary, so no part of the body is read. */
static int
start(request_rec *r, const struct routes_table *table,
      const struct routes_route *route, const char *type,
      struct routes_parts **parts)
{
    *parts = apr_palloc(r->pool, sizeof(**parts));
    if (routes_parts_start(*parts, r->pool, table, route, child_temp_folder(),
                           type)) {
        return 1;
    }
    (*parts)->fault = ROUTES_FAULT_TYPE;
    return 0;
}

/* Reads on to the end of the body, or to where it is of no use. */
static int
read_parts(request_rec *r, int64_t limit, struct routes_parts *parts)
{
    struct reader reader;
    const char *data = NULL;
    apr_size_t len = 0;
    int more = 1;
    int status;

    reader_start(&reader, r, limit);
    while ((status = reader_next(&reader, &data, &len)) == OK && len > 0) {
        /* the filter that inflates has said so by now */
        if (media_is_encoded(r)) {
            r->connection->keepalive = AP_CONN_CLOSE;
            return HTTP_UNSUPPORTED_MEDIA_TYPE;
        }
        status = take(r, parts, data, len, &more);
        if (!more) {
            return status;
        }
    }
    routes_parts_end(parts);
    return status;
}

/* The same from the beginning. */
static int
read_all(request_rec *r, const struct routes_table *table,
         const struct routes_route *route, int64_t limit, const char *type,
         struct routes_parts **parts)
{
    if (!start(r, table, route, type, parts)) {
        r->connection->keepalive = AP_CONN_CLOSE;
        return OK;
    }
    return read_parts(r, limit, *parts);
}

int
multipart_read(request_rec *r, const struct routes_table *table,
               const struct routes_route *route, const char *type,
               struct routes_parts **parts)
{
    int status = read_all(r, table, route, route->body_limit, type, parts);

    if (status == HTTP_UNSUPPORTED_MEDIA_TYPE) {
        return media_refuse(r, table, route);
    }
    return status == OK ? OK : answer_error(r, status);
}

int
multipart_gather(request_rec *r, int64_t limit, const char *type,
                 struct routes_parts **parts)
{
    return read_all(r, NULL, NULL, limit, type, parts);
}

int
multipart_take(request_rec *r, const struct routes_table *table,
               const struct routes_route *route, const char *type,
               const char *data, apr_size_t len, struct routes_parts **parts)
{
    int status = OK;
    int more;

    if (start(r, table, route, type, parts)) {
        status = take(r, *parts, data, len, &more);
        if (more) {
            routes_parts_end(*parts);
        }
    }
    return status;
}
