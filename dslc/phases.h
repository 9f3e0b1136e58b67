/* SPDX-License-Identifier: Apache-2.0 */
/* phases: what runs beside the routes: interpreters, hooks, filters, events,
 * and the options that they read. */
#ifndef DSLC_PHASES_H
#define DSLC_PHASES_H

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/link.h"

/* Checks the interpreters that a file declares: E016, E018. */
void phases_declare(struct checker *checker, const struct link_unit *unit);

/*
 * Checks the phases, `interpreter` and `option` of a block: E016, E018, E501,
 * E502, E503, E512.  The functions they name join the model's.
 */
void phases_check(struct checker *checker, struct scope *scope,
                  const struct clause_set *set, enum clause_where where);

#endif
