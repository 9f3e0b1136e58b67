/* SPDX-License-Identifier: Apache-2.0 */
/* settings: values that the server's configuration gives. */
#ifndef DSLC_SETTINGS_H
#define DSLC_SETTINGS_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/scope.h"

/* Reads the settings that a file declares, used or not, into the model; their
 * types are declared by now. */
void settings_declare(struct checker *checker, const struct link_unit *unit);

/*
 * What stands for the value of `$name` where a text is expected: the setting's
 * own text, which plan knows by its address, so it is never copied.  NULL and
 * said: no such setting (E011), or one that is no text (code).
 */
const char *settings_text(struct checker *checker, struct scope *scope,
                          const struct ast_value *dollar, enum diag_code code);

/*
 * `$name` as a default of that type, or, of no type, as a constant.  Says E011
 * of a name that is none and E405 of a setting of another type; NULL then.
 */
struct model_literal *
settings_literal(struct checker *checker, struct scope *scope,
                 const struct ast_value *dollar,
                 const struct model_type *type);

#endif
