/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress: what is being done, on a terminal, when it takes over a second.
 *
 * A thread waits for its second and then shows each step on one line; the
 * passes themselves look at no clock.
 */
#include "progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct progress {
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t news;
    const char *step;
    int is_over;
};

static void
show(const char *step)
{
    fprintf(stderr, "\r\033[Kroutesc: %s ...", step);
    fflush(stderr);
}

static void *
watch_steps(void *data)
{
    struct progress *progress = data;
    struct timespec until;
    const char *shown = NULL;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PROGRESS_PATIENCE_MS / 1000;
    pthread_mutex_lock(&progress->lock);
    while (!progress->is_over &&
           pthread_cond_timedwait(&progress->news, &progress->lock, &until) ==
               0) {
        /* another step within the second */
    }
    while (!progress->is_over) {
        if (progress->step != shown) {
            shown = progress->step;
            show(shown);
        }
        pthread_cond_wait(&progress->news, &progress->lock);
    }
    if (shown != NULL) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    pthread_mutex_unlock(&progress->lock);
    return NULL;
}

/* Signals are for the thread that works. */
static int
start_thread(struct progress *progress)
{
    sigset_t all;
    sigset_t before;
    int rv;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rv = pthread_create(&progress->thread, NULL, watch_steps, progress);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rv == 0;
}

static apr_status_t
end(void *data)
{
    progress_end(data);
    return APR_SUCCESS;
}

static int
is_terminal(void)
{
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

struct progress *
progress_begin(apr_pool_t *pool)
{
    struct progress *progress;

    if (!is_terminal()) {
        return NULL;
    }
    progress = apr_pcalloc(pool, sizeof(*progress));
    progress->step = "reading";
    pthread_mutex_init(&progress->lock, NULL);
    pthread_cond_init(&progress->news, NULL);
    if (!start_thread(progress)) {
        return NULL;
    }
    apr_pool_cleanup_register(pool, progress, end, apr_pool_cleanup_null);
    return progress;
}

void
progress_step(struct progress *progress, const char *step)
{
    if (progress == NULL) {
        return;
    }
    pthread_mutex_lock(&progress->lock);
    progress->step = step;
    pthread_cond_signal(&progress->news);
    pthread_mutex_unlock(&progress->lock);
}

void
progress_end(struct progress *progress)
{
    int was_over;

    if (progress == NULL) {
        return;
    }
    pthread_mutex_lock(&progress->lock);
    was_over = progress->is_over;
    progress->is_over = 1;
    pthread_cond_signal(&progress->news);
    pthread_mutex_unlock(&progress->lock);
    if (!was_over) {
        pthread_join(progress->thread, NULL);
    }
}
