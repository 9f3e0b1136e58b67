/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overlap: which routes share URLs, who answers them, and whether that is
 * what anyone could have meant (LANGUAGE.md P7 to P9).
 */
#ifndef OVERLAP_H
#define OVERLAP_H

#include "diag.h"
#include "model.h"

/* Says E201, E202, E203, W210, E211, W214 and W312, each with a URL that
 * shows it, and E113 or E114 of a parameter whose language can't be had. */
void overlap_check(struct model *model, struct diag_list *diags);

#endif
