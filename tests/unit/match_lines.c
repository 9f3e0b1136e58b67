/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C matcher behind a pipe, for tests/unit/matcher.py: routes and requests
 * are lines of fields between tabs, and so are the answers.
 *
 *     R HOST METHODS PATTERN    a route; its number is the next one, from 1
 *     L HOST PREFIX             a location that keeps what nothing matched
 *     Q HOST METHOD PATH        -> found ROUTE CAPTURE..., refused ALLOW,
 *                                  options ALLOW, kept PREFIX or unknown
 *     !                         sends the answers so far
 *     .                         forgets all routes
 *
 * "-" is any host.  A path is hexadecimal, and so are captures.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "fence.h"
#include "runtime/match.h"
#include "runtime/table.h"
#include "table_builder.h"

#define MAX_LINE   8192
#define MAX_FIELDS 4

static size_t
decode_hex(char *hex)
{
    size_t n = strlen(hex) / 2;

    for (size_t i = 0; i < n; i++) {
        unsigned byte = 0;

        sscanf(hex + 2 * i, "%2x", &byte);
        hex[i] = (char)byte;
    }
    return n;
}

static void
print_captures(const struct routes_match *m)
{
    for (uint32_t i = 0; i < m->n_captures; i++) {
        printf("\t");
        for (size_t at = 0; at < m->captures[i].len; at++) {
            printf("%02x", (unsigned char)m->captures[i].at[at]);
        }
    }
}

static void
print_match(const struct routes_table *table, const struct routes_match *m)
{
    switch (m->outcome) {
    case ROUTES_UNKNOWN:
        printf("unknown");
        break;
    case ROUTES_FOUND:
        printf("found\t%u", (unsigned)m->route);
        print_captures(m);
        break;
    case ROUTES_NOT_FOUND:
        printf("kept\t%s",
               routes_table_text(table, table->places[m->place].path));
        print_captures(m);
        break;
    case ROUTES_NOT_ALLOWED:
    case ROUTES_OPTIONS:
        printf("%s\t%llx\t%s",
               m->outcome == ROUTES_OPTIONS ? "options" : "refused",
               (unsigned long long)m->allow,
               routes_table_text(table, table->places[m->place].path));
        print_captures(m);
        break;
    }
    printf("\n");
}

static void
answer(const struct routes_table *table, char **fields)
{
    const char *host = strcmp(fields[1], "-") == 0 ? NULL : fields[1];
    size_t len = decode_hex(fields[3]);
    struct routes_match m;

    routes_match(table, host, host != NULL ? strlen(host) : 0,
                 fence_behind(fields[3], len), len,
                 routes_method_of(fields[2], strlen(fields[2])), &m);
    print_match(table, &m);
}

/* Splits a line at its tabs. */
static void
split(char *line, char **fields)
{
    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < MAX_FIELDS; i++) {
        char *tab = strchr(line, '\t');

        fields[i] = line;
        if (tab != NULL) {
            *tab++ = '\0';
        }
        line = tab != NULL ? tab : line + strlen(line);
    }
}

int
main(void)
{
    char line[MAX_LINE];
    char *fields[MAX_FIELDS];
    const struct routes_table *table = NULL;
    struct builder *b;
    apr_pool_t *pool;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    b = builder_create(pool);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        split(line, fields);
        switch (fields[0][0]) {
        case 'R':
            builder_route(b, fields[1], fields[2], fields[3]);
            break;
        case 'L':
            builder_guard(b, fields[1], fields[2]);
            break;
        case 'Q':
            if (table == NULL) {
                table = builder_finish(b);
                if (routes_table_refusal(table, pool) != NULL) {
                    fprintf(stderr, "%s\n", routes_table_refusal(table, pool));
                    return 1;
                }
            }
            answer(table, fields);
            break;
        case '!':
            fflush(stdout);
            break;
        default:
            apr_pool_clear(pool);
            b = builder_create(pool);
            table = NULL;
            break;
        }
    }
    return 0;
}
