/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit_rows: the sections of a plan as aligned arrays of C.
 */
#ifndef EMIT_ROWS_H
#define EMIT_ROWS_H

#include <stdio.h>

#include "plan.h"

/* The definition of one section; nothing for one without rows.  Rows of zeros
 * are left out: C fills them in. */
void emit_rows_write(const struct plan *plan, enum routes_section section,
                     FILE *out);

#endif
