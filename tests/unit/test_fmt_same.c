/* SPDX-License-Identifier: Apache-2.0 */
/* test_fmt_same: what counts as the same file, and what is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <apr_general.h>

#include "dslc/fmt_same.h"
#include "dslc/parse.h"

static apr_pool_t *pool;

static struct fmt_tokens *
read_text(const char *text)
{
    struct diag_list *diags = diag_list_make(pool);
    struct source_file *file =
        source_add(source_set_make(pool), "test.routes", text, strlen(text));
    apr_array_header_t *parsed;

    parse_tokens(pool, file, diags, &parsed);
    assert_int_equal(diag_error_count(diags), 0);
    return fmt_tokens_make(pool, file, parsed);
}

static bool
are_same(const char *before, const char *after)
{
    return fmt_same_tokens(read_text(before), read_text(after));
}

static void
layout_is_no_difference(void **state)
{
    (void)state;
    assert_true(are_same("routes 1;public", "routes 1\n\n  public\n"));
    assert_true(are_same("routes 1 #x \npublic", "routes 1  #x\npublic"));
    assert_true(are_same("routes 1\nrecord A {a:int,\nb:int}",
                         "routes 1\nrecord A { a: int, b: int }"));
    assert_true(are_same("routes 1\nrecord A {a:int,;b:int}",
                         "routes 1\nrecord A { a: int, b: int }"));
}

static void
tokens_are_compared(void **state)
{
    (void)state;
    assert_false(are_same("routes 1\npublic", "routes 1"));
    assert_false(are_same("routes 1\nauth a", "routes 1\nauth b"));
    assert_false(are_same("routes 1\nauth a", "routes 1\nauth ab"));
    assert_false(are_same("routes 1\nproduces x", "routes 1\nproduces \"x\""));
}

static void
ends_of_statements_are_compared(void **state)
{
    (void)state;
    assert_false(are_same("routes 1\nGET / -> m:f public",
                          "routes 1\nGET / -> m:f; public"));
    assert_false(are_same("routes 1\ncsrf\nquery strict\ncsrf token",
                          "routes 1\ncsrf\nquery strict\ncsrf; query strict"));
}

static void
comments_are_compared(void **state)
{
    (void)state;
    assert_false(are_same("routes 1 # x\n", "routes 1\n"));
    assert_false(are_same("routes 1 # x\n", "routes 1 # y\n"));
    assert_false(are_same("routes 1 # x\n", "routes 1\n# x\n"));
    assert_false(
        are_same("routes 1\n# x\npublic\n", "routes 1\npublic\n# x\n"));
    assert_false(are_same("routes 1\n# x\n# y\n", "routes 1\n# y\n# x\n"));
    assert_false(are_same("routes 1\n# x\n", "routes 1\n# x\n# x\n"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout_is_no_difference),
        cmocka_unit_test(tokens_are_compared),
        cmocka_unit_test(ends_of_statements_are_compared),
        cmocka_unit_test(comments_are_compared),
    };
    int failed;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
