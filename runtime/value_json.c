/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed values from JSON: scalars, lists, maps, records.
 *
 * Calls nest as deeply as the JSON does, which ROUTES_MAX_JSON_DEPTH bounds.
 */
#include "value_json.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "language.h"
#include "number.h"
#include "table.h"

#define MAX_INDEX 20 /* digits of a size_t */

/* ---- faults ------------------------------------------------------------- */

/* Bytes of the place's own part of the pointer, written to `to` if that is
 * not NULL. */
static size_t
write_part(const struct routes_json_place *place, char *to)
{
    size_t n = 0;

    for (const char *c = place->member; *c != '\0'; c++) {
        int escaped = *c == '~' || *c == '/';

        if (to != NULL) {
            to[n] = escaped ? '~' : *c;
            to[n + (size_t)escaped] = *c == '~' ? '0' : *c == '/' ? '1' : *c;
        }
        n += 1 + (size_t)escaped;
    }
    return n;
}

static size_t
measure_pointer(const struct routes_json_place *place)
{
    size_t n = 0;

    for (; place != NULL; place = place->up) {
        n += 1 + (place->member != NULL ? write_part(place, NULL) : MAX_INDEX);
    }
    return n;
}

const char *
routes_value_json_pointer(const struct routes_json_place *place,
                          apr_pool_t *pool)
{
    size_t size = measure_pointer(place) + 1;
    char *text = apr_palloc(pool, size);
    char *at = text + size - 1;

    /* from its end, since a place knows what is above it */
    *at = '\0';
    for (; place != NULL; place = place->up) {
        char index[MAX_INDEX + 1];
        size_t len;

        if (place->member != NULL) {
            at -= write_part(place, NULL);
            write_part(place, at);
        }
        else {
            len = (size_t)apr_snprintf(index, sizeof(index),
                                       "%" APR_SIZE_T_FMT, place->index);
            at -= len;
            memcpy(at, index, len);
        }
        *--at = '/';
    }
    return at;
}

static int
add_fault(const struct routes_value_json *reader,
          const struct routes_json_place *place, enum routes_fault fault,
          const char *expected)
{
    if (reader->problems->n < ROUTES_MAX_FAULTS) {
        routes_problem_add(reader->problems, "body",
                           routes_value_json_pointer(place, reader->pool),
                           fault, expected);
    }
    return 1;
}

/* A value that is none of its type. */
static int
add_type_fault(const struct routes_value_json *reader, uint32_t type,
               const struct routes_json_place *place, enum routes_fault fault)
{
    const struct routes_table *table = reader->table;

    return add_fault(reader, place, fault,
                     routes_table_text(table, table->types[type].spelling));
}

/* ---- scalars ------------------------------------------------------------ */

/* Whether a JSON value of this sort may be a value of the kind. */
static int
suits(enum routes_type_kind kind, enum routes_json_kind json)
{
    switch (kind) {
    case ROUTES_TYPE_INT:
        return json == ROUTES_JSON_INTEGER;
    case ROUTES_TYPE_FLOAT:
        return json == ROUTES_JSON_INTEGER || json == ROUTES_JSON_REAL;
    case ROUTES_TYPE_DECIMAL:
        return json == ROUTES_JSON_INTEGER || json == ROUTES_JSON_REAL ||
               json == ROUTES_JSON_STRING;
    case ROUTES_TYPE_BOOL:
        return json == ROUTES_JSON_TRUE || json == ROUTES_JSON_FALSE;
    case ROUTES_TYPE_STR:
    case ROUTES_TYPE_UUID:
    case ROUTES_TYPE_DATE:
    case ROUTES_TYPE_DATETIME:
    case ROUTES_TYPE_BYTES:
    case ROUTES_TYPE_PATH:
    case ROUTES_TYPE_RAWPATH:
    case ROUTES_TYPE_ENUM:
        return json == ROUTES_JSON_STRING;
    case ROUTES_TYPE_LIST:
        return json == ROUTES_JSON_ARRAY;
    case ROUTES_TYPE_MAP:
    case ROUTES_TYPE_RECORD:
        return json == ROUTES_JSON_OBJECT;
    case ROUTES_TYPE_JSON:
        return 1;
    case ROUTES_TYPE_NULL:
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

static int
read_scalar(const struct routes_value_json *reader, uint32_t type,
            const struct routes_json *json,
            const struct routes_json_place *place, struct routes_value *value)
{
    enum routes_fault fault =
        routes_value_text(reader->table, type, json->at, json->len, 0, value);

    return fault != ROUTES_FAULT_NONE
               ? add_type_fault(reader, type, place, fault)
               : 0;
}

/* ---- any JSON ----------------------------------------------------------- */

int
routes_value_json_numbers(const struct routes_json *json)
{
    double number;

    for (uint32_t i = 0; i < json->size; i++) {
        if ((json[i].kind == ROUTES_JSON_INTEGER &&
             json[i].len > ROUTES_MAX_NUMBER) ||
            (json[i].kind == ROUTES_JSON_REAL &&
             routes_number_read(json[i].at, json[i].len, &number) !=
                 ROUTES_NUMBER_OK)) {
            return 0;
        }
    }
    return 1;
}

static int
read_any(const struct routes_value_json *reader, uint32_t type,
         const struct routes_json *json, const struct routes_json_place *place,
         struct routes_value *value)
{
    if (!routes_value_json_numbers(json)) {
        return add_type_fault(reader, type, place, ROUTES_FAULT_RANGE);
    }
    value->kind = ROUTES_VALUE_JSON;
    value->u.json = json;
    return 0;
}

/* ---- containers --------------------------------------------------------- */

static int
read_list(const struct routes_value_json *reader, uint32_t type,
          const struct routes_json *json,
          const struct routes_json_place *place, struct routes_value *value)
{
    const struct routes_type *row = &reader->table->types[type];
    struct routes_json_place inner = {.up = place};
    const struct routes_json *item = json + 1;
    struct routes_value *items;
    int faulty = 0;

    if (!routes_language_bounds(row, json->len)) {
        return add_type_fault(reader, type, place, ROUTES_FAULT_LENGTH);
    }
    items = apr_palloc(reader->pool, json->len * sizeof(*items));
    for (uint32_t i = 0; i < json->len; i++) {
        inner.index = i;
        faulty |=
            routes_value_json_read(reader, row->item, item, &inner, &items[i]);
        item = routes_json_next(item);
    }
    value->kind = ROUTES_VALUE_LIST;
    value->u.list.items = items;
    value->u.list.n = json->len;
    return faulty;
}

/* In faults "*" stands for the keys of a map, which are the request's own. */
static int
read_map(const struct routes_value_json *reader, uint32_t type,
         const struct routes_json *json, const struct routes_json_place *place,
         struct routes_value *value)
{
    const struct routes_type *row = &reader->table->types[type];
    const struct routes_json_place inner = {place, "*", 0};
    const struct routes_json *key = json + 1;
    struct routes_entry *entries;
    int faulty = 0;

    if (!routes_language_bounds(row, json->len)) {
        return add_type_fault(reader, type, place, ROUTES_FAULT_LENGTH);
    }
    entries = apr_palloc(reader->pool, json->len * sizeof(*entries));
    for (uint32_t i = 0; i < json->len && !faulty; i++) {
        entries[i].key = key->at;
        entries[i].key_len = key->len;
        faulty |= routes_value_json_read(reader, row->item, key + 1, &inner,
                                         &entries[i].value);
        key = routes_json_next(key + 1);
    }
    value->kind = ROUTES_VALUE_MAP;
    value->u.map.entries = entries;
    value->u.map.n = json->len;
    return faulty;
}

/* ---- records ------------------------------------------------------------ */

/* The member of that name, or n_members.  Members mostly come in the order of
 * their declaration, so the search goes on where the last one ended. */
static uint32_t
find_member(const struct routes_table *table,
            const struct routes_record *record, uint32_t from,
            const struct routes_json *name)
{
    uint32_t n = record->n_members;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = from + i < n ? from + i : from + i - n;
        struct routes_text wire = table->members[record->members + at].wire;

        if (wire.len == name->len &&
            memcmp(table->text + wire.at, name->at, name->len) == 0) {
            return at;
        }
    }
    return n;
}

/* "sku, qty, note": what there may be instead of an unknown member. */
static const char *
list_members(const struct routes_value_json *reader,
             const struct routes_record *record)
{
    const struct routes_table *table = reader->table;
    apr_array_header_t *names = apr_array_make(
        reader->pool, 2 * record->n_members + 1, sizeof(const char *));

    for (uint32_t i = 0; i < record->n_members; i++) {
        APR_ARRAY_PUSH(names, const char *) = i > 0 ? ", " : "";
        APR_ARRAY_PUSH(names, const char *) =
            routes_table_text(table, table->members[record->members + i].wire);
    }
    return apr_array_pstrcat(reader->pool, names, '\0');
}

/* Reads the members that are there; *unknown, whether others are too. */
static int
read_members(const struct routes_value_json *reader,
             const struct routes_record *record,
             const struct routes_json *json,
             const struct routes_json_place *place,
             struct routes_value *members, int *unknown)
{
    const struct routes_table *table = reader->table;
    const struct routes_member *rows = &table->members[record->members];
    const struct routes_json *name = json + 1;
    uint32_t from = 0;
    int faulty = 0;

    for (uint32_t i = 0; i < json->len; i++) {
        uint32_t at = find_member(table, record, from, name);

        if (at < record->n_members) {
            struct routes_json_place inner = {
                place, routes_table_text(table, rows[at].wire), 0};

            /* taken, whatever becomes of it */
            members[at].kind = ROUTES_VALUE_NONE;
            faulty |= routes_value_json_read(reader, rows[at].type, name + 1,
                                             &inner, &members[at]);
            from = at + 1;
        }
        else {
            *unknown = 1;
        }
        name = routes_json_next(name + 1);
    }
    return faulty;
}

static int
fill_member(const struct routes_value_json *reader,
            const struct routes_member *row,
            const struct routes_json_place *place, struct routes_value *value)
{
    const struct routes_table *table = reader->table;
    struct routes_json_place inner = {place,
                                      routes_table_text(table, row->wire), 0};

    if (routes_value_absent(table, row, value)) {
        return 0;
    }
    return add_type_fault(reader, row->type, &inner, ROUTES_FAULT_MISSING);
}

static int
read_record(const struct routes_value_json *reader, uint32_t type,
            const struct routes_json *json,
            const struct routes_json_place *place, struct routes_value *value)
{
    const struct routes_table *table = reader->table;
    uint32_t row = table->types[type].item;
    const struct routes_record *record = &table->records[row];
    struct routes_value *members =
        apr_palloc(reader->pool, record->n_members * sizeof(*members));
    int unknown = 0;
    int faulty;

    for (uint32_t i = 0; i < record->n_members; i++) {
        members[i].kind = ROUTES_VALUE_ABSENT;
    }
    faulty = read_members(reader, record, json, place, members, &unknown);
    for (uint32_t i = 0; i < record->n_members; i++) {
        if (members[i].kind == ROUTES_VALUE_ABSENT) {
            faulty |= fill_member(reader, &table->members[record->members + i],
                                  place, &members[i]);
        }
    }
    if (unknown && !(record->flags & ROUTES_RECORD_OPEN)) {
        faulty = add_fault(reader, place, ROUTES_FAULT_UNKNOWN,
                           list_members(reader, record));
    }
    value->kind = ROUTES_VALUE_RECORD;
    value->u.record.members = members;
    value->u.record.row = row;
    return faulty;
}

/* ---- values ------------------------------------------------------------- */

int
routes_value_json_read(const struct routes_value_json *reader, uint32_t type,
                       const struct routes_json *json,
                       const struct routes_json_place *place,
                       struct routes_value *value)
{
    const struct routes_type *row = &reader->table->types[type];
    enum routes_type_kind kind = (enum routes_type_kind)row->kind;

    if (json->kind == ROUTES_JSON_NULL &&
        (row->flags & ROUTES_TYPE_OPTIONAL || kind == ROUTES_TYPE_JSON)) {
        value->kind = ROUTES_VALUE_NONE;
        return 0;
    }
    if (!suits(kind, (enum routes_json_kind)json->kind)) {
        return add_type_fault(reader, type, place, ROUTES_FAULT_TYPE);
    }
    switch (kind) {
    case ROUTES_TYPE_LIST:
        return read_list(reader, type, json, place, value);
    case ROUTES_TYPE_MAP:
        return read_map(reader, type, json, place, value);
    case ROUTES_TYPE_RECORD:
        return read_record(reader, type, json, place, value);
    case ROUTES_TYPE_JSON:
        return read_any(reader, type, json, place, value);
    default:
        return read_scalar(reader, type, json, place, value);
    }
}
