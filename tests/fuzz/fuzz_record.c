/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes JSON and fields into records.
 *
 * Input: which route (a byte), then the body or query.  Texts must be UTF-8
 * and inside their bounds, trees no deeper than JSON may be, and problem
 * documents JSON that says nothing of the input.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <jansson.h>

#include "runtime/args.h"
#include "runtime/json.h"
#include "runtime/problem.h"
#include "tests/unit/planned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char declarations[] =
    "public\n"
    "record Line { sku: str(1..8) matching r\"[a-z]+\", qty: int(1..9) = 1,\n"
    "              price: decimal(0..)?, at: datetime?, id: uuid? }\n"
    "record Order { lines: list<Line>(..3), note: str(..5)?, on: date?,\n"
    "               up: int? from \"+1\", tags: map<str, int>(..2)?,\n"
    "               rest: json?, ... }\n"
    "record Tree { name: str, kids: list<Tree> = [], twin: Tree?,\n"
    "              by: map<str, Tree>? }\n"
    "record Page { page: int(1..) = 1, tag: list<int>(..2)?, q: str? }\n"
    "POST /a -> m:f(v: Order)\n"
    "POST /b -> m:f(v: Tree)\n"
    "POST /c -> m:f(v: json)\n"
    "POST /d -> m:f(v: map<str, list<bool>>, w: float?)\n"
    "POST /e -> m:f(v: Page from form)\n"
    "GET  /f -> m:f(v: Page from query)\n";

#define N_ROUTES 6

static struct planned *planned;

static void
expect(int holds)
{
    if (!holds) {
        abort();
    }
}

static void check_value(const struct routes_value *value, unsigned depth);

static void
check_json(const struct routes_json *json)
{
    for (uint32_t i = 0; i < json->size; i++) {
        expect(json[i].size >= 1 && json[i].size <= json->size - i);
        if (json[i].kind == ROUTES_JSON_STRING) {
            expect(routes_utf8_valid(json[i].at, json[i].len, NULL));
        }
    }
}

static void
check_members(const struct routes_value *value, unsigned depth)
{
    const struct routes_table *table = &planned->table;
    const struct routes_record *record = &table->records[value->u.record.row];

    for (uint32_t i = 0; i < record->n_members; i++) {
        check_value(&value->u.record.members[i], depth);
    }
}

static void
check_value(const struct routes_value *value, unsigned depth)
{
    expect(depth <= ROUTES_MAX_JSON_DEPTH + 1);
    switch (value->kind) {
    case ROUTES_VALUE_STR:
        expect(routes_utf8_valid(value->u.text.at, value->u.text.len, NULL));
        break;
    case ROUTES_VALUE_FLOAT:
        expect(value->u.real - value->u.real == 0);
        break;
    case ROUTES_VALUE_LIST:
        for (size_t i = 0; i < value->u.list.n; i++) {
            check_value(&value->u.list.items[i], depth + 1);
        }
        break;
    case ROUTES_VALUE_MAP:
        for (size_t i = 0; i < value->u.map.n; i++) {
            const struct routes_entry *entry = &value->u.map.entries[i];

            expect(routes_utf8_valid(entry->key, entry->key_len, NULL));
            check_value(&entry->value, depth + 1);
        }
        break;
    case ROUTES_VALUE_RECORD:
        check_members(value, depth + 1);
        break;
    case ROUTES_VALUE_JSON:
        check_json(value->u.json);
        break;
    case ROUTES_VALUE_NONE:
    case ROUTES_VALUE_ABSENT:
    case ROUTES_VALUE_BOOL:
    case ROUTES_VALUE_INT:
    case ROUTES_VALUE_BYTES:
    case ROUTES_VALUE_DECIMAL:
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
}

static void
check_document(uint32_t route, const struct routes_problems *problems,
               apr_pool_t *pool)
{
    size_t len;
    const char *text =
        routes_problem_json(&planned->table, route, problems, pool, &len);
    json_t *document = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

    expect(document != NULL);
    expect(json_array_size(json_object_get(document, "errors")) ==
           problems->n);
    json_decref(document);
}

/* What the byte says: the routes are as written, and take one thing each. */
static void
fill_input(struct routes_input *input, uint32_t which, const char *text,
           size_t len)
{
    input->body_kind = which < 4    ? ROUTES_BODY_JSON
                       : which == 4 ? ROUTES_BODY_FORM
                                    : ROUTES_BODY_NONE;
    input->body = text;
    input->body_len = len;
    if (which == 5) {
        input->query = text;
        input->query_len = len;
    }
}

/* What the allocator of its pools has is no leak. */
static void
end_planned(void)
{
    planned_end(planned);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct routes_value values[ROUTES_MAX_ARGS];
    static struct routes_problems problems;
    struct routes_input input = {.body = NULL};
    size_t len = size > 0 ? size - 1 : 0;
    uint32_t which = size > 0 ? data[0] % N_ROUTES : 0;
    char *text = malloc(len);
    apr_pool_t *pool;

    if (planned == NULL) {
        apr_initialize();
        planned = planned_of(declarations);
        expect(planned->plan != NULL);
        atexit(end_planned);
    }
    if (len > 0) {
        memcpy(text, data + 1, len);
    }
    fill_input(&input, which, text, len);
    apr_pool_create(&pool, NULL);
    if (routes_args_decode(&planned->table, which + 1, &input, pool, values,
                           &problems) == 0) {
        for (uint32_t i = 0; i < planned->table.routes[which + 1].n_args;
             i++) {
            check_value(&values[i], 0);
        }
    }
    check_document(which + 1, &problems, pool);
    apr_pool_destroy(pool);
    free(text);
    return 0;
}
