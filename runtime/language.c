/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of a type in a path (LANGUAGE.md P5): which bytes a parameter
 * takes.
 */
#include "language.h"

#include "dfa.h"
#include "integer.h"

/* The bytes that begin a code point: its length in characters, if it is
 * UTF-8. */
static size_t
count_chars(const char *text, size_t len)
{
    size_t chars = 0;

    for (size_t i = 0; i < len; i++) {
        chars += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    return chars;
}

static int
has_int(const struct routes_type *type, const char *text, size_t len)
{
    int64_t value;

    return routes_integer_read(text, len, 1, &value) == ROUTES_INTEGER_OK &&
           routes_language_bounds(type, value);
}

/* Whether the text has as many characters as it should; counted only if that
 * is said. */
static int
has_chars(const struct routes_type *type, const char *text, size_t len)
{
    return (type->flags & (ROUTES_TYPE_MIN | ROUTES_TYPE_MAX)) == 0 ||
           routes_language_bounds(type, (int64_t)count_chars(text, len));
}

/* Kinds whose spelling is regular come with ROUTES_TYPE_PATH_DFA; without it
 * they take nothing. */
static int
has_kind(const struct routes_type *type, const char *text, size_t len)
{
    switch ((enum routes_type_kind)type->kind) {
    case ROUTES_TYPE_STR:
        return has_chars(type, text, len);
    case ROUTES_TYPE_INT:
        return has_int(type, text, len);
    case ROUTES_TYPE_BYTES:
    case ROUTES_TYPE_PATH:
    case ROUTES_TYPE_RAWPATH:
        return routes_language_bounds(type, (int64_t)len);
    case ROUTES_TYPE_NULL:
    case ROUTES_TYPE_FLOAT:
    case ROUTES_TYPE_DECIMAL:
    case ROUTES_TYPE_BOOL:
    case ROUTES_TYPE_UUID:
    case ROUTES_TYPE_DATE:
    case ROUTES_TYPE_DATETIME:
    case ROUTES_TYPE_ENUM:
    case ROUTES_TYPE_LIST:
    case ROUTES_TYPE_MAP:
    case ROUTES_TYPE_RECORD:
    case ROUTES_TYPE_JSON:
    case ROUTES_TYPE_REQUEST:
    case ROUTES_TYPE_PRINCIPAL:
    case ROUTES_TYPE_METHOD:
    case ROUTES_TYPE_STREAM:
    case ROUTES_TYPE_UPLOAD:
    case ROUTES_TYPE_FILE:
    case ROUTES_TYPE_WEBSOCKET:
        return 0;
    }
    return 0;
}

int
routes_language_has(const struct routes_table *table, uint32_t type,
                    const char *text, size_t len)
{
    const struct routes_type *row = &table->types[type];

    if (!(row->flags & ROUTES_TYPE_PATH_DFA) && !has_kind(row, text, len)) {
        return 0;
    }
    return row->dfa == 0 || routes_dfa_accepts(table, row->dfa, text, len);
}
