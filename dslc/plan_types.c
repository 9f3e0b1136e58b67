/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_types: types, labels and automata of a plan.
 */
#include "plan_types.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "dfa.h"
#include "plan_settings.h"

/* ---- automata ----------------------------------------------------------- */

/* The class of which all words are made, or -1: there are several. */
static int
only_class(const struct dfa *dfa)
{
    int live = -1;

    for (uint32_t cell = 0; cell < dfa->n_states * dfa->n_classes; cell++) {
        int class = (int)(cell % dfa->n_classes);

        if (dfa->cells[cell] != 0 && live != class) {
            if (live >= 0) {
                return -1;
            }
            live = class;
        }
    }
    return live;
}

/* Whether an automaton of one class only counts its bytes; then min and max
 * are set.  It is a chain of states, of which the last may lead to itself. */
static int
counts_bytes(const struct dfa *dfa, uint32_t class, struct routes_dfa *row)
{
    uint32_t state = dfa->start;
    uint32_t length = 0;

    while (state != 0 && state < dfa->accept && length < dfa->n_states) {
        state = dfa->cells[state * dfa->n_classes + class];
        length++;
    }
    row->min = length;
    while (state >= dfa->accept && length < 2 * dfa->n_states) {
        state = dfa->cells[state * dfa->n_classes + class];
        length++;
    }
    row->max = state >= dfa->accept ? UINT32_MAX : length - 1;
    return state == 0 ? row->min < length : state >= dfa->accept;
}

/* The row of an automaton without states; 0 if it needs some. */
static int
plan_uniform(struct plan *plan, const struct dfa *dfa, struct routes_dfa *row)
{
    int class = only_class(dfa);
    uint8_t classes[256];

    if (class < 0 || !counts_bytes(dfa, (uint32_t) class, row)) {
        row->min = row->max = 0;
        return 0;
    }
    for (unsigned byte = 0; byte < sizeof(classes); byte++) {
        classes[byte] = dfa->classes[byte] == class;
    }
    row->classes =
        rows_intern(PLAN_ROWS(plan, bytes), classes, sizeof(classes), NULL);
    row->n_classes = 2;
    return 1;
}

/* The row of an automaton; equal ones are one, for they are minimal. */
static uint32_t
plan_dfa(struct plan *plan, const struct dfa *dfa, const char *note)
{
    struct rows *bytes = PLAN_ROWS(plan, bytes);
    struct rows *cells = PLAN_ROWS(plan, cells);
    struct routes_dfa row;

    memset(&row, 0, sizeof(row));
    if (plan_uniform(plan, dfa, &row)) {
        return rows_intern(PLAN_ROWS(plan, dfas), &row, 1, &note);
    }
    row.classes = rows_intern(bytes, dfa->classes, sizeof(dfa->classes), NULL);
    row.n_classes = dfa->n_classes;
    row.cells =
        rows_intern(cells, dfa->cells, dfa->n_states * dfa->n_classes, NULL);
    row.n_states = dfa->n_states;
    row.accept = dfa->accept;
    row.start = dfa->start;
    return rows_intern(PLAN_ROWS(plan, dfas), &row, 1, &note);
}

/* ---- labels ------------------------------------------------------------- */

static int
compare_labels(const void *left, const void *right)
{
    /* strcmp is memcmp and then length, for texts without NUL */
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

uint32_t
plan_types_labels(struct plan *plan, const apr_array_header_t *labels)
{
    size_t n = (size_t)labels->nelts;
    const char **sorted =
        apr_pmemdup(plan->pool, labels->elts, n * sizeof(*sorted));
    struct routes_text *texts = apr_palloc(plan->pool, n * sizeof(*texts));

    qsort(sorted, n, sizeof(*sorted), compare_labels);
    for (size_t i = 0; i < n; i++) {
        texts[i] = plan_text(plan, sorted[i]);
    }
    return rows_intern(PLAN_ROWS(plan, labels), texts, (uint32_t)n, sorted);
}

/* ---- values ------------------------------------------------------------- */

uint32_t
plan_types_const(struct plan *plan, const struct model_literal *literal)
{
    struct routes_const row;
    const char *note;

    if (literal == NULL) {
        return 0;
    }
    note = plan_note(plan, literal->text, literal->span);
    memset(&row, 0, sizeof(row));
    row.kind = (uint32_t)literal->kind;
    if (literal->kind == ROUTES_CONST_STR ||
        literal->kind == ROUTES_CONST_TEXT) {
        row.text = plan_text(plan, literal->text);
    }
    row.i = literal->i;
    row.f = literal->f;
    if (literal->setting != NULL) {
        return plan_settings_const(plan, literal, &row);
    }
    return rows_intern(PLAN_ROWS(plan, consts), &row, 1, &note);
}

/* ---- types -------------------------------------------------------------- */

static uint8_t
flags_of(const struct model_type *type)
{
    return (uint8_t)((type->has_min ? ROUTES_TYPE_MIN : 0) |
                     (type->has_max ? ROUTES_TYPE_MAX : 0) |
                     (type->optional ? ROUTES_TYPE_OPTIONAL : 0));
}

static uint32_t
plan_members(struct plan *plan, const apr_array_header_t *members)
{
    size_t n = (size_t)members->nelts;
    struct routes_member *rows = apr_pcalloc(plan->pool, n * sizeof(*rows));
    const char **notes = apr_palloc(plan->pool, n * sizeof(*notes));

    for (size_t i = 0; i < n; i++) {
        const struct model_member *member =
            MODEL_AT(members, struct model_member, i);

        rows[i].name = plan_text(plan, member->name);
        rows[i].wire = plan_text(plan, member->wire);
        rows[i].type = plan_types_of(plan, member->type);
        rows[i].constant = plan_types_const(plan, member->constant);
        notes[i] = plan_note(plan, member->name, member->span);
    }
    return rows_intern(PLAN_ROWS(plan, members), rows, (uint32_t)n, notes);
}

/* The row of a record, which may be of itself inside: its place is taken
 * before its members are looked at. */
static uint32_t
plan_record(struct plan *plan, const struct model_record *record)
{
    uint32_t index = plan_row(plan, record);
    struct routes_record row;

    if (index != 0) {
        return index;
    }
    memset(&row, 0, sizeof(row));
    index = rows_add(PLAN_ROWS(plan, records), &row,
                     plan_note(plan, record->name, record->span));
    plan_set_row(plan, record, index);
    row.name = plan_text(plan, record->name);
    row.n_members = plan_count(plan, record->members->nelts, "members");
    row.members = plan_members(plan, record->members);
    row.flags = record->open ? ROUTES_RECORD_OPEN : 0;
    row.made = record->made != NULL ? plan_row(plan, record->made) : 0;
    row.file = plan_file(plan, record->span);
    row.line = plan_line(plan, record->span);
    memcpy(rows_at(PLAN_ROWS(plan, records), index), &row, sizeof(row));
    return index;
}

/* All of a row but its automaton. */
static void
fill_type(struct plan *plan, struct routes_type *row,
          const struct model_type *type)
{
    memset(row, 0, sizeof(*row));
    row->kind = (uint8_t)type->kind;
    row->flags = flags_of(type);
    if (type->labels != NULL && type->labels->nelts > 0) {
        row->n_labels = plan_count(plan, type->labels->nelts, "labels");
        row->labels = plan_types_labels(plan, type->labels);
    }
    row->item = type->kind == ROUTES_TYPE_RECORD
                    ? plan_record(plan, type->record)
                    : plan_types_of(plan, type->item);
    row->spelling = plan_text(plan, type->spelling);
    row->min = type->min;
    row->max = type->max;
    row->low = type->low;
    row->high = type->high;
}

/* Whether the runtime knows the language of the kind in a path by itself;
 * then an automaton would only be slower, or, for bounds, large. */
static int
is_native(const struct model_type *type)
{
    switch (type->kind) {
    case ROUTES_TYPE_STR:
    case ROUTES_TYPE_INT:
    case ROUTES_TYPE_BYTES:
    case ROUTES_TYPE_PATH:
    case ROUTES_TYPE_RAWPATH:
        return type->matching == NULL;
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

static uint32_t
intern_type(struct plan *plan, const struct routes_type *row,
            const struct model_type *type, const char *key)
{
    const char *note = plan_note(plan, type->spelling, type->span);
    uint32_t *index = apr_palloc(plan->pool, sizeof(*index));

    *index = rows_intern(PLAN_ROWS(plan, types), row, 1, &note);
    apr_hash_set(plan->type_of, key, APR_HASH_KEY_STRING, index);
    return *index;
}

uint32_t
plan_types_of(struct plan *plan, const struct model_type *type)
{
    struct routes_type row;
    const uint32_t *known;

    if (type == NULL) {
        return 0;
    }
    known = apr_hash_get(plan->type_of, type->key, APR_HASH_KEY_STRING);
    if (known != NULL) {
        return *known;
    }
    fill_type(plan, &row, type);
    if (type->matching_dfa != NULL) {
        row.dfa = plan_dfa(plan, type->matching_dfa, type->spelling);
    }
    return intern_type(plan, &row, type, type->key);
}

uint32_t
plan_types_in_path(struct plan *plan, struct model_type *type)
{
    struct routes_type row;
    const uint32_t *known;
    const char *key;

    if (is_native(type)) {
        return plan_types_of(plan, type);
    }
    key = apr_pstrcat(plan->pool, "/", type->spelling, NULL);
    known = apr_hash_get(plan->type_of, key, APR_HASH_KEY_STRING);
    if (known != NULL) {
        return *known;
    }
    fill_type(plan, &row, type);
    row.flags |= ROUTES_TYPE_PATH_DFA;
    row.dfa =
        plan_dfa(plan, dfa_of_type(plan->model->pool, type), type->spelling);
    return intern_type(plan, &row, type, key);
}
