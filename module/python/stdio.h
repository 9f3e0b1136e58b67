/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys.stdout and sys.stderr: text that goes to the error log line by line,
 * with the current request where there is one.
 */
#ifndef STDIO_H
#define STDIO_H

#include "py.h"

struct apache_state;
struct interpreter_thread;

/* The type of the streams, a heap type of the module.  Returns new, or NULL
 * with an exception.  GIL: held. */
PyTypeObject *stdio_make_type(PyObject *module);

/* Puts streams in the place of sys.stdout and sys.stderr, and of what they
 * were (sys.__stdout__).  Returns -1 with an exception.  GIL: held. */
int stdio_replace(struct apache_state *state);

/* Logs what the thread wrote without ending its line, before its request
 * ends.  GIL: not held. */
void stdio_end_request(struct interpreter_thread *thread);

/* The same, and frees the lines: the thread ends.  GIL: not held. */
void stdio_end_thread(struct interpreter_thread *thread);

#endif
