/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed values from text: captures, query and form fields, defaults.
 */
#include "value.h"

#include <string.h>

#include "dfa.h"
#include "integer.h"
#include "language.h"
#include "moment.h"
#include "number.h"
#include "table.h"
#include "uuid.h"

const char *
routes_fault_name(enum routes_fault fault)
{
    switch (fault) {
    case ROUTES_FAULT_NONE:
        return "none";
    case ROUTES_FAULT_MISSING:
        return "missing";
    case ROUTES_FAULT_TYPE:
        return "type";
    case ROUTES_FAULT_RANGE:
        return "range";
    case ROUTES_FAULT_LENGTH:
        return "length";
    case ROUTES_FAULT_PATTERN:
        return "pattern";
    case ROUTES_FAULT_ENUM:
        return "enum";
    case ROUTES_FAULT_DUPLICATE:
        return "duplicate";
    case ROUTES_FAULT_UNKNOWN:
        return "unknown";
    case ROUTES_FAULT_ENCODING:
        return "encoding";
    case ROUTES_FAULT_TOO_MANY:
        return "too-many";
    }
    return "none";
}

static enum routes_fault
set_text(struct routes_value *value, enum routes_value_kind kind,
         const char *text, size_t len)
{
    value->kind = kind;
    value->u.text.at = text;
    value->u.text.len = len;
    value->u.text.ascii = 0;
    return ROUTES_FAULT_NONE;
}

enum routes_fault
routes_value_int(const struct routes_type *type, int64_t number,
                 struct routes_value *value)
{
    value->kind = ROUTES_VALUE_INT;
    value->u.integer = number;
    return routes_language_bounds(type, number) ? ROUTES_FAULT_NONE
                                                : ROUTES_FAULT_RANGE;
}

/* Whether a number lies between the type's low and high, where they are
 * set. */
static int
is_between(const struct routes_type *type, double number)
{
    return (!(type->flags & ROUTES_TYPE_MIN) || number >= type->low) &&
           (!(type->flags & ROUTES_TYPE_MAX) || number <= type->high);
}

enum routes_fault
routes_value_float(const struct routes_type *type, double number,
                   struct routes_value *value)
{
    value->kind = ROUTES_VALUE_FLOAT;
    value->u.real = number;
    return is_between(type, number) ? ROUTES_FAULT_NONE : ROUTES_FAULT_RANGE;
}

/* Text that is UTF-8; its length is in characters, a path's in bytes. */
static enum routes_fault
read_str(const struct routes_type *type, const char *text, size_t len,
         int strict, struct routes_value *value)
{
    size_t chars = len;
    size_t n;

    if (!routes_utf8_plain(text, len) &&
        (!routes_utf8_valid(text, len, &chars) ||
         (strict && routes_utf8_control(text, len)))) {
        return ROUTES_FAULT_ENCODING;
    }
    n = type->kind == ROUTES_TYPE_PATH ? len : chars;
    if (!routes_language_bounds(type, (int64_t)n)) {
        return ROUTES_FAULT_LENGTH;
    }
    set_text(value, ROUTES_VALUE_STR, text, len);
    value->u.text.ascii = chars == len;
    return ROUTES_FAULT_NONE;
}

static enum routes_fault
read_bytes(const struct routes_type *type, const char *text, size_t len,
           struct routes_value *value)
{
    if (!routes_language_bounds(type, (int64_t)len)) {
        return ROUTES_FAULT_LENGTH;
    }
    return set_text(value, ROUTES_VALUE_BYTES, text, len);
}

static enum routes_fault
read_int(const struct routes_type *type, const char *text, size_t len,
         int strict, struct routes_value *value)
{
    int64_t number = 0;

    switch (routes_integer_read(text, len, strict, &number)) {
    case ROUTES_INTEGER_OK:
        return routes_value_int(type, number, value);
    case ROUTES_INTEGER_SYNTAX:
        return ROUTES_FAULT_TYPE;
    case ROUTES_INTEGER_OVERFLOW:
        return ROUTES_FAULT_RANGE;
    }
    return ROUTES_FAULT_TYPE;
}

static enum routes_fault
read_float(const struct routes_type *type, const char *text, size_t len,
           struct routes_value *value)
{
    double number = 0;

    switch (routes_number_read(text, len, &number)) {
    case ROUTES_NUMBER_OK:
        return routes_value_float(type, number, value);
    case ROUTES_NUMBER_SYNTAX:
        return ROUTES_FAULT_TYPE;
    case ROUTES_NUMBER_OVERFLOW:
        return ROUTES_FAULT_RANGE;
    }
    return ROUTES_FAULT_TYPE;
}

static enum routes_fault
read_decimal(const struct routes_type *type, const char *text, size_t len,
             struct routes_value *value)
{
    enum routes_fault fault = read_float(type, text, len, value);

    if (fault != ROUTES_FAULT_NONE) {
        return fault;
    }
    return set_text(value, ROUTES_VALUE_DECIMAL, text, len);
}

static enum routes_fault
read_bool(const char *text, size_t len, struct routes_value *value)
{
    static const struct {
        const char *at;
        size_t len;
        int value;
    } names[] = {{"true", 4, 1}, {"false", 5, 0}, {"1", 1, 1},
                 {"0", 1, 0},    {"on", 2, 1},    {"off", 3, 0}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].len == len && memcmp(names[i].at, text, len) == 0) {
            value->kind = ROUTES_VALUE_BOOL;
            value->u.boolean = names[i].value;
            return ROUTES_FAULT_NONE;
        }
    }
    return ROUTES_FAULT_TYPE;
}

static enum routes_fault
read_uuid(const char *text, size_t len, int strict, struct routes_value *value)
{
    value->kind = ROUTES_VALUE_UUID;
    return routes_uuid_read(text, len, strict, value->u.uuid)
               ? ROUTES_FAULT_NONE
               : ROUTES_FAULT_TYPE;
}

static enum routes_fault
read_date(const char *text, size_t len, struct routes_value *value)
{
    value->kind = ROUTES_VALUE_DATE;
    return routes_moment_date(text, len, &value->u.time) ? ROUTES_FAULT_NONE
                                                         : ROUTES_FAULT_TYPE;
}

static enum routes_fault
read_datetime(const char *text, size_t len, int strict,
              struct routes_value *value)
{
    value->kind = ROUTES_VALUE_DATETIME;
    return routes_moment_datetime(text, len, strict, &value->u.time)
               ? ROUTES_FAULT_NONE
               : ROUTES_FAULT_TYPE;
}

/* The order of labels: bytes, then length. */
static int
compare_label(const struct routes_table *table, struct routes_text label,
              const char *text, size_t len)
{
    size_t shorter = len < label.len ? len : label.len;
    int order = memcmp(table->text + label.at, text, shorter);

    return order != 0 ? order : (label.len > len) - (label.len < len);
}

static enum routes_fault
read_enum(const struct routes_table *table, const struct routes_type *type,
          const char *text, size_t len, struct routes_value *value)
{
    size_t low = 0;
    size_t high = type->n_labels;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_label(table, table->labels[type->labels + middle],
                                  text, len);

        if (order == 0) {
            return set_text(value, ROUTES_VALUE_STR, text, len);
        }
        if (order < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return ROUTES_FAULT_ENUM;
}

static enum routes_fault
read_kind(const struct routes_table *table, const struct routes_type *type,
          const char *text, size_t len, int strict, struct routes_value *value)
{
    switch ((enum routes_type_kind)type->kind) {
    case ROUTES_TYPE_STR:
    case ROUTES_TYPE_PATH:
        return read_str(type, text, len, strict, value);
    case ROUTES_TYPE_INT:
        return read_int(type, text, len, strict, value);
    case ROUTES_TYPE_FLOAT:
        return read_float(type, text, len, value);
    case ROUTES_TYPE_DECIMAL:
        return read_decimal(type, text, len, value);
    case ROUTES_TYPE_BOOL:
        return read_bool(text, len, value);
    case ROUTES_TYPE_UUID:
        return read_uuid(text, len, strict, value);
    case ROUTES_TYPE_DATE:
        return read_date(text, len, value);
    case ROUTES_TYPE_DATETIME:
        return read_datetime(text, len, strict, value);
    case ROUTES_TYPE_BYTES:
    case ROUTES_TYPE_RAWPATH:
        return read_bytes(type, text, len, value);
    case ROUTES_TYPE_ENUM:
        return read_enum(table, type, text, len, value);
    case ROUTES_TYPE_NULL:
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
        return ROUTES_FAULT_TYPE;
    }
    return ROUTES_FAULT_TYPE;
}

enum routes_fault
routes_value_text(const struct routes_table *table, uint32_t type,
                  const char *text, size_t len, int strict,
                  struct routes_value *value)
{
    const struct routes_type *row = &table->types[type];
    enum routes_fault fault = read_kind(table, row, text, len, strict, value);

    /* what a path's own language takes, the matcher has told already */
    if (fault != ROUTES_FAULT_NONE || row->dfa == 0 ||
        (strict && (row->flags & ROUTES_TYPE_PATH_DFA))) {
        return fault;
    }
    return routes_dfa_accepts(table, row->dfa, text, len)
               ? ROUTES_FAULT_NONE
               : ROUTES_FAULT_PATTERN;
}

/* ---- constants ---------------------------------------------------------- */

static void
set_const_str(struct routes_value *value, const struct routes_table *table,
              struct routes_text text)
{
    value->kind = ROUTES_VALUE_STR;
    value->u.text.at = routes_table_text(table, text);
    value->u.text.len = text.len;
    value->u.text.ascii = 0;
}

static void
set_const_int(struct routes_value *value, const struct routes_table *table,
              uint32_t type, int64_t number)
{
    if (table->types[type].kind == ROUTES_TYPE_FLOAT) {
        value->kind = ROUTES_VALUE_FLOAT;
        value->u.real = (double)number;
        return;
    }
    value->kind = ROUTES_VALUE_INT;
    value->u.integer = number;
}

enum routes_fault
routes_value_constant(const struct routes_table *table, uint32_t type,
                      uint32_t constant, struct routes_value *value)
{
    const struct routes_const *row = &table->consts[constant];

    switch ((enum routes_const_kind)row->kind) {
    case ROUTES_CONST_NULL:
        return ROUTES_FAULT_MISSING;
    case ROUTES_CONST_NONE:
        value->kind = ROUTES_VALUE_NONE;
        return ROUTES_FAULT_NONE;
    case ROUTES_CONST_BOOL:
        value->kind = ROUTES_VALUE_BOOL;
        value->u.boolean = row->i != 0;
        return ROUTES_FAULT_NONE;
    case ROUTES_CONST_INT:
        set_const_int(value, table, type, row->i);
        return ROUTES_FAULT_NONE;
    case ROUTES_CONST_FLOAT:
        value->kind = ROUTES_VALUE_FLOAT;
        value->u.real = row->f;
        return ROUTES_FAULT_NONE;
    case ROUTES_CONST_STR:
        set_const_str(value, table, row->text);
        return ROUTES_FAULT_NONE;
    case ROUTES_CONST_EMPTY_LIST:
        value->kind = ROUTES_VALUE_LIST;
        value->u.list.items = NULL;
        value->u.list.n = 0;
        return ROUTES_FAULT_NONE;
    case ROUTES_CONST_TEXT:
        return routes_value_text(table, type,
                                 routes_table_text(table, row->text),
                                 row->text.len, 0, value);
    }
    return ROUTES_FAULT_TYPE;
}

int
routes_value_absent(const struct routes_table *table,
                    const struct routes_member *member,
                    struct routes_value *value)
{
    value->kind = ROUTES_VALUE_ABSENT;
    if (member->constant != 0) {
        return routes_value_constant(table, member->type, member->constant,
                                     value) == ROUTES_FAULT_NONE;
    }
    return (table->types[member->type].flags & ROUTES_TYPE_OPTIONAL) != 0;
}
