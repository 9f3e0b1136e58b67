/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts: which table answers below which prefix of a server, and the search
 * for the tables that loaded modules have announced.
 */
#include "mount.h"

#include <stdlib.h>
#include <string.h>

#include <ap_provider.h>
#include <http_core.h>
#include <http_protocol.h>
#include <apr_strings.h>

#include "conf.h"
#include "folders.h"
#include "log.h"
#include "runtime/table.h"
#include "setting.h"

#define FILENAME_SCHEME "routes:"

/* ---- the directive ----------------------------------------------------- */

static int
is_dot_segment(const char *segment, size_t len)
{
    return (len == 1 && segment[0] == '.') ||
           (len == 2 && segment[0] == '.' && segment[1] == '.');
}

/* Whether a normalised URL path can begin with the prefix, which has no
 * trailing '/'. */
static int
is_prefix(const char *prefix)
{
    while (*prefix == '/') {
        size_t len = strcspn(++prefix, "/");

        if (len == 0 || is_dot_segment(prefix, len)) {
            return 0;
        }
        prefix += len;
    }
    return *prefix == '\0';
}

static int
is_same(const struct mount *a, const struct mount *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->prefix, b->prefix) == 0;
}

static const struct mount *
find_same(const apr_array_header_t *mounts, const struct mount *mount)
{
    for (int i = 0; i < mounts->nelts; i++) {
        const struct mount *other =
            APR_ARRAY_IDX(mounts, i, const struct mount *);

        if (is_same(mount, other)) {
            return other;
        }
    }
    return NULL;
}

static struct mount *
make_mount(apr_pool_t *pool, const ap_directive_t *directive,
           const char *prefix, const char *name)
{
    struct mount *mount = apr_pcalloc(pool, sizeof(*mount));
    size_t len = strlen(prefix);

    if (len > 0 && prefix[len - 1] == '/') {
        len--;
    }
    mount->prefix = apr_pstrmemdup(pool, prefix, len);
    mount->prefix_len = len;
    mount->name = name;
    mount->filename = apr_pstrcat(pool, FILENAME_SCHEME, name, NULL);
    mount->place =
        apr_psprintf(pool, "%s:%d", directive->filename, directive->line_num);
    return mount;
}

const char *
mount_add(apr_array_header_t *mounts, cmd_parms *cmd, const char *prefix,
          const char *name)
{
    struct mount *mount = make_mount(cmd->pool, cmd->directive, prefix, name);

    if (prefix[0] != '/' || !is_prefix(mount->prefix) ||
        strpbrk(prefix, "%?#") != NULL) {
        return apr_psprintf(cmd->pool,
                            "RoutesMount: '%s' is no URL prefix such as "
                            "/shop",
                            prefix);
    }
    const struct mount *other = find_same(mounts, mount);
    if (other != NULL) {
        return apr_psprintf(cmd->pool,
                            "RoutesMount: '%s' is mounted there already, at "
                            "%s",
                            name, other->place);
    }
    APR_ARRAY_PUSH(mounts, struct mount *) = mount;
    return NULL;
}

static struct mount *
inherit(apr_pool_t *pool, struct mount *mount, int copies)
{
    struct mount *copy;

    if (!copies) {
        return mount;
    }
    copy = apr_pmemdup(pool, mount, sizeof(*mount));
    copy->inherited = 1;
    return copy;
}

apr_array_header_t *
mount_merge(apr_pool_t *pool, const apr_array_header_t *own,
            const apr_array_header_t *base, int copies)
{
    apr_array_header_t *merged = apr_array_copy(pool, own);

    for (int i = 0; i < base->nelts; i++) {
        struct mount *mount = APR_ARRAY_IDX(base, i, struct mount *);

        if (find_same(own, mount) == NULL) {
            APR_ARRAY_PUSH(merged, struct mount *) =
                inherit(pool, mount, copies);
        }
    }
    return merged;
}

const char *
mount_path(const struct mount *mount, const char *uri)
{
    if (mount->prefix_len == 0) {
        return uri;
    }
    if (strncmp(uri, mount->prefix, mount->prefix_len) != 0 ||
        uri[mount->prefix_len] != '/') {
        return NULL;
    }
    return uri + mount->prefix_len;
}

/* ---- modules that httpd skipped ---------------------------------------- */

#define SKIPPED_BEFORE "module "
#define SKIPPED_AFTER  "_routes_module is already loaded, skipping"

/* Names, each followed by a '\n'.  Static, because a log line may come with
 * no pool to remember it in; an overlong list loses its end. */
static char skipped[1024];

/* Lines of requests may hold any words, and are not for us. */
static int
is_serving(void)
{
    return ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_RUN_MPM;
}

void
mount_begin(void)
{
    skipped[0] = '\0';
}

void
mount_watch_log(const ap_errorlog_info *info, const char *line)
{
    const char *end = strstr(line, SKIPPED_AFTER);
    const char *name = end;
    size_t used = strlen(skipped);

    if (info->r != NULL || info->c != NULL || is_serving()) {
        return;
    }
    while (name != NULL && name > line && name[-1] != ' ') {
        name--;
    }
    if (name == NULL || used + (size_t)(end - name) + 2 > sizeof(skipped)) {
        return;
    }
    memcpy(skipped + used, name, (size_t)(end - name));
    memcpy(skipped + used + (end - name), "\n", 2);
}

static int
was_skipped(const char *name)
{
    size_t len = strlen(name);
    const char *at = skipped;

    while (*at != '\0') {
        const char *end = strchr(at, '\n');

        if ((size_t)(end - at) == len && memcmp(at, name, len) == 0) {
            return 1;
        }
        at = end + 1;
    }
    return 0;
}

/* ---- the search for tables --------------------------------------------- */

/* What check_config works with. */
struct check {
    apr_pool_t *pconf;
    apr_pool_t *ptemp;
    struct conf *main_config; /* where the results go */
    int faults;
};

static void
complain(struct check *check, const struct mount *mount, const char *fault)
{
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, NULL,
                 LOGNO(0001) "RoutesMount %s%s%s (%s): %s", mount->prefix,
                 mount->prefix_len == 0 ? "" : " ", mount->name, mount->place,
                 fault);
    check->faults++;
}

static const char *
list_names(apr_pool_t *pool)
{
    const apr_array_header_t *names =
        ap_list_provider_names(pool, ROUTES_PROVIDER_GROUP, ROUTES_ABI);
    const char *list = "";

    for (int i = 0; i < names->nelts; i++) {
        const char *name =
            APR_ARRAY_IDX(names, i, ap_list_provider_names_t).provider_name;

        list = apr_pstrcat(pool, list, i == 0 ? "" : ", ", name, NULL);
    }
    return list;
}

/* A table of that name for another ABI, or NULL. */
static const struct routes_table *
find_stale(apr_pool_t *pool, const char *name)
{
    const apr_array_header_t *groups = ap_list_provider_groups(pool);

    for (int i = 0; i < groups->nelts; i++) {
        const ap_list_provider_groups_t *group =
            &APR_ARRAY_IDX(groups, i, ap_list_provider_groups_t);

        if (strcmp(group->provider_group, ROUTES_PROVIDER_GROUP) == 0) {
            const struct routes_table *table = ap_lookup_provider(
                group->provider_group, name, group->provider_version);

            if (table != NULL) {
                return table;
            }
        }
    }
    return NULL;
}

static const char *
explain_missing(apr_pool_t *pool, const char *name)
{
    const char *names = list_names(pool);

    if (names[0] == '\0') {
        return apr_psprintf(pool,
                            "no table is loaded: 'LoadModule "
                            "%s_routes_module mod_%s.so' is missing",
                            name, name);
    }
    return apr_psprintf(pool, "no loaded module has a table '%s'; there is %s",
                        name, names);
}

/* The table of a mount; or NULL, with the reason in *fault. */
static const struct routes_table *
find_table(struct check *check, const char *name, const char **fault)
{
    const struct routes_table *table =
        ap_lookup_provider(ROUTES_PROVIDER_GROUP, name, ROUTES_ABI);

    if (table == NULL) {
        table = find_stale(check->ptemp, name);
    }
    if (table == NULL) {
        *fault = explain_missing(check->ptemp, name);
        return NULL;
    }
    *fault = routes_table_refusal(table, check->ptemp);
    if (*fault == NULL && was_skipped(name)) {
        *fault = apr_psprintf(check->ptemp,
                              "LoadModule %s_routes_module stands twice, and "
                              "httpd ignores the second file: rename one of "
                              "the .routes files",
                              name);
    }
    return *fault == NULL ? table : NULL;
}

/* httpd knows a method by a number for Allow, <Limit> and the option
 * RegisteredMethods of HttpProtocolOptions.  One that another table declares
 * has its number already.  NULL, or what is wrong. */
static const char *
register_methods(const struct check *check, const struct routes_table *table)
{
    for (uint32_t i = 0; i < table->n_methods; i++) {
        const char *name = routes_table_text(table, table->methods[i]);

        if (*name != '\0' &&
            ap_method_register(check->pconf,
                               apr_pstrdup(check->pconf, name)) == M_INVALID) {
            return apr_psprintf(check->ptemp,
                                "httpd has no room for the method %s: all "
                                "modules declare too many",
                                name);
        }
    }
    return NULL;
}

static const struct served *
find_served(const apr_array_header_t *all, const struct routes_table *table,
            const char *const *values)
{
    for (int i = 0; i < all->nelts; i++) {
        const struct served *served =
            APR_ARRAY_IDX(all, i, const struct served *);

        if (served->source == table &&
            setting_same(table, served->values, values)) {
            return served;
        }
    }
    return NULL;
}

/* The table of a mount, prepared once for all mounts of it that have the same
 * settings. */
static const struct served *
serve(struct check *check, const char *name,
      const apr_array_header_t *settings, const char **fault)
{
    const struct routes_table *table = find_table(check, name, fault);
    apr_array_header_t *all = check->main_config->served;

    if (table == NULL) {
        return NULL;
    }
    const char *const *values = setting_values(check->pconf, table, settings);
    const struct served *served = find_served(all, table, values);
    if (served != NULL) {
        return served;
    }
    const struct routes_table *bound =
        setting_bind(check->pconf, table, values, settings, fault);
    if (bound == NULL) {
        return NULL;
    }
    *fault = register_methods(check, table);
    if (*fault != NULL) {
        return NULL;
    }
    const struct served_from from = {.source = table, .values = values};
    *fault =
        served_make(check->pconf, bound, &from, (unsigned)all->nelts, &served);
    if (*fault != NULL) {
        return NULL;
    }
    APR_ARRAY_PUSH(all, const struct served *) = served;
    return served;
}

/* A virtual host shares the mounts it inherits, so some are done already. */
static void
resolve_mounts(struct check *check, const struct conf *config)
{
    const apr_array_header_t *mounts = config->mounts;

    for (int i = 0; i < mounts->nelts; i++) {
        struct mount *mount = APR_ARRAY_IDX(mounts, i, struct mount *);
        const char *fault = NULL;

        if (mount->checked) {
            continue;
        }
        mount->checked = 1;
        mount->served = serve(check, mount->name, config->settings, &fault);
        if (fault != NULL) {
            complain(check, mount, fault);
        }
    }
}

/* Longer prefixes first; of two alike, the order they were written in. */
static void
sort_mounts(apr_array_header_t *mounts)
{
    struct mount **list = (struct mount **)(void *)mounts->elts;

    for (int i = 1; i < mounts->nelts; i++) {
        struct mount *mount = list[i];
        int at = i;

        while (at > 0 && list[at - 1]->prefix_len < mount->prefix_len) {
            list[at] = list[at - 1];
            at--;
        }
        list[at] = mount;
    }
}

static void
collect_paths(apr_array_header_t *all, const apr_array_header_t *paths)
{
    for (int i = 0; i < paths->nelts; i++) {
        const char *path = APR_ARRAY_IDX(paths, i, const char *);
        int known = 0;

        for (int j = 0; j < all->nelts && !known; j++) {
            known = strcmp(APR_ARRAY_IDX(all, j, const char *), path) == 0;
        }
        if (!known) {
            APR_ARRAY_PUSH(all, const char *) = path;
        }
    }
}

/* With AllowEncodedSlashes On a %2F ends a segment, which the routes did not
 * ask for. */
static void
warn_of_slashes(server_rec *server)
{
    const core_dir_config *core =
        ap_get_core_module_config(server->lookup_defaults);

    if (core->allow_encoded_slashes && core->decode_encoded_slashes) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                     LOGNO(0002) "AllowEncodedSlashes On: %%2F divides the "
                                 "segments of routes (W110); write NoDecode "
                                 "to keep it inside one");
    }
}

int
mount_rehearses(void)
{
    return ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG &&
           ap_state_query(AP_SQ_RUN_MODE) == AP_SQ_RM_NORMAL;
}

static void
check_server(struct check *check, server_rec *server)
{
    const struct conf *config = conf_of(server);

    resolve_mounts(check, config);
    sort_mounts(config->mounts);
    collect_paths(check->main_config->all_paths, config->paths);
    if (config->mounts->nelts > 0 && !mount_rehearses()) {
        warn_of_slashes(server);
    }
}

/* Whether a virtual host has the mount of itself. */
static int
is_own(const struct conf *main_config, const struct mount *mount)
{
    for (int i = 0; i < main_config->mounts->nelts; i++) {
        if (APR_ARRAY_IDX(main_config->mounts, i, const struct mount *) ==
            mount) {
            return 0;
        }
    }
    return 1;
}

/* The main server's folders come first, so only a virtual host can get
 * functions of another server. */
static void
check_folders(struct check *check, const struct conf *config)
{
    for (int i = 0; i < config->mounts->nelts; i++) {
        const struct mount *mount =
            APR_ARRAY_IDX(config->mounts, i, const struct mount *);
        const char *fault = NULL;

        if (mount->served != NULL && !mount->inherited &&
            is_own(check->main_config, mount)) {
            fault =
                folders_conflict(check->ptemp, check->main_config->all_paths,
                                 config->paths, mount->served->table);
        }
        if (fault != NULL) {
            complain(check, mount, fault);
        }
    }
}

/* Settings of the tables that a server mounts, for a message. */
static const char *
list_settings(const struct check *check, const struct conf *config)
{
    const char *list = NULL;

    for (int i = 0; i < config->mounts->nelts; i++) {
        const struct mount *mount =
            APR_ARRAY_IDX(config->mounts, i, const struct mount *);
        const struct routes_table *table =
            mount->served != NULL ? mount->served->table : NULL;

        for (uint32_t s = 1; table != NULL && s < table->n_settings; s++) {
            list = apr_pstrcat(
                check->ptemp, list != NULL ? list : "",
                list != NULL ? ", " : "",
                routes_table_text(table, table->settings[s].name), NULL);
        }
    }
    return list;
}

/* A line that sets nothing is a name misspelt. */
static void
check_settings(struct check *check, const struct conf *config)
{
    for (int i = 0; i < config->settings->nelts; i++) {
        struct setting *setting =
            APR_ARRAY_IDX(config->settings, i, struct setting *);
        const char *known = list_settings(check, config);

        if (setting->used || check->faults > 0) {
            continue;
        }
        setting->used = 1;
        ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, NULL,
                     LOGNO(0004) "RoutesSet %s (%s): no table that is mounted "
                                 "here has such a setting%s%s",
                     setting->name, setting->place,
                     known != NULL ? "; there is " : "",
                     known != NULL ? known : "");
        check->faults++;
    }
}

int
mount_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
            server_rec *main_server)
{
    struct check check = {.pconf = pconf,
                          .ptemp = ptemp,
                          .main_config = ap_get_module_config(
                              main_server->module_config, &routes_module)};

    (void)plog;
    check.main_config->served =
        apr_array_make(pconf, 4, sizeof(struct served *));
    check.main_config->all_paths =
        apr_array_make(pconf, 4, sizeof(const char *));
    for (server_rec *server = main_server; server != NULL;
         server = server->next) {
        check_server(&check, server);
    }
    for (server_rec *server = main_server; server != NULL;
         server = server->next) {
        check_folders(&check, conf_of(server));
        check_settings(&check, conf_of(server));
    }
    return check.faults == 0 ? OK : HTTP_INTERNAL_SERVER_ERROR;
}
