/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status and headers that an application gives its answer.
 */
#include "heading.h"

#include <string.h>
#include <strings.h>

#include <httpd.h>
#include <apr_strings.h>

#include "headers.h"

void
heading_begin(struct heading *heading, apr_pool_t *pool)
{
    *heading = (struct heading){.pool = pool,
                                .status = HTTP_OK,
                                .headers = apr_table_make(pool, 8),
                                .length = HEADING_NO_LENGTH};
}

int
heading_set_status(struct heading *heading, long status)
{
    if (status < 200 || status > 599) {
        PyErr_Format(PyExc_ValueError,
                     "the status %ld: an answer has one from 200 to 599",
                     status);
        return -1;
    }
    heading->status = (int)status;
    return 0;
}

/* ---- headers ------------------------------------------------------------ */

/* What speaks of the connection (RFC 2616, 13.5.1), which is httpd's. */
static int
is_of_connection(const char *name)
{
    static const char *const names[] = {"Proxy-Authenticate",
                                        "Proxy-Authorization", "Trailers"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(names[i], name) == 0) {
            return 1;
        }
    }
    return headers_is_reserved(name) && strcasecmp(name, "Content-Length");
}

static int
check(const char *name, size_t name_len, const char *value, size_t value_len)
{
    if (name_len == 0 || ap_scan_http_token(name) != name + name_len) {
        PyErr_Format(PyExc_ValueError, "a header's name is no token: %.80s",
                     name);
        return -1;
    }
    if (is_of_connection(name)) {
        PyErr_Format(PyExc_ValueError,
                     "the header \"%.80s\" speaks of the connection, which is "
                     "httpd's",
                     name);
        return -1;
    }
    if (ap_scan_http_field_content(value) != value + value_len) {
        PyErr_Format(PyExc_ValueError,
                     "the header \"%.80s\" has a control character in its "
                     "value",
                     name);
        return -1;
    }
    return 0;
}

static int
refuse_second(const char *name)
{
    PyErr_Format(PyExc_ValueError, "the header \"%s\" is given twice", name);
    return -1;
}

static int
set_length(struct heading *heading, const char *value)
{
    apr_off_t length = 0;
    if (heading->length != HEADING_NO_LENGTH) {
        return refuse_second("Content-Length");
    }
    if (!ap_parse_strict_length(&length, value)) {
        PyErr_Format(PyExc_ValueError,
                     "the header \"Content-Length\" is no number: %.80s",
                     value);
        return -1;
    }
    heading->length = length;
    return 0;
}

static int
set_media(struct heading *heading, const char *value, size_t len)
{
    if (heading->media != NULL) {
        return refuse_second("Content-Type");
    }
    heading->media = apr_pstrmemdup(heading->pool, value, len);
    return 0;
}

int
heading_add(struct heading *heading, const char *name, size_t name_len,
            const char *value, size_t value_len)
{
    if (check(name, name_len, value, value_len) != 0) {
        return -1;
    }
    heading->bytes += name_len + value_len;
    if (heading->bytes > HEADERS_MAX_BYTES) {
        PyErr_Format(PyExc_ValueError, "the headers have more than %d bytes",
                     HEADERS_MAX_BYTES);
        return -1;
    }
    if (strcasecmp(name, "Content-Length") == 0) {
        return set_length(heading, value);
    }
    if (strcasecmp(name, "Content-Type") == 0) {
        return set_media(heading, value, value_len);
    }
    apr_table_addn(heading->headers,
                   apr_pstrmemdup(heading->pool, name, name_len),
                   apr_pstrmemdup(heading->pool, value, value_len));
    return 0;
}

/* ---- the answer --------------------------------------------------------- */

int
heading_is_bodiless(const struct heading *heading, const request_rec *r)
{
    return r->header_only || heading->status == HTTP_NO_CONTENT ||
           heading->status == HTTP_NOT_MODIFIED;
}

void
heading_reply(const struct heading *heading, struct reply *reply)
{
    *reply = (struct reply){.status = heading->status,
                            .line = heading->line,
                            .media = heading->media,
                            .headers = heading->headers,
                            .length = heading->length,
                            .file = -1};
}
