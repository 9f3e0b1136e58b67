/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Cookie field of a request, pair by pair.
 */
#include "cookie.h"

#include <string.h>

static int
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* RFC 6265: cookie-octet, and the bytes of UTF-8 beyond ASCII. */
static int
is_octet(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte > ' ' && byte != '"' && byte != ',' && byte != '\\' &&
           byte != 0x7f;
}

static int
are_octets(const char *at, const char *end)
{
    while (at < end && is_octet(*at)) {
        at++;
    }
    return at == end;
}

/* Sets the value to [at, end), quotes removed; 0 if it is none. */
static int
take_value(struct routes_field *field, const char *at, const char *end)
{
    if (end - at > 1 && *at == '"' && end[-1] == '"') {
        at++;
        end--;
    }
    if (!are_octets(at, end)) {
        return 0;
    }
    field->value = at;
    field->value_len = (size_t)(end - at);
    return 1;
}

int
routes_cookie_next(const char **at, const char *end,
                   struct routes_field *field)
{
    const char *name = *at;
    const char *stop;
    const char *equals;

    while (name < end && (is_blank(*name) || *name == ';')) {
        name++;
    }
    *at = name;
    if (name == end) {
        return 0;
    }
    stop = memchr(name, ';', (size_t)(end - name));
    stop = stop == NULL ? end : stop;
    *at = stop;
    while (is_blank(stop[-1])) {
        stop--;
    }
    equals = memchr(name, '=', (size_t)(stop - name));
    *field = (struct routes_field){.name = name, .value = stop};
    if (equals == NULL) {
        return -1;
    }
    field->name_len = (size_t)(equals - name);
    return take_value(field, equals + 1, stop) ? 1 : -1;
}
