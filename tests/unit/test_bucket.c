/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of token buckets, with a clock of their own, and with memory that
 * processes share for the server's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "module/bucket.h"
#include "module/shared.h"

#define SECOND APR_INT64_C(1000000)

static apr_pool_t *pool;
static apr_size_t region_size;
static void *region;

/* Stands for module/shared.c. */
void *
shared_region(server_rec *server, const char *name, apr_size_t size,
              int *fresh)
{
    (void)server;
    (void)name;
    *fresh = 1;
    region_size = size;
    region = mmap(NULL, size, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return region == MAP_FAILED ? NULL : region;
}

static int
set_up(void **state)
{
    (void)state;
    apr_pool_create(&pool, NULL);
    bucket_start(NULL);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    munmap(region, region_size);
    apr_pool_destroy(pool);
    return 0;
}

static struct routes_rate
rate(apr_int64_t interval, apr_int64_t burst)
{
    return (struct routes_rate){.interval = interval,
                                .depth = interval * burst};
}

static apr_int64_t
take(unsigned caller, const struct routes_rate *of, apr_int64_t now)
{
    return bucket_take(bucket_key(&caller, sizeof(caller)), of, now);
}

static unsigned
take_all(unsigned caller, const struct routes_rate *of, apr_int64_t now)
{
    unsigned n = 0;

    while (take(caller, of, now) == 0) {
        n++;
    }
    return n;
}

static void
a_bucket_holds_a_burst_and_no_more(void **state)
{
    struct routes_rate five = rate(12 * SECOND, 5);

    (void)state;
    assert_int_equal(take_all(1, &five, 1000), 5);
    assert_int_equal(take(1, &five, 1000), 12 * SECOND);
    assert_int_equal(take(1, &five, 1000 + SECOND), 11 * SECOND);
}

static void
it_is_filled_evenly(void **state)
{
    struct routes_rate five = rate(12 * SECOND, 5);

    (void)state;
    take_all(1, &five, 0);
    assert_int_equal(take(1, &five, 12 * SECOND - 1), 1);
    assert_int_equal(take(1, &five, 12 * SECOND), 0);
    assert_int_equal(take(1, &five, 12 * SECOND), 12 * SECOND);
    assert_int_equal(take_all(1, &five, 48 * SECOND), 3);
    assert_int_equal(take_all(1, &five, 500 * SECOND), 5);
}

static void
who_is_refused_loses_nothing_by_it(void **state)
{
    struct routes_rate one = rate(SECOND, 1);

    (void)state;
    assert_int_equal(take(1, &one, 0), 0);
    for (apr_int64_t now = 0; now < SECOND; now += SECOND / 10) {
        assert_int_equal(take(1, &one, now), SECOND - now);
    }
    assert_int_equal(take(1, &one, SECOND), 0);
}

static void
callers_have_buckets_of_their_own(void **state)
{
    struct routes_rate two = rate(SECOND, 2);

    (void)state;
    for (unsigned caller = 0; caller < 1000; caller++) {
        assert_int_equal(take_all(caller, &two, 5), 2);
    }
    assert_int_equal(bucket_lost(), 0);
}

static void
the_clock_may_wrap_around(void **state)
{
    const apr_int64_t wrap = APR_INT64_C(1) << 48;
    struct routes_rate five = rate(SECOND, 5);

    (void)state;
    assert_int_equal(take_all(1, &five, wrap - SECOND), 5);
    assert_int_equal(take(1, &five, wrap - 1), 1);
    assert_int_equal(take(1, &five, wrap), 0);
    assert_int_equal(take_all(1, &five, wrap + 90 * SECOND), 5);
}

static void
a_year_and_a_tenth_of_a_millisecond_fit(void **state)
{
    struct routes_rate slow = rate(ROUTES_MAX_DEPTH, 1);
    struct routes_rate fast = rate(ROUTES_MIN_INTERVAL, 10000);

    (void)state;
    assert_int_equal(take(1, &slow, 0), 0);
    assert_int_equal(take(1, &slow, 0), ROUTES_MAX_DEPTH);
    assert_int_equal(take(1, &slow, ROUTES_MAX_DEPTH - 1), 1);
    assert_int_equal(take(1, &slow, ROUTES_MAX_DEPTH), 0);
    assert_int_equal(take_all(2, &fast, 0), 10000);
    assert_int_equal(take_all(2, &fast, SECOND / 2), 5000);
}

static void
many_callers_push_out_who_asked_for_least(void **state)
{
    struct routes_rate ten = rate(6 * SECOND, 10);
    unsigned kept = 0;

    (void)state;
    take_all(1, &ten, 0);
    for (unsigned caller = 2; caller < 4 * BUCKET_MOST; caller++) {
        take(caller, &ten, 0);
    }
    assert_true(bucket_lost() > 0);
    assert_int_equal(bucket_lost(), 0);
    kept = take_all(1, &ten, 0);
    assert_int_equal(kept, 0);
}

static void
a_long_rate_takes_no_memory_from_a_short_one(void **state)
{
    struct routes_rate daily = rate(86400 * SECOND, 1);
    struct routes_rate short_one = rate(SECOND, 5);

    (void)state;
    take_all(1, &short_one, 0);
    for (unsigned caller = 2; caller < 4 * BUCKET_MOST; caller++) {
        take(caller, &daily, 0);
    }
    assert_int_equal(take_all(1, &short_one, 0), 0);
}

/* Each child writes how many it was given into the pipe. */
static void
processes_share_a_bucket_exactly(void **state)
{
    struct routes_rate many = rate(60 * SECOND, 5000);
    unsigned all = 0;
    int pipes[2];

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    for (unsigned child = 0; child < 4; child++) {
        if (fork() == 0) {
            unsigned n = take_all(7, &many, 100);

            _exit(write(pipes[1], &n, sizeof(n)) != sizeof(n));
        }
    }
    for (unsigned child = 0; child < 4; child++) {
        unsigned n = 0;

        assert_int_equal(read(pipes[0], &n, sizeof(n)), sizeof(n));
        all += n;
        wait(NULL);
    }
    close(pipes[0]);
    close(pipes[1]);
    assert_int_equal(all, 5000);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_bucket_holds_a_burst_and_no_more),
        TEST(it_is_filled_evenly),
        TEST(who_is_refused_loses_nothing_by_it),
        TEST(callers_have_buckets_of_their_own),
        TEST(the_clock_may_wrap_around),
        TEST(a_year_and_a_tenth_of_a_millisecond_fit),
        TEST(many_callers_push_out_who_asked_for_least),
        TEST(a_long_rate_takes_no_memory_from_a_short_one),
        TEST(processes_share_a_bucket_exactly),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
