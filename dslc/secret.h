/* SPDX-License-Identifier: Apache-2.0 */
/* secret: arguments that look like a secret and travel where logs see them. */
#ifndef DSLC_SECRET_H
#define DSLC_SECRET_H

#include <stdbool.h>

#include "dslc/checker.h"
#include "dslc/model.h"

/* Whether a name is that of a password, a token or the like. */
bool secret_is_name(const char *name);

/* Says E309 or W309 of an argument of a route. */
void secret_check(struct checker *checker, const struct model_route *route,
                  const struct model_arg *arg);

#endif
