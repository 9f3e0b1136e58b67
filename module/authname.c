/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name for httpd's own dialogues where its configuration has no AuthName.
 *
 * AuthName is mod_authn_core's, which keeps it to itself: its directive is
 * called as httpd calls it, and the configuration that it fills is merged
 * below that of a request.
 */
#include "authname.h"

#include <string.h>
#include <strings.h>

#include <http_core.h>
#include <http_request.h>

#define MODULE    "mod_authn_core.c"
#define DIRECTIVE "AuthName"

static const command_rec *
find_directive(const module *owner)
{
    const command_rec *command = owner->cmds;

    while (command->name != NULL && strcmp(command->name, DIRECTIVE) != 0) {
        command++;
    }
    return command->name != NULL && command->args_how == TAKE1 ? command
                                                               : NULL;
}

/* AuthName is an expression: what would begin one stands for itself.  Its
 * value becomes a quoted-string, where httpd escapes quotes only. */
static const char *
escape(apr_pool_t *pool, const char *text)
{
    char *made = apr_palloc(pool, 4 * strlen(text) + 1);
    char *at = made;

    for (; *text != '\0'; text++) {
        int n = *text == '\\' ? 3 : *text == '%';

        memset(at, '\\', (size_t)n);
        at += n;
        *at++ = *text;
    }
    *at = '\0';
    return made;
}

ap_conf_vector_t *
authname_make(apr_pool_t *pconf, const char *title)
{
    module *owner = ap_find_linked_module(MODULE);
    const command_rec *command = owner == NULL ? NULL : find_directive(owner);
    ap_directive_t directive = {.directive = DIRECTIVE,
                                .filename = "the title of a realm"};
    cmd_parms parms = {.override = OR_ALL,
                       .limited = -1,
                       .directive = &directive,
                       .pool = pconf,
                       .temp_pool = pconf,
                       .cmd = command};

    if (command == NULL || owner->create_dir_config == NULL) {
        return NULL;
    }
    ap_conf_vector_t *made = ap_create_per_dir_config(pconf);
    void *config = owner->create_dir_config(pconf, NULL);
    ap_set_module_config(made, owner, config);
    return command->AP_TAKE1(&parms, config, escape(pconf, title)) == NULL
               ? made
               : NULL;
}

void
authname_apply(request_rec *r, ap_conf_vector_t *made)
{
    const char *type = ap_auth_type(r);

    if (made == NULL || type == NULL || strcasecmp(type, "Digest") == 0 ||
        ap_auth_name(r) != NULL) {
        return;
    }
    r->per_dir_config =
        ap_merge_per_dir_configs(r->pool, made, r->per_dir_config);
}
