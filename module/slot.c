/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many calls of a route run at a time.
 *
 *     ranges: key, first, n      (the parent's, written between generations)
 *     slots:  0 │ pid │ 0 │ 0 │ pid │ ...
 *
 * A route that admits n calls has n slots, and a call holds the one in which
 * the number of its process stands: one word says that it runs, and who is to
 * be asked.  What a process held is given back by the parent when it has
 * ended, so that nothing is lost with a child that is killed.
 */
#include "slot.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include <apr_siphash.h>
#include <apr_strings.h>

#include "conf.h"
#include "log.h"
#include "runtime/table.h"
#include "shared.h"

/* Room for the ranges of an older generation beside those of the new one. */
#define N_SLOTS  (2 * SLOT_MOST_CALLS)
#define N_RANGES (2 * SLOT_MOST_ROUTES)

struct range {
    apr_uint64_t key; /* of the route and its limit; 0: free */
    apr_uint32_t first;
    apr_uint32_t n;
    apr_uint32_t used; /* by this generation */
};

struct memory {
    struct range ranges[N_RANGES];
    _Atomic apr_int32_t slots[N_SLOTS];
};

static struct memory *memory; /* shared; set before there are children */

/* ---- routes with a limit ------------------------------------------------ */

typedef int limit_fn(void *data, const struct served *served, uint32_t row);

/* Calls for each limit of each table that is served. */
static void
each_limit(const apr_array_header_t *all, limit_fn *call, void *data)
{
    for (int i = 0; all != NULL && i < all->nelts; i++) {
        const struct served *served =
            APR_ARRAY_IDX(all, i, const struct served *);
        const struct routes_table *table = served->table;

        for (uint32_t row = 1; row < table->n_limits; row++) {
            if (table->limits[row].concurrency > 0 &&
                !call(data, served, row)) {
                return;
            }
        }
    }
}

struct sum {
    apr_uint32_t routes;
    apr_uint32_t calls;
};

static int
add_limit(void *data, const struct served *served, uint32_t row)
{
    struct sum *sum = data;

    sum->routes++;
    sum->calls += served->table->limits[row].concurrency;
    return sum->calls <= SLOT_MOST_CALLS && sum->routes <= SLOT_MOST_ROUTES;
}

int
slot_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
           server_rec *main_server)
{
    struct sum sum = {0, 0};

    (void)pconf;
    (void)plog;
    (void)ptemp;
    each_limit(conf_of(main_server)->served, add_limit, &sum);
    if (sum.calls <= SLOT_MOST_CALLS && sum.routes <= SLOT_MOST_ROUTES) {
        return OK;
    }
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, NULL,
                 LOGNO(0056) "`limit concurrency`: at most %d calls of at "
                             "most %d routes in all tables together",
                 SLOT_MOST_CALLS, SLOT_MOST_ROUTES);
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* ---- ranges, in the parent ---------------------------------------------- */

/* The same route with the same limit, before and after a restart. */
static apr_uint64_t
key_of(const struct served *served, uint32_t row, apr_pool_t *pool)
{
    static const unsigned char plain[APR_SIPHASH_KSIZE];
    const struct routes_limits *limits = &served->table->limits[row];
    const char *text = apr_psprintf(
        pool, "%s\n%s\n%u", served->identity,
        routes_table_text(served->table, limits->calls), limits->concurrency);
    apr_uint64_t key = apr_siphash24(text, strlen(text), plain);

    return key + (key == 0);
}

static struct range *
find_range(apr_uint64_t key)
{
    for (unsigned i = 0; i < N_RANGES; i++) {
        if (memory->ranges[i].key == key) {
            return &memory->ranges[i];
        }
    }
    return NULL;
}

static int
is_idle(const struct range *range)
{
    for (apr_uint32_t i = 0; i < range->n; i++) {
        if (atomic_load(&memory->slots[range->first + i]) != 0) {
            return 0;
        }
    }
    return 1;
}

/* The first slots that no range has; N_SLOTS: there are not so many. */
static apr_uint32_t
find_gap(apr_uint32_t n)
{
    apr_uint32_t first = 0;
    unsigned i = 0;

    while (i < N_RANGES && first + n <= N_SLOTS) {
        const struct range *range = &memory->ranges[i++];

        if (range->key != 0 && range->first < first + n &&
            first < range->first + range->n) {
            first = range->first + range->n;
            i = 0;
        }
    }
    return first + n <= N_SLOTS ? first : N_SLOTS;
}

struct layout {
    server_rec *server;
    apr_pool_t *pool;
    int second; /* pass: new ranges are made */
};

/* First those that were there keep theirs, then new ones are made. */
static int
lay_out(void *data, const struct served *served, uint32_t row)
{
    const struct layout *layout = data;
    apr_uint32_t n = served->table->limits[row].concurrency;
    apr_uint64_t key = key_of(served, row, layout->pool);
    struct range *range = find_range(key);

    if (range == NULL && layout->second) {
        apr_uint32_t first = find_gap(n);

        range = first == N_SLOTS ? NULL : find_range(0);
        if (range == NULL) {
            ap_log_error(APLOG_MARK, APLOG_ERR, 0, layout->server,
                         LOGNO(0057) "%s: its `limit concurrency` waits for "
                                     "the next restart, older processes still "
                                     "use the memory",
                         routes_table_text(served->table,
                                           served->table->limits[row].calls));
            return 1;
        }
        *range = (struct range){.key = key, .first = first, .n = n};
    }
    if (range != NULL) {
        range->used = 1;
        served->slots[row] = (int)range->first;
    }
    return 1;
}

static void
drop_unused(void)
{
    for (unsigned i = 0; i < N_RANGES; i++) {
        struct range *range = &memory->ranges[i];

        if (!range->used && is_idle(range)) {
            range->key = 0;
        }
    }
}

/* Processes that ended while no generation had such a limit. */
static void
free_dead(void)
{
    for (unsigned i = 0; i < N_SLOTS; i++) {
        apr_int32_t pid = atomic_load(&memory->slots[i]);

        if (pid != 0 && kill(pid, 0) != 0 && errno == ESRCH) {
            atomic_store(&memory->slots[i], 0);
        }
    }
}

int
slot_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
           server_rec *main_server)
{
    const apr_array_header_t *all = conf_of(main_server)->served;
    struct layout layout = {.server = main_server, .pool = ptemp};
    struct sum sum = {0, 0};
    int fresh;

    (void)pconf;
    (void)plog;
    each_limit(all, add_limit, &sum);
    if (sum.calls == 0) {
        return OK;
    }
    memory = shared_region(main_server, "calls 1", sizeof(*memory), &fresh);
    if (memory == NULL) {
        return OK;
    }
    free_dead();
    for (unsigned i = 0; i < N_RANGES; i++) {
        memory->ranges[i].used = 0;
    }
    each_limit(all, lay_out, &layout);
    drop_unused();
    layout.second = 1;
    each_limit(all, lay_out, &layout);
    return OK;
}

/* ---- children ----------------------------------------------------------- */

static void
free_all_of(apr_int32_t pid)
{
    for (unsigned i = 0; memory != NULL && i < N_SLOTS; i++) {
        apr_int32_t holder = pid;

        if (atomic_load_explicit(&memory->slots[i], memory_order_relaxed) ==
            pid) {
            atomic_compare_exchange_strong(&memory->slots[i], &holder, 0);
        }
    }
}

void
slot_child_status(server_rec *server, pid_t pid, ap_generation_t generation,
                  int slot, mpm_child_status status)
{
    (void)server;
    (void)generation;
    (void)slot;
    if (status == MPM_CHILD_EXITED) {
        free_all_of((apr_int32_t)pid);
    }
}

void
slot_child_start(void)
{
    free_all_of((apr_int32_t)getpid());
}

/* ---- calls -------------------------------------------------------------- */

int
slot_take(const struct served *served, uint32_t row)
{
    static atomic_uint turn; /* where to begin: calls spread over the slots */
    uint32_t n = served->table->limits[row].concurrency;
    int first = served->slots[row];

    if (n == 0 || memory == NULL || first < 0) {
        return SLOT_NONE;
    }
    unsigned begin = atomic_fetch_add(&turn, 1);
    apr_int32_t own = (apr_int32_t)getpid();
    for (uint32_t i = 0; i < n; i++) {
        int slot = first + (int)((begin + i) % n);
        apr_int32_t none = 0;

        if (atomic_load(&memory->slots[slot]) == 0 &&
            atomic_compare_exchange_strong(&memory->slots[slot], &none, own)) {
            return slot;
        }
    }
    return SLOT_FULL;
}

void
slot_free(int slot)
{
    if (slot >= 0) {
        atomic_store(&memory->slots[slot], 0);
    }
}
