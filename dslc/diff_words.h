/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_words: what a route asks, calls and answers, in words that are equal
 * where nothing changed.
 */
#ifndef DIFF_WORDS_H
#define DIFF_WORDS_H

#include "model.h"

/* "shop.items:show" */
const char *
diff_words_function(apr_pool_t *pool, const struct model_route *route);

/* "(int from path 1, page: int = 1)": parameters of the path have no name, for
 * it is theirs alone.  path: of a route with several the one, or NULL. */
const char *diff_words_args(apr_pool_t *pool, const struct model_route *route,
                            const struct model_path *path);

/* "at most 65536 bytes of application/json" */
const char *diff_words_body(apr_pool_t *pool, const struct model_route *route);

/* "time 5s"; "none" */
const char *
diff_words_limits(apr_pool_t *pool, const struct model_route *route);

/* "201 json" */
const char *
diff_words_result(apr_pool_t *pool, const struct model_route *route);

/* "X-A: b, Cache-Control: no-store"; "none" */
const char *
diff_words_headers(apr_pool_t *pool, const struct model_route *route);

/* "404 -> m:f, 500..599 -> m:g"; "none" */
const char *
diff_words_deprecated(apr_pool_t *pool, const struct model_route *route);
const char *
diff_words_pages(apr_pool_t *pool, const struct model_route *route);

/* "on", "off" */
const char *diff_words_csrf(const struct model_route *route);

/* "basic with staff.htpasswd, groups staff.groups" */
const char *
diff_words_realm(apr_pool_t *pool, const struct model_realm *realm);

#endif
