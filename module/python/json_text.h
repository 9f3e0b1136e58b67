/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text while it grows: bytes, strings, numbers.  What fails returns -1
 * with an exception.
 */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include "py.h"

#include <string.h>

#include <apr_buckets.h>
#include <apr_pools.h>

struct apache_state;

struct json_text {
    struct apache_state *state; /* borrowed */
    char *text;                 /* pool, or owned if `moved` */
    size_t len;
    size_t size;
    int moved;
    int depth; /* of what is being written, for its writers */
};

/* GIL: held. */
void json_text_begin(struct json_text *w, struct apache_state *state,
                     apr_pool_t *pool);

/* Ends it, as a new bucket or as nothing.  GIL: held. */
apr_bucket *json_text_bucket(struct json_text *w, apr_bucket_alloc_t *list);
void json_text_drop(struct json_text *w);

/* Makes room for more bytes than there is room for.  GIL: held. */
int json_text_grow(struct json_text *w, size_t more);

/* A str in quotes.  GIL: held. */
int json_text_str(struct json_text *w, PyObject *str);

/* int's own repr, whatever a derived class makes of it.  GIL: held. */
int json_text_int(struct json_text *w, PyObject *number);

/* A finite number, with a point or an exponent.  GIL: held. */
int json_text_float(struct json_text *w, double value);

/* Makes room for as many bytes; the caller writes them.  GIL: held. */
static inline int
json_text_reserve(struct json_text *w, size_t more)
{
    return w->size - w->len >= more ? 0 : json_text_grow(w, more);
}

/* Bytes as they are.  GIL: held. */
static inline int
json_text_put(struct json_text *w, const char *text, size_t len)
{
    if (json_text_reserve(w, len) != 0) {
        return -1;
    }
    memcpy(w->text + w->len, text, len);
    w->len += len;
    return 0;
}

static inline int
json_text_char(struct json_text *w, char c)
{
    return json_text_put(w, &c, 1);
}

#endif
