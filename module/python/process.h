/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What user code may do to httpd's process: no signal handler, and children
 * that can be signalled.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include "py.h"

/* Replaces _signal.signal and _posixsubprocess.fork_exec by functions of the
 * module `apache`.  Returns -1 with an exception.  GIL: held. */
int process_guard(PyObject *module);

#endif
