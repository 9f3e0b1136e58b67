/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signals that end a prefork child.
 *
 * Its handler of SIGTERM destroys pools and exits, on the stack of what it
 * interrupts.  In Python that holds the GIL, which atexit callbacks need, and
 * as likely as not the lock of malloc, for which the handler would wait until
 * the parent kills it.
 */
#include "signals.h"

#include <pthread.h>
#include <unistd.h>

#include "shutdown.h"

struct signals signals;

static struct {
    struct shutdown *shutdown; /* borrowed */
    pid_t process;
    pthread_t thread;
    struct sigaction term; /* httpd's own */
    struct sigaction hup;
} taken;

static void
hand_on(int number)
{
    (number == SIGHUP ? taken.hup : taken.term).sa_handler(number);
}

/* In a process that user code forked: it is none of httpd's, and the pipe to
 * the helper is that of its parent. */
static void
end_fork(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

static void
handle(int number)
{
    if (getpid() != taken.process) {
        end_fork(number);
    }
    else if (signals.inside && !signals.insisted) {
        signals.pending = number;
        shutdown_ask(taken.shutdown);
    }
    else {
        hand_on(number);
    }
}

static void
take(int number, struct sigaction *former)
{
    struct sigaction own = {.sa_handler = handle};
    sigemptyset(&own.sa_mask);
    sigaddset(&own.sa_mask, SIGTERM);
    sigaddset(&own.sa_mask, SIGHUP);
    sigaction(number, NULL, former);
    if (former->sa_handler != SIG_DFL && former->sa_handler != SIG_IGN) {
        sigaction(number, &own, NULL);
    }
}

void
signals_take(struct shutdown *shutdown, const PyThreadState *state)
{
    signals.state = state;
    taken.shutdown = shutdown;
    taken.process = getpid();
    taken.thread = pthread_self();
    take(SIGTERM, &taken.term);
    take(SIGHUP, &taken.hup);
}

void
signals_end(void)
{
    raise(signals.pending);
}

void
signals_insist(void)
{
    signals.insisted = 1;
    pthread_kill(taken.thread, signals.pending);
}
