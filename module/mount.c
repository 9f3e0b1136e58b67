/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts: which table answers below which prefix of a server, or below which
 * path of another table.
 */
#include "mount.h"

#include <stdlib.h>
#include <string.h>

#include <http_core.h>
#include <http_protocol.h>
#include <apr_strings.h>

#include "announced.h"
#include "conf.h"
#include "folders.h"
#include "log.h"
#include "runtime/table.h"
#include "runtime/url.h"
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

const char *
mount_url(apr_pool_t *pool, const char *prefix)
{
    size_t len = strlen(prefix);
    char *url = apr_palloc(pool, 3 * len + 1);

    url[routes_url_encode(prefix, len, 1, url)] = '\0';
    return url;
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
    mount->url = mount_url(pool, mount->prefix);
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

/* ---- the tables of mounts ---------------------------------------------- */

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

/* Whether the same is mounted in two servings of one table. */
static int
has_inners(const struct served *served, const struct mount *inners)
{
    for (uint32_t i = 1; i < served->source->n_mounts; i++) {
        if (served->inners[i].served != inners[i].served) {
            return 0;
        }
    }
    return 1;
}

static const struct served *
find_served(const apr_array_header_t *all, const struct served_from *from)
{
    for (int i = 0; i < all->nelts; i++) {
        const struct served *served =
            APR_ARRAY_IDX(all, i, const struct served *);

        if (served->source == from->source &&
            setting_same(from->source, served->values, from->values) &&
            has_inners(served, from->inners)) {
            return served;
        }
    }
    return NULL;
}

/* The table of `from`, prepared once for all mounts of it that have the same
 * settings and the same mounted in them. */
static const struct served *
make_served(struct check *check, const struct served_from *from,
            const apr_array_header_t *settings, const char **fault)
{
    apr_array_header_t *all = check->main_config->served;
    const struct served *served = find_served(all, from);

    if (served != NULL) {
        return served;
    }
    const struct routes_table *bound = setting_bind(
        check->pconf, from->source, from->values, settings, fault);
    if (bound == NULL) {
        return NULL;
    }
    *fault = register_methods(check, from->source);
    if (*fault != NULL) {
        return NULL;
    }
    *fault =
        served_make(check->pconf, bound, from, (unsigned)all->nelts, &served);
    if (*fault != NULL) {
        return NULL;
    }
    APR_ARRAY_PUSH(all, const struct served *) = served;
    return served;
}

/* ---- tables that are mounted in tables ---------------------------------- */

/* The tables on the way to one, itself the first. */
struct chain {
    const char *name;
    const struct chain *above; /* or NULL */
    unsigned depth;            /* from 1 */
};

/* "a, b, a" */
static const char *
list_chain(apr_pool_t *pool, const struct chain *chain)
{
    return chain->above == NULL
               ? chain->name
               : apr_pstrcat(pool, list_chain(pool, chain->above), ", ",
                             chain->name, NULL);
}

/* NULL, or why a table can't be mounted where the chain leads. */
static const char *
chain_fault(apr_pool_t *pool, const struct chain *chain)
{
    for (const struct chain *at = chain->above; at != NULL; at = at->above) {
        if (strcmp(at->name, chain->name) == 0) {
            return apr_psprintf(pool, "the tables mount each other: %s",
                                list_chain(pool, chain));
        }
    }
    return chain->depth <= ROUTES_MAX_TABLES
               ? NULL
               : apr_psprintf(pool,
                              "more than %d tables are mounted in each "
                              "other: %s",
                              ROUTES_MAX_TABLES, list_chain(pool, chain));
}

/* "shop.routes:12", of a row of mounts[]. */
static const char *
place_of_row(apr_pool_t *pool, const struct routes_table *table, uint32_t row)
{
    for (uint32_t i = 1; i < table->n_routes; i++) {
        const struct routes_route *route = &table->routes[i];

        if (route->kind == ROUTES_ROUTE_MOUNT && route->target == row) {
            return served_line(table, route->file, route->line, pool);
        }
    }
    return table->name;
}

static const struct served *
serve(struct check *check, const struct chain *chain,
      const apr_array_header_t *settings, const char **fault);

/* What is mounted at one row, if a table is. */
static void
fill_inner(struct check *check, const struct served_from *from, uint32_t row,
           const struct chain *above, const apr_array_header_t *settings,
           struct mount *inner, const char **fault)
{
    const struct routes_table *table = from->source;
    const char *name = routes_table_text(table, table->mounts[row].target);
    const struct chain chain = {
        .name = name, .above = above, .depth = above->depth + 1};

    inner->name = name;
    inner->filename = apr_pstrcat(check->pconf, FILENAME_SCHEME, name, NULL);
    inner->place = place_of_row(check->pconf, table, row);
    inner->served = serve(check, &chain, settings, fault);
    if (inner->served == NULL) {
        *fault = apr_psprintf(check->ptemp, "mount routes %s (%s): %s", name,
                              inner->place, *fault);
    }
}

static const struct mount *
find_inners(struct check *check, const struct served_from *from,
            const struct chain *chain, const apr_array_header_t *settings,
            const char **fault)
{
    const struct routes_table *table = from->source;
    struct mount *inners =
        apr_pcalloc(check->pconf, (table->n_mounts + 1) * sizeof(*inners));

    for (uint32_t i = 1; i < table->n_mounts && *fault == NULL; i++) {
        if (table->mounts[i].kind == ROUTES_MOUNT_TABLE) {
            fill_inner(check, from, i, chain, settings, &inners[i], fault);
        }
    }
    return inners;
}

/* The table at the end of a chain, with all that is mounted in it; NULL with
 * the reason in *fault. */
static const struct served *
serve(struct check *check, const struct chain *chain,
      const apr_array_header_t *settings, const char **fault)
{
    struct served_from from = {.source = NULL};

    *fault = chain_fault(check->ptemp, chain);
    if (*fault != NULL) {
        return NULL;
    }
    from.source = announced_table(chain->name, check->ptemp, fault);
    if (from.source == NULL) {
        return NULL;
    }
    from.values = setting_values(check->pconf, from.source, settings);
    from.inners = find_inners(check, &from, chain, settings, fault);
    return *fault == NULL ? make_served(check, &from, settings, fault) : NULL;
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
        const struct chain chain = {.name = mount->name, .depth = 1};
        mount->served = serve(check, &chain, config->settings, &fault);
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
warn_of_slashes(const server_rec *server)
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

void
mount_warn(const server_rec *main_server)
{
    for (const server_rec *server = main_server; server != NULL;
         server = server->next) {
        if (conf_of(server)->mounts->nelts > 0) {
            warn_of_slashes(server);
        }
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

static void
check_folders_of(struct check *check, const struct conf *config,
                 const struct mount *mount)
{
    const apr_array_header_t *whole = mount->served->whole;
    const char *fault = NULL;

    for (int i = 0; i < whole->nelts && fault == NULL; i++) {
        fault = folders_conflict(
            check->ptemp, check->main_config->all_paths, config->paths,
            APR_ARRAY_IDX(whole, i, const struct served *)->table);
    }
    if (fault != NULL) {
        complain(check, mount, fault);
    }
}

/* The main server's folders come first, so only a virtual host can get
 * functions of another server. */
static void
check_folders(struct check *check, const struct conf *config)
{
    for (int i = 0; i < config->mounts->nelts; i++) {
        const struct mount *mount =
            APR_ARRAY_IDX(config->mounts, i, const struct mount *);

        if (mount->served != NULL && !mount->inherited &&
            is_own(check->main_config, mount)) {
            check_folders_of(check, config, mount);
        }
    }
}

static const char *
add_settings(apr_pool_t *pool, const struct routes_table *table,
             const char *list)
{
    for (uint32_t i = 1; i < table->n_settings; i++) {
        list = apr_pstrcat(
            pool, list != NULL ? list : "", list != NULL ? ", " : "",
            routes_table_text(table, table->settings[i].name), NULL);
    }
    return list;
}

/* Settings of the tables that a server mounts, for a message. */
static const char *
list_settings(const struct check *check, const struct conf *config)
{
    const char *list = NULL;

    for (int i = 0; i < config->mounts->nelts; i++) {
        const struct served *served =
            APR_ARRAY_IDX(config->mounts, i, const struct mount *)->served;

        for (int n = 0; served != NULL && n < served->whole->nelts; n++) {
            list = add_settings(
                check->ptemp,
                APR_ARRAY_IDX(served->whole, n, const struct served *)->table,
                list);
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
