/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target: what answers a route, in words.
 */
#ifndef TARGET_H
#define TARGET_H

#include "model.h"

/* "shop:show", "308 /catalog/{rest}", "files /srv/static", in pool. */
const char *target_text(apr_pool_t *pool, const struct model_route *route);

/* The word for its kind: "function", "redirect", "mount". */
const char *target_kind(const struct model_route *route);

/* One of its paths as a list shows it; the first of a mount, which stands for
 * all of them: with "**" at its end. */
const char *target_path(apr_pool_t *pool, const struct model_route *route,
                        const struct model_path *path);

#endif
