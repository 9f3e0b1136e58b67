/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies that are read before the gate lets anybody in.
 */
#include "kept.h"

#include <string.h>

#include <http_protocol.h>
#include <util_filter.h>

#include "mounted.h"
#include "reader.h"
#include "request.h"

#define FILTER "ROUTES_KEPT"
#define LIMIT  (1024 * 1024) /* where no route has one */

/* Above what takes the body from the wire, below what inflates it. */
#define PLACE ((ap_filter_type)(AP_FTYPE_PROTOCOL - 1))

/* ---- giving it again ---------------------------------------------------- */

/* What is left of it for one request_rec. */
struct left {
    const char *at;
    apr_size_t len;
};

/* How much a reader gets at once. */
static apr_size_t
portion(const struct left *left, ap_input_mode_t mode, apr_off_t wanted)
{
    apr_size_t most = left->len;

    if (mode == AP_MODE_GETLINE) {
        const char *end =
            left->len == 0 ? NULL : memchr(left->at, '\n', left->len);

        most = end == NULL ? left->len : (apr_size_t)(end - left->at) + 1;
    }
    else if (mode != AP_MODE_EXHAUSTIVE && wanted >= 0 &&
             (apr_uint64_t)wanted < left->len) {
        most = (apr_size_t)wanted;
    }
    return most;
}

static apr_status_t
give(ap_filter_t *filter, apr_bucket_brigade *brigade, ap_input_mode_t mode,
     apr_read_type_e block, apr_off_t wanted)
{
    struct left *left = filter->ctx;
    apr_bucket_alloc_t *alloc = filter->c->bucket_alloc;

    (void)block;
    if (mode == AP_MODE_INIT || mode == AP_MODE_EATCRLF) {
        return APR_SUCCESS;
    }
    apr_size_t len = portion(left, mode, wanted);
    if (len > 0) {
        APR_BRIGADE_INSERT_TAIL(
            brigade,
            apr_bucket_pool_create(left->at, len, filter->r->pool, alloc));
    }
    if (len == left->len) {
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(alloc));
    }
    if (mode != AP_MODE_SPECULATIVE) {
        left->at += len;
        left->len -= len;
    }
    return APR_SUCCESS;
}

void
kept_register(void)
{
    ap_register_input_filter(FILTER, give, NULL, PLACE);
}

static void
add_filter(request_rec *r, const struct kept *kept)
{
    struct left *left = apr_palloc(r->pool, sizeof(*left));

    left->at = kept->at != NULL ? kept->at : "";
    left->len = kept->len;
    ap_add_input_filter(FILTER, left, r, r->connection);
}

/* ---- reading ------------------------------------------------------------ */

static int64_t
limit_of(const struct request *request)
{
    const struct routes_table *table = request_table(request);
    int64_t limit = request->match.outcome == ROUTES_FOUND
                        ? table->routes[request->match.route].body_limit
                        : ROUTES_BODY_UNLIMITED;

    return limit == ROUTES_BODY_UNLIMITED ? LIMIT : limit;
}

/* What the mounts of tables around it take is counted from anew. */
static void
limit_again(request_rec *r, const struct request *request)
{
    mounted_free_body(r);
    for (const struct request *outer = request->outer; outer != NULL;
         outer = outer->outer) {
        (void)mounted_limit_body(
            r, &request_table(outer)->routes[outer->match.route]);
    }
}

int
kept_check_length(request_rec *r)
{
    if (!reader_exceeds(reader_announced(r), limit_of(request_of(r)))) {
        return OK;
    }
    /* what is still to come is not read */
    r->connection->keepalive = AP_CONN_CLOSE;
    return HTTP_REQUEST_ENTITY_TOO_LARGE;
}

const struct kept *
kept_read(request_rec *r)
{
    struct request *request = request_of(r);
    struct kept *kept;

    if (request->kept != NULL) {
        return request->kept;
    }
    kept = apr_pcalloc(r->pool, sizeof(*kept));
    request->kept = kept;
    kept->status = kept_check_length(r);
    if (kept->status == OK && ap_request_has_body(r)) {
        kept->status =
            reader_whole(r, limit_of(request), &kept->at, &kept->len);
    }
    if (kept->at != NULL) {
        limit_again(r, request);
        add_filter(r, kept);
    }
    return kept;
}

int
kept_follow(request_rec *r)
{
    struct request *request = request_of(r);
    const struct kept *kept = NULL;

    for (const request_rec *before = r->prev;
         before != NULL && kept == NULL && r->main == NULL;
         before = before->prev) {
        const struct request *earlier = request_of(before);

        kept = earlier == NULL ? NULL : earlier->kept;
    }
    if (kept == NULL) {
        return DECLINED;
    }
    if (request != NULL) {
        request->kept = kept;
    }
    if (kept->at != NULL) {
        add_filter(r, kept);
    }
    return DECLINED;
}
