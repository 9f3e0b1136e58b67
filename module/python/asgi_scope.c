/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scope of a request to an ASGI application.
 *
 * The path is whole and begins with root_path, as the specification has it;
 * `strip true` gives what is below the mount, which Starlette before 0.33 took
 * the path for.
 */
#include "asgi_scope.h"

#include <string.h>

#include <apr_lib.h>

#include "apache_module.h"
#include "embed.h"
#include "interpreter.h"
#include "pyrequest.h"
#include "text.h"
#include "told.h"

#include "../../runtime/url.h"

/* A scope that is being filled. */
struct fill {
    struct apache_state *state;
    PyObject *dict;    /* borrowed */
    PyObject *headers; /* borrowed: a list */
    request_rec *r;
    const struct embed_visit *visit;
    int inflated;
};

/* ---- values ------------------------------------------------------------- */

/* Takes the reference to value, which may be NULL with an exception.  0 with
 * one, so that a chain of && ends where one fails: nothing of Python is called
 * with an exception set. */
static int
put(const struct fill *fill, PyObject *key, PyObject *value)
{
    int done = value != NULL && PyDict_SetItem(fill->dict, key, value) == 0;
    Py_XDECREF(value);
    return done;
}

static PyObject *
make_text(const char *text)
{
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), NULL);
}

/* ---- headers ------------------------------------------------------------ */

/* The name in small letters; new. */
static PyObject *
make_name(const char *header)
{
    PyObject *name = PyBytes_FromString(header); /* new */
    if (name != NULL) {
        for (char *at = PyBytes_AS_STRING(name); *at != '\0'; at++) {
            *at = (char)apr_tolower(*at);
        }
    }
    return name;
}

static int
add_pair(PyObject *list, PyObject *name, PyObject *value)
{
    PyObject *pair = PyTuple_Pack(2, name, value); /* new */
    int result = pair != NULL ? PyList_Append(list, pair) : -1;
    Py_XDECREF(pair);
    return result;
}

/* A length that is another one when the body is inflated is none. */
static int
is_told(const struct fill *fill, const char *header)
{
    return told_is_plain(header) &&
           !told_keeps_back(fill->r, fill->visit, fill->inflated, header) &&
           !(fill->inflated && strcasecmp(header, "Content-Length") == 0);
}

static int
add_header(void *data, const char *header, const char *text)
{
    struct fill *fill = data;
    if (!is_told(fill, header)) {
        return 1;
    }
    PyObject *name = make_name(header); /* new, each */
    PyObject *value = name != NULL ? PyBytes_FromString(text) : NULL;
    int result = value != NULL ? add_pair(fill->headers, name, value) : -1;
    Py_XDECREF(value);
    Py_XDECREF(name);
    return result == 0;
}

static int
put_headers(struct fill *fill)
{
    fill->headers = PyList_New(0); /* new */
    if (fill->headers == NULL) {
        return 0;
    }
    if (!apr_table_do(add_header, fill, fill->r->headers_in, NULL)) {
        Py_CLEAR(fill->headers);
        return 0;
    }
    return put(fill, fill->state->names.headers, fill->headers);
}

/* ---- the path ----------------------------------------------------------- */

static PyObject *
make_path(const struct fill *fill)
{
    const char *info = fill->visit->path_info;
    if (!fill->visit->strip) {
        return make_text(fill->r->uri);
    }
    return make_text(*info != '\0' ? info : "/");
}

/* The path as it came: behind the authority, if that came with it. */
static const char *
find_raw_path(const request_rec *r)
{
    const char *at = r->unparsed_uri;
    if (*at != '/') {
        const char *authority = strstr(at, "://");
        at = authority != NULL ? strchr(authority + 3, '/') : NULL;
    }
    return at != NULL ? at : "/";
}

/* The value of a hexadecimal digit. */
static int
digit_of(char c)
{
    return apr_isdigit(c) ? c - '0' : apr_tolower(c) - 'a' + 10;
}

/* Whether len bytes are a path percent-encoded, and nothing else. */
static int
is_encoded(const char *raw, size_t len, const char *path)
{
    const char *end = raw + len;
    for (; raw < end; path++) {
        char c = *raw++;
        if (c == '%') {
            if (end - raw < 2 || !apr_isxdigit(raw[0]) ||
                !apr_isxdigit(raw[1])) {
                return 0;
            }
            c = (char)(digit_of(raw[0]) << 4 | digit_of(raw[1]));
            raw += 2;
        }
        if (c == '\0' || c != *path) {
            return 0;
        }
    }
    return *path == '\0';
}

/* There is one path, which the gate has looked at.  What came is told if it is
 * that path in another spelling, and not what httpd has made it of (of dots,
 * or by a rewrite): an application may find its way by either. */
static PyObject *
make_raw_path(const request_rec *r)
{
    const char *raw = find_raw_path(r);
    size_t len = strcspn(raw, "?");
    if (!is_encoded(raw, len, r->uri)) {
        char *encoded = apr_palloc(r->pool, 3 * strlen(r->uri));
        len = routes_url_encode(r->uri, strlen(r->uri), 1, encoded);
        raw = encoded;
    }
    return PyBytes_FromStringAndSize(raw, (Py_ssize_t)len);
}

static int
put_path(const struct fill *fill)
{
    const struct apache_names *names = &fill->state->names;
    const char *uri = fill->r->uri;
    const char *query = fill->r->args;
    Py_ssize_t root = fill->visit->path_info - uri;
    return put(fill, names->path, make_path(fill)) &&
           put(fill, names->raw_path, make_raw_path(fill->r)) &&
           put(fill, names->root_path,
               PyUnicode_DecodeUTF8(uri, root, NULL)) &&
           put(fill, names->query_string,
               PyBytes_FromString(query != NULL ? query : ""));
}

/* ---- the connection ----------------------------------------------------- */

static const char *
version_of(const request_rec *r)
{
    if (r->proto_num >= HTTP_VERSION(2, 0)) {
        return "2";
    }
    return r->proto_num >= HTTP_VERSION(1, 1) ? "1.1" : "1.0";
}

/* An end of the connection: (address, port); new. */
static PyObject *
make_end(const char *address, const apr_sockaddr_t *of)
{
    return Py_BuildValue("(si)", address, of != NULL ? (int)of->port : 0);
}

static const char *
scheme_of(const struct embed_visit *visit)
{
    if (visit->socket == NULL) {
        return visit->scheme;
    }
    return strcmp(visit->scheme, "https") == 0 ? "wss" : "ws";
}

static int
put_connection(const struct fill *fill)
{
    const struct apache_names *names = &fill->state->names;
    const request_rec *r = fill->r;
    const conn_rec *c = r->connection;
    return put(fill, names->http_version, make_text(version_of(r))) &&
           put(fill, names->scheme, make_text(scheme_of(fill->visit))) &&
           put(fill, names->client,
               make_end(r->useragent_ip, r->useragent_addr)) &&
           put(fill, names->server, make_end(c->local_ip, c->local_addr));
}

/* ---- who calls ---------------------------------------------------------- */

static int
put_caller(const struct fill *fill)
{
    struct apache_state *state = fill->state;
    const struct interpreter *interpreter = state->interpreter;
    return put(fill, state->names.routes_user, text_of_url(fill->r->user)) &&
           put(fill, state->names.routes_principal,
               pyrequest_principal(state, interpreter->caller_of(fill->r)));
}

/* What the client of a websocket offers, a list; new. */
static PyObject *
make_offers(const struct embed_socket *socket)
{
    PyObject *list = PyList_New(0); /* new */
    for (int i = 0; list != NULL && i < socket->offers->nelts; i++) {
        PyObject *offer = /* new */
            make_text(APR_ARRAY_IDX(socket->offers, i, const char *));
        if (offer == NULL || PyList_Append(list, offer) != 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(offer);
    }
    return list;
}

static int
put_http(const struct fill *fill)
{
    const struct apache_names *names = &fill->state->names;
    return put(fill, names->type, Py_NewRef(names->http)) &&
           put(fill, names->method, make_text(fill->r->method)) &&
           put(fill, names->extensions, PyDict_New());
}

static int
put_websocket(const struct fill *fill)
{
    const struct apache_names *names = &fill->state->names;
    return put(fill, names->type, make_text("websocket")) &&
           put(fill, names->subprotocols, make_offers(fill->visit->socket)) &&
           put(fill, names->extensions,
               Py_BuildValue("{s{}}", "websocket.http.response"));
}

static int
put_protocol(const struct fill *fill)
{
    return put(fill, fill->state->names.asgi,
               Py_BuildValue("{ssss}", "version", "3.0", "spec_version",
                             "2.4")) &&
           (fill->visit->socket == NULL ? put_http(fill)
                                        : put_websocket(fill));
}

static int
put_state(const struct fill *fill, PyObject *life)
{
    return life == Py_None ||
           put(fill, fill->state->names.state, PyDict_Copy(life));
}

PyObject *
asgi_scope_make(struct apache_state *state, PyObject *life, request_rec *r,
                const struct embed_visit *visit)
{
    PyObject *dict = PyDict_New(); /* new */
    struct fill fill = {.state = state,
                        .dict = dict,
                        .r = r,
                        .visit = visit,
                        .inflated = told_is_inflated(r)};
    if (dict != NULL &&
        !(put_protocol(&fill) && put_connection(&fill) && put_path(&fill) &&
          put_headers(&fill) && put_caller(&fill) && put_state(&fill, life))) {
        Py_CLEAR(dict);
    }
    return dict;
}
