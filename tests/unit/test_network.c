/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks of addresses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "runtime/network.h"

static apr_pool_t *pool;

static const struct {
    const char *text;
    enum routes_network_fault fault;
    const char *spelt; /* as it is written; NULL: it is none */
} texts[] = {
    {"10.0.0.0/8", ROUTES_NETWORK_GOOD, "10.0.0.0/8"},
    {"127.0.0.1", ROUTES_NETWORK_GOOD, "127.0.0.1"},
    {"127.0.0.1/32", ROUTES_NETWORK_GOOD, "127.0.0.1"},
    {"0.0.0.0/0", ROUTES_NETWORK_GOOD, "0.0.0.0/0"},
    {"::/0", ROUTES_NETWORK_GOOD, "::/0"},
    {"::1", ROUTES_NETWORK_GOOD, "::1"},
    {"2001:DB8:0::/32", ROUTES_NETWORK_GOOD, "2001:db8::/32"},
    {"::ffff:10.0.0.0/104", ROUTES_NETWORK_GOOD, "10.0.0.0/8"},
    {"::ffff:10.1.2.3", ROUTES_NETWORK_GOOD, "10.1.2.3"},
    {"::ffff:0:0/96", ROUTES_NETWORK_GOOD, "0.0.0.0/0"},
    {"10.1.2.3/8", ROUTES_NETWORK_HOST, "10.0.0.0/8"},
    {"255.255.255.255/0", ROUTES_NETWORK_HOST, "0.0.0.0/0"},
    {"2001:db8::1/64", ROUTES_NETWORK_HOST, "2001:db8::/64"},
    {"::ffff:10.0.0.0/90", ROUTES_NETWORK_HOST, "::ffc0:0:0/90"},
    {"10.0.0.0/33", ROUTES_NETWORK_BITS, NULL},
    {"10.0.0.0/", ROUTES_NETWORK_BITS, NULL},
    {"10.0.0.0/08", ROUTES_NETWORK_BITS, NULL},
    {"10.0.0.0/-1", ROUTES_NETWORK_BITS, NULL},
    {"10.0.0.0/8/8", ROUTES_NETWORK_BITS, NULL},
    {"::/129", ROUTES_NETWORK_BITS, NULL},
    {"10.0.0", ROUTES_NETWORK_NONE, NULL},
    {"10.0.0.256", ROUTES_NETWORK_NONE, NULL},
    {"010.0.0.1", ROUTES_NETWORK_NONE, NULL},
    {"0x0a.0.0.1", ROUTES_NETWORK_NONE, NULL},
    {"10.0.0.1 ", ROUTES_NETWORK_NONE, NULL},
    {"localhost", ROUTES_NETWORK_NONE, NULL},
    {"fe80::1%eth0", ROUTES_NETWORK_NONE, NULL},
    {"", ROUTES_NETWORK_NONE, NULL},
    {"/8", ROUTES_NETWORK_NONE, NULL},
    {"1111111111111111111111111111111111111111111111111111111111111111111",
     ROUTES_NETWORK_NONE, NULL},
};

static void
what_is_no_network_is_told_from_what_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct routes_network network;

        assert_int_equal(routes_network_read(texts[i].text, &network),
                         texts[i].fault);
        if (texts[i].spelt != NULL) {
            assert_true(routes_network_valid(&network));
            assert_string_equal(routes_network_text(&network, pool),
                                texts[i].spelt);
        }
    }
}

static int
holds(const char *outer, const char *inner)
{
    struct routes_network a;
    struct routes_network b;

    assert_int_equal(routes_network_read(outer, &a), ROUTES_NETWORK_GOOD);
    assert_int_equal(routes_network_read(inner, &b), ROUTES_NETWORK_GOOD);
    return routes_network_holds(&a, &b);
}

static void
a_network_holds_what_begins_like_it(void **state)
{
    (void)state;
    assert_true(holds("10.0.0.0/8", "10.1.0.0/16"));
    assert_true(holds("10.0.0.0/8", "10.255.255.255"));
    assert_true(holds("0.0.0.0/0", "10.0.0.0/8"));
    assert_true(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
    assert_true(holds("2001:db8::/33", "2001:db8:7fff::1"));
    assert_true(holds("::/65", "::1"));
    assert_false(holds("10.1.0.0/16", "10.0.0.0/8"));
    assert_false(holds("10.0.0.0/8", "11.0.0.0"));
    assert_false(holds("2001:db8::/33", "2001:db8:8000::1"));
    assert_false(holds("::/65", "::8000:0:0:1"));
    assert_false(holds("::/0", "10.0.0.1"));
    assert_false(holds("0.0.0.0/0", "::1"));
}

static void
the_halves_of_a_network_are_all_of_it(void **state)
{
    static const char *const networks[] = {"0.0.0.0/0", "10.1.2.0/31",
                                           "::/0",      "::/63",
                                           "::/64",     "2001:db8::/127"};

    (void)state;
    for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
        struct routes_network whole;
        struct routes_network low;
        struct routes_network high;

        routes_network_read(networks[i], &whole);
        low = routes_network_half(&whole, 0);
        high = routes_network_half(&whole, 1);
        assert_true(routes_network_valid(&high));
        assert_true(routes_network_holds(&whole, &low));
        assert_true(routes_network_holds(&whole, &high));
        assert_false(routes_network_holds(&low, &high));
        assert_int_equal(low.bits, whole.bits + 1);
    }
}

static void
a_row_that_is_no_network_is_not_valid(void **state)
{
    struct routes_network network;
    struct routes_network broken;

    (void)state;
    routes_network_read("10.0.0.0/8", &network);
    broken = network;
    broken.low |= 1;
    assert_false(routes_network_valid(&broken));
    broken = network;
    broken.bits = 129;
    assert_false(routes_network_valid(&broken));
    broken = network;
    broken.family = ROUTES_FAMILY_6;
    assert_false(routes_network_valid(&broken));
    broken.family = 3;
    assert_false(routes_network_valid(&broken));
    routes_network_read("::1", &broken);
    broken.family = ROUTES_FAMILY_4;
    assert_false(routes_network_valid(&broken));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_network_is_told_from_what_is),
        cmocka_unit_test(a_network_holds_what_begins_like_it),
        cmocka_unit_test(the_halves_of_a_network_are_all_of_it),
        cmocka_unit_test(a_row_that_is_no_network_is_not_valid),
    };

    apr_initialize();
    apr_pool_create(&pool, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
