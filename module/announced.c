/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that loaded modules have announced.
 */
#include "announced.h"

#include <string.h>

#include <ap_provider.h>
#include <http_config.h>
#include <apr_strings.h>

#include "runtime/table.h"

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
announced_begin(void)
{
    skipped[0] = '\0';
}

void
announced_watch_log(const ap_errorlog_info *info, const char *line)
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

/* ---- the search --------------------------------------------------------- */

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

const struct routes_table *
announced_table(const char *name, apr_pool_t *pool, const char **fault)
{
    const struct routes_table *table =
        ap_lookup_provider(ROUTES_PROVIDER_GROUP, name, ROUTES_ABI);

    if (table == NULL) {
        table = find_stale(pool, name);
    }
    if (table == NULL) {
        *fault = explain_missing(pool, name);
        return NULL;
    }
    *fault = routes_table_refusal(table, pool);
    if (*fault == NULL && was_skipped(name)) {
        *fault = apr_psprintf(pool,
                              "LoadModule %s_routes_module stands twice, and "
                              "httpd ignores the second file: rename one of "
                              "the .routes files",
                              name);
    }
    return *fault == NULL ? table : NULL;
}
