/* SPDX-License-Identifier: Apache-2.0 */
/* planned: the plan and the table of a text, for tests. */
#include "planned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "dslc/planner.h"
#include "runtime/table.h"

static const char *
write_text(apr_pool_t *pool, char *folder, const char *text)
{
    const char *path;
    FILE *file;

    assert_non_null(mkdtemp(folder));
    path = apr_pstrcat(pool, folder, "/shop.routes", NULL);
    file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "routes 1\n%s", text);
    assert_int_equal(fclose(file), 0);
    return path;
}

struct planned *
planned_of(const char *text)
{
    char folder[] = "/tmp/routes-plan-XXXXXX";
    struct planned *planned;
    const char *path;
    apr_pool_t *pool;

    assert_int_equal(apr_pool_create(&pool, NULL), APR_SUCCESS);
    planned = apr_pcalloc(pool, sizeof(*planned));
    planned->pool = pool;
    path = write_text(pool, folder, text);
    planned->driver = driver_make(pool);
    planned->plan = driver_plan(planned->driver, path);
    unlink(path);
    rmdir(folder);
    assert_null(planned->driver->problem);
    if (planned->plan != NULL) {
        planner_table(planned->plan, "routesc test", &planned->table);
        assert_null(routes_table_refusal(&planned->table, pool));
    }
    return planned;
}

enum routes_outcome
planned_match(const struct planned *planned, enum routes_method method,
              const char *path, struct routes_match *result)
{
    struct routes_match spare;

    return routes_match(&planned->table, NULL, 0, path, strlen(path), method,
                        result != NULL ? result : &spare);
}

unsigned
planned_line(const struct planned *planned, enum routes_method method,
             const char *path)
{
    struct routes_match result;

    return planned_match(planned, method, path, &result) == ROUTES_FOUND
               ? planned->table.routes[result.route].line
               : 0;
}

void
planned_end(struct planned *planned)
{
    apr_pool_destroy(planned->pool);
}
