/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What user code may do to httpd's process: no signal handler, and children
 * that can be signalled.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include "py.h"

#include <signal.h>

/* Replaces _signal.signal and _posixsubprocess.fork_exec by functions of the
 * module `apache`.  Returns -1 with an exception.  GIL: held. */
int process_guard(PyObject *module);

/* Puts off the signals by which httpd ends and restarts a process, on this
 * thread and on those that are started meanwhile.  GIL: either. */
void process_hold_signals(sigset_t *before);

/* GIL: either. */
void process_release_signals(const sigset_t *before);

#endif
