/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wiring: the module record, and which function of which file stands where
 * in httpd's phases.
 */
#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mpm_common.h>

#include "advice.h"
#include "announced.h"
#include "audit.h"
#include "child.h"
#include "conf.h"
#include "failures.h"
#include "gate.h"
#include "handler.h"
#include "kept.h"
#include "log.h"
#include "mount.h"
#include "mounted.h"
#include "page.h"
#include "rate.h"
#include "session.h"
#include "slot.h"
#include "translate.h"
#include "verified.h"

static void
register_hooks(apr_pool_t *pool)
{
    static const char *const rewriters[] = {"mod_rewrite.c", "mod_proxy.c",
                                            NULL};
    static const char *const mappers[] = {"mod_alias.c", "mod_userdir.c",
                                          "mod_vhost_alias.c", NULL};
    static const char *const typers[] = {"mod_negotiation.c", "mod_mime.c",
                                         "mod_mime_magic.c", NULL};
    static const char *const voters[] = {"mod_authz_core.c", NULL};

    (void)pool;
    announced_begin();
    mounted_register();
    kept_register();
    page_register();
    ap_hook_error_log(announced_watch_log, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(mount_check, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(audit_check, NULL, NULL, APR_HOOK_LAST);
    ap_hook_open_logs(audit_open, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(advice_check, NULL, NULL, APR_HOOK_LAST);
    ap_hook_post_config(advice_start, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(verified_start, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(failures_start, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(rate_start, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(slot_check, NULL, NULL, APR_HOOK_LAST);
    ap_hook_post_config(slot_start, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_status(slot_child_status, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(child_start, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_stopping(child_stopping, NULL, NULL, APR_HOOK_MIDDLE);

    ap_hook_translate_name(translate_name, rewriters, mappers,
                           APR_HOOK_MIDDLE);
    ap_hook_map_to_storage(translate_storage, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_post_perdir_config(kept_follow, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_perdir_config(gate_isolate, NULL, NULL, APR_HOOK_LAST);
    ap_hook_check_access_ex(gate_check, NULL, voters, APR_HOOK_FIRST,
                            AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_force_authn(gate_force, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_check_authz(gate_finish, NULL, voters, APR_HOOK_FIRST,
                        AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_insert_error_filter(gate_add_challenges, NULL, NULL,
                                APR_HOOK_MIDDLE);
    ap_hook_insert_error_filter(page_insert, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_insert_error_filter(session_insert_filter, NULL, NULL,
                                APR_HOOK_MIDDLE);
    session_register();
    ap_hook_type_checker(translate_type, NULL, typers, APR_HOOK_FIRST);
    ap_hook_fixups(gate_recheck, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_fixups(mounted_fixup, NULL, NULL, APR_HOOK_MIDDLE);
    /* before mod_proxy's, which is among the first: what it is to answer has
     * its place and its mark looked at here */
    ap_hook_handler(handler_run, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

module routes_module = {
    STANDARD20_MODULE_STUFF,
    NULL, /* a <Location>'s configuration: there is none */
    NULL,
    conf_create,
    conf_merge,
    conf_directives,
    register_hooks,
    0,
};
