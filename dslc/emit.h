/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit: writes a plan as C, and decides nothing.
 */
#ifndef EMIT_H
#define EMIT_H

#include <stdio.h>

#include "plan.h"

/* The longest literal that C99 asks every compiler to take is 4095 bytes. */
#define EMIT_MAX_LITERAL 4000
/* Bytes of a comment behind a row; what is longer is cut. */
#define EMIT_MAX_COMMENT 100
/* What the C compiler says when routes_abi.h is of another version. */
#define EMIT_OTHER_ABI                                                        \
    "routes_abi.h is not the one that routesc was built with"

/*
 * Writes the C source of a table and of the Apache module that announces it.
 * compiler: "routesc 0.1.0".  The same plan gives the same bytes.  Errors stay
 * in out: the caller asks ferror.
 */
void emit_c(const struct plan *plan, const char *compiler, FILE *out);

#endif
