/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the memory of failed attempts, and of that of verified
 * credentials, with memory of this process for the shared one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "module/failures.h"
#include "module/shared.h"
#include "module/verified.h"

static apr_pool_t *pool;
static request_rec request;
static apr_sockaddr_t address;
static unsigned char bytes[16];

/* Stands for module/shared.c. */
void *
shared_region(server_rec *server, const char *name, apr_size_t size,
              int *fresh)
{
    (void)server;
    (void)name;
    *fresh = 1;
    return apr_pcalloc(pool, size);
}

static int
set_up(void **state)
{
    (void)state;
    apr_pool_create(&pool, NULL);
    failures_start(pool, pool, pool, NULL);
    verified_start(pool, pool, pool, NULL);
    address.ipaddr_ptr = bytes;
    request.useragent_addr = &address;
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

static struct failures_who
who(const char *user, const void *from, int len)
{
    memcpy(bytes, from, (size_t)len);
    address.ipaddr_len = len;
    return failures_who(&request, "realm", user);
}

static apr_time_t
at(int seconds)
{
    return apr_time_from_sec(1000000 + seconds);
}

static void
fail_often(struct failures_who caller, int seconds)
{
    for (int i = 0; i < FAILURES_FREE; i++) {
        assert_int_equal(failures_attempt(caller, at(seconds)), 0);
    }
}

static void
the_wait_doubles_and_ends(void **state)
{
    static const unsigned waits[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    struct failures_who caller = who("a", "\1\2\3\4", 4);
    int now = 0;

    (void)state;
    fail_often(caller, now);
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        assert_int_equal(failures_attempt(caller, at(now)), waits[i]);
        /* asking again makes it no longer */
        assert_int_equal(failures_attempt(caller, at(now)), waits[i]);
        now += (int)waits[i];
        assert_int_equal(failures_attempt(caller, at(now - 1)), 1);
        assert_int_equal(failures_attempt(caller, at(now)), 0);
    }
}

static void
time_and_success_forget(void **state)
{
    struct failures_who caller = who("a", "\1\2\3\4", 4);

    (void)state;
    fail_often(caller, 0);
    assert_int_equal(failures_attempt(caller, at(0)), 1);
    fail_often(caller, FAILURES_FORGOT);
    assert_int_equal(failures_attempt(caller, at(FAILURES_FORGOT)), 1);
    failures_forget(caller);
    fail_often(caller, FAILURES_FORGOT);
}

static void
others_are_not_hindered(void **state)
{
    (void)state;
    fail_often(who("a", "\1\2\3\4", 4), 0);
    assert_int_equal(failures_attempt(who("a", "\1\2\3\4", 4), at(0)), 1);
    assert_int_equal(failures_attempt(who("b", "\1\2\3\4", 4), at(0)), 0);
    assert_int_equal(failures_attempt(who("a", "\1\2\3\5", 4), at(0)), 0);
}

static void
an_address_is_counted_as_its_owner_has_it(void **state)
{
    static const char mapped[] = "\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4";
    static const char one[] = "\x20\1\2\3\4\5\6\7\1\1\1\1\1\1\1\1";
    static const char same[] = "\x20\1\2\3\4\5\6\7\2\2\2\2\2\2\2\2";
    static const char other[] = "\x20\1\2\3\4\5\6\1\1\1\1\1\1\1\1\1";

    (void)state;
    assert_true(who("a", mapped, 16).hash == who("a", "\1\2\3\4", 4).hash);
    assert_true(who("a", one, 16).hash == who("a", same, 16).hash);
    assert_false(who("a", one, 16).hash == who("a", other, 16).hash);
}

static void
many_users_do_not_grow_it(void **state)
{
    (void)state;
    for (int i = 0; i < 30000; i++) {
        const char *user = apr_psprintf(pool, "user%d", i);

        assert_int_equal(
            failures_attempt(who(user, "\1\2\3\4", 4), at(i / 100)), 0);
    }
}

static struct verified_tag
tag(apr_uint64_t version, const char *realm, const char *user,
    const char *secret)
{
    return verified_tag(pool, version, realm, user, secret);
}

static void
what_was_verified_is_known_for_its_time(void **state)
{
    struct verified_tag known = tag(1, "f", "a", "s");

    (void)state;
    assert_false(verified_known(&known, at(0)));
    verified_add(&known, at(0));
    assert_true(verified_known(&known, at(0)));
    assert_true(verified_known(&known, at(VERIFIED_SECONDS - 1)));
    assert_false(verified_known(&known, at(VERIFIED_SECONDS)));
    verified_add(&known, at(VERIFIED_SECONDS));
    assert_true(verified_known(&known, at(VERIFIED_SECONDS)));
}

static void
nothing_else_is_known(void **state)
{
    static const struct {
        apr_uint64_t version;
        const char *realm, *user, *secret;
    } others[] = {
        {2, "f", "ab", "cd"}, {1, "g", "ab", "cd"}, {1, "f", "ab", "ce"},
        {1, "f", "abc", "d"}, {1, "fa", "b", "cd"}, {1, "f", "ab", "c"},
        {1, "f", "abcd", ""}, {1, "f", "", "abcd"},
    };
    struct verified_tag known = tag(1, "f", "ab", "cd");

    (void)state;
    verified_add(&known, at(0));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct verified_tag other = tag(others[i].version, others[i].realm,
                                        others[i].user, others[i].secret);

        assert_false(verified_known(&other, at(0)));
    }
}

static void
a_full_memory_forgets_the_oldest(void **state)
{
    struct verified_tag last;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        last = tag(1, "f", apr_psprintf(pool, "%d", i), "s");
        verified_add(&last, at(i / 1000));
        assert_true(verified_known(&last, at(i / 1000)));
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_wait_doubles_and_ends),
        TEST(time_and_success_forget),
        TEST(others_are_not_hindered),
        TEST(an_address_is_counted_as_its_owner_has_it),
        TEST(many_users_do_not_grow_it),
        TEST(what_was_verified_is_known_for_its_time),
        TEST(nothing_else_is_known),
        TEST(a_full_memory_forgets_the_oldest),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
