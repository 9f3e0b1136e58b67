/* SPDX-License-Identifier: Apache-2.0 */
/* realms: what a realm declares, by the options of its kind. */
#ifndef DSLC_REALMS_H
#define DSLC_REALMS_H

#include <apr_tables.h>

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/scope.h"

#define REALMS_MAX_TRIED 32 /* realms of one `auth` */

/* Reads the realms that a file declares, used or not, into the model. */
void realms_declare(struct checker *checker, const struct link_unit *unit);

/*
 * The realms that an `auth` names: struct model_realm *, in its order; *whole
 * is false when one is unknown (E302, said) or was not understood.
 */
apr_array_header_t *
realms_named(struct checker *checker, struct scope *scope,
             const struct ast_value_list *names, bool *whole);

/* The cookie of the first realm of the kind `session`, or NULL. */
const char *realms_session_cookie(const struct model *model);

#endif
