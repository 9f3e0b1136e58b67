/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Location of a redirect: what of a request gets into it, and how.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>

#include "runtime/redirect.h"
#include "runtime/table.h"
#include "table_builder.h"

static apr_pool_t *pool;

/* What GET uri leads to: text, then the one capture, then the query. */
static const char *
location_of(const char *text, enum routes_target_part_kind kind,
            const char *value, const char *prefix, const char *query)
{
    struct builder *b = builder_create(pool);
    const struct routes_capture capture = {value, strlen(value)};
    uint32_t route = builder_route(b, NULL, "GET", "/old/{x:path}");
    struct routes_table *table;

    builder_redirect(b, route, 308, text[0] == '/');
    builder_target(b, ROUTES_TARGET_TEXT, text, 0);
    builder_target(b, kind, "", 0);
    builder_target(b, ROUTES_TARGET_QUERY, "?", 0);
    builder_target(b, ROUTES_TARGET_TEXT, "#end", 0);
    table = builder_finish(b);
    assert_null(routes_table_refusal(table, pool));
    return routes_redirect_location(table, 1, &capture, prefix, query, pool);
}

static void
captures_are_encoded_again(void **state)
{
    (void)state;
    assert_string_equal(
        location_of("/a/", ROUTES_TARGET_SEGMENT, "x y/%2F", "", NULL),
        "/a/x%20y%2F%252F#end");
    assert_string_equal(
        location_of("/a/", ROUTES_TARGET_REST, "b/c\xc3\xa9/", "", NULL),
        "/a/b/c%C3%A9/#end");
}

static void
nothing_in_a_capture_ends_the_line_or_the_path(void **state)
{
    (void)state;
    assert_string_equal(location_of("/a/", ROUTES_TARGET_REST,
                                    "x\r\nSet-Cookie: a=b", "", NULL),
                        "/a/x%0D%0ASet-Cookie%3A%20a%3Db#end");
    assert_string_equal(
        location_of("/a/", ROUTES_TARGET_REST, "x?y#z@w", "", NULL),
        "/a/x%3Fy%23z%40w#end");
}

static void
a_location_never_begins_with_two_slashes(void **state)
{
    (void)state;
    assert_string_equal(
        location_of("/", ROUTES_TARGET_REST, "/evil.example", "", NULL),
        "/evil.example#end");
    assert_string_equal(
        location_of("/", ROUTES_TARGET_REST, "///evil.example", "", NULL),
        "/evil.example#end");
    assert_string_equal(
        location_of("/", ROUTES_TARGET_REST, "\\evil.example", "", NULL),
        "/%5Cevil.example#end");
    assert_string_equal(
        location_of("/", ROUTES_TARGET_SEGMENT, "/evil.example", "", NULL),
        "/%2Fevil.example#end");
}

static void
the_query_follows_as_it_came(void **state)
{
    (void)state;
    assert_string_equal(
        location_of("/a/", ROUTES_TARGET_REST, "", "", "x=%20&y=[1]"),
        "/a/?x=%20&y=[1]#end");
    assert_string_equal(location_of("/a/", ROUTES_TARGET_REST, "", "", ""),
                        "/a/#end");
}

static void
a_query_can_t_end_the_line_or_itself(void **state)
{
    (void)state;
    assert_string_equal(location_of("/a/", ROUTES_TARGET_REST, "", "",
                                    "x\r\nA: b#c\"<>\\\x7f\xff"),
                        "/a/?x%0D%0AA:%20b%23c%22%3C%3E%5C%7F%FF#end");
}

static void
a_path_of_the_table_has_the_prefix_of_its_mount(void **state)
{
    (void)state;
    assert_string_equal(
        location_of("/a/", ROUTES_TARGET_REST, "b", "/my shop", NULL),
        "/my%20shop/a/b#end");
    assert_string_equal(location_of("https://a.example/", ROUTES_TARGET_REST,
                                    "b", "/shop", NULL),
                        "https://a.example/b#end");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captures_are_encoded_again),
        cmocka_unit_test(nothing_in_a_capture_ends_the_line_or_the_path),
        cmocka_unit_test(a_location_never_begins_with_two_slashes),
        cmocka_unit_test(the_query_follows_as_it_came),
        cmocka_unit_test(a_query_can_t_end_the_line_or_itself),
        cmocka_unit_test(a_path_of_the_table_has_the_prefix_of_its_mount),
    };

    apr_initialize();
    apr_pool_create(&pool, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
