/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a multipart body that a route declares, or all of them.
 */
#include "parts.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "disposition.h"
#include "table.h"
#include "utf8.h"

#define FIRST_ITEMS 8
#define UNTYPED     "application/octet-stream" /* a file of unknown type */

static const char charset_name[] = "_charset_"; /* RFC 7578, 4.6 */

/* ---- what is declared --------------------------------------------------- */

static int
is_named(const struct routes_table *table, struct routes_text wire,
         const struct routes_part *part)
{
    return wire.len == part->name_len &&
           memcmp(table->text + wire.at, part->name, wire.len) == 0;
}

static int
is_of_body(const struct routes_arg *arg)
{
    return arg->source == ROUTES_FROM_ARGUMENT ||
           arg->source == ROUTES_FROM_FORM || arg->source == ROUTES_FROM_FILE;
}

/* The type of a record's member of the part's name, or 0. */
static uint32_t
find_member(const struct routes_table *table, const struct routes_arg *arg,
            const struct routes_part *part)
{
    const struct routes_record *record =
        &table->records[table->types[arg->type].item];

    for (uint32_t i = 0; i < record->n_members; i++) {
        const struct routes_member *row = &table->members[record->members + i];

        if (is_named(table, row->wire, part)) {
            return row->type;
        }
    }
    return 0;
}

/* The type of what the part fills; 0: nobody wants it. */
static uint32_t
find_type(const struct routes_parts *parts, const struct routes_part *part)
{
    const struct routes_table *table = parts->table;
    uint32_t type = 0;

    for (uint32_t i = 0; i < parts->route->n_args && type == 0; i++) {
        const struct routes_arg *arg = &table->args[parts->route->args + i];

        if (!is_of_body(arg)) {
            continue;
        }
        if (arg->flags & ROUTES_ARG_MEMBERS) {
            type = find_member(table, arg, part);
        }
        else if (is_named(table, arg->wire, part)) {
            type = arg->type;
        }
    }
    return type;
}

/* Whether the function of a route is given the request, which has the form. */
static int
takes_request(const struct routes_table *table,
              const struct routes_route *route)
{
    for (uint32_t i = 0; i < route->n_args; i++) {
        const struct routes_arg *arg = &table->args[route->args + i];

        if (arg->source == ROUTES_FROM_REQUEST &&
            table->types[arg->type].kind == ROUTES_TYPE_REQUEST) {
            return 1;
        }
    }
    return 0;
}

/* ---- a part begins ------------------------------------------------------ */

static struct routes_item *
add_item(struct routes_parts *parts, const struct routes_part *part)
{
    struct routes_item *item;

    if (parts->n == parts->room) {
        unsigned room = parts->room == 0 ? FIRST_ITEMS : 2 * parts->room;
        struct routes_item *items =
            apr_palloc(parts->pool, room * sizeof(*items));

        if (parts->n > 0) {
            memcpy(items, parts->items, parts->n * sizeof(*items));
        }
        parts->items = items;
        parts->room = room;
    }
    item = &parts->items[parts->n++];
    *item = (struct routes_item){
        .name = apr_pstrmemdup(parts->pool, part->name, part->name_len),
        .name_len = part->name_len,
    };
    return item;
}

/* How many parts of the name there are so far, this one included. */
static int64_t
count(const struct routes_parts *parts, const struct routes_item *item)
{
    int64_t n = 0;

    for (unsigned i = 0; i < parts->n; i++) {
        n += parts->items[i].name_len == item->name_len &&
             memcmp(parts->items[i].name, item->name, item->name_len) == 0;
    }
    return n;
}

/* What is wrong with one more upload, before any of it is kept. */
static enum routes_fault
fault_of_number(struct routes_parts *parts, const struct routes_type *type,
                const struct routes_item *item)
{
    int64_t n;

    if (++parts->uploads > ROUTES_MAX_UPLOADS) {
        return ROUTES_FAULT_TOO_MANY;
    }
    n = count(parts, item);
    if (type->kind != ROUTES_TYPE_LIST) {
        return n > 1 ? ROUTES_FAULT_DUPLICATE : ROUTES_FAULT_NONE;
    }
    return (type->flags & ROUTES_TYPE_MAX) && n > type->max
               ? ROUTES_FAULT_LENGTH
               : ROUTES_FAULT_NONE;
}

/* Whether a media type is the one of a range, or one of its many. */
static int
is_in_range(const char *type, const char *range, size_t len)
{
    size_t essence = strcspn(type, "; \t");

    if (len > 0 && range[len - 1] == '*') {
        return essence >= len && strncasecmp(type, range, len - 1) == 0;
    }
    return essence == len && strncasecmp(type, range, len) == 0;
}

static int
takes_media(const struct routes_table *table, const struct routes_type *type,
            const char *media)
{
    for (uint32_t i = 0; i < type->n_labels; i++) {
        struct routes_text range = table->labels[type->labels + i];

        if (is_in_range(media, routes_table_text(table, range), range.len)) {
            return 1;
        }
    }
    return type->n_labels == 0;
}

/* Keeps what the client says of its file; what of it is text must be that. */
static enum routes_fault
set_names(struct routes_parts *parts, const struct routes_part *part,
          struct routes_upload *upload)
{
    size_t len = part->filename_len;
    const char *name = routes_disposition_base(part->filename, &len);

    if (part->foreign || !routes_utf8_valid(name, len, NULL) ||
        routes_utf8_control(name, len) ||
        !routes_utf8_valid(part->type, part->type_len, NULL) ||
        routes_utf8_control(part->type, part->type_len)) {
        return ROUTES_FAULT_ENCODING;
    }
    upload->filename = apr_pstrmemdup(parts->pool, name, len);
    upload->type =
        part->type_len == 0
            ? UNTYPED
            : apr_pstrmemdup(parts->pool, part->type, part->type_len);
    return ROUTES_FAULT_NONE;
}

static enum routes_fault
begin_upload(struct routes_parts *parts, const struct routes_part *part,
             const struct routes_type *type, struct routes_item *item)
{
    const struct routes_type *one = type->kind == ROUTES_TYPE_LIST
                                        ? &parts->table->types[type->item]
                                        : type;
    enum routes_fault fault = fault_of_number(parts, type, item);

    if (fault != ROUTES_FAULT_NONE) {
        return fault;
    }
    item->max = one->flags & ROUTES_TYPE_MAX ? one->max : INT64_MAX;
    item->min = one->flags & ROUTES_TYPE_MIN ? one->min : 0;
    item->upload = routes_upload_create(parts->pool);
    fault = set_names(parts, part, item->upload);
    if (fault == ROUTES_FAULT_NONE &&
        !takes_media(parts->table, one, item->upload->type)) {
        fault = ROUTES_FAULT_TYPE;
    }
    return fault;
}

/* The charset that a part's type names, or NULL; 0 bytes never. */
static const char *
charset_of(const struct routes_part *part, size_t *len)
{
    const char *end = part->type + part->type_len;
    const char *params = memchr(part->type, ';', part->type_len);
    const char *value;

    return params != NULL && routes_disposition_param(params, end, "charset",
                                                      &value, len) == 1
               ? value
               : NULL;
}

/* Whether text in a charset is UTF-8: us-ascii, as mailers say, is inside. */
static int
is_utf8_name(const char *name, size_t len)
{
    return (len == 5 && strncasecmp(name, "utf-8", len) == 0) ||
           (len == 8 && strncasecmp(name, "us-ascii", len) == 0);
}

/* What is wrong with a part as text, by what its type says. */
static enum routes_fault
fault_of_text(const struct routes_part *part)
{
    static const char many[] = "multipart/";
    size_t len;
    const char *charset = charset_of(part, &len);

    if (charset != NULL && !is_utf8_name(charset, len)) {
        return ROUTES_FAULT_ENCODING;
    }
    return part->type_len >= sizeof(many) - 1 &&
                   strncasecmp(part->type, many, sizeof(many) - 1) == 0
               ? ROUTES_FAULT_TYPE
               : ROUTES_FAULT_NONE;
}

/* A part of which nothing is declared: what it says it is. */
static struct routes_item *
begin_any(struct routes_parts *parts, const struct routes_part *part)
{
    struct routes_item *item = add_item(parts, part);

    if (part->filename == NULL) {
        item->fault = fault_of_text(part);
    }
    else if (++parts->uploads > ROUTES_MAX_UPLOADS) {
        item->fault = ROUTES_FAULT_TOO_MANY;
    }
    else {
        item->max = INT64_MAX;
        item->upload = routes_upload_create(parts->pool);
        item->fault = set_names(parts, part, item->upload);
    }
    return item;
}

/* Whether fields of the type are files. */
static int
takes_files(const struct routes_table *table, const struct routes_type *type)
{
    return type->kind == ROUTES_TYPE_UPLOAD ||
           (type->kind == ROUTES_TYPE_LIST &&
            table->types[type->item].kind == ROUTES_TYPE_UPLOAD);
}

static struct routes_item *
begin_declared(struct routes_parts *parts, const struct routes_part *part,
               const struct routes_type *type)
{
    struct routes_item *item = add_item(parts, part);
    int is_file = part->filename != NULL;

    if (is_file != takes_files(parts->table, type)) {
        item->fault = ROUTES_FAULT_TYPE;
    }
    else {
        item->fault = is_file ? begin_upload(parts, part, type, item)
                              : fault_of_text(part);
    }
    return item;
}

static int
names_charset(const struct routes_part *part)
{
    return part->name_len == sizeof(charset_name) - 1 &&
           memcmp(part->name, charset_name, part->name_len) == 0;
}

static void
begin(struct routes_parts *parts)
{
    const struct routes_part *part = &parts->machine.part;
    uint32_t type = parts->route != NULL ? find_type(parts, part) : 0;

    parts->item = NULL;
    if (part->filename != NULL && part->filename_len == 0) {
        return; /* a field in which no file was chosen */
    }
    if (type != 0) {
        parts->item = begin_declared(parts, part, &parts->table->types[type]);
    }
    else if (names_charset(part)) {
        parts->charset = (struct routes_item){.name = charset_name};
        parts->item = &parts->charset;
    }
    else if (parts->all) {
        parts->item = begin_any(parts, part);
    }
}

/* ---- its data ----------------------------------------------------------- */

/* Whether the limit of the body is for uploads. */
static int
has_uploads(const struct routes_parts *parts)
{
    return parts->all || (parts->route->takes & ROUTES_TAKES_FILES);
}

static enum routes_parts_status
keep_text(struct routes_parts *parts, const char *data, size_t len)
{
    struct routes_item *item = parts->item;

    parts->text += len;
    if (has_uploads(parts) && parts->text > ROUTES_MAX_PARTS_TEXT) {
        return ROUTES_PARTS_TOO_LARGE;
    }
    if (item->len + len > item->room) {
        char *grown;

        item->room = 2 * (item->len + len);
        grown = apr_palloc(parts->pool, item->room);
        if (item->len > 0) {
            memcpy(grown, item->text, item->len);
        }
        item->text = grown;
    }
    memcpy(item->text + item->len, data, len);
    item->len += len;
    return ROUTES_PARTS_MORE;
}

static enum routes_parts_status
keep_upload(struct routes_parts *parts, const char *data, size_t len)
{
    struct routes_item *item = parts->item;

    if (item->upload->size + (int64_t)len > item->max) {
        return ROUTES_PARTS_TOO_LARGE;
    }
    parts->error = routes_upload_write(item->upload, parts->pool,
                                       parts->folder, data, len);
    return parts->error == APR_SUCCESS ? ROUTES_PARTS_MORE
                                       : ROUTES_PARTS_UNKEPT;
}

static enum routes_parts_status
keep(struct routes_parts *parts, const char *data, size_t len)
{
    const struct routes_item *item = parts->item;

    if (item == NULL || item->fault != ROUTES_FAULT_NONE) {
        return ROUTES_PARTS_MORE;
    }
    return item->upload != NULL ? keep_upload(parts, data, len)
                                : keep_text(parts, data, len);
}

/* ---- a part ends -------------------------------------------------------- */

static enum routes_parts_status
end_upload(struct routes_parts *parts, struct routes_item *item)
{
    if (item->fault != ROUTES_FAULT_NONE) {
        return ROUTES_PARTS_MORE;
    }
    if (item->upload->size < item->min) {
        item->fault = ROUTES_FAULT_LENGTH;
    }
    parts->error = routes_upload_end(item->upload);
    return parts->error == APR_SUCCESS ? ROUTES_PARTS_MORE
                                       : ROUTES_PARTS_UNKEPT;
}

static enum routes_parts_status
end_part(struct routes_parts *parts)
{
    struct routes_item *item = parts->item;

    parts->item = NULL;
    if (item != NULL && item->upload != NULL) {
        return end_upload(parts, item);
    }
    if (item == &parts->charset && !is_utf8_name(item->text, item->len)) {
        parts->fault = ROUTES_FAULT_ENCODING;
        return ROUTES_PARTS_FAULT;
    }
    return ROUTES_PARTS_MORE;
}

/* ---- all of it ---------------------------------------------------------- */

int
routes_parts_start(struct routes_parts *parts, apr_pool_t *pool,
                   const struct routes_table *table,
                   const struct routes_route *route, const char *folder,
                   const char *type)
{
    parts->pool = pool;
    parts->table = table;
    parts->route = route;
    parts->all = route == NULL || takes_request(table, route);
    parts->folder = folder;
    parts->items = NULL;
    parts->n = 0;
    parts->room = 0;
    parts->item = NULL;
    parts->text = 0;
    parts->uploads = 0;
    parts->fault = ROUTES_FAULT_NONE;
    parts->error = APR_SUCCESS;
    return routes_multipart_start(&parts->machine, type);
}

static enum routes_parts_status
refuse(struct routes_parts *parts, enum routes_fault fault)
{
    parts->fault = fault;
    return ROUTES_PARTS_FAULT;
}

enum routes_parts_status
routes_parts_feed(struct routes_parts *parts, const char *data, size_t len)
{
    enum routes_parts_status status = ROUTES_PARTS_MORE;
    const char *end = data + len;
    const char *found = NULL;
    size_t found_len = 0;

    while (status == ROUTES_PARTS_MORE) {
        switch (routes_multipart_next(&parts->machine, &data, end, &found,
                                      &found_len)) {
        case ROUTES_MULTIPART_MORE:
            return ROUTES_PARTS_MORE;
        case ROUTES_MULTIPART_PART:
            begin(parts);
            break;
        case ROUTES_MULTIPART_DATA:
            status = keep(parts, found, found_len);
            break;
        case ROUTES_MULTIPART_PART_END:
            status = end_part(parts);
            break;
        case ROUTES_MULTIPART_END:
            break;
        case ROUTES_MULTIPART_BROKEN:
            return refuse(parts, ROUTES_FAULT_TYPE);
        case ROUTES_MULTIPART_TOO_MANY:
            return refuse(parts, ROUTES_FAULT_TOO_MANY);
        }
    }
    return status;
}

void
routes_parts_end(struct routes_parts *parts)
{
    if (parts->fault == ROUTES_FAULT_NONE &&
        !routes_multipart_ended(&parts->machine)) {
        parts->fault = ROUTES_FAULT_TYPE;
    }
}
