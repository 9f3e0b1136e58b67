/* SPDX-License-Identifier: Apache-2.0 */
/* checker: what the parts of check share. */
#ifndef DSLC_CHECKER_H
#define DSLC_CHECKER_H

#include <stdbool.h>

#include <apr_hash.h>
#include <apr_pools.h>

#include "dslc/ast.h"
#include "dslc/diag.h"
#include "dslc/link.h"
#include "dslc/model.h"

struct checker {
    apr_pool_t *pool; /* the model's */
    struct program *program;
    struct diag_list *diags;
    struct model *model;
    apr_hash_t *functions; /* "module:qualname" -> struct model_function * */
    apr_hash_t *hosts;     /* what makes it one -> struct model_host * */
    apr_hash_t *names;     /* of routes with `as` -> struct model_route * */
    apr_hash_t *settings;  /* name -> struct model_setting * */
    apr_hash_t *homeless;  /* rules of which E303 was said, by address */
    apr_hash_t *lax;       /* `csrf off` of which W311 was said, by address */
    apr_array_header_t *rates; /* struct model_rate *: those per user */
    unsigned large_patterns;   /* with a large automaton, or too large a one */
    unsigned type_depth;       /* of types_resolve inside itself */
    unsigned rule_depth;       /* of declared rules through others */
    struct model_type *str;    /* of a parameter without a written type */
};

/* Says E019: what is written is of the language and not compiled yet.  The
 * model lacks it, so that nothing is said of what the program asserts. */
struct diag *
checker_waits(struct checker *checker, struct span span, const char *what);

/* The same, of what changes neither which route answers nor who may. */
struct diag *
checker_later(struct checker *checker, struct span span, const char *what);

/* Says E706: it is past a limit of the table; what names it. */
void
checker_exceeds(struct checker *checker, struct span span, const char *what);

/* A value as messages quote it. */
const char *checker_quote(struct checker *checker, const char *text);

/* Whether a status is from low to 599; E016 says that what has it is not. */
bool checker_status(struct checker *checker, const struct ast_value *status,
                    int low, const char *what);

/* Whether a text has a control character, so that no header can carry it. */
bool checker_has_control(const char *text);

#endif
