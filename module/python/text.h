/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text between httpd's structures and Python.
 */
#ifndef TEXT_H
#define TEXT_H

#include "py.h"

#include <apr_pools.h>

/* What httpd keeps as bytes of a URL, as str: UTF-8, other bytes as surrogate
 * escapes, so that no byte is lost.  None for NULL.  Returns new.
 * GIL: held. */
PyObject *text_of_url(const char *text);

/* A str or bytes as Latin-1 text in pool, for httpd's tables; what is said of
 * it ("name", "value") is for the exception: TypeError of another type,
 * ValueError of a CR, LF, NUL or a character beyond Latin-1.  GIL: held. */
const char *text_latin1(PyObject *object, const char *what, apr_pool_t *pool);

#endif
