/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen: the address of a server to be: understood, free, answering.
 */
#include "listen.h"

#include <errno.h>
#include <string.h>

#include <apr_errno.h>
#include <apr_strings.h>

#define LOCAL "127.0.0.1"

static const char *
complain(apr_pool_t *pool, const char *wanted, apr_status_t rv)
{
    char message[120];

    if (APR_TO_OS_ERROR(rv) == EADDRINUSE) {
        return apr_psprintf(pool,
                            "`%s` is in use: end what listens there, or "
                            "choose another with --listen",
                            wanted);
    }
    return apr_psprintf(pool, "cannot listen on `%s`: %s", wanted,
                        apr_strerror(rv, message, sizeof(message)));
}

/* "127.0.0.1:8080", as httpd and a URL want it. */
static const char *
address_text(apr_pool_t *pool, apr_sockaddr_t *address)
{
    char *ip;

    apr_sockaddr_ip_get(&ip, address);
    return apr_psprintf(pool, strchr(ip, ':') != NULL ? "[%s]:%u" : "%s:%u",
                        ip, (unsigned)address->port);
}

/* Listens for a moment, as httpd will. */
static apr_status_t
try_address(apr_pool_t *pool, apr_sockaddr_t *address)
{
    apr_socket_t *socket;
    apr_status_t rv = apr_socket_create(&socket, address->family, SOCK_STREAM,
                                        APR_PROTO_TCP, pool);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    apr_socket_opt_set(socket, APR_SO_REUSEADDR, 1);
    rv = apr_socket_bind(socket, address);
    if (rv == APR_SUCCESS) {
        rv = apr_socket_listen(socket, 1);
    }
    apr_socket_close(socket);
    return rv;
}

const char *
listen_find(apr_pool_t *pool, const char *wanted, struct listen *listen)
{
    char *host = NULL;
    char *scope = NULL;
    apr_port_t port = 0;
    apr_status_t rv = apr_parse_addr_port(&host, &scope, &port, wanted, pool);

    if (rv != APR_SUCCESS || port == 0 || scope != NULL) {
        return apr_psprintf(pool,
                            "--listen is ADDRESS:PORT, such as "
                            "127.0.0.1:8080, and not `%s`",
                            wanted);
    }
    rv = apr_sockaddr_info_get(&listen->address, host != NULL ? host : LOCAL,
                               APR_UNSPEC, port, 0, pool);
    if (rv == APR_SUCCESS) {
        listen->text = address_text(pool, listen->address);
        rv = try_address(pool, listen->address);
    }
    return rv == APR_SUCCESS ? NULL : complain(pool, wanted, rv);
}

int
listen_answers(apr_pool_t *pool, const struct listen *listen)
{
    apr_socket_t *socket;
    apr_status_t rv;

    if (apr_socket_create(&socket, listen->address->family, SOCK_STREAM,
                          APR_PROTO_TCP, pool) != APR_SUCCESS) {
        return 0;
    }
    apr_socket_timeout_set(socket, apr_time_from_msec(200));
    rv = apr_socket_connect(socket, listen->address);
    apr_socket_close(socket);
    return rv == APR_SUCCESS;
}
