/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Origins: which of them is the one that the request is for.
 */
#include "origin.h"

#include <string.h>
#include <strings.h>

#include <http_core.h>
#include <http_protocol.h>
#include <apr_lib.h>

#define HTTP_PREFIX  "http://"
#define HTTPS_PREFIX "https://"

struct origin {
    const char *host; /* borrowed; a name, an address, [an IPv6 address] */
    size_t host_len;
    unsigned port;
    int is_https;
};

static size_t
count_digits(const char *at)
{
    size_t n = 0;

    while (apr_isdigit(at[n])) {
        n++;
    }
    return n;
}

/* The number behind a host, of at most five digits; 0 for none that could be
 * a port. */
static unsigned
read_port(const char *at)
{
    size_t n = count_digits(at);
    unsigned port = 0;

    if (n == 0 || n > 5 || at[n] != '\0') {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        port = port * 10 + (unsigned)(at[i] - '0');
    }
    return port <= 65535 ? port : 0;
}

/* Whether a text is scheme://host[:port] and nothing else. */
static int
read_origin(const char *text, struct origin *origin)
{
    const char *end;

    origin->is_https =
        strncasecmp(text, HTTPS_PREFIX, strlen(HTTPS_PREFIX)) == 0;
    if (!origin->is_https &&
        strncasecmp(text, HTTP_PREFIX, strlen(HTTP_PREFIX)) != 0) {
        return 0;
    }
    origin->host =
        text + strlen(origin->is_https ? HTTPS_PREFIX : HTTP_PREFIX);
    end = origin->host + strcspn(origin->host, "]/?#@ ");
    end = *end == ']' ? end + 1 : origin->host + strcspn(origin->host, ":");
    origin->host_len = (size_t)(end - origin->host);
    origin->port = *end == '\0'  ? (origin->is_https ? 443 : 80)
                   : *end == ':' ? read_port(end + 1)
                                 : 0;
    return origin->host_len > 0 && origin->port != 0;
}

/* r->hostname is in lower case, without a dot at its end and, of an IPv6
 * address, without brackets. */
static int
is_host(const struct origin *origin, const char *hostname)
{
    const char *host = origin->host;
    size_t len = origin->host_len;

    if (len > 2 && host[0] == '[' && strchr(hostname, ':') != NULL &&
        hostname[0] != '[') {
        host++;
        len -= 2;
    }
    if (host[len - 1] == '.') {
        len--;
    }
    return len == strlen(hostname) && strncasecmp(host, hostname, len) == 0;
}

int
origin_is_own(const request_rec *r, const char *text)
{
    struct origin origin;
    unsigned port;
    int is_https = strcmp(ap_http_scheme(r), "https") == 0;

    if (r->hostname == NULL || !read_origin(text, &origin) ||
        (is_https && !origin.is_https)) {
        return 0;
    }
    port = r->parsed_uri.port_str != NULL && r->parsed_uri.port != 0
               ? r->parsed_uri.port
           : origin.is_https ? 443
                             : 80;
    return port == origin.port && is_host(&origin, r->hostname);
}
