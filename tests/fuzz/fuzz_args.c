/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the arguments of a call: captures, query string, form and JSON.
 *
 * Input: what it is (a byte), then the text.  Values must be what their types
 * promise, and problem documents must be JSON that says nothing of the input.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <jansson.h>

#include "runtime/args.h"
#include "runtime/problem.h"
#include "runtime/table.h"
#include "tests/unit/table_builder.h"

#define N_ARGS 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static apr_pool_t *lasting;
static const struct routes_table *table;

static void
make(void)
{
    static const char *const types[] = {
        "int",          "int(1..10)", "float",          "decimal(0..9)",
        "bool",         "uuid",       "date",           "datetime",
        "str",          "str(1..3)?", "str~a-z",        "bytes(..9)",
        "enum(a|b|cc)", "list<int>?", "list<str>(1..3)"};
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h",
                                        "i", "j", "k", "l", "m", "n", "o"};
    struct builder *b;
    uint32_t route;

    apr_initialize();
    apr_pool_create(&lasting, NULL);
    b = builder_create(lasting);
    route = builder_route(b, NULL, "POST", "/{x}");
    builder_arg(b, route, "x", ROUTES_FROM_PATH, "str", NULL);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        builder_arg(b, route, names[i], ROUTES_FROM_ARGUMENT, types[i], NULL);
    }
    table = builder_finish(b);
    if (routes_table_refusal(table, lasting) != NULL) {
        abort();
    }
}

static void
expect(int holds)
{
    if (!holds) {
        abort();
    }
}

static void
check_value(const struct routes_value *value)
{
    switch (value->kind) {
    case ROUTES_VALUE_STR:
        expect(routes_utf8_valid(value->u.text.at, value->u.text.len, NULL));
        break;
    case ROUTES_VALUE_DECIMAL:
        expect(value->u.text.len > 0 && value->u.text.at[0] != ' ');
        break;
    case ROUTES_VALUE_FLOAT:
        expect(value->u.real - value->u.real == 0);
        break;
    case ROUTES_VALUE_DATE:
    case ROUTES_VALUE_DATETIME:
        expect(value->u.time.month >= 1 && value->u.time.month <= 12 &&
               value->u.time.day >= 1 && value->u.time.day <= 31 &&
               value->u.time.hour < 24 && value->u.time.second < 60 &&
               value->u.time.microsecond < 1000000);
        break;
    case ROUTES_VALUE_LIST:
        for (size_t i = 0; i < value->u.list.n; i++) {
            check_value(&value->u.list.items[i]);
        }
        break;
    case ROUTES_VALUE_NONE:
    case ROUTES_VALUE_BOOL:
    case ROUTES_VALUE_INT:
    case ROUTES_VALUE_BYTES:
    case ROUTES_VALUE_UUID:
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
}

static void
check_documents(const struct routes_problems *problems, apr_pool_t *pool)
{
    size_t len;
    const char *text = routes_problem_json(table, 1, problems, pool, &len);
    json_t *document = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

    expect(document != NULL);
    expect(json_array_size(json_object_get(document, "errors")) ==
           problems->n);
    json_decref(document);
    text = routes_problem_html(table, 1, problems, pool, &len);
    expect(strlen(text) == len && strstr(text, "<script") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct routes_value values[N_ARGS];
    struct routes_problems problems;
    struct routes_capture capture = {"x", 1};
    struct routes_input input = {.captures = &capture};
    size_t len = size > 0 ? size - 1 : 0;
    char *text = malloc(len);
    apr_pool_t *pool;

    if (table == NULL) {
        make();
    }
    if (len > 0) {
        memcpy(text, data + 1, len);
    }
    switch (size > 0 ? data[0] % 4 : 0) {
    case 0:
        input.query = text;
        input.query_len = len;
        break;
    case 1:
        input.body_kind = ROUTES_BODY_FORM;
        break;
    case 2:
        input.body_kind = ROUTES_BODY_JSON;
        break;
    default:
        capture = (struct routes_capture){text, len};
        break;
    }
    input.body = text;
    input.body_len = len;
    apr_pool_create(&pool, lasting);
    if (routes_args_decode(table, 1, &input, pool, values, &problems) == 0) {
        for (size_t i = 0; i < N_ARGS; i++) {
            check_value(&values[i]);
        }
    }
    check_documents(&problems, pool);
    apr_pool_destroy(pool);
    free(text);
    return 0;
}
