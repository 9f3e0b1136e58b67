/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text while it grows: bytes, strings, numbers.
 *
 * It begins in the request's pool; one that grows moves to memory of its own,
 * which the bucket then frees: a pool would keep each of the smaller copies
 * until the request ends.
 */
#include "json_text.h"

#include <string.h>

#include "apache_module.h"

/* Bytes of a text that never leaves the pool. */
#define POOL_SIZE 1024

/* ---- bytes -------------------------------------------------------------- */

int
json_text_grow(struct json_text *w, size_t more)
{
    size_t size = w->size * 2;
    while (size - w->len < more) {
        size *= 2;
    }
    char *text = PyMem_RawRealloc(w->moved ? w->text : NULL, size);
    if (text == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (!w->moved) {
        memcpy(text, w->text, w->len);
    }
    w->text = text;
    w->size = size;
    w->moved = 1;
    return 0;
}

/* ---- strings ------------------------------------------------------------ */

/* The longest form of one character: \u001f. */
#define MAX_CHAR 6
/* Characters for which room is made at once. */
#define CHUNK 128

static char *
put_escape(char *at, Py_UCS4 c)
{
    static const char hex[] = "0123456789abcdef";
    static const char names[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *named = c != 0 ? strchr(names, (int)c) : NULL;
    *at++ = '\\';
    if (named != NULL) {
        *at++ = letters[named - names];
        return at;
    }
    memcpy(at, "u00", 3);
    at[3] = hex[c >> 4];
    at[4] = hex[c & 15];
    return at + 5;
}

static inline char
low_bits(Py_UCS4 c, unsigned shift)
{
    return (char)(0x80 | ((c >> shift) & 0x3f));
}

static char *
put_utf8(char *at, Py_UCS4 c)
{
    if (c < 0x800) {
        *at++ = (char)(0xc0 | (c >> 6));
    }
    else if (c < 0x10000) {
        *at++ = (char)(0xe0 | (c >> 12));
        *at++ = low_bits(c, 6);
    }
    else {
        *at++ = (char)(0xf0 | (c >> 18));
        *at++ = low_bits(c, 12);
        *at++ = low_bits(c, 6);
    }
    *at++ = low_bits(c, 0);
    return at;
}

static inline int
is_plain(Py_UCS4 c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Characters from `from` to `to`, for which there is room. */
static int
put_chars(struct json_text *w, PyObject *str, Py_ssize_t from, Py_ssize_t to)
{
    int kind = PyUnicode_KIND(str);
    const void *data = PyUnicode_DATA(str);
    char *at = w->text + w->len;
    for (Py_ssize_t i = from; i < to; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (is_plain(c)) {
            *at++ = (char)c;
        }
        else if (c < 0x80) {
            at = put_escape(at, c);
        }
        else if (!Py_UNICODE_IS_SURROGATE(c)) {
            at = put_utf8(at, c);
        }
        else {
            PyErr_Format(w->state->refusal,
                         "gave a str with a lone surrogate "
                         "at %zd, which has no form in UTF-8",
                         i);
            return -1;
        }
    }
    w->len = (size_t)(at - w->text);
    return 0;
}

int
json_text_str(struct json_text *w, PyObject *str)
{
    Py_ssize_t len = PyUnicode_GET_LENGTH(str);
    Py_ssize_t from = 0;
    if (json_text_char(w, '"') != 0) {
        return -1;
    }
    do {
        Py_ssize_t to = Py_MIN(from + CHUNK, len);
        if (json_text_reserve(w, (size_t)(to - from) * MAX_CHAR + 1) != 0 ||
            put_chars(w, str, from, to) != 0) {
            return -1;
        }
        from = to;
    } while (from < len);
    w->text[w->len++] = '"'; /* there is room for one character more */
    return 0;
}

/* ---- numbers ------------------------------------------------------------ */

static int
put_small_int(struct json_text *w, long long value)
{
    char digits[24];
    char *at = digits + sizeof digits;
    unsigned long long rest = value < 0 ? 0ULL - (unsigned long long)value
                                        : (unsigned long long)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0) {
        *--at = '-';
    }
    return json_text_put(w, at, (size_t)(digits + sizeof digits - at));
}

int
json_text_int(struct json_text *w, PyObject *number)
{
    int overflow = 0;
    long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (!overflow) {
        return put_small_int(w, value);
    }
    PyObject *repr = PyLong_Type.tp_repr(number); /* new */
    if (repr == NULL) {
        return -1;
    }
    int result = json_text_put(w, PyUnicode_DATA(repr),
                               (size_t)PyUnicode_GET_LENGTH(repr));
    Py_DECREF(repr);
    return result;
}

int
json_text_float(struct json_text *w, double value)
{
    if (!Py_IS_FINITE(value)) {
        PyErr_SetString(w->state->refusal, "gave a float that JSON has no "
                                           "form for: an infinity or NaN");
        return -1;
    }
    char *repr = PyOS_double_to_string(value, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    if (repr == NULL) {
        return -1;
    }
    int result = json_text_put(w, repr, strlen(repr));
    PyMem_Free(repr);
    return result;
}

/* ---- the whole ---------------------------------------------------------- */

void
json_text_begin(struct json_text *w, struct apache_state *state,
                apr_pool_t *pool)
{
    *w = (struct json_text){.state = state,
                            .text = apr_palloc(pool, POOL_SIZE),
                            .size = POOL_SIZE};
}

void
json_text_drop(struct json_text *w)
{
    if (w->moved) {
        PyMem_RawFree(w->text);
    }
}

apr_bucket *
json_text_bucket(struct json_text *w, apr_bucket_alloc_t *list)
{
    if (w->moved) {
        return apr_bucket_heap_create(w->text, w->len, PyMem_RawFree, list);
    }
    return apr_bucket_transient_create(w->text, w->len, list);
}
