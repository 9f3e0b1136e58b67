/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a child process: its interpreter starts, serves and stops.
 */
#include "child.h"

#include <stdio.h>
#include <stdlib.h>

#include <ap_mpm.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#include "body.h"
#include "conf.h"
#include "log.h"
#include "page.h"
#include "request.h"
#include "session.h"
#include "slot.h"

/* One a process; written before its threads start. */
static struct {
    struct embed *embed;
    struct embed_table **bound; /* by index of served; NULL: none */
    const char *temp_folder;
    int threaded;
} child;

struct embed_table *
child_bound(const struct served *served)
{
    return child.bound == NULL ? NULL : child.bound[served->index];
}

const char *
child_temp_folder(void)
{
    return child.temp_folder;
}

static apr_status_t
stop(void *data)
{
    (void)data;
    if (child.embed != NULL) {
        embed_stop(child.embed);
        child.embed = NULL;
    }
    return APR_SUCCESS;
}

void
child_stopping(apr_pool_t *pchild, int graceful)
{
    (void)pchild;
    (void)graceful;
    if (!child.threaded) {
        stop(NULL);
    }
}

/* The files were readable for whoever started the server; this is the user
 * that will read them. */
static void
check_realms(apr_pool_t *pool, server_rec *server, const struct served *served)
{
    for (uint32_t i = 1; i < served->table->n_realms; i++) {
        const char *fault = realm_fault(&served->realms[i], pool);

        if (fault != NULL) {
            ap_log_error(APLOG_MARK, APLOG_ERR, 0, server,
                         LOGNO(0022) "%s: its routes answer 500", fault);
        }
    }
}

static int
has_uploads(const struct routes_table *table)
{
    for (uint32_t i = 1; i < table->n_types; i++) {
        if (table->types[i].kind == ROUTES_TYPE_UPLOAD) {
            return 1;
        }
    }
    return 0;
}

/* Once a process: APR tries folders until it can write in one, and leaves the
 * file open with which it tried a full disk.  Any function may ask for a form,
 * but who declares uploads is sure to need it. */
static void
find_temp_folder(apr_pool_t *pchild, server_rec *server, int declared)
{
    apr_pool_t *tried;
    const char *found = NULL;

    apr_pool_create(&tried, pchild);
    apr_status_t rv = apr_temp_dir_get(&found, tried);
    child.temp_folder =
        rv == APR_SUCCESS ? apr_pstrdup(pchild, found) : P_tmpdir;
    apr_pool_destroy(tried);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, declared ? APLOG_ERR : APLOG_INFO, rv, server,
                     LOGNO(0047) "no folder for temporary files can be "
                                 "written in: large uploads will fail");
    }
}

/* The number of functions that could not be resolved. */
static unsigned
bind_tables(apr_pool_t *pchild, server_rec *server,
            const apr_array_header_t *all)
{
    unsigned failures = 0;

    child.bound =
        apr_pcalloc(pchild, (apr_size_t)all->nelts * sizeof(*child.bound));
    for (int i = 0; i < all->nelts; i++) {
        const struct served *served =
            APR_ARRAY_IDX(all, i, const struct served *);
        unsigned failed = 0;

        apr_status_t rv =
            embed_bind(child.embed, pchild, server, served->table,
                       &child.bound[served->index], &failed);
        failures += failed + (rv != APR_SUCCESS && failed == 0);
    }
    return failures;
}

/* The parent takes this exit code for a fault of the whole server and ends
 * it: any other would make it start the next child at once. */
static void
end_server(server_rec *server)
{
    ap_log_error(APLOG_MARK, APLOG_CRIT, 0, server,
                 LOGNO(0010) "RoutesStrict On: not every function could be "
                             "resolved, the server stops");
    exit(APEXIT_CHILDFATAL);
}

static int
place_of(const request_rec *r, unsigned above, struct embed_place *place)
{
    const struct request *request = request_of(r);

    while (request != NULL && above > 0) {
        request = request->outer;
        above--;
    }
    if (request == NULL) {
        return 0;
    }
    *place = (struct embed_place){.table = request_table(request),
                                  .prefix = request->mount->url};
    return 1;
}

static uint32_t
time_of(const request_rec *r)
{
    const struct request *request = request_of(r);

    return request == NULL ? 0 : request->time;
}

static int
has_page(const request_rec *r, int status)
{
    return request_of(r) != NULL && page_has(r, status);
}

static const struct routes_caller *
caller_of(const request_rec *r)
{
    const struct request *request = request_of(r);

    return request == NULL ? NULL : &request->caller;
}

static int
body_of(request_rec *r, struct embed_body *body)
{
    const struct request *request = request_of(r);

    if (request == NULL || request->body == NULL ||
        request->body->stream != NULL) {
        return 0;
    }
    body->status =
        body_take(r, &request_table(request)->routes[request->match.route],
                  request->body);
    if (body->status == AP_FILTER_ERROR) {
        body->status = HTTP_BAD_REQUEST;
    }
    body->kind = (int)request->body->kind;
    body->at = request->body->at;
    body->len = request->body->len;
    body->parts = request->body->parts;
    return 1;
}

/* What applications are told of the server. */
static struct embed_server
describe_server(void)
{
    struct embed_server about = {.software = ap_get_server_banner()};
    int daemons = 1;

    ap_mpm_query(AP_MPMQ_IS_THREADED, &about.threads);
    ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &daemons);
    about.processes = daemons > 1;
    return about;
}

/* As prefork does, but for `httpd -X`, where the handler only takes note. */
static int
ends_in_handler(void)
{
    return !child.threaded && !ap_exists_config_define("ONE_PROCESS") &&
           !ap_exists_config_define("DEBUG");
}

/* Whether every function of every table can be called. */
static int
start_python(apr_pool_t *pchild, server_rec *server, const struct conf *config)
{
    ap_mpm_query(AP_MPMQ_IS_THREADED, &child.threaded);

    const struct embed_options options = {.place_of = place_of,
                                          .time_of = time_of,
                                          .has_page = has_page,
                                          .caller_of = caller_of,
                                          .sessions = &session_functions,
                                          .body_of = body_of,
                                          .ends_in_handler = ends_in_handler(),
                                          .about = describe_server(),
                                          .home = config->home,
                                          .paths = config->all_paths};

    if (embed_start(pchild, server, &options, &child.embed) != APR_SUCCESS ||
        child.embed == NULL) {
        return 0;
    }
    if (child.threaded) {
        apr_pool_cleanup_register(pchild, NULL, stop, apr_pool_cleanup_null);
    }
    return bind_tables(pchild, server, config->served) == 0;
}

void
child_start(apr_pool_t *pchild, server_rec *main_server)
{
    const struct conf *config = conf_of(main_server);
    int uploads = 0;

    slot_child_start();
    if (config->served == NULL || config->served->nelts == 0) {
        return;
    }
    for (int i = 0; i < config->served->nelts; i++) {
        const struct served *served =
            APR_ARRAY_IDX(config->served, i, const struct served *);

        check_realms(pchild, main_server, served);
        uploads |= has_uploads(served->table);
    }
    find_temp_folder(pchild, main_server, uploads);
    if (!start_python(pchild, main_server, config) && config->strict) {
        end_server(main_server);
    }
}
