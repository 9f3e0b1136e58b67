/* SPDX-License-Identifier: Apache-2.0 */
/* slash: the other form of a path, with or without a slash at its end. */
#ifndef DSLC_SLASH_H
#define DSLC_SLASH_H

#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/model.h"

/* What is in force with the clauses of one block; says E016. */
enum model_slash slash_combine(struct checker *checker, enum model_slash outer,
                               const struct clause_set *set);

/*
 * Gives each route whose place or line says so its other form: a path of its
 * own (`slash both`), or a redirect to the form that is written (`slash
 * redirect`), of the methods that no route is written for.  Paths that end in
 * a rest, and `/`, have no other form.  Called when all routes are known.
 */
void slash_spread_routes(struct checker *checker);

#endif
