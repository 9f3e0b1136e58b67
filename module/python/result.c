/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a function gave back, as an answer.
 */
#include "result.h"

#include <string.h>
#include <strings.h>

#include "apache_module.h"
#include "await.h"
#include "chunks.h"
#include "files.h"
#include "header_map.h"
#include "headers.h"
#include "interpreter.h"
#include "json.h"
#include "payload.h"
#include "recipe.h"
#include "response.h"
#include "shaped.h"

#include "../../runtime/table.h"

#define MEDIA_TEXT  "text/plain; charset=utf-8"
#define MEDIA_HTML  "text/html; charset=utf-8"
#define MEDIA_JSON  "application/json"
#define MEDIA_BYTES "application/octet-stream"

/* An answer on its way. */
struct answer {
    struct interpreter *interpreter;
    request_rec *r;
    const struct routes_table *table;
    const struct routes_route *route;
    enum routes_produce produce; /* the format of plain results */
    const char *media;           /* MEDIA: its type */
    int chosen;                  /* the request chose it among several */
    const struct recipe *recipe;
    struct reply *reply;
    int *raised; /* set when the exception is the function's own */
};

static int
refuse(const struct answer *answer, const char *what, PyObject *object)
{
    PyErr_Format(answer->interpreter->apache->refusal, what,
                 Py_TYPE(object)->tp_name);
    return -1;
}

/* ---- bodies ------------------------------------------------------------- */

static void
set_body(const struct answer *answer, PyObject *owner, const char *bytes,
         Py_ssize_t len)
{
    answer->reply->length = len;
    answer->reply->body =
        payload_create(answer->interpreter, owner, bytes, (size_t)len,
                       answer->r->pool, answer->r->connection->bucket_alloc);
}

static int
put_json(const struct answer *answer, PyObject *object, const char *media)
{
    answer->reply->media = media;
    answer->reply->body = json_write(
        answer->interpreter->apache, object, answer->r->pool,
        answer->r->connection->bucket_alloc, &answer->reply->length);
    return answer->reply->body != NULL ? 0 : -1;
}

static const char *
media_of_str(const struct answer *answer)
{
    switch (answer->produce) {
    case ROUTES_PRODUCE_HTML:
        return MEDIA_HTML;
    case ROUTES_PRODUCE_MEDIA:
        return answer->media;
    case ROUTES_PRODUCE_AUTO:
    case ROUTES_PRODUCE_TEXT:
    case ROUTES_PRODUCE_JSON:
    case ROUTES_PRODUCE_STREAM:
        break;
    }
    return MEDIA_TEXT;
}

static int
put_str(const struct answer *answer, PyObject *str)
{
    if (answer->produce == ROUTES_PRODUCE_JSON) {
        return put_json(answer, str, MEDIA_JSON);
    }
    Py_ssize_t len = 0;
    const char *utf8 = PyUnicode_AsUTF8AndSize(str, &len); /* inside str */
    if (utf8 == NULL) {
        return -1;
    }
    answer->reply->media = media_of_str(answer);
    set_body(answer, str, utf8, len);
    return 0;
}

/* The charset of bytes is not known, so a declared html says none. */
static const char *
media_of_bytes(const struct answer *answer)
{
    switch (answer->produce) {
    case ROUTES_PRODUCE_HTML:
        return "text/html";
    case ROUTES_PRODUCE_TEXT:
        return "text/plain";
    case ROUTES_PRODUCE_MEDIA:
        return answer->media;
    case ROUTES_PRODUCE_AUTO:
    case ROUTES_PRODUCE_JSON:
    case ROUTES_PRODUCE_STREAM:
        break;
    }
    return MEDIA_BYTES;
}

/* What a caller chose is what it gets: a format that can't carry a result is
 * refused, where a route of one format lets the result say its own. */
static int
refuse_format(const struct answer *answer, PyObject *object,
              const char *format)
{
    PyErr_Format(answer->interpreter->apache->refusal,
                 "gave a %.80s, but the request chose %s",
                 Py_TYPE(object)->tp_name, format);
    return -1;
}

static int
put_bytes(const struct answer *answer, PyObject *object)
{
    if (answer->chosen && answer->produce == ROUTES_PRODUCE_JSON) {
        return refuse_format(answer, object, "json");
    }
    /* what can change after this must be copied; bytes can't, and is itself */
    PyObject *bytes = PyBytes_CheckExact(object)
                          ? Py_NewRef(object)
                          : PyBytes_FromObject(object); /* new */
    if (bytes == NULL) {
        return -1;
    }
    answer->reply->media = media_of_bytes(answer);
    set_body(answer, bytes, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return 0;
}

static int
is_json_media(const char *media)
{
    size_t len = strcspn(media, "; ");
    return len >= 5 && (strncasecmp(media + len - 5, "/json", 5) == 0 ||
                        strncasecmp(media + len - 5, "+json", 5) == 0);
}

/* A dict is JSON on a route that says html too: only a media type that is no
 * JSON can't be meant. */
static int
put_data(const struct answer *answer, PyObject *object)
{
    const char *media = MEDIA_JSON;
    if (answer->chosen && (answer->produce == ROUTES_PRODUCE_HTML ||
                           answer->produce == ROUTES_PRODUCE_TEXT)) {
        return refuse_format(answer, object,
                             answer->produce == ROUTES_PRODUCE_HTML ? "html"
                                                                    : "text");
    }
    if (answer->produce == ROUTES_PRODUCE_MEDIA) {
        media = answer->media;
        if (!is_json_media(media)) {
            return refuse(answer,
                          "gave a %.80s, but its route declares a "
                          "media type that is no JSON",
                          object);
        }
    }
    return put_json(answer, object, media);
}

/* The first chunk says the type where the route doesn't. */
static const char *
media_of_chunk(const struct answer *answer, PyObject *chunk)
{
    return chunk == NULL || PyUnicode_Check(chunk) ? media_of_str(answer)
                                                   : media_of_bytes(answer);
}

/* Takes the first chunk, which is the last moment for another status. */
static int
put_first_chunk(const struct answer *answer, struct embed_stream *stream)
{
    struct apache_state *state = answer->interpreter->apache;
    PyObject *chunk = chunks_next(stream); /* new */
    if (chunk == NULL && PyErr_Occurred()) {
        *answer->raised = !PyErr_ExceptionMatches(state->refusal);
        return -1;
    }
    if (chunk != NULL) {
        answer->reply->body = chunks_bucket(stream, chunk);
    }
    if (PyErr_Occurred()) {
        Py_DECREF(chunk);
        return -1;
    }
    answer->reply->media = media_of_chunk(answer, chunk);
    answer->reply->stream = stream;
    Py_XDECREF(chunk);
    return 0;
}

/* Ends a stream of which nothing will be sent; the exception that is set stays
 * the one to tell. */
static void
give_up(struct embed_stream *stream)
{
    PyObject *type = NULL; /* new, each */
    PyObject *value = NULL;
    PyObject *trace = NULL;
    PyErr_Fetch(&type, &value, &trace);
    if (chunks_end(stream) != 0) {
        PyErr_Clear();
    }
    PyErr_Restore(type, value, trace);
}

static int
put_stream(const struct answer *answer, PyObject *iterator,
           enum chunks_kind kind)
{
    if (answer->produce == ROUTES_PRODUCE_JSON) {
        return refuse(answer,
                      "gave a %.80s, which is streamed, but its route "
                      "produces json",
                      iterator);
    }
    struct embed_stream *stream = chunks_begin(
        answer->interpreter, answer->recipe, answer->r, iterator, kind);
    if (stream == NULL) {
        return -1;
    }
    if (put_first_chunk(answer, stream) == 0) {
        return 0;
    }
    give_up(stream);
    return -1;
}

/* What the route says of a file's type; NULL: nothing. */
static const char *
media_of_file(const struct answer *answer)
{
    switch (answer->produce) {
    case ROUTES_PRODUCE_JSON:
        return MEDIA_JSON;
    case ROUTES_PRODUCE_HTML:
    case ROUTES_PRODUCE_TEXT:
    case ROUTES_PRODUCE_MEDIA:
        return media_of_bytes(answer);
    case ROUTES_PRODUCE_AUTO:
    case ROUTES_PRODUCE_STREAM:
        break;
    }
    return NULL;
}

static int
put_file(const struct answer *answer, PyObject *object, enum files_kind kind)
{
    struct apache_state *state = answer->interpreter->apache;
    if (kind == FILES_FAILED) {
        return -1;
    }
    answer->reply->media = media_of_file(answer);
    if (kind == FILES_PATH) {
        return files_put_path(state, answer->r->pool, object, answer->reply);
    }
    int taken = files_take(state, answer->r, object, answer->reply);
    if (taken != 0) {
        return taken > 0 ? 0 : -1;
    }
    return put_stream(answer, object, CHUNKS_READ);
}

/* types[] that the answer must be of by its status, or 0. */
static uint32_t
type_of(const struct answer *answer)
{
    const struct routes_route *route = answer->route;
    int status = answer->reply->status;
    for (uint32_t i = 0; i < route->n_results; i++) {
        const struct routes_result *result =
            &answer->table->results[route->results + i];
        if (result->status == (uint32_t)status ||
            (result->status == 0 && ap_is_HTTP_SUCCESS(status))) {
            return result->type;
        }
    }
    return 0;
}

/* As text or bytes, after the check. */
static int
put_shaped_plain(const struct answer *answer, const struct shaped *shaped,
                 uint32_t type, PyObject *object)
{
    PyObject *plain = shaped_plain(shaped, type, object); /* new */
    if (plain == NULL) {
        return -1;
    }
    int result = PyUnicode_Check(plain) ? put_str(answer, plain)
                                        : put_bytes(answer, plain);
    Py_DECREF(plain);
    return result;
}

/* A declared file, whose type is its own. */
static int
put_declared_file(const struct answer *answer, PyObject *object)
{
    struct answer plain = *answer;
    enum files_kind kind = files_find(object);
    if (kind == FILES_NONE) {
        return refuse(answer,
                      "gave a %.80s, which does not fit `returns file`: "
                      "expected a pathlib.Path or an open binary file",
                      object);
    }
    plain.produce = ROUTES_PRODUCE_AUTO;
    return put_file(&plain, object, kind);
}

static int
put_shaped(const struct answer *answer, uint32_t type, PyObject *object)
{
    const struct shaped shaped = {.state = answer->interpreter->apache,
                                  .table = answer->table,
                                  .shapes = answer->recipe->shapes};
    const char *media = answer->media;
    if (object == Py_None &&
        (answer->table->types[type].flags & ROUTES_TYPE_OPTIONAL) != 0) {
        return 0;
    }
    if (answer->table->types[type].kind == ROUTES_TYPE_FILE) {
        return put_declared_file(answer, object);
    }
    if (shaped_is_plain(answer->table, type) &&
        answer->produce != ROUTES_PRODUCE_JSON) {
        return put_shaped_plain(answer, &shaped, type, object);
    }
    answer->reply->media = is_json_media(media) ? media : MEDIA_JSON;
    answer->reply->body = shaped_write(&shaped, type, object, answer->r->pool,
                                       answer->r->connection->bucket_alloc,
                                       &answer->reply->length);
    return answer->reply->body != NULL ? 0 : -1;
}

static int
put_body(const struct answer *answer, PyObject *object)
{
    uint32_t type = answer->route->n_results > 0 ? type_of(answer) : 0;
    if (type != 0) {
        return put_shaped(answer, type, object);
    }
    if (PyUnicode_Check(object)) {
        return put_str(answer, object);
    }
    if (object == Py_None) {
        return 0;
    }
    if (PyBytes_Check(object) || PyByteArray_Check(object) ||
        PyMemoryView_Check(object)) {
        return put_bytes(answer, object);
    }
    if (PyGen_CheckExact(object)) {
        return put_stream(answer, object, CHUNKS_NEXT);
    }
    int takes = json_takes(answer->interpreter->apache, object);
    if (takes != 0) {
        return takes > 0 ? put_data(answer, object) : -1;
    }
    enum files_kind file = files_find(object);
    if (file != FILES_NONE) {
        return put_file(answer, object, file);
    }
    enum chunks_kind kind = CHUNKS_NEXT;
    if (chunks_takes(object, &kind)) {
        return put_stream(answer, object, kind);
    }
    if (json_takes_any(answer->interpreter->apache)) {
        return put_data(answer, object);
    }
    return refuse(answer,
                  "gave a %.80s, which is no answer: str, bytes, "
                  "dict, list, int, float, bool, None, a dataclass, datetime, "
                  "date, time, UUID, Decimal, Enum, an iterator, a path, a "
                  "binary file, (status, body), (status, headers, body) and "
                  "apache.Response are",
                  object);
}

/* ---- tuples ------------------------------------------------------------- */

static int
put_status(const struct answer *answer, PyObject *object)
{
    if (!PyLong_Check(object) || PyBool_Check(object)) {
        return refuse(answer,
                      "gave a status of type %.80s: it is an int, and a "
                      "tuple is (status, body) or (status, headers, body)",
                      object);
    }
    int overflow = 0;
    long status = PyLong_AsLongAndOverflow(object, &overflow);
    if (overflow || status < 200 || status > 599) {
        PyErr_Format(answer->interpreter->apache->refusal,
                     "gave the status "
                     "%S; an answer has one from 200 to 599",
                     object);
        return -1;
    }
    answer->reply->status = (int)status;
    return 0;
}

static int
has_no_body(int status)
{
    return status == HTTP_NO_CONTENT || status == HTTP_RESET_CONTENT ||
           status == HTTP_NOT_MODIFIED;
}

/* Before a bucket is made: one may not be destroyed with the GIL held. */
static int
put_nothing(const struct answer *answer, PyObject *object)
{
    if (object != Py_None &&
        !(PyUnicode_Check(object) && PyUnicode_GET_LENGTH(object) == 0) &&
        !(PyBytes_Check(object) && PyBytes_GET_SIZE(object) == 0)) {
        PyErr_Format(answer->interpreter->apache->refusal,
                     "gave a %.80s with "
                     "the status %d, which admits no body",
                     Py_TYPE(object)->tp_name, answer->reply->status);
        return -1;
    }
    return 0;
}

static int
put_headers(const struct answer *answer, PyObject *headers, const char **media)
{
    return headers_read(answer->interpreter->apache, answer->r->pool, headers,
                        &answer->reply->headers, media);
}

/* The body under a status that was given: its own media type wins. */
static int
put_under_status(const struct answer *answer, PyObject *body,
                 const char *media)
{
    if (has_no_body(answer->reply->status)) {
        return put_nothing(answer, body);
    }
    if (put_body(answer, body) != 0) {
        return -1;
    }
    if (media != NULL) {
        answer->reply->media = media;
    }
    return 0;
}

static int
put_tuple(const struct answer *answer, PyObject *tuple)
{
    const char *media = NULL;
    Py_ssize_t n = PyTuple_GET_SIZE(tuple);
    if (n != 2 && n != 3) {
        return refuse(answer,
                      "gave a %.80s that is neither (status, body) "
                      "nor (status, headers, body)",
                      tuple);
    }
    if (put_status(answer, PyTuple_GET_ITEM(tuple, 0)) != 0) {
        return -1;
    }
    if (n == 3 &&
        put_headers(answer, PyTuple_GET_ITEM(tuple, 1), &media) != 0) {
        return -1;
    }
    return put_under_status(answer, PyTuple_GET_ITEM(tuple, n - 1), media);
}

static int
put_plain(const struct answer *answer, PyObject *result)
{
    const struct routes_route *route = answer->route;
    answer->reply->status = route->status;
    if (!(route->flags & ROUTES_ROUTE_NO_CONTENT)) {
        int put = put_body(answer, result);
        if (result == Py_None && route->status == HTTP_OK &&
            answer->reply->body == NULL) {
            answer->reply->status = HTTP_NO_CONTENT;
        }
        return put;
    }
    /* what runs while it is sent would not run at all */
    return PyIter_Check(result) || await_takes_chunks(result)
               ? put_nothing(answer, result)
               : 0;
}

/* A member that was deleted is None.  Returns new. */
static PyObject *
take(PyObject *member)
{
    return Py_NewRef(member != NULL ? member : Py_None);
}

/* The references are held while it is read: code of the body's may change the
 * object. */
static int
put_response(const struct answer *answer, const struct response *response)
{
    const char *media = NULL;
    int result = -1;
    answer->reply->flush = response->flush;
    PyObject *body = take(response->body); /* new, each */
    PyObject *status = take(response->status);
    if (put_headers(answer, header_map_pairs(response->headers), &media) !=
        0) {
        goto out;
    }
    if (status != Py_None) {
        result = put_status(answer, status) != 0
                     ? -1
                     : put_under_status(answer, body, media);
    }
    else {
        result = put_plain(answer, body);
        answer->reply->media =
            media != NULL && answer->reply->status != HTTP_NO_CONTENT
                ? media
                : answer->reply->media;
    }
out:
    Py_DECREF(status);
    Py_DECREF(body);
    return result;
}

static int
put_result(const struct answer *answer, PyObject *result)
{
    if (PyTuple_CheckExact(result)) {
        return put_tuple(answer, result);
    }
    const struct response *response =
        PyUnicode_CheckExact(result)
            ? NULL
            : response_of(answer->interpreter->apache, result);
    return response != NULL ? put_response(answer, response)
                            : put_plain(answer, result);
}

enum result_outcome
result_reply(struct interpreter *interpreter, request_rec *r,
             const struct routes_table *table,
             const struct routes_route *route, uint32_t format,
             const struct recipe *recipe, PyObject *result,
             struct reply *reply)
{
    int raised = 0;
    struct answer answer = {.interpreter = interpreter,
                            .r = r,
                            .table = table,
                            .route = route,
                            .produce = (enum routes_produce)route->produce,
                            .media = routes_table_text(table, route->media),
                            .chosen = format != 0,
                            .recipe = recipe,
                            .reply = reply,
                            .raised = &raised};
    if (format != 0) {
        answer.produce = (enum routes_produce)table->formats[format].produce;
        answer.media = routes_table_text(table, table->formats[format].media);
    }
    *reply = (struct reply){.status = HTTP_OK, .flush = 1, .file = -1};
    if (put_result(&answer, result) == 0) {
        return RESULT_SENT;
    }
    return raised ? RESULT_RAISED : RESULT_REFUSED;
}
