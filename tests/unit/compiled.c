/* SPDX-License-Identifier: Apache-2.0 */
/* compiled: a text through all passes up to the table in memory. */
#include "compiled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "dslc/assertion.h"
#include "dslc/check.h"
#include "dslc/decisions.h"
#include "dslc/link.h"
#include "dslc/overlap.h"
#include "dslc/planner.h"

/* Writes the text into a file that is removed once it was read. */
static struct program *
link_text(struct compiled *c, const char *text)
{
    char *path = apr_pstrdup(c->pool, "/tmp/routes-test-XXXXXX");
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    struct program *program = NULL;

    if (file == NULL) {
        abort();
    }
    fprintf(file, "routes 1; %s", text);
    fclose(file);
    link_program(c->pool, c->sources, path, c->diags, &program);
    unlink(path);
    return program;
}

static const char *
print_all(struct compiled *c, enum diag_format format)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    const char *kept;

    diag_print_all(c->diags, c->sources, format, false, out);
    fclose(out);
    kept = apr_pstrmemdup(c->pool, text, len);
    free(text);
    return kept;
}

static apr_status_t
free_json(void *json)
{
    json_decref(json);
    return APR_SUCCESS;
}

struct compiled *
compiled_text(apr_pool_t *pool, const char *text)
{
    struct compiled *c;
    apr_pool_t *own;

    apr_pool_create(&own, pool);
    c = apr_pcalloc(own, sizeof(*c));
    c->pool = own;
    c->sources = source_set_make(own);
    c->diags = diag_list_make(own);
    c->model = check_program(link_text(c, text), c->diags);
    overlap_check(c->model, c->diags);
    decisions_check(c->model, c->diags);
    assertion_check(c->model, c->sources, c->diags);
    c->errors = diag_error_count(c->diags);
    c->said = print_all(c, DIAG_TEXT);
    c->json = json_loads(print_all(c, DIAG_JSON), 0, NULL);
    apr_pool_cleanup_register(own, c->json, free_json, apr_pool_cleanup_null);
    return c;
}

struct routes_table
compiled_table(const struct compiled *c)
{
    struct routes_table table;

    planner_table(planner_lay_out(c->pool, c->model, c->sources), "test",
                  &table);
    return table;
}

static char
from_hex(const char *digits)
{
    const char two[] = {digits[0], digits[1], '\0'};

    return (char)strtoul(two, NULL, 16);
}

enum routes_outcome
compiled_match(apr_pool_t *pool, const struct routes_table *table,
               const char *method, const char *url, struct routes_match *match)
{
    char *decoded = apr_palloc(pool, strlen(url) + 1);
    size_t len = 0;

    for (const char *at = url; *at != '\0'; at++) {
        decoded[len++] = *at == '%' ? from_hex(at + 1) : *at;
        at += *at == '%' ? 2 : 0;
    }
    return routes_match(table, NULL, 0, decoded, len,
                        routes_method_of(method, strlen(method)), match);
}

int
compiled_says(const struct compiled *c, const char *what)
{
    return strstr(c->said, what) != NULL;
}
