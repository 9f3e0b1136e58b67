/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often requests may come.
 */
#include "rate.h"

#include <stdatomic.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <http_config.h>
#include <apr_strings.h>

#include "address.h"
#include "bucket.h"
#include "conf.h"
#include "denial.h"
#include "log.h"
#include "runtime/table.h"

/* Seconds between two lines that say that memory is short. */
#define QUIET 60

int
rate_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
           server_rec *main_server)
{
    const apr_array_header_t *all = conf_of(main_server)->served;

    (void)pconf;
    (void)plog;
    (void)ptemp;
    for (int i = 0; all != NULL && i < all->nelts; i++) {
        if (APR_ARRAY_IDX(all, i, const struct served *)->table->n_rates > 1) {
            bucket_start(main_server);
            return OK;
        }
    }
    return OK;
}

/* The row of limits[] with the rates of a request, or NULL: it has none. */
static const struct routes_limits *
limits_of(const struct request *request)
{
    const struct routes_table *table = request_table(request);
    uint32_t row = request->match.outcome == ROUTES_FOUND
                       ? table->routes[request->match.route].limits
                       : table->places[request->match.place].limits;

    return table->limits[row].n_rates == 0 ? NULL : &table->limits[row];
}

/* ---- buckets ------------------------------------------------------------ */

/* What a bucket is known by. */
struct parts {
    apr_uint64_t served; /* the table with its settings */
    apr_uint64_t rate;
    apr_uint64_t kind; /* of who: enum routes_per */
    apr_uint64_t who;
};

static apr_uint64_t
hash(const char *text, size_t len)
{
    return bucket_key(text, len).hash;
}

static void
fill_address(struct parts *parts, const request_rec *r)
{
    unsigned char address[ADDRESS_BYTES];

    address_copy(address, r);
    memcpy(&parts->who, address, sizeof(parts->who));
    parts->kind = ROUTES_PER_IP;
}

/* Users of two realms may have one name. */
static void
fill_user(struct parts *parts, const request_rec *r,
          const struct request *request)
{
    const struct routes_caller *caller = &request->caller;

    if (caller->user == NULL) {
        fill_address(parts, r);
        return;
    }
    parts->kind = ROUTES_PER_USER | (apr_uint64_t)caller->realm << 8;
    parts->who = hash(caller->user, strlen(caller->user));
}

static void
fill_capture(struct parts *parts, const struct request *request,
             uint32_t index)
{
    const struct routes_capture *capture = &request->match.captures[index];

    if (index < request->match.n_captures) {
        parts->who = hash(capture->at, capture->len);
    }
}

static struct bucket_key
key_of(const request_rec *r, const struct request *request,
       const struct routes_rate *rate)
{
    const struct routes_table *table = request_table(request);
    struct parts parts = {
        .served = hash(request->mount->served->identity,
                       strlen(request->mount->served->identity)),
        .rate = hash(routes_table_text(table, rate->name), rate->name.len),
        .kind = rate->per,
    };

    switch ((enum routes_per)rate->per) {
    case ROUTES_PER_ALL:
    case ROUTES_PER_ROUTE:
        break;
    case ROUTES_PER_IP:
        fill_address(&parts, r);
        break;
    case ROUTES_PER_USER:
        fill_user(&parts, r, request);
        break;
    case ROUTES_PER_CAPTURE:
        fill_capture(&parts, request, rate->capture);
        break;
    }
    return bucket_key(&parts, sizeof(parts));
}

/* ---- an upgrade to HTTP/2 ----------------------------------------------- */

/* A request that asks for h2c goes through the phases, and then once more as
 * the first stream of the connection that it has become. */
struct upgrade {
    const char *line; /* pool of the connection: which request */
    atomic_int counted;
};

static const char *
line_of(apr_pool_t *pool, const request_rec *r)
{
    return apr_pstrcat(pool, r->method, " ", r->unparsed_uri, NULL);
}

/* Before its phases end, while the connection has but one thread. */
static void
note_upgrade(request_rec *r)
{
    const char *protocol = apr_table_get(r->headers_in, "Upgrade");
    conn_rec *c = r->connection;

    if (protocol == NULL || strcasecmp(protocol, "h2c") != 0 ||
        c->master != NULL || r->main != NULL || r->prev != NULL) {
        return;
    }
    struct upgrade *upgrade = apr_palloc(c->pool, sizeof(*upgrade));
    upgrade->line = line_of(c->pool, r);
    atomic_init(&upgrade->counted, 1);
    ap_set_module_config(c->conn_config, &routes_module, upgrade);
}

/* Whether the request was counted before the connection was upgraded. */
static int
is_upgraded(const request_rec *r)
{
    const conn_rec *master = r->connection->master;
    struct upgrade *upgrade =
        master == NULL
            ? NULL
            : ap_get_module_config(master->conn_config, &routes_module);

    return upgrade != NULL && atomic_load(&upgrade->counted) &&
           strcmp(upgrade->line, line_of(r->pool, r)) == 0 &&
           atomic_exchange(&upgrade->counted, 0);
}

static int
was_counted(request_rec *r, struct request *request, enum rate_phase phase)
{
    unsigned char bit = (unsigned char)(1u << phase);

    if (request->counted == 0) {
        request->upgraded = (unsigned char)is_upgraded(r);
        note_upgrade(r);
    }
    if (request->counted & bit) {
        return 1;
    }
    request->counted = (unsigned char)(request->counted | bit);
    return request->upgraded;
}

/* ---- requests ----------------------------------------------------------- */

static apr_int64_t
now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (apr_int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

static void
say_lost(request_rec *r, apr_int64_t moment)
{
    static _Atomic apr_int64_t next; /* of this process */
    apr_int64_t due = atomic_load(&next);

    if (moment >= due && atomic_compare_exchange_strong(
                             &next, &due, moment + QUIET * 1000000)) {
        apr_uint32_t lost = bucket_lost();

        if (lost > 0) {
            ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r,
                          LOGNO(0055) "more callers than rates have memory "
                                      "for: %u of them were forgotten early",
                          lost);
        }
    }
}

static int
refuse(request_rec *r, struct request *request, const struct routes_rate *rate,
       apr_int64_t wait)
{
    apr_int64_t seconds = (wait + 999999) / 1000000;

    apr_table_setn(r->err_headers_out, "Retry-After",
                   apr_psprintf(r->pool, "%" APR_INT64_T_FMT, seconds));
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  LOGNO(0054) "%s %s: too many requests (%s), the next in "
                              "%" APR_INT64_T_FMT " s (%s)",
                  r->method, r->uri,
                  routes_table_text(request_table(request), rate->name),
                  seconds, denial_where(r, request));
    denial_note(r, request, "too many requests");
    return HTTP_TOO_MANY_REQUESTS;
}

int
rate_check(request_rec *r, struct request *request, enum rate_phase phase)
{
    const struct routes_table *table = request_table(request);
    const struct routes_limits *limits = limits_of(request);
    apr_int64_t moment = now();

    if (limits == NULL || was_counted(r, request, phase)) {
        return OK;
    }
    say_lost(r, moment);
    for (uint32_t i = 0; i < limits->n_rates; i++) {
        const struct routes_rate *rate = &table->rates[limits->rates + i];

        if ((rate->per == ROUTES_PER_IP) != (phase == RATE_FIRST)) {
            continue;
        }
        apr_int64_t wait = bucket_take(key_of(r, request, rate), rate, moment);
        if (wait > 0) {
            return refuse(r, request, rate, wait);
        }
    }
    return OK;
}
