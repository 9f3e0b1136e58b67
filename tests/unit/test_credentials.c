/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the credentials of RFC 7617.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_base64.h>
#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "module/credentials.h"
#include "fixture.h"

static struct credentials found;

static enum credentials_result
parse(const char *field)
{
    found = (struct credentials){NULL, NULL};
    return credentials_parse(field, pool, &found);
}

/* The pair of these bytes, encoded. */
static enum credentials_result
parse_pair(const char *pair, int len)
{
    char *code = apr_palloc(pool, (apr_size_t)apr_base64_encode_len(len));

    apr_base64_encode(code, pair, len);
    return parse(apr_pstrcat(pool, "Basic ", code, NULL));
}

static void
assert_pair(const char *pair, const char *user, const char *password)
{
    assert_int_equal(parse_pair(pair, (int)strlen(pair)), CREDENTIALS_FOUND);
    assert_string_equal(found.user, user);
    assert_string_equal(found.password, password);
}

static void
a_pair_is_found(void **state)
{
    (void)state;
    assert_pair("Aladdin:open sesame", "Aladdin", "open sesame");
    assert_pair("test:123\xc2\xa3", "test", "123\xc2\xa3");
    assert_pair("a:", "a", "");
    assert_pair("a:b:c", "a", "b:c");
    assert_int_equal(parse("bAsIc   YTpi"), CREDENTIALS_FOUND);
    assert_string_equal(found.user, "a");
}

static void
another_scheme_is_none(void **state)
{
    (void)state;
    assert_int_equal(parse(NULL), CREDENTIALS_NONE);
    assert_int_equal(parse(""), CREDENTIALS_NONE);
    assert_int_equal(parse("Bearer YTpi"), CREDENTIALS_NONE);
    assert_int_equal(parse("BasicYTpi"), CREDENTIALS_NONE);
    assert_int_equal(parse("Basi"), CREDENTIALS_NONE);
}

static void
what_is_no_base64_is_malformed(void **state)
{
    static const char *const fields[] = {
        "Basic",           "Basic ",
        "Basic !!!!",      "Basic YTpi!",
        "Basic YTpi YTpi", "Basic YTp",
        "Basic YTpi=",     "Basic YTpiYg===",
        "Basic ====",      "Basic YTpi, Basic YTpi",
        "Basic Y=pi",      "Basic Y===",
        "Basic YT=iYTpi",  "Basic YTpiYTp=YTpi"};

    (void)state;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        assert_int_equal(parse(fields[i]), CREDENTIALS_MALFORMED);
    }
}

static void
what_is_no_pair_is_malformed(void **state)
{
    static const struct {
        const char *pair;
        int len;
    } pairs[] = {{"ada", 3},    {":secret", 7},    {"a\0b:c", 5},
                 {"a:b\0", 4},  {"a\n:b", 4},      {"a:b\x7f", 4},
                 {"\xff:b", 3}, {"a:\xc0\xaf", 4}, {"a:\xed\xa0\x80", 5}};

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        assert_int_equal(parse_pair(pairs[i].pair, pairs[i].len),
                         CREDENTIALS_MALFORMED);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pair_is_found),
        TEST(another_scheme_is_none),
        TEST(what_is_no_base64_is_malformed),
        TEST(what_is_no_pair_is_malformed),
    };

    apr_initialize();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
