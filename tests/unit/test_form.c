/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of application/x-www-form-urlencoded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "fence.h"
#include "runtime/form.h"

/* All fields as "name=value;", a malformed one as "name!;". */
static const char *
told(apr_pool_t *pool, const char *text)
{
    size_t len = strlen(text);
    const char *at = fence_behind(text, len);
    const char *end = at + len;
    const char *all = "";
    struct routes_field f;
    int found;

    while ((found = routes_form_next(&at, end, pool, &f)) != 0) {
        all =
            apr_pstrcat(pool, all, apr_pstrmemdup(pool, f.name, f.name_len),
                        found > 0 ? "=" : "!",
                        apr_pstrmemdup(pool, f.value, f.value_len), ";", NULL);
    }
    assert_ptr_equal(at, end);
    return all;
}

static const char *const cases[][2] = {
    {"", ""},
    {"a=1", "a=1;"},
    {"a=1&b=2", "a=1;b=2;"},
    {"a", "a=;"},
    {"a=", "a=;"},
    {"=a", "=a;"},
    {"=", "=;"},
    {"&", ""},
    {"&&a=1&&", "a=1;"},
    {"a=1&a=2&a", "a=1;a=2;a=;"},
    {"a=b=c", "a=b=c;"},
    {"a+b=c+d", "a b=c d;"},
    {"%61%3D=%26%2B+", "a==&+ ;"},
    {"a=%C3%a9", "a=\xC3\xA9;"},
    {"a=%", "a!;"},
    {"a=%4", "a!;"},
    {"a=%4&b=1", "a!;b=1;"},
    {"a=%g1&b=1", "a!;b=1;"},
    {"a=%1g", "a!;"},
    {"a%=1&b=2", "!;b=2;"},
    {"a%4=1", "!;"},
    {"a=%%41", "a!;"},
    {"a=\xFF;b", "a=\xFF;b;"},
};

static void
fields_are_taken_and_decoded(void **state)
{
    apr_pool_t *pool;

    (void)state;
    apr_pool_create(&pool, NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(told(pool, cases[i][0]), cases[i][1]);
    }
    apr_pool_destroy(pool);
}

static void
a_nul_is_a_byte_like_others(void **state)
{
    const char *at = "a%00=b%00c";
    const char *end = at + strlen(at);
    struct routes_field f;
    apr_pool_t *pool;

    (void)state;
    apr_pool_create(&pool, NULL);
    assert_int_equal(routes_form_next(&at, end, pool, &f), 1);
    assert_int_equal(f.name_len, 2);
    assert_int_equal(f.value_len, 3);
    assert_memory_equal(f.value, "b\0c", 3);
    apr_pool_destroy(pool);
}

static void
what_needs_no_decoding_is_borrowed(void **state)
{
    const char *text = "greeting=hey";
    const char *at = text;
    struct routes_field f;

    (void)state;
    assert_int_equal(routes_form_next(&at, text + strlen(text), NULL, &f), 1);
    assert_ptr_equal(f.name, text);
    assert_ptr_equal(f.value, text + 9);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_taken_and_decoded),
        cmocka_unit_test(a_nul_is_a_byte_like_others),
        cmocka_unit_test(what_needs_no_decoding_is_borrowed),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
