/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings: a table as one server's configuration completes it.
 */
#ifndef ROUTES_SETTING_H
#define ROUTES_SETTING_H

#include <apr_pools.h>

#include "routes_abi.h"

/* Why a value can't be taken. */
struct routes_setting_fault {
    uint32_t setting; /* settings[] */
    const char *text; /* pool: "is no int(1..1000)"; said of its value */
};

/*
 * The table with the value of each setting in its places: a copy in pool that
 * shares the rows without any.  values: by index into settings[], borrowed;
 * NULL: the default.  The table has passed routes_table_refusal.  NULL with
 * the first fault: a setting without a value, a value that is not of its type
 * or of the type where it stands, two hosts that become one.
 */
const struct routes_table *
routes_setting_bind(const struct routes_table *table,
                    const char *const *values, apr_pool_t *pool,
                    struct routes_setting_fault *fault);

/* The number of rows in a section, and the size of one. */
uint32_t routes_setting_rows(const struct routes_table *table,
                             uint32_t section, size_t *size);

#endif
