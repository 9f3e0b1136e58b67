/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process: runs another program to its end and keeps what it says.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <apr_pools.h>

/* What is kept of a program's output; the rest is read and dropped. */
#define PROCESS_MAX_OUTPUT (256 * 1024)

struct process_result {
    const char *output; /* pool: what it wrote, NUL-terminated */
    int code;           /* its exit code, or 128 + the signal that ended it */
};

/*
 * Runs argv (NULL-terminated; the program is looked for on PATH) in the folder
 * dir, or in ours if NULL, without a shell, reading nothing, and waits for its
 * end.  Its output and error output are kept together in pool.  Returns what
 * APR says when it can't be started.
 */
apr_status_t process_run(apr_pool_t *pool, const char *const *argv,
                         const char *dir, struct process_result *result);

#endif
