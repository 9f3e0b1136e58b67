/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When whoever runs the server is told what its configuration leads to.
 */
#include "advice.h"

#include "debug.h"
#include "exposure.h"
#include "inventory.h"
#include "mount.h"

static void
advise(apr_pool_t *ptemp, server_rec *main_server)
{
    inventory_warn(ptemp, main_server);
    mount_warn(main_server);
    debug_warn(main_server);
    exposure_warn(main_server);
}

int
advice_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
             server_rec *main_server)
{
    (void)pconf;
    (void)plog;
    if (ap_state_query(AP_SQ_RUN_MODE) == AP_SQ_RM_CONFIG_TEST) {
        advise(ptemp, main_server);
    }
    return OK;
}

int
advice_start(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
             server_rec *main_server)
{
    (void)pconf;
    (void)plog;
    if (!mount_rehearses()) {
        inventory_say(main_server);
        advise(ptemp, main_server);
    }
    return OK;
}
