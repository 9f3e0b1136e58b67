/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the Accept field: who would rather read HTML.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "module/accept.h"

static void
a_browser_prefers_html(void **state)
{
    (void)state;
    assert_true(accept_prefers_html("text/html"));
    assert_true(accept_prefers_html("TEXT/HTML ; q=0.5"));
    assert_true(accept_prefers_html(
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
    assert_true(accept_prefers_html("application/json;q=0.8, text/html"));
    assert_true(accept_prefers_html(" , text/html;level=1;q=0.125,"));
}

static void
others_do_not(void **state)
{
    (void)state;
    assert_false(accept_prefers_html(NULL));
    assert_false(accept_prefers_html(""));
    assert_false(accept_prefers_html("*/*"));
    assert_false(accept_prefers_html("text/*"));
    assert_false(accept_prefers_html("text/html;q=0"));
    assert_false(accept_prefers_html("text/html;q=0.000"));
    assert_false(accept_prefers_html("text/html, application/json"));
    assert_false(accept_prefers_html("text/html;q=0.5,"
                                     "application/problem+json;q=0.501"));
    assert_false(accept_prefers_html("text/htmlx"));
    assert_false(accept_prefers_html("xtext/html"));
}

static void
what_is_malformed_is_read_to_its_end(void **state)
{
    static const char *const fields[] = {",",
                                         ";",
                                         "text/html;",
                                         "text/html;q",
                                         "text/html;q=",
                                         "text/html;q=x",
                                         "text/html;;;;",
                                         ";q=1,;q=1",
                                         "text/html;q=0.99999999999",
                                         "\t",
                                         "text/html;\t"};

    (void)state;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        (void)accept_prefers_html(fields[i]);
    }
    assert_false(accept_prefers_html("text/html;q=x"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_browser_prefers_html),
        cmocka_unit_test(others_do_not),
        cmocka_unit_test(what_is_malformed_is_read_to_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
