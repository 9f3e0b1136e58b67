/* SPDX-License-Identifier: Apache-2.0 */
/* planned: the plan and the table of a text, for tests. */
#ifndef TEST_PLANNED_H
#define TEST_PLANNED_H

#include <apr_pools.h>

#include "dslc/driver.h"
#include "runtime/match.h"

struct planned {
    apr_pool_t *pool;
    struct driver *driver;
    struct plan *plan; /* NULL: there were errors */
    struct routes_table table;
};

/* Compiles a text as shop.routes, up to the plan; `routes 1` is put before
 * it.  A plan is a table that the runtime accepts. */
struct planned *planned_of(const char *text);

/* The outcome of a request; result may be NULL. */
enum routes_outcome
planned_match(const struct planned *planned, enum routes_method method,
              const char *path, struct routes_match *result);

/* The line of the route that answers, or 0. */
unsigned planned_line(const struct planned *planned, enum routes_method method,
                      const char *path);

void planned_end(struct planned *planned);

#endif
