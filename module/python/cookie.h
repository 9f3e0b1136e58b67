/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cookies that an answer sets (RFC 6265, section 4.1, and SameSite of its
 * successor).
 */
#ifndef COOKIE_H
#define COOKIE_H

#include "py.h"

/* Bytes of a cookie's name and value together: browsers drop larger ones. */
#define COOKIE_MAX_BYTES 4096

struct cookie {
    const char *name;      /* a token */
    const char *value;     /* cookie-octets: no blank, comma, semicolon, quote,
                              backslash, nothing beyond ASCII */
    const char *path;      /* "/...", or NULL */
    const char *domain;    /* a host name, or NULL: this host alone */
    const char *same_site; /* "Strict", "Lax" or "None", or NULL */
    PyObject *max_age;     /* borrowed: None, an int or a timedelta */
    int secure;
    int http_only;
};

/* The value of a Set-Cookie header, a new str, or NULL with a ValueError or
 * TypeError that says what can't stand in a cookie.  GIL: held. */
PyObject *cookie_format(const struct cookie *cookie);

#endif
