/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toolchain: the programs and folders outside of us: what apxs knows, and what
 * stands beside routesc or was installed with it.
 */
#ifndef TOOLCHAIN_H
#define TOOLCHAIN_H

#include <apr_pools.h>

struct toolchain {
    const char *apxs;        /* that was asked */
    const char *const *cc;   /* compiler and flags, NULL-terminated */
    const char *libexecdir;  /* of httpd's own modules */
    const char *httpd;       /* the program */
    const char *include_dir; /* where routes_abi.h is */
    const char *module;      /* mod_routes.so */
};

/*
 * Asks the apxs of the environment variable APXS, or the one that configure
 * found.  In the build tree, header and module are those of the tree.  NULL if
 * all is well, else what is wrong, in pool.
 */
const char *toolchain_find(apr_pool_t *pool, struct toolchain *tools);

/* Where mod_routes.so is, without asking anybody. */
const char *toolchain_module(apr_pool_t *pool);

/* Where signatures.py is. */
const char *toolchain_signatures(apr_pool_t *pool);

/* Where imports.py is. */
const char *toolchain_imports(apr_pool_t *pool);

/* Where urlkit.py is. */
const char *toolchain_urlkit(apr_pool_t *pool);

#endif
