/* SPDX-License-Identifier: Apache-2.0 */
/* check: a linked program to its model, every clause combined. */
#ifndef DSLC_CHECK_H
#define DSLC_CHECK_H

#include "dslc/diag.h"
#include "dslc/link.h"
#include "dslc/model.h"

#define CHECK_MAX_DEPTH 64 /* places inside places, includes counted */

/*
 * The model of a program, in its pool; never NULL.  Every mistake becomes an
 * error in diags.  After an error the model is partial: routes whose paths
 * could not be understood are left out, and a route's auth may be NULL.
 */
struct model *check_program(struct program *program, struct diag_list *diags);

#endif
