/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the records of a table are in Python: the names of their members, and
 * their classes.
 */
#include "shape.h"

#include <string.h>

#include <apr_strings.h>

#include "apache_module.h"
#include "json_text.h"

#include "../../runtime/table.h"

static const char *
name_of(const struct routes_table *table, const struct routes_record *record,
        uint32_t i)
{
    return routes_table_text(table, table->members[record->members + i].name);
}

/* ---- the class ---------------------------------------------------------- */

/* Whether the record has the parameter that the class needs. */
static int
has_member(const struct routes_table *table,
           const struct routes_record *record, const char *name)
{
    for (uint32_t i = 0; i < record->n_members; i++) {
        if (strcmp(name_of(table, record, i), name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* All members are passed by name. */
static int
check_class(struct apache_state *state, const struct routes_table *table,
            const struct routes_record *record,
            const struct signature *signature)
{
    for (int i = 0; i < signature->parameters->nelts; i++) {
        const struct signature_parameter *parameter = &APR_ARRAY_IDX(
            signature->parameters, i, struct signature_parameter);
        if (parameter->required &&
            parameter->kind != SIGNATURE_VAR_POSITIONAL &&
            parameter->kind != SIGNATURE_VAR_KEYWORD &&
            (parameter->kind == SIGNATURE_POSITIONAL_ONLY ||
             !has_member(table, record, parameter->name))) {
            PyErr_Format(state->refusal,
                         "needs the argument \"%s\", which the record "
                         "does not pass",
                         parameter->name);
            return -1;
        }
    }
    for (uint32_t i = 0; i < record->n_members; i++) {
        if (!signature_takes_name(signature, name_of(table, record, i))) {
            PyErr_Format(state->refusal, "has no parameter \"%s\"",
                         name_of(table, record, i));
            return -1;
        }
    }
    return 0;
}

/* ---- names -------------------------------------------------------------- */

/* Writes ,"wire": into the text; wire is UTF-8, as all text of a table. */
static int
write_key(struct json_text *text, const char *wire)
{
    PyObject *str = PyUnicode_FromString(wire); /* new */
    if (str == NULL) {
        return -1;
    }
    int result = json_text_char(text, ',') == 0 &&
                         json_text_str(text, str) == 0 &&
                         json_text_char(text, ':') == 0
                     ? 0
                     : -1;
    Py_DECREF(str);
    return result;
}

static int
make_keys(struct apache_state *state, apr_pool_t *pool, apr_pool_t *scratch,
          const struct routes_table *table, const struct routes_record *record,
          struct shape *shape)
{
    struct json_text text;
    int result = 0;
    json_text_begin(&text, state, scratch);
    shape->keys = apr_palloc(pool, record->n_members * sizeof *shape->keys);
    for (uint32_t i = 0; result == 0 && i < record->n_members; i++) {
        text.len = 0;
        result = write_key(
            &text, routes_table_text(
                       table, table->members[record->members + i].wire));
        shape->keys[i].at = apr_pmemdup(pool, text.text, text.len);
        shape->keys[i].len = text.len;
    }
    json_text_drop(&text);
    return result;
}

int
shape_make(struct apache_state *state, apr_pool_t *pool, apr_pool_t *scratch,
           const struct routes_table *table,
           const struct routes_record *record, PyObject *made,
           const struct signature *signature, struct shape *shape)
{
    if ((made != NULL && check_class(state, table, record, signature) != 0) ||
        make_keys(state, pool, scratch, table, record, shape) != 0) {
        return -1;
    }
    PyObject *names = PyTuple_New((Py_ssize_t)record->n_members);
    if (names == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < record->n_members; i++) {
        PyObject *name = PyUnicode_InternFromString(name_of(table, record, i));
        if (name == NULL) {
            Py_DECREF(names);
            return -1;
        }
        PyTuple_SET_ITEM(names, (Py_ssize_t)i, name); /* stolen */
    }
    shape->names = names;
    shape->made = Py_XNewRef(made);
    return 0;
}

/* The record that a type is of, or is made of; 0 for none. */
static uint32_t
record_of(const struct routes_table *table, uint32_t type)
{
    while (table->types[type].kind == ROUTES_TYPE_LIST ||
           table->types[type].kind == ROUTES_TYPE_MAP) {
        type = table->types[type].item;
    }
    return table->types[type].kind == ROUTES_TYPE_RECORD
               ? table->types[type].item
               : 0;
}

/* Whether a record without names is inside. */
static int
is_broken(const struct routes_table *table, const struct shape *shapes,
          const struct routes_record *record)
{
    for (uint32_t i = 0; i < record->n_members; i++) {
        uint32_t inner =
            record_of(table, table->members[record->members + i].type);
        if (inner != 0 && shapes[inner].names == NULL) {
            return 1;
        }
    }
    return 0;
}

void
shape_spread(const struct routes_table *table, struct shape *shapes)
{
    int changed = 1;
    while (changed) {
        changed = 0;
        for (uint32_t i = 1; i < table->n_records; i++) {
            if (shapes[i].names != NULL &&
                is_broken(table, shapes, &table->records[i])) {
                Py_CLEAR(shapes[i].names);
                Py_CLEAR(shapes[i].made);
                changed = 1;
            }
        }
    }
}

int
shape_check(struct apache_state *state, const struct routes_table *table,
            const struct shape *shapes, uint32_t type)
{
    uint32_t record = record_of(table, type);
    if (record == 0 || shapes[record].names != NULL) {
        return 0;
    }
    PyErr_Format(state->refusal,
                 "has the record %s, whose class, or that of one inside, "
                 "failed before",
                 routes_table_text(table, table->records[record].name));
    return -1;
}
