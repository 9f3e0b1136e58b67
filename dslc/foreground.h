/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foreground: a server as our child, until it ends or we are told to.
 */
#ifndef FOREGROUND_H
#define FOREGROUND_H

#include <sys/types.h>

#include <apr_pools.h>

#include "listen.h"

/* Seconds that a server has to answer, and to end when it is told to. */
#define FOREGROUND_START_SECONDS 60
#define FOREGROUND_STOP_SECONDS  15

struct foreground_job {
    const char *const *argv;
    const struct listen *listen;
    void (*ready)(void *data); /* called once, when connections are taken */
    int watched; /* a descriptor; when it can be read, stirred is called */
    void (*stirred)(void *data, pid_t pid); /* pid: the server.  NULL: nothing
                                               is watched */
    void *data;
};

/*
 * Runs argv and passes its output on to standard error.  A signal that we
 * catch is passed on to it; the server then has its time to end, and if it
 * does, that is how it should be: the signal is forgotten.  NULL, or what went
 * wrong, in pool.
 */
const char *foreground_run(apr_pool_t *pool, const struct foreground_job *job);

#endif
