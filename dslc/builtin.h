/* SPDX-License-Identifier: Apache-2.0 */
/* builtin: the types of the language, by name. */
#ifndef DSLC_BUILTIN_H
#define DSLC_BUILTIN_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "dslc/model.h"

/* What may stand in the parentheses of a type. */
enum builtin_bounds {
    BUILTIN_NONE,
    BUILTIN_LENGTH, /* whole numbers from 0 */
    BUILTIN_BYTES,  /* the same, or sizes */
    BUILTIN_WHOLE,  /* whole numbers */
    BUILTIN_REAL,
    BUILTIN_LABELS,
    BUILTIN_UPLOAD /* a range of sizes, and media types */
};

struct builtin {
    const char *name;
    enum routes_type_kind kind; /* NULL: waits for a later version */
    enum builtin_bounds bounds;
};

/* The row of a name, or NULL. */
const struct builtin *builtin_find(const char *name);

/* The row of a type; NULL for a record. */
const struct builtin *builtin_of(const struct model_type *type);

/* All names: const char *. */
apr_array_header_t *builtin_names(apr_pool_t *pool);

#endif
