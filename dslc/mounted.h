/* SPDX-License-Identifier: Apache-2.0 */
/* mounted: what the mounts of a program are, all of them known. */
#ifndef DSLC_MOUNTED_H
#define DSLC_MOUNTED_H

#include "dslc/diag.h"
#include "dslc/model.h"

/* Whether some mount is a backend, for which mod_proxy is needed. */
int mounted_has_proxy(const struct model *model);

/* The tables that mounts name, once each: const char *, in pool. */
apr_array_header_t *
mounted_tables(apr_pool_t *pool, const struct model *model);

/* Says E215 of mounts whose own path a location keeps that they are not in. */
void mounted_check(const struct model *model, struct diag_list *diags);

#endif
