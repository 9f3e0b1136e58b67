/* SPDX-License-Identifier: Apache-2.0 */
/* types: what a written type means. */
#include "dslc/types.h"

#include <ctype.h>
#include <string.h>

#include <apr_strings.h>

#include "dslc/dfa.h"
#include "dslc/foreign.h"
#include "dslc/raw.h"
#include "dslc/records.h"
#include "dslc/uploads.h"

/* What may stand in the parentheses of a type. */
enum bounds {
    BOUNDS_NONE,
    BOUNDS_LENGTH, /* whole numbers from 0 */
    BOUNDS_BYTES,  /* the same, or sizes */
    BOUNDS_WHOLE,  /* whole numbers */
    BOUNDS_REAL,
    BOUNDS_LABELS,
    BOUNDS_UPLOAD /* a range of sizes, and media types */
};

static const struct builtin {
    const char *name;
    enum routes_type_kind kind; /* NULL: waits for a later version */
    enum bounds bounds;
} builtins[] = {
    {"str", ROUTES_TYPE_STR, BOUNDS_LENGTH},
    {"int", ROUTES_TYPE_INT, BOUNDS_WHOLE},
    {"float", ROUTES_TYPE_FLOAT, BOUNDS_REAL},
    {"decimal", ROUTES_TYPE_DECIMAL, BOUNDS_REAL},
    {"bool", ROUTES_TYPE_BOOL, BOUNDS_NONE},
    {"uuid", ROUTES_TYPE_UUID, BOUNDS_NONE},
    {"date", ROUTES_TYPE_DATE, BOUNDS_NONE},
    {"datetime", ROUTES_TYPE_DATETIME, BOUNDS_NONE},
    {"bytes", ROUTES_TYPE_BYTES, BOUNDS_BYTES},
    {"path", ROUTES_TYPE_PATH, BOUNDS_BYTES},
    {"rawpath", ROUTES_TYPE_RAWPATH, BOUNDS_BYTES},
    {"enum", ROUTES_TYPE_ENUM, BOUNDS_LABELS},
    {"list", ROUTES_TYPE_LIST, BOUNDS_LENGTH},
    {"map", ROUTES_TYPE_MAP, BOUNDS_LENGTH},
    {"json", ROUTES_TYPE_JSON, BOUNDS_NONE},
    {"upload", ROUTES_TYPE_UPLOAD, BOUNDS_UPLOAD},
    {"stream", ROUTES_TYPE_STREAM, BOUNDS_NONE},
    {"html", ROUTES_TYPE_NULL, BOUNDS_NONE}, /* of answers, as text is */
    {"text", ROUTES_TYPE_NULL, BOUNDS_NONE},
    {"file", ROUTES_TYPE_FILE, BOUNDS_NONE},
    {"status", ROUTES_TYPE_NULL, BOUNDS_NONE},
    {"request", ROUTES_TYPE_REQUEST, BOUNDS_NONE},
    {"principal", ROUTES_TYPE_PRINCIPAL, BOUNDS_NONE},
    {"method", ROUTES_TYPE_METHOD, BOUNDS_NONE},
    {"websocket", ROUTES_TYPE_WEBSOCKET, BOUNDS_NONE},
};

#define N_BUILTINS (sizeof(builtins) / sizeof(builtins[0]))

static const struct builtin *
find_builtin(const char *name)
{
    for (size_t i = 0; i < N_BUILTINS; i++) {
        if (strcmp(builtins[i].name, name) == 0) {
            return &builtins[i];
        }
    }
    return NULL;
}

static const struct builtin *
builtin_of(const struct model_type *type)
{
    for (size_t i = 0; i < N_BUILTINS; i++) {
        if (builtins[i].kind == type->kind) {
            return &builtins[i];
        }
    }
    return NULL;
}

static struct model_type *
make_type(struct checker *checker, enum routes_type_kind kind,
          struct span span)
{
    struct model_type *type = apr_pcalloc(checker->pool, sizeof(*type));

    type->kind = kind;
    type->span = span;
    return type;
}

static struct model_type *
broken_type(struct checker *checker, struct span span)
{
    struct model_type *type = make_type(checker, ROUTES_TYPE_NULL, span);

    type->spelling = "";
    type->key = "";
    return type;
}

/* ---- spelling ---- */

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
    return builtin_of(type)->bounds == BOUNDS_REAL
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
static void
spell(struct checker *checker, struct model_type *type)
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

/* ---- bounds ---- */

static bool
fits_bounds(const struct ast_value *value, enum bounds bounds)
{
    switch (value->kind) {
    case AST_INT:
        return (bounds != BOUNDS_LENGTH && bounds != BOUNDS_BYTES) ||
               value->number >= 0;
    case AST_FLOAT:
        return bounds == BOUNDS_REAL;
    case AST_SIZE:
        return bounds == BOUNDS_BYTES;
    default:
        return false;
    }
}

static const char *
bounds_word(enum bounds bounds)
{
    switch (bounds) {
    case BOUNDS_NONE:
        return "nothing";
    case BOUNDS_LENGTH:
        return "whole numbers from 0";
    case BOUNDS_BYTES:
        return "sizes, such as 64KB";
    case BOUNDS_WHOLE:
        return "whole numbers";
    case BOUNDS_REAL:
        return "numbers";
    case BOUNDS_LABELS:
    case BOUNDS_UPLOAD:
        return "strings";
    }
    return "";
}

static bool
check_bound(struct checker *checker, const struct builtin *builtin,
            const struct ast_value *value)
{
    if (value == NULL || fits_bounds(value, builtin->bounds)) {
        return true;
    }
    diag_error(checker->diags, value->span, E114,
               "the bounds of %s are %s, and not %s", builtin->name,
               bounds_word(builtin->bounds),
               checker_quote(checker, value->text));
    return false;
}

static void
set_bounds(struct model_type *type, const struct ast_targ *range)
{
    type->has_min = range->low != NULL;
    type->has_max = range->high != NULL;
    if (range->low != NULL) {
        type->min = range->low->number;
        type->low = range->low->real;
    }
    if (range->high != NULL) {
        type->max = range->high->number;
        type->high = range->high->real;
    }
}

static bool
check_order(struct checker *checker, const struct model_type *type,
            const struct builtin *builtin, struct span span)
{
    bool real = builtin->bounds == BOUNDS_REAL;

    if (!type->has_min || !type->has_max ||
        (real ? type->low <= type->high : type->min <= type->max)) {
        return true;
    }
    diag_error(checker->diags, span, E114,
               "no value is in this range: it ends before it begins");
    return false;
}

/* `str(64)`: which end was meant? */
static void
say_no_range(struct checker *checker, const struct builtin *builtin,
             const struct ast_targ *targ)
{
    const char *text = targ->low->text;
    struct diag *diag = diag_error(checker->diags, targ->span, E114,
                                   "%s(%s) is no range", builtin->name, text);

    if (fits_bounds(targ->low, builtin->bounds)) {
        diag_help(diag, "write %s(..%s), or %s(%s..%s) for exactly that",
                  builtin->name, text, builtin->name, text, text);
    }
}

static bool
read_range(struct checker *checker, const struct builtin *builtin,
           const struct ast_type *ast, struct model_type *type)
{
    const struct ast_targ *range = ast->args.first;

    if (builtin->bounds == BOUNDS_NONE) {
        diag_error(checker->diags, range->span, E114, "%s has no bounds",
                   builtin->name);
        return false;
    }
    if (range->next != NULL) {
        diag_error(checker->diags, range->next->span, E114, "%s has one range",
                   builtin->name);
        return false;
    }
    if (!range->range) {
        say_no_range(checker, builtin, range);
        return false;
    }
    if (!check_bound(checker, builtin, range->low) ||
        !check_bound(checker, builtin, range->high)) {
        return false;
    }
    set_bounds(type, range);
    return check_order(checker, type, builtin, range->span);
}

static bool
has_label(const struct model_type *type, const char *text)
{
    for (int i = 0; i < type->labels->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(type->labels, i, const char *), text) == 0) {
            return true;
        }
    }
    return false;
}

static bool
read_label(struct checker *checker, const struct ast_targ *targ,
           struct model_type *type)
{
    if (targ->range || targ->low->kind != AST_STRING) {
        diag_error(checker->diags, targ->span, E114,
                   "the values of an enum are strings");
        return false;
    }
    if (type->labels->nelts >= TYPES_MAX_LABELS) {
        checker_exceeds(checker, targ->span,
                        apr_psprintf(checker->pool,
                                     "an enum of more than %d values",
                                     TYPES_MAX_LABELS));
        return false;
    }
    if (has_label(type, targ->low->text)) {
        diag_error(checker->diags, targ->span, E010,
                   "%s stands twice in this enum",
                   checker_quote(checker, targ->low->text));
        return false;
    }
    APR_ARRAY_PUSH(type->labels, const char *) = targ->low->text;
    return true;
}

static bool
read_labels(struct checker *checker, const struct ast_type *ast,
            struct model_type *type)
{
    type->labels = apr_array_make(checker->pool, 4, sizeof(const char *));
    for (const struct ast_targ *targ = ast->args.first; targ != NULL;
         targ = targ->next) {
        if (!read_label(checker, targ, type)) {
            return false;
        }
    }
    if (type->labels->nelts == 0) {
        diag_error(checker->diags, ast->span, E114,
                   "an enum without values has no value at all");
        return false;
    }
    return true;
}

/* ---- items ---- */

static bool
check_item(struct checker *checker, const struct ast_type *ast,
           enum routes_type_kind kind, const struct model_type *item)
{
    if (raw_is_type(item) ||
        (uploads_is_type(item) &&
         (kind == ROUTES_TYPE_MAP || item->kind == ROUTES_TYPE_LIST))) {
        diag_error(checker->diags, ast->span, E112,
                   "a list or map has no items of the type %s",
                   item->spelling);
        return false;
    }
    if (types_is_rest(item)) {
        diag_error(checker->diags, ast->span, E112,
                   "%s is a type of path parameters", item->spelling);
        return false;
    }
    if (types_is_special(item)) {
        diag_error(checker->diags, ast->span, E112,
                   "%s is a type of arguments, not of the items of a list",
                   item->spelling);
        return false;
    }
    return !types_broken(item);
}

/* A map is of any text: JSON has no other keys. */
static bool
check_key(struct checker *checker, struct scope *scope,
          const struct ast_type *ast)
{
    const struct model_type *key = types_resolve(checker, scope, ast);

    if (!types_broken(key) && strcmp(key->spelling, "str") != 0) {
        diag_error(checker->diags, ast->span, E112,
                   "the keys of a map are str, and not %s", key->spelling);
        return false;
    }
    return !types_broken(key);
}

/* Whether as many types stand between < and > as the kind has. */
static bool
check_items(struct checker *checker, const struct ast_type *ast,
            enum routes_type_kind kind)
{
    const struct ast_type *first = ast->items.first;
    int n = first == NULL ? 0 : first->next == NULL ? 1 : 2;

    if (n == 2 && first->next->next != NULL) {
        n = 3;
    }
    if (kind == ROUTES_TYPE_LIST && n != 1) {
        diag_error(checker->diags, ast->span, E112,
                   "a list has one item type, as in list<str>");
        return false;
    }
    if (kind == ROUTES_TYPE_MAP && n != 2) {
        diag_error(checker->diags, ast->span, E112,
                   "a map has two types, as in map<str, int>");
        return false;
    }
    if (kind != ROUTES_TYPE_LIST && kind != ROUTES_TYPE_MAP && n > 0) {
        diag_error(checker->diags, first->span, E112, "%s takes no item type",
                   ast->name.text);
        return false;
    }
    return true;
}

static bool
read_item(struct checker *checker, struct scope *scope,
          const struct ast_type *ast, struct model_type *type)
{
    const struct ast_type *item = ast->items.first;

    if (!check_items(checker, ast, type->kind)) {
        return false;
    }
    if (type->kind == ROUTES_TYPE_MAP) {
        if (!check_key(checker, scope, item)) {
            return false;
        }
        item = item->next;
    }
    if (item == NULL) {
        return true;
    }
    type->item = types_resolve(checker, scope, item);
    return check_item(checker, item, type->kind, type->item);
}

/* ---- matching ---- */

static void
say_irregular(struct checker *checker, const struct ast_text *pattern,
              const char *error, size_t at)
{
    const struct source_file *file =
        source_of(checker->program->sources, pattern->span);
    size_t length = strlen(pattern->text);
    struct span span = pattern->span;

    /* r"…": the byte is where the text says, when nothing was escaped */
    if (file != NULL && at < length && file->text[span.start] == 'r' &&
        span.end - span.start == length + 3) {
        span.start += (uint32_t)(2 + at);
        span.end = span.start + 1;
    }
    diag_error(checker->diags, span, E113, "%s", error);
}

/* A type that was named has its pattern where it is declared. */
static void
say_second(struct checker *checker, struct scope *scope,
           const struct ast_type *ast)
{
    const struct scope_name *name =
        scope_use(scope, SCOPE_TYPE, ast->name.text);
    struct diag *diag = diag_error(checker->diags, ast->matching.span, E018,
                                   "a type has one `matching`, and %s has it",
                                   checker_quote(checker, ast->name.text));

    diag_place(diag, name->span, "declared here");
    diag_help(diag, "write one pattern that says both, in a type of its own");
}

/* The automaton of a pattern; NULL, and said.  Large ones take time, so that a
 * run makes so many of them. */
static struct dfa *
compile_pattern(struct checker *checker, const struct ast_text *pattern)
{
    const char *error;
    size_t at;
    struct dfa *dfa;

    if (checker->large_patterns >= TYPES_MAX_LARGE) {
        diag_error(checker->diags, pattern->span, E113,
                   "%d patterns with large automata stand before this one, "
                   "and no more are compiled",
                   TYPES_MAX_LARGE);
        return NULL;
    }
    dfa = dfa_from_regex(checker->pool, pattern->text, strlen(pattern->text),
                         &error, &at);
    if (dfa == NULL) {
        checker->large_patterns += error == dfa_too_large;
        say_irregular(checker, pattern, error, at);
        return NULL;
    }
    if (dfa->n_states > DFA_LARGE_STATES) {
        checker->large_patterns++;
        diag_warn(checker->diags, pattern->span, W115,
                  "the automaton of this pattern has %u states",
                  dfa->n_states);
    }
    return dfa;
}

static bool
read_matching(struct checker *checker, struct scope *scope,
              const struct ast_type *ast, struct model_type *type)
{
    if (ast->matching.text == NULL) {
        return true;
    }
    if (type->matching != NULL) {
        say_second(checker, scope, ast);
        return false;
    }
    if (type->kind == ROUTES_TYPE_LIST || type->kind == ROUTES_TYPE_MAP) {
        diag_error(checker->diags, ast->matching.span, E113,
                   "a %s has no text to match: write `matching` on its "
                   "item",
                   builtin_of(type)->name);
        return false;
    }
    if (type->kind == ROUTES_TYPE_RECORD || type->kind == ROUTES_TYPE_JSON ||
        type->kind == ROUTES_TYPE_UPLOAD) {
        diag_error(checker->diags, ast->matching.span, E113,
                   "%s has no text to match", ast->name.text);
        return false;
    }
    if (types_is_special(type)) {
        diag_error(checker->diags, ast->matching.span, E113,
                   "%s has no text to match", ast->name.text);
        return false;
    }
    type->matching = ast->matching.text;
    type->matching_dfa = compile_pattern(checker, &ast->matching);
    if (type->matching_dfa == NULL) {
        return false;
    }
    if (dfa_empty(type->matching_dfa)) {
        diag_error(checker->diags, ast->matching.span, E114,
                   "no text matches this pattern");
        return false;
    }
    return true;
}

/* ---- one type ---- */

static void
say_unknown(struct checker *checker, struct scope *scope,
            const struct ast_type *ast)
{
    struct diag *diag =
        diag_error(checker->diags, ast->name.span, E112, "unknown type %s",
                   checker_quote(checker, ast->name.text));
    const char *help = foreign_find(FOREIGN_TYPE, ast->name.text);
    apr_array_header_t *words;

    if (help != NULL) {
        diag_help(diag, "%s", help);
        return;
    }
    words =
        apr_array_make(checker->pool, (int)N_BUILTINS, sizeof(const char *));
    for (size_t i = 0; i < N_BUILTINS; i++) {
        APR_ARRAY_PUSH(words, const char *) = builtins[i].name;
    }
    scope_suggest(scope, SCOPE_TYPE, words, ast->name.text, diag,
                  checker->diags);
}

/* A type of a later version, which may be the name of another one, too. */
static void
say_later(struct checker *checker, struct span span, const char *name)
{
    const char *help = foreign_find(FOREIGN_TYPE, name);
    struct diag *diag = checker_later(
        checker, span, apr_psprintf(checker->pool, "the type `%s`", name));

    if (help != NULL) {
        diag_help(diag, "%s", help);
    }
}

/* What stands in `returns` as it is, and nowhere else. */
static bool
is_of_answers(const char *name)
{
    return strcmp(name, "html") == 0 || strcmp(name, "text") == 0 ||
           strcmp(name, "file") == 0;
}

static void
say_of_answers(struct checker *checker, const struct ast_type *ast)
{
    const char *help = foreign_find(FOREIGN_TYPE, ast->name.text);
    struct diag *diag =
        diag_error(checker->diags, ast->span, E112,
                   "`%s` is what an answer is: it stands in `returns`, alone "
                   "or behind a status",
                   ast->name.text);

    if (help != NULL) {
        diag_help(diag, "%s", help);
    }
}

static bool
read_bounds(struct checker *checker, const struct builtin *builtin,
            const struct ast_type *ast, struct model_type *type)
{
    if (builtin->bounds == BOUNDS_LABELS) {
        return read_labels(checker, ast, type);
    }
    if (builtin->bounds == BOUNDS_UPLOAD) {
        return uploads_read(checker, ast, type);
    }
    return ast->args.first == NULL || read_range(checker, builtin, ast, type);
}

static struct model_type *
resolve_builtin(struct checker *checker, struct scope *scope,
                const struct ast_type *ast, const struct builtin *builtin)
{
    struct model_type *type = make_type(checker, builtin->kind, ast->span);

    if (builtin->kind == ROUTES_TYPE_NULL) {
        say_later(checker, ast->span, builtin->name);
        return broken_type(checker, ast->span);
    }
    if (!read_item(checker, scope, ast, type)) {
        return broken_type(checker, ast->span);
    }
    if (!read_bounds(checker, builtin, ast, type)) {
        return broken_type(checker, ast->span);
    }
    return type;
}

static void declare_type(struct checker *checker, struct scope_name *name);

/* What a name means, or NULL and said when it defines itself. */
static const struct model_type *
meaning_of(struct checker *checker, struct scope_name *name,
           const struct ast_type *ast)
{
    if (name->state == SCOPE_BUSY) {
        struct diag *diag = diag_error(checker->diags, ast->name.span, E322,
                                       "the type %s is defined by itself",
                                       checker_quote(checker, name->name));

        diag_place(diag, name->span, "defined here");
        return NULL;
    }
    if (name->state == SCOPE_UNKNOWN) {
        declare_type(checker, name);
    }
    return name->meaning;
}

static struct model_type *
resolve_named(struct checker *checker, struct scope_name *name,
              const struct ast_type *ast)
{
    const struct model_type *meaning = meaning_of(checker, name, ast);
    struct model_type *type;

    if (meaning == NULL || types_broken(meaning)) {
        return broken_type(checker, ast->span);
    }
    if (ast->args.first != NULL || ast->items.first != NULL) {
        struct diag *diag = diag_error(checker->diags, ast->span, E114,
                                       "%s takes no bounds", name->name);

        diag_place(diag, name->span, "its bounds stand here");
        return broken_type(checker, ast->span);
    }
    type = apr_pmemdup(checker->pool, meaning, sizeof(*meaning));
    type->span = ast->span;
    type->path_dfa = NULL;
    return type;
}

static struct model_type *
resolve_name(struct checker *checker, struct scope *scope,
             const struct ast_type *ast)
{
    struct scope_name *name = scope_use(scope, SCOPE_TYPE, ast->name.text);
    const struct builtin *builtin = find_builtin(ast->name.text);

    if (name != NULL) {
        return resolve_named(checker, name, ast);
    }
    if (is_of_answers(ast->name.text)) {
        say_of_answers(checker, ast);
        return broken_type(checker, ast->span);
    }
    if (builtin != NULL) {
        return resolve_builtin(checker, scope, ast, builtin);
    }
    if (!scope_lost(scope, SCOPE_TYPE, ast->name.text)) {
        say_unknown(checker, scope, ast);
    }
    return broken_type(checker, ast->span);
}

struct model_type *
types_resolve(struct checker *checker, struct scope *scope,
              const struct ast_type *ast)
{
    struct model_type *type;

    if (checker->type_depth >= TYPES_MAX_DEPTH) {
        checker_exceeds(checker, ast->span,
                        apr_psprintf(checker->pool,
                                     "a type through more than %d others",
                                     TYPES_MAX_DEPTH));
        return broken_type(checker, ast->span);
    }
    checker->type_depth++;
    type = resolve_name(checker, scope, ast);
    checker->type_depth--;
    if (types_broken(type) || !read_matching(checker, scope, ast, type)) {
        return broken_type(checker, ast->span);
    }
    if (ast->optional && types_is_special(type) &&
        type->kind != ROUTES_TYPE_PRINCIPAL) {
        diag_error(checker->diags, ast->span, E112,
                   "%s can't be optional: it is always there", ast->name.text);
        return broken_type(checker, ast->span);
    }
    type->optional |= ast->optional;
    spell(checker, type);
    return type;
}

bool
types_is_flat(const struct model_type *type)
{
    const struct model_type *scalar =
        type->kind == ROUTES_TYPE_LIST ? type->item : type;

    switch (scalar->kind) {
    case ROUTES_TYPE_LIST:
    case ROUTES_TYPE_MAP:
    case ROUTES_TYPE_RECORD:
    case ROUTES_TYPE_JSON:
    case ROUTES_TYPE_UPLOAD:
    case ROUTES_TYPE_FILE:
        return false;
    default:
        return true;
    }
}

/* ---- declarations ---- */

static void
check_capital(struct checker *checker, const struct scope_name *name)
{
    struct diag *diag;
    char *better;

    if (isupper((unsigned char)name->name[0])) {
        return;
    }
    diag = diag_error(checker->diags, name->span, E017,
                      "the name of a type begins with a capital, and %s does "
                      "not",
                      checker_quote(checker, name->name));
    better = apr_pstrdup(checker->pool, name->name);
    better[0] = (char)toupper((unsigned char)better[0]);
    if (isupper((unsigned char)better[0])) {
        diag_help(diag, "write %s", checker_quote(checker, better));
    }
}

static void
declare_type(struct checker *checker, struct scope_name *name)
{
    struct model_type *type;

    name->state = SCOPE_BUSY;
    if (name->stmt->kind == AST_RECORD) {
        type = make_type(checker, ROUTES_TYPE_RECORD, name->span);
        type->record = records_open(checker, name);
        spell(checker, type);
    }
    else {
        type = types_resolve(checker, name->scope, name->stmt->u.type.type);
    }
    type->name = name->name;
    name->meaning = type;
    name->state = SCOPE_KNOWN;
}

void
types_declare(struct checker *checker, struct scope *scope)
{
    const apr_array_header_t *names = scope_names(scope, SCOPE_TYPE);

    for (int i = 0; i < names->nelts; i++) {
        struct scope_name *name = APR_ARRAY_IDX(names, i, struct scope_name *);

        check_capital(checker, name);
        if (name->state == SCOPE_UNKNOWN) {
            declare_type(checker, name);
        }
    }
}

struct model_type *
types_of_answer(struct checker *checker, const struct ast_type *ast)
{
    struct model_type *type;

    if (strcmp(ast->name.text, "file") != 0 || ast->items.first != NULL ||
        ast->args.first != NULL || ast->matching.text != NULL) {
        return NULL;
    }
    type = make_type(checker, ROUTES_TYPE_FILE, ast->span);
    type->optional = ast->optional;
    spell(checker, type);
    return type;
}

struct model_type *
types_named(struct checker *checker, const char *name)
{
    const struct builtin *builtin = find_builtin(name);
    struct span nowhere = {0, 0, 0};
    struct model_type *type;

    if (builtin == NULL || builtin->kind == ROUTES_TYPE_NULL ||
        builtin->kind == ROUTES_TYPE_ENUM ||
        builtin->kind == ROUTES_TYPE_LIST ||
        builtin->kind == ROUTES_TYPE_MAP ||
        builtin->kind >= ROUTES_TYPE_REQUEST) {
        return NULL;
    }
    type = make_type(checker, builtin->kind, nowhere);
    spell(checker, type);
    return type;
}
