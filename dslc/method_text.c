/* SPDX-License-Identifier: Apache-2.0 */
/*
 * method_text: the methods of a route as the language writes them.
 */
#include "method_text.h"

#include <apr_strings.h>

#include "verb.h"

const char *
method_text_of(apr_pool_t *pool, const struct model_route *route)
{
    const char *text = NULL;

    if (route->any) {
        return "ANY";
    }
    for (unsigned m = 0; m < ROUTES_N_METHODS; m++) {
        const char *name = verb_name((enum routes_method)m);

        if (route->methods & ROUTES_METHOD_BIT(m)) {
            text =
                text == NULL ? name : apr_pstrcat(pool, text, ",", name, NULL);
        }
    }
    return text != NULL ? text : "";
}
