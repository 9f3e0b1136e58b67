/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes multipart forms: a body gives the same items, whole and in pieces.
 *
 * Input: how it is cut (a byte), then the body, whose boundary is "b".
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "runtime/args.h"
#include "runtime/table.h"
#include "tests/unit/table_builder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static apr_pool_t *lasting;
static const struct routes_table *table;

static void
make(void)
{
    struct builder *b;
    uint32_t route;

    apr_initialize();
    apr_pool_create(&lasting, NULL);
    b = builder_create(lasting);
    route = builder_route(b, NULL, "POST", "/");
    builder_arg(b, route, "s", ROUTES_FROM_ARGUMENT, "str?", NULL);
    builder_arg(b, route, "n", ROUTES_FROM_FORM, "int(1..9)?", NULL);
    builder_arg(b, route, "t", ROUTES_FROM_ARGUMENT, "list<str>?", NULL);
    builder_arg(b, route, "f", ROUTES_FROM_FILE, "upload(1..9|text/*)?", NULL);
    builder_arg(b, route, "g", ROUTES_FROM_FILE, "list<upload(..99)>?", NULL);
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

/* Each piece has memory of its own, so that a look beyond it is seen. */
static enum routes_parts_status
feed(struct routes_parts *parts, const uint8_t *data, size_t size)
{
    char *text = malloc(size);
    enum routes_parts_status status;

    if (size > 0) {
        memcpy(text, data, size);
    }
    status = routes_parts_feed(parts, text, size);
    free(text);
    return status;
}

static enum routes_parts_status
read_body(struct routes_parts *parts, apr_pool_t *pool,
          const struct routes_route *route, const uint8_t *data, size_t size,
          size_t piece)
{
    enum routes_parts_status status = ROUTES_PARTS_MORE;

    expect(routes_parts_start(parts, pool, table, route, "/nonexistent",
                              "multipart/form-data; boundary=b"));
    while (size > 0 && status == ROUTES_PARTS_MORE) {
        size_t n = piece < size ? piece : size;

        status = feed(parts, data, n);
        data += n;
        size -= n;
    }
    if (status == ROUTES_PARTS_MORE) {
        routes_parts_end(parts);
    }
    return status;
}

static void
expect_same(const struct routes_item *a, const struct routes_item *b)
{
    expect(a->fault == b->fault && a->len == b->len &&
           a->name_len == b->name_len &&
           memcmp(a->name, b->name, a->name_len) == 0 &&
           (a->upload == NULL) == (b->upload == NULL));
    expect(a->len == 0 || memcmp(a->text, b->text, a->len) == 0);
    if (a->upload != NULL) {
        expect(a->upload->held == b->upload->held &&
               strcmp(a->upload->filename, b->upload->filename) == 0 &&
               strchr(a->upload->filename, '/') == NULL);
    }
}

static void
decode(const struct routes_parts *parts, apr_pool_t *pool)
{
    struct routes_value values[ROUTES_MAX_ARGS];
    struct routes_problems problems;
    struct routes_input input = {.body_kind = ROUTES_BODY_PARTS,
                                 .parts = parts};

    routes_args_decode(table, 1, &input, pool, values, &problems);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct routes_parts whole;
    struct routes_parts cut;
    const struct routes_route *route;
    enum routes_parts_status status;
    apr_pool_t *pool;

    if (table == NULL) {
        make();
    }
    if (size == 0) {
        return 0;
    }
    apr_pool_create(&pool, lasting);
    /* what is declared, or all */
    route = data[0] < 128 ? &table->routes[1] : NULL;
    status = read_body(&whole, pool, route, data + 1, size - 1, size);
    expect(read_body(&cut, pool, route, data + 1, size - 1,
                     data[0] % 16 + 1) == status);
    expect(whole.fault == cut.fault && whole.n == cut.n);
    if (status == ROUTES_PARTS_MORE) {
        for (unsigned i = 0; i < whole.n; i++) {
            expect_same(&whole.items[i], &cut.items[i]);
        }
        if (route != NULL) {
            decode(&whole, pool);
        }
    }
    apr_pool_destroy(pool);
    return 0;
}
