/* SPDX-License-Identifier: Apache-2.0 */
/* unmountable: clauses that mean nothing to what is mounted. */
#ifndef DSLC_UNMOUNTABLE_H
#define DSLC_UNMOUNTABLE_H

#include "dslc/checker.h"
#include "dslc/clause.h"
#include "dslc/model.h"

/* Says E015 of clauses that stand on the mount itself and that no mount of its
 * kind can keep, with what to write instead. */
void unmountable_refuse(struct checker *checker, enum routes_mount_kind kind,
                        const struct clause_set *set);

/* Takes what is inherited and of other routes off the mount's: the time and
 * the number of calls of functions, where it has none. */
void unmountable_drop(enum routes_mount_kind kind, struct model_route *route);

#endif
