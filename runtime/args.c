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

#include "cookie.h"
#include "form.h"
#include "header.h"
#include "json.h"
#include "language.h"
#include "table.h"

#define BIT(source) (1u << (source))
/* What a query string and a form may fill. */
#define IN_QUERY    (BIT(ROUTES_FROM_ARGUMENT) | BIT(ROUTES_FROM_QUERY))
#define IN_FORM     (BIT(ROUTES_FROM_ARGUMENT) | BIT(ROUTES_FROM_FORM))
#define FIRST_ITEMS 8

static const char in_path[] = "path";
static const char in_query[] = "query";
static const char in_body[] = "body";
static const char in_header[] = "header";
static const char in_cookie[] = "cookie";

/* What an argument has got so far. */
struct slot {
    const char *in;    /* where it was found; NULL: it is absent */
    uint8_t faulty;    /* a fault is noted: one an argument */
    uint32_t capacity; /* of a list's items */
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
    struct slot slots[ROUTES_MAX_ARGS];
};

/* ---- faults ------------------------------------------------------------- */

static void
add_problem(struct routes_problems *problems, const char *in, const char *name,
            enum routes_fault fault, const char *expected)
{
    if (problems->n < ROUTES_MAX_FAULTS) {
        problems->list[problems->n++] =
            (struct routes_problem){in, name, fault, expected};
    }
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
    add_problem(d->problems, in, "", fault, NULL);
}

/* The JSON pointer of a member of the body (RFC 6901). */
static const char *
point_at(const char *member, apr_pool_t *pool)
{
    char *pointer = apr_palloc(pool, 2 * strlen(member) + 2);
    char *out = pointer;

    *out++ = '/';
    for (; *member != '\0'; member++) {
        if (*member == '~' || *member == '/') {
            *out++ = '~';
        }
        *out++ = (char)(*member == '~' ? '0' : *member == '/' ? '1' : *member);
    }
    *out = '\0';
    return pointer;
}

/* Notes the first fault of an argument. */
static void
add_fault(struct decoding *d, uint32_t i, const char *in,
          enum routes_fault fault)
{
    const struct routes_arg *arg = &d->args[i];
    const char *name = routes_table_text(d->table, arg->wire);
    const char *expected =
        routes_table_text(d->table, d->table->types[arg->type].spelling);

    if (d->slots[i].faulty) {
        return;
    }
    d->slots[i].faulty = 1;
    if (in == in_body && d->input->body_kind == ROUTES_BODY_JSON) {
        name = point_at(name, d->pool);
    }
    add_problem(d->problems, in, name, fault, expected);
}

/* ---- constants ---------------------------------------------------------- */

static void
set_str(struct routes_value *value, const struct routes_table *table,
        struct routes_text text)
{
    value->kind = ROUTES_VALUE_STR;
    value->u.text.at = routes_table_text(table, text);
    value->u.text.len = text.len;
}

static void
set_int(struct routes_value *value, const struct routes_table *table,
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
routes_args_constant(const struct routes_table *table,
                     const struct routes_arg *arg, struct routes_value *value)
{
    const struct routes_const *row = &table->consts[arg->constant];

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
        set_int(value, table, arg->type, row->i);
        return ROUTES_FAULT_NONE;
    case ROUTES_CONST_FLOAT:
        value->kind = ROUTES_VALUE_FLOAT;
        value->u.real = row->f;
        return ROUTES_FAULT_NONE;
    case ROUTES_CONST_STR:
        set_str(value, table, row->text);
        return ROUTES_FAULT_NONE;
    case ROUTES_CONST_EMPTY_LIST:
        value->kind = ROUTES_VALUE_LIST;
        value->u.list.items = NULL;
        value->u.list.n = 0;
        return ROUTES_FAULT_NONE;
    case ROUTES_CONST_TEXT:
        return routes_value_text(table, arg->type,
                                 routes_table_text(table, row->text),
                                 row->text.len, 0, value);
    }
    return ROUTES_FAULT_TYPE;
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
        break;
    default:
        value->kind = ROUTES_VALUE_REQUEST;
        break;
    }
}

/* ---- path and constants ------------------------------------------------- */

/* A value that no path can have is no fault of its text: the path is unknown,
 * unless it isn't even text. */
static void
take_capture(struct decoding *d, uint32_t i)
{
    const struct routes_arg *arg = &d->args[i];
    const struct routes_capture *capture = &d->input->captures[arg->capture];
    enum routes_fault fault = routes_value_text(
        d->table, arg->type, capture->at, capture->len, 1, &d->values[i]);

    d->slots[i].in = in_path;
    if (fault == ROUTES_FAULT_ENCODING) {
        add_fault(d, i, in_path, fault);
    }
    else if (fault != ROUTES_FAULT_NONE) {
        d->problems->path_fault = 1;
    }
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
    }
}

/* ---- query and form ----------------------------------------------------- */

/* The argument that a field of a source fills, or n_args. */
static uint32_t
find_arg(const struct decoding *d, unsigned sources, const char *name,
         size_t len)
{
    uint32_t i = 0;

    for (; i < d->route->n_args; i++) {
        const struct routes_arg *arg = &d->args[i];

        if ((BIT(arg->source) & sources) && arg->wire.len == len &&
            memcmp(d->table->text + arg->wire.at, name, len) == 0) {
            break;
        }
    }
    return i;
}

/* The next item of a list, which grows by doubling in the pool. */
static struct routes_value *
add_item(struct decoding *d, uint32_t i)
{
    struct routes_value *list = &d->values[i];
    struct slot *slot = &d->slots[i];

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

/* Takes the text of a field for an argument. */
static void
take_text(struct decoding *d, uint32_t i, const char *in, const char *text,
          size_t len)
{
    const struct routes_type *type = &d->table->types[d->args[i].type];
    int many = type->kind == ROUTES_TYPE_LIST;
    uint32_t scalar = many ? type->item : d->args[i].type;
    struct slot *slot = &d->slots[i];
    enum routes_fault fault;

    if (len == 0 && d->table->types[scalar].kind != ROUTES_TYPE_STR) {
        return;
    }
    if (slot->in != NULL && (slot->in != in || !many)) {
        add_fault(d, i, in, ROUTES_FAULT_DUPLICATE);
        return;
    }
    slot->in = in;
    if (slot->faulty) {
        return;
    }
    fault = routes_value_text(d->table, scalar, text, len, 0,
                              many ? add_item(d, i) : &d->values[i]);
    if (fault != ROUTES_FAULT_NONE) {
        add_fault(d, i, in, fault);
    }
}

/* Takes a field, malformed or not. */
static void
take_field(struct decoding *d, const char *in, unsigned sources,
           const struct routes_field *field, int malformed)
{
    uint32_t i = find_arg(d, sources, field->name, field->name_len);

    if (field->name_len > ROUTES_MAX_FIELD_NAME) {
        add_source_problem(d, in, ROUTES_FAULT_TOO_MANY);
    }
    else if (malformed && field->name_len == 0) {
        add_source_problem(d, in, ROUTES_FAULT_ENCODING);
    }
    else if (i == d->route->n_args) {
        return;
    }
    else if (malformed) {
        d->slots[i].in = in;
        add_fault(d, i, in, ROUTES_FAULT_ENCODING);
    }
    else {
        take_text(d, i, in, field->value, field->value_len);
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

static int
is_list(const struct decoding *d, uint32_t i)
{
    return d->table->types[d->args[i].type].kind == ROUTES_TYPE_LIST;
}

/* Takes a field's items for a list. */
static void
take_items(struct decoding *d, uint32_t i, const char *value)
{
    const char *end = value + strlen(value);
    const char *item;
    size_t len;
    size_t n = 0;

    while (routes_header_item(&value, end, &item, &len)) {
        if (++n > ROUTES_MAX_FIELDS) {
            add_fault(d, i, in_header, ROUTES_FAULT_TOO_MANY);
            return;
        }
        take_text(d, i, in_header, item, len);
    }
}

/* Fields of one name are one to httpd, joined by commas. */
static void
take_headers(struct decoding *d)
{
    for (uint32_t i = 0; i < d->route->n_args; i++) {
        const char *value =
            d->args[i].source == ROUTES_FROM_HEADER
                ? apr_table_get(d->input->headers,
                                routes_table_text(d->table, d->args[i].wire))
                : NULL;

        if (value != NULL && is_list(d, i)) {
            take_items(d, i, value);
        }
        else if (value != NULL) {
            take_text(d, i, in_header, value, strlen(value));
        }
    }
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
        uint32_t i =
            find_arg(d, BIT(ROUTES_FROM_COOKIE), field.name, field.name_len);

        if (i == d->route->n_args) {
            continue;
        }
        if (found < 0) {
            d->slots[i].in = in_cookie;
            add_fault(d, i, in_cookie, ROUTES_FAULT_ENCODING);
            continue;
        }
        take_text(d, i, in_cookie, field.value, field.value_len);
    }
}

/* ---- JSON --------------------------------------------------------------- */

static void
take_member(struct decoding *d, uint32_t i, const json_t *member)
{
    struct slot *slot = &d->slots[i];
    enum routes_fault fault;

    if (slot->in != NULL) {
        add_fault(d, i, in_body, ROUTES_FAULT_DUPLICATE);
        return;
    }
    slot->in = in_body;
    fault = routes_value_json(d->table, d->args[i].type, member, d->pool,
                              &d->values[i]);
    if (fault != ROUTES_FAULT_NONE) {
        add_fault(d, i, in_body, fault);
    }
}

/* Takes the members of the body's object; the others are ignored, as
 * undeclared keys of a query are. */
static void
take_members(struct decoding *d)
{
    enum routes_fault fault = ROUTES_FAULT_NONE;
    json_t *object =
        routes_json_object(d->input->body, d->input->body_len, &fault);

    if (object == NULL) {
        add_problem(d->problems, in_body, "", fault, NULL);
        d->body_unread = 1;
        return;
    }
    for (uint32_t i = 0; i < d->route->n_args; i++) {
        const json_t *member = NULL;

        if (d->args[i].source == ROUTES_FROM_ARGUMENT) {
            member = json_object_get(
                object, routes_table_text(d->table, d->args[i].wire));
        }
        if (member != NULL) {
            take_member(d, i, member);
        }
    }
    json_decref(object);
}

static void
take_body(struct decoding *d)
{
    switch (d->input->body_kind) {
    case ROUTES_BODY_NONE:
        break;
    case ROUTES_BODY_FORM:
        if (d->sources & IN_FORM) {
            take_fields(d, in_body, IN_FORM, d->input->body,
                        d->input->body_len);
        }
        break;
    case ROUTES_BODY_JSON:
        if (d->sources & BIT(ROUTES_FROM_ARGUMENT)) {
            take_members(d);
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
    if (arg->source == ROUTES_FROM_FORM) {
        return in_body;
    }
    return arg->source == ROUTES_FROM_ARGUMENT &&
                   d->input->body_kind != ROUTES_BODY_NONE
               ? in_body
               : in_query;
}

static void
fill_absent(struct decoding *d, uint32_t i)
{
    const struct routes_arg *arg = &d->args[i];
    int has_constant = arg->source == ROUTES_FROM_CONSTANT ||
                       (arg->flags & ROUTES_ARG_HAS_DEFAULT);

    if (has_constant) {
        enum routes_fault fault =
            routes_args_constant(d->table, arg, &d->values[i]);

        if (fault == ROUTES_FAULT_NONE) {
            return;
        }
    }
    else if (d->table->types[arg->type].flags & ROUTES_TYPE_OPTIONAL) {
        d->values[i].kind = ROUTES_VALUE_NONE;
        return;
    }
    if (!d->body_unread || place_of(d, arg) != in_body) {
        add_fault(d, i, place_of(d, arg), ROUTES_FAULT_MISSING);
    }
}

/* Whether a list that came in fields has as many items as it should. */
static void
check_list(struct decoding *d, uint32_t i)
{
    const struct routes_type *type = &d->table->types[d->args[i].type];

    if (d->slots[i].capacity != 0 &&
        !routes_language_bounds(type, (int64_t)d->values[i].u.list.n)) {
        add_fault(d, i, d->slots[i].in, ROUTES_FAULT_LENGTH);
    }
}

static void
finish(struct decoding *d)
{
    for (uint32_t i = 0; i < d->route->n_args; i++) {
        if (d->slots[i].in == NULL) {
            fill_absent(d, i);
        }
        else {
            check_list(d, i);
        }
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
    d.sources = 0;
    d.body_unread = 0;
    problems->n = 0;
    problems->path_fault = 0;
    take_own_sources(&d);
    if (input->query != NULL && (d.sources & IN_QUERY)) {
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
