/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text of a request, and typed values from JSON.
 */
#include "json.h"

#include <math.h>
#include <string.h>

#include <apr_strings.h>

#include "args.h"
#include "language.h"
#include "number.h"

/* Up to here every integer has a double of its own. */
#define EXACT 9007199254740992.0 /* 2^53 */

/* ---- the text ----------------------------------------------------------- */

/* Whether arrays and objects stand deeper inside each other than we admit.
 * jansson's own limit is higher, and this walk needs no stack. */
static int
is_too_deep(const char *text, size_t len)
{
    int in_string = 0;
    size_t depth = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
        }
        else if (c == '"') {
            in_string = 1;
        }
        else if (c == '[' || c == '{') {
            if (++depth > ROUTES_MAX_JSON_DEPTH) {
                return 1;
            }
        }
        else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return 0;
}

static enum routes_fault
fault_of(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_invalid_utf8:
        return ROUTES_FAULT_ENCODING;
    case json_error_duplicate_key:
        return ROUTES_FAULT_DUPLICATE;
    case json_error_numeric_overflow:
        return ROUTES_FAULT_RANGE;
    default:
        return ROUTES_FAULT_TYPE;
    }
}

static json_t *narrow(json_t *value);

static void
narrow_members(json_t *object)
{
    const char *key;
    json_t *member;

    json_object_foreach(object, key, member)
    {
        json_object_set_new_nocheck(object, key, narrow(member));
    }
}

static void
narrow_items(json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_array_set_new(array, i, narrow(json_array_get(array, i)));
    }
}

/* Turns the numbers that were read as doubles back into integers where that
 * is exact.  A new reference.  The depth was checked before. */
static json_t *
narrow(json_t *value)
{
    double number = json_real_value(value);

    if (json_is_object(value)) {
        narrow_members(value);
    }
    else if (json_is_array(value)) {
        narrow_items(value);
    }
    else if (json_is_real(value) && fabs(number) <= EXACT &&
             floor(number) == number) {
        return json_integer((json_int_t)number);
    }
    return json_incref(value);
}

/* Reads a text that has an integer beyond 64 bits.  jansson gives up there,
 * but the integer may stand where a float is wanted, or nothing; and where an
 * int is wanted its fault has a name. */
static json_t *
load_wide(const char *text, size_t len, size_t flags, json_error_t *error)
{
    json_t *root =
        json_loadb(text, len, flags | JSON_DECODE_INT_AS_REAL, error);

    if (root != NULL) {
        json_decref(narrow(root));
    }
    return root;
}

json_t *
routes_json_object(const char *text, size_t len, enum routes_fault *fault)
{
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
    json_error_t error;
    json_t *root;

    if (is_too_deep(text, len)) {
        *fault = ROUTES_FAULT_TOO_MANY;
        return NULL;
    }
    root = json_loadb(text, len, flags, &error);
    if (root == NULL && fault_of(&error) == ROUTES_FAULT_RANGE) {
        root = load_wide(text, len, flags, &error);
    }
    if (root == NULL) {
        *fault = fault_of(&error);
        return NULL;
    }
    if (!json_is_object(root)) {
        json_decref(root);
        *fault = ROUTES_FAULT_TYPE;
        return NULL;
    }
    return root;
}

/* ---- values ------------------------------------------------------------- */

/* The shortest text that reads as the same number. */
static const char *
print_number(const json_t *json, apr_pool_t *pool, size_t *len)
{
    char buffer[64];
    double number = 0;

    *len = 0;
    for (size_t digits = 15; digits <= 17; digits++) {
        *len = json_dumpb(json, buffer, sizeof(buffer),
                          JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits));
        if (json_is_integer(json) ||
            (routes_number_read(buffer, *len, &number) == ROUTES_NUMBER_OK &&
             number == json_real_value(json))) {
            break;
        }
    }
    return apr_pstrmemdup(pool, buffer, *len);
}

/* The text of a scalar, in pool. */
static const char *
text_of(const json_t *json, apr_pool_t *pool, size_t *len)
{
    if (json_is_string(json)) {
        *len = json_string_length(json);
        return apr_pmemdup(pool, json_string_value(json), *len + 1);
    }
    if (json_is_boolean(json)) {
        *len = json_is_true(json) ? 4 : 5;
        return json_is_true(json) ? "true" : "false";
    }
    return print_number(json, pool, len);
}

/* Whether a JSON value of this sort may be a value of the kind. */
static int
suits(enum routes_type_kind kind, const json_t *json)
{
    switch (kind) {
    case ROUTES_TYPE_INT:
        return json_is_integer(json);
    case ROUTES_TYPE_FLOAT:
        return json_is_number(json);
    case ROUTES_TYPE_DECIMAL:
        return json_is_number(json) || json_is_string(json);
    case ROUTES_TYPE_BOOL:
        return json_is_boolean(json);
    case ROUTES_TYPE_STR:
    case ROUTES_TYPE_UUID:
    case ROUTES_TYPE_DATE:
    case ROUTES_TYPE_DATETIME:
    case ROUTES_TYPE_BYTES:
    case ROUTES_TYPE_PATH:
    case ROUTES_TYPE_RAWPATH:
    case ROUTES_TYPE_ENUM:
        return json_is_string(json);
    case ROUTES_TYPE_NULL:
    case ROUTES_TYPE_LIST:
    case ROUTES_TYPE_REQUEST:
    case ROUTES_TYPE_PRINCIPAL:
    case ROUTES_TYPE_METHOD:
        return 0;
    }
    return 0;
}

static enum routes_fault
read_scalar(const struct routes_table *table, uint32_t index,
            const json_t *json, apr_pool_t *pool, struct routes_value *value)
{
    const struct routes_type *type = &table->types[index];
    const char *text;
    size_t len;

    if (!suits((enum routes_type_kind)type->kind, json)) {
        /* only an integer beyond 64 bits is so large: see load_wide */
        return type->kind == ROUTES_TYPE_INT && json_is_real(json) &&
                       fabs(json_real_value(json)) > EXACT
                   ? ROUTES_FAULT_RANGE
                   : ROUTES_FAULT_TYPE;
    }
    if (type->dfa == 0 && type->kind == ROUTES_TYPE_INT) {
        return routes_value_int(type, json_integer_value(json), value);
    }
    if (type->dfa == 0 && type->kind == ROUTES_TYPE_FLOAT) {
        return routes_value_float(type, json_number_value(json), value);
    }
    text = text_of(json, pool, &len);
    return routes_value_text(table, index, text, len, 0, value);
}

static enum routes_fault
read_list(const struct routes_table *table, const struct routes_type *type,
          const json_t *json, apr_pool_t *pool, struct routes_value *value)
{
    size_t n = json_array_size(json);
    struct routes_value *items;

    if (!json_is_array(json)) {
        return ROUTES_FAULT_TYPE;
    }
    if (!routes_language_bounds(type, (int64_t)n)) {
        return ROUTES_FAULT_LENGTH;
    }
    items = apr_palloc(pool, n * sizeof(*items));
    for (size_t i = 0; i < n; i++) {
        enum routes_fault fault = routes_value_json(
            table, type->item, json_array_get(json, i), pool, &items[i]);

        if (fault != ROUTES_FAULT_NONE) {
            return fault;
        }
    }
    value->kind = ROUTES_VALUE_LIST;
    value->u.list.items = items;
    value->u.list.n = n;
    return ROUTES_FAULT_NONE;
}

enum routes_fault
routes_value_json(const struct routes_table *table, uint32_t type,
                  const json_t *json, apr_pool_t *pool,
                  struct routes_value *value)
{
    const struct routes_type *row = &table->types[type];

    if (json_is_null(json)) {
        value->kind = ROUTES_VALUE_NONE;
        return row->flags & ROUTES_TYPE_OPTIONAL ? ROUTES_FAULT_NONE
                                                 : ROUTES_FAULT_TYPE;
    }
    if (row->kind == ROUTES_TYPE_LIST) {
        return read_list(table, row, json, pool, value);
    }
    return read_scalar(table, type, json, pool, value);
}
