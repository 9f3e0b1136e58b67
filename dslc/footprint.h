/* SPDX-License-Identifier: Apache-2.0 */
/*
 * footprint: the memory that a table takes, and what takes it.
 */
#ifndef FOOTPRINT_H
#define FOOTPRINT_H

#include "diag.h"
#include "runtime/routes_abi.h"

/* Bytes above which W704 is said; a table of 10,000 routes has 3 MB. */
#define FOOTPRINT_USUAL (8u << 20)

/* Says W704 of a large table, with the section that is the largest. */
void
footprint_check(const struct routes_table *table, struct diag_list *diags);

#endif
