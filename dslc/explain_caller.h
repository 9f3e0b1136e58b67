/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_caller: a caller as `--as` writes it: "user and role(staff)".
 */
#ifndef EXPLAIN_CALLER_H
#define EXPLAIN_CALLER_H

#include <apr_pools.h>

#include "../runtime/rule.h"

struct explain_caller {
    const char *written;
    struct routes_caller caller; /* its roles are sorted */
};

/*
 * Reads facts joined by `and`, which are all that is true of the caller:
 * `anonymous`, `user`, `role(x)` and `group(x)`, which imply `user`.  NULL,
 * and a sentence in *problem, if the text is something else.
 */
struct explain_caller *
explain_caller_read(apr_pool_t *pool, const char *text, const char **problem);

#endif
