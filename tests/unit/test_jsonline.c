/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON objects on one line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "runtime/jsonline.h"

#define CUT "\xE2\x80\xA6"
#define BAD "\xEF\xBF\xBD"

static struct routes_jsonline line;

/* The object that ends here, as another parser reads it. */
static json_t *
end(void)
{
    json_t *object;

    routes_jsonline_end(&line);
    assert_true(line.len <= ROUTES_JSONLINE_MAX);
    assert_int_equal(line.text[line.len - 1], '\n');
    assert_null(memchr(line.text, '\n', line.len - 1));
    object = json_loadb(line.text, line.len, 0, NULL);
    assert_non_null(object);
    return object;
}

static void
assert_value(const char *value, size_t max, const char *expected)
{
    json_t *object;

    routes_jsonline_begin(&line);
    routes_jsonline_text(&line, "a", value, max);
    object = end();
    assert_string_equal(json_string_value(json_object_get(object, "a")),
                        expected);
    json_decref(object);
}

static void
any_bytes_are_a_value(void **state)
{
    (void)state;
    assert_value("", 9, "");
    assert_value("caf\xC3\xA9 \xF0\x9F\x90\x8D", 99,
                 "caf\xC3\xA9 \xF0\x9F\x90\x8D");
    assert_value("\"},{\"\\", 99, "\"},{\"\\");
    assert_value("\x01\n\r\t\x1B[2J\x7F\xC2\x9B"
                 "2J",
                 99,
                 "\x01\n\r\t\x1B[2J\x7F\xC2\x9B"
                 "2J");
    assert_value("\xFF", 99, BAD);
    assert_value("\xC0\xAF", 99, BAD BAD);
    assert_value("\xED\xA0\x80", 99, BAD BAD BAD);
    assert_value("a\xE2\x80", 99, "a" BAD BAD);
    assert_value("\xF4\x90\x80\x80!", 99, BAD BAD BAD BAD "!");
}

static void
controls_do_not_reach_a_terminal(void **state)
{
    (void)state;
    routes_jsonline_begin(&line);
    routes_jsonline_text(&line, "a", "\x1B\x07\x7F\xC2\x9B", 99);
    json_decref(end());
    for (size_t i = 0; i + 1 < line.len; i++) {
        assert_in_range((unsigned char)line.text[i], 0x20, 0x7E);
    }
}

static void
a_long_value_is_cut_between_characters(void **state)
{
    (void)state;
    assert_value("12345", 5, "12345");
    assert_value("123456", 5, "12" CUT);
    assert_value("\xC3\xA9\xC3\xA9\xC3\xA9", 5, "\xC3\xA9" CUT);
    assert_value("\x01\x01", 10, "\x01" CUT);
    assert_value("\"\"\"\"", 6, "\"" CUT);
    assert_value("\xFF\xFF", 5, CUT);
}

static void
what_has_no_room_is_left_out(void **state)
{
    static char big[ROUTES_JSONLINE_MAX];
    json_t *object;

    (void)state;
    memset(big, 'x', sizeof(big) - 1);
    routes_jsonline_begin(&line);
    routes_jsonline_text(&line, "a", big, 4000);
    routes_jsonline_text(&line, "b", big, 200);
    routes_jsonline_text(&line, "c", "y", 200);
    for (int i = 0; i < 100; i++) {
        routes_jsonline_number(&line, "d", 1);
    }
    object = end();
    assert_int_equal(json_string_length(json_object_get(object, "a")), 4000);
    assert_null(json_object_get(object, "b"));
    assert_string_equal(json_string_value(json_object_get(object, "c")), "y");
    json_decref(object);
}

static void
nothing_is_null(void **state)
{
    json_t *object;

    (void)state;
    routes_jsonline_begin(&line);
    routes_jsonline_text(&line, "a", NULL, 9);
    routes_jsonline_number(&line, "b", -1);
    routes_jsonline_number(&line, "c", 0);
    object = end();
    assert_true(json_is_null(json_object_get(object, "a")));
    assert_true(json_is_null(json_object_get(object, "b")));
    assert_int_equal(json_integer_value(json_object_get(object, "c")), 0);
    json_decref(object);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_are_a_value),
        cmocka_unit_test(controls_do_not_reach_a_terminal),
        cmocka_unit_test(a_long_value_is_cut_between_characters),
        cmocka_unit_test(what_has_no_room_is_left_out),
        cmocka_unit_test(nothing_is_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
