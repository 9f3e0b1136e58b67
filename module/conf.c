/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives of mod_routes, and what they leave in a server_rec.
 */
#include "conf.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "audit.h"
#include "log.h"
#include "mount.h"
#include "setting.h"

void *
conf_create(apr_pool_t *pool, server_rec *server)
{
    struct conf *config = apr_pcalloc(pool, sizeof(*config));

    (void)server;
    config->mounts = apr_array_make(pool, 2, sizeof(struct mount *));
    config->settings = apr_array_make(pool, 2, sizeof(struct setting *));
    config->paths = apr_array_make(pool, 2, sizeof(const char *));
    config->debug = CONF_UNSET;
    return config;
}

void *
conf_merge(apr_pool_t *pool, void *main_server, void *vhost)
{
    const struct conf *base = main_server;
    const struct conf *own = vhost;
    struct conf *merged = apr_pcalloc(pool, sizeof(*merged));

    merged->mounts =
        mount_merge(pool, own->mounts, base->mounts, own->settings->nelts > 0);
    merged->settings = setting_merge(pool, own->settings, base->settings);
    merged->paths = own->paths;
    merged->audit = own->audit != NULL ? own->audit : base->audit;
    merged->debug = own->debug != CONF_UNSET ? own->debug : base->debug;
    return merged;
}

const struct conf *
conf_of(const server_rec *server)
{
    return ap_get_module_config(server->module_config, &routes_module);
}

static struct conf *
conf_for(const cmd_parms *cmd)
{
    return ap_get_module_config(cmd->server->module_config, &routes_module);
}

/* *path as an absolute path of a folder, or the reason why not. */
static const char *
resolve_folder(const cmd_parms *cmd, const char *arg, const char **path)
{
    apr_finfo_t info;

    *path = ap_server_root_relative(cmd->pool, arg);
    if (*path == NULL) {
        return apr_psprintf(cmd->pool, "%s: '%s' is no valid path",
                            cmd->cmd->name, arg);
    }
    apr_status_t rv = apr_stat(&info, *path, APR_FINFO_TYPE, cmd->temp_pool);
    if (rv != APR_SUCCESS || info.filetype != APR_DIR) {
        return apr_psprintf(cmd->pool, "%s: '%s' is no folder: %pm",
                            cmd->cmd->name, *path, &rv);
    }
    return NULL;
}

static const char *
set_mount(cmd_parms *cmd, void *dir, const char *first, const char *second)
{
    const char *prefix = second == NULL ? "/" : first;
    const char *name = second == NULL ? first : second;

    (void)dir;
    return mount_add(conf_for(cmd)->mounts, cmd, prefix, name);
}

static const char *
set_setting(cmd_parms *cmd, void *dir, const char *name, const char *value)
{
    (void)dir;
    return setting_add(conf_for(cmd)->settings, cmd, name, value);
}

static const char *
add_path(cmd_parms *cmd, void *dir, const char *arg)
{
    const char *path;
    const char *error = resolve_folder(cmd, arg, &path);

    (void)dir;
    if (error == NULL) {
        APR_ARRAY_PUSH(conf_for(cmd)->paths, const char *) = path;
    }
    return error;
}

static const char *
set_home(cmd_parms *cmd, void *dir, const char *arg)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    struct conf *conf = conf_for(cmd);
    apr_finfo_t found;

    (void)dir;
    if (error == NULL) {
        error = resolve_folder(cmd, arg, &conf->home);
    }
    if (error == NULL &&
        apr_stat(&found,
                 apr_pstrcat(cmd->temp_pool, conf->home, "/pyvenv.cfg", NULL),
                 APR_FINFO_TYPE, cmd->temp_pool) != APR_SUCCESS) {
        error = apr_psprintf(cmd->pool,
                             "RoutesPythonHome: '%s' is no virtual "
                             "environment: it has no pyvenv.cfg",
                             arg);
    }
    return error;
}

static const char *
set_strict(cmd_parms *cmd, void *dir, int on)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir;
    if (error == NULL) {
        conf_for(cmd)->strict = on;
    }
    return error;
}

static const char *
refuse(const cmd_parms *cmd, const char *value)
{
    return apr_psprintf(cmd->pool,
                        "'%s %s' is not in this version of mod_routes: "
                        "remove the line",
                        cmd->cmd->name, value);
}

static const char *
set_debug(cmd_parms *cmd, void *dir, int on)
{
    (void)dir;
    conf_for(cmd)->debug = on;
    return NULL;
}

static const char *
set_audit(cmd_parms *cmd, void *dir, const char *target, const char *which)
{
    (void)dir;
    return audit_make(cmd, target, which, &conf_for(cmd)->audit);
}

/* main is the one interpreter that there is. */
static const char *
set_interpreter(cmd_parms *cmd, void *dir, const char *arg)
{
    (void)dir;
    return strcmp(arg, "main") == 0 ? NULL : refuse(cmd, arg);
}

static const char *
set_later(cmd_parms *cmd, void *dir, const char *args)
{
    (void)dir;
    return refuse(cmd, args);
}

const command_rec conf_directives[] = {
    AP_INIT_TAKE12("RoutesMount", set_mount, NULL, RSRC_CONF,
                   "[/prefix] NAME: serve the table NAME below the prefix"),
    AP_INIT_ITERATE("RoutesPythonPath", add_path, NULL, RSRC_CONF,
                    "DIR ...: where the functions are imported from"),
    AP_INIT_TAKE1("RoutesPythonHome", set_home, NULL, RSRC_CONF,
                  "DIR: the virtual environment of the interpreter"),
    AP_INIT_FLAG("RoutesStrict", set_strict, NULL, RSRC_CONF,
                 "On|Off: do not serve if a function can't be resolved"),
    AP_INIT_FLAG("RoutesDebug", set_debug, NULL, RSRC_CONF,
                 "On|Off: show tracebacks to clients; for development"),
    AP_INIT_TAKE12("RoutesAuditLog", set_audit, NULL, RSRC_CONF,
                   "FILE|\"|program\"|Off [denied|all]: who was refused what, "
                   "or let in, too, as JSON"),
    AP_INIT_TAKE1("RoutesInterpreter", set_interpreter, NULL, RSRC_CONF,
                  "main: the one interpreter of a process"),
    AP_INIT_TAKE2("RoutesSet", set_setting, NULL, RSRC_CONF,
                  "NAME VALUE: the value of a setting of the tables"),
    AP_INIT_RAW_ARGS("RoutesOption", set_later, NULL, RSRC_CONF,
                     "not in this version"),
    AP_INIT_RAW_ARGS("RoutesReload", set_later, NULL, RSRC_CONF,
                     "not in this version"),
    AP_INIT_RAW_ARGS("RoutesStatus", set_later, NULL, RSRC_CONF,
                     "not in this version"),
    {0}};
