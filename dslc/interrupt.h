/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interrupt: Ctrl-C and its like, remembered until what was begun is undone.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <sys/types.h>

/* From now on SIGINT, SIGTERM and SIGHUP are remembered, and passed on to the
 * child named by interrupt_child; what runs ends soon and cleans up. */
void interrupt_catch(void);

/* The child to end with us; 0: none. */
void interrupt_child(pid_t pid);

/* The signal that came, or 0. */
int interrupt_signal(void);

/* As if none had come: it was a way to say that it is enough. */
void interrupt_forget(void);

/* Ends the process by the signal that came, if one did, as if it had never
 * been caught. */
void interrupt_resume(void);

#endif
