/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What others on the network could see of this server.
 */
#include "exposure.h"

#include <string.h>
#include <strings.h>

#include <ap_listen.h>
#include <http_config.h>
#include <http_log.h>

#include "../runtime/table.h"
#include "conf.h"
#include "log.h"
#include "mount.h"

static int
is_loopback(apr_sockaddr_t *address)
{
    char text[64] = "";

    apr_sockaddr_ip_getbuf(text, sizeof(text), address);
    return strncmp(text, "127.", 4) == 0 || strcmp(text, "::1") == 0;
}

int
exposure_is_open(void)
{
    const ap_listen_rec *listener = ap_listeners;

    while (listener != NULL && is_loopback(listener->bind_addr)) {
        listener = listener->next;
    }
    return listener != NULL;
}

/* ---- whether a server speaks TLS ---------------------------------------- */

/* The directives that switch TLS on: mod_ssl's, mod_gnutls's, mod_tls's. */
static int
switches_tls(const ap_directive_t *directive)
{
    return (strcasecmp(directive->directive, "SSLEngine") == 0 &&
            strcasecmp(directive->args, "off") != 0) ||
           (strcasecmp(directive->directive, "GnuTLSEnable") == 0 &&
            strcasecmp(directive->args, "off") != 0) ||
           strcasecmp(directive->directive, "TLSEngine") == 0;
}

/* Whether one of these directives, not of the sections in them, does. */
static int
any_switches_tls(const ap_directive_t *directive)
{
    while (directive != NULL && !switches_tls(directive)) {
        directive = directive->next;
    }
    return directive != NULL;
}

/* The section of a virtual host, by where it was read; NULL for the main
 * server. */
static const ap_directive_t *
find_section(const server_rec *server)
{
    const ap_directive_t *section = ap_conftree;

    while (section != NULL &&
           (server->defn_name == NULL || section->first_child == NULL ||
            section->line_num != (int)server->defn_line_number ||
            strcmp(section->filename, server->defn_name) != 0)) {
        section = section->next;
    }
    return section;
}

/* Read from the configuration: the modules tell it of a connection alone, and
 * there is none yet. */
static int
speaks_tls(const server_rec *server)
{
    const ap_directive_t *section = find_section(server);

    return (server->server_scheme != NULL &&
            strcmp(server->server_scheme, "https") == 0) ||
           any_switches_tls(ap_conftree) ||
           (section != NULL && any_switches_tls(section->first_child));
}

/* ---- what is worth reading ---------------------------------------------- */

/* Whether what a caller sends to a realm is worth stealing. */
static int
is_readable(enum routes_realm_kind kind)
{
    switch (kind) {
    case ROUTES_REALM_NULL:
    case ROUTES_REALM_MTLS:
    case ROUTES_REALM_HMAC:
        return 0;
    case ROUTES_REALM_BASIC:
    case ROUTES_REALM_APIKEY:
    case ROUTES_REALM_JWT:
    case ROUTES_REALM_APACHE:
    case ROUTES_REALM_PYTHON:
    case ROUTES_REALM_SESSION:
        return 1;
    }
    return 1;
}

static const char *
find_realm_in(const struct routes_table *table)
{
    for (uint32_t i = 1; i < table->n_realms; i++) {
        const struct routes_realm *realm = &table->realms[i];

        if (is_readable((enum routes_realm_kind)realm->kind)) {
            return routes_table_text(table, realm->name);
        }
    }
    return NULL;
}

/* The first realm that a server's routes ask for credentials that can be
 * read, or NULL. */
static const char *
find_realm(const server_rec *server)
{
    const apr_array_header_t *mounts = conf_of(server)->mounts;
    const char *realm = NULL;

    for (int i = 0; i < mounts->nelts; i++) {
        const apr_array_header_t *whole =
            APR_ARRAY_IDX(mounts, i, const struct mount *)->served->whole;

        for (int n = 0; n < whole->nelts && realm == NULL; n++) {
            realm = find_realm_in(
                APR_ARRAY_IDX(whole, n, const struct served *)->table);
        }
    }
    return realm;
}

void
exposure_warn(const server_rec *main_server)
{
    if (!exposure_is_open()) {
        return;
    }
    for (const server_rec *server = main_server; server != NULL;
         server = server->next) {
        const char *realm = find_realm(server);

        if (realm != NULL && !speaks_tls(server)) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                         LOGNO(0005) "the credentials of realm %s can be read "
                                     "on their way: this server does not "
                                     "speak TLS (W316); behind a proxy that "
                                     "does, write ServerName https://...",
                         realm);
        }
    }
}
