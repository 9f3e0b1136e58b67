/* SPDX-License-Identifier: Apache-2.0 */
/* hostname: the names that a host block answers to. */
#ifndef DSLC_HOSTNAME_H
#define DSLC_HOSTNAME_H

#include <apr_tables.h>

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/scope.h"

#define HOSTNAME_MAX_LENGTH 253 /* bytes of a host name */

/* The one host that stands for every name; made at its first use. */
struct model_host *hostname_any(struct checker *checker);

/*
 * The hosts of a block: struct model_host *, in the model's pool, each added
 * to the model's hosts unless one of the same name stands there.  Says E001,
 * E018, E102, E107, E116, E122; what was wrong is left out.
 */
apr_array_header_t *hostname_make(struct checker *checker, struct scope *scope,
                                  const struct ast_value_list *names);

/* The parameter that all hosts of a block share, or NULL. */
const struct model_param *hostname_param(const apr_array_header_t *hosts);

#endif
