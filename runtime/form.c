/* SPDX-License-Identifier: Apache-2.0 */
/*
 * application/x-www-form-urlencoded, field by field.
 */
#include "form.h"

#include <string.h>

/* The value of a hexadecimal digit, or -1. */
static int
digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of the escape at text, or -1. */
static int
escape_of(const char *text, const char *end)
{
    int high = end - text > 2 ? digit_of(text[1]) : -1;
    int low = high >= 0 ? digit_of(text[2]) : -1;

    return low >= 0 ? high * 16 + low : -1;
}

/* The first of '&' and another delimiter, or end; *decode: whether something
 * stands before it that must be decoded. */
static const char *
find_end(const char *at, const char *end, char other, int *decode)
{
    *decode = 0;
    for (; at < end; at++) {
        if ((unsigned char)*at > '=') {
            continue; /* letters: none of those below is one */
        }
        if (*at == '&' || *at == other) {
            break;
        }
        *decode |= *at == '%' || *at == '+';
    }
    return at;
}

/* Decodes [at, end) into out, which has room for it; its length, or -1. */
static ptrdiff_t
decode_into(char *out, const char *at, const char *end)
{
    char *first = out;

    while (at < end) {
        int byte = *at == '+' ? ' ' : (unsigned char)*at;

        if (*at == '%') {
            byte = escape_of(at, end);
            if (byte < 0) {
                return -1;
            }
            at += 2;
        }
        *out++ = (char)byte;
        at++;
    }
    return out - first;
}

/* Sets *text and *len to what [at, end) means, or returns 0. */
static int
decode(const char *at, const char *end, int needed, apr_pool_t *pool,
       const char **text, size_t *len)
{
    ptrdiff_t n = end - at;
    char *out;

    *text = at;
    if (needed) {
        out = apr_palloc(pool, (size_t)n);
        n = decode_into(out, at, end);
        *text = out;
    }
    *len = n < 0 ? 0 : (size_t)n;
    return n >= 0;
}

int
routes_form_next(const char **at, const char *end, apr_pool_t *pool,
                 struct routes_field *field)
{
    const char *name = *at;
    const char *value;
    const char *name_end;
    int decode_name;
    int decode_value;

    while (name < end && *name == '&') {
        name++;
    }
    if (name == end) {
        *at = end;
        return 0;
    }
    name_end = find_end(name, end, '=', &decode_name);
    value = name_end + (name_end < end && *name_end == '=');
    *at = find_end(value, end, '&', &decode_value);
    field->value = value;
    field->value_len = 0;
    if (!decode(name, name_end, decode_name, pool, &field->name,
                &field->name_len) ||
        !decode(value, *at, decode_value, pool, &field->value,
                &field->value_len)) {
        return -1;
    }
    return 1;
}
