/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_args: the arguments that a request gives a call.
 */
#include "explain_args.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <jansson.h>

#include "../runtime/args.h"
#include "../runtime/form.h"
#include "../runtime/table.h"
#include "verb.h"

/* ---- values ------------------------------------------------------------- */

static json_t *
make_text(apr_pool_t *pool, const struct routes_value *value)
{
    return json_string(
        explain_url_shown(pool, value->u.text.at, value->u.text.len));
}

static json_t *
make_uuid(apr_pool_t *pool, const uint8_t *bytes)
{
    const char *made = "";

    for (int i = 0; i < 16; i++) {
        made = apr_psprintf(pool, "%s%s%02x", made,
                            i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                            bytes[i]);
    }
    return json_string(made);
}

/* "2026-02-28", "2026-02-28T12:00:00.000001+01:00" */
static json_t *
make_time(apr_pool_t *pool, const struct routes_value *value)
{
    const struct routes_time *time = &value->u.time;
    int minutes = abs(time->offset) / 60;
    const char *made = apr_psprintf(pool, "%04d-%02d-%02d", time->year,
                                    time->month, time->day);

    if (value->kind == ROUTES_VALUE_DATE) {
        return json_string(made);
    }
    made = apr_psprintf(pool, "%sT%02d:%02d:%02d", made, time->hour,
                        time->minute, time->second);
    if (time->microsecond != 0) {
        made = apr_psprintf(pool, "%s.%06d", made, (int)time->microsecond);
    }
    if (time->has_offset) {
        made = apr_psprintf(pool, "%s%c%02d:%02d", made,
                            time->offset < 0 ? '-' : '+', minutes / 60,
                            minutes % 60);
    }
    return json_string(made);
}

static json_t *make_value(apr_pool_t *pool, const struct routes_table *table,
                          const struct routes_value *value);

static json_t *
make_list(apr_pool_t *pool, const struct routes_table *table,
          const struct routes_value *value)
{
    json_t *list = json_array();

    for (size_t i = 0; i < value->u.list.n; i++) {
        json_array_append_new(
            list, make_value(pool, table, &value->u.list.items[i]));
    }
    return list;
}

/* By the names of members in Python; such that are absent are left out. */
static json_t *
make_record(apr_pool_t *pool, const struct routes_table *table,
            const struct routes_value *value)
{
    const struct routes_record *record = &table->records[value->u.record.row];
    json_t *made = json_object();

    for (uint32_t i = 0; i < record->n_members; i++) {
        const struct routes_member *row = &table->members[record->members + i];
        const struct routes_value *member = &value->u.record.members[i];

        if (member->kind != ROUTES_VALUE_ABSENT) {
            json_object_set_new(made, routes_table_text(table, row->name),
                                make_value(pool, table, member));
        }
    }
    return made;
}

static json_t *
make_value(apr_pool_t *pool, const struct routes_table *table,
           const struct routes_value *value)
{
    switch (value->kind) {
    case ROUTES_VALUE_NONE:
        return json_null();
    case ROUTES_VALUE_BOOL:
        return json_boolean(value->u.boolean);
    case ROUTES_VALUE_INT:
        return json_integer(value->u.integer);
    case ROUTES_VALUE_FLOAT:
        return json_real(value->u.real);
    case ROUTES_VALUE_STR:
    case ROUTES_VALUE_BYTES:
    case ROUTES_VALUE_DECIMAL:
        return make_text(pool, value);
    case ROUTES_VALUE_UUID:
        return make_uuid(pool, value->u.uuid);
    case ROUTES_VALUE_DATE:
    case ROUTES_VALUE_DATETIME:
        return make_time(pool, value);
    case ROUTES_VALUE_REQUEST:
    case ROUTES_VALUE_PRINCIPAL:
    case ROUTES_VALUE_STREAM:
    case ROUTES_VALUE_UPLOAD:
    case ROUTES_VALUE_WEBSOCKET:
        return json_null();
    case ROUTES_VALUE_LIST:
        return make_list(pool, table, value);
    case ROUTES_VALUE_RECORD:
        return make_record(pool, table, value);
    case ROUTES_VALUE_MAP:
    case ROUTES_VALUE_JSON:
    case ROUTES_VALUE_ABSENT:
        break; /* of a body, and an URL has none */
    }
    return json_null();
}

static const char *
value_text(apr_pool_t *pool, const struct routes_table *table,
           const struct routes_value *value)
{
    json_t *made = make_value(pool, table, value);
    char *text = json_dumps(made, JSON_ENCODE_ANY);
    const char *kept = apr_pstrdup(pool, text);

    free(text);
    json_decref(made);
    return kept;
}

/* ---- where values come from --------------------------------------------- */

/* A call, and what the request brought for it. */
struct call {
    apr_pool_t *pool;
    struct explain *explain;
    const struct routes_table *table;
    const struct routes_route *route;
    struct routes_problems problems;
};

static int
is_text(const struct routes_table *table, struct routes_text text,
        const char *name, size_t len)
{
    return text.len == len &&
           memcmp(routes_table_text(table, text), name, len) == 0;
}

/* An empty value is none, unless it is a text. */
static int
takes_empty(const struct call *call, uint32_t index)
{
    const struct routes_type *type = &call->table->types[index];

    return type->kind == ROUTES_TYPE_STR ||
           (type->kind == ROUTES_TYPE_LIST &&
            call->table->types[type->item].kind == ROUTES_TYPE_STR);
}

/* The type of what a field of that name is for, 0 for nothing of the
 * argument. */
static uint32_t
type_of_field(const struct call *call, const struct routes_arg *arg,
              const char *name, size_t len)
{
    const struct routes_table *table = call->table;
    const struct routes_record *record;

    if (!(arg->flags & ROUTES_ARG_MEMBERS)) {
        return is_text(table, arg->wire, name, len) ? arg->type : 0;
    }
    record = &table->records[table->types[arg->type].item];
    for (uint32_t i = 0; i < record->n_members; i++) {
        const struct routes_member *row = &table->members[record->members + i];

        if (is_text(table, row->wire, name, len)) {
            return row->type;
        }
    }
    return 0;
}

/* Whether the query string has a field that counts for the argument. */
static int
in_query(const struct call *call, const struct routes_arg *arg)
{
    const char *at = call->explain->url.query;
    const char *end = at == NULL ? NULL : at + strlen(at);
    struct routes_field field;
    int got;

    if (at == NULL || (arg->source != ROUTES_FROM_ARGUMENT &&
                       arg->source != ROUTES_FROM_QUERY)) {
        return 0;
    }
    while ((got = routes_form_next(&at, end, call->pool, &field)) != 0) {
        uint32_t type = type_of_field(call, arg, field.name, field.name_len);

        if (type != 0 &&
            (got < 0 || field.value_len > 0 || takes_empty(call, type))) {
            return 1;
        }
    }
    return 0;
}

/* Whether a body may bring it. */
static int
from_body(const struct call *call, const struct routes_arg *arg)
{
    static const uint64_t bodiless = ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |
                                     ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD) |
                                     ROUTES_METHOD_BIT(ROUTES_METHOD_DELETE);
    enum routes_method method =
        verb_of(call->explain->method, strlen(call->explain->method));

    return call->route->takes != 0 &&
           !(ROUTES_METHOD_BIT(method) & bodiless) &&
           (arg->source == ROUTES_FROM_FORM ||
            arg->source == ROUTES_FROM_RAW ||
            arg->source == ROUTES_FROM_FILE ||
            arg->source == ROUTES_FROM_ARGUMENT);
}

static const char *
source_text(const struct call *call, const struct routes_arg *arg)
{
    switch (arg->source) {
    case ROUTES_FROM_HEADER:
        return "header";
    case ROUTES_FROM_COOKIE:
        return "cookie";
    case ROUTES_FROM_PATH:
        return "path";
    case ROUTES_FROM_CONSTANT:
        return "constant";
    case ROUTES_FROM_REQUEST:
        return "request";
    case ROUTES_FROM_BODY:
        return "body";
    default:
        break;
    }
    if (in_query(call, arg)) {
        return "query";
    }
    if (from_body(call, arg)) {
        return "body";
    }
    return (arg->flags & ROUTES_ARG_HAS_DEFAULT) ||
                   (call->table->types[arg->type].flags & ROUTES_TYPE_OPTIONAL)
               ? "default"
           : arg->source == ROUTES_FROM_FORM || arg->source == ROUTES_FROM_FILE
               ? "body"
               : "query";
}

/* The fault of an argument, a member or an item of it, or NULL. */
static const char *
fault_of(const struct call *call, const struct routes_arg *arg)
{
    for (unsigned i = 0; i < call->problems.n; i++) {
        const struct routes_problem *problem = &call->problems.list[i];
        const char *name = problem->name;

        if (type_of_field(call, arg, name, strcspn(name, "[")) != 0 &&
            (strcmp(problem->in, "path") == 0) ==
                (arg->source == ROUTES_FROM_PATH)) {
            return routes_fault_name(problem->fault);
        }
    }
    return NULL;
}

static void
add_arg(struct call *call, const struct routes_arg *arg,
        const struct routes_value *value)
{
    struct explain_arg *made = apr_array_push(call->explain->args);
    const struct routes_type *type = &call->table->types[arg->type];

    made->name = routes_table_text(call->table, arg->name);
    made->wire = routes_table_text(call->table, arg->wire);
    made->type =
        arg->type == 0 ? NULL : routes_table_text(call->table, type->spelling);
    made->from = source_text(call, arg);
    made->fault = fault_of(call, arg);
    made->value = NULL;
    if (arg->source == ROUTES_FROM_HEADER ||
        arg->source == ROUTES_FROM_COOKIE || strcmp(made->from, "body") == 0) {
        made->fault = NULL;
    }
    else if (made->fault == NULL && !call->problems.path_fault &&
             type->kind != ROUTES_TYPE_REQUEST &&
             type->kind != ROUTES_TYPE_PRINCIPAL &&
             type->kind != ROUTES_TYPE_WEBSOCKET) {
        made->value = value_text(call->pool, call->table, value);
    }
}

/* ---- the call ----------------------------------------------------------- */

/* Whether a fault is left that no body mends. */
static int
is_refused(const struct call *call)
{
    const apr_array_header_t *args = call->explain->args;

    for (int i = 0; i < args->nelts; i++) {
        if (APR_ARRAY_IDX(args, i, struct explain_arg).fault != NULL) {
            return 1;
        }
    }
    for (unsigned i = 0; i < call->problems.n; i++) {
        if (call->problems.list[i].fault != ROUTES_FAULT_MISSING) {
            return 1;
        }
    }
    return 0;
}

static void
decode(struct call *call, const struct routes_match *match, uint32_t choice,
       struct routes_value *values)
{
    const char *query = call->explain->url.query;
    struct routes_input input = {.captures = match->captures,
                                 .query = query,
                                 .body_kind = ROUTES_BODY_NONE,
                                 .method = call->explain->method,
                                 .choice = choice};

    input.query_len = query == NULL ? 0 : strlen(query);
    routes_args_decode(call->table, match->route, &input, call->pool, values,
                       &call->problems);
}

void
explain_args_fill(apr_pool_t *pool, struct explain *explain,
                  const struct routes_table *table,
                  const struct routes_match *match, uint32_t choice)
{
    struct call *call = apr_pcalloc(pool, sizeof(*call));
    struct routes_value *values =
        apr_pcalloc(pool, ROUTES_MAX_ARGS * sizeof(*values));

    call->pool = pool;
    call->explain = explain;
    call->table = table;
    call->route = &table->routes[match->route];
    decode(call, match, choice, values);
    for (uint32_t i = 0; i < call->route->n_args; i++) {
        add_arg(call, &table->args[call->route->args + i], &values[i]);
    }
    if (call->problems.path_fault) {
        explain->lost = 1;
        explain->status = 404;
        explain->why = "a value of the path has no meaning";
    }
    else if (is_refused(call)) {
        explain->status = 400;
        explain->why = "the request does not fit the arguments";
    }
}
