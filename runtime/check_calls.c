/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a call takes and gives: functions, arguments, constants, types,
 * results.
 */
#include "check.h"

#include "args.h"
#include "table.h"
#include "value.h"

static void
functions_row(struct routes_check *c, uint32_t i)
{
    const struct routes_function *function = &c->table->functions[i];

    routes_check_text(c, function->module);
    routes_check_text(c, function->qualname);
    routes_check_file(c, function->file);
}

/* What is no text of the request, but itself. */
static int
is_of_request(const struct routes_type *type)
{
    return type->kind == ROUTES_TYPE_REQUEST ||
           type->kind == ROUTES_TYPE_PRINCIPAL ||
           type->kind == ROUTES_TYPE_METHOD ||
           type->kind == ROUTES_TYPE_WEBSOCKET;
}

/* What no text or JSON is. */
static int
is_of_call(const struct routes_type *type)
{
    return is_of_request(type) || type->kind == ROUTES_TYPE_STREAM ||
           type->kind == ROUTES_TYPE_UPLOAD || type->kind == ROUTES_TYPE_FILE;
}

/* A stream has no text: nothing but the body gives one, and never none. */
static void
check_stream(struct routes_check *c, const struct routes_arg *arg)
{
    const struct routes_table *t = c->table;

    routes_check_expect(
        c,
        t->types[arg->type].kind != ROUTES_TYPE_STREAM ||
            (arg->source == ROUTES_FROM_RAW && arg->constant == 0),
        "a stream that is not the body");
}

/* What is a file, and what may have none, is so of both. */
static void
check_upload(struct routes_check *c, const struct routes_arg *arg)
{
    const struct routes_table *t = c->table;
    const struct routes_type *type = &t->types[arg->type];
    /* an item that is none is refused where types are */
    const struct routes_type *one =
        type->kind == ROUTES_TYPE_LIST && type->item < t->n_types
            ? &t->types[type->item]
            : type;
    uint32_t kind = t->consts[arg->constant].kind;

    routes_check_expect(c,
                        (one->kind == ROUTES_TYPE_UPLOAD) ==
                            (arg->source == ROUTES_FROM_FILE),
                        "a file that comes from elsewhere");
    routes_check_expect(
        c,
        arg->source != ROUTES_FROM_FILE || kind == ROUTES_CONST_NULL ||
            kind == ROUTES_CONST_NONE || kind == ROUTES_CONST_EMPTY_LIST,
        "a file that is a constant");
}

static void
args_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_arg *arg = &t->args[i];
    int is_constant = arg->source == ROUTES_FROM_CONSTANT;

    routes_check_text(c, arg->name);
    routes_check_text(c, arg->wire);
    routes_check_expect(
        c, arg->source != ROUTES_FROM_NULL && arg->source <= ROUTES_FROM_FILE,
        "a source that is none");
    routes_check_expect(
        c, (arg->flags & ~(ROUTES_ARG_HAS_DEFAULT | ROUTES_ARG_MEMBERS)) == 0,
        "a flag that is none");
    routes_check_index(c, arg->type, t->n_types, "a type that is none");
    routes_check_index(c, arg->constant, t->n_consts,
                       "a constant that is none");
    routes_check_expect(c, is_constant || arg->type != 0, "no type");
    routes_check_expect(
        c, c->refusal != NULL || t->types[arg->type].kind != ROUTES_TYPE_FILE,
        "a type that no argument has");
    if (c->refusal == NULL) {
        check_stream(c, arg);
        check_upload(c, arg);
    }
    routes_check_expect(
        c,
        arg->constant != 0 ||
            !(is_constant || (arg->flags & ROUTES_ARG_HAS_DEFAULT)),
        "no constant");
    if (c->refusal == NULL) {
        routes_check_expect(c,
                            is_of_request(&t->types[arg->type]) ==
                                (arg->source == ROUTES_FROM_REQUEST),
                            "a type that its source does not give");
    }
    if (c->refusal == NULL && (arg->flags & ROUTES_ARG_MEMBERS)) {
        routes_check_expect(c,
                            t->types[arg->type].kind == ROUTES_TYPE_RECORD &&
                                arg->constant == 0 &&
                                (arg->source == ROUTES_FROM_QUERY ||
                                 arg->source == ROUTES_FROM_FORM ||
                                 arg->source == ROUTES_FROM_HEADER ||
                                 arg->source == ROUTES_FROM_COOKIE),
                            "members of what is no record of fields");
    }
}

static void
consts_row(struct routes_check *c, uint32_t i)
{
    routes_check_expect(c, c->table->consts[i].kind <= ROUTES_CONST_TEXT,
                        "a kind that is none");
    routes_check_text(c, c->table->consts[i].text);
}

/* Whether the labels of an enum stand as a binary search wants them. */
static int
are_labels_sorted(const struct routes_table *t, const struct routes_type *type)
{
    for (uint32_t i = 1; i < type->n_labels; i++) {
        if (routes_check_compare(t, t->labels[type->labels + i - 1],
                                 t->labels[type->labels + i]) >= 0) {
            return 0;
        }
    }
    return 1;
}

static void
labels_row(struct routes_check *c, uint32_t i)
{
    routes_check_text(c, c->table->labels[i]);
}

/* What the type is made of.  Types that are made of others stand behind them,
 * but for what goes through a record, so that there is no circle. */
static void
check_item(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_type *type = &t->types[i];

    switch (type->kind) {
    case ROUTES_TYPE_LIST:
    case ROUTES_TYPE_MAP:
        routes_check_row(c, type->item, i,
                         "an item that is no type before it");
        routes_check_expect(
            c,
            c->refusal != NULL || !is_of_call(&t->types[type->item]) ||
                (type->kind == ROUTES_TYPE_LIST &&
                 t->types[type->item].kind == ROUTES_TYPE_UPLOAD),
            "a list of requests");
        break;
    case ROUTES_TYPE_RECORD:
        routes_check_row(c, type->item, t->n_records, "a record that is none");
        break;
    default:
        routes_check_expect(c, type->item == 0,
                            "an item of a type without items");
    }
}

static void
records_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_record *record = &t->records[i];

    routes_check_text(c, record->name);
    routes_check_expect(c, record->n_members <= ROUTES_MAX_MEMBERS,
                        "too many members");
    routes_check_expect(
        c, routes_check_fits(record->members, record->n_members, t->n_members),
        "members that are none");
    routes_check_expect(c, (record->flags & ~ROUTES_RECORD_OPEN) == 0,
                        "a flag that is none");
    routes_check_index(c, record->made, t->n_functions,
                       "a class that is none");
    routes_check_file(c, record->file);
}

static void
members_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_member *member = &t->members[i];

    routes_check_text(c, member->name);
    routes_check_text(c, member->wire);
    routes_check_row(c, member->type, t->n_types, "a type that is none");
    routes_check_expect(
        c, c->refusal != NULL || !is_of_call(&t->types[member->type]),
        "a member that is a request");
    routes_check_index(c, member->constant, t->n_consts,
                       "a constant that is none");
}

static void
types_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_type *type = &t->types[i];

    routes_check_expect(c,
                        type->kind != ROUTES_TYPE_NULL &&
                            type->kind <= ROUTES_TYPE_WEBSOCKET,
                        "a kind that is none");
    routes_check_text(c, type->spelling);
    check_item(c, i);
    routes_check_index(c, type->dfa, t->n_dfas, "a DFA that is none");
    routes_check_expect(
        c, !(type->flags & ROUTES_TYPE_PATH_DFA) || type->dfa != 0, "no DFA");
    routes_check_expect(
        c, routes_check_fits(type->labels, type->n_labels, t->n_labels),
        "labels that are none");
    if (c->refusal == NULL) {
        routes_check_expect(c, are_labels_sorted(t, type),
                            "labels out of order");
    }
}

/* An automaton without states, which counts. */
static void
check_uniform(struct routes_check *c, const struct routes_dfa *dfa)
{
    routes_check_expect(c,
                        dfa->n_classes == 2 && dfa->accept == 0 &&
                            dfa->start == 0 && dfa->min <= dfa->max,
                        "no states");
}

static void
check_states(struct routes_check *c, const struct routes_dfa *dfa)
{
    const struct routes_table *t = c->table;
    uint64_t n_cells = (uint64_t)dfa->n_states * dfa->n_classes;

    routes_check_expect(c, routes_check_fits(dfa->cells, n_cells, t->n_cells),
                        "cells that are none");
    routes_check_expect(c,
                        dfa->start != 0 && dfa->start < dfa->n_states &&
                            dfa->accept != 0 && dfa->n_classes > 0 &&
                            (dfa->min | dfa->max) == 0,
                        "no states");
    if (c->refusal != NULL) {
        return;
    }
    for (uint64_t cell = 0; cell < n_cells; cell++) {
        routes_check_expect(c, t->cells[dfa->cells + cell] < dfa->n_states,
                            "a state that is none");
    }
}

static void
dfas_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_dfa *dfa = &t->dfas[i];

    routes_check_expect(c, routes_check_fits(dfa->classes, 256, t->n_bytes),
                        "classes that are none");
    for (uint32_t byte = 0; byte < 256 && c->refusal == NULL; byte++) {
        routes_check_expect(c, t->bytes[dfa->classes + byte] < dfa->n_classes,
                            "a class that is none");
    }
    if (dfa->n_states == 0) {
        check_uniform(c, dfa);
    }
    else {
        check_states(c, dfa);
    }
}

static void
raises_row(struct routes_check *c, uint32_t i)
{
    routes_check_text(c, c->table->raises[i].module);
    routes_check_text(c, c->table->raises[i].qualname);
}

/* What leaves is data: no stream, and nothing that only a request has. */
static void
results_row(struct routes_check *c, uint32_t i)
{
    const struct routes_table *t = c->table;
    const struct routes_result *result = &t->results[i];

    routes_check_expect(c,
                        result->status == 0 ||
                            (result->status >= 200 && result->status <= 599),
                        "a status that is none");
    routes_check_index(c, result->type, t->n_types, "a type that is none");
    routes_check_expect(c,
                        c->refusal != NULL ||
                            t->types[result->type].kind <
                                ROUTES_TYPE_REQUEST ||
                            t->types[result->type].kind == ROUTES_TYPE_FILE,
                        "a type that no result has");
}

static void
formats_row(struct routes_check *c, uint32_t i)
{
    const struct routes_format *format = &c->table->formats[i];

    routes_check_expect(c,
                        format->produce >= ROUTES_PRODUCE_HTML &&
                            format->produce <= ROUTES_PRODUCE_MEDIA,
                        "a kind that is none");
    routes_check_text(c, format->media);
    /* Accept is held against type and subtype */
    routes_check_expect(
        c,
        c->refusal != NULL ||
            strchr(routes_table_text(c->table, format->media), '/') != NULL,
        "a media type that is none");
}

void
routes_check_calls(struct routes_check *c)
{
    CHECK_ROWS(c, labels)
    CHECK_ROWS(c, args)
    CHECK_ROWS(c, functions)
    CHECK_ROWS(c, consts)
    CHECK_ROWS(c, raises)
    CHECK_ROWS(c, results)
    CHECK_ROWS(c, formats)
    CHECK_ROWS(c, dfas)
    CHECK_ROWS(c, records)
    CHECK_ROWS(c, members)
    CHECK_ROWS(c, types)
}

void
routes_check_defaults(struct routes_check *c)
{
    struct routes_value value;

    c->section = "args";
    for (c->row = 1; c->row < c->table->n_args; c->row++) {
        const struct routes_arg *arg = &c->table->args[c->row];

        routes_check_expect(c,
                            arg->constant == 0 ||
                                routes_value_constant(c->table, arg->type,
                                                      arg->constant, &value) ==
                                    ROUTES_FAULT_NONE,
                            "a default that is no value of its type");
    }
    c->section = "members";
    for (c->row = 1; c->row < c->table->n_members; c->row++) {
        const struct routes_member *member = &c->table->members[c->row];

        routes_check_expect(
            c,
            member->constant == 0 ||
                routes_value_constant(c->table, member->type, member->constant,
                                      &value) == ROUTES_FAULT_NONE,
            "a default that is no value of its type");
    }
}
