/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An application's answer on its way out.
 */
#include "outlet.h"

#include "apache_module.h"
#include "interpreter.h"
#include "payload.h"
#include "pyrequest.h"

/* GIL: not held. */
static void
begin(struct outlet *outlet)
{
    struct reply reply;
    if (outlet->begun) {
        return;
    }
    outlet->begun = 1;
    heading_reply(&outlet->heading, &reply);
    outlet->sink->begin(outlet->sink, &reply);
}

static int
raise_gone(struct outlet *outlet, apr_status_t rv)
{
    if (rv == APR_SUCCESS) {
        return 0;
    }
    outlet->gone = 1;
    PyErr_SetString(PyExc_ConnectionAbortedError, "the client has gone away");
    return -1;
}

/* Out of Python, for httpd to send: none of the application's time. */
static void *
leave(const struct outlet *outlet)
{
    struct interpreter_thread *thread =
        interpreter_thread(outlet->interpreter);
    if (thread->scope.left != 0) {
        deadline_end(thread);
    }
    pyrequest_go(thread);
    return interpreter_pause();
}

static void
come_back(const struct outlet *outlet, void *paused)
{
    interpreter_resume(paused);
    struct interpreter_thread *thread =
        interpreter_thread(outlet->interpreter);
    pyrequest_come_back(thread);
    if (thread->scope.left != 0) {
        deadline_begin(thread);
    }
}

/* Of len bytes, how many the announced length has room for. */
static int64_t
admit(const struct outlet *outlet, int64_t len)
{
    int64_t length = outlet->heading.length;
    if (length == HEADING_NO_LENGTH || len <= length - outlet->sent) {
        return len;
    }
    return length - outlet->sent;
}

static int
refuse_excess(const struct outlet *outlet)
{
    PyErr_Format(outlet->interpreter->apache->refusal,
                 "gave more bytes than the %lld of its Content-Length",
                 (long long)outlet->heading.length);
    return -1;
}

/* A body that is not to be sent is as long as it likes. */
static int
is_counted(const struct outlet *outlet)
{
    return !heading_is_bodiless(&outlet->heading, outlet->r);
}

static int
push(struct outlet *outlet, apr_bucket *bucket, int flush)
{
    void *paused = leave(outlet);
    begin(outlet);
    apr_status_t rv = outlet->sink->send(outlet->sink, bucket, flush);
    come_back(outlet, paused);
    return raise_gone(outlet, rv);
}

int
outlet_send(struct outlet *outlet, PyObject *owner, const char *bytes,
            size_t len, int flush)
{
    int64_t admitted = (int64_t)len;
    if (outlet->gone) {
        return raise_gone(outlet, APR_ECONNABORTED);
    }
    if (is_counted(outlet)) {
        admitted = admit(outlet, (int64_t)len);
    }
    if (admitted > 0) {
        outlet->sent += admitted;
        apr_bucket *bucket =
            payload_chunk(outlet->interpreter, owner, bytes, (size_t)admitted,
                          outlet->r->connection->bucket_alloc);
        if (push(outlet, bucket, flush) != 0) {
            return -1;
        }
    }
    return admitted == (int64_t)len ? 0 : refuse_excess(outlet);
}

int
outlet_flush(struct outlet *outlet)
{
    return outlet->gone ? raise_gone(outlet, APR_ECONNABORTED)
                        : push(outlet, NULL, 1);
}

int
outlet_send_file(struct outlet *outlet, const struct reply *file)
{
    int64_t admitted = admit(outlet, file->length);
    if (outlet->heading.length == HEADING_NO_LENGTH && !outlet->begun) {
        outlet->heading.length = file->length;
    }
    outlet->sent += admitted;
    void *paused = leave(outlet);
    begin(outlet);
    apr_status_t rv = outlet->sink->send_file(outlet->sink, file->file,
                                              file->offset, admitted);
    come_back(outlet, paused);
    return raise_gone(outlet, rv);
}

int
outlet_finish(struct outlet *outlet)
{
    if (!outlet->begun) {
        if (outlet->heading.length == HEADING_NO_LENGTH &&
            is_counted(outlet)) {
            outlet->heading.length = 0;
        }
        if (push(outlet, NULL, 0) != 0) {
            return -1;
        }
    }
    if (outlet->heading.length == HEADING_NO_LENGTH || !is_counted(outlet) ||
        outlet->sent == outlet->heading.length) {
        return 0;
    }
    PyErr_Format(outlet->interpreter->apache->refusal,
                 "gave %lld bytes, and not the %lld of its Content-Length",
                 (long long)outlet->sent, (long long)outlet->heading.length);
    return -1;
}
