/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RoutesSet: values that a server gives to the settings of its tables.
 */
#ifndef SETTING_H
#define SETTING_H

#include <httpd.h>
#include <http_config.h>
#include <apr_tables.h>

#include "runtime/routes_abi.h"

/* A line RoutesSet. */
struct setting {
    const char *name;
    const char *value;
    const char *place; /* "httpd.conf:12" */
    int used;          /* some table that is mounted has the setting */
};

/* Appends a line made in cmd->pool to settings: struct setting *.  Returns
 * NULL, or why the line is wrong. */
const char *setting_add(apr_array_header_t *settings, cmd_parms *cmd,
                        const char *name, const char *value);

/* The settings of a virtual host: its own, then those of the main server that
 * it does not repeat.  The array is of pool. */
apr_array_header_t *
setting_merge(apr_pool_t *pool, const apr_array_header_t *own,
              const apr_array_header_t *base);

/* What a server gives to the settings of a table, by their index, and notes
 * that these lines are used: const char *, NULL for none.  In pool. */
const char *const *
setting_values(apr_pool_t *pool, const struct routes_table *table,
               const apr_array_header_t *settings);

/* Whether two lists of values for one table are the same. */
int setting_same(const struct routes_table *table, const char *const *a,
                 const char *const *b);

/* The table with these values in their places, in pconf; NULL, and *fault in
 * it, when one of them can't be taken; settings are where they are from. */
const struct routes_table *
setting_bind(apr_pool_t *pconf, const struct routes_table *table,
             const char *const *values, const apr_array_header_t *settings,
             const char **fault);

#endif
