/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts of the language: files, handlers of httpd and backends.
 */
#include "mounted.h"

#include <string.h>

#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <apr_file_info.h>
#include <apr_strings.h>

#include "conduct.h"
#include "media.h"
#include "reader.h"
#include "runtime/table.h"
#include "runtime/url.h"

#define FINISHER           "ROUTES_MOUNTED_HEAD"
#define CACHE_CONTROL      "Cache-Control"
#define NOSNIFF            "X-Content-Type-Options"
#define PERMANENT_REDIRECT 308

static ap_filter_rec_t *counter; /* of bodies that others read */

static const struct routes_mount *
mount_of(const struct request *request)
{
    const struct routes_table *table = request_table(request);

    return &table->mounts[table->routes[request->match.route].target];
}

/* ---- at start ----------------------------------------------------------- */

static const char *
absolute(apr_pool_t *pool, const char *path)
{
    const char *found = ap_server_root_relative(pool, path);

    return found != NULL ? found : path;
}

static const char *
folder_fault(const char *path, apr_pool_t *pool)
{
    apr_finfo_t info;

    if (apr_stat(&info, absolute(pool, path), APR_FINFO_TYPE, pool) ==
            APR_SUCCESS &&
        info.filetype == APR_DIR) {
        return NULL;
    }
    return apr_psprintf(pool, "mount files: '%s' is no folder", path);
}

static const char *
module_fault(const char *url, apr_pool_t *pool)
{
    static const char *const needed[] = {"mod_proxy.c", "mod_proxy_http.c"};

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (ap_find_linked_module(needed[i]) == NULL) {
            return apr_psprintf(pool, "mount proxy \"%s\": %.*s is not loaded",
                                url, (int)strlen(needed[i]) - 2, needed[i]);
        }
    }
    return NULL;
}

static const char *
mount_fault(const struct routes_table *table, const struct routes_mount *mount,
            apr_pool_t *pool)
{
    const char *target = routes_table_text(table, mount->target);

    switch ((enum routes_mount_kind)mount->kind) {
    case ROUTES_MOUNT_NULL:
    case ROUTES_MOUNT_HANDLER:
    case ROUTES_MOUNT_WSGI: /* these fail as functions do */
    case ROUTES_MOUNT_ASGI:
    case ROUTES_MOUNT_TABLE: /* found with the tables */
        break;
    case ROUTES_MOUNT_FILES:
        return folder_fault(target, pool);
    case ROUTES_MOUNT_PROXY:
        return module_fault(target, pool);
    }
    return NULL;
}

const char *
mounted_fault(const struct routes_table *table, apr_pool_t *pool)
{
    const char *fault = NULL;

    for (uint32_t i = 1; i < table->n_mounts && fault == NULL; i++) {
        fault = mount_fault(table, &table->mounts[i], pool);
    }
    return fault;
}

/* ---- files -------------------------------------------------------------- */

/* Whether a name in the path begins with a dot. */
static int
has_dot_name(const char *path, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (path[i] == '.' && (i == 0 || path[i - 1] == '/')) {
            return 1;
        }
    }
    return 0;
}

/* The file that a path below the folder means, or NULL: none. */
static char *
find_file(request_rec *r, const struct routes_table *table,
          const struct routes_mount *mount, const struct routes_capture *below)
{
    const char *folder =
        absolute(r->pool, routes_table_text(table, mount->target));
    const char *name = apr_pstrmemdup(r->pool, below->at, below->len);
    char *path;

    if (has_dot_name(below->at, below->len) &&
        !(mount->flags & ROUTES_MOUNT_DOTFILES)) {
        return NULL;
    }
    if (below->len == 0 || name[below->len - 1] == '/') {
        if (mount->index.len == 0) {
            return NULL;
        }
        name = apr_pstrcat(r->pool, name,
                           routes_table_text(table, mount->index), NULL);
    }
    return apr_filepath_merge(&path, folder, name,
                              APR_FILEPATH_SECUREROOT |
                                  APR_FILEPATH_NOTRELATIVE,
                              r->pool) == APR_SUCCESS
               ? path
               : NULL;
}

/* The folder itself, asked for without a slash. */
static char *
find_folder(request_rec *r, const struct routes_table *table,
            const struct routes_mount *mount)
{
    return mount->index.len == 0
               ? NULL
               : apr_pstrdup(r->pool,
                             absolute(r->pool, routes_table_text(
                                                   table, mount->target)));
}

static void
begin_files(request_rec *r, struct request *request,
            const struct routes_mount *mount)
{
    const struct routes_table *table = request_table(request);
    char *path = mount->below == 0
                     ? find_folder(r, table, mount)
                     : find_file(r, table, mount,
                                 &request->match.captures[mount->below - 1]);

    if (path != NULL) {
        r->filename = path;
        r->handler = NULL;
        request->mounted = ROUTES_MOUNT_FILES;
    }
}

/* ---- handlers, backends ------------------------------------------------- */

/* "/" and what is below the mount, as httpd has decoded it. */
static char *
below_of(request_rec *r, const struct request *request,
         const struct routes_mount *mount)
{
    const struct routes_capture *below;

    if (mount->below == 0) {
        return apr_pstrdup(r->pool, "");
    }
    below = &request->match.captures[mount->below - 1];
    return apr_pstrcat(r->pool, "/",
                       apr_pstrmemdup(r->pool, below->at, below->len), NULL);
}

static void
begin_handler(request_rec *r, struct request *request,
              const struct routes_mount *mount)
{
    r->handler = routes_table_text(request_table(request), mount->target);
    r->path_info = below_of(r, request, mount);
    request->mounted = ROUTES_MOUNT_HANDLER;
}

/* mod_proxy encodes the path again, and appends the query string. */
static void
begin_proxy(request_rec *r, struct request *request,
            const struct routes_mount *mount)
{
    const char *url = routes_table_text(request_table(request), mount->target);
    const char *below = below_of(r, request, mount);
    int bare = strchr(strstr(url, "://") + 3, '/') == NULL;

    r->filename = apr_pstrcat(r->pool, "proxy:", url,
                              *below == '\0' && bare ? "/" : below, NULL);
    r->handler = "proxy-server";
    r->proxyreq = PROXYREQ_REVERSE;
    request->mounted = ROUTES_MOUNT_PROXY;
}

void
mounted_begin(request_rec *r, struct request *request)
{
    const struct routes_mount *mount = mount_of(request);

    request->lent = 0;
    switch ((enum routes_mount_kind)mount->kind) {
    case ROUTES_MOUNT_FILES:
        begin_files(r, request, mount);
        break;
    case ROUTES_MOUNT_HANDLER:
        begin_handler(r, request, mount);
        break;
    case ROUTES_MOUNT_PROXY:
        begin_proxy(r, request, mount);
        break;
    case ROUTES_MOUNT_NULL:
    case ROUTES_MOUNT_WSGI:
    case ROUTES_MOUNT_ASGI:
    case ROUTES_MOUNT_TABLE:
        break;
    }
}

/* The sections of a folder are no more in force than those of any other: what
 * the URL has is left, as httpd finds it for one that is no file. */
static void
leave_folder(request_rec *r)
{
    r->per_dir_config = r->server->lookup_defaults;
    if (ap_location_walk(r) == OK) {
        (void)ap_if_walk(r);
    }
}

void
mounted_undo(request_rec *r, struct request *request)
{
    if (request->mounted == 0) {
        return;
    }
    if (request->mounted == ROUTES_MOUNT_FILES) {
        leave_folder(r);
    }
    request->mounted = 0;
    request->refusal = OK;
    r->handler = request_handler;
    r->filename = (char *)request->mount->filename;
    r->path_info = NULL;
    r->proxyreq = PROXYREQ_NONE;
    memset(&r->finfo, 0, sizeof(r->finfo));
}

/* ---- bodies ------------------------------------------------------------- */

/* Ends a body that others read where it passes the limit. */
static apr_status_t
count_body(ap_filter_t *filter, apr_bucket_brigade *brigade,
           ap_input_mode_t mode, apr_read_type_e block, apr_off_t wanted)
{
    int64_t *left = filter->ctx;
    apr_off_t length = 0;
    apr_status_t rv =
        ap_get_brigade(filter->next, brigade, mode, block, wanted);

    if (rv != APR_SUCCESS || mode == AP_MODE_SPECULATIVE) {
        return rv;
    }
    apr_brigade_length(brigade, 1, &length);
    *left -= length;
    if (*left >= 0) {
        return APR_SUCCESS;
    }
    apr_brigade_cleanup(brigade);
    return APR_ENOSPC; /* which httpd answers with 413 */
}

/* Whether more is announced than the route takes. */
static int
exceeds(const request_rec *r, int64_t limit)
{
    const char *text = apr_table_get(r->headers_in, "Content-Length");
    apr_off_t length;

    return text != NULL && (!ap_parse_strict_length(&length, text) ||
                            reader_exceeds(length, limit));
}

int
mounted_limit_body(request_rec *r, const struct routes_route *route)
{
    int64_t *left;

    if (route->body_limit == ROUTES_BODY_UNLIMITED) {
        return DECLINED;
    }
    if (exceeds(r, route->body_limit)) {
        r->connection->keepalive = AP_CONN_CLOSE;
        return HTTP_REQUEST_ENTITY_TOO_LARGE;
    }
    left = apr_palloc(r->pool, sizeof(*left));
    *left = route->body_limit;
    ap_add_input_filter_handle(counter, left, r, r->connection);
    return DECLINED;
}

void
mounted_free_body(request_rec *r)
{
    ap_filter_t *filter = r->input_filters;

    while (filter != NULL) {
        ap_filter_t *next = filter->next;

        if (filter->frec == counter) {
            ap_remove_input_filter(filter);
        }
        filter = next;
    }
}

/* DECLINED, or the status of a body that the mount does not take. */
static int
check_body(request_rec *r, const struct request *request)
{
    const struct routes_table *table = request_table(request);
    const struct routes_route *route = &table->routes[request->match.route];
    const char *type = apr_table_get(r->headers_in, "Content-Type");

    if (!ap_request_has_body(r)) {
        return DECLINED;
    }
    int status = mounted_limit_body(r, route);
    if (status != DECLINED || route->n_consumes == 0) {
        return status;
    }
    return type != NULL && media_is_consumed(table, route, type)
               ? DECLINED
               : media_refuse(r, table, route);
}

/* ---- headers ------------------------------------------------------------ */

const char *
mounted_with_slash(const request_rec *r)
{
    size_t len = strlen(r->uri);
    char *encoded = apr_palloc(r->pool, 3 * len + 1);

    encoded[routes_url_encode(r->uri, len, 1, encoded)] = '\0';
    while (encoded[0] == '/' && encoded[1] == '/') {
        encoded++;
    }
    return apr_pstrcat(r->pool, encoded, "/", r->args != NULL ? "?" : "",
                       r->args != NULL ? r->args : "", NULL);
}

static int
lead_to_slash(request_rec *r)
{
    apr_table_setn(r->headers_out, "Location", mounted_with_slash(r));
    return PERMANENT_REDIRECT;
}

static void
add_nosniff(request_rec *r, apr_table_t *headers)
{
    if (apr_table_get(r->err_headers_out, NOSNIFF) == NULL &&
        apr_table_get(headers, NOSNIFF) == NULL) {
        apr_table_setn(headers, NOSNIFF, "nosniff");
    }
}

static void
set_headers(request_rec *r, const struct routes_mount *mount)
{
    const char *kept;

    conduct_finish(r);
    kept = apr_table_get(r->headers_out, CACHE_CONTROL);
    if ((mount->flags & ROUTES_MOUNT_IMMUTABLE) && kept != NULL &&
        strstr(kept, "max-age") != NULL) {
        apr_table_mergen(r->headers_out, CACHE_CONTROL, "immutable");
    }
    add_nosniff(r, r->err_headers_out);
}

/* Completes the headers of a handler or backend, which are all there when the
 * first of its answer passes. */
static apr_status_t
finish_headers(ap_filter_t *filter, apr_bucket_brigade *brigade)
{
    request_rec *r = filter->r;
    const struct request *request = request_of(r);

    if (request != NULL && request->mounted > ROUTES_MOUNT_FILES) {
        conduct_finish(r);
        add_nosniff(r, r->headers_out);
    }
    ap_remove_output_filter(filter);
    return ap_pass_brigade(filter->next, brigade);
}

void
mounted_register(void)
{
    counter = ap_register_input_filter("ROUTES_MOUNTED_BODY", count_body, NULL,
                                       AP_FTYPE_RESOURCE);
    ap_register_output_filter(FINISHER, finish_headers, NULL,
                              AP_FTYPE_CONTENT_SET);
}

static int
complete_file(request_rec *r, const struct request *request)
{
    if (request->refusal != OK) {
        return request->refusal;
    }
    if (r->finfo.filetype == APR_DIR) {
        return mount_of(request)->index.len != 0 &&
                       r->uri[strlen(r->uri) - 1] != '/'
                   ? lead_to_slash(r)
                   : HTTP_NOT_FOUND;
    }
    set_headers(r, mount_of(request));
    return DECLINED;
}

static __attribute__((noinline)) int
fix_up(request_rec *r, const struct request *request)
{
    int status = check_body(r, request);
    if (status != DECLINED) {
        return status;
    }
    if (request->mounted == ROUTES_MOUNT_FILES) {
        return complete_file(r, request);
    }
    ap_add_output_filter(FINISHER, NULL, r, r->connection);
    return DECLINED;
}

int
mounted_fixup(request_rec *r)
{
    const struct request *request = request_of(r);

    return request == NULL || request->mounted == 0 ? DECLINED
                                                    : fix_up(r, request);
}
