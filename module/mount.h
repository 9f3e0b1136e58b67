/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts: which table answers below which prefix of a server, or below which
 * path of another table.
 */
#ifndef MOUNT_H
#define MOUNT_H

#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <apr_tables.h>

#include "served.h"

struct mount {
    const char *prefix; /* "/shop", without a trailing '/'; "" for "/"; of a
                           table in a table the request's own, see inner.h */
    apr_size_t prefix_len;
    const char *url;             /* the prefix as it stands in a URL */
    const char *name;            /* of the table */
    const char *filename;        /* "routes:shop": what r->filename becomes */
    const char *place;           /* "httpd.conf:12", of the directive, or
                                    "shop.routes:7" */
    const struct served *served; /* NULL until mount_check */
    int inherited;               /* a virtual host's copy of the main
                                    server's, for settings of its own */
    int checked;                 /* by mount_check, for all its servers */
};

/* A line RoutesMount: appends a mount made in cmd->pool to mounts.  Returns
 * NULL, or why the line is wrong. */
const char *mount_add(apr_array_header_t *mounts, cmd_parms *cmd,
                      const char *prefix, const char *name);

/* The mounts of a virtual host: its own, then those of the main server that
 * it does not repeat, or copies of them.  The array is of pool. */
apr_array_header_t *
mount_merge(apr_pool_t *pool, const apr_array_header_t *own,
            const apr_array_header_t *base, int copies);

/* A prefix as it stands in a URL; in pool. */
const char *mount_url(apr_pool_t *pool, const char *prefix);

/* The path of uri below the mount's prefix, beginning with '/', or NULL if it
 * is not below it.  Borrowed from uri. */
const char *mount_path(const struct mount *mount, const char *uri);

/* Hook check_config, which runs for `httpd -t`, at start and at each restart,
 * when all modules are loaded: finds the table of every mount, checks it, and
 * completes the configurations.  Logs each fault; not OK if there was one. */
int mount_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                server_rec *main_server);

/* Warns of what httpd does to URLs before the routes see them.  Behind
 * mount_check. */
void mount_warn(const server_rec *main_server);

/* Whether httpd reads its configuration for the first of two times, as it does
 * at start: a warning is for the second, or for configtest. */
int mount_rehearses(void);

#endif
