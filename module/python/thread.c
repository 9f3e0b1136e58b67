/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads of our own.
 */
#include "thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct start {
    void (*work)(void *data);
    void *data;
};

static void *
run(void *data)
{
    struct start own = *(struct start *)data;
    free(data);
    own.work(own.data);
    for (;;) {
        pause();
    }
    return NULL;
}

int
thread_start(void (*work)(void *data), void *data)
{
    sigset_t all;
    sigset_t before;
    pthread_t thread;
    struct start *start = malloc(sizeof *start);
    if (start == NULL) {
        return ENOMEM;
    }
    *start = (struct start){work, data};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int fault = pthread_create(&thread, NULL, run, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (fault != 0) {
        free(start);
        return fault;
    }
    pthread_detach(thread);
    return 0;
}
