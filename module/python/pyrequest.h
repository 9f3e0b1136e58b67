/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apache.Request: a request as the function that it calls sees it.
 *
 *     interpreter_thread --object--> pyrequest --r--> request_rec
 *                                        ^
 *                          views of its tables (view.h)
 *
 * The object reaches httpd's structures while its function runs, or the stream
 * that it gave.  Whoever keeps it longer gets an exception, not what is gone.
 * While the thread that serves the request is out of Python (it logs, sends or
 * reads), the structures are its own: other threads get an exception then,
 * too; and all while another one reads the body.
 */
#ifndef PYREQUEST_H
#define PYREQUEST_H

#include "py.h"

#include <httpd.h>

struct apache_state;
struct routes_caller;
struct interpreter_thread;

/* The class, a heap type of the module.  Returns new, or NULL with an
 * exception.  GIL: held. */
PyTypeObject *pyrequest_make_type(PyObject *module);

/* The object of the request that this thread serves, the same one each time.
 * Returns new, or NULL with an exception: RuntimeError where it serves none.
 * GIL: held. */
PyObject *pyrequest_current(struct apache_state *state);

/* The caller of the request that this thread serves as an apache.Principal;
 * None for an anonymous one.  Returns new, or NULL with an exception.
 * GIL: held. */
PyObject *pyrequest_principal(struct apache_state *state,
                              const struct routes_caller *caller);

/* The route that the request of this thread matched as an apache.Route; None
 * if a location answers for it.  Returns new, or NULL with an exception.
 * GIL: held. */
PyObject *pyrequest_route(struct apache_state *state);

/* Code of the function begins, or has ended.  The object of the thread's
 * scope, if one was made, reaches the request between these two only; unless
 * it lasts, for code to come, it is given up.  GIL: held. */
void pyrequest_resume(struct interpreter_thread *thread);
void pyrequest_suspend(struct interpreter_thread *thread, int lasts);

/* The scope of the thread has got its body.  GIL: held. */
void pyrequest_know_body(struct interpreter_thread *thread);

/* The thread goes out of Python to work on the request that it serves, and is
 * back.  GIL: held. */
void pyrequest_go(const struct interpreter_thread *thread);
void pyrequest_come_back(const struct interpreter_thread *thread);

/* The request of an object, for work that keeps the GIL; NULL with an
 * exception once it has ended, or while another thread works on it without the
 * GIL.  GIL: held. */
request_rec *pyrequest_use(PyObject *object);

/* Releases the GIL for work on the request that may block.  NULL with an
 * exception, the GIL still held, if the request has ended or this thread does
 * not serve it.  GIL: held, not held afterwards. */
request_rec *pyrequest_leave(PyObject *object, void **paused);

/* GIL: not held, held afterwards. */
void pyrequest_return(PyObject *object, void *paused);

#endif
