/* SPDX-License-Identifier: Apache-2.0 */
/* diff_routes: what is there, in two versions, of one host and path. */
#ifndef DIFF_ROUTES_H
#define DIFF_ROUTES_H

#include "diff_run.h"

/* Compares what answers a method, which at least one of both spots has; the
 * other may be NULL. */
void diff_routes_method(struct diff *d, const struct diff_spot *before,
                        const struct diff_spot *after, unsigned m);

#endif
