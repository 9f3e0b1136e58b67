/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is served, for who reads the error log.
 */
#include "inventory.h"

#include <string.h>

#include <ap_provider.h>
#include <http_config.h>
#include <http_log.h>

#include "../runtime/routes_abi.h"
#include "conf.h"
#include "log.h"
#include "mount.h"
#include "served.h"

/* Digits of the checksum that `routesc emit` and `routesc urls` show, too. */
#define DIGITS 10

/* ---- what is mounted ---------------------------------------------------- */

/* Whether a virtual host has the mount from the main server, of which it is
 * said already. */
static int
is_inherited(const struct conf *main_config, const struct mount *mount)
{
    const apr_array_header_t *mounts = main_config->mounts;

    for (int i = 0; i < mounts->nelts; i++) {
        if (APR_ARRAY_IDX(mounts, i, const struct mount *) == mount) {
            return 1;
        }
    }
    return mount->inherited;
}

/* The table of a mount, and those that are mounted in it. */
static void
say_tables(const server_rec *server, const struct mount *mount)
{
    const apr_array_header_t *whole = mount->served->whole;

    for (int i = 0; i < whole->nelts; i++) {
        const struct routes_table *table =
            APR_ARRAY_IDX(whole, i, const struct served *)->table;

        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, server,
                     LOGNO(0008) "RoutesMount %s%s%s (%s): the table %s, "
                                 "built by %s, input=%.*s",
                     mount->prefix, mount->prefix_len == 0 ? "" : " ",
                     mount->name, mount->place, table->name, table->compiler,
                     DIGITS, table->checksum);
    }
}

static void
say_mounts(const server_rec *server, const struct conf *main_config)
{
    const struct conf *config = conf_of(server);

    for (int i = 0; i < config->mounts->nelts; i++) {
        const struct mount *mount =
            APR_ARRAY_IDX(config->mounts, i, const struct mount *);

        if (config == main_config || !is_inherited(main_config, mount)) {
            say_tables(server, mount);
        }
    }
}

void
inventory_say(const server_rec *main_server)
{
    const struct conf *main_config = conf_of(main_server);

    for (const server_rec *server = main_server; server != NULL;
         server = server->next) {
        say_mounts(server, main_config);
    }
}

/* ---- what is not -------------------------------------------------------- */

/* By its name: two tables of one name are refused. */
static int
is_served(const struct conf *main_config, const char *name)
{
    const apr_array_header_t *all = main_config->served;

    for (int i = 0; i < all->nelts; i++) {
        const struct served *served =
            APR_ARRAY_IDX(all, i, const struct served *);

        if (strcmp(served->source->name, name) == 0) {
            return 1;
        }
    }
    return 0;
}

void
inventory_warn(apr_pool_t *ptemp, const server_rec *main_server)
{
    const struct conf *main_config = conf_of(main_server);
    const apr_array_header_t *names =
        ap_list_provider_names(ptemp, ROUTES_PROVIDER_GROUP, ROUTES_ABI);

    for (int i = 0; i < names->nelts; i++) {
        const char *name =
            APR_ARRAY_IDX(names, i, ap_list_provider_names_t).provider_name;

        if (!is_served(main_config, name)) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, NULL,
                         LOGNO(0009) "the table %s is loaded, and nothing "
                                     "mounts it: `RoutesMount %s` serves it",
                         name, name);
        }
    }
}
