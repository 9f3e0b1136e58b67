/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed values from text and from JSON: what each type takes and refuses.
 */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "fence.h"
#include "runtime/args.h"
#include "runtime/json.h"
#include "runtime/number.h"
#include "runtime/table.h"
#include "runtime/value.h"
#include "runtime/value_json.h"
#include "table_builder.h"
#include "fixture.h"

/* ---- telling values ----------------------------------------------------- */

static const char *told(const struct routes_value *value);

static const char *
told_time(const struct routes_time *t, int clock)
{
    const char *date =
        apr_psprintf(pool, "%04d-%02d-%02d", t->year, t->month, t->day);

    if (!clock) {
        return date;
    }
    date = apr_psprintf(pool, "%sT%02d:%02d:%02d.%06d", date, t->hour,
                        t->minute, t->second, (int)t->microsecond);
    return t->has_offset ? apr_psprintf(pool, "%s%+d", date, (int)t->offset)
                         : date;
}

static const char *
told_uuid(const uint8_t uuid[16])
{
    const char *text = "";

    for (int i = 0; i < 16; i++) {
        text = apr_psprintf(pool, "%s%02x", text, uuid[i]);
    }
    return text;
}

static const char *
told_list(const struct routes_value *value)
{
    const char *text = "[";

    for (size_t i = 0; i < value->u.list.n; i++) {
        text = apr_pstrcat(pool, text, i > 0 ? " " : "",
                           told(&value->u.list.items[i]), NULL);
    }
    return apr_pstrcat(pool, text, "]", NULL);
}

static const char *
told(const struct routes_value *value)
{
    char number[64];

    switch (value->kind) {
    case ROUTES_VALUE_NONE:
        return "None";
    case ROUTES_VALUE_BOOL:
        return value->u.boolean ? "True" : "False";
    case ROUTES_VALUE_INT:
        return apr_psprintf(pool, "%" APR_INT64_T_FMT, value->u.integer);
    case ROUTES_VALUE_FLOAT:
        snprintf(number, sizeof(number), "%.17g", value->u.real);
        return apr_pstrdup(pool, number);
    case ROUTES_VALUE_STR:
    case ROUTES_VALUE_BYTES:
    case ROUTES_VALUE_DECIMAL:
        return apr_pstrmemdup(pool, value->u.text.at, value->u.text.len);
    case ROUTES_VALUE_UUID:
        return told_uuid(value->u.uuid);
    case ROUTES_VALUE_DATE:
        return told_time(&value->u.time, 0);
    case ROUTES_VALUE_DATETIME:
        return told_time(&value->u.time, 1);
    case ROUTES_VALUE_LIST:
        return told_list(value);
    case ROUTES_VALUE_REQUEST:
    case ROUTES_VALUE_PRINCIPAL:
    case ROUTES_VALUE_MAP:
    case ROUTES_VALUE_RECORD:
    case ROUTES_VALUE_JSON:
    case ROUTES_VALUE_ABSENT:
    case ROUTES_VALUE_STREAM:
    case ROUTES_VALUE_UPLOAD:
    case ROUTES_VALUE_WEBSOCKET:
        break;
    }
    return "?";
}

/* What a text becomes: the value, or "!" and the fault. */
static const char *
told_text(const char *type, const char *text, size_t len, int strict)
{
    struct builder *b = builder_create(pool);
    uint32_t index = builder_type(b, type);
    const struct routes_table *t = builder_finish(b);
    struct routes_value value;
    enum routes_fault fault = routes_value_text(
        t, index, fence_behind(text, len), len, strict, &value);

    assert_null(routes_table_refusal(t, pool));
    return fault == ROUTES_FAULT_NONE
               ? told(&value)
               : apr_pstrcat(pool, "!", routes_fault_name(fault), NULL);
}

struct text_case {
    const char *type;
    const char *text;
    const char *lenient;
    const char *strict; /* NULL: the same */
};

static void
run_cases(const struct text_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct text_case *c = &cases[i];
        const char *lenient = told_text(c->type, c->text, strlen(c->text), 0);
        const char *strict = told_text(c->type, c->text, strlen(c->text), 1);
        const char *wanted = c->strict != NULL ? c->strict : c->lenient;

        if (strcmp(lenient, c->lenient) != 0 || strcmp(strict, wanted) != 0) {
            fail_msg("%s \"%s\": %s and %s, not %s and %s", c->type, c->text,
                     lenient, strict, c->lenient, wanted);
        }
    }
}

#define RUN(cases) run_cases(cases, sizeof(cases) / sizeof((cases)[0]))

/* ---- types from text ---------------------------------------------------- */

static void
integers(void **state)
{
    static const struct text_case cases[] = {
        {"int", "0", "0", NULL},
        {"int", "-7", "-7", NULL},
        {"int", "+7", "7", "!type"},
        {"int", "007", "7", "!type"},
        {"int", "-0", "0", "!type"},
        {"int", "9223372036854775807", "9223372036854775807", NULL},
        {"int", "-9223372036854775808", "-9223372036854775808", NULL},
        {"int", "9223372036854775808", "!range", NULL},
        {"int", "-9223372036854775809", "!range", NULL},
        {"int", "99999999999999999999999999", "!range", NULL},
        {"int", "99999999999999999999999999x", "!type", NULL},
        {"int", "", "!type", NULL},
        {"int", "-", "!type", NULL},
        {"int", "+-1", "!type", NULL},
        {"int", " 1", "!type", NULL},
        {"int", "1 ", "!type", NULL},
        {"int", "1_000", "!type", NULL},
        {"int", "0x10", "!type", NULL},
        {"int", "1.0", "!type", NULL},
        {"int", "\xD9\xA1", "!type", NULL},
        {"int(1..10)", "0", "!range", NULL},
        {"int(1..10)", "10", "10", NULL},
        {"int(1..)", "11", "11", NULL},
        {"int(..-1)", "0", "!range", NULL},
    };

    (void)state;
    RUN(cases);
}

static void
floats(void **state)
{
    static const struct text_case cases[] = {
        {"float", "1", "1", NULL},
        {"float", "-1.5", "-1.5", NULL},
        {"float", "+.5", "0.5", NULL},
        {"float", "5.", "5", NULL},
        {"float", "1e3", "1000", NULL},
        {"float", "1E-3", "0.001", NULL},
        {"float", "1.25e+2", "125", NULL},
        {"float", "0.1", "0.10000000000000001", NULL},
        {"float", "123456789.123456789", "123456789.12345679", NULL},
        {"float", "2.2250738585072014e-308", "2.2250738585072014e-308", NULL},
        {"float", "5e-324", "4.9406564584124654e-324", NULL},
        {"float", "1e-400", "0", NULL},
        {"float", "1e-401", "!range", NULL},
        {"float", "1e400", "!range", NULL},
        {"float", "-1e309", "!range", NULL},
        {"float", "1e99999999999999999999", "!range", NULL},
        {"float", "", "!type", NULL},
        {"float", ".", "!type", NULL},
        {"float", "-", "!type", NULL},
        {"float", "e5", "!type", NULL},
        {"float", "1e", "!type", NULL},
        {"float", "1e+", "!type", NULL},
        {"float", "1.2.3", "!type", NULL},
        {"float", "inf", "!type", NULL},
        {"float", "-Infinity", "!type", NULL},
        {"float", "nan", "!type", NULL},
        {"float", "0x1p3", "!type", NULL},
        {"float", " 1", "!type", NULL},
        {"float", "1 ", "!type", NULL},
        {"float", "1,5", "!type", NULL},
        {"float", "1_0", "!type", NULL},
        {"float(0..1)", "1.0000001", "!range", NULL},
        {"float(0..1)", "1", "1", NULL},
    };

    (void)state;
    RUN(cases);
}

static void
a_long_number_is_read_whole(void **state)
{
    char text[ROUTES_MAX_NUMBER + 2];

    (void)state;
    memset(text, '0', sizeof(text));
    memcpy(text, "0.", 2);
    text[1000] = '1';
    assert_string_equal(told_text("float", text, 1001, 0), "0");
    memset(text, '9', sizeof(text));
    assert_string_equal(told_text("float", text, 1024, 0), "!range");
    assert_string_equal(told_text("float", text, 1025, 0), "!type");
    assert_string_equal(told_text("decimal", text, 300, 0),
                        apr_pstrmemdup(pool, text, 300));
}

static void
a_locale_with_a_comma_changes_nothing(void **state)
{
    (void)state;
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL &&
        setlocale(LC_ALL, "fr_FR.UTF-8") == NULL) {
        skip();
    }
    assert_int_equal(1500, (int)(1000 * atof("1,5")));
    assert_string_equal(told_text("int", "15", 2, 0), "15");
    {
        struct builder *b = builder_create(pool);
        uint32_t index = builder_type(b, "float");
        const struct routes_table *t = builder_finish(b);
        struct routes_value value;

        assert_int_equal(routes_value_text(t, index, "1.5", 3, 0, &value), 0);
        assert_true(fabs(value.u.real - 1.5) < 1e-9);
    }
    setlocale(LC_ALL, "C");
}

static void
decimals(void **state)
{
    static const struct text_case cases[] = {
        {"decimal", "19.990", "19.990", NULL},
        {"decimal", "-0", "-0", NULL},
        {"decimal", "+1e5", "+1e5", NULL},
        {"decimal", "0.1000000000000000055511151231257827",
         "0.1000000000000000055511151231257827", NULL},
        {"decimal", "NaN", "!type", NULL},
        {"decimal", "sNaN", "!type", NULL},
        {"decimal", "Infinity", "!type", NULL},
        {"decimal", "1e", "!type", NULL},
        {"decimal", "", "!type", NULL},
        {"decimal", "1e999999999", "!range", NULL},
        {"decimal", "1e-999999999", "!range", NULL},
        {"decimal(0..100)", "100.00", "100.00", NULL},
        {"decimal(0..100)", "100.01", "!range", NULL},
        {"decimal(0..100)", "-0.01", "!range", NULL},
    };

    (void)state;
    RUN(cases);
}

static void
booleans(void **state)
{
    static const struct text_case cases[] = {
        {"bool", "true", "True", NULL},   {"bool", "on", "True", NULL},
        {"bool", "1", "True", NULL},      {"bool", "false", "False", NULL},
        {"bool", "off", "False", NULL},   {"bool", "0", "False", NULL},
        {"bool", "TRUE", "!type", NULL},  {"bool", "yes", "!type", NULL},
        {"bool", "2", "!type", NULL},     {"bool", "", "!type", NULL},
        {"bool", "true ", "!type", NULL}, {"bool", "tru", "!type", NULL},
    };

    (void)state;
    RUN(cases);
}

static void
uuids(void **state)
{
    static const struct text_case cases[] = {
        {"uuid", "12345678-9abc-def0-1234-56789abcdef0",
         "123456789abcdef0123456789abcdef0", NULL},
        {"uuid", "12345678-9ABC-def0-1234-56789ABCDEF0",
         "123456789abcdef0123456789abcdef0", "!type"},
        {"uuid", "123456789abcdef0123456789abcdef0",
         "123456789abcdef0123456789abcdef0", "!type"},
        {"uuid", "12345678-9abc-def0-1234-56789abcdef", "!type", NULL},
        {"uuid", "12345678-9abc-def0-1234-56789abcdef01", "!type", NULL},
        {"uuid", "12345678-9abc-def0-1234-56789abcdefg", "!type", NULL},
        {"uuid", "123456789-abc-def0-1234-56789abcdef0", "!type", NULL},
        {"uuid", "{12345678-9abc-def0-1234-56789abcde}", "!type", NULL},
        {"uuid", "12345678-9abc-def0-1234-56789abc-ef0", "!type", NULL},
        {"uuid", "", "!type", NULL},
    };

    (void)state;
    RUN(cases);
}

static void
dates(void **state)
{
    static const struct text_case cases[] = {
        {"date", "2026-02-28", "2026-02-28", NULL},
        {"date", "2024-02-29", "2024-02-29", NULL},
        {"date", "2000-02-29", "2000-02-29", NULL},
        {"date", "9999-12-31", "9999-12-31", NULL},
        {"date", "0001-01-01", "0001-01-01", NULL},
        {"date", "2026-02-29", "!type", NULL},
        {"date", "1900-02-29", "!type", NULL},
        {"date", "2026-02-30", "!type", NULL},
        {"date", "2026-04-31", "!type", NULL},
        {"date", "2026-13-01", "!type", NULL},
        {"date", "2026-00-01", "!type", NULL},
        {"date", "2026-01-00", "!type", NULL},
        {"date", "0000-01-01", "!type", NULL},
        {"date", "2026-1-1", "!type", NULL},
        {"date", "20260101", "!type", NULL},
        {"date", "2026-01-01 ", "!type", NULL},
        {"date", "2026-01-01T00:00:00Z", "!type", NULL},
        {"date", "-026-01-01", "!type", NULL},
        {"date", "", "!type", NULL},
    };

    (void)state;
    RUN(cases);
}

static void
datetimes(void **state)
{
    static const struct text_case cases[] = {
        {"datetime", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000+0",
         NULL},
        {"datetime", "2026-01-02T03:04:05+02:30",
         "2026-01-02T03:04:05.000000+9000", NULL},
        {"datetime", "2026-01-02T03:04:05-23:59",
         "2026-01-02T03:04:05.000000-86340", NULL},
        {"datetime", "2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.100000+0",
         NULL},
        {"datetime", "2026-01-02T03:04:05.123456789Z",
         "2026-01-02T03:04:05.123456+0", NULL},
        {"datetime", "2026-01-02 03:04:05z", "2026-01-02T03:04:05.000000+0",
         "!type"},
        {"datetime", "2026-01-02t03:04:05Z", "2026-01-02T03:04:05.000000+0",
         "!type"},
        {"datetime", "2026-01-02T03:04:05", "2026-01-02T03:04:05.000000",
         "!type"},
        {"datetime", "2026-01-02T03:04", "2026-01-02T03:04:00.000000",
         "!type"},
        {"datetime", "2026-01-02T03:04Z", "2026-01-02T03:04:00.000000+0",
         "!type"},
        {"datetime", "2026-01-02T24:00:00Z", "!type", NULL},
        {"datetime", "2026-01-02T23:60:00Z", "!type", NULL},
        {"datetime", "2026-01-02T23:59:60Z", "!type", NULL},
        {"datetime", "2026-01-02T23:59:59.Z", "!type", NULL},
        {"datetime", "2026-01-02T23:59:59+24:00", "!type", NULL},
        {"datetime", "2026-01-02T23:59:59+0200", "!type", NULL},
        {"datetime", "2026-01-02T23:59:59 02:00", "!type", NULL},
        {"datetime", "2026-02-30T00:00:00Z", "!type", NULL},
        {"datetime", "2026-01-02", "!type", NULL},
        {"datetime", "2026-01-02T", "!type", NULL},
        {"datetime", "2026-01-02T03:04:05ZZ", "!type", NULL},
    };

    (void)state;
    RUN(cases);
}

static void
texts(void **state)
{
    static const struct text_case cases[] = {
        {"str", "", "", NULL},
        {"str", "h\xC3\xA9", "h\xC3\xA9", NULL},
        {"str", "a\tb\n", "a\tb\n", "!encoding"},
        {"str", "a\x7F", "a\x7F", "!encoding"},
        {"str(1..)", "", "!length", NULL},
        {"str(..2)", "\xC3\xA9\xF0\x9F\x98\x80", "\xC3\xA9\xF0\x9F\x98\x80",
         NULL},
        {"str(..2)", "abc", "!length", NULL},
        {"str~a-z", "abc", "abc", NULL},
        {"str~a-z", "aBc", "!pattern", NULL},
        {"str~a-z", "", "!pattern", NULL},
        {"int~0-4", "42", "42", NULL},
        {"int~0-4", "45", "!pattern", NULL},
        {"bytes(..2)", "\xFF\xFE", "\xFF\xFE", NULL},
        {"bytes(..2)", "abc", "!length", NULL},
        {"path(..2)", "\xC3\xA9", "\xC3\xA9", NULL},
        {"path(..2)", "\xC3\xA9z", "!length", NULL},
        {"path", "\xFF", "!encoding", NULL},
        {"path", "a\nb", "a\nb", "!encoding"},
        {"rawpath", "\xFF\n", "\xFF\n", NULL},
        {"enum(red|green|blue)", "green", "green", NULL},
        {"enum(red|green|blue)", "gree", "!enum", NULL},
        {"enum(red|green|blue)", "greens", "!enum", NULL},
        {"enum(red|green|blue)", "GREEN", "!enum", NULL},
        {"enum(red|green|blue)", "", "!enum", NULL},
        {"list<int>", "1", "!type", NULL},
    };

    (void)state;
    RUN(cases);
}

static void
a_nul_is_text_but_in_no_path(void **state)
{
    struct builder *b = builder_create(pool);
    uint32_t index = builder_type(b, "str");
    const struct routes_table *t = builder_finish(b);
    struct routes_value value;

    (void)state;
    assert_int_equal(routes_value_text(t, index, "a\0b", 3, 0, &value),
                     ROUTES_FAULT_NONE);
    assert_int_equal(value.u.text.len, 3);
    assert_int_equal(routes_value_text(t, index, "a\0b", 3, 1, &value),
                     ROUTES_FAULT_ENCODING);
}

/* ---- UTF-8 -------------------------------------------------------------- */

static int
is_utf8(const char *text)
{
    size_t len = strlen(text);

    return routes_utf8_valid(fence_behind(text, len), len, NULL);
}

static void
utf8_is_that_of_rfc_3629(void **state)
{
    static const char *const good[] = {"",
                                       "a",
                                       "abcdefghijklmnop",
                                       "\x7F",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBF",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF",
                                       "abcdefgh\xC3\xA9"};
    static const char *const bad[] = {"\x80",
                                      "\xBF",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC2",
                                      "\xC2\x41",
                                      "\xE0\x9F\xBF",
                                      "\xE0\xA0",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xE1\x80\x41",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF0\x90\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "\xFE",
                                      "abcdefgh\xC3",
                                      "abcdefghijklmno\xFF"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(is_utf8(good[i]));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(is_utf8(bad[i]));
    }
}

/* Every code point, written out by the rule, is valid and counts as one. */
static void
every_code_point_is_one_character(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        int surrogate = c >= 0xD800 && c < 0xE000;
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        char text[4];
        size_t chars = 0;
        uint32_t rest = c;

        for (size_t i = n; i-- > 1; rest >>= 6) {
            text[i] = (char)(0x80 | (rest & 0x3F));
        }
        text[0] = (char)(n == 1   ? rest
                         : n == 2 ? 0xC0 | rest
                         : n == 3 ? 0xE0 | rest
                                  : 0xF0 | rest);
        assert_int_equal(routes_utf8_valid(text, n, &chars), !surrogate);
        assert_true(surrogate || chars == 1);
    }
}

/* Each byte at each place of a text, which words and the rest of them make. */
static void
plain_text_is_printable_ascii(void **state)
{
    char text[20];

    (void)state;
    memset(text, 'x', sizeof(text));
    for (size_t len = 0; len < sizeof(text); len++) {
        assert_true(routes_utf8_plain(fence_behind(text, len), len));
        for (size_t at = 0; at < len; at++) {
            for (int byte = 0; byte < 256; byte++) {
                text[at] = (char)byte;
                assert_int_equal(
                    routes_utf8_plain(fence_behind(text, len), len),
                    byte >= 0x20 && byte < 0x7F);
            }
            text[at] = 'x';
        }
    }
}

/* ---- JSON --------------------------------------------------------------- */

/* What {"v": text} becomes as a type. */
static const char *
told_json(const char *type, const char *text)
{
    struct builder *b = builder_create(pool);
    uint32_t index = builder_type(b, type);
    const struct routes_table *t = builder_finish(b);
    const char *body = apr_pstrcat(pool, "{\"v\":", text, "}", NULL);
    enum routes_fault fault = ROUTES_FAULT_NONE;
    struct routes_problems problems = {.n = 0};
    const struct routes_value_json reader = {t, pool, &problems};
    struct routes_value value;
    const struct routes_json *object;

    assert_null(routes_table_refusal(t, pool));
    object = routes_json_read(fence_behind(body, strlen(body)), strlen(body),
                              pool, &fault);
    if (object == NULL) {
        return apr_pstrcat(pool, "!!", routes_fault_name(fault), NULL);
    }
    if (routes_value_json_read(&reader, index,
                               routes_json_member(object, "v", 1), NULL,
                               &value) == 0) {
        assert_int_equal(problems.n, 0);
        return told(&value);
    }
    return apr_pstrcat(pool, "!", routes_fault_name(problems.list[0].fault),
                       NULL);
}

static void
run_json(const char *const (*cases)[3], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = told_json(cases[i][0], cases[i][1]);

        if (strcmp(got, cases[i][2]) != 0) {
            fail_msg("%s %s: %s, not %s", cases[i][0], cases[i][1], got,
                     cases[i][2]);
        }
    }
}

static void
json_values(void **state)
{
    static const char *const cases[][3] = {
        {"int", "6", "6"},
        {"int", "-9223372036854775808", "-9223372036854775808"},
        {"int", "9223372036854775808", "!range"},
        {"int", "123456789012345678901234567890", "!range"},
        {"int", "6.0", "!type"},
        {"int", "1e300", "!type"},
        {"int", "-0", "0"},
        {"int", "\"6\"", "!type"},
        {"int", "true", "!type"},
        {"int", "null", "!type"},
        {"int?", "null", "None"},
        {"int?", "7", "7"},
        {"int(1..5)", "6", "!range"},
        {"int~0-4", "45", "!pattern"},
        {"int~0-4", "42", "42"},
        {"float", "6", "6"},
        {"float", "1.5", "1.5"},
        {"float", "100000000000000000000", "1e+20"},
        {"float", "\"1.5\"", "!type"},
        {"float(0..1)", "2", "!range"},
        {"float", "1e999", "!range"},
        {"decimal", "19.99", "19.99"},
        {"decimal", "1.10", "1.10"},
        {"decimal", "0.12345678901234567890", "0.12345678901234567890"},
        {"decimal", "12345678901234567890123", "12345678901234567890123"},
        {"decimal", "1e401", "!range"},
        {"decimal", "\"19.990\"", "19.990"},
        {"decimal", "7", "7"},
        {"decimal", "0.1", "0.1"},
        {"decimal", "\"x\"", "!type"},
        {"decimal", "true", "!type"},
        {"bool", "true", "True"},
        {"bool", "false", "False"},
        {"bool", "1", "!type"},
        {"bool", "\"true\"", "!type"},
        {"str", "\"a\\u00e9\"", "a\xC3\xA9"},
        {"str", "\"\"", ""},
        {"str", "5", "!type"},
        {"str(..2)", "\"abc\"", "!length"},
        {"str~a-z", "\"A\"", "!pattern"},
        {"uuid", "\"12345678-9ABC-def0-1234-56789abcdef0\"",
         "123456789abcdef0123456789abcdef0"},
        {"uuid", "5", "!type"},
        {"date", "\"2026-02-28\"", "2026-02-28"},
        {"date", "\"2026-02-30\"", "!type"},
        {"datetime", "\"2026-02-28T00:00:00Z\"",
         "2026-02-28T00:00:00.000000+0"},
        {"bytes", "\"ab\"", "ab"},
        {"enum(a|b)", "\"b\"", "b"},
        {"enum(a|b)", "\"c\"", "!enum"},
        {"enum(a|b)", "1", "!type"},
        {"str", "[]", "!type"},
        {"str", "{}", "!type"},
        {"str", "\"\\ud800\"", "!!encoding"},
        {"str", "\"\xFF\"", "!!encoding"},
        {"str", "NaN", "!!type"},
        {"str", "\"a\",\"v\":\"b\"", "!!duplicate"},
        {"str", "\"a\"}x{", "!!type"},
    };

    (void)state;
    run_json(cases, sizeof(cases) / sizeof(cases[0]));
}

static void
json_lists(void **state)
{
    static const char *const cases[][3] = {
        {"list<int>", "[]", "[]"},
        {"list<int>", "[1,2,3]", "[1 2 3]"},
        {"list<int>", "[1,\"2\"]", "!type"},
        {"list<int>", "5", "!type"},
        {"list<int>", "{}", "!type"},
        {"list<int>", "null", "!type"},
        {"list<int>?", "null", "None"},
        {"list<int?>", "[1,null]", "[1 None]"},
        {"list<int>(2..3)", "[1]", "!length"},
        {"list<int>(2..3)", "[1,2,3,4]", "!length"},
        {"list<list<str>>", "[[\"a\"],[]]", "[[a] []]"},
    };

    (void)state;
    run_json(cases, sizeof(cases) / sizeof(cases[0]));
}

/* An integer beyond 64 bits somewhere doesn't change the rest. */
static void
a_wide_integer_harms_only_itself(void **state)
{
    const char *wide = ",\"w\":99999999999999999999";
    const char *deep = ",\"w\":[{\"x\":[99999999999999999999]}]";

    (void)state;
    assert_string_equal(told_json("int", apr_pstrcat(pool, "6", wide, NULL)),
                        "6");
    assert_string_equal(
        told_json("list<int>", apr_pstrcat(pool, "[6,7]", deep, NULL)),
        "[6 7]");
    assert_string_equal(
        told_json("float", apr_pstrcat(pool, "1.5", deep, NULL)), "1.5");
    assert_string_equal(
        told_json("int", apr_pstrcat(pool, "9007199254740993000", wide, NULL)),
        "9007199254740993000");
}

static enum routes_fault
fault_of(const char *text)
{
    enum routes_fault fault = ROUTES_FAULT_NONE;
    size_t len = strlen(text);
    const struct routes_json *json = routes_json_read(
        len <= FENCE_MAX ? fence_behind(text, len) : text, len, pool, &fault);

    assert_int_equal(json == NULL, fault != ROUTES_FAULT_NONE);
    return fault;
}

static const char *
nested(size_t depth)
{
    char *text = apr_pcalloc(pool, 2 * depth + 16);
    char *at = stpcpy(text, "{\"v\":");

    memset(at, '[', depth);
    memset(at + depth, ']', depth);
    at[2 * depth] = '}';
    return text;
}

static void
json_texts_have_limits(void **state)
{
    (void)state;
    assert_int_equal(fault_of("{}"), ROUTES_FAULT_NONE);
    assert_int_equal(fault_of("{\"a\\\"[[[\": \"\\\\\"}"), ROUTES_FAULT_NONE);
    assert_int_equal(fault_of(""), ROUTES_FAULT_TYPE);
    assert_int_equal(fault_of(" [ ] "), ROUTES_FAULT_NONE);
    assert_int_equal(fault_of("5"), ROUTES_FAULT_NONE);
    assert_int_equal(fault_of("null"), ROUTES_FAULT_NONE);
    assert_int_equal(fault_of("{"), ROUTES_FAULT_TYPE);
    assert_int_equal(fault_of("\"\\"), ROUTES_FAULT_TYPE);
    assert_int_equal(fault_of("\xEF\xBB\xBF{}"), ROUTES_FAULT_TYPE);
    assert_int_equal(fault_of("{\"\\u0000\":1}"), ROUTES_FAULT_NONE);
    assert_int_equal(fault_of(nested(ROUTES_MAX_JSON_DEPTH - 1)),
                     ROUTES_FAULT_NONE);
    assert_int_equal(fault_of(nested(ROUTES_MAX_JSON_DEPTH)),
                     ROUTES_FAULT_TOO_MANY);
    assert_int_equal(fault_of(nested(100000)), ROUTES_FAULT_TOO_MANY);
}

/* RFC 8259, and nothing else. */
static void
json_is_that_of_rfc_8259(void **state)
{
    static const char *const bad[] = {
        "",         " ",       "nul",       "nulll",
        "True",     "NaN",     "Infinity",  "-",
        "+1",       "01",      "-01",       "1.",
        ".5",       "1e",      "1e+",       "0x10",
        "1_0",      "1 2",     "[1,]",      "[,1]",
        "[1 2]",    "[1}",     "{]",        "[",
        "]",        "{\"a\"}", "{\"a\":}",  "{\"a\":1,}",
        "{a:1}",    "{1:1}",   "{\"a\" 1}", "'a'",
        "\"a",      "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
        "\"a\nb\"", "\"\t\"",  "\"\\\"",    "[1]//",
        "/**/1",    "\f1",     "\"\\u\"",   "\"\\ud800\\u12\""};
    static const char *const good[] = {
        " 1 ",      "-0",          "0.0",      "1E5",         "1e-5",
        "10e+05",   "\"\"",        "\"\\/\"",  "\"\\u00e9\"", "[[],{}]",
        "\r\n\t[]", "{\"\":null}", "\"\x7F\"", "true",        "false"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (fault_of(bad[i]) != ROUTES_FAULT_TYPE) {
            fail_msg("%s", bad[i]);
        }
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (fault_of(good[i]) != ROUTES_FAULT_NONE) {
            fail_msg("%s", good[i]);
        }
    }
}

static void
escapes_of_json_are_resolved(void **state)
{
    static const char *const cases[][2] = {
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u0041\\u00E9\\u20ac\"", "A\xC3\xA9\xE2\x82\xAC"},
        {"\"\\ud83d\\ude00x\"", "\xF0\x9F\x98\x80x"},
        {"\"a\\uFFFF\"", "a\xEF\xBF\xBF"},
    };
    static const char *const halves[] = {
        "\"\\ud83d\"",        "\"\\ude00\"",        "\"\\ud83dx\"",
        "\"\\ud83d\\u0041\"", "\"\\ude00\\ud83d\"", "\"\\ud83d\\n\""};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum routes_fault fault;
        const struct routes_json *json =
            routes_json_read(cases[i][0], strlen(cases[i][0]), pool, &fault);

        assert_non_null(json);
        assert_int_equal(json->len, strlen(cases[i][1]));
        assert_memory_equal(json->at, cases[i][1], json->len);
    }
    for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
        assert_int_equal(fault_of(halves[i]), ROUTES_FAULT_ENCODING);
    }
}

/* However many there are, and however they are spelt. */
static void
no_member_stands_twice(void **state)
{
    const char *many = "{";

    (void)state;
    assert_int_equal(fault_of("{\"a\":1,\"b\":{\"a\":1}}"), ROUTES_FAULT_NONE);
    assert_int_equal(fault_of("{\"a\":1,\"\\u0061\":1}"),
                     ROUTES_FAULT_DUPLICATE);
    assert_int_equal(fault_of("[{\"b\":{\"a\":1,\"a\":1}}]"),
                     ROUTES_FAULT_DUPLICATE);
    for (int i = 0; i < 100; i++) {
        many = apr_psprintf(pool, "%s\"%x\":{},", many, i);
    }
    assert_int_equal(fault_of(apr_pstrcat(pool, many, "\"\":1}", NULL)),
                     ROUTES_FAULT_NONE);
    assert_int_equal(fault_of(apr_pstrcat(pool, many, "\"2a\":1}", NULL)),
                     ROUTES_FAULT_DUPLICATE);
}

static void
json_values_stand_in_the_order_of_the_text(void **state)
{
    static const char text[] = "{\"a\":[1,[],\"x\"],\"b\":{\"c\":2.5}}";
    enum routes_fault fault;
    const struct routes_json *json =
        routes_json_read(text, sizeof(text) - 1, pool, &fault);
    const struct routes_json *a = routes_json_member(json, "a", 1);
    const struct routes_json *b = routes_json_member(json, "b", 1);

    (void)state;
    assert_int_equal(json->len, 2);
    assert_int_equal(json->size, 10);
    assert_int_equal(a->len, 3);
    assert_int_equal(a->size, 4);
    assert_ptr_equal(routes_json_next(a) + 1, b);
    assert_int_equal(routes_json_member(b, "c", 1)->kind, ROUTES_JSON_REAL);
    assert_null(routes_json_member(json, "c", 1));
    assert_null(routes_json_member(json, "", 0));
}

/* An array of n values. */
static const char *
array_of(size_t n)
{
    char *text = apr_palloc(pool, 2 * n + 2);

    for (size_t i = 0; i < n; i++) {
        text[2 * i] = i == 0 ? '[' : ',';
        text[2 * i + 1] = '1';
    }
    strcpy(text + 2 * n, "]");
    return text;
}

static void
a_text_of_too_many_values_is_refused(void **state)
{
    (void)state;
    assert_int_equal(fault_of(array_of(ROUTES_MAX_JSON_VALUES - 1)),
                     ROUTES_FAULT_NONE);
    assert_int_equal(fault_of(array_of(ROUTES_MAX_JSON_VALUES)),
                     ROUTES_FAULT_TOO_MANY);
}

static void
every_fault_has_its_name(void **state)
{
    static const char *const names[] = {
        "none", "missing",   "type",    "range",    "length",  "pattern",
        "enum", "duplicate", "unknown", "encoding", "too-many"};

    (void)state;
    for (int i = 0; i <= ROUTES_FAULT_TOO_MANY; i++) {
        assert_string_equal(routes_fault_name((enum routes_fault)i), names[i]);
    }
}

static void
a_number_has_one_plain_spelling(void **state)
{
    static const char *const cases[][2] = {
        {"0", "0"},
        {"-0.00", "0"},
        {"+5", "5"},
        {"007.50", "7.5"},
        {"1e3", "1000"},
        {"-1.50E+1", "-15"},
        {"1.5e-7", "0.00000015"},
        {"0.0010", "0.001"},
        {"12.34e1", "123.4"},
        {"1E+2", "100"},
        {"0e99", "0"},
        {"", ""},
        {"x", ""},
        {"1e", ""},
        {"1e401", ""},
        {"inf", ""},
        {"1 ", ""},
    };
    char plain[ROUTES_PLAIN_NUMBER];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t n =
            routes_number_plain(cases[i][0], strlen(cases[i][0]), plain);

        assert_int_equal(n, strlen(cases[i][1]));
        assert_memory_equal(plain, cases[i][1], n);
    }
}

/* The longest number with the largest exponents: no byte too many. */
static void
the_longest_number_fits(void **state)
{
    char text[ROUTES_MAX_NUMBER + 1];
    char *plain = malloc(ROUTES_PLAIN_NUMBER);

    (void)state;
    memset(text, '9', sizeof(text));
    memcpy(text + ROUTES_MAX_NUMBER - 4, "e400", 5);
    assert_int_equal(routes_number_plain(text, ROUTES_MAX_NUMBER, plain),
                     ROUTES_MAX_NUMBER - 4 + 400);
    memcpy(text, "-.", 2);
    memcpy(text + ROUTES_MAX_NUMBER - 5, "e-400", 6);
    assert_int_equal(routes_number_plain(text, ROUTES_MAX_NUMBER, plain),
                     3 + ROUTES_MAX_NUMBER - 7 + 400);
    free(plain);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(integers),
        TEST(floats),
        TEST(a_long_number_is_read_whole),
        TEST(a_locale_with_a_comma_changes_nothing),
        TEST(decimals),
        TEST(a_number_has_one_plain_spelling),
        TEST(the_longest_number_fits),
        TEST(booleans),
        TEST(uuids),
        TEST(dates),
        TEST(datetimes),
        TEST(texts),
        TEST(a_nul_is_text_but_in_no_path),
        TEST(utf8_is_that_of_rfc_3629),
        TEST(every_code_point_is_one_character),
        TEST(plain_text_is_printable_ascii),
        TEST(json_values),
        TEST(json_lists),
        TEST(a_wide_integer_harms_only_itself),
        TEST(json_texts_have_limits),
        TEST(json_is_that_of_rfc_8259),
        TEST(escapes_of_json_are_resolved),
        TEST(no_member_stands_twice),
        TEST(json_values_stand_in_the_order_of_the_text),
        TEST(a_text_of_too_many_values_is_refused),
        TEST(every_fault_has_its_name),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
