/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of a call, decoded from where a request carries them.
 *
 * Each source is read once: fields look for the argument of their name, JSON
 * members are looked up by the argument.  What an argument has got so far
 * stands in its slot, so that a second value, or one from a second place, is
 * seen; what is absent at the end gets its default, None, or a fault.
 */
#include "args.h"

#include <string.h>

#include <apr_strings.h>

#include "cookie.h"
#include "form.h"
#include "header.h"
#include "json.h"
#include "language.h"
#include "table.h"
#include "value_json.h"

#define BIT(source) (1u << (source))
/* What a query string and a form may fill. */
#define IN_QUERY    (BIT(ROUTES_FROM_ARGUMENT) | BIT(ROUTES_FROM_QUERY))
#define IN_FORM     (BIT(ROUTES_FROM_ARGUMENT) | BIT(ROUTES_FROM_FORM))
#define IN_PARTS    (IN_FORM | BIT(ROUTES_FROM_FILE))
#define IN_JSON     (BIT(ROUTES_FROM_ARGUMENT) | BIT(ROUTES_FROM_BODY))
#define FIRST_ITEMS 8
/* Among the sources of a route: its query may have no other keys. */
#define STRICT BIT(ROUTES_FROM_NULL)

static const char in_path[] = "path";
static const char in_query[] = "query";
static const char in_body[] = "body";
static const char in_header[] = "header";
static const char in_cookie[] = "cookie";

/* What an argument has got so far. */
struct slot {
    const char *in;    /* where it was found; NULL: it is absent */
    uint8_t faulty;    /* a fault is noted: one an argument, but for items */
    uint32_t capacity; /* of a list's items */
};

/* What a field of a query or form may fill: an argument, or a member of a
 * record that is taken member by member. */
struct target {
    struct routes_text wire;
    uint32_t type;
    struct slot *slot;
    struct routes_value *value;
};

/* An argument that is taken member by member. */
struct group {
    struct group *next;
    uint32_t arg;
    const struct routes_record *record;
    struct slot *slots; /* one a member; pool */
};

struct decoding {
    const struct routes_table *table;
    const struct routes_route *route;
    const struct routes_arg *args; /* of the route */
    const struct routes_input *input;
    apr_pool_t *pool;
    struct routes_value *values;
    struct routes_problems *problems;
    unsigned sources; /* bits of enum routes_source that the route has */
    int body_unread; /* the body is no JSON object: what it lacks is unknown */
    struct group *groups;
    struct slot slots[ROUTES_MAX_ARGS];
};

/* ---- targets ------------------------------------------------------------ */

static struct target
argument(struct decoding *d, uint32_t i)
{
    return (struct target){d->args[i].wire, d->args[i].type, &d->slots[i],
                           &d->values[i]};
}

static struct target
member(struct decoding *d, const struct group *group, uint32_t i)
{
    const struct routes_member *row =
        &d->table->members[group->record->members + i];

    return (struct target){row->wire, row->type, &group->slots[i],
                           &d->values[group->arg].u.record.members[i]};
}

/* ---- faults ------------------------------------------------------------- */

static void
add_key(const struct decoding *d, apr_array_header_t *names,
        struct routes_text name)
{
    APR_ARRAY_PUSH(names, const char *) = names->nelts > 0 ? ", " : "";
    APR_ARRAY_PUSH(names, const char *) = routes_table_text(d->table, name);
}

/* "page, size": the keys of a query that arguments take; NULL: none. */
static const char *
list_keys(const struct decoding *d)
{
    apr_array_header_t *names =
        apr_array_make(d->pool, 8, sizeof(const char *));

    for (uint32_t i = 0; i < d->route->n_args; i++) {
        const struct routes_arg *arg = &d->args[i];
        const struct routes_record *record;

        if (!(BIT(arg->source) & IN_QUERY)) {
            continue;
        }
        if (!(arg->flags & ROUTES_ARG_MEMBERS)) {
            add_key(d, names, arg->wire);
            continue;
        }
        record = &d->table->records[d->table->types[arg->type].item];
        for (uint32_t m = 0; m < record->n_members; m++) {
            add_key(d, names, d->table->members[record->members + m].wire);
        }
    }
    return names->nelts == 0 ? NULL : apr_array_pstrcat(d->pool, names, '\0');
}

/* Notes a fault of a source as a whole, once. */
static void
add_source_problem(struct decoding *d, const char *in, enum routes_fault fault)
{
    for (unsigned i = 0; i < d->problems->n; i++) {
        const struct routes_problem *known = &d->problems->list[i];

        if (known->in == in && known->fault == fault && !*known->name) {
            return;
        }
    }
    routes_problem_add(d->problems, in, "", fault,
                       fault == ROUTES_FAULT_UNKNOWN ? list_keys(d) : NULL);
}

/* What a fault of a target calls it. */
static const char *
name_of(const struct decoding *d, const struct target *target, const char *in)
{
    struct routes_json_place place = {
        .member = routes_table_text(d->table, target->wire)};

    /* the whole body has no name */
    return in == in_body && d->input->body_kind == ROUTES_BODY_JSON &&
                   target->wire.len > 0
               ? routes_value_json_pointer(&place, d->pool)
               : place.member;
}

/* Notes the first fault of a target. */
static void
add_fault(struct decoding *d, const struct target *target, const char *in,
          enum routes_fault fault)
{
    if (!target->slot->faulty) {
        target->slot->faulty = 1;
        routes_problem_add(
            d->problems, in, name_of(d, target, in), fault,
            routes_table_text(d->table,
                              d->table->types[target->type].spelling));
    }
}

/* Notes a fault of an item that came as a field: "tags[2]". */
static void
add_item_fault(struct decoding *d, const struct target *target, const char *in,
               enum routes_fault fault)
{
    const struct routes_type *types = d->table->types;
    size_t i = target->value->u.list.n - 1;

    target->slot->faulty = 1;
    if (d->problems->n < ROUTES_MAX_FAULTS) {
        routes_problem_add(
            d->problems, in,
            apr_psprintf(d->pool, "%s[%" APR_SIZE_T_FMT "]",
                         routes_table_text(d->table, target->wire), i),
            fault,
            routes_table_text(d->table,
                              types[types[target->type].item].spelling));
    }
}

/* ---- the request itself ------------------------------------------------- */

static void
take_request(struct decoding *d, uint32_t i)
{
    const struct routes_caller *caller = d->input->caller;
    struct routes_value *value = &d->values[i];

    switch ((enum routes_type_kind)d->table->types[d->args[i].type].kind) {
    case ROUTES_TYPE_PRINCIPAL:
        value->kind = caller == NULL || caller->user == NULL
                          ? ROUTES_VALUE_NONE
                          : ROUTES_VALUE_PRINCIPAL;
        value->u.caller = caller;
        break;
    case ROUTES_TYPE_METHOD:
        value->kind = ROUTES_VALUE_STR;
        value->u.text.at = d->input->method;
        value->u.text.len = strlen(d->input->method);
        value->u.text.ascii = 0;
        break;
    case ROUTES_TYPE_WEBSOCKET:
        value->kind = ROUTES_VALUE_WEBSOCKET;
        value->u.stream = NULL; /* for the caller to fill in */
        break;
    default:
        value->kind = ROUTES_VALUE_REQUEST;
        break;
    }
}

/* ---- path and constants ------------------------------------------------- */

static enum routes_fault
read_capture(const struct routes_table *table, const struct routes_arg *arg,
             const struct routes_capture *captures, struct routes_value *value)
{
    const struct routes_capture *capture = &captures[arg->capture];

    return routes_value_text(table, arg->type, capture->at, capture->len, 1,
                             value);
}

/* A value that no path can have is no fault of its text: the path is unknown,
 * unless it isn't even text. */
static void
take_capture(struct decoding *d, uint32_t i)
{
    enum routes_fault fault =
        read_capture(d->table, &d->args[i], d->input->captures, &d->values[i]);

    d->slots[i].in = in_path;
    if (fault == ROUTES_FAULT_ENCODING) {
        struct target target = argument(d, i);

        add_fault(d, &target, in_path, fault);
    }
    else if (fault != ROUTES_FAULT_NONE) {
        d->problems->path_fault = 1;
    }
}

/* Makes room for the members of a record. */
static void
open_group(struct decoding *d, uint32_t i)
{
    uint32_t row = d->table->types[d->args[i].type].item;
    const struct routes_record *record = &d->table->records[row];
    struct group *group = apr_palloc(d->pool, sizeof(*group));

    group->arg = i;
    group->record = record;
    group->slots =
        apr_pcalloc(d->pool, record->n_members * sizeof(struct slot));
    group->next = d->groups;
    d->groups = group;
    d->values[i].kind = ROUTES_VALUE_RECORD;
    d->values[i].u.record.row = row;
    d->values[i].u.record.members =
        apr_palloc(d->pool, record->n_members * sizeof(struct routes_value));
}

static void
take_own_sources(struct decoding *d)
{
    for (uint32_t i = 0; i < d->route->n_args; i++) {
        const struct routes_arg *arg = &d->args[i];

        memset(&d->slots[i], 0, sizeof(d->slots[i]));
        d->sources |= BIT(arg->source);
        if (arg->source == ROUTES_FROM_PATH) {
            take_capture(d, i);
        }
        else if (arg->source == ROUTES_FROM_REQUEST) {
            d->slots[i].in = in_path; /* it is always there */
            take_request(d, i);
        }
        else if (arg->flags & ROUTES_ARG_MEMBERS) {
            open_group(d, i);
        }
    }
}

/* ---- query and form ----------------------------------------------------- */

static int
is_named(const struct decoding *d, struct routes_text wire, const char *name,
         size_t len)
{
    return wire.len == len && memcmp(d->table->text + wire.at, name, len) == 0;
}

/* The member that a field of a source fills. */
static int
find_member(struct decoding *d, unsigned sources, const char *name, size_t len,
            struct target *target)
{
    for (struct group *group = d->groups; group != NULL; group = group->next) {
        if (!(BIT(d->args[group->arg].source) & sources)) {
            continue;
        }
        for (uint32_t i = 0; i < group->record->n_members; i++) {
            *target = member(d, group, i);
            if (is_named(d, target->wire, name, len)) {
                return 1;
            }
        }
    }
    return 0;
}

/* What a field of a source fills; 0: nothing. */
static int
find_target(struct decoding *d, unsigned sources, const char *name, size_t len,
            struct target *target)
{
    for (uint32_t i = 0; i < d->route->n_args; i++) {
        const struct routes_arg *arg = &d->args[i];

        if ((BIT(arg->source) & sources) &&
            is_named(d, arg->wire, name, len) &&
            !(arg->flags & ROUTES_ARG_MEMBERS)) {
            *target = argument(d, i);
            return 1;
        }
    }
    return find_member(d, sources, name, len, target);
}

/* The next item of a list, which grows by doubling in the pool. */
static struct routes_value *
add_item(struct decoding *d, const struct target *target)
{
    struct routes_value *list = target->value;
    struct slot *slot = target->slot;

    if (slot->capacity == 0) {
        slot->capacity = FIRST_ITEMS;
        list->kind = ROUTES_VALUE_LIST;
        list->u.list.n = 0;
        list->u.list.items =
            apr_palloc(d->pool, slot->capacity * sizeof(struct routes_value));
    }
    else if (list->u.list.n == slot->capacity) {
        struct routes_value *items = apr_palloc(
            d->pool, 2 * slot->capacity * sizeof(struct routes_value));

        memcpy(items, list->u.list.items, list->u.list.n * sizeof(*items));
        list->u.list.items = items;
        slot->capacity *= 2;
    }
    return &list->u.list.items[list->u.list.n++];
}

/* Takes the text of a field as an item of a list. */
static void
take_item(struct decoding *d, const struct target *target, const char *in,
          const char *text, size_t len)
{
    uint32_t item = d->table->types[target->type].item;
    struct slot *slot = target->slot;
    enum routes_fault fault;

    if (len == 0 && d->table->types[item].kind != ROUTES_TYPE_STR) {
        return;
    }
    if (slot->in != NULL && slot->in != in) {
        add_fault(d, target, in, ROUTES_FAULT_DUPLICATE);
        return;
    }
    slot->in = in;
    fault =
        routes_value_text(d->table, item, text, len, 0, add_item(d, target));
    if (fault != ROUTES_FAULT_NONE) {
        add_item_fault(d, target, in, fault);
    }
}

/* Takes the text of a field. */
static void
take_text(struct decoding *d, const struct target *target, const char *in,
          const char *text, size_t len)
{
    enum routes_type_kind kind =
        (enum routes_type_kind)d->table->types[target->type].kind;
    enum routes_fault fault;

    if (kind == ROUTES_TYPE_LIST) {
        take_item(d, target, in, text, len);
        return;
    }
    if (len == 0 && kind != ROUTES_TYPE_STR) {
        return;
    }
    if (target->slot->in != NULL) {
        add_fault(d, target, in, ROUTES_FAULT_DUPLICATE);
        return;
    }
    target->slot->in = in;
    fault =
        routes_value_text(d->table, target->type, text, len, 0, target->value);
    if (fault != ROUTES_FAULT_NONE) {
        add_fault(d, target, in, fault);
    }
}

/* ---- query strict ------------------------------------------------------- */

/* Whether it is a key that chose the route. */
static int
is_choosing(const struct decoding *d, const char *name, size_t len)
{
    const struct routes_choice *choice;

    if (d->input->choice == 0) {
        return 0;
    }
    choice = &d->table->choices[d->input->choice];
    if (choice->by == ROUTES_BY_VALUE) {
        return is_named(d, choice->name, name, len);
    }
    for (uint32_t i = 0; choice->by == ROUTES_BY_KEY && i < choice->n_variants;
         i++) {
        if (is_named(d, d->table->variants[choice->variants + i].key, name,
                     len)) {
            return 1;
        }
    }
    return 0;
}

/* Notes a key that nothing takes, unless any may be there; its name is the
 * caller's, so it is not told. */
static void
take_unknown(struct decoding *d, const char *in,
             const struct routes_field *field)
{
    if (in == in_query && (d->sources & STRICT) &&
        !is_choosing(d, field->name, field->name_len)) {
        add_source_problem(d, in, ROUTES_FAULT_UNKNOWN);
    }
}

/* ---- fields ------------------------------------------------------------- */

/* Takes a field, malformed or not. */
static void
take_field(struct decoding *d, const char *in, unsigned sources,
           const struct routes_field *field, int malformed)
{
    struct target target;

    if (field->name_len > ROUTES_MAX_FIELD_NAME) {
        add_source_problem(d, in, ROUTES_FAULT_TOO_MANY);
    }
    else if (malformed && field->name_len == 0) {
        add_source_problem(d, in, ROUTES_FAULT_ENCODING);
    }
    else if (!find_target(d, sources, field->name, field->name_len, &target)) {
        take_unknown(d, in, field);
    }
    else if (malformed) {
        target.slot->in = in;
        add_fault(d, &target, in, ROUTES_FAULT_ENCODING);
    }
    else {
        take_text(d, &target, in, field->value, field->value_len);
    }
}

static void
take_fields(struct decoding *d, const char *in, unsigned sources,
            const char *text, size_t len)
{
    const char *end = text + len;
    size_t n = 0;
    struct routes_field field;
    int found;

    while ((found = routes_form_next(&text, end, d->pool, &field)) != 0) {
        if (++n > ROUTES_MAX_FIELDS) {
            add_source_problem(d, in, ROUTES_FAULT_TOO_MANY);
            return;
        }
        take_field(d, in, sources, &field, found < 0);
    }
}

/* ---- headers and cookies ------------------------------------------------ */

/* Takes a field's items for a list. */
static void
take_items(struct decoding *d, const struct target *target, const char *value)
{
    const char *end = value + strlen(value);
    const char *item;
    size_t len;
    size_t n = 0;

    while (routes_header_item(&value, end, &item, &len)) {
        if (++n > ROUTES_MAX_FIELDS) {
            add_fault(d, target, in_header, ROUTES_FAULT_TOO_MANY);
            return;
        }
        take_text(d, target, in_header, item, len);
    }
}

/* Fields of one name are one to httpd, joined by commas. */
static void
take_header(struct decoding *d, const struct target *target, const char *name)
{
    const char *value = apr_table_get(d->input->headers, name);

    if (value == NULL) {
        return;
    }
    if (d->table->types[target->type].kind == ROUTES_TYPE_LIST) {
        take_items(d, target, value);
        return;
    }
    take_text(d, target, in_header, value, strlen(value));
}

/* The field of a member: `user_agent` is User-Agent. */
static const char *
field_name(const struct decoding *d, const struct target *target)
{
    char *name = apr_pstrmemdup(
        d->pool, routes_table_text(d->table, target->wire), target->wire.len);

    for (char *at = name; *at != '\0'; at++) {
        *at = (char)(*at == '_' ? '-' : *at);
    }
    return name;
}

static void
take_header_members(struct decoding *d)
{
    for (struct group *group = d->groups; group != NULL; group = group->next) {
        if (d->args[group->arg].source != ROUTES_FROM_HEADER) {
            continue;
        }
        for (uint32_t i = 0; i < group->record->n_members; i++) {
            struct target target = member(d, group, i);

            take_header(d, &target, field_name(d, &target));
        }
    }
}

static void
take_headers(struct decoding *d)
{
    for (uint32_t i = 0; i < d->route->n_args; i++) {
        const struct routes_arg *arg = &d->args[i];

        if (arg->source == ROUTES_FROM_HEADER &&
            !(arg->flags & ROUTES_ARG_MEMBERS)) {
            struct target target = argument(d, i);

            take_header(d, &target, routes_table_text(d->table, arg->wire));
        }
    }
    take_header_members(d);
}

/* Cookies that no argument declares belong to others, and may be odd. */
static void
take_cookies(struct decoding *d)
{
    const char *at = apr_table_get(d->input->headers, "Cookie");
    const char *end = at == NULL ? NULL : at + strlen(at);
    struct routes_field field;
    int found;

    while (at != NULL && (found = routes_cookie_next(&at, end, &field)) != 0) {
        struct target target;

        if (!find_target(d, BIT(ROUTES_FROM_COOKIE), field.name,
                         field.name_len, &target)) {
            continue;
        }
        if (found < 0) {
            target.slot->in = in_cookie;
            add_fault(d, &target, in_cookie, ROUTES_FAULT_ENCODING);
            continue;
        }
        take_text(d, &target, in_cookie, field.value, field.value_len);
    }
}

/* ---- parts -------------------------------------------------------------- */

static void
refuse_body(struct decoding *d, enum routes_fault fault)
{
    routes_problem_add(d->problems, in_body, "", fault, NULL);
    d->body_unread = 1;
}

/* Takes a file, or a part with a fault. */
static void
take_file(struct decoding *d, const struct target *target,
          const struct routes_item *item)
{
    int is_list = d->table->types[target->type].kind == ROUTES_TYPE_LIST;
    struct routes_value *value;

    if (target->slot->in != NULL &&
        (!is_list || target->slot->in != in_body)) {
        add_fault(d, target, in_body, ROUTES_FAULT_DUPLICATE);
        return;
    }
    target->slot->in = in_body;
    value = is_list ? add_item(d, target) : target->value;
    value->kind = ROUTES_VALUE_UPLOAD;
    value->u.upload = item->upload;
    if (item->fault == ROUTES_FAULT_NONE) {
        return;
    }
    if (is_list) {
        add_item_fault(d, target, in_body, item->fault);
    }
    else {
        add_fault(d, target, in_body, item->fault);
    }
}

static void
take_parts(struct decoding *d, const struct routes_parts *parts)
{
    for (unsigned i = 0; i < parts->n; i++) {
        const struct routes_item *item = &parts->items[i];
        struct target target;

        if (!find_target(d, IN_PARTS, item->name, item->name_len, &target)) {
            continue;
        }
        if (item->upload != NULL || item->fault != ROUTES_FAULT_NONE) {
            take_file(d, &target, item);
        }
        else {
            take_text(d, &target, in_body, item->len > 0 ? item->text : "",
                      item->len);
        }
    }
    if (parts->fault != ROUTES_FAULT_NONE) {
        refuse_body(d, parts->fault);
    }
}

/* ---- JSON --------------------------------------------------------------- */

/* Takes a value of the body for an argument; place: of the value, NULL for
 * the whole body. */
static void
take_json(struct decoding *d, uint32_t i, const struct routes_json *json,
          const struct routes_json_place *place)
{
    const struct routes_value_json reader = {d->table, d->pool, d->problems};
    struct target target = argument(d, i);

    if (target.slot->in != NULL) {
        add_fault(d, &target, in_body, ROUTES_FAULT_DUPLICATE);
        return;
    }
    target.slot->in = in_body;
    target.slot->faulty |= (uint8_t)routes_value_json_read(
        &reader, target.type, json, place, target.value);
}

/* Takes the member of the body's object that an argument wants; others are
 * ignored, as undeclared keys of a query are. */
static void
take_member(struct decoding *d, uint32_t i, const struct routes_json *body)
{
    struct routes_text wire = d->args[i].wire;
    struct routes_json_place place = {.member =
                                          routes_table_text(d->table, wire)};
    const struct routes_json *json =
        routes_json_member(body, place.member, wire.len);

    if (json != NULL) {
        take_json(d, i, json, &place);
    }
}

static void
take_document(struct decoding *d)
{
    enum routes_fault fault = ROUTES_FAULT_NONE;
    const struct routes_json *body =
        routes_json_read(d->input->body, d->input->body_len, d->pool, &fault);

    if (body == NULL) {
        refuse_body(d, fault);
        return;
    }
    if ((d->sources & BIT(ROUTES_FROM_ARGUMENT)) &&
        body->kind != ROUTES_JSON_OBJECT) {
        refuse_body(d, ROUTES_FAULT_TYPE);
        return;
    }
    for (uint32_t i = 0; i < d->route->n_args; i++) {
        if (d->args[i].source == ROUTES_FROM_ARGUMENT) {
            take_member(d, i, body);
        }
        else if (d->args[i].source == ROUTES_FROM_BODY) {
            take_json(d, i, body, NULL);
        }
    }
}

/* ---- the body as it came ------------------------------------------------ */

/* An empty body is an empty value, unless something else stands for it. */
static int
is_raw_absent(const struct decoding *d, const struct routes_arg *arg)
{
    return d->input->body_len == 0 &&
           ((arg->flags & ROUTES_ARG_HAS_DEFAULT) ||
            (d->table->types[arg->type].flags & ROUTES_TYPE_OPTIONAL));
}

static void
take_raw(struct decoding *d, uint32_t i)
{
    const struct routes_arg *arg = &d->args[i];
    const char *body = d->input->body != NULL ? d->input->body : "";
    enum routes_fault fault;

    if (is_raw_absent(d, arg)) {
        return;
    }
    d->slots[i].in = in_body;
    if (d->table->types[arg->type].kind == ROUTES_TYPE_STREAM) {
        d->values[i].kind = ROUTES_VALUE_STREAM;
        d->values[i].u.stream = d->input->stream;
        return;
    }
    fault = routes_value_text(d->table, arg->type, body, d->input->body_len, 0,
                              &d->values[i]);
    if (fault != ROUTES_FAULT_NONE) {
        struct target target = argument(d, i);

        add_fault(d, &target, in_body, fault);
    }
}

static void
take_raws(struct decoding *d)
{
    for (uint32_t i = 0; i < d->route->n_args; i++) {
        if (d->args[i].source == ROUTES_FROM_RAW) {
            take_raw(d, i);
        }
    }
}

static void
take_body(struct decoding *d)
{
    if (d->sources & BIT(ROUTES_FROM_RAW)) {
        take_raws(d);
    }
    switch (d->input->body_kind) {
    case ROUTES_BODY_NONE:
    case ROUTES_BODY_RAW:
        break;
    case ROUTES_BODY_FORM:
        if (d->sources & IN_FORM) {
            take_fields(d, in_body, IN_FORM, d->input->body,
                        d->input->body_len);
        }
        break;
    case ROUTES_BODY_JSON:
        if (d->sources & IN_JSON) {
            take_document(d);
        }
        break;
    case ROUTES_BODY_PARTS:
        if (d->input->parts != NULL) {
            take_parts(d, d->input->parts);
        }
        break;
    }
}

/* ---- what is absent ----------------------------------------------------- */

/* Where an absent argument would have been looked for last. */
static const char *
place_of(const struct decoding *d, const struct routes_arg *arg)
{
    if (arg->source == ROUTES_FROM_HEADER) {
        return in_header;
    }
    if (arg->source == ROUTES_FROM_COOKIE) {
        return in_cookie;
    }
    if (arg->source == ROUTES_FROM_FORM || arg->source == ROUTES_FROM_BODY ||
        arg->source == ROUTES_FROM_FILE) {
        return in_body;
    }
    return arg->source == ROUTES_FROM_ARGUMENT &&
                   d->input->body_kind != ROUTES_BODY_NONE
               ? in_body
               : in_query;
}

static void
add_missing(struct decoding *d, const struct target *target, const char *in)
{
    if (!d->body_unread || in != in_body) {
        add_fault(d, target, in, ROUTES_FAULT_MISSING);
    }
}

static void
fill_absent(struct decoding *d, uint32_t i)
{
    const struct routes_arg *arg = &d->args[i];
    int has_constant = arg->source == ROUTES_FROM_CONSTANT ||
                       (arg->flags & ROUTES_ARG_HAS_DEFAULT);
    struct target target;

    if (has_constant) {
        enum routes_fault fault = routes_value_constant(
            d->table, arg->type, arg->constant, &d->values[i]);

        if (fault == ROUTES_FAULT_NONE) {
            return;
        }
    }
    else if (d->table->types[arg->type].flags & ROUTES_TYPE_OPTIONAL) {
        d->values[i].kind = ROUTES_VALUE_NONE;
        return;
    }
    target = argument(d, i);
    add_missing(d, &target, place_of(d, arg));
}

/* Whether a list that came in fields has as many items as it should. */
static void
check_list(struct decoding *d, const struct target *target)
{
    if (!routes_language_bounds(&d->table->types[target->type],
                                (int64_t)target->value->u.list.n)) {
        add_fault(d, target, target->slot->in, ROUTES_FAULT_LENGTH);
    }
}

/* An optional record of which nothing is there is None. */
static int
is_absent(const struct decoding *d, const struct group *group)
{
    uint32_t type = d->args[group->arg].type;

    if (!(d->table->types[type].flags & ROUTES_TYPE_OPTIONAL)) {
        return 0;
    }
    for (uint32_t i = 0; i < group->record->n_members; i++) {
        if (group->slots[i].in != NULL) {
            return 0;
        }
    }
    return 1;
}

static void
finish_group(struct decoding *d, const struct group *group)
{
    const struct routes_arg *arg = &d->args[group->arg];

    if (is_absent(d, group)) {
        d->values[group->arg].kind = ROUTES_VALUE_NONE;
        return;
    }
    for (uint32_t i = 0; i < group->record->n_members; i++) {
        struct target target = member(d, group, i);

        if (target.slot->capacity != 0) {
            check_list(d, &target);
        }
        else if (target.slot->in == NULL &&
                 !routes_value_absent(
                     d->table, &d->table->members[group->record->members + i],
                     target.value)) {
            add_missing(d, &target, place_of(d, arg));
        }
    }
}

static void
finish(struct decoding *d)
{
    for (uint32_t i = 0; i < d->route->n_args; i++) {
        if (d->args[i].flags & ROUTES_ARG_MEMBERS) {
            continue;
        }
        if (d->slots[i].in == NULL) {
            fill_absent(d, i);
        }
        else if (d->slots[i].capacity != 0) {
            struct target target = argument(d, i);

            check_list(d, &target);
        }
    }
    for (struct group *group = d->groups; group != NULL; group = group->next) {
        finish_group(d, group);
    }
}

int
routes_args_decode(const struct routes_table *table, uint32_t route,
                   const struct routes_input *input, apr_pool_t *pool,
                   struct routes_value *values,
                   struct routes_problems *problems)
{
    struct decoding d;

    d.table = table;
    d.route = &table->routes[route];
    d.args = &table->args[d.route->args];
    d.input = input;
    d.pool = pool;
    d.values = values;
    d.problems = problems;
    d.sources = d.route->flags & ROUTES_ROUTE_STRICT ? STRICT : 0;
    d.body_unread = 0;
    d.groups = NULL;
    problems->n = 0;
    problems->path_fault = 0;
    problems->not_acceptable = 0;
    take_own_sources(&d);
    if (input->query != NULL && (d.sources & (IN_QUERY | STRICT))) {
        take_fields(&d, in_query, IN_QUERY, input->query, input->query_len);
    }
    if (input->headers != NULL && (d.sources & BIT(ROUTES_FROM_HEADER))) {
        take_headers(&d);
    }
    if (input->headers != NULL && (d.sources & BIT(ROUTES_FROM_COOKIE))) {
        take_cookies(&d);
    }
    take_body(&d);
    finish(&d);
    return problems->n != 0 || problems->path_fault;
}

/* ---- predicates --------------------------------------------------------- */

static enum routes_fault
read_given(const struct routes_table *table, const struct routes_arg *arg,
           const struct routes_capture *captures, uint32_t n_captures,
           struct routes_value *value)
{
    if (arg->source == ROUTES_FROM_CONSTANT) {
        return routes_value_constant(table, arg->type, arg->constant, value);
    }
    return arg->capture < n_captures
               ? read_capture(table, arg, captures, value)
               : ROUTES_FAULT_MISSING;
}

int
routes_args_of_predicate(const struct routes_table *table, uint32_t predicate,
                         const struct routes_capture *captures,
                         uint32_t n_captures, struct routes_value *values)
{
    const struct routes_predicate *row = &table->predicates[predicate];

    for (uint32_t i = 0; i < row->n_args; i++) {
        if (read_given(table, &table->args[row->args + i], captures,
                       n_captures, &values[i]) != ROUTES_FAULT_NONE) {
            return 1;
        }
    }
    return 0;
}
