/* SPDX-License-Identifier: Apache-2.0 */
/* args_request: an argument of the request: what carries it, by its type. */
#ifndef DSLC_ARGS_REQUEST_H
#define DSLC_ARGS_REQUEST_H

#include "dslc/args_run.h"

/* Adds an argument that comes from source; ROUTES_FROM_ARGUMENT where the
 * call names none.  Says what is wrong, and adds nothing then. */
void args_request_read(struct args_run *run, const struct ast_arg *ast,
                       enum routes_source source);

/* What is decided when all arguments are known. */
void args_request_settle(struct args_run *run);

#endif
