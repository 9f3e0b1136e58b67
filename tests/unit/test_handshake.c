/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the opening handshake of RFC 6455.
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
#include <apr_tables.h>

#include "runtime/handshake.h"
#include "fixture.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

static apr_array_header_t *offers;

static int
asked(const char *upgrade, const char *connection)
{
    struct routes_handshake handshake = {.upgrade = upgrade,
                                         .connection = connection};

    return routes_handshake_asked(&handshake);
}

static enum routes_handshake_fault
check(const char *version, const char *key, const char *protocols)
{
    struct routes_handshake handshake = {
        .key = key, .version = version, .protocols = protocols};

    offers = apr_array_make(pool, 2, sizeof(const char *));
    return routes_handshake_check(&handshake, pool, offers);
}

static void
both_fields_ask(void **state)
{
    (void)state;
    assert_true(asked("websocket", "Upgrade"));
    assert_true(asked("WebSocket", "keep-alive, upgrade"));
    assert_true(asked("h2c,websocket", "upgrade , HTTP2-Settings"));
    assert_false(asked("websocket", NULL));
    assert_false(asked(NULL, "upgrade"));
    assert_false(asked("websocket", "keep-alive"));
    assert_false(asked("websocket", "upgrades"));
    assert_false(asked("websocket/13", "upgrade"));
    assert_false(asked("xwebsocket", "upgrade"));
    assert_false(asked("\"websocket\"", "upgrade"));
    assert_false(asked("", ""));
}

static void
a_key_is_sixteen_bytes(void **state)
{
    (void)state;
    assert_int_equal(check("13", KEY, NULL), ROUTES_HANDSHAKE_GOOD);
    static const char *const bad[] = {
        NULL,
        "",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZQAA",
        "dGhlIHNhbXBsZSBub25jZ===",
        "dGhl=HNhbXBsZSBub25jZQ==",
        "dGhl IHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZ-==",
        KEY ", " KEY,
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(check("13", bad[i], NULL), ROUTES_HANDSHAKE_NO_KEY);
    }
}

static void
there_is_one_version(void **state)
{
    (void)state;
    static const char *const bad[] = {NULL, "",    "8",     "0",
                                      "14", "+13", "13, 8", "013"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(check(bad[i], KEY, NULL),
                         ROUTES_HANDSHAKE_OTHER_VERSION);
    }
}

static void
subprotocols_are_tokens(void **state)
{
    (void)state;
    assert_int_equal(check("13", KEY, "chat"), ROUTES_HANDSHAKE_GOOD);
    assert_int_equal(offers->nelts, 1);
    assert_int_equal(check("13", KEY, " b.v2 ,, a ,c"), ROUTES_HANDSHAKE_GOOD);
    assert_int_equal(offers->nelts, 3);
    assert_string_equal(APR_ARRAY_IDX(offers, 0, const char *), "b.v2");
    assert_string_equal(APR_ARRAY_IDX(offers, 2, const char *), "c");
    static const char *const bad[] = {"",       ",",         "a b", "\"a\"",
                                      "a, a",   "a\x7f",     "a;b", "caf\xc3",
                                      "a,b\tc", "a, (x), b", "a=b"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(check("13", KEY, bad[i]),
                         ROUTES_HANDSHAKE_NO_PROTOCOL);
    }
}

/* a0,a1,… */
static char *
many(int n)
{
    apr_array_header_t *items = apr_array_make(pool, n, sizeof(char *));

    for (int i = 0; i < n; i++) {
        APR_ARRAY_PUSH(items, char *) = apr_psprintf(pool, "a%d", i);
    }
    return apr_array_pstrcat(pool, items, ',');
}

/* httpd joins a hundred fields of 8 KB: to look through the rest of a list, or
 * through all before it, for each item would take minutes. */
static void
long_lists_take_no_time(void **state)
{
    const struct routes_handshake asks = {.upgrade = "websocket",
                                          .connection = many(200000)};

    (void)state;
    assert_int_equal(check("13", KEY, many(64)), ROUTES_HANDSHAKE_GOOD);
    assert_int_equal(offers->nelts, 64);
    assert_int_equal(check("13", KEY, many(65)), ROUTES_HANDSHAKE_NO_PROTOCOL);
    assert_int_equal(check("13", KEY, asks.connection),
                     ROUTES_HANDSHAKE_NO_PROTOCOL);
    assert_false(routes_handshake_asked(&asks));
}

static void
the_answer_is_that_of_the_rfc(void **state)
{
    char accept[ROUTES_HANDSHAKE_ACCEPT];

    (void)state;
    routes_handshake_accept(KEY, accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_int_equal(strlen(accept) + 1, ROUTES_HANDSHAKE_ACCEPT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_fields_ask),         TEST(a_key_is_sixteen_bytes),
        TEST(there_is_one_version),    TEST(subprotocols_are_tokens),
        TEST(long_lists_take_no_time), TEST(the_answer_is_that_of_the_rfc),
    };

    apr_initialize();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
