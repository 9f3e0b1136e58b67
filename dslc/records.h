/* SPDX-License-Identifier: Apache-2.0 */
/* records: what a record declares: its members, its class. */
#ifndef DSLC_RECORDS_H
#define DSLC_RECORDS_H

#include "dslc/checker.h"
#include "dslc/model.h"
#include "dslc/scope.h"

/* The record of a declaration, its members still to come: a type may be of a
 * record that is of this type. */
struct model_record *
records_open(struct checker *checker, const struct scope_name *name);

/* Reads the members and classes of the records that a file declares, used or
 * not; the types of the file have been declared.  Says E010, E105, E108, E112,
 * E405. */
void records_declare(struct checker *checker, struct scope *scope);

/* Says E509 of records that no value can end. */
void records_check_circles(struct checker *checker);

#endif
