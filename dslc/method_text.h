/* SPDX-License-Identifier: Apache-2.0 */
/*
 * method_text: the methods of a route as the language writes them.
 */
#ifndef METHOD_TEXT_H
#define METHOD_TEXT_H

#include <apr_pools.h>

#include "model.h"

/* "GET,POST", or "ANY", in pool. */
const char *method_text_of(apr_pool_t *pool, const struct model_route *route);

#endif
