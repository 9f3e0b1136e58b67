/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interrupt: Ctrl-C and its like, remembered until what was begun is undone.
 */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static const int caught[] = {SIGINT, SIGTERM, SIGHUP};

#define N_CAUGHT (sizeof(caught) / sizeof(caught[0]))

/* A signal handler can reach nothing but globals. */
static volatile sig_atomic_t came;
static volatile pid_t child;

static void
remember(int number)
{
    came = number;
    if (child > 0) {
        kill(child, SIGTERM);
    }
}

/* nohup makes SIGHUP ignored, and it stays so.  SIGINT is caught even if a
 * script that put us into its background had it ignored: who sends it means
 * it. */
static int
is_ignored(int number)
{
    struct sigaction before;

    return sigaction(number, NULL, &before) == 0 &&
           before.sa_handler == SIG_IGN;
}

void
interrupt_catch(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = remember;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < N_CAUGHT; i++) {
        if (caught[i] != SIGHUP || !is_ignored(SIGHUP)) {
            sigaction(caught[i], &action, NULL);
        }
    }
}

void
interrupt_child(pid_t pid)
{
    child = pid;
    if (pid > 0 && came != 0) {
        kill(pid, SIGTERM);
    }
}

int
interrupt_signal(void)
{
    return came;
}

void
interrupt_forget(void)
{
    came = 0;
}

void
interrupt_resume(void)
{
    if (came != 0) {
        signal(came, SIG_DFL);
        raise(came);
    }
}
