/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders of RoutesPythonPath: which of them a module comes from.
 */
#include "folders.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_hash.h>
#include <apr_strings.h>

#include "runtime/table.h"

#define IDENTITY (APR_FINFO_DEV | APR_FINFO_INODE)

/* The first source of a top-level module in the folders, in the order in which
 * Python looks, or NULL. */
static const char *
find_source(apr_pool_t *pool, const apr_array_header_t *folders,
            const char *name, apr_finfo_t *info)
{
    static const char *const forms[] = {"/__init__.py", ".py"};

    for (int i = 0; i < folders->nelts; i++) {
        const char *folder = APR_ARRAY_IDX(folders, i, const char *);

        for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
            const char *path =
                apr_pstrcat(pool, folder, "/", name, forms[f], NULL);

            if (apr_stat(info, path, IDENTITY, pool) == APR_SUCCESS) {
                return path;
            }
        }
    }
    return NULL;
}

static const char *
judge_module(apr_pool_t *pool, const apr_array_header_t *all,
             const apr_array_header_t *own, const char *name)
{
    apr_finfo_t wanted;
    apr_finfo_t imported;
    const char *ours = find_source(pool, own, name, &wanted);
    const char *first = find_source(pool, all, name, &imported);

    if (ours == NULL || first == NULL ||
        (wanted.inode == imported.inode && wanted.device == imported.device)) {
        return NULL;
    }
    return apr_psprintf(pool,
                        "its module '%s' is %s, but a process has one "
                        "interpreter and imports %s, of another server's "
                        "RoutesPythonPath: rename one of them",
                        name, ours, first);
}

const char *
folders_conflict(apr_pool_t *pool, const apr_array_header_t *all,
                 const apr_array_header_t *own,
                 const struct routes_table *table)
{
    apr_hash_t *seen = apr_hash_make(pool);
    const char *fault = NULL;

    for (uint32_t i = 1; i < table->n_functions && fault == NULL; i++) {
        const char *module =
            routes_table_text(table, table->functions[i].module);
        const char *name = apr_pstrmemdup(pool, module, strcspn(module, "."));

        if (apr_hash_get(seen, name, APR_HASH_KEY_STRING) == NULL) {
            apr_hash_set(seen, name, APR_HASH_KEY_STRING, name);
            fault = judge_module(pool, all, own, name);
        }
    }
    return fault;
}
