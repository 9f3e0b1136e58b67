/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cookies that an answer sets.
 *
 * What a browser would drop or read otherwise is refused here, where the
 * function that sets it can be told; nothing is quoted or escaped, because
 * readers do not agree on how to undo that.
 */
#include "cookie.h"

#include <string.h>
#include <strings.h>

#include <httpd.h>
#include <apr_lib.h>

/* cookie-octet of RFC 6265. */
static int
is_octet(char c)
{
    return c > ' ' && c < 0x7f && strchr("\",;\\", c) == NULL;
}

static int
is_path_char(char c)
{
    return c >= ' ' && c < 0x7f && c != ';';
}

static int
is_domain_char(char c)
{
    return apr_isalnum(c) || c == '-' || c == '.';
}

static int
is_all(const char *text, int (*test)(char))
{
    while (*text != '\0' && test(*text)) {
        text++;
    }
    return *text == '\0';
}

static int
refuse(const char *what, const char *text)
{
    PyErr_Format(PyExc_ValueError, "%s: \"%.200s\"", what, text);
    return -1;
}

static int
check_text(const struct cookie *cookie)
{
    if (*cookie->name == '\0' || *ap_scan_http_token(cookie->name) != '\0') {
        return refuse("a cookie's name is a token", cookie->name);
    }
    if (!is_all(cookie->value, is_octet)) {
        return refuse("a cookie's value has no blanks, quotes, commas, "
                      "semicolons, backslashes, controls and nothing beyond "
                      "ASCII (urllib.parse.quote helps)",
                      cookie->value);
    }
    if (strlen(cookie->name) + strlen(cookie->value) > COOKIE_MAX_BYTES) {
        PyErr_Format(PyExc_ValueError,
                     "the cookie \"%.200s\" has more than %d bytes",
                     cookie->name, COOKIE_MAX_BYTES);
        return -1;
    }
    return 0;
}

static int
check_reach(const struct cookie *cookie)
{
    if (cookie->path != NULL &&
        (*cookie->path != '/' || !is_all(cookie->path, is_path_char))) {
        return refuse("a cookie's path begins with / and has no semicolon",
                      cookie->path);
    }
    if (cookie->domain != NULL &&
        (*cookie->domain == '\0' || !is_all(cookie->domain, is_domain_char))) {
        return refuse("a cookie's domain is a host name", cookie->domain);
    }
    return 0;
}

static const char *
find_same_site(const char *text)
{
    static const char *const words[] = {"Strict", "Lax", "None"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(words[i], text) == 0) {
            return words[i];
        }
    }
    return NULL;
}

static int
begins(const char *name, const char *prefix)
{
    return strncasecmp(name, prefix, strlen(prefix)) == 0;
}

/* What browsers ask of each other's attributes, else they drop the cookie. */
static int
check_rules(const struct cookie *cookie)
{
    const char *same_site = cookie->same_site;
    if (same_site != NULL && find_same_site(same_site) == NULL) {
        return refuse("samesite is Strict, Lax or None", same_site);
    }
    if (same_site != NULL && strcasecmp(same_site, "None") == 0 &&
        !cookie->secure) {
        return refuse("samesite=None needs secure=True", cookie->name);
    }
    if ((begins(cookie->name, "__Secure-") ||
         begins(cookie->name, "__Host-")) &&
        !cookie->secure) {
        return refuse("a name with this prefix needs secure=True",
                      cookie->name);
    }
    if (begins(cookie->name, "__Host-") &&
        (cookie->domain != NULL || cookie->path == NULL ||
         strcmp(cookie->path, "/") != 0)) {
        return refuse("a name with this prefix needs path=\"/\" and no domain",
                      cookie->name);
    }
    return 0;
}

/* Seconds of an int or a timedelta; a new int. */
static PyObject *
seconds(PyObject *age)
{
    if (PyLong_Check(age)) {
        return PyNumber_Long(age);
    }
    PyObject *total =
        PyObject_CallMethod(age, "total_seconds", NULL); /* new */
    if (total == NULL) {
        if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
            PyErr_Format(PyExc_TypeError,
                         "max_age is an int or a timedelta, not a %.80s",
                         Py_TYPE(age)->tp_name);
        }
        return NULL;
    }
    PyObject *whole = PyNumber_Long(total);
    Py_DECREF(total);
    return whole;
}

/* "; Max-Age=60", or an empty str; new. */
static PyObject *
format_age(const struct cookie *cookie)
{
    if (cookie->max_age == Py_None) {
        return PyUnicode_FromString("");
    }
    PyObject *age = seconds(cookie->max_age); /* new */
    if (age == NULL) {
        return NULL;
    }
    int overflow = 0;
    long long number = PyLong_AsLongLongAndOverflow(age, &overflow);
    Py_DECREF(age);
    if (overflow != 0 || number < 0) {
        PyErr_SetString(PyExc_ValueError, "max_age is 0 or more seconds");
        return NULL;
    }
    return PyUnicode_FromFormat("; Max-Age=%lld", number);
}

PyObject *
cookie_format(const struct cookie *cookie)
{
    if (check_text(cookie) != 0 || check_reach(cookie) != 0 ||
        check_rules(cookie) != 0) {
        return NULL;
    }
    PyObject *age = format_age(cookie); /* new */
    if (age == NULL) {
        return NULL;
    }
    const char *path = cookie->path;
    const char *domain = cookie->domain;
    const char *same_site = cookie->same_site;
    PyObject *text = PyUnicode_FromFormat(
        "%s=%s%s%s%s%s%U%s%s%s%s", cookie->name, cookie->value,
        path != NULL ? "; Path=" : "", path != NULL ? path : "",
        domain != NULL ? "; Domain=" : "", domain != NULL ? domain : "", age,
        cookie->secure ? "; Secure" : "",
        cookie->http_only ? "; HttpOnly" : "",
        same_site != NULL ? "; SameSite=" : "",
        same_site != NULL ? find_same_site(same_site) : "");
    Py_DECREF(age);
    return text;
}
