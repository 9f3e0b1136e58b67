/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pedantic: what a program could say and does not.
 */
#ifndef PEDANTIC_H
#define PEDANTIC_H

#include "diag.h"
#include "model.h"

/* Says W514 of each route without `returns`, and W604 of a program without
 * assertions; nothing of one with errors. */
void pedantic_check(const struct model *model, struct diag_list *diags);

#endif
