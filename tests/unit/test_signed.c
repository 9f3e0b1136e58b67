/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said of signed requests.
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

#include "runtime/signed.h"

#define NOW 1700000000

static apr_pool_t *pool;

static const struct {
    struct routes_signed_words words;
    const char *alg; /* of what is made; NULL: nothing is */
} words[] = {
    {{NULL, NULL, NULL, NULL, -1}, "sha256"},
    {{"sha256={hex}", NULL, NULL, NULL, -1}, "sha256"},
    {{"sha1={hex}", NULL, NULL, NULL, -1}, "sha1"},
    {{"HMAC-SHA512 {base64}", NULL, NULL, NULL, -1}, "sha512"},
    {{"v0={hex}", "sha384", NULL, NULL, -1}, "sha384"},
    {{"sha256={hex}", "sha256", NULL, NULL, -1}, "sha256"},
    {{"sha256={hex}", "sha1", NULL, NULL, -1}, NULL},
    {{NULL, "md5", NULL, NULL, -1}, NULL},
    {{NULL, "SHA256", NULL, NULL, -1}, NULL},
    {{NULL, "xsha256", NULL, NULL, -1}, NULL},
    {{"", NULL, NULL, NULL, -1}, NULL},
    {{"{hex} ", NULL, NULL, NULL, -1}, NULL},
    {{"{hex}{hex}", NULL, NULL, NULL, -1}, NULL},
    {{"{x}{hex}", NULL, NULL, NULL, -1}, NULL},
    {{"t={timestamp}", NULL, "{timestamp}{body}", NULL, -1}, NULL},
    {{"{timestamp},{hex}", NULL, "{timestamp}{body}", NULL, -1}, NULL},
    {{"t={timestamp},t={hex}", NULL, "{timestamp}{body}", NULL, -1}, NULL},
    {{"t={timestamp},v={hex}", NULL, "{timestamp}{body}", NULL, -1}, "sha256"},
    {{"t={timestamp},v={hex}", NULL, "{body}", NULL, 5}, NULL},
    {{"t={timestamp},v={hex}", NULL, "{timestamp}{body}", "T", 5}, NULL},
    {{NULL, NULL, "", NULL, -1}, NULL},
    {{NULL, NULL, "{header:X}", NULL, -1}, NULL},
    {{NULL, NULL, "{header:}{body}", NULL, -1}, NULL},
    {{NULL, NULL, "{header:a b}{body}", NULL, -1}, NULL},
    {{NULL, NULL, "{body", NULL, -1}, NULL},
    {{NULL, NULL, "{}{body}", NULL, -1}, NULL},
    {{NULL, NULL, "{method} {target}\n{body}}", NULL, -1}, "sha256"},
    {{NULL, NULL, "{header:X}{body}", NULL, 5}, "sha256"},
    {{NULL, NULL, "{header:X}{header:Y}{body}", NULL, 5}, NULL},
    {{NULL, NULL, "{header:X}{header:Y}{body}", "y", 5}, "sha256"},
    {{NULL, NULL, "{timestamp}{body}", NULL, -1}, NULL},
    {{NULL, NULL, "{timestamp}{body}", "T", -1}, "sha256"},
    {{NULL, NULL, "{body}", "T", -1}, NULL},
    {{NULL, NULL, "{body}", NULL, 5}, NULL},
    {{NULL, NULL, "{timestamp}{body}", "T", 0}, NULL},
    {{NULL, NULL, "{timestamp}{body}", "T", 31622401}, NULL},
};

static void
words_that_prove_nothing_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct routes_signed made;
        const char *fault = routes_signed_make(pool, &words[i].words, &made);

        if (words[i].alg == NULL) {
            assert_non_null(fault);
        }
        else {
            assert_null(fault);
            assert_string_equal(made.alg, words[i].alg);
        }
    }
}

static const struct {
    const char *format;
    const char *value;
    unsigned n; /* signatures; 0: it is malformed */
    const char *last;
} values[] = {
    {"sha256={hex}", "sha256=ab", 1, "ab"},
    {"sha256={hex}", "sha256=", 1, ""},
    {"sha256={hex}", "", 0, NULL},
    {"sha256={hex}", "ab", 0, NULL},
    {"sha256={hex}", "sha256=ab sha256=CD", 2, "CD"},
    {"sha256={hex}", "sha256=ab, sha256=cd", 0, NULL},
    {"sha256={hex}", "sha256=ag", 0, NULL},
    {"sha256={hex}", "sha1=ab  sha256=cd", 1, "cd"},
    {"v1,{base64}", "v1,a+/= v1a,x", 1, "a+/="},
    {"v1,{base64}", "v1,a-_", 0, NULL},
    {"HMAC {hex}", "HMAC ab", 1, "ab"},
    {"HMAC {hex}", "HMAC ab HMAC cd", 0, NULL},
    {"{hex}", "a a a a a a a a", 8, "a"},
    {"{hex}", "a a a a a a a a a", 0, NULL},
    {"t={timestamp},v1={hex}", "t=1,v1=ab,v0=xx", 1, "ab"},
    {"t={timestamp},v1={hex}", "v1=ab, t=1,,v1=cd", 2, "cd"},
    {"t={timestamp},v1={hex}", "v1=ab", 0, NULL},
    {"t={timestamp},v1={hex}", "t=1", 0, NULL},
    {"t={timestamp},v1={hex}", "t=1,t=1,v1=ab", 0, NULL},
};

static void
a_field_has_signatures_or_is_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct routes_signed_words said = {.format = values[i].format,
                                           .tolerance = -1};
        struct routes_signed made;
        struct routes_signature found;

        if (strstr(said.format, "{timestamp}") != NULL) {
            said.template = "{timestamp}{body}";
        }
        assert_null(routes_signed_make(pool, &said, &made));
        int good = routes_signed_read(&made, pool, values[i].value, &found);
        assert_int_equal(good, values[i].n > 0);
        if (good) {
            assert_int_equal(found.n, values[i].n);
            assert_string_equal(found.texts[found.n - 1], values[i].last);
        }
    }
}

static void
a_time_is_near_on_both_sides(void **state)
{
    static const struct {
        const char *text;
        int fresh;
    } times[] = {
        {"1700000000", 1},
        {"1699999990", 1},
        {"1700000010", 1},
        {"1699999989", 0},
        {"1700000011", 0},
        {"", 0},
        {NULL, 0},
        {"-1700000000", 0},
        {"+1700000000", 0},
        {"01700000000", 0},
        {"1700000000.0", 0},
        {"1700000000 ", 0},
        {"99999999999999999999", 0},
        {"1700000000000", 0},
    };
    struct routes_signed_words said = {
        .template = "{timestamp}{body}", .timestamp = "T", .tolerance = 10};
    struct routes_signed made;

    (void)state;
    assert_null(routes_signed_make(pool, &said, &made));
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        assert_int_equal(routes_signed_is_fresh(&made, times[i].text, NOW),
                         times[i].fresh);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_prove_nothing_are_refused),
        cmocka_unit_test(a_field_has_signatures_or_is_malformed),
        cmocka_unit_test(a_time_is_near_on_both_sides),
    };

    apr_initialize();
    apr_pool_create(&pool, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
