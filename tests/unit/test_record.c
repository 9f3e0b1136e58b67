/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records from JSON and from fields: what is taken, and where faults are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "fence.h"
#include "planned.h"
#include "runtime/args.h"
#include "runtime/json.h"
#include "runtime/table.h"

static const char declarations[] =
    "public\n"
    "type Slug = str(..8) matching r\"[a-z]+\"\n"
    "record Line { sku: Slug, qty: int(1..9) = 1, price: decimal(0..)? }\n"
    "record Order { lines: list<Line>(1..3), note: str(..5)?,\n"
    "               up: int? from \"+1\", tags: map<str, int>(..2)? }\n"
    "record Open { a: int, ... }\n"
    "record Tree { name: str, kids: list<Tree> = [], twin: Tree? }\n"
    "record Page { page: int(1..) = 1, tag: list<int>(..2)?, q: str? }\n"
    "record Need { a: int, b: str }\n"
    "record Odd { x: int from \"a/b~c\", y: int? from \"\" }\n"
    "POST /order -> m:f(v: Order)\n"
    "POST /open -> m:f(v: Open)\n"
    "POST /tree -> m:f(v: Tree)\n"
    "POST /json -> m:f(v: json)\n"
    "POST /list -> m:f(v: list<Line>)\n"
    "POST /maybe -> m:f(v: Need?)\n"
    "POST /number -> m:f(v: int? from body)\n"
    "POST /member -> m:f(v: map<str, list<int>>, w: int)\n"
    "POST /odd -> m:f(v: Odd)\n"
    "GET /page -> m:f(v: Page from query)\n"
    "GET /need -> m:f(v: Need from query, a2: int from query \"c\")\n"
    "GET /perhaps -> m:f(v: Need? from query)\n"
    "POST /form -> m:f(v: Need from form)\n"
    "POST /both -> m:f(v: Need from form, w: Page from query)\n";

static struct planned *planned;
static apr_pool_t *pool;

static int
set_up(void **state)
{
    (void)state;
    planned = planned_of(declarations);
    assert_non_null(planned->plan);
    return apr_pool_create(&pool, NULL) == APR_SUCCESS ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    planned_end(planned);
    return 0;
}

/* ---- telling ------------------------------------------------------------ */

static const char *told(const struct routes_value *value);

static const char *
told_record(const struct routes_value *value)
{
    const struct routes_table *t = &planned->table;
    const struct routes_record *record = &t->records[value->u.record.row];
    const char *text = "";

    for (uint32_t i = 0; i < record->n_members; i++) {
        const struct routes_member *row = &t->members[record->members + i];

        text = apr_pstrcat(pool, text, i > 0 ? " " : "",
                           routes_table_text(t, row->name), "=",
                           told(&value->u.record.members[i]), NULL);
    }
    return apr_pstrcat(pool, "{", text, "}", NULL);
}

static const char *
told_map(const struct routes_value *value)
{
    const char *text = "";

    for (size_t i = 0; i < value->u.map.n; i++) {
        const struct routes_entry *entry = &value->u.map.entries[i];

        text = apr_pstrcat(pool, text, i > 0 ? " " : "",
                           apr_pstrmemdup(pool, entry->key, entry->key_len),
                           ":", told(&entry->value), NULL);
    }
    return apr_pstrcat(pool, "<", text, ">", NULL);
}

static const char *
told_list(const struct routes_value *value)
{
    const char *text = "";

    for (size_t i = 0; i < value->u.list.n; i++) {
        text = apr_pstrcat(pool, text, i > 0 ? " " : "",
                           told(&value->u.list.items[i]), NULL);
    }
    return apr_pstrcat(pool, "[", text, "]", NULL);
}

static const char *
told(const struct routes_value *value)
{
    switch (value->kind) {
    case ROUTES_VALUE_NONE:
        return "None";
    case ROUTES_VALUE_ABSENT:
        return "-";
    case ROUTES_VALUE_INT:
        return apr_psprintf(pool, "%" APR_INT64_T_FMT, value->u.integer);
    case ROUTES_VALUE_STR:
    case ROUTES_VALUE_DECIMAL:
        return apr_pstrmemdup(pool, value->u.text.at, value->u.text.len);
    case ROUTES_VALUE_LIST:
        return told_list(value);
    case ROUTES_VALUE_MAP:
        return told_map(value);
    case ROUTES_VALUE_RECORD:
        return told_record(value);
    case ROUTES_VALUE_JSON:
        return apr_psprintf(pool, "json/%u", value->u.json->size);
    case ROUTES_VALUE_BOOL:
    case ROUTES_VALUE_FLOAT:
    case ROUTES_VALUE_BYTES:
    case ROUTES_VALUE_UUID:
    case ROUTES_VALUE_DATE:
    case ROUTES_VALUE_DATETIME:
    case ROUTES_VALUE_REQUEST:
    case ROUTES_VALUE_PRINCIPAL:
    case ROUTES_VALUE_STREAM:
    case ROUTES_VALUE_UPLOAD:
    case ROUTES_VALUE_WEBSOCKET:
        break;
    }
    return "?";
}

static const char *
told_problems(const struct routes_problems *problems)
{
    const char *text = "";

    for (unsigned i = 0; i < problems->n; i++) {
        const struct routes_problem *p = &problems->list[i];

        text = apr_pstrcat(pool, text, "!", p->in, " ", p->name, " ",
                           routes_fault_name(p->fault), ";", NULL);
    }
    return text;
}

static struct routes_problems problems;

/* What the first argument of the route at a path becomes, or the faults. */
static const char *
tell(const char *path, struct routes_input *input)
{
    struct routes_match match;
    struct routes_value values[ROUTES_MAX_ARGS];
    enum routes_method method = strcmp(path, "/page") == 0 ||
                                        strcmp(path, "/need") == 0 ||
                                        strcmp(path, "/perhaps") == 0
                                    ? ROUTES_METHOD_GET
                                    : ROUTES_METHOD_POST;

    assert_int_equal(planned_match(planned, method, path, &match),
                     ROUTES_FOUND);
    if (routes_args_decode(&planned->table, match.route, input, pool, values,
                           &problems) != 0) {
        return told_problems(&problems);
    }
    assert_int_equal(problems.n, 0);
    return told(&values[0]);
}

static const char *
json(const char *path, const char *body)
{
    struct routes_input input = {.body_kind = ROUTES_BODY_JSON};

    input.body_len = strlen(body);
    input.body = input.body_len <= FENCE_MAX
                     ? fence_behind(body, input.body_len)
                     : body;
    return tell(path, &input);
}

static const char *
query(const char *path, const char *text)
{
    struct routes_input input = {.body_kind = ROUTES_BODY_NONE};

    input.query = text;
    input.query_len = strlen(text);
    return tell(path, &input);
}

static const char *
form(const char *path, const char *body, const char *text)
{
    struct routes_input input = {.body_kind = ROUTES_BODY_FORM};

    input.query = text;
    input.query_len = text == NULL ? 0 : strlen(text);
    input.body_len = strlen(body);
    input.body = input.body_len <= FENCE_MAX
                     ? fence_behind(body, input.body_len)
                     : body;
    return tell(path, &input);
}

struct one_case {
    const char *path;
    const char *text;
    const char *wanted;
};

static void
run(const struct one_case *cases, size_t n,
    const char *(*ask)(const char *, const char *))
{
    for (size_t i = 0; i < n; i++) {
        const char *got = ask(cases[i].path, cases[i].text);

        if (strcmp(got, cases[i].wanted) != 0) {
            fail_msg("%s %s: %s, not %s", cases[i].path, cases[i].text, got,
                     cases[i].wanted);
        }
    }
}

#define RUN(cases, ask) run(cases, sizeof(cases) / sizeof(cases[0]), ask)

/* ---- JSON --------------------------------------------------------------- */

static void
a_record_is_read_from_json(void **state)
{
    static const struct one_case cases[] = {
        {"/order", "{\"lines\":[{\"sku\":\"a\"}]}",
         "{lines=[{sku=a qty=1 price=-}] note=- up=- tags=-}"},
        {"/order",
         "{\"+1\":7,\"tags\":{\"x\":1,\"\":2},\"note\":null,\"lines\":"
         "[{\"price\":1.10,\"qty\":9,\"sku\":\"b\"},{\"sku\":\"c\"}]}",
         "{lines=[{sku=b qty=9 price=1.10} {sku=c qty=1 price=-}] note=None "
         "up=7 tags=<x:1 :2>}"},
        {"/open", "{\"a\":1,\"b\":{\"c\":[]}}", "{a=1}"},
        {"/tree", "{\"name\":\"a\",\"kids\":[{\"name\":\"b\"}]}",
         "{name=a kids=[{name=b kids=[] twin=-}] twin=-}"},
        {"/list", "[]", "[]"},
        {"/list", "[{\"sku\":\"a\"}]", "[{sku=a qty=1 price=-}]"},
        {"/maybe", "null", "None"},
        {"/maybe", "{\"a\":1,\"b\":\"\"}", "{a=1 b=}"},
        {"/json", "null", "None"},
        {"/json", "[1,{\"a\":2}]", "json/5"},
        {"/json", "99999999999999999999999", "json/1"},
        {"/number", "5", "5"},
        {"/number", "null", "None"},
        {"/member", "{\"v\":{\"k\":[1,2],\"l\":[]},\"w\":1,\"z\":1}",
         "<k:[1 2] l:[]>"},
        {"/odd", "{\"a/b~c\":5,\"\":6}", "{x=5 y=6}"},
    };

    (void)state;
    RUN(cases, json);
}

static void
faults_of_a_record_have_their_places(void **state)
{
    static const struct one_case cases[] = {
        {"/order", "{}", "!body /lines missing;"},
        {"/order", "[]", "!body  type;"},
        {"/order", "null", "!body  type;"},
        {"/order", "{", "!body  type;"},
        {"/order", "{\"lines\":[]}", "!body /lines length;"},
        {"/order", "{\"lines\":null}", "!body /lines type;"},
        {"/order", "{\"lines\":[{\"sku\":\"a\"},{\"qty\":0}]}",
         "!body /lines/1/qty range;!body /lines/1/sku missing;"},
        {"/order",
         "{\"lines\":[{\"sku\":\"A\",\"qty\":\"1\",\"price\":-1,\"x\":1}],"
         "\"note\":\"123456\"}",
         "!body /lines/0/sku pattern;!body /lines/0/qty type;"
         "!body /lines/0/price range;!body /lines/0 unknown;"
         "!body /note length;"},
        {"/order", "{\"lines\":[{\"sku\":\"a\"}],\"up\":1}",
         "!body  unknown;"},
        {"/order", "{\"lines\":[{\"sku\":\"a\"}],\"+1\":\"x\"}",
         "!body /+1 type;"},
        {"/order", "{\"lines\":[{\"sku\":\"a\"}],\"tags\":{\"b\":\"c\"}}",
         "!body /tags/* type;"},
        {"/order",
         "{\"lines\":[{\"sku\":\"a\"}],\"tags\":{\"a\":1,\"b\":1,\"c\":1}}",
         "!body /tags length;"},
        {"/order", "{\"lines\":[{\"sku\":\"a\",\"sku\":\"a\"}]}",
         "!body  duplicate;"},
        {"/order", "{\"lines\":[{\"sku\":\"\xFF\"}]}", "!body  encoding;"},
        {"/open", "{\"b\":1}", "!body /a missing;"},
        {"/tree", "{\"name\":\"a\",\"kids\":[{\"kids\":[{\"name\":1}]}]}",
         "!body /kids/0/kids/0/name type;!body /kids/0/name missing;"},
        {"/tree", "{\"name\":\"a\",\"twin\":{\"name\":\"b\",\"x\":1}}",
         "!body /twin unknown;"},
        {"/list", "{}", "!body  type;"},
        {"/list", "[{\"sku\":\"a\"},5]", "!body /1 type;"},
        {"/json", "[1,1e999]", "!body  range;"},
        {"/json", "", "!body  type;"},
        {"/number", "\"5\"", "!body  type;"},
        {"/member", "{\"v\":{\"k\":[1,\"2\"]},\"w\":1}", "!body /v/*/1 type;"},
        {"/member", "[]", "!body  type;"},
        {"/odd", "{\"a/b~c\":\"5\",\"\":true}",
         "!body /a~1b~0c type;!body / type;"},
    };

    (void)state;
    RUN(cases, json);
}

/* What is declared says which members there may be; what came is not told. */
static void
an_unknown_member_is_told_what_there_is(void **state)
{
    (void)state;
    assert_string_equal(
        json("/order", "{\"lines\":[{\"sku\":\"a\"}],\"secret\":1}"),
        "!body  unknown;");
    assert_string_equal(problems.list[0].expected, "lines, note, +1, tags");
}

static void
a_body_that_is_not_there_is_missing(void **state)
{
    struct routes_input input = {.body_kind = ROUTES_BODY_NONE};

    (void)state;
    assert_string_equal(tell("/order", &input), "!body  missing;");
    assert_string_equal(tell("/maybe", &input), "None");
    assert_string_equal(tell("/number", &input), "None");
}

/* A number of digits that Python would need a second for. */
static void
a_number_of_json_has_a_longest_form(void **state)
{
    char *digits = apr_palloc(pool, 100001);

    (void)state;
    memset(digits, '9', 100000);
    digits[100000] = '\0';
    assert_string_equal(json("/json", digits), "!body  range;");
    digits[1024] = '\0';
    assert_string_equal(json("/json", digits), "json/1");
}

static void
at_most_so_many_faults_are_kept(void **state)
{
    const char *body = "[";

    (void)state;
    for (int i = 0; i < 200; i++) {
        body = apr_pstrcat(pool, body, i > 0 ? ",{}" : "{}", NULL);
    }
    json("/list", apr_pstrcat(pool, body, "]", NULL));
    assert_int_equal(problems.n, ROUTES_MAX_FAULTS);
    assert_string_equal(problems.list[ROUTES_MAX_FAULTS - 1].name, "/63/sku");
}

static void
a_tree_is_as_deep_as_json_may_be(void **state)
{
    const char *body = "{\"name\":\"x\"}";

    (void)state;
    for (int i = 1; i < ROUTES_MAX_JSON_DEPTH; i++) {
        body = apr_pstrcat(pool, "{\"name\":\"x\",\"twin\":", body, "}", NULL);
    }
    assert_int_equal(json("/tree", body)[0], '{');
    body = apr_pstrcat(pool, "{\"name\":\"x\",\"twin\":", body, "}", NULL);
    assert_string_equal(json("/tree", body), "!body  too-many;");
}

/* ---- fields ------------------------------------------------------------- */

static void
a_record_is_read_from_a_query(void **state)
{
    static const struct one_case cases[] = {
        {"/page", "", "{page=1 tag=- q=-}"},
        {"/page", "page=3&q=&z=1", "{page=3 tag=- q=}"},
        {"/page", "tag=1&page=&tag=2", "{page=1 tag=[1 2] q=-}"},
        {"/page", "page=0", "!query page range;"},
        {"/page", "page=1&page=2", "!query page duplicate;"},
        {"/page", "tag=1&tag=x&tag=2", "!query tag[1] type;"},
        {"/page", "tag=1&tag=2&tag=3", "!query tag length;"},
        {"/page", "q=%ff", "!query q encoding;"},
        {"/page", "q=%", "!query q encoding;"},
        {"/page", "v=1&=2", "{page=1 tag=- q=-}"},
        {"/need", "a=1&b=x&c=2", "{a=1 b=x}"},
        {"/need", "c=2", "!query a missing;!query b missing;"},
        {"/need", "a=1&b=x", "!query c missing;"},
        {"/perhaps", "", "None"},
        {"/perhaps", "a=", "None"},
        {"/perhaps", "a=1", "!query b missing;"},
        {"/perhaps", "a=1&b=", "{a=1 b=}"},
    };

    (void)state;
    RUN(cases, query);
}

static void
a_record_is_read_from_a_form(void **state)
{
    (void)state;
    assert_string_equal(form("/form", "a=1&b=x", "a=2"), "{a=1 b=x}");
    assert_string_equal(form("/form", "a=x", "b=1"),
                        "!body a type;!body b missing;");
    assert_string_equal(form("/both", "a=1&b=x", "page=0"),
                        "!query page range;");
    assert_string_equal(form("/both", "a=1&b=x&page=0", "page=2"),
                        "{a=1 b=x}");
    assert_string_equal(json("/form", "{\"a\":1,\"b\":\"x\"}"),
                        "!body /a missing;!body /b missing;");
}

/* ---- the table ---------------------------------------------------------- */

/* A row of the plan, which may be written to. */
#define EDIT(type, section, i)                                                \
    (*(struct type *)(uintptr_t)&planned->table.section[i])

static void
assert_refused(const char *words)
{
    const char *refusal = routes_table_refusal(&planned->table, pool);

    assert_non_null(refusal);
    if (strstr(refusal, words) == NULL) {
        fail_msg("%s", refusal);
    }
}

/* The first row of a kind of type. */
static uint32_t
type_of_kind(enum routes_type_kind kind)
{
    uint32_t i = 1;

    while (planned->table.types[i].kind != kind) {
        i++;
    }
    return i;
}

static void
a_damaged_record_is_refused(void **state)
{
    uint32_t list = type_of_kind(ROUTES_TYPE_LIST);
    uint32_t record = type_of_kind(ROUTES_TYPE_RECORD);
    uint32_t number = type_of_kind(ROUTES_TYPE_INT);

    (void)state;
    assert_null(routes_table_refusal(&planned->table, pool));
#define REFUSED(type, section, i, member, value, words)                       \
    do {                                                                      \
        struct type kept = EDIT(type, section, i);                            \
                                                                              \
        EDIT(type, section, i).member = value;                                \
        assert_refused(words);                                                \
        EDIT(type, section, i) = kept;                                        \
    } while (0)
    REFUSED(routes_record, records, 1, members, UINT32_MAX, "that are none");
    REFUSED(routes_record, records, 1, n_members, 60000, "too many members");
    REFUSED(routes_record, records, 1, flags, 2, "a flag that is none");
    REFUSED(routes_record, records, 1, made, 9999, "a class that is none");
    REFUSED(routes_record, records, 1, name.at, UINT32_MAX, "a text");
    REFUSED(routes_member, members, 1, type, 0, "a type that is none");
    REFUSED(routes_member, members, 1, type, 9999, "a type that is none");
    REFUSED(routes_member, members, 1, constant, 9999, "a constant");
    REFUSED(routes_member, members, 1, wire.len, UINT32_MAX, "a text");
    REFUSED(routes_type, types, list, item, list, "no type before it");
    REFUSED(routes_type, types, list, item, 0, "no type before it");
    REFUSED(routes_type, types, record, item, 9999, "a record that is none");
    REFUSED(routes_type, types, number, item, 1, "without items");
    REFUSED(routes_arg, args, 1, flags, 4, "a flag that is none");
    REFUSED(routes_arg, args, 1, flags, ROUTES_ARG_MEMBERS, "no record");
    REFUSED(routes_route, routes, 1, takes, 2 * ROUTES_TAKES_FILES,
            "a body that is none");
    assert_null(routes_table_refusal(&planned->table, pool));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_record_is_read_from_json),
        TEST(faults_of_a_record_have_their_places),
        TEST(an_unknown_member_is_told_what_there_is),
        TEST(a_body_that_is_not_there_is_missing),
        TEST(a_number_of_json_has_a_longest_form),
        TEST(at_most_so_many_faults_are_kept),
        TEST(a_tree_is_as_deep_as_json_may_be),
        TEST(a_record_is_read_from_a_query),
        TEST(a_record_is_read_from_a_form),
        TEST(a_damaged_record_is_refused),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
