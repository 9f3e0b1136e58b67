/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environ of PEP 3333: what is the same for each request, and the rest.
 */
#ifndef WSGI_ENVIRON_H
#define WSGI_ENVIRON_H

#include "py.h"

#include <httpd.h>

#include "embed.h"

struct apache_state;

/* What each environ begins with: a dict.  Returns new, or NULL with an
 * exception.  GIL: held. */
PyObject *wsgi_environ_base(struct apache_state *state);

/* The environ of a request, a new dict of its own: base, and what the request
 * and the visit say.  Text is Latin-1 of the bytes that came.  NULL with an
 * exception.  GIL: held. */
PyObject *wsgi_environ_make(struct apache_state *state, PyObject *base,
                            request_rec *r, const struct embed_visit *visit);

#endif
