/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that embeds CPython through module/python without httpd.
 */
#include "python_site.h"

#include <assert.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <http_core.h>
#include <http_config.h>
#include <http_log.h>
#include <http_ssl.h>
#include <apr_buckets.h>
#include <apr_strings.h>

#include "runtime/args.h"

struct site_raise {
    const char *module;
    const char *class_name;
    uint32_t status;
};

struct site_route {
    uint32_t route;
    const char *module;
    const char *qualname;
    const char *media;
    uint16_t status;
    uint8_t produce;
    apr_array_header_t *raises; /* struct site_raise */
};

/* ---- httpd -------------------------------------------------------------- */

extern module routes_module;
module routes_module;

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static char log_text[1 << 20];
static size_t log_len;

static void
log_line(int level, int of_request, const char *format, va_list args)
{
    char line[10000];
    vsnprintf(line, sizeof line, format, args);
    pthread_mutex_lock(&log_lock);
    size_t left = sizeof log_text - log_len;
    int n = snprintf(log_text + log_len, left, "%d%s %s\n", level,
                     of_request ? " r" : "", line);
    log_len += (size_t)n < left ? (size_t)n : 0;
    pthread_mutex_unlock(&log_lock);
}

void
ap_log_error_(const char *file, int line, int module_index, int level,
              apr_status_t status, const server_rec *s, const char *format,
              ...)
{
    (void)file;
    (void)line;
    (void)module_index;
    (void)status;
    assert(s != NULL);
    va_list args;
    va_start(args, format);
    log_line(level & APLOG_LEVELMASK, 0, format, args);
    va_end(args);
}

void
ap_log_rerror_(const char *file, int line, int module_index, int level,
               apr_status_t status, const request_rec *r, const char *format,
               ...)
{
    (void)file;
    (void)line;
    (void)module_index;
    (void)status;
    assert(r != NULL);
    va_list args;
    va_start(args, format);
    log_line(level & APLOG_LEVELMASK, 1, format, args);
    va_end(args);
}

int
ap_ssl_conn_is_ssl(conn_rec *c)
{
    (void)c;
    return 0;
}

int
ap_run_generate_log_id(const conn_rec *c, const request_rec *r,
                       const char **id)
{
    (void)c;
    (void)r;
    (void)id;
    return DECLINED;
}

/* No client: nobody can go away. */
apr_socket_t *
ap_get_conn_socket(conn_rec *c)
{
    (void)c;
    return NULL;
}

const char *
ap_scan_http_token(const char *at)
{
    while (*at > ' ' && *at < 0x7f &&
           strchr("()<>@,;:\\\"/[]?={}", *at) == NULL) {
        at++;
    }
    return at;
}

const char *
ap_scan_http_field_content(const char *at)
{
    while ((unsigned char)*at >= ' ' ? *at != 0x7f : *at == '\t') {
        at++;
    }
    return at;
}

int
ap_parse_strict_length(apr_off_t *len, const char *text)
{
    char *end = NULL;
    *len = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0';
}

/* ---- the table ---------------------------------------------------------- */

struct site *
site_create(const char *home)
{
    apr_pool_t *pool = NULL;
    apr_allocator_t *allocator = NULL;
    apr_initialize();
    /* as pchild has one, so that to destroy the pool frees its memory */
    apr_allocator_create(&allocator);
    apr_pool_create_ex(&pool, NULL, NULL, allocator);
    apr_allocator_owner_set(allocator, pool);
    struct site *site = apr_pcalloc(pool, sizeof *site);
    site->pool = pool;
    site->server = apr_pcalloc(pool, sizeof *site->server);
    site->server->log.level = APLOG_TRACE8;
    site->builder = builder_create(pool);
    site->routes = apr_array_make(pool, 16, sizeof(struct site_route));
    struct embed_options options = {.home = home};
    options.paths = apr_array_make(pool, 1, sizeof(const char *));
    APR_ARRAY_PUSH(options.paths, const char *) =
        TEST_SRCDIR "/tests/unit/python";
    embed_start(pool, site->server, &options, &site->embed);
    return site;
}

static struct site_route *
last_route(struct site *site)
{
    return &APR_ARRAY_IDX(site->routes, site->routes->nelts - 1,
                          struct site_route);
}

uint32_t
site_route(struct site *site, const char *function)
{
    char *colon = NULL;
    struct site_route *route = apr_array_push(site->routes);
    route->module = apr_strtok(apr_pstrdup(site->pool, function), ":", &colon);
    route->qualname = colon;
    route->status = HTTP_OK;
    route->media = "";
    route->raises = apr_array_make(site->pool, 2, sizeof(struct site_raise));
    route->route =
        builder_route(site->builder, NULL, "GET",
                      apr_psprintf(site->pool, "/r%d", site->routes->nelts));
    return route->route;
}

void
site_arg(struct site *site, const char *name, const char *type,
         const char *text)
{
    builder_arg(site->builder, last_route(site)->route, name,
                ROUTES_FROM_ARGUMENT, type, text);
}

void
site_constant(struct site *site, const char *name, const char *type,
              const char *text)
{
    builder_arg(site->builder, last_route(site)->route, name,
                ROUTES_FROM_CONSTANT, type, text);
}

void
site_raises(struct site *site, const char *module_name, const char *class_name,
            uint32_t status)
{
    struct site_raise *raise = apr_array_push(last_route(site)->raises);
    raise->module = module_name;
    raise->class_name = class_name;
    raise->status = status;
}

void
site_produces(struct site *site, enum routes_produce produce,
              const char *media, uint16_t status)
{
    last_route(site)->produce = (uint8_t)produce;
    last_route(site)->media = media;
    last_route(site)->status = status;
}

/* What the builder does not know of: functions, raises, results. */
struct addition {
    struct site *site;
    struct routes_table *table;
    char *text;
    uint32_t len;
    apr_array_header_t *functions; /* struct routes_function */
    apr_array_header_t *raises;    /* struct routes_raise */
};

static struct routes_text
add_text(struct addition *a, const char *text)
{
    struct routes_text slice = {a->len, (uint32_t)strlen(text)};
    memcpy(a->text + a->len, text, slice.len + 1);
    a->len += slice.len + 1;
    return slice;
}

static void
add_raises(struct addition *a, struct routes_route *row,
           const struct site_route *route)
{
    row->raises = (uint32_t)a->raises->nelts;
    row->n_raises = (uint16_t)route->raises->nelts;
    for (int i = 0; i < route->raises->nelts; i++) {
        const struct site_raise *from =
            &APR_ARRAY_IDX(route->raises, i, struct site_raise);
        struct routes_raise *raise = apr_array_push(a->raises);
        raise->module = add_text(a, from->module);
        raise->qualname = add_text(a, from->class_name);
        raise->status = from->status;
    }
}

static void
add_route(struct addition *a, const struct site_route *route)
{
    /* the builder's rows lie in memory that may be written */
    struct routes_route *row =
        (struct routes_route *)&a->table->routes[route->route];
    row->function = (uint32_t)a->functions->nelts;
    row->line = (uint32_t)a->functions->nelts;
    row->file = 1;
    row->status = route->status;
    row->produce = route->produce;
    row->flags =
        route->status == HTTP_NO_CONTENT ? ROUTES_ROUTE_NO_CONTENT : 0;
    row->media = add_text(a, route->media);
    struct routes_function *function = apr_array_push(a->functions);
    function->module = add_text(a, route->module);
    function->qualname = add_text(a, route->qualname);
    function->file = 1;
    function->line = row->line;
    add_raises(a, row, route);
}

static void
add_file(struct addition *a)
{
    struct routes_file *files = apr_pcalloc(a->site->pool, 2 * sizeof *files);
    files[1].path = add_text(a, "shop.routes");
    a->table->files = files;
    a->table->n_files = 2;
}

void
site_bind(struct site *site)
{
    struct routes_table *table = builder_finish(site->builder);
    struct addition a = {.site = site, .table = table};
    a.text = apr_pcalloc(site->pool, table->n_text + 65536);
    memcpy(a.text, table->text, table->n_text);
    a.len = table->n_text;
    a.functions =
        apr_array_make(site->pool, 16, sizeof(struct routes_function));
    a.raises = apr_array_make(site->pool, 4, sizeof(struct routes_raise));
    *(struct routes_function *)apr_array_push(a.functions) =
        (struct routes_function){0};
    *(struct routes_raise *)apr_array_push(a.raises) =
        (struct routes_raise){0};
    table->text = a.text;
    add_file(&a);
    for (int i = 0; i < site->routes->nelts; i++) {
        add_route(&a, &APR_ARRAY_IDX(site->routes, i, struct site_route));
    }
    table->n_text = a.len;
    table->functions = (struct routes_function *)(void *)a.functions->elts;
    table->n_functions = (uint32_t)a.functions->nelts;
    table->raises = (struct routes_raise *)(void *)a.raises->elts;
    table->n_raises = (uint32_t)a.raises->nelts;
    site->table = table;
    embed_bind(site->embed, site->pool, site->server, table, &site->bound,
               &site->failures);
}

/* ---- visits ------------------------------------------------------------- */

struct visit *
visit_call(struct site *site, uint32_t route, const char *query)
{
    apr_pool_t *pool = NULL;
    apr_pool_create(&pool, NULL);
    struct visit *visit = apr_pcalloc(pool, sizeof *visit);
    struct routes_problems problems = {0};
    struct routes_value values[ROUTES_MAX_ARGS];
    struct routes_input input = {.query = query, .query_len = strlen(query)};
    visit->pool = pool;
    visit->list = apr_bucket_alloc_create(pool);
    visit->connection.bucket_alloc = visit->list;
    visit->r.pool = pool;
    visit->r.server = site->server;
    visit->r.connection = &visit->connection;
    int faults = routes_args_decode(site->table, route, &input, pool, values,
                                    &problems);
    assert(faults == 0);
    visit->status =
        embed_call(site->bound, &visit->r, route, 0, values, &visit->reply);
    return visit;
}

/* The body, and what streams behind it. */
static const char *
add_chunks(struct visit *visit, const char *body)
{
    apr_bucket *chunk = NULL;
    while (embed_stream_next(visit->reply.stream, &chunk) == APR_SUCCESS) {
        const char *bytes = NULL;
        apr_size_t len = 0;
        if (chunk != NULL) {
            apr_bucket_read(chunk, &bytes, &len, APR_BLOCK_READ);
            body = apr_pstrcat(visit->pool, body,
                               apr_pstrmemdup(visit->pool, bytes, len), NULL);
            apr_bucket_destroy(chunk);
        }
    }
    return body;
}

const char *
visit_body(struct visit *visit)
{
    const char *bytes = NULL;
    apr_size_t len = 0;
    if (visit->reply.body == NULL) {
        return "";
    }
    apr_bucket_read(visit->reply.body, &bytes, &len, APR_BLOCK_READ);
    const char *body = apr_pstrmemdup(visit->pool, bytes, len);
    if (visit->reply.stream != NULL) {
        return add_chunks(visit, body);
    }
    assert((apr_off_t)len == visit->reply.length);
    return body;
}

void
visit_end(struct visit *visit)
{
    if (visit->status == OK && visit->reply.body != NULL) {
        apr_bucket_destroy(visit->reply.body);
    }
    if (visit->status == OK && visit->reply.stream != NULL) {
        embed_stream_end(visit->reply.stream);
    }
    apr_pool_destroy(visit->pool);
}

const char *
site_get(struct site *site, uint32_t route, const char *query)
{
    struct visit *visit = visit_call(site, route, query);
    const char *text =
        visit->status == OK
            ? apr_pstrdup(site->pool, visit_body(visit))
            : apr_psprintf(site->pool, "status %d", visit->status);
    visit_end(visit);
    return text;
}

const char *
site_log(struct site *site)
{
    pthread_mutex_lock(&log_lock);
    const char *text = apr_pstrmemdup(site->pool, log_text, log_len);
    log_len = 0;
    pthread_mutex_unlock(&log_lock);
    return text;
}
