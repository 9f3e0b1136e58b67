/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The yardstick of tests/bench/instructions: the hello route as an ordinary
 * handler in C, reached by SetHandler in a <Location>.
 */
#include <string.h>

#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>
#include <util_script.h>

#include "c_hello.h"

static int
answer(request_rec *r)
{
    if (r->handler == NULL || strcmp(r->handler, "c-hello") != 0) {
        return DECLINED;
    }
    return hello_answer(r);
}

static void
register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_handler(answer, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(c_handler) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks, 0,
};
