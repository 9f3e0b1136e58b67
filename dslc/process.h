/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process: runs another program to its end and keeps what it says.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <apr_pools.h>

/* What is kept of a program's output; the rest is read and dropped. */
#define PROCESS_MAX_OUTPUT (256 * 1024)
#define PROCESS_MAX_ERRORS 4096 /* the end of it, by process_ask */

struct process_result {
    const char *output; /* pool: what it wrote, NUL-terminated */
    apr_size_t length;  /* of the output, by process_ask */
    const char *errors; /* pool: by process_ask */
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

/* A program that is asked something. */
struct process_question {
    const char *input; /* what it reads */
    apr_size_t length;
    apr_size_t max_output;        /* more than this and it is ended */
    apr_interval_time_t patience; /* of silence, after which it is ended */
};

/*
 * Runs argv as above, in our folder, lets it read the question and keeps what
 * it writes; its error output is kept apart, up to PROCESS_MAX_ERRORS bytes.
 * APR_TIMEUP and APR_ENOSPC when it had to be ended.
 */
apr_status_t process_ask(apr_pool_t *pool, const char *const *argv,
                         const struct process_question *question,
                         struct process_result *result);

#endif
