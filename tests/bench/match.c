/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a match takes: every path of a list of routes, many times.
 *
 *     match ROUTES [--plain] [ROUNDS [PATHS]]
 *
 * --plain drops the types, as peers without types match.  PATHS: only the
 * first of them are matched, in the table of all.  Prints nanoseconds a path.
 * For instructions: valgrind --tool=callgrind --toggle-collect=routes_match,
 * over the number of matches that it prints.
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "runtime/match.h"
#include "runtime/table.h"
#include "tests/unit/table_builder.h"

#define MAX_LINE 1024
#define RUNS     500 /* short ones: the fastest was not interrupted */

struct request {
    const char *path;
    size_t len;
    enum routes_method method;
};

struct bench {
    apr_pool_t *pool;
    apr_table_t *names;           /* what stands for other text */
    apr_array_header_t *requests; /* struct request */
    struct builder *builder;
    int plain;
};

/* What a parameter of the type is in the paths that are matched. */
static const char *
sample_of(const char *type)
{
    return strncmp(type, "int", 3) == 0    ? "1347"
           : strncmp(type, "path", 4) == 0 ? "src/main/hello.c"
           : strncmp(type, "Sha", 3) == 0
               ? "6dcb09b5b57875f334f61aebed695e2e4193db5e"
           : strncmp(type, "Login", 5) == 0 ? "octocat"
           : strncmp(type, "Repo", 4) == 0  ? "hello-world"
                                            : "feature-7";
}

static const char *
type_of(struct bench *b, const char *type)
{
    const char *named = apr_table_get(b->names, type);

    if (b->plain && strcmp(type, "path") != 0) {
        return "str";
    }
    return named != NULL ? named : type;
}

/* Splits a pattern into what the builder reads and a path that it matches. */
static void
expand(struct bench *b, const char *at, const char **pattern,
       const char **path)
{
    *pattern = *path = "";
    while (*at != '\0') {
        size_t n = strcspn(at, "{@");
        const char *literal = apr_pstrmemdup(b->pool, at, n);
        const char *close;
        const char *colon;
        const char *type = "str";

        *pattern = apr_pstrcat(b->pool, *pattern, literal, NULL);
        *path = apr_pstrcat(b->pool, *path, literal, NULL);
        at += n;
        if (*at == '@') {
            at = apr_pstrcat(b->pool, apr_table_get(b->names, "@"), at + 1,
                             NULL);
            continue;
        }
        if (*at == '\0') {
            return;
        }
        close = strchr(at, '}');
        colon = memchr(at, ':', (size_t)(close - at));
        if (colon != NULL) {
            type = apr_pstrmemdup(b->pool, colon + 1,
                                  (size_t)(close - colon - 1));
        }
        *pattern =
            apr_pstrcat(b->pool, *pattern, "{x:", type_of(b, type), "}", NULL);
        *path = apr_pstrcat(b->pool, *path, sample_of(type), NULL);
        at = close + 1;
    }
}

static void
add_route(struct bench *b, char *methods, const char *written)
{
    const char *pattern;
    const char *path;
    char *state;

    expand(b, written, &pattern, &path);
    builder_route(b->builder, NULL, methods, pattern);
    for (char *name = apr_strtok(methods, ",", &state); name != NULL;
         name = apr_strtok(NULL, ",", &state)) {
        struct request *request = apr_array_push(b->requests);

        request->path = path;
        request->len = strlen(path);
        request->method = routes_method_of(name, strlen(name));
    }
}

static int
read_routes(struct bench *b, const char *name)
{
    char line[MAX_LINE];
    FILE *file = fopen(name, "r");

    if (file == NULL) {
        perror(name);
        return 1;
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        char *state;
        char *word = apr_strtok(line, " \n", &state);
        char *second = apr_strtok(NULL, " \n", &state);

        if (word == NULL || *word == '#') {
            continue;
        }
        if (second != NULL && strcmp(second, "=") == 0) {
            apr_table_set(b->names, word, apr_strtok(NULL, " \n", &state));
            continue;
        }
        add_route(b, word, second);
    }
    fclose(file);
    return 0;
}

/* Whether every path finds a route: what is measured must be a match. */
static int
check(const struct bench *b, const struct routes_table *table)
{
    for (int i = 0; i < b->requests->nelts; i++) {
        const struct request *r =
            &((const struct request *)(const void *)b->requests->elts)[i];
        struct routes_match match;

        if (routes_match(table, NULL, 0, r->path, r->len, r->method, &match) !=
            ROUTES_FOUND) {
            fprintf(stderr, "no match: %s\n", r->path);
            return 1;
        }
    }
    return 0;
}

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* The fastest run, in nanoseconds a path. */
static double
measure(const struct bench *b, const struct routes_table *table, int rounds)
{
    const struct request *requests =
        (const struct request *)(const void *)b->requests->elts;
    double best = 1e18;
    uint64_t sum = 0;

    for (int run = 0; run < RUNS; run++) {
        double start = now();
        double taken;

        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < b->requests->nelts; i++) {
                struct routes_match match;

                routes_match(table, NULL, 0, requests[i].path, requests[i].len,
                             requests[i].method, &match);
                sum += match.route;
            }
        }
        taken = (now() - start) / ((double)rounds * b->requests->nelts);
        best = taken < best ? taken : best;
    }
    return sum != 0 ? best : 0;
}

int
main(int argc, char **argv)
{
    struct bench b = {.plain = argc > 2 && strcmp(argv[2], "--plain") == 0};
    int rounds = argc > 2 + b.plain ? atoi(argv[2 + b.plain]) : 50;
    int paths = argc > 3 + b.plain ? atoi(argv[3 + b.plain]) : INT_MAX;
    const struct routes_table *table;
    const char *refusal;

    if (argc < 2 || rounds < 1 || paths < 1) {
        fprintf(stderr, "usage: match ROUTES [--plain] [ROUNDS [PATHS]]\n");
        return 2;
    }
    apr_initialize();
    apr_pool_create(&b.pool, NULL);
    b.names = apr_table_make(b.pool, 8);
    b.requests = apr_array_make(b.pool, 128, sizeof(struct request));
    b.builder = builder_create(b.pool);
    if (read_routes(&b, argv[1]) != 0) {
        return 2;
    }
    table = builder_finish(b.builder);
    refusal = routes_table_refusal(table, b.pool);
    if (refusal != NULL) {
        fprintf(stderr, "%s\n", refusal);
        return 1;
    }
    while (b.requests->nelts > paths) {
        apr_array_pop(b.requests);
    }
    if (check(&b, table) != 0) {
        return 1;
    }
    printf("%.1f ns a path (%d paths, %d matches)\n",
           measure(&b, table, rounds), b.requests->nelts,
           b.requests->nelts * (rounds * RUNS + 1));
    return 0;
}
