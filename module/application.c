/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications that are mounted: what they are told of a request, and where
 * their answers go.
 */
#include "application.h"

#include <string.h>
#include <strings.h>

#include <http_core.h>
#include <http_protocol.h>

#include "answer.h"
#include "child.h"
#include "debug.h"
#include "file.h"
#include "outflow.h"
#include "runtime/table.h"
#include "stream.h"
#include "upgrade.h"
#include "websocket.h"

/* ---- where an answer goes ---------------------------------------------- */

struct outgoing {
    struct embed_sink sink; /* first: it is what the Python side has */
    struct outflow out;
    int bodiless; /* what comes is dropped */
    int bare;     /* the same, and httpd must not say how long it is */
    int status;   /* the request's before there was an answer */
};

static void
begin(struct embed_sink *sink, const struct reply *reply)
{
    struct outgoing *going = (struct outgoing *)sink;
    request_rec *r = going->out.r;

    going->status = r->status;
    answer_begin(r, reply);
    going->bodiless = r->header_only || r->status == HTTP_NO_CONTENT ||
                      r->status == HTTP_NOT_MODIFIED;
    going->bare = r->header_only && reply->length < 0;
}

static apr_status_t
send_bucket(struct embed_sink *sink, apr_bucket *bucket, int flush)
{
    struct outgoing *going = (struct outgoing *)sink;

    if (!going->bodiless) {
        return outflow_send(&going->out, bucket, flush);
    }
    if (bucket != NULL) {
        apr_bucket_delete(bucket);
    }
    /* the length filter would take nothing for the length of a GET's body if
     * it saw the end with the headers */
    return outflow_send(&going->out, NULL, going->bare);
}

static apr_status_t
send_file(struct embed_sink *sink, int file, apr_off_t offset,
          apr_off_t length)
{
    struct outgoing *going = (struct outgoing *)sink;

    if (!going->bodiless) {
        file_append(going->out.r, going->out.brigade, file, offset, length);
    }
    return outflow_send(&going->out, NULL, going->bare);
}

/* ---- what it is told --------------------------------------------------- */

/* Whether a realm in force in one table reads this header, or has httpd's own
 * modules read it. */
static int
is_of_table(const struct request *request, const char *header)
{
    const struct served *served = request->mount->served;
    const struct routes_auth *auth =
        &served->table->auths[request_auth(request)];

    for (uint32_t i = 0; i < auth->n_realms; i++) {
        uint32_t index = served->table->realm_sets[auth->realms + i];
        const char *own = served->realms[index].field;

        if (own != NULL && strcasecmp(own, header) == 0) {
            return 1;
        }
    }
    return auth->n_realms > 0 && strcasecmp(header, "Authorization") == 0;
}

/* Whether credentials of this header are the gate's. */
static int
is_of_realm(const request_rec *r, const char *header)
{
    const struct request *request = request_of(r);

    while (request != NULL && !is_of_table(request, header)) {
        request = request->outer;
    }
    return request != NULL;
}

/* httpd's CGIPassAuth decides, if it is there. */
static int
passes_authorization(const request_rec *r)
{
    const core_dir_config *conf = ap_get_core_module_config(r->per_dir_config);

    if (conf->cgi_pass_auth == AP_CGI_PASS_AUTH_UNSET) {
        return r->ap_auth_type == NULL && !is_of_realm(r, "Authorization");
    }
    return conf->cgi_pass_auth == AP_CGI_PASS_AUTH_ON;
}

static int
is_secret(const request_rec *r, const char *header)
{
    return strcasecmp(header, "Authorization") == 0 ? !passes_authorization(r)
                                                    : is_of_realm(r, header);
}

static const struct routes_mount *
mount_of(const struct request *request)
{
    const struct routes_table *table = request_table(request);

    return routes_table_application(table,
                                    &table->routes[request->match.route]);
}

/* What is below the mount: the part of the URI that was captured, with the
 * slash before it, or nothing. */
static const char *
path_info(const request_rec *r, const struct request *request)
{
    const struct routes_match *match = &request->match;
    unsigned below = mount_of(request)->below;

    return below != 0 ? match->captures[below - 1].at - 1
                      : r->uri + strlen(r->uri);
}

/* ---- serving ----------------------------------------------------------- */

/* The end of an answer that has begun. */
static int
end_answer(struct outgoing *going, int status)
{
    if (status == OK) {
        outflow_end(&going->out);
    }
    else if (status == DONE) {
        stream_say_gone(going->out.r);
    }
    else {
        outflow_cut(&going->out);
    }
    apr_brigade_destroy(going->out.brigade);
    return OK;
}

/* An answer of which nothing has left yet makes room for an error's: httpd
 * forgets its headers itself. */
static void
take_back(struct outgoing *going)
{
    request_rec *r = going->out.r;

    apr_brigade_destroy(going->out.brigade);
    r->status = going->status;
    r->status_line = NULL;
    ap_set_content_type(r, NULL);
}

int
application_serve(request_rec *r, struct request *request, struct reader *body)
{
    struct embed_table *bound = child_bound(request->mount->served);
    struct reply fault = {.file = -1};
    struct outgoing going = {
        .sink = {.begin = begin, .send = send_bucket, .send_file = send_file}};
    struct embed_visit visit = {.sink = &going.sink,
                                .body = body,
                                .path_info = path_info(r, request),
                                .server_name = ap_get_server_name_for_url(r),
                                .server_port = ap_get_server_port(r),
                                .scheme = ap_http_scheme(r),
                                .is_secret = is_secret,
                                .strip = mount_of(request)->flags &
                                         ROUTES_MOUNT_STRIP};

    if (bound == NULL) {
        return answer_error(r, HTTP_SERVICE_UNAVAILABLE);
    }
    int status =
        upgrade_is(r, request) ? upgrade_make(r, request, &visit.socket) : OK;
    if (status != OK) {
        return answer_error(r, status);
    }
    outflow_start(&going.out, r);
    status = embed_visit_app(bound, r, request->match.route, &visit, &fault);
    if (visit.socket != NULL && visit.socket->open) {
        websocket_end(visit.socket, status);
        return OK; /* its answer was the 101 */
    }
    if (visit.begun && (status == OK || status == DONE || going.out.left)) {
        return end_answer(&going, status);
    }
    if (visit.begun) {
        take_back(&going);
    }
    request->exception = fault.exception;
    return fault.head != NULL && debug_wanted(r) ? debug_send(r, &fault)
                                                 : answer_error(r, status);
}
