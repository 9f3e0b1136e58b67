/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the check of a table and the matcher behind it: bytes of a table are
 * changed, and what is not refused must match any path without a fault.
 *
 * Input: the number of changes (a byte), for each its section, offset and
 * value (1, 2 and 1 bytes), a host (a byte), a method (a byte), the path.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "runtime/match.h"
#include "runtime/table.h"
#include "tests/unit/table_builder.h"

#define MAX_CHANGES 8
/* With one before them, all that a way may have. */
#define FURTHER_CAPTURES                                                      \
    "{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes of the input that are left. */
struct input {
    const uint8_t *at;
    size_t left;
};

static unsigned
take(struct input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->at++;
}

static struct routes_table *
make(apr_pool_t *pool)
{
    struct builder *b = builder_create(pool);
    uint32_t route;

    builder_route(b, "a.example", "GET", "/a");
    builder_route(b, "b.example", "GET", "/{x:str~~a-z}/{r:path}");
    builder_route(b, "*.example", "ANY", "/a/{x:int}.png");
    builder_route(b, "{t}.x.example", "GET,POST", "/a/b/{c}");
    builder_guard(b, NULL, "/a");
    builder_guard(b, NULL, "/{x}/guarded");
    builder_route(b, NULL, "GET", "/a/{x}/longliteral");
    builder_route(b, NULL, "GET", "/a/{x:int}/exactly8");
    builder_route(b, NULL, "PUT", "/a/{x:str(2..3)}/y/{z:bytes(..2)}");
    builder_route(b, NULL, "OPTIONS", "/{x}/{y}/{z:rawpath(1..9)}");
    builder_route(b, NULL, "ANY", "/");
    builder_route(b, NULL, "GET", "/{a}/" FURTHER_CAPTURES "/end");
    builder_guard(b, NULL, "/a/{a}/" FURTHER_CAPTURES);
    route = builder_route(b, NULL, "GET", "/args/{u:uuid~0-9a-f-}");
    builder_arg(b, route, "u", ROUTES_FROM_PATH, "uuid~0-9a-f-", NULL);
    builder_arg(b, route, "e", ROUTES_FROM_ARGUMENT, "enum(a|b|c)", NULL);
    builder_arg(b, route, "l", ROUTES_FROM_QUERY, "list<int>", "[]");
    return builder_finish(b);
}

struct section {
    void **rows;
    size_t size;
};

/* Gives every section memory of its own size, so that a read past it shows. */
static void
split(struct routes_table *t, struct section sections[ROUTES_N_SECTIONS])
{
    struct section *section = sections;

#define X(name, row)                                                          \
    section->rows = (void **)(uintptr_t)&t->name;                             \
    section->size = t->n_##name * sizeof(row);                                \
    section++;
    ROUTES_SECTIONS(X)
#undef X
    for (section = sections; section < sections + ROUTES_N_SECTIONS;
         section++) {
        void *copy = malloc(section->size);

        if (section->size > 0) {
            memcpy(copy, *section->rows, section->size);
        }
        *section->rows = copy;
    }
}

static void
change(struct section sections[ROUTES_N_SECTIONS], struct input *input)
{
    for (unsigned n = take(input) % (MAX_CHANGES + 1); n > 0; n--) {
        const struct section *section =
            &sections[take(input) % ROUTES_N_SECTIONS];
        size_t offset = take(input) << 8;

        offset |= take(input);
        if (section->size > 0) {
            ((uint8_t *)*section->rows)[offset % section->size] =
                (uint8_t)take(input);
        }
    }
}

/* Matches the rest of the input; the captures must lie in what was given. */
static void
match(const struct routes_table *table, struct input *input)
{
    static const char *const hosts[] = {
        "a.example", "b.example", "z.example", "q.x.example", "", NULL};
    const char *host = hosts[take(input) % 6];
    enum routes_method method =
        (enum routes_method)(take(input) % (ROUTES_N_METHODS + 1));
    size_t len = input->left;
    char *path = malloc(len);
    struct routes_match m;

    if (len > 0) {
        memcpy(path, input->at, len);
    }
    routes_match(table, host, host != NULL ? strlen(host) : 0, path, len,
                 method, &m);
    if (m.outcome == ROUTES_UNKNOWN && m.n_captures != 0) {
        abort();
    }
    for (uint32_t i = 0; i < m.n_captures; i++) {
        const char *at = m.captures[i].at;
        int in_path = at >= path && at + m.captures[i].len <= path + len;

        if (!in_path && (host == NULL || at != host)) {
            abort();
        }
    }
    free(path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct section sections[ROUTES_N_SECTIONS];
    struct input input = {data, size};
    struct routes_table *table;
    apr_pool_t *pool;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    table = make(pool);
    split(table, sections);
    change(sections, &input);
    if (routes_table_refusal(table, pool) == NULL) {
        match(table, &input);
    }
    for (size_t i = 0; i < ROUTES_N_SECTIONS; i++) {
        free(*sections[i].rows);
    }
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}
