/* SPDX-License-Identifier: Apache-2.0 */
/* types: what a written type means. */
#include "dslc/types.h"

#include <ctype.h>
#include <string.h>

#include <apr_strings.h>

#include "dslc/bounds.h"
#include "dslc/builtin.h"
#include "dslc/foreign.h"
#include "dslc/matching.h"
#include "dslc/raw.h"
#include "dslc/records.h"
#include "dslc/spell.h"
#include "dslc/uploads.h"

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

/* ---- one type ---- */

static void
say_unknown(struct checker *checker, struct scope *scope,
            const struct ast_type *ast)
{
    struct diag *diag =
        diag_error(checker->diags, ast->name.span, E112, "unknown type %s",
                   checker_quote(checker, ast->name.text));
    const char *help = foreign_find(FOREIGN_TYPE, ast->name.text);

    if (help != NULL) {
        diag_help(diag, "%s", help);
        return;
    }
    scope_suggest(scope, SCOPE_TYPE, builtin_names(checker->pool),
                  ast->name.text, diag, checker->diags);
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
    if (!bounds_read(checker, builtin, ast, type)) {
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
    const struct builtin *builtin = builtin_find(ast->name.text);

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
    if (types_broken(type) || !matching_read(checker, scope, ast, type)) {
        return broken_type(checker, ast->span);
    }
    if (ast->optional && types_is_special(type) &&
        type->kind != ROUTES_TYPE_PRINCIPAL) {
        diag_error(checker->diags, ast->span, E112,
                   "%s can't be optional: it is always there", ast->name.text);
        return broken_type(checker, ast->span);
    }
    type->optional |= ast->optional;
    spell_type(checker, type);
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
        spell_type(checker, type);
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
    spell_type(checker, type);
    return type;
}

struct model_type *
types_named(struct checker *checker, const char *name)
{
    const struct builtin *builtin = builtin_find(name);
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
    spell_type(checker, type);
    return type;
}
