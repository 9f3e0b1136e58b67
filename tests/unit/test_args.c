/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arguments of a call from path, query, form and JSON, with all their faults,
 * and the problem documents that tell them.
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
#include <jansson.h>

#include "fence.h"
#include "runtime/args.h"
#include "runtime/problem.h"
#include "runtime/table.h"
#include "table_builder.h"
#include "fixture.h"

/* One argument "v" in a table of its own. */
struct one {
    enum routes_source source;
    const char *type;
    const char *text; /* its default, or NULL */
};

#define ARGUMENT(type)    ((struct one){ROUTES_FROM_ARGUMENT, type, NULL})
#define QUERY(type)       ((struct one){ROUTES_FROM_QUERY, type, NULL})
#define FORM(type)        ((struct one){ROUTES_FROM_FORM, type, NULL})
#define DEFAULT(type, of) ((struct one){ROUTES_FROM_ARGUMENT, type, of})

static const struct routes_table *
table_of(const struct one *one)
{
    struct builder *b = builder_create(pool);
    uint32_t route = builder_route(b, NULL, "POST", "/x");
    const struct routes_table *t;

    builder_arg(b, route, "v", one->source, one->type, one->text);
    t = builder_finish(b);
    assert_null(routes_table_refusal(t, pool));
    return t;
}

static const char *
told_problems(const struct routes_problems *problems)
{
    const char *text = problems->path_fault ? "404;" : "";

    for (unsigned i = 0; i < problems->n; i++) {
        const struct routes_problem *p = &problems->list[i];

        text = apr_pstrcat(pool, text, p->in, " ", p->name, " ",
                           routes_fault_name(p->fault), ";", NULL);
    }
    return text;
}

static const char *
told_value(const struct routes_value *value)
{
    const char *text = "[";

    switch (value->kind) {
    case ROUTES_VALUE_NONE:
        return "None";
    case ROUTES_VALUE_INT:
        return apr_psprintf(pool, "%" APR_INT64_T_FMT, value->u.integer);
    case ROUTES_VALUE_STR:
    case ROUTES_VALUE_BYTES:
    case ROUTES_VALUE_DECIMAL:
        return apr_pstrmemdup(pool, value->u.text.at, value->u.text.len);
    case ROUTES_VALUE_LIST:
        for (size_t i = 0; i < value->u.list.n; i++) {
            text = apr_pstrcat(pool, text, i > 0 ? "," : "",
                               told_value(&value->u.list.items[i]), NULL);
        }
        return apr_pstrcat(pool, text, "]", NULL);
    case ROUTES_VALUE_BOOL:
    case ROUTES_VALUE_FLOAT:
    case ROUTES_VALUE_UUID:
    case ROUTES_VALUE_DATE:
    case ROUTES_VALUE_DATETIME:
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

/* What the argument becomes: its value, or the faults. */
static const char *
told(struct one one, const char *query, enum routes_body kind,
     const char *body)
{
    const struct routes_table *t = table_of(&one);
    struct routes_input input = {.body_kind = kind};
    struct routes_value value;
    struct routes_problems problems;

    if (query != NULL) {
        input.query_len = strlen(query);
        input.query = fence_behind(query, input.query_len);
    }
    if (body != NULL) {
        input.body_len = strlen(body);
        input.body = body;
    }
    if (routes_args_decode(t, 1, &input, pool, &value, &problems) != 0) {
        return told_problems(&problems);
    }
    assert_int_equal(problems.n, 0);
    return told_value(&value);
}

#define assert_query(one, query, wanted)                                      \
    assert_string_equal(told(one, query, ROUTES_BODY_NONE, NULL), wanted)
#define assert_form(one, query, body, wanted)                                 \
    assert_string_equal(told(one, query, ROUTES_BODY_FORM, body), wanted)
#define assert_json(one, query, body, wanted)                                 \
    assert_string_equal(told(one, query, ROUTES_BODY_JSON, body), wanted)

/* ---- query -------------------------------------------------------------- */

static void
a_query_fills_an_argument(void **state)
{
    (void)state;
    assert_query(ARGUMENT("str"), "v=hey", "hey");
    assert_query(ARGUMENT("str"), "w=1&v=a%20b+c&x", "a b c");
    assert_query(ARGUMENT("str"), "%76=hey", "hey");
    assert_query(QUERY("int"), "v=7", "7");
    assert_query(ARGUMENT("str"), "V=hey", "query v missing;");
    assert_query(ARGUMENT("str"), "v%00=hey", "query v missing;");
    assert_query(ARGUMENT("str"), "", "query v missing;");
    assert_query(ARGUMENT("str"), NULL, "query v missing;");
    assert_query(FORM("str"), "v=hey", "body v missing;");
}

static void
what_is_absent_has_a_default_or_is_none(void **state)
{
    (void)state;
    assert_query(DEFAULT("str", "hi"), NULL, "hi");
    assert_query(DEFAULT("str", "hi"), "v=hey", "hey");
    assert_query(DEFAULT("int", "5"), "v=", "5");
    assert_query(DEFAULT("decimal", "1.50"), NULL, "1.50");
    assert_query(DEFAULT("list<int>", "[]"), NULL, "[]");
    assert_query(DEFAULT("int?", "null"), NULL, "None");
    assert_query(ARGUMENT("int?"), NULL, "None");
    assert_query(ARGUMENT("int?"), "v=", "None");
    assert_query(ARGUMENT("list<int>?"), NULL, "None");
    assert_query(ARGUMENT("list<int>"), NULL, "query v missing;");
}

static void
an_empty_value_is_absent_but_for_str(void **state)
{
    (void)state;
    assert_query(ARGUMENT("str"), "v=", "");
    assert_query(ARGUMENT("str"), "v", "");
    assert_query(ARGUMENT("str?"), "v=", "");
    assert_query(DEFAULT("str", "hi"), "v=", "");
    assert_query(ARGUMENT("int"), "v=", "query v missing;");
    assert_query(ARGUMENT("int"), "v=&v=7&v=", "7");
    assert_query(ARGUMENT("bytes"), "v=", "query v missing;");
    assert_query(ARGUMENT("enum(a|b)?"), "v=", "None");
    assert_query(ARGUMENT("list<str>"), "v=&v=", "[,]");
    assert_query(ARGUMENT("list<int>"), "v=&v=1", "[1]");
    assert_query(ARGUMENT("list<int>"), "v=", "query v missing;");
}

static void
a_list_takes_repeats(void **state)
{
    const char *query = "v=0";
    const char *wanted = "[0";

    (void)state;
    assert_query(ARGUMENT("list<int>"), "v=1&w=5&v=2&v=6", "[1,2,6]");
    assert_query(ARGUMENT("list<int>(2..3)"), "v=1", "query v length;");
    assert_query(ARGUMENT("list<int>(2..3)"), "v=1&v=2&v=3&v=4",
                 "query v length;");
    assert_query(ARGUMENT("list<int>(2..3)"), "v=1&v=x&v=y",
                 "query v[1] type;query v[2] type;");
    assert_query(ARGUMENT("list<int(1..5)>"), "v=9&v=x",
                 "query v[0] range;query v[1] type;");
    assert_query(ARGUMENT("list<list<int>>"), "v=1", "query v[0] type;");
    for (int i = 1; i < 100; i++) {
        query = apr_psprintf(pool, "%s&v=%d", query, i);
        wanted = apr_psprintf(pool, "%s,%d", wanted, i);
    }
    assert_query(ARGUMENT("list<int>"), query,
                 apr_pstrcat(pool, wanted, "]", NULL));
}

static void
a_scalar_given_twice_is_a_duplicate(void **state)
{
    (void)state;
    assert_query(ARGUMENT("int"), "v=1&v=1", "query v duplicate;");
    assert_query(ARGUMENT("int"), "v=x&v=1", "query v type;");
    assert_query(ARGUMENT("str"), "v=&v=", "query v duplicate;");
    assert_query(ARGUMENT("int"), "v=1&v=1&v=1", "query v duplicate;");
}

static void
text_that_is_no_utf8_is_an_encoding_fault(void **state)
{
    (void)state;
    assert_query(ARGUMENT("str"), "v=%FF", "query v encoding;");
    assert_query(ARGUMENT("str"), "v=\xED\xA0\x80", "query v encoding;");
    assert_query(ARGUMENT("bytes"), "v=%FF", "\xFF");
    assert_query(ARGUMENT("list<str>"), "v=a&v=%FF&v=%FE",
                 "query v[1] encoding;query v[2] encoding;");
    assert_query(ARGUMENT("str"), "w=%FF&v=1&%FF=1", "1");
}

static void
a_percent_that_is_no_escape_is_an_encoding_fault(void **state)
{
    (void)state;
    assert_query(ARGUMENT("str"), "v=%", "query v encoding;");
    assert_query(ARGUMENT("str"), "v=100%&v=2", "query v encoding;");
    assert_query(ARGUMENT("str"), "w=100%&v=2", "2");
    assert_query(ARGUMENT("str"), "%=1&v=2&%zz=1", "query  encoding;");
}

static void
too_much_is_said_once(void **state)
{
    char *many = apr_palloc(pool, 2 * ROUTES_MAX_FIELDS + 16);
    char *name = apr_palloc(pool, ROUTES_MAX_FIELD_NAME + 16);
    char *at = many;

    (void)state;
    for (int i = 0; i < ROUTES_MAX_FIELDS; i++) {
        at = stpcpy(at, "w&");
    }
    strcpy(many + 2 * ROUTES_MAX_FIELDS - 2, "v");
    assert_query(ARGUMENT("str"), many, "");
    strcpy(many + 2 * ROUTES_MAX_FIELDS - 2, "w&v&v");
    assert_query(ARGUMENT("str?"), many, "query  too-many;");
    memset(name, 'n', ROUTES_MAX_FIELD_NAME);
    strcpy(name + ROUTES_MAX_FIELD_NAME, "=1&v=2");
    assert_query(ARGUMENT("str"), name, "2");
    strcpy(name + ROUTES_MAX_FIELD_NAME, "n=1&v=2");
    assert_query(ARGUMENT("str"), name, "query  too-many;");
}

/* ---- form and JSON ------------------------------------------------------ */

static void
a_form_fills_an_argument(void **state)
{
    (void)state;
    assert_form(ARGUMENT("str"), NULL, "v=hey", "hey");
    assert_form(FORM("str"), "v=no", "v=hey", "hey");
    assert_form(QUERY("str"), "v=hey", "v=no", "hey");
    assert_form(ARGUMENT("str"), "v=hey", "w=1", "hey");
    assert_form(ARGUMENT("int"), NULL, "v=x", "body v type;");
    assert_form(ARGUMENT("int"), NULL, "", "body v missing;");
    assert_form(FORM("int"), NULL, "v=%", "body v encoding;");
    assert_form(FORM("int"), NULL, "%=1", "body  encoding;body v missing;");
    assert_form(QUERY("int"), NULL, "v=1", "query v missing;");
}

static void
json_members_fill_an_argument(void **state)
{
    (void)state;
    assert_json(ARGUMENT("int"), NULL, "{\"v\":7,\"w\":{}}", "7");
    assert_json(ARGUMENT("list<int>"), NULL, "{\"v\":[1,2,6]}", "[1,2,6]");
    assert_json(ARGUMENT("list<int>"), NULL, "{\"v\":1}", "body /v type;");
    assert_json(ARGUMENT("list<int>"), NULL, "{\"v\":[1,true,2,\"3\"]}",
                "body /v/1 type;body /v/3 type;");
    assert_json(ARGUMENT("str"), NULL, "{\"v\":\"\"}", "");
    assert_json(ARGUMENT("str"), "v=hey", "{}", "hey");
    assert_json(ARGUMENT("str"), NULL, "{}", "body /v missing;");
    assert_json(ARGUMENT("int?"), NULL, "{}", "None");
    assert_json(ARGUMENT("int?"), NULL, "{\"v\":null}", "None");
    assert_json(ARGUMENT("int"), NULL, "{\"v\":null}", "body /v type;");
    assert_json(FORM("int"), NULL, "{\"v\":1}", "body /v missing;");
    assert_json(QUERY("int"), "v=1", "{\"v\":2}", "1");
}

static void
a_body_that_is_no_object_has_one_fault(void **state)
{
    (void)state;
    assert_json(ARGUMENT("int"), NULL, "", "body  type;");
    assert_json(ARGUMENT("int"), NULL, "[1]", "body  type;");
    assert_json(ARGUMENT("int"), NULL, "{\"v\":1", "body  type;");
    assert_json(ARGUMENT("int"), NULL, "{\"v\":1,\"v\":1}",
                "body  duplicate;");
    assert_json(ARGUMENT("int"), NULL, "{\"v\":\"\xFF\"}", "body  encoding;");
    assert_json(QUERY("int"), "v=7", "", "7");
}

static void
one_name_in_two_places_is_a_duplicate(void **state)
{
    (void)state;
    assert_form(ARGUMENT("str"), "v=a", "v=a", "body v duplicate;");
    assert_form(ARGUMENT("list<str>"), "v=a", "v=b", "body v duplicate;");
    assert_json(ARGUMENT("str"), "v=a", "{\"v\":\"a\"}", "body /v duplicate;");
    assert_json(ARGUMENT("list<str>"), "v=a", "{\"v\":[]}",
                "body /v duplicate;");
    assert_form(ARGUMENT("int"), "v=", "v=7", "7");
}

/* ---- headers and cookies ------------------------------------------------ */

/* What an argument of the header X-V or the cookie v becomes. */
static const char *
told_of_header(struct one one, const char *name, const char *value)
{
    struct builder *b = builder_create(pool);
    uint32_t route = builder_route(b, NULL, "GET", "/x");
    apr_table_t *headers = apr_table_make(pool, 2);
    struct routes_input input = {.headers = headers};
    const struct routes_table *t;
    struct routes_value decoded;
    struct routes_problems problems;

    builder_arg(b, route, one.source == ROUTES_FROM_COOKIE ? "v" : "X-V",
                one.source, one.type, one.text);
    t = builder_finish(b);
    assert_null(routes_table_refusal(t, pool));
    if (value != NULL) {
        apr_table_set(headers, name, value);
    }
    if (routes_args_decode(t, 1, &input, pool, &decoded, &problems) != 0) {
        return told_problems(&problems);
    }
    return told_value(&decoded);
}

#define HEADER(type) ((struct one){ROUTES_FROM_HEADER, type, NULL})
#define COOKIE(type) ((struct one){ROUTES_FROM_COOKIE, type, NULL})
#define assert_header(type, value, wanted)                                    \
    assert_string_equal(told_of_header(HEADER(type), "x-v", value), wanted)
#define assert_cookie(type, value, wanted)                                    \
    assert_string_equal(told_of_header(COOKIE(type), "Cookie", value), wanted)

static void
a_header_fills_an_argument(void **state)
{
    (void)state;
    assert_header("str", "hey, you", "hey, you");
    assert_header("int", "7", "7");
    assert_header("int", "x", "header X-V type;");
    assert_header("int", "1, 1", "header X-V type;");
    assert_header("str", NULL, "header X-V missing;");
    assert_header("str?", NULL, "None");
    assert_header("str?", "", "");
    assert_header("int?", "", "None");
    assert_header("str", "\xFF", "header X-V encoding;");
    assert_string_equal(
        told_of_header((struct one){ROUTES_FROM_HEADER, "int", "5"}, "x", "1"),
        "5");
}

static void
a_list_takes_the_items_of_a_header(void **state)
{
    (void)state;
    assert_header("list<int>", "1, 2 ,3", "[1,2,3]");
    assert_header("list<int>", " , 1,, ", "[1]");
    assert_header("list<int>", "", "header X-V missing;");
    assert_header("list<int>(2..3)", "1", "header X-V length;");
    assert_header("list<str>", "\"a,b\", W/\"\\\",\"",
                  "[\"a,b\",W/\"\\\",\"]");
    assert_header("list<str>", "a, \"b, c", "[a,\"b, c]");
    assert_header("list<str>", "a, \"\\", "[a,\"\\]");
}

static void
a_cookie_fills_an_argument(void **state)
{
    (void)state;
    assert_cookie("str", "a=1; v=hey; b=2", "hey");
    assert_cookie("str", "v=\"hey\"", "hey");
    assert_cookie("str", "v=\"", "cookie v encoding;");
    assert_cookie("str", "v=a=b", "a=b");
    assert_cookie("str", "v=", "");
    assert_cookie("str", "v=%41", "%41");
    assert_cookie("str", " ;; v=a ; ", "a");
    assert_cookie("str", "v=\xC3\xA9", "\xC3\xA9");
    assert_cookie("str", "v=\xC3", "cookie v encoding;");
    assert_cookie("str", "V=hey", "cookie v missing;");
    assert_cookie("str", "v", "cookie v missing;");
    assert_cookie("str?", NULL, "None");
    assert_cookie("int?", "v=", "None");
    assert_cookie("int", "v=7;v=8", "cookie v duplicate;");
    assert_cookie("list<int>", "v=7; v=8", "[7,8]");
}

static void
odd_cookies_are_faults_only_where_they_are_declared(void **state)
{
    (void)state;
    assert_cookie("str", "x={\"a\", 1}; y; =; =z; v=hey", "hey");
    assert_cookie("str", "v=a b", "cookie v encoding;");
    assert_cookie("str", "v=a,b", "cookie v encoding;");
    assert_cookie("str", "v=a\\b", "cookie v encoding;");
    assert_cookie("str", "v=a\x7f", "cookie v encoding;");
    assert_cookie("str", "v=1, v=2", "cookie v encoding;");
    assert_cookie("str", "v=a; v=\"b", "cookie v encoding;");
}

/* ---- path --------------------------------------------------------------- */

/* Decodes /{id}/{text} from captures. */
static const char *
told_path(const char *id, const char *text)
{
    struct builder *b = builder_create(pool);
    uint32_t route = builder_route(b, NULL, "GET", "/{day:date~0-9-}/{text}");
    struct routes_capture captures[] = {{id, strlen(id)},
                                        {text, strlen(text)}};
    struct routes_input input = {.captures = captures};
    const struct routes_table *t;
    struct routes_value values[2];
    struct routes_problems problems;

    builder_arg(b, route, "text", ROUTES_FROM_PATH, "str", NULL);
    builder_arg(b, route, "day", ROUTES_FROM_PATH, "date~0-9-", NULL);
    t = builder_finish(b);
    assert_null(routes_table_refusal(t, pool));
    if (routes_args_decode(t, route, &input, pool, values, &problems)) {
        return told_problems(&problems);
    }
    return told_value(&values[0]);
}

static void
captures_are_decoded_by_their_index(void **state)
{
    (void)state;
    assert_string_equal(told_path("2026-02-28", "h\xC3\xA9"), "h\xC3\xA9");
}

static void
a_capture_that_does_not_convert_is_404(void **state)
{
    (void)state;
    assert_string_equal(told_path("2026-02-30", "x"), "404;");
}

static void
a_capture_that_is_no_text_is_400(void **state)
{
    (void)state;
    assert_string_equal(told_path("2026-02-28", "\xFF"),
                        "path text encoding;");
    assert_string_equal(told_path("2026-02-28", "a\nb"),
                        "path text encoding;");
    assert_string_equal(told_path("2026-02-30", "\xFF"),
                        "404;path text encoding;");
}

static void
constants_never_come_from_the_request(void **state)
{
    struct builder *b = builder_create(pool);
    uint32_t route = builder_route(b, NULL, "GET", "/x");
    struct routes_input input = {.query = "c=9&f=9", .query_len = 7};
    const struct routes_table *t;
    struct routes_value values[2];
    struct routes_problems problems;

    (void)state;
    builder_arg(b, route, "c", ROUTES_FROM_CONSTANT, "int", "5");
    builder_arg(b, route, "f", ROUTES_FROM_CONSTANT, "str", "f");
    t = builder_finish(b);
    assert_null(routes_table_refusal(t, pool));
    assert_int_equal(
        routes_args_decode(t, route, &input, pool, values, &problems), 0);
    assert_string_equal(told_value(&values[0]), "5");
    assert_string_equal(told_value(&values[1]), "f");
}

/* ---- all of it ---------------------------------------------------------- */

static struct routes_problems
problems_of(const struct routes_table *t, uint32_t route, const char *query)
{
    struct routes_input input = {.query = query, .query_len = strlen(query)};
    struct routes_value values[ROUTES_MAX_ARGS];
    struct routes_problems problems;

    routes_args_decode(t, route, &input, pool, values, &problems);
    return problems;
}

static void
all_faults_are_collected(void **state)
{
    struct builder *b = builder_create(pool);
    uint32_t route = builder_route(b, NULL, "GET", "/x");
    const struct routes_table *t;
    struct routes_problems problems;

    (void)state;
    for (int i = 0; i < ROUTES_MAX_ARGS; i++) {
        builder_arg(b, route, apr_psprintf(pool, "a%d", i),
                    ROUTES_FROM_ARGUMENT, "int", NULL);
    }
    t = builder_finish(b);
    assert_null(routes_table_refusal(t, pool));
    problems = problems_of(t, route, "a0=x&a1=1&a1=2&a2=1&%=");
    assert_int_equal(problems.n, ROUTES_MAX_FAULTS);
    problems = problems_of(t, route, "a0=x&a1=1&a1=2&a2=1");
    assert_int_equal(problems.n, ROUTES_MAX_FAULTS - 1);
    assert_string_equal(problems.list[0].name, "a0");
    assert_int_equal(problems.list[1].fault, ROUTES_FAULT_DUPLICATE);
    assert_string_equal(problems.list[2].name, "a3");
}

static void
an_undeclared_key_is_a_fault_where_that_is_said(void **state)
{
    struct one one = ARGUMENT("int");
    const struct routes_table *t = table_of(&one);
    struct routes_problems problems;

    (void)state;
    assert_int_equal(problems_of(t, 1, "v=1&x=1").n, 0);
    ((struct routes_route *)&t->routes[1])->flags = ROUTES_ROUTE_STRICT;
    assert_int_equal(problems_of(t, 1, "v=1").n, 0);
    problems = problems_of(t, 1, "v=1&x=1&y=%");
    assert_string_equal(told_problems(&problems), "query  unknown;");
    assert_string_equal(problems.list[0].expected, "v");
    problems = problems_of(t, 1, "x&v=a");
    assert_string_equal(told_problems(&problems),
                        "query  unknown;query v type;");
}

static void
what_needs_no_decoding_takes_no_memory(void **state)
{
    struct one one = ARGUMENT("str");
    const struct routes_table *t = table_of(&one);
    struct routes_input input = {.query = "v=hey", .query_len = 5};
    struct routes_value value;
    struct routes_problems problems;

    (void)state;
    assert_int_equal(routes_args_decode(t, 1, &input, NULL, &value, &problems),
                     0);
    assert_ptr_equal(value.u.text.at, input.query + 2);
}

/* ---- problem documents -------------------------------------------------- */

static void
a_problem_document_lists_faults_without_values(void **state)
{
    struct one one = ARGUMENT("int(1..1000)");
    const struct routes_table *t = table_of(&one);
    struct routes_problems problems = problems_of(t, 1, "v=secret&%=");
    size_t len;
    const char *json = routes_problem_json(t, 1, &problems, pool, &len);

    (void)state;
    assert_string_equal(
        json, "{\"type\":\"urn:mod-routes:problem/invalid-request\","
              "\"title\":\"Invalid request\",\"status\":400,\"route\":\"/x\","
              "\"errors\":[{\"in\":\"query\",\"name\":\"v\",\"code\":\"type\","
              "\"expected\":\"int(1..1000)\"},"
              "{\"in\":\"query\",\"name\":\"\",\"code\":\"encoding\"}]}");
    assert_int_equal(len, strlen(json));
}

static void
a_problem_page_is_escaped(void **state)
{
    struct one one = ARGUMENT("list<list<int>>");
    const struct routes_table *t = table_of(&one);
    struct routes_problems problems = problems_of(t, 1, "v=<script>&%=");
    size_t len;
    const char *html = routes_problem_html(t, 1, &problems, pool, &len);

    (void)state;
    assert_non_null(strstr(html, "<li>query <code>v[0]</code>: type, expected "
                                 "<code>list&lt;int&gt;</code></li>"));
    assert_non_null(strstr(html, "<li>query: encoding</li>"));
    assert_null(strstr(html, "script"));
    assert_int_equal(len, strlen(html));
}

static void
a_pointer_escapes_what_it_must(void **state)
{
    struct builder *b = builder_create(pool);
    uint32_t route = builder_route(b, NULL, "POST", "/x");
    struct routes_input input = {
        .body_kind = ROUTES_BODY_JSON, .body = "{}", .body_len = 2};
    const struct routes_table *t;
    struct routes_value value;
    struct routes_problems problems;

    (void)state;
    builder_arg(b, route, "a/b~c", ROUTES_FROM_ARGUMENT, "int", NULL);
    t = builder_finish(b);
    routes_args_decode(t, route, &input, pool, &value, &problems);
    assert_string_equal(problems.list[0].name, "/a~1b~0c");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_query_fills_an_argument),
        TEST(what_is_absent_has_a_default_or_is_none),
        TEST(an_empty_value_is_absent_but_for_str),
        TEST(a_list_takes_repeats),
        TEST(a_scalar_given_twice_is_a_duplicate),
        TEST(text_that_is_no_utf8_is_an_encoding_fault),
        TEST(a_percent_that_is_no_escape_is_an_encoding_fault),
        TEST(too_much_is_said_once),
        TEST(a_form_fills_an_argument),
        TEST(json_members_fill_an_argument),
        TEST(a_body_that_is_no_object_has_one_fault),
        TEST(one_name_in_two_places_is_a_duplicate),
        TEST(a_header_fills_an_argument),
        TEST(a_list_takes_the_items_of_a_header),
        TEST(a_cookie_fills_an_argument),
        TEST(odd_cookies_are_faults_only_where_they_are_declared),
        TEST(captures_are_decoded_by_their_index),
        TEST(a_capture_that_does_not_convert_is_404),
        TEST(a_capture_that_is_no_text_is_400),
        TEST(constants_never_come_from_the_request),
        TEST(all_faults_are_collected),
        TEST(an_undeclared_key_is_a_fault_where_that_is_said),
        TEST(what_needs_no_decoding_takes_no_memory),
        TEST(a_problem_document_lists_faults_without_values),
        TEST(a_problem_page_is_escaped),
        TEST(a_pointer_escapes_what_it_must),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
