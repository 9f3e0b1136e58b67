/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed values: what a text or a JSON value of a request becomes before any
 * interpreter is entered, and the faults it may have.
 */
#ifndef ROUTES_VALUE_H
#define ROUTES_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "routes_abi.h"
#include "utf8.h"

enum routes_value_kind {
    ROUTES_VALUE_NONE, /* Python's None */
    ROUTES_VALUE_BOOL,
    ROUTES_VALUE_INT,
    ROUTES_VALUE_FLOAT,
    ROUTES_VALUE_STR,     /* text: valid UTF-8 */
    ROUTES_VALUE_BYTES,   /* text: any bytes */
    ROUTES_VALUE_DECIMAL, /* text: as decimal.Decimal reads it */
    ROUTES_VALUE_UUID,    /* uuid */
    ROUTES_VALUE_DATE,    /* time.year .. time.day */
    ROUTES_VALUE_DATETIME,
    ROUTES_VALUE_LIST,
    ROUTES_VALUE_REQUEST,   /* the request itself */
    ROUTES_VALUE_PRINCIPAL, /* caller */
    ROUTES_VALUE_MAP,
    ROUTES_VALUE_RECORD,
    ROUTES_VALUE_JSON,     /* json: a value as it came */
    ROUTES_VALUE_ABSENT,   /* of an optional member of a record only */
    ROUTES_VALUE_STREAM,   /* stream */
    ROUTES_VALUE_UPLOAD,   /* upload */
    ROUTES_VALUE_WEBSOCKET /* the websocket of the request */
};

struct routes_json;   /* json.h */
struct routes_upload; /* upload.h */
struct routes_entry;

struct routes_time {
    int16_t year; /* 1 .. 9999 */
    uint8_t month, day, hour, minute, second;
    uint8_t has_offset; /* aware: offset is set */
    int32_t microsecond;
    int32_t offset; /* seconds east of UTC */
};

struct routes_caller;

struct routes_value {
    enum routes_value_kind kind;
    union {
        int boolean;
        int64_t integer;
        double real;
        struct {
            const char *at; /* borrowed from the input, or from the pool */
            size_t len;
            int ascii; /* every byte is ASCII for sure */
        } text;
        uint8_t uuid[16];
        struct routes_time time;
        struct {
            struct routes_value *items; /* pool */
            size_t n;
        } list;
        struct {
            struct routes_entry *entries; /* pool */
            size_t n;
        } map;
        struct {
            struct routes_value *members; /* pool; in the order of the table */
            uint32_t row;                 /* records[] */
        } record;
        const struct routes_json *json;
        const struct routes_caller *caller; /* borrowed */
        void *stream; /* borrowed from the input: the caller's own; of a
                         websocket, too */
        struct routes_upload *upload; /* borrowed from the input */
    } u;
};

/* One entry of a map. */
struct routes_entry {
    const char *key; /* UTF-8, borrowed like a value's text */
    size_t key_len;
    struct routes_value value;
};

/* The codes of LANGUAGE.md P17, in its order. */
enum routes_fault {
    ROUTES_FAULT_NONE,
    ROUTES_FAULT_MISSING,
    ROUTES_FAULT_TYPE,
    ROUTES_FAULT_RANGE,
    ROUTES_FAULT_LENGTH,
    ROUTES_FAULT_PATTERN,
    ROUTES_FAULT_ENUM,
    ROUTES_FAULT_DUPLICATE,
    ROUTES_FAULT_UNKNOWN,
    ROUTES_FAULT_ENCODING,
    ROUTES_FAULT_TOO_MANY
};

/* "missing", "type", ...: what a problem document says. */
const char *routes_fault_name(enum routes_fault fault);

/* Reads one scalar from decoded text (a capture, a query or form field) as
 * types[type], an optional's value included.  strict: the one spelling of a
 * path; else the lenient one of LANGUAGE.md P5.  The value's text is borrowed
 * from the input. */
enum routes_fault
routes_value_text(const struct routes_table *table, uint32_t type,
                  const char *text, size_t len, int strict,
                  struct routes_value *value);

/* The number as a value of the type: range, if it is outside its bounds. */
enum routes_fault routes_value_int(const struct routes_type *type,
                                   int64_t number, struct routes_value *value);
enum routes_fault
routes_value_float(const struct routes_type *type, double number,
                   struct routes_value *value);

/* The value of consts[constant] as types[type] (0 for a constant, which has
 * none), borrowed from the table.  A fault is one of the table: table.c
 * refuses it. */
enum routes_fault
routes_value_constant(const struct routes_table *table, uint32_t type,
                      uint32_t constant, struct routes_value *value);

/* The value of a member that the request doesn't have: its default, or that
 * of an optional one.  0: it has none, so it is missing. */
int routes_value_absent(const struct routes_table *table,
                        const struct routes_member *member,
                        struct routes_value *value);

#endif
