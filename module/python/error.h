/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place that turns a Python exception into a log entry and a status,
 * and the only one that clears exceptions of user code.
 *
 * An exception is described with the GIL held, and logged after it has been
 * released.  What this module raises itself (state->refusal) is logged as its
 * message alone; any other exception with its traceback, a line an entry.
 */
#ifndef ERROR_H
#define ERROR_H

#include "py.h"

#include <httpd.h>
#include <apr_pools.h>

struct apache_state;
struct interpreter;
struct recipe;

/* Lines of one traceback that are logged: the last ones. */
#define ERROR_MAX_LINES 100

struct error {
    int status;       /* the answer's */
    int mapped;       /* a `raises` of the route names it: no fault */
    int late;         /* its time was over */
    const char *head; /* pool: "shop.routes:7: shop.orders:show raised ..." */
    char *trace;      /* pool: lines, or NULL */
};

/* The exception that is set, as one object with its traceback; none is set
 * afterwards.  Returns new.  GIL: held. */
PyObject *error_take(void);

/* Takes the exception that the recipe's function raised: the status that a
 * `raises` of its route gives it, that of an apache.BodyError, else 500.  No
 * exception is set afterwards; the one that was is returned, new.
 * GIL: held. */
PyObject *
error_of_call(struct apache_state *state, const struct recipe *recipe,
              apr_pool_t *pool, struct error *error);

/* Takes the exception that turning a function's result into an answer raised,
 * or a function that no route calls: always 500.  subject as for
 * error_log_bind.  GIL: held. */
void error_of_result(struct apache_state *state, const char *subject,
                     apr_pool_t *pool, struct error *error);

/* Makes what was taken the end of a function whose time was over, unless a
 * `raises` names it: 504.  GIL: either. */
void error_of_late(const char *subject, uint32_t time, apr_pool_t *pool,
                   struct error *error);

/* GIL: not held. */
void error_log(const struct error *error, request_rec *r);

/* Takes and logs the exception that binding a function or route raised;
 * subject is "shop.routes:7: shop.orders:show".  GIL: held, released while it
 * is logged. */
void error_log_bind(struct interpreter *interpreter, apr_pool_t *pool,
                    server_rec *server, const char *subject);

/* Takes and logs the exception that setting up the interpreter raised.
 * GIL: held, released while it is logged. */
void error_log_start(struct interpreter *interpreter, apr_pool_t *pool);

#endif
