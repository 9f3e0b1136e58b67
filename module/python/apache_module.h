/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in module `apache`, one an interpreter, and its state: all Python
 * objects that C code keeps without a table.
 */
#ifndef APACHE_MODULE_H
#define APACHE_MODULE_H

#include "py.h"

struct interpreter;

struct apache_names {
#define NAME(name, text) PyObject *name; /* owned, interned */
#include "names.def"
#undef NAME
};

struct apache_state {
    struct interpreter *interpreter; /* borrowed */
    struct apache_names names;
    PyTypeObject *stream_type;      /* owned: of sys.stdout and sys.stderr */
    PyTypeObject *headers_type;     /* owned: apache.Headers */
    PyTypeObject *response_type;    /* owned: apache.Response */
    PyTypeObject *request_type;     /* owned */
    PyTypeObject *view_type;        /* owned: of a request's tables */
    PyTypeObject *principal_type;   /* owned */
    PyTypeObject *session_type;     /* owned: apache.Session */
    PyTypeObject *login_type;       /* owned: apache.Login */
    PyTypeObject *route_type;       /* owned: of request.route */
    PyTypeObject *error_type;       /* owned: apache.Error */
    PyTypeObject *body_stream_type; /* owned: apache.Stream */
    PyTypeObject *upload_type;      /* owned: apache.Upload */
    PyTypeObject *form_type;        /* owned: apache.Form */
    PyTypeObject *socket_type;      /* owned: apache.WebSocket */
    PyObject *async_socket;         /* owned: apache.AsyncWebSocket */
    PyObject *disconnected;         /* owned: apache.Disconnected */
    int talks;                      /* the loop knows of websockets */
    PyTypeObject *wsgi_start_type;  /* owned: start_response */
    PyTypeObject *wsgi_file_type;   /* owned: wsgi.file_wrapper */
    PyObject *body_error;           /* owned: apache.BodyError */
    PyObject *ended;                /* owned: the exception RequestEnded */
    PyObject *timeout;              /* owned: the exception Timeout */
    PyObject *refusal;              /* owned: what we raise ourselves */
    PyDateTime_CAPI *datetime;      /* borrowed from the module datetime */
    PyObject *datetime_capsule;     /* owned: keeps it */
    PyObject *uuid_class;           /* owned, or NULL: not needed so far */
    PyObject *decimal_class;        /* owned, or NULL: not needed so far */
    PyObject *enum_class;           /* owned, or NULL: not needed so far */
    PyObject *field_kind;    /* owned, or NULL: what dataclasses writes into
                                   the Field of what is one, not a ClassVar */
    PyObject *uuid_keywords; /* owned: ("bytes",) */
    PyObject *json_default;  /* owned, or NULL: see json.h */
    PyObject *fork_exec;     /* owned, or NULL: see process.c */
};

/* Makes the module `apache` and puts it into sys.modules and *interpreter.
 * Returns -1 with an exception.  GIL: held. */
int apache_module_add(struct interpreter *interpreter);

/* Makes an interpreter that is ours alone fit for httpd's processes: the
 * standard streams, signals, children.  Returns -1 with an exception.
 * GIL: held. */
int apache_module_guard(struct interpreter *interpreter);

/* The state of the module.  GIL: held. */
struct apache_state *apache_module_state(PyObject *module);

/* The state of the module that made this type, or a type that it is derived
 * from; NULL with a TypeError.  GIL: held. */
struct apache_state *apache_module_of_type(PyTypeObject *type);

/* Imports what a table's types or a result need of uuid, decimal and
 * dataclasses, once an interpreter.  Returns -1 with an exception.
 * GIL: held. */
int apache_module_need_uuid(struct apache_state *state);
int apache_module_need_decimal(struct apache_state *state);
int apache_module_need_dataclasses(struct apache_state *state);

/* Sets *kept, a class above, to module.name if the module has been imported
 * and has it (one of the application's own may have that name): if not, no
 * object can be of that class.  Returns -1 with an exception.  GIL: held. */
int apache_module_seek_class(PyObject **kept, PyObject *module_name,
                             PyObject *name);

#endif
