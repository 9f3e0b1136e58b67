/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments known without an automaton: bytes of a set, ints as text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "block_portable.h"
#include "fence.h"
#include "runtime/digits.h"
#include "runtime/language.h"
#include "runtime/match.h"
#include "runtime/segment.h"
#include "runtime/set.h"
#include "runtime/table.h"
#include "table_builder.h"
#include "fixture.h"

#define MAX_LEN 70

/* Sets of one to four ranges: with both ends of all bytes, of one byte, up to
 * a '/' and around it. */
static const char *const sets[] = {
    "A-Za-z0-9-", "A-Za-z0-9._-", "0-9a-f", "!", "\x01-\x1f",
    "\x80-\xff",  "\x01-.0-\xff", "0-9",    ".", "a-zA-Y!\x7f",
};
#define N_SETS (sizeof(sets) / sizeof(sets[0]))

/* ---- sets --------------------------------------------------------------- */

static void
mark(uint8_t members[256], const char *set)
{
    memset(members, 0, 256);
    for (const uint8_t *at = (const uint8_t *)set; *at != '\0'; at++) {
        unsigned last = at[1] == '-' && at[2] != '\0' ? at[2] : *at;

        for (unsigned byte = *at; byte <= last; byte++) {
            members[byte] = 1;
        }
        at += at[1] == '-' && at[2] != '\0' ? 2 : 0;
    }
}

static void
every_byte_of_a_block_is_told(void **state)
{
    uint8_t members[256];
    uint8_t set[ROUTES_SET_BYTES];
    char block[ROUTES_BLOCK];

    (void)state;
    for (size_t i = 0; i < N_SETS; i++) {
        mark(members, sets[i]);
        assert_true(routes_set_make(members, set));
        assert_true(routes_set_is_one(set));
        for (unsigned first = 0; first < 256; first++) {
            uint64_t bits = 0;

            for (unsigned at = 0; at < ROUTES_BLOCK; at++) {
                unsigned byte = (first + at * 37) % 256;

                byte += byte == '/';
                block[at] = (char)byte;
                bits |= (uint64_t)members[byte] << at;
            }
            assert_int_equal(routes_block_in_set(block, set), bits);
            assert_int_equal(block_portable_in_set(block, set), bits);
        }
    }
}

static void
a_set_of_more_ranges_is_none(void **state)
{
    uint8_t members[256];
    uint8_t set[ROUTES_SET_BYTES];

    (void)state;
    mark(members, "a-bd-eg-hj-km");
    assert_false(routes_set_make(members, set));
    members['m'] = 0;
    assert_true(routes_set_make(members, set));
    memset(members, 1, sizeof(members));
    assert_false(routes_set_make(members, set));
    memset(members, 0, sizeof(members));
    assert_true(routes_set_make(members, set));
    assert_int_equal(routes_block_in_set("0123456789abcdef", set), 0);
}

/* One byte at each place of texts of each length, against the fence. */
static void
texts_of_every_length_are_told(void **state)
{
    static const unsigned char others[] = {0,   'a', '-', '.', '0', '9', '@',
                                           'g', 'z', '{', 127, 128, 255};
    uint8_t members[256];
    uint8_t set[ROUTES_SET_BYTES];
    char text[MAX_LEN];

    (void)state;
    for (size_t i = 0; i < N_SETS; i++) {
        unsigned in = 1;

        mark(members, sets[i]);
        routes_set_make(members, set);
        while (!members[in]) {
            in++;
        }
        for (size_t len = 0; len < MAX_LEN; len++) {
            for (size_t at = 0; at < len; at++) {
                unsigned char other =
                    others[(at * 7 + len + i) % sizeof(others)];

                memset(text, (int)in, len);
                text[at] = (char)other;
                assert_int_equal(
                    routes_set_has_all(set, fence_behind(text, len), len),
                    members[other]);
                assert_int_equal(
                    routes_set_has_all(set, fence_before(text, len), len),
                    members[other]);
            }
        }
    }
}

/* ---- the matcher with and without --------------------------------------- */

static const struct routes_table *
table_of(const char *type)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *table;

    builder_route(b, NULL, "GET",
                  apr_pstrcat(pool, "/s/{x:", type, "}/{y:", type, "}", NULL));
    builder_route(b, NULL, "GET", apr_pstrcat(pool, "/{x:", type, "}", NULL));
    builder_route(b, NULL, "GET", "/{x}");
    builder_route(b, NULL, "GET", "/s/{x}/{y}");
    table = builder_finish(b);
    assert_null(routes_table_refusal(table, pool));
    return table;
}

/* Both tables must say the same of a path, which stands against the fence. */
static void
assert_same(const struct routes_table *a, const struct routes_table *b,
            const char *path, size_t len)
{
    struct routes_match m;
    struct routes_match n;

    for (int side = 0; side < 2; side++) {
        const char *at =
            side ? fence_before(path, len) : fence_behind(path, len);

        routes_match(a, NULL, 0, at, len, ROUTES_METHOD_GET, &m);
        routes_match(b, NULL, 0, at, len, ROUTES_METHOD_GET, &n);
        assert_int_equal(m.outcome, n.outcome);
        if (m.route != n.route) {
            fail_msg("%.*s: route %u, %u", (int)len, path, m.route, n.route);
        }
        assert_int_equal(m.n_captures, n.n_captures);
        for (uint32_t i = 0; i < m.n_captures; i++) {
            assert_ptr_equal(m.captures[i].at, n.captures[i].at);
            assert_int_equal(m.captures[i].len, n.captures[i].len);
        }
    }
}

/* Lengths of segments around those of words, blocks and windows. */
static size_t
next_length(size_t len)
{
    return len + (len < 35 || (len > 58 && len < 70) ? 1 : 7);
}

static void
a_set_takes_what_its_automaton_takes(void **state)
{
    const struct routes_table *by_set = table_of("str~a-z0-9-");
    const struct routes_table *by_dfa = table_of("str~~a-z0-9-");
    char path[300];

    (void)state;
    for (size_t x = 0; x < 70; x = next_length(x)) {
        size_t len = (size_t)sprintf(path, "/%.*s", (int)x,
                                     "abcdefghijklmnopqrstuvwxyz0123456789-"
                                     "abcdefghijklmnopqrstuvwxyz0123456789");

        assert_same(by_set, by_dfa, path, len);
        for (size_t at = 1; at < len; at++) {
            char kept = path[at];

            path[at] = "A~\x80"[at % 3];
            assert_same(by_set, by_dfa, path, len);
            path[at] = kept;
        }
        for (size_t y = 0; y < 70; y = next_length(y)) {
            len = (size_t)sprintf(path, "/s/%0*d/%0*d", (int)x, 1, (int)y, 2);
            assert_same(by_set, by_dfa, path, len);
            path[len - 1] = '_';
            assert_same(by_set, by_dfa, path, len);
            path[3] = '_';
            assert_same(by_set, by_dfa, path, len);
        }
    }
}

static void
every_byte_is_taken_as_its_automaton_takes_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SETS; i++) {
        const struct routes_table *by_set =
            table_of(apr_pstrcat(pool, "str~", sets[i], NULL));
        const struct routes_table *by_dfa =
            table_of(apr_pstrcat(pool, "str~~", sets[i], NULL));

        for (unsigned byte = 0; byte < 256; byte++) {
            char path[] = "/s/?/00000000000000000000000";

            path[3] = (char)byte;
            assert_same(by_set, by_dfa, path, 4);
            assert_same(by_set, by_dfa, path, 6);
            assert_same(by_set, by_dfa, path, sizeof(path) - 1);
            memset(path + 5, (int)byte, sizeof(path) - 6);
            assert_same(by_set, by_dfa, path, sizeof(path) - 1);
        }
    }
}

/* ---- ints --------------------------------------------------------------- */

/* What digits say of a text, whatever stands behind it. */
static int
has_digits(const struct routes_type *type, const char *text)
{
    size_t len = strlen(text);
    uint64_t low;
    uint64_t high;

    routes_digits_bounds(type, &low, &high);
    return routes_digits_has(routes_segment_key_of(text, len), len, low, high);
}

/* Digits say no more than the language, and all of it from 1 to 99999999. */
static void
assert_digits(const struct routes_table *table, uint32_t type,
              const char *text)
{
    size_t len = strlen(text);
    int has = routes_language_has(table, type, text, len);
    int known = len <= 8 && *text != '-' && strcmp(text, "0") != 0;

    if (has_digits(&table->types[type], text) != (has && known)) {
        fail_msg("%s of type %u", text, type);
    }
}

static void
digits_are_ints_between_their_bounds(void **state)
{
    static const char *const types[] = {
        "int",
        "int(1..)",
        "int(0..9)",
        "int(5..5)",
        "int(-7..10)",
        "int(..-1)",
        "int(10..99)",
        "int(9..100)",
        "int(99999999..)",
        "int(100000000..)",
        "int(..1234567)",
        "int(..99999999)",
        "int(..100000000)",
        "int(..0)",
    };
    static const char *const texts[] = {
        "",
        "0",
        "00",
        "01",
        "1",
        "9",
        "10",
        "99",
        "100",
        "101",
        "-",
        "-0",
        "-1",
        "-10",
        "1-",
        "+1",
        "1234566",
        "1234567",
        "1234568",
        "9999999",
        "10000000",
        "99999998",
        "99999999",
        "100000000",
        "00000001",
        "1234567x",
        "x1234567",
        "999999999",
        "9223372036854775807",
        "9223372036854775808",
    };
    struct builder *b = builder_create(pool);
    const struct routes_table *table;
    uint32_t rows[sizeof(types) / sizeof(types[0])];

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        rows[i] = builder_type(b, types[i]);
    }
    table = builder_finish(b);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
            assert_digits(table, rows[i], texts[j]);
        }
        for (unsigned n = 0; n < 1200; n++) {
            assert_digits(table, rows[i], apr_itoa(pool, (int)n));
        }
    }
}

/* Each byte at each place of a number of each length. */
static void
no_other_byte_is_a_digit(void **state)
{
    struct builder *b = builder_create(pool);
    uint32_t type = builder_type(b, "int");
    const struct routes_table *table = builder_finish(b);

    (void)state;
    for (size_t len = 1; len < 10; len++) {
        for (size_t at = 0; at < len; at++) {
            for (unsigned byte = 1; byte < 256; byte++) {
                char text[] = "123456789";

                if (byte != '/') {
                    text[len] = '\0';
                    text[at] = (char)byte;
                    assert_digits(table, type, text);
                }
            }
        }
    }
}

/* Ints beside words, at the end of a path and before it. */
static void
ints_match_as_their_language_says(void **state)
{
    static const char *const texts[] = {
        "0",       "7",        "07",        "-7", "12",
        "1234567", "12345678", "123456789", "1a", "99999999999999999999",
        ""};
    struct builder *b = builder_create(pool);
    const struct routes_table *table;

    (void)state;
    builder_route(b, NULL, "GET", "/{n:int(-9..99999999)}");
    builder_route(b, NULL, "GET", "/{n:int(-9..99999999)}/a/longer/one");
    builder_route(b, NULL, "GET", "/{x:path}");
    table = builder_finish(b);
    assert_null(routes_table_refusal(table, pool));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int is_int = i < 7 && i != 2;
        const char *path = apr_pstrcat(pool, "/", texts[i], NULL);
        struct routes_match m;

        routes_match(table, NULL, 0, fence_behind(path, strlen(path)),
                     strlen(path), ROUTES_METHOD_GET, &m);
        assert_int_equal(m.route, is_int ? 1 : 3);
        path = apr_pstrcat(pool, path, "/a/longer/one", NULL);
        routes_match(table, NULL, 0, fence_before(path, strlen(path)),
                     strlen(path), ROUTES_METHOD_GET, &m);
        assert_int_equal(m.route, is_int ? 2 : 3);
        assert_int_equal(m.captures[0].len,
                         is_int ? strlen(texts[i]) : strlen(path) - 1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_byte_of_a_block_is_told),
        TEST(a_set_of_more_ranges_is_none),
        TEST(texts_of_every_length_are_told),
        TEST(a_set_takes_what_its_automaton_takes),
        TEST(every_byte_is_taken_as_its_automaton_takes_it),
        TEST(digits_are_ints_between_their_bounds),
        TEST(no_other_byte_is_a_digit),
        TEST(ints_match_as_their_language_says),
    };
    int failed;

    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
