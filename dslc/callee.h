/* SPDX-License-Identifier: Apache-2.0 */
/* callee: the function that a module and a name mean. */
#ifndef DSLC_CALLEE_H
#define DSLC_CALLEE_H

#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/scope.h"

#define CALLEE_MAX_PACKAGES 16 /* names with dots between them, of an import */

/* The function that a module and a name mean, imports resolved; the same one
 * for the same function. */
struct model_function *
callee_function(struct checker *checker, struct scope *scope,
                const char *module, const char *name, struct span span);

/* A module's name with what an import calls it resolved. */
const char *callee_module(struct checker *checker, struct scope *scope,
                          const char *module);

#endif
