/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RoutesSet: values that a server gives to the settings of its tables.
 */
#include "setting.h"

#include <string.h>

#include <apr_strings.h>

#include "runtime/setting.h"
#include "runtime/table.h"
#include "served.h"

static struct setting *
find_setting(const apr_array_header_t *settings, const char *name)
{
    for (int i = 0; i < settings->nelts; i++) {
        struct setting *setting = APR_ARRAY_IDX(settings, i, struct setting *);

        if (strcmp(setting->name, name) == 0) {
            return setting;
        }
    }
    return NULL;
}

const char *
setting_add(apr_array_header_t *settings, cmd_parms *cmd, const char *name,
            const char *value)
{
    const struct setting *other = find_setting(settings, name);
    struct setting *setting;

    if (other != NULL) {
        return apr_psprintf(cmd->pool,
                            "RoutesSet: '%s' has a value already, at %s", name,
                            other->place);
    }
    setting = apr_pcalloc(cmd->pool, sizeof(*setting));
    setting->name = name;
    setting->value = value;
    setting->place = apr_psprintf(cmd->pool, "%s:%d", cmd->directive->filename,
                                  cmd->directive->line_num);
    APR_ARRAY_PUSH(settings, struct setting *) = setting;
    return NULL;
}

apr_array_header_t *
setting_merge(apr_pool_t *pool, const apr_array_header_t *own,
              const apr_array_header_t *base)
{
    apr_array_header_t *merged = apr_array_copy(pool, own);

    for (int i = 0; i < base->nelts; i++) {
        struct setting *setting = APR_ARRAY_IDX(base, i, struct setting *);

        if (find_setting(own, setting->name) == NULL) {
            APR_ARRAY_PUSH(merged, struct setting *) = setting;
        }
    }
    return merged;
}

const char *const *
setting_values(apr_pool_t *pool, const struct routes_table *table,
               const apr_array_header_t *settings)
{
    const char **values =
        apr_pcalloc(pool, table->n_settings * sizeof(*values));

    for (uint32_t i = 1; i < table->n_settings; i++) {
        struct setting *setting = find_setting(
            settings, routes_table_text(table, table->settings[i].name));

        if (setting != NULL) {
            values[i] = setting->value;
            setting->used = 1;
        }
    }
    return values;
}

int
setting_same(const struct routes_table *table, const char *const *a,
             const char *const *b)
{
    for (uint32_t i = 1; i < table->n_settings; i++) {
        if (a[i] == NULL || b[i] == NULL ? a[i] != b[i]
                                         : strcmp(a[i], b[i]) != 0) {
            return 0;
        }
    }
    return 1;
}

/* What is wrong with the value that the server gives, or with none. */
static const char *
describe(apr_pool_t *pool, const struct routes_table *table,
         const struct routes_setting_fault *found,
         const apr_array_header_t *settings)
{
    const struct routes_setting *row = &table->settings[found->setting];
    const char *name = routes_table_text(table, row->name);
    const char *line = served_line(table, row->file, row->line, pool);
    const struct setting *given = find_setting(settings, name);

    if (given != NULL) {
        return apr_psprintf(pool,
                            "the setting '%s' (%s) can't be '%s' (%s), which "
                            "%s",
                            name, line, given->value, given->place,
                            found->text);
    }
    return row->has_value
               ? apr_psprintf(pool, "the default of the setting '%s' (%s) %s",
                              name, line, found->text)
               : apr_psprintf(pool,
                              "the setting '%s' (%s) %s: write 'RoutesSet %s "
                              "VALUE'",
                              name, line, found->text, name);
}

const struct routes_table *
setting_bind(apr_pool_t *pconf, const struct routes_table *table,
             const char *const *values, const apr_array_header_t *settings,
             const char **fault)
{
    struct routes_setting_fault found;
    const struct routes_table *bound =
        routes_setting_bind(table, values, pconf, &found);

    *fault = bound == NULL    ? describe(pconf, table, &found, settings)
             : bound == table ? NULL
                              : routes_table_refusal(bound, pconf);
    return *fault == NULL ? bound : NULL;
}
