/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_caller: a caller as `--as` writes it: "user and role(staff)".
 */
#ifndef EXPLAIN_CALLER_H
#define EXPLAIN_CALLER_H

#include <apr_pools.h>

#include "facts.h"

struct explain_caller {
    const char *written;
    struct facts *facts;
};

/*
 * Reads facts joined by `and`, which are all that is true of the caller:
 * `anonymous`, `tls`, `user`, and those which imply `user`: `role(x)`,
 * `group(x)`, `scope(x)`, `claim(name, value)`, `realm(x)`, and rules of the
 * model that Python decides: `owns(7)`, `owns(id)`.  NULL, and a sentence in
 * *problem, if the text is something else.
 */
struct explain_caller *
explain_caller_read(apr_pool_t *pool, const struct model *model,
                    const char *text, const char **problem);

#endif
