/* SPDX-License-Identifier: Apache-2.0 */
/* rules: a written requirement as an expression. */
#ifndef DSLC_RULES_H
#define DSLC_RULES_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/scope.h"

/* The parameters that a requirement may see. */
struct rules_reach {
    const struct model_path *path;        /* or NULL */
    const struct model_param *host_param; /* or NULL */
    const struct ast_call *call;      /* whose arguments it may not; or NULL */
    const apr_array_header_t *params; /* struct model_param *: of the rule that
                                         is declared, or NULL */
    bool unclear;                     /* mistakes may have hidden parameters */
    bool later; /* those of whatever route it is asked of */
};

#define RULES_MAX_DEPTH 64 /* declared rules through others */

/* Reads the rules that a file declares, used or not; says E010 of a name that
 * the language has, E322 of a circle. */
void rules_declare(struct checker *checker, const struct link_unit *unit);

/* The rule of a written one; NULL after a mistake, which was said (E302,
 * E304, E308, E320), or when part of it waits for a later version. */
const struct model_rule *
rules_make(struct checker *checker, struct scope *scope,
           const struct rules_reach *reach, const struct ast_expr *expr);

/* The rule that grants anyone. */
const struct model_rule *
rules_public(struct checker *checker, struct span span);

/* Both of them; either may be NULL.  What grants anyone narrows nothing. */
const struct model_rule *
rules_and(struct checker *checker, const struct model_rule *outer,
          const struct model_rule *inner);

/* Operators and atoms in it; the most that may be is ROUTES_MAX_OPS. */
unsigned rules_count(const struct model_rule *rule);

/* Whether an atom holds of users only.  Of httpd's providers those do that are
 * known to. */
bool rules_of_user(const struct model_rule *atom);

/* The first atom, from the left, that asks who the caller is, or NULL. */
const struct model_rule *rules_person(const struct model_rule *rule);

#endif
