/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve_conf: the configuration of the private httpd of `routesc serve`.
 */
#ifndef SERVE_CONF_H
#define SERVE_CONF_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "account.h"
#include "toolchain.h"

/* What is served, and where. */
struct serve_conf {
    const struct toolchain *tools;
    const char *name;                 /* of the table */
    const char *module;               /* its mod_NAME.so */
    const apr_array_header_t *tables; /* const char *: the mod_NAME.so of
                                         tables that this one mounts */
    const char *dir;                  /* the private folder */
    const char *root;   /* ServerRoot: the folder of the .routes file, or its
                           copy */
    const char *listen; /* "127.0.0.1:8080", "[::1]:8080" */
    const struct account *account;      /* NULL: we are not root */
    const apr_array_header_t *paths;    /* const char *: RoutesPythonPath */
    const char *home;                   /* RoutesPythonHome, or NULL */
    const apr_array_header_t *settings; /* const char *: NAME=VALUE */
    const char *cookie;                 /* of sessions, or NULL: there is no
                                           realm of the kind */
    int proxies;                        /* some mount is a backend */
};

/* The name of the table that a mod_NAME.so has, in pool; NULL: the file is
 * called otherwise. */
const char *serve_conf_table(apr_pool_t *pool, const char *path);

/*
 * Writes dir/httpd.conf.  built_in: what `httpd -l` says.  NULL, or what is
 * wrong, in pool.
 */
const char *serve_conf_write(apr_pool_t *pool, const struct serve_conf *conf,
                             const char *built_in, const char *path);

#endif
