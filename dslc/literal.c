/* SPDX-License-Identifier: Apache-2.0 */
/* literal: what a written default or constant is worth. */
#include "dslc/literal.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/dfa.h"
#include "dslc/settings.h"
#include "runtime/value.h"

static struct model_literal *
make_literal(struct checker *checker, enum routes_const_kind kind,
             const struct ast_value *value)
{
    struct model_literal *literal =
        apr_pcalloc(checker->pool, sizeof(*literal));

    literal->kind = kind;
    literal->text = value->text;
    literal->i = value->number;
    literal->f = value->real;
    literal->span = value->span;
    return literal;
}

/* ---- a value against a type: NULL, or what is wrong with it ---- */

static const char *
fault_int(const struct model_type *type, int64_t number)
{
    return (type->has_min && number < type->min) ||
                   (type->has_max && number > type->max)
               ? "out of its range"
               : NULL;
}

static const char *
fault_real(const struct model_type *type, double number)
{
    return (type->has_min && number < type->low) ||
                   (type->has_max && number > type->high)
               ? "out of its range"
               : NULL;
}

static const char *
fault_str(const struct model_type *type, const char *text)
{
    size_t chars;

    if (!routes_utf8_valid(text, strlen(text), &chars)) {
        return "not UTF-8";
    }
    if (type->has_min && chars < (uint64_t)type->min) {
        return "too short";
    }
    if (type->has_max && chars > (uint64_t)type->max) {
        return "too long";
    }
    return NULL;
}

static const char *
fault_enum(const struct model_type *type, const char *text)
{
    for (int i = 0; i < type->labels->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(type->labels, i, const char *), text) == 0) {
            return NULL;
        }
    }
    return "none of its values";
}

/* Asks the runtime, which will read the text at each request: a table of this
 * one type. */
static const char *
fault_text(const struct model_type *type, const char *text)
{
    struct routes_type rows[2] = {
        [1] = {.kind = (uint8_t)type->kind,
               .flags = (uint8_t)((type->has_min ? ROUTES_TYPE_MIN : 0) |
                                  (type->has_max ? ROUTES_TYPE_MAX : 0)),
               .min = type->min,
               .max = type->max,
               .low = type->low,
               .high = type->high}};
    struct routes_table table = {.types = rows, .n_types = 2};
    struct routes_value read;

    switch (routes_value_text(&table, 1, text, strlen(text), 0, &read)) {
    case ROUTES_FAULT_NONE:
        return NULL;
    case ROUTES_FAULT_RANGE:
        return "out of its range";
    case ROUTES_FAULT_LENGTH:
        return "too short or too long";
    default:
        return "no text of one";
    }
}

static const char *
fault_matching(const struct model_type *type, const char *text)
{
    return type->matching_dfa != NULL &&
                   !dfa_accepts(type->matching_dfa, text, strlen(text))
               ? "not what its pattern matches"
               : NULL;
}

/* ---- one kind of value ---- */

static const char *
read_number(const struct ast_value *value, const struct model_type *type,
            enum routes_const_kind *kind)
{
    bool whole = value->kind != AST_FLOAT;

    switch (type->kind) {
    case ROUTES_TYPE_INT:
        *kind = ROUTES_CONST_INT;
        return whole ? fault_int(type, value->number) : "no whole number";
    case ROUTES_TYPE_FLOAT:
        *kind = ROUTES_CONST_FLOAT;
        return value->kind == AST_SIZE ? "a size"
                                       : fault_real(type, value->real);
    case ROUTES_TYPE_DECIMAL:
        *kind = ROUTES_CONST_TEXT;
        return value->kind == AST_SIZE ? "a size"
                                       : fault_text(type, value->text);
    default:
        return "a number";
    }
}

static const char *
read_string(const struct ast_value *value, const struct model_type *type,
            enum routes_const_kind *kind)
{
    const char *fault;

    *kind = ROUTES_CONST_STR;
    switch (type->kind) {
    case ROUTES_TYPE_STR:
        fault = fault_str(type, value->text);
        break;
    case ROUTES_TYPE_ENUM:
        fault = fault_enum(type, value->text);
        break;
    case ROUTES_TYPE_DECIMAL:
    case ROUTES_TYPE_UUID:
    case ROUTES_TYPE_DATE:
    case ROUTES_TYPE_DATETIME:
    case ROUTES_TYPE_BYTES:
        *kind = ROUTES_CONST_TEXT;
        fault = fault_text(type, value->text);
        break;
    default:
        return "a string";
    }
    return fault != NULL ? fault : fault_matching(type, value->text);
}

static const char *
read_word(const struct ast_value *value, const struct model_type *type,
          enum routes_const_kind *kind)
{
    if (value->kind == AST_NULL) {
        *kind = ROUTES_CONST_NONE;
        return type->optional ? NULL
                              : "no value of a type that isn't optional";
    }
    if (value->kind == AST_EMPTY_LIST) {
        *kind = ROUTES_CONST_EMPTY_LIST;
        if (type->kind != ROUTES_TYPE_LIST) {
            return "a list";
        }
        return type->has_min && type->min > 0 ? "too short" : NULL;
    }
    *kind = ROUTES_CONST_BOOL;
    return type->kind == ROUTES_TYPE_BOOL ? NULL : "a truth value";
}

/* What is wrong with a value of that type, or NULL; *kind is what it is. */
static const char *
read_value(const struct ast_value *value, const struct model_type *type,
           enum routes_const_kind *kind)
{
    switch (value->kind) {
    case AST_INT:
    case AST_FLOAT:
    case AST_SIZE:
        return read_number(value, type, kind);
    case AST_STRING:
        return read_string(value, type, kind);
    case AST_TRUE:
    case AST_FALSE:
    case AST_NULL:
    case AST_EMPTY_LIST:
        return read_word(value, type, kind);
    case AST_DURATION:
        return "a duration";
    default:
        return "none of its values";
    }
}

const char *
literal_fault(const struct ast_value *value, const struct model_type *type)
{
    enum routes_const_kind kind;

    return read_value(value, type, &kind);
}

static void
set_truth(struct model_literal *literal, const struct ast_value *value)
{
    if (literal->kind == ROUTES_CONST_BOOL) {
        literal->i = value->kind == AST_TRUE;
    }
}

struct model_literal *
literal_default(struct checker *checker, struct scope *scope,
                const struct ast_value *value, const struct model_type *type)
{
    enum routes_const_kind kind = ROUTES_CONST_NULL;
    struct model_literal *literal;
    const char *fault;

    if (value->kind == AST_DOLLAR) {
        return settings_literal(checker, scope, value, type);
    }
    fault = read_value(value, type, &kind);
    if (fault != NULL) {
        diag_error(checker->diags, value->span, E405,
                   "the default %s does not fit %s: it is %s",
                   checker_quote(checker, value->text), type->spelling, fault);
        return NULL;
    }
    literal = make_literal(checker, kind, value);
    set_truth(literal, value);
    return literal;
}

struct model_literal *
literal_constant(struct checker *checker, struct scope *scope,
                 const struct ast_value *value)
{
    static const enum routes_const_kind kinds[] = {
        [AST_STRING] = ROUTES_CONST_STR,
        [AST_INT] = ROUTES_CONST_INT,
        [AST_FLOAT] = ROUTES_CONST_FLOAT,
        [AST_SIZE] = ROUTES_CONST_INT,
        [AST_TRUE] = ROUTES_CONST_BOOL,
        [AST_FALSE] = ROUTES_CONST_BOOL,
        [AST_NULL] = ROUTES_CONST_NONE,
        [AST_EMPTY_LIST] = ROUTES_CONST_EMPTY_LIST,
        [AST_PATH] = ROUTES_CONST_NULL,
    };
    struct model_literal *literal;

    if (value->kind == AST_DOLLAR) {
        return settings_literal(checker, scope, value, NULL);
    }
    if (value->kind == AST_DURATION) {
        diag_help(diag_error(checker->diags, value->span, E504,
                             "a duration is no value of Python's: %s is a "
                             "limit or an age",
                             checker_quote(checker, value->text)),
                  "write a number of seconds, such as 300 for 5m");
        return NULL;
    }
    literal = make_literal(checker, kinds[value->kind], value);
    set_truth(literal, value);
    return literal;
}
