/* SPDX-License-Identifier: Apache-2.0 */
/* spell: a type as it would be written. */
#include "dslc/spell.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/builtin.h"
#include "dslc/uploads.h"

static const char *
spell_integers(struct checker *checker, const struct model_type *type)
{
    return apr_pstrcat(
        checker->pool, "(",
        type->has_min
            ? apr_psprintf(checker->pool, "%" APR_INT64_T_FMT, type->min)
            : "",
        "..",
        type->has_max
            ? apr_psprintf(checker->pool, "%" APR_INT64_T_FMT, type->max)
            : "",
        ")", NULL);
}

static const char *
spell_reals(struct checker *checker, const struct model_type *type)
{
    return apr_pstrcat(
        checker->pool, "(",
        type->has_min ? apr_psprintf(checker->pool, "%.17g", type->low) : "",
        "..",
        type->has_max ? apr_psprintf(checker->pool, "%.17g", type->high) : "",
        ")", NULL);
}

/* Such that no two texts look alike. */
static const char *
spell_text(struct checker *checker, const char *text)
{
    char *quoted = apr_palloc(checker->pool, 2 * strlen(text) + 3);
    char *at = quoted;

    *at++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            *at++ = '\\';
        }
        *at++ = *text;
    }
    *at++ = '"';
    *at = '\0';
    return quoted;
}

static const char *
spell_matching(struct checker *checker, const char *pattern)
{
    return apr_pstrcat(
        checker->pool, " matching ",
        strchr(pattern, '"') == NULL
            ? apr_pstrcat(checker->pool, "r\"", pattern, "\"", NULL)
            : spell_text(checker, pattern),
        NULL);
}

static const char *
spell_labels(struct checker *checker, const struct model_type *type)
{
    apr_array_header_t *parts =
        apr_array_make(checker->pool, type->labels->nelts, sizeof(char *));

    for (int i = 0; i < type->labels->nelts; i++) {
        APR_ARRAY_PUSH(parts, const char *) = apr_pstrcat(
            checker->pool, i == 0 ? "" : " ",
            spell_text(checker, APR_ARRAY_IDX(type->labels, i, const char *)),
            NULL);
    }
    return apr_pstrcat(checker->pool, "(",
                       apr_array_pstrcat(checker->pool, parts, ','), ")",
                       NULL);
}

static const char *
spell_bounds(struct checker *checker, const struct model_type *type)
{
    if (type->kind == ROUTES_TYPE_ENUM) {
        return spell_labels(checker, type);
    }
    if (type->kind == ROUTES_TYPE_UPLOAD) {
        return uploads_spell(checker, type);
    }
    if (!type->has_min && !type->has_max) {
        return "";
    }
    return builtin_of(type)->bounds == BUILTIN_REAL
               ? spell_reals(checker, type)
               : spell_integers(checker, type);
}

/* "str, " or "": what stands before the item. */
static const char *
spell_keys(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_MAP ? "str, " : "";
}

/* Two types with one key are one type: plan relies on it. */
void
spell_type(struct checker *checker, struct model_type *type)
{
    apr_pool_t *pool = checker->pool;
    const char *optional = type->optional ? "?" : "";
    const char *name, *rest;

    if (type->kind == ROUTES_TYPE_RECORD) {
        type->spelling = apr_pstrcat(pool, type->record->name, optional, NULL);
        type->key = apr_psprintf(pool, "%s#%u%s", type->record->name,
                                 type->record->number, optional);
        return;
    }
    name = builtin_of(type)->name;
    rest = apr_pstrcat(
        pool, spell_bounds(checker, type),
        type->matching == NULL ? "" : spell_matching(checker, type->matching),
        optional, NULL);
    if (type->item == NULL) {
        type->spelling = type->key = apr_pstrcat(pool, name, rest, NULL);
        return;
    }
    type->spelling = apr_pstrcat(pool, name, "<", spell_keys(type),
                                 type->item->spelling, ">", rest, NULL);
    type->key = apr_pstrcat(pool, name, "<", spell_keys(type), type->item->key,
                            ">", rest, NULL);
}
