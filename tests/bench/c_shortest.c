/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second yardstick of tests/bench/instructions: the shortest path that a
 * C module can take, matched in translate_name, no directory walked, no type
 * guessed, first among the handlers.
 */
#include <string.h>

#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>
#include <http_request.h>

#include "c_hello.h"

module AP_MODULE_DECLARE_DATA c_shortest_module;

static int
matched(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &c_shortest_module) != NULL;
}

static int
match(request_rec *r)
{
    if (strncmp(r->uri, HELLO_PREFIX, strlen(HELLO_PREFIX)) != 0) {
        return DECLINED;
    }
    ap_set_module_config(r->request_config, &c_shortest_module, r);
    r->handler = "c-shortest";
    r->filename = (char *)"c:hello";
    return OK;
}

static int
skip_walk(request_rec *r)
{
    return matched(r) ? OK : DECLINED;
}

static int
answer(request_rec *r)
{
    return matched(r) ? hello_answer(r) : DECLINED;
}

static void
register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_translate_name(match, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_map_to_storage(skip_walk, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_handler(answer, NULL, NULL, APR_HOOK_FIRST);
}

AP_DECLARE_MODULE(c_shortest) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks, 0,
};
