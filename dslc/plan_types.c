/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_types: types, labels and automata of a plan.
 */
#include "plan_types.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "dfa.h"

/* ---- automata ----------------------------------------------------------- */

/* The row of an automaton; equal ones are one, for they are minimal. */
static uint32_t
plan_dfa(struct plan *plan, const struct dfa *dfa, const char *note)
{
    struct rows *bytes = PLAN_ROWS(plan, bytes);
    struct rows *cells = PLAN_ROWS(plan, cells);
    struct routes_dfa row;

    memset(&row, 0, sizeof(row));
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

/* ---- types -------------------------------------------------------------- */

static uint8_t
flags_of(const struct model_type *type)
{
    return (uint8_t)((type->has_min ? ROUTES_TYPE_MIN : 0) |
                     (type->has_max ? ROUTES_TYPE_MAX : 0) |
                     (type->optional ? ROUTES_TYPE_OPTIONAL : 0));
}

/* All of a row but its automaton. */
static void
fill_type(struct plan *plan, struct routes_type *row,
          const struct model_type *type)
{
    memset(row, 0, sizeof(*row));
    row->kind = (uint8_t)type->kind;
    row->flags = flags_of(type);
    if (type->kind == ROUTES_TYPE_ENUM) {
        row->n_labels = plan_count(plan, type->labels->nelts, "labels");
        row->labels = plan_types_labels(plan, type->labels);
    }
    row->item = plan_types_of(plan, type->item);
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
    case ROUTES_TYPE_REQUEST:
    case ROUTES_TYPE_PRINCIPAL:
    case ROUTES_TYPE_METHOD:
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
    known = apr_hash_get(plan->type_of, type->spelling, APR_HASH_KEY_STRING);
    if (known != NULL) {
        return *known;
    }
    fill_type(plan, &row, type);
    if (type->matching_dfa != NULL) {
        row.dfa = plan_dfa(plan, type->matching_dfa, type->spelling);
    }
    return intern_type(plan, &row, type, type->spelling);
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
