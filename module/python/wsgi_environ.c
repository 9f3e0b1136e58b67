/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environ of PEP 3333.
 *
 * Variables of the server come first, so that none of them (SetEnvIf may copy
 * a header) stands for what the request says, or for who calls.
 */
#include "wsgi_environ.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "apache_module.h"
#include "interpreter.h"
#include "stream.h"
#include "told.h"
#include "wsgi_file.h"

#define PREFIX   "HTTP_"
#define MAX_NAME 256 /* of a header; longer ones are left out */

/* An environ that is being filled. */
struct fill {
    struct apache_names *names;
    PyObject *dict; /* borrowed */
    const request_rec *r;
    const struct embed_visit *visit;
    int inflates; /* a filter of httpd's decodes the body */
    int failed;
};

/* ---- values ------------------------------------------------------------- */

/* Takes the reference to value, which may be NULL with an exception. */
static void
put(struct fill *fill, PyObject *key, PyObject *value)
{
    fill->failed |= value == NULL || key == NULL ||
                    PyDict_SetItem(fill->dict, key, value) != 0;
    Py_XDECREF(value);
}

static PyObject *
decode(const char *text, size_t len)
{
    return PyUnicode_DecodeLatin1(text, (Py_ssize_t)len, NULL);
}

static void
put_text(struct fill *fill, PyObject *key, const char *text)
{
    put(fill, key, decode(text, strlen(text)));
}

/* What is not there has no key. */
static void
put_optional(struct fill *fill, PyObject *key, const char *text)
{
    if (text != NULL) {
        put_text(fill, key, text);
    }
}

/* ---- the base ----------------------------------------------------------- */

static PyObject *
make_flag(int truth)
{
    return Py_NewRef(truth ? Py_True : Py_False);
}

PyObject *
wsgi_environ_base(struct apache_state *state)
{
    const struct embed_server *server = &state->interpreter->about;
    PyObject *dict = PyDict_New(); /* new */
    struct fill fill = {.names = &state->names, .dict = dict};
    if (dict == NULL) {
        return NULL;
    }
    put(&fill, state->names.wsgi_version, Py_BuildValue("(ii)", 1, 0));
    put(&fill, state->names.wsgi_multithread, make_flag(server->threads));
    put(&fill, state->names.wsgi_multiprocess, make_flag(server->processes));
    put(&fill, state->names.wsgi_run_once, make_flag(0));
    put(&fill, state->names.wsgi_input_terminated, make_flag(1));
    put(&fill, state->names.wsgi_file_wrapper,
        Py_NewRef((PyObject *)state->wsgi_file_type));
    put(&fill, state->names.wsgi_errors,
        Py_XNewRef(PySys_GetObject("stderr")));
    put_text(&fill, state->names.GATEWAY_INTERFACE, "CGI/1.1");
    put_optional(&fill, state->names.SERVER_SOFTWARE, server->software);
    if (fill.failed) {
        Py_CLEAR(dict);
    }
    return dict;
}

/* ---- variables of the server -------------------------------------------- */

/* What says who calls is the gate's to say. */
static int
is_of_gate(const char *name)
{
    return strcmp(name, "REMOTE_USER") == 0 || strcmp(name, "AUTH_TYPE") == 0;
}

static int
put_variable(void *data, const char *name, const char *value)
{
    struct fill *fill = data;
    if (!is_of_gate(name) && strncmp(name, PREFIX, strlen(PREFIX)) != 0) {
        PyObject *key = decode(name, strlen(name)); /* new */
        put_text(fill, key, value);
        Py_XDECREF(key);
    }
    return !fill->failed;
}

/* ---- headers ------------------------------------------------------------ */

/* The variable of a header, in a buffer of MAX_NAME: its length, or 0. */
static size_t
name_variable(const char *header, char *name)
{
    if (!told_is_plain(header)) {
        return 0;
    }
    size_t len = strlen(PREFIX);
    memcpy(name, PREFIX, len);
    for (const char *at = header; *at != '\0'; at++) {
        if (len == MAX_NAME) {
            return 0;
        }
        name[len++] = (char)(*at == '-' ? '_' : apr_toupper(*at));
    }
    return len;
}

/* Headers that have a variable of another name. */
static int
has_own_variable(const char *header)
{
    return strcasecmp(header, "Content-Type") == 0 ||
           strcasecmp(header, "Content-Length") == 0;
}

static int
put_header(void *data, const char *header, const char *value)
{
    struct fill *fill = data;
    char name[MAX_NAME];
    size_t len =
        has_own_variable(header) ||
                told_keeps_back(fill->r, fill->visit, fill->inflates, header)
            ? 0
            : name_variable(header, name);
    if (len > 0) {
        PyObject *key = decode(name, len); /* new */
        put_text(fill, key, value);
        Py_XDECREF(key);
    }
    return !fill->failed;
}

/* ---- the request -------------------------------------------------------- */

static void
put_path(struct fill *fill)
{
    const struct apache_names *names = fill->names;
    const char *uri = fill->r->uri;
    const char *info = fill->visit->path_info; /* inside uri */
    put(fill, names->SCRIPT_NAME, decode(uri, (size_t)(info - uri)));
    put_text(fill, names->PATH_INFO, info);
    put_text(fill, names->REQUEST_URI, fill->r->unparsed_uri);
    put_text(fill, names->QUERY_STRING,
             fill->r->args != NULL ? fill->r->args : "");
}

static void
put_body(struct fill *fill)
{
    const struct apache_names *names = fill->names;
    const request_rec *r = fill->r;
    put_optional(fill, names->CONTENT_TYPE,
                 apr_table_get(r->headers_in, "Content-Type"));
    if (!fill->inflates) {
        put_optional(fill, names->CONTENT_LENGTH,
                     apr_table_get(r->headers_in, "Content-Length"));
    }
}

static void
put_connection(struct fill *fill)
{
    const struct apache_names *names = fill->names;
    const struct embed_visit *visit = fill->visit;
    const request_rec *r = fill->r;
    put(fill, names->REQUEST_METHOD, decode(r->method, strlen(r->method)));
    put_text(fill, names->SERVER_PROTOCOL, r->protocol);
    put_text(fill, names->SERVER_NAME, visit->server_name);
    put(fill, names->SERVER_PORT,
        PyUnicode_FromFormat("%u", visit->server_port));
    put_text(fill, names->wsgi_url_scheme, visit->scheme);
    put_text(fill, names->REMOTE_ADDR, r->useragent_ip);
    put_optional(fill, names->REMOTE_USER, r->user);
    if (r->user != NULL) {
        put_optional(fill, names->AUTH_TYPE, r->ap_auth_type);
    }
}

PyObject *
wsgi_environ_make(struct apache_state *state, PyObject *base, request_rec *r,
                  const struct embed_visit *visit)
{
    PyObject *dict = PyDict_Copy(base); /* new */
    struct fill fill = {.names = &state->names,
                        .dict = dict,
                        .r = r,
                        .visit = visit,
                        .inflates = told_is_inflated(r),
                        .failed = dict == NULL};
    if (dict == NULL) {
        return NULL;
    }
    apr_table_do(put_variable, &fill, r->subprocess_env, NULL);
    apr_table_do(put_header, &fill, r->headers_in, NULL);
    put_path(&fill);
    put_body(&fill);
    put_connection(&fill);
    put(&fill, state->names.wsgi_input, stream_create(state, visit->body));
    if (fill.failed) {
        Py_CLEAR(dict);
    }
    return dict;
}
