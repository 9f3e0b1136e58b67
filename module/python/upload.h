/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The type apache.Upload: an uploaded file, as a binary file of io's.
 */
#ifndef UPLOAD_H
#define UPLOAD_H

#include "py.h"

struct apache_state;
struct routes_upload;

/* The type, a heap type of the module derived from io.BufferedReader.
 * Returns new, or NULL with an exception.  GIL: held. */
PyTypeObject *upload_make_type(PyObject *module);

/* The object for the upload, whose descriptor it takes, if there is one; the
 * same at each call.  It is closed when the request ends that this thread
 * serves.  Returns new, or NULL
 * with an exception.  GIL: held. */
PyObject *
upload_create(struct apache_state *state, struct routes_upload *upload);

#endif
