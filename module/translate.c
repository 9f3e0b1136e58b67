/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching in httpd's phases.
 */
#include "translate.h"

#include <string.h>

#include <http_request.h>

#include "conduct.h"
#include "conf.h"
#include "cors.h"
#include "mask.h"
#include "mounted.h"
#include "request.h"
#include "upgrade.h"
#include "variant.h"

/* A request_rec that is matched again must not keep what it was granted. */
static void
forget(request_rec *r)
{
    ap_set_module_config(r->request_config, &routes_module, NULL);
}

static int
is_for_routes(const request_rec *r)
{
    return r->uri != NULL && r->uri[0] == '/' &&
           r->proxyreq == PROXYREQ_NONE && r->method_number != M_TRACE;
}

/* A table may know a method that the language doesn't. */
static __attribute__((noinline)) enum routes_method
method_in(const request_rec *r, const struct routes_table *table)
{
    return routes_method_asked(table, r->method, strlen(r->method));
}

/* Most are GET, and few tables have websockets. */
static inline enum routes_method
method_of(const request_rec *r, const struct served *served)
{
    if (strcmp(r->method, "GET") != 0) {
        return method_in(r, served->table);
    }
    return served->websockets && upgrade_asked(r) ? ROUTES_METHOD_WEBSOCKET
                                                  : ROUTES_METHOD_GET;
}

void
translate_prepare(request_rec *r, struct request *request, const char *path)
{
    unsigned wishes = request_wishes(request);

    if (wishes & SERVED_MOUNT) {
        mounted_begin(r, request);
    }
    if (request->match.outcome == ROUTES_OPTIONS) {
        request->preflight = cors_preflight(r, request_table(request), path);
    }
    if (wishes & SERVED_CHOICE) {
        variant_choose(r, request);
    }
    mask_collect(r, request, path);
    if (request->preflight != 0 || !mask_wanted(request)) {
        conduct_begin(r, request);
    }
}

/* The file name is no path, so nothing finds a file, an extension or a slash
 * in it. */
static int
accept_match(request_rec *r, const struct mount *mount,
             const struct routes_match *match, const char *path)
{
    struct request *request = request_make(r, mount, match);

    r->handler = request_handler;
    r->filename = (char *)mount->filename;
    r->finfo.filetype = APR_NOFILE;
    if (match->outcome != ROUTES_FOUND ||
        (request_wishes(request) & SERVED_EARLY) != 0) {
        translate_prepare(r, request, path);
    }
    return OK;
}

enum routes_outcome
translate_match(const request_rec *r, const struct served *served,
                const char *path, struct routes_match *match)
{
    size_t host_len = r->hostname == NULL ? 0 : strlen(r->hostname);

    return routes_match(served->table, r->hostname, host_len, path,
                        strlen(path), method_of(r, served), match);
}

int
translate_name(request_rec *r)
{
    const apr_array_header_t *mounts = conf_of(r->server)->mounts;

    forget(r);
    if (mounts->nelts == 0 || !is_for_routes(r)) {
        return DECLINED;
    }
    size_t host_len = r->hostname == NULL ? 0 : strlen(r->hostname);
    for (int i = 0; i < mounts->nelts; i++) {
        const struct mount *mount =
            APR_ARRAY_IDX(mounts, i, const struct mount *);
        const char *path = mount_path(mount, r->uri);
        struct routes_match match;

        if (path != NULL &&
            routes_match(mount->served->table, r->hostname, host_len, path,
                         strlen(path), method_of(r, mount->served),
                         &match) != ROUTES_UNKNOWN) {
            return accept_match(r, mount, &match, path);
        }
    }
    return DECLINED;
}

/* What httpd's walk to a file refuses (a link, a closed folder) is told behind
 * the gate, or it would tell anybody what is there. */
static __attribute__((noinline)) int
walk(request_rec *r, struct request *request)
{
    request->refusal = ap_directory_walk(r);
    if (request->refusal == OK) {
        request->refusal = ap_file_walk(r);
    }
    return OK;
}

/* mod_proxy walks sections of its own. */
int
translate_storage(request_rec *r)
{
    struct request *request = request_of(r);

    if (request == NULL || request->mounted == ROUTES_MOUNT_PROXY) {
        return DECLINED;
    }
    return request->mounted == ROUTES_MOUNT_FILES ? walk(r, request) : OK;
}

int
translate_type(request_rec *r)
{
    const struct request *request = request_of(r);

    return request != NULL && r->filename == request->mount->filename
               ? OK
               : DECLINED;
}
