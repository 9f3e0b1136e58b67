/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target: what answers a route, in words.
 */
#ifndef TARGET_H
#define TARGET_H

#include "model.h"

/* "shop:show", "308 /catalog/{rest}", in pool. */
const char *target_text(apr_pool_t *pool, const struct model_route *route);

/* The word for its kind: "function", "redirect". */
const char *target_kind(const struct model_route *route);

#endif
