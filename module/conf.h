/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives of mod_routes, and what they leave in a server_rec.
 */
#ifndef CONF_H
#define CONF_H

#include <httpd.h>
#include <http_config.h>
#include <apr_tables.h>

struct audit; /* audit.h */

/* One server's configuration, in pconf.  Filled by the directives, completed
 * by mount_check, read-only after that. */
struct conf {
    apr_array_header_t *mounts; /* struct mount *: its own before those of the
                                   main server; after mount_check the longest
                                   prefix first.  Never NULL. */
    apr_array_header_t *settings; /* struct setting *: RoutesSet, its own
                                     before those of the main server */
    apr_array_header_t *paths; /* const char *: RoutesPythonPath, absolute */
    int debug;                 /* RoutesDebug; CONF_UNSET: not said */
    struct audit *audit;       /* RoutesAuditLog, or NULL: not said */

    /* of the main server only: there is one interpreter a process */
    const char *home;              /* RoutesPythonHome, absolute, or NULL */
    int strict;                    /* RoutesStrict */
    apr_array_header_t *served;    /* struct served *: every table that some
                                   server mounts; set by mount_check */
    apr_array_header_t *all_paths; /* const char *: the paths of all servers,
                                      no two alike; set by mount_check */
};

#define CONF_UNSET (-1)

extern const command_rec conf_directives[];

/* The create and merge functions of the module record. */
void *conf_create(apr_pool_t *pool, server_rec *server);
void *conf_merge(apr_pool_t *pool, void *main_server, void *vhost);

/* The configuration of a server; never NULL. */
const struct conf *conf_of(const server_rec *server);

#endif
