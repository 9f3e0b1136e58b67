/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module/python: calls, results, exceptions, output, signals, threads.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "python_site.h"

static struct site *site;

/* The routes of the table, by what they are for. */
static struct {
    uint32_t greet, by_name, skip, only, method, static_method, instance,
        partial, wrapped, comb, hypot, name, fill;
    uint32_t missing, extra, absent, nested, number, broken, broken_too, async,
        generator, no_exception, behind;
    uint32_t show_int, show_float, show_bool, show_str, show_bytes,
        show_decimal, show_uuid, show_date, show_datetime, show_list,
        show_optional, show_default_date, show_constant, grow;
    uint32_t fail, fail_mapped, later, stream, async_stream;
    uint32_t give, html, text, json, media, media_json, created, no_content;
    uint32_t library;
    uint32_t say, handle_signal, terminate, where, in_thread, spin;
} routes;

static void
add_shapes(void)
{
    routes.greet = site_route(site, "shop:greet");
    site_arg(site, "greeting", "str", "hi");
    site_arg(site, "name", "str", NULL);
    routes.by_name = site_route(site, "shop:keywords");
    site_arg(site, "x", "int", NULL);
    site_arg(site, "b", "int", NULL);
    site_arg(site, "a", "int", NULL);
    routes.skip = site_route(site, "shop:skip");
    site_arg(site, "c", "int", NULL);
    site_arg(site, "a", "int", NULL);
    routes.only = site_route(site, "shop:only");
    site_arg(site, "c", "int", NULL);
    site_arg(site, "b", "int", NULL);
    site_arg(site, "a", "int", NULL);
    routes.method = site_route(site, "shop:Till.open");
    site_arg(site, "name", "str", NULL);
    routes.static_method = site_route(site, "shop:Till.shut");
    site_arg(site, "name", "str", NULL);
    routes.instance = site_route(site, "shop:till");
    site_arg(site, "name", "str", NULL);
    routes.partial = site_route(site, "shop:partial");
    site_arg(site, "name", "str", NULL);
    routes.wrapped = site_route(site, "shop:wrapped");
    site_arg(site, "name", "str", NULL);
}

static void
add_builtins(void)
{
    routes.comb = site_route(site, "math:comb");
    site_arg(site, "k", "int", NULL);
    site_arg(site, "n", "int", NULL);
    routes.hypot = site_route(site, "math:hypot");
    site_arg(site, "x", "int", NULL);
    site_arg(site, "y", "int", NULL);
    routes.name = site_route(site, "unicodedata:name");
    site_arg(site, "chr", "str(1..1)", NULL);
    routes.fill = site_route(site, "textwrap:fill");
    site_arg(site, "width", "int", NULL);
    site_arg(site, "text", "str", NULL);
    site_arg(site, "initial_indent", "str", "* ");
}

static void
add_refused(void)
{
    routes.missing = site_route(site, "shop:needs");
    site_arg(site, "a", "int", NULL);
    routes.extra = site_route(site, "shop:needs");
    site_arg(site, "a", "int", NULL);
    site_arg(site, "b", "int", NULL);
    site_arg(site, "idd", "int", NULL);
    routes.absent = site_route(site, "shop:sho");
    routes.nested = site_route(site, "shop:Till.never");
    routes.number = site_route(site, "shop:number");
    routes.broken = site_route(site, "broken:never");
    routes.broken_too = site_route(site, "broken:other");
    routes.async = site_route(site, "shop:later");
    routes.generator = site_route(site, "shop:stream");
    routes.no_exception = site_route(site, "shop:spin");
    site_arg(site, "n", "int", NULL);
    site_raises(site, "shop", "Till", 404);
    routes.behind = site_route(site, "shop:only");
    site_arg(site, "b", "int", NULL);
}

static uint32_t
add_show(const char *type, const char *text)
{
    uint32_t route = site_route(site, "shop:show");
    site_arg(site, "value", type, text);
    return route;
}

static void
add_values(void)
{
    routes.show_int = add_show("int", NULL);
    routes.show_float = add_show("float", NULL);
    routes.show_bool = add_show("bool", NULL);
    routes.show_str = add_show("str", NULL);
    routes.show_bytes = add_show("bytes", NULL);
    routes.show_decimal = add_show("decimal", NULL);
    routes.show_uuid = add_show("uuid", NULL);
    routes.show_date = add_show("date", NULL);
    routes.show_datetime = add_show("datetime", NULL);
    routes.show_list = add_show("list<int>", NULL);
    routes.show_optional = add_show("int?", NULL);
    routes.show_default_date = add_show("date", "2024-02-29");
    routes.show_constant = site_route(site, "shop:show");
    site_constant(site, "value", "str", "constant");
    routes.grow = site_route(site, "shop:grow");
    site_arg(site, "items", "list<int>", "[]");
}

static uint32_t
add_give(enum routes_produce produce, const char *media, uint16_t status)
{
    uint32_t route = site_route(site, "shop:give");
    site_arg(site, "which", "str", NULL);
    site_produces(site, produce, media, status);
    return route;
}

static void
add_results(void)
{
    routes.give = add_give(ROUTES_PRODUCE_AUTO, "", 200);
    routes.html = add_give(ROUTES_PRODUCE_HTML, "", 200);
    routes.text = add_give(ROUTES_PRODUCE_TEXT, "", 200);
    routes.json = add_give(ROUTES_PRODUCE_JSON, "", 200);
    routes.media = add_give(ROUTES_PRODUCE_MEDIA, "text/csv", 200);
    routes.media_json =
        add_give(ROUTES_PRODUCE_MEDIA, "application/ld+json", 200);
    routes.created = add_give(ROUTES_PRODUCE_AUTO, "", 201);
    routes.no_content = add_give(ROUTES_PRODUCE_AUTO, "", 204);
    routes.library = site_route(site, "library:give");
    site_arg(site, "which", "str", NULL);
}

static void
add_others(void)
{
    routes.fail = site_route(site, "shop:fail");
    site_arg(site, "kind", "str", NULL);
    routes.fail_mapped = site_route(site, "shop:fail");
    site_arg(site, "kind", "str", NULL);
    site_raises(site, "shop", "Odd", 409);
    site_raises(site, "builtins", "ValueError", 422);
    site_raises(site, "builtins", "LookupError", 404);
    routes.later = site_route(site, "shop:hidden_later");
    routes.stream = site_route(site, "shop:hidden_stream");
    routes.async_stream = site_route(site, "shop:hidden_async_stream");
    routes.say = site_route(site, "shop:say");
    site_arg(site, "what", "str", NULL);
    routes.handle_signal = site_route(site, "shop:handle_signal");
    routes.terminate = site_route(site, "shop:terminate");
    routes.where = site_route(site, "shop:where");
    routes.in_thread = site_route(site, "shop:in_thread");
    site_arg(site, "text", "str", NULL);
    routes.spin = site_route(site, "shop:spin");
    site_arg(site, "n", "int", NULL);
}

static int
start(void **state)
{
    (void)state;
    site = site_create(NULL);
    if (site->embed == NULL) {
        return -1;
    }
    add_shapes();
    add_builtins();
    add_refused();
    add_values();
    add_results();
    add_others();
    site_bind(site);
    return 0;
}

static void
assert_get(uint32_t route, const char *query, const char *expected)
{
    assert_string_equal(site_get(site, route, query), expected);
}

static void
assert_logged(const char *text)
{
    const char *log = site_log(site);
    if (strstr(log, text) == NULL) {
        fail_msg("not logged: %s\nbut: %s", text, log);
    }
}

/* ---- binding ------------------------------------------------------------ */

static void
refused_functions_are_logged_with_their_line(void **state)
{
    (void)state;
    const char *log = site_log(site);
    static const char *const lines[] = {
        "shop.routes:14: shop:needs needs the argument \"b\", which the route "
        "does not pass",
        "shop.routes:15: shop:needs has no parameter \"idd\"",
        "shop.routes:16: shop:sho is not there: ",
        " has no \"sho\" (its routes answer 503)",
        "shop.routes:17: shop:Till.never is not there: ",
        "shop.routes:18: shop:number is a int, which can't be called",
        "shop.routes:19: broken:never needs the module broken, which raised "
        "SystemExit",
        "shop.routes:20: broken:other needs the module broken, which failed "
        "before",
        "shop.routes:23: shop:spin raises shop.Till, which is no exception "
        "class",
        "shop.routes:24: shop:only needs the argument \"a\""};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (strstr(log, lines[i]) == NULL) {
            fail_msg("not logged: %s\nbut: %s", lines[i], log);
        }
    }
    assert_non_null(strstr(log, "ROUTES0110: "));
    assert_int_equal(site->failures, 9);
}

static void
a_refused_function_answers_503(void **state)
{
    (void)state;
    assert_get(routes.missing, "a=1", "status 503");
    assert_get(routes.broken, "", "status 503");
    assert_get(routes.no_exception, "n=1", "status 503");
    assert_logged("ROUTES0123");
}

static void
arguments_reach_their_parameters(void **state)
{
    (void)state;
    assert_get(routes.greet, "name=world&greeting=hey", "hey, world!");
    assert_get(routes.greet, "name=world", "hi, world!");
    assert_get(routes.greet, "name=w%C3%B6rld", "hi, w\303\266rld!");
    assert_get(routes.by_name, "a=1&b=2&x=3", "(1, 2, [('x', 3)])");
    assert_get(routes.skip, "a=1&c=9", "(1, 2, 9)");
    assert_get(routes.only, "a=1&b=2&c=3", "(1, 2, 3)");
    assert_get(routes.method, "name=x", "Till x");
    assert_get(routes.static_method, "name=x", "x");
    assert_get(routes.instance, "name=x", "x 1");
    assert_get(routes.instance, "name=x", "x 2");
    assert_get(routes.partial, "name=x", "yo, x!");
    assert_get(routes.wrapped, "name=x", "((), {'name': 'x'})");
}

static void
builtin_functions_are_called(void **state)
{
    (void)state;
    assert_get(routes.comb, "n=5&k=2", "10");
    assert_get(routes.hypot, "x=3&y=4", "5.0");
    assert_get(routes.name, "chr=A", "LATIN CAPITAL LETTER A");
    assert_get(routes.fill, "text=a+b&width=3", "* a\nb");
}

static void
values_become_python_objects(void **state)
{
    (void)state;
    assert_get(routes.show_int, "value=-9223372036854775808",
               "int -9223372036854775808");
    assert_get(routes.show_float, "value=1e3", "float 1000.0");
    assert_get(routes.show_bool, "value=on", "bool True");
    assert_get(routes.show_str, "value=", "str ''");
    assert_get(routes.show_bytes, "value=%00a", "bytes b'\\x00a'");
    assert_get(routes.show_decimal, "value=1.10", "Decimal Decimal('1.10')");
    assert_get(routes.show_uuid, "value=00000000-0000-4000-8000-00000000000A",
               "UUID UUID('00000000-0000-4000-8000-00000000000a')");
    assert_get(routes.show_date, "value=2024-02-29",
               "date datetime.date(2024, 2, 29)");
    assert_get(routes.show_datetime, "value=2024-02-29T01:02:03.5Z",
               "datetime datetime.datetime(2024, 2, 29, 1, 2, 3, 500000, "
               "tzinfo=datetime.timezone.utc)");
    assert_get(routes.show_datetime, "value=2024-02-29T01:02:03-01:30",
               "datetime datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo="
               "datetime.timezone(datetime.timedelta(days=-1, "
               "seconds=81000)))");
    assert_get(routes.show_list, "value=1&value=2", "list [1, 2]");
    assert_get(routes.show_optional, "", "NoneType None");
    assert_get(routes.show_default_date, "",
               "date datetime.date(2024, 2, 29)");
    assert_get(routes.show_constant, "value=other", "str 'constant'");
}

static void
an_empty_list_is_fresh_for_each_call(void **state)
{
    (void)state;
    assert_get(routes.grow, "", "[1]");
    assert_get(routes.grow, "", "[1]");
}

/* ---- results ------------------------------------------------------------ */

/* Calls give(which) and compares status, media type and body. */
static void
assert_gives(uint32_t route, const char *which, int status, const char *media,
             const char *body)
{
    struct visit *visit = visit_call(
        site, route, apr_pstrcat(site->pool, "which=", which, NULL));
    if (visit->status != OK) {
        fail_msg("%s: status %d\n%s", which, visit->status, site_log(site));
    }
    assert_int_equal(visit->reply.status, status);
    if (media == NULL) {
        assert_null(visit->reply.media);
    }
    else {
        assert_non_null(visit->reply.media);
        assert_string_equal(visit->reply.media, media);
    }
    if (body != NULL) {
        assert_string_equal(visit_body(visit), body);
    }
    visit_end(visit);
}

static void
results_become_answers(void **state)
{
    (void)state;
    static const char text[] = "text/plain; charset=utf-8";
    static const char json[] = "application/json";
    static const char octets[] = "application/octet-stream";
    assert_gives(routes.give, "str", 200, text, "plain");
    assert_gives(routes.give, "utf8", 200, text,
                 "h\303\251llo \342\202\254 \360\237\230\200");
    assert_gives(routes.give, "empty", 200, text, "");
    assert_gives(routes.give, "bytearray", 200, octets, "abc");
    assert_gives(routes.give, "memoryview", 200, octets, "ace");
    assert_gives(routes.give, "none", 204, NULL, "");
    assert_gives(routes.give, "int", 200, json, "2");
    assert_gives(routes.give, "big", 200, json,
                 "10000000000000000000000000000000000000000");
    assert_gives(routes.give, "float", 200, json, "0.1");
    assert_gives(routes.give, "whole", 200, json, "3.0");
    assert_gives(routes.give, "true", 200, json, "true");
    assert_gives(routes.give, "dict", 200, json,
                 "{\"a\":[1,-9223372036854775808,1e+100,null,false,{}],"
                 "\"b\":[]}");
    assert_gives(routes.give, "escapes", 200, json,
                 "[\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\177/\","
                 "\"\303\251\342\202\254\360\237\230\200\"]");
    assert_gives(routes.give, "point", 200, json, "[1,2]");
}

#define ITEM(name)                                                            \
    "{\"name\":\"" name "\",\"price\":1.10,\"tags\":[],\"count\":0}"
#define MOMENT "2024-02-29T01:02:03.000500"

/* What library:give gives, and its text in JSON. */
static const char *const library[][2] = {
    {"datetime", "\"" MOMENT "\""},
    {"utc", "\"2024-02-29T01:02:03+00:00\""},
    {"zone", "\"" MOMENT "+05:30\""},
    {"minus", "\"" MOMENT "-09:30\""},
    {"date", "\"0001-02-03\""},
    {"time", "\"23:59:59.000001\""},
    {"time%20utc", "\"00:00:00+00:00\""},
    {"uuid", "\"01234567-89ab-4def-8123-456789abcdef\""},
    {"uuids", "[\"00000000-0000-0000-0000-000000000000\","
              "\"ffffffff-ffff-ffff-ffff-ffffffffffff\"]"},
    {"other%20uuid", "\"00000000-0000-0000-0000-00000000000a\""},
    {"decimal", "1.10"},
    {"decimals", "[-0.00,1E+3,1E-400,0,-7,"
                 "0.1234567890123456789012345678901234567890,5]"},
    {"enum", "1"},
    {"enums", "[[2.5,\"x\"],\"SMALL\",\"2024-02-29\",3,\"y\303\251s\",3,"
              "\"one\"]"},
    {"int%20enum", "3"},
    {"str%20key", "{\"y\303\251s\":\"y\303\251s\"}"},
    {"item", ITEM("a")},
    {"child",
     "{\"name\":\"c\",\"price\":1.10,\"tags\":[],\"count\":0,\"parent\":"
     "{\"z\":\"01234567-89ab-4def-8123-456789abcdef\",\"a\":"
     "{\"name\":\"d\",\"price\":1.10,\"tags\":[{}],\"count\":0}}}"},
    {"nothing", "{}"},
    {"row", "{}"},
    {"ordered", "{\"a\":1}"},
    {"text", "\"a\\\"b\""},
    {"cleared%20list", "[\"" MOMENT "+01:00\"]"},
    {"cleared%20inside", "[[{\"when\":[\"" MOMENT "+01:00\"],\"rest\":1}]]"},
};

static void
objects_of_the_library_are_json(void **state)
{
    (void)state;
    static const char json[] = "application/json";
    for (size_t i = 0; i < sizeof library / sizeof *library; i++) {
        assert_gives(routes.library, library[i][0], 200, json, library[i][1]);
    }
    assert_gives(routes.library, "created", 201, json,
                 "{\"name\":\"new\",\"price\":3,\"tags\":[],\"count\":0}");
    assert_gives(routes.library, "status", 202, json,
                 "\"01234567-89ab-4def-8123-456789abcdef\"");
    assert_gives(routes.library, "cleared%20fields", 200, json, NULL);
    assert_gives(routes.library, "level%20200", 200, json, NULL);
    /* a StrEnum is a str, which is text */
    assert_gives(routes.library, "str%20enum", 200,
                 "text/plain; charset=utf-8", "y\303\251s");
}

/* Each that has no JSON, and what the log says of it. */
static const char *const no_json[][2] = {
    {"nan", "gave a Decimal that JSON has no form for"},
    {"snan", "gave a Decimal that JSON has no form for"},
    {"infinity", "gave a Decimal that JSON has no form for"},
    {"no%20text", "gave a NoText whose isoformat() is a bytes"},
    {"no%20offset", "RuntimeError: no offset"},
    {"enum%20object", "gave a object inside JSON"},
    {"enum%20loop", "data that contains itself"},
    {"no%20value", "RuntimeError: no value"},
    {"unset", "AttributeError"},
    {"exit", "raised SystemExit"},
    {"fake", "AttributeError"},
    {"no%20fields", "gave a NoFields, which is no answer"},
    {"class", "gave a type, which is no answer"},
    {"delta", "gave a datetime.timedelta, which is no answer"},
    {"id%20key", "a dict whose key is of type UUID"},
    {"date%20key", "a dict whose key is of type datetime.datetime"},
    {"enum%20key", "a dict whose key is of type Size"},
    {"odd%20id", "TypeError"},
    {"broken%20id", "OverflowError"},
    {"bytes", "gave a bytes inside JSON"},
    {"complex", "gave a complex inside JSON"},
    {"loop", "data that contains itself"},
    {"deep", "nested deeper than 200"},
    {"level%20201", "nested deeper than 200"},
    {"cleared%20dict", "gave a dict that changed while it was written"},
    {"grown%20dict", "gave a dict that changed while it was written"},
};

static void
objects_without_json_are_500_and_logged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof no_json / sizeof *no_json; i++) {
        site_log(site);
        assert_get(routes.library,
                   apr_pstrcat(site->pool, "which=", no_json[i][0], NULL),
                   "status 500");
        assert_logged(no_json[i][1]);
    }
}

static void
a_route_says_the_media_type(void **state)
{
    (void)state;
    assert_gives(routes.html, "str", 200, "text/html; charset=utf-8", "plain");
    assert_gives(routes.html, "bytearray", 200, "text/html", "abc");
    assert_gives(routes.html, "int", 200, "application/json", "2");
    assert_gives(routes.text, "bytearray", 200, "text/plain", "abc");
    assert_gives(routes.json, "str", 200, "application/json", "\"plain\"");
    assert_gives(routes.media, "str", 200, "text/csv", "plain");
    assert_gives(routes.media, "bytearray", 200, "text/csv", "abc");
    assert_gives(routes.media_json, "int", 200, "application/ld+json", "2");
    assert_get(routes.media, "which=int", "status 500");
    assert_logged("gave a int, but its route declares a media type that is no "
                  "JSON");
}

static void
a_route_says_the_status_of_a_plain_result(void **state)
{
    (void)state;
    assert_gives(routes.created, "int", 201, "application/json", "2");
    assert_gives(routes.created, "none", 201, NULL, "");
    assert_gives(routes.created, "teapot", 418, NULL, "");
    assert_gives(routes.no_content, "int", 204, NULL, "");
    assert_gives(routes.no_content, "created", 201, "application/json",
                 "{\"id\":7}");
}

static void
tuples_set_status_and_headers(void **state)
{
    (void)state;
    assert_gives(routes.give, "created", 201, "application/json",
                 "{\"id\":7}");
    assert_gives(routes.give, "no%20body", 204, NULL, "");
    assert_gives(routes.give, "empty%20body", 304, NULL, "");
    assert_gives(routes.give, "headers", 200, "text/css", "a {}");
    struct visit *visit = visit_call(site, routes.give, "which=pairs");
    assert_int_equal(visit->reply.status, 302);
    assert_string_equal(
        apr_table_getm(visit->pool, visit->reply.headers, "set-cookie"),
        "a=1,b=2");
    visit_end(visit);
    visit = visit_call(site, routes.give, "which=latin");
    assert_string_equal(apr_table_get(visit->reply.headers, "X-A"), "\351");
    visit_end(visit);
}

/* Each result that can't be sent, and what the log says of it. */
static void
what_cannot_be_sent_is_500_and_logged(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"surrogate", "UnicodeEncodeError"},
        {"nan", "an infinity or NaN"},
        {"infinity", "an infinity or NaN"},
        {"huge", "ValueError"},
        {"key", "a dict whose key is of type int"},
        {"loop", "data that contains itself"},
        {"deep", "nested deeper than 200"},
        {"set", "gave a set inside JSON"},
        {"object", "gave a object, which is no answer"},
        {"not%20latin", "which is no character of Latin-1"},
        {"split", "whose value has '\\r' at 1, which would split the answer"},
        {"split%20name", "gave a header whose name has"},
        {"nul%20header", "at 1, which is a control character"},
        {"no%20name", "a header that has no name"},
        {"int%20header", ", whose value is of type int, not str"},
        {"length", "\"content-length\", which is httpd's to set"},
        {"two%20types", "twice"},
        {"no%20headers", "headers of type int"},
        {"no%20pairs", "no (name, value) pairs"},
        {"continue", "gave the status 100"},
        {"big%20status", "gave the status 1000"},
        {"none%20status", "gave a status of type NoneType"},
        {"true%20status", "gave a status of type bool"},
        {"body", "a str with the status 204, which admits no body"},
        {"one", "neither (status, body) nor"},
        {"four", "neither (status, body) nor"},
        {"tuple", "gave a status of type str"},
        {"later", "gave a function, which is no answer"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_get(routes.give,
                   apr_pstrcat(site->pool, "which=", cases[i][0], NULL),
                   "status 500");
        assert_logged(cases[i][1]);
    }
}

static void
what_is_async_runs_on_the_loop(void **state)
{
    (void)state;
    site_log(site);
    assert_get(routes.async, "", "never");
    assert_get(routes.later, "", "never");
    assert_get(routes.async_stream, "", "never");
    assert_null(strstr(site_log(site), "never awaited"));
}

static void
a_generator_s_chunks_are_the_body(void **state)
{
    (void)state;
    assert_get(routes.stream, "", "never");
    assert_get(routes.generator, "", "never");
}

static void
large_bodies_keep_their_object(void **state)
{
    (void)state;
    struct visit *visit = visit_call(site, routes.give, "which=new");
    apr_bucket *whole = visit->reply.body;
    apr_bucket *copy = NULL;
    const char *bytes = NULL;
    apr_size_t len = 0;
    assert_string_equal(whole->type->name, "PYOBJECT");
    assert_int_equal(visit->reply.length, 300000);
    assert_int_equal(apr_bucket_setaside(whole, visit->pool), APR_SUCCESS);
    assert_int_equal(apr_bucket_copy(whole, &copy), APR_SUCCESS);
    APR_BUCKET_INIT(copy);
    struct apr_bucket_brigade *brigade =
        apr_brigade_create(visit->pool, visit->list);
    APR_BRIGADE_INSERT_TAIL(brigade, copy);
    assert_int_equal(apr_bucket_split(copy, 299997), APR_SUCCESS);
    apr_bucket_destroy(whole);
    visit->reply.body = NULL;
    apr_bucket_read(APR_BRIGADE_LAST(brigade), &bytes, &len, APR_BLOCK_READ);
    assert_int_equal(len, 3);
    assert_memory_equal(bytes, "\342\202\254", 3);
    apr_brigade_destroy(brigade);
    visit_end(visit);
    assert_int_equal(strlen(site_get(site, routes.give, "which=large")),
                     100000);
    assert_int_equal(strlen(site_get(site, routes.give, "which=long")),
                     1000 + 15000 + 7);
}

/* ---- exceptions --------------------------------------------------------- */

static void
exceptions_are_500_and_logged(void **state)
{
    (void)state;
    static const char *const kinds[][2] = {
        {"odd", "raised Odd"},
        {"exit", "raised SystemExit"},
        {"interrupt", "raised KeyboardInterrupt"},
        {"recursion", "raised RecursionError"},
        {"memory", "raised MemoryError"},
        {"broken", "raised Broken"},
        {"surrogate", "ValueError: \\udc80"},
        {"group", "ExceptionGroup"},
        {"other", "LookupError: other"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        site_log(site);
        assert_get(routes.fail,
                   apr_pstrcat(site->pool, "kind=", kinds[i][0], NULL),
                   "status 500");
        const char *log = site_log(site);
        assert_non_null(strstr(log, "3 r ROUTES0120: shop.routes:"));
        assert_non_null(strstr(log, "3 r ROUTES0121: "));
        if (strstr(log, kinds[i][1]) == NULL) {
            fail_msg("%s: %s", kinds[i][0], log);
        }
    }
}

static void
raises_name_the_status(void **state)
{
    (void)state;
    site_log(site);
    assert_get(routes.fail_mapped, "kind=odd", "status 409");
    assert_get(routes.fail_mapped, "kind=surrogate", "status 422");
    assert_get(routes.fail_mapped, "kind=other", "status 404");
    assert_null(strstr(site_log(site), "3 r"));
    assert_get(routes.fail_mapped, "kind=exit", "status 500");
}

/* ---- output ------------------------------------------------------------- */

static void
assert_says(const char *what, const char *log)
{
    site_log(site);
    assert_get(routes.say, apr_pstrcat(site->pool, "what=", what, NULL), "");
    assert_string_equal(site_log(site), log);
}

static void
output_goes_to_the_log_line_by_line(void **state)
{
    (void)state;
    assert_says("stdout", "5 r ROUTES0130: to stdout as one line\n");
    assert_says("stderr", "3 r ROUTES0131: to stderr\n"
                          "3 r ROUTES0131: two lines\n");
    assert_says("half", "5 r ROUTES0130: half a line\n");
    assert_says("blank", "");
    assert_says("odd", "5 r ROUTES0130: \\ud800 \303\251\n");
    assert_says("logging", "3 r ROUTES0131: WARNING:root:from logging\n");
    assert_says("thread", "5 ROUTES0130: from a thread\n");
    assert_get(routes.say, "what=long", "");
    assert_logged("zzz\n5 r ROUTES0130: zzz");
    assert_get(routes.say, "what=warning", "");
    assert_logged("UserWarning: from warnings");
    assert_get(routes.say, "what=stream",
               "(False, 'utf-8', False, True, None)");
    assert_get(routes.say, "what=bytes", "status 500");
    assert_get(routes.say, "what=fileno", "status 500");
}

/* ---- the process -------------------------------------------------------- */

static void
signal_handlers_are_refused(void **state)
{
    (void)state;
    struct sigaction before;
    struct sigaction after;
    site_log(site);
    sigaction(SIGUSR1, NULL, &before);
    assert_non_null(strstr(site_get(site, routes.handle_signal, ""), "None"));
    sigaction(SIGUSR1, NULL, &after);
    assert_ptr_equal(before.sa_handler, after.sa_handler);
    assert_logged("shop.py");
}

static void *
terminate_in_thread(void *data)
{
    sigset_t all;
    sigset_t after;
    (void)data;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    const char *status = site_get(site, routes.terminate, "");
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_true(sigismember(&after, SIGTERM));
    return (void *)status;
}

static void
children_can_be_terminated(void **state)
{
    (void)state;
    pthread_t thread;
    void *status = NULL;
    pthread_create(&thread, NULL, terminate_in_thread, NULL);
    pthread_join(thread, &status);
    assert_string_equal(status, "-15");
}

static void
the_interpreter_is_isolated(void **state)
{
    (void)state;
    const char *where = site_get(site, routes.where, "");
    assert_non_null(
        strstr(where, "(1, 1, '" TEST_SRCDIR "/tests/unit/python', False, '"));
}

/* ---- threads ------------------------------------------------------------ */

static long
resident_pages(void)
{
    long size = 0;
    long resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &size, &resident), 2);
    fclose(file);
    return resident;
}

/* Sanitizers keep what was freed. */
#ifdef __SANITIZE_ADDRESS__
#define MAX_GROWTH 100000
#else
#define MAX_GROWTH 100
#endif

/* The process has not grown, but for a few pages. */
static void
assert_flat(long before)
{
    long growth = resident_pages() - before;
    if (growth > MAX_GROWTH) {
        fail_msg("%ld pages more", growth);
    }
}

static void *
visit_once(void *data)
{
    return (void *)site_get(site, routes.in_thread, data);
}

static void
run_threads(int n)
{
    for (int i = 0; i < n; i++) {
        pthread_t thread;
        void *text = NULL;
        pthread_create(&thread, NULL, visit_once, i % 2 ? "text=a" : "text=b");
        pthread_join(thread, &text);
        assert_string_equal(text, "clean");
    }
}

/* A thread's locals die with it, and so does its state. */
static void
threads_that_come_and_go_leave_nothing(void **state)
{
    (void)state;
    run_threads(100);
    long before = resident_pages();
    run_threads(1000);
    assert_flat(before);
}

static void *
visit_often(void *data)
{
    (void)data;
    for (int i = 0; i < 2000; i++) {
        struct visit *visit =
            visit_call(site, routes.greet, "name=w&greeting=hey");
        int good =
            visit->status == OK && strcmp(visit_body(visit), "hey, w!") == 0;
        visit_end(visit);
        visit = visit_call(site, routes.give,
                           i % 64 ? "which=object" : "which=new");
        good = good && visit->status == (i % 64 ? 500 : OK);
        visit_end(visit);
        if (!good) {
            return "wrong";
        }
    }
    return NULL;
}

static void
eight_threads_call_at_once(void **state)
{
    (void)state;
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        pthread_create(&threads[i], NULL, visit_often, NULL);
    }
    for (int i = 0; i < 8; i++) {
        void *fault = NULL;
        pthread_join(threads[i], &fault);
        assert_null(fault);
        site_log(site);
    }
}

static void
many_calls_leave_nothing(void **state)
{
    (void)state;
    static const char *const which[] = {"str",   "dict", "headers", "object",
                                        "split", "loop", "long",    "new"};
    long before = 0;
    for (int i = 0; i < 100000; i++) {
        struct visit *visit =
            i % 50
                ? visit_call(site, routes.greet, "name=world")
                : visit_call(site, routes.give,
                             apr_pstrcat(site->pool,
                                         "which=", which[i / 50 % 8], NULL));
        visit_end(visit);
        if (i == 20000) {
            before = resident_pages();
        }
    }
    assert_flat(before);
}

/* Each result once. */
static void
give_the_library(size_t n, const char *const (*results)[2])
{
    for (size_t i = 0; i < n; i++) {
        apr_pool_t *pool = NULL;
        apr_pool_create(&pool, NULL);
        struct visit *visit =
            visit_call(site, routes.library,
                       apr_pstrcat(pool, "which=", results[i][0], NULL));
        visit_end(visit);
        apr_pool_destroy(pool);
    }
}

static void
the_library_leaves_nothing(void **state)
{
    (void)state;
    long before = 0;
    for (int i = 0; i < 100; i++) {
        give_the_library(sizeof library / sizeof *library, library);
        give_the_library(sizeof no_json / sizeof *no_json, no_json);
        if (i == 50) {
            before = resident_pages();
        }
    }
    assert_flat(before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_functions_are_logged_with_their_line),
        cmocka_unit_test(a_refused_function_answers_503),
        cmocka_unit_test(arguments_reach_their_parameters),
        cmocka_unit_test(builtin_functions_are_called),
        cmocka_unit_test(values_become_python_objects),
        cmocka_unit_test(an_empty_list_is_fresh_for_each_call),
        cmocka_unit_test(results_become_answers),
        cmocka_unit_test(objects_of_the_library_are_json),
        cmocka_unit_test(objects_without_json_are_500_and_logged),
        cmocka_unit_test(a_route_says_the_media_type),
        cmocka_unit_test(a_route_says_the_status_of_a_plain_result),
        cmocka_unit_test(tuples_set_status_and_headers),
        cmocka_unit_test(what_cannot_be_sent_is_500_and_logged),
        cmocka_unit_test(what_is_async_runs_on_the_loop),
        cmocka_unit_test(a_generator_s_chunks_are_the_body),
        cmocka_unit_test(large_bodies_keep_their_object),
        cmocka_unit_test(exceptions_are_500_and_logged),
        cmocka_unit_test(raises_name_the_status),
        cmocka_unit_test(output_goes_to_the_log_line_by_line),
        cmocka_unit_test(signal_handlers_are_refused),
        cmocka_unit_test(children_can_be_terminated),
        cmocka_unit_test(the_interpreter_is_isolated),
        cmocka_unit_test(threads_that_come_and_go_leave_nothing),
        cmocka_unit_test(eight_threads_call_at_once),
        cmocka_unit_test(many_calls_leave_nothing),
        cmocka_unit_test(the_library_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
