/* SPDX-License-Identifier: Apache-2.0 */
/* scope: the names that a file declares, and those it sees. */
#include "dslc/scope.h"

#include <ctype.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "dslc/suggest.h"

struct scope {
    apr_pool_t *pool;
    struct scope *outer; /* borrowed */
    struct {
        apr_hash_t *by_name;
        apr_hash_t *lost;          /* names whose declaration may be lost */
        bool all_lost;             /* any name's may be */
        apr_array_header_t *names; /* struct scope_name *, as written */
    } spaces[SCOPE_SPACES];
};

/* What messages call a name of each space. */
static const char *const space_words[SCOPE_SPACES] = {
    [SCOPE_MODULE] = "import", [SCOPE_SETTING] = "setting",
    [SCOPE_TYPE] = "type",     [SCOPE_REALM] = "realm",
    [SCOPE_RULE] = "rule",     [SCOPE_INTERPRETER] = "interpreter",
    [SCOPE_METHOD] = "method",
};

/* ---- what syntax errors took away ---- */

static bool
is_word(char c)
{
    return isalnum((unsigned char)c) != 0 || c == '_';
}

/* The space that a keyword declares a name of; SCOPE_SPACES for none. */
static enum scope_space
space_of(const char *word, size_t length)
{
    for (int i = 0; i < SCOPE_SPACES; i++) {
        if (strlen(space_words[i]) == length &&
            strncmp(space_words[i], word, length) == 0) {
            return (enum scope_space)i;
        }
    }
    return length == 6 && strncmp("record", word, 6) == 0 ? SCOPE_TYPE
                                                          : SCOPE_SPACES;
}

static size_t
word_length(const char *text)
{
    size_t length = 0;

    while (is_word(text[length])) {
        length++;
    }
    return length;
}

/* Every name that stands behind a keyword, wherever that is: too many rather
 * than too few. */
static void
find_lost(struct scope *scope, const char *text)
{
    while (*text != '\0') {
        size_t length = word_length(text);
        enum scope_space space = space_of(text, length);
        const char *name = text + length + strspn(text + length, " \t");

        if (space != SCOPE_SPACES && word_length(name) > 0) {
            apr_hash_set(scope->spaces[space].lost,
                         apr_pstrmemdup(scope->pool, name, word_length(name)),
                         APR_HASH_KEY_STRING, scope);
        }
        text += length > 0 ? length : 1;
    }
}

/* `type = str`: of which name is lost, too. */
static void
lose_space(struct scope *scope, const char *line, const char *end)
{
    enum scope_space space;
    size_t length;

    while (line < end && (*line == ' ' || *line == '\t')) {
        line++;
    }
    length = word_length(line);
    space = space_of(line, length);
    line += length;
    while (line < end && (*line == ' ' || *line == '\t')) {
        line++;
    }
    if (space != SCOPE_SPACES && (line == end || !is_word(*line))) {
        scope->spaces[space].all_lost = true;
    }
}

void
scope_lose(struct scope *scope, const char *line, size_t length)
{
    const char *end = line + length;

    lose_space(scope, line, end);

    while (line < end) {
        const char *word = line;

        while (line < end && (is_word(*line) || *line == '-')) {
            line++; /* names of methods have hyphens */
        }
        for (int i = 0; i < SCOPE_SPACES && line > word; i++) {
            apr_hash_set(
                scope->spaces[i].lost,
                apr_pstrmemdup(scope->pool, word, (size_t)(line - word)),
                APR_HASH_KEY_STRING, scope);
        }
        line += line == word;
    }
}

bool
scope_lost(const struct scope *scope, enum scope_space space, const char *name)
{
    for (; scope != NULL; scope = scope->outer) {
        if (scope->spaces[space].all_lost ||
            apr_hash_get(scope->spaces[space].lost, name,
                         APR_HASH_KEY_STRING) != NULL) {
            return true;
        }
    }
    return false;
}

struct scope *
scope_make(apr_pool_t *pool, struct scope *outer, const char *broken)
{
    struct scope *scope = apr_pcalloc(pool, sizeof(*scope));

    scope->pool = pool;
    scope->outer = outer;
    for (int i = 0; i < SCOPE_SPACES; i++) {
        scope->spaces[i].by_name = apr_hash_make(pool);
        scope->spaces[i].lost = apr_hash_make(pool);
        scope->spaces[i].names =
            apr_array_make(pool, 4, sizeof(struct scope_name *));
    }
    if (broken != NULL) {
        find_lost(scope, broken);
    }
    return scope;
}

/* The declaration of a name that the scope sees, or NULL. */
static struct scope_name *
find_name(const struct scope *scope, enum scope_space space, const char *name)
{
    for (; scope != NULL; scope = scope->outer) {
        struct scope_name *found = apr_hash_get(scope->spaces[space].by_name,
                                                name, APR_HASH_KEY_STRING);

        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

struct scope_name *
scope_use(struct scope *scope, enum scope_space space, const char *name)
{
    struct scope_name *found = find_name(scope, space, name);

    /* an import that an included file repeats is two with one name */
    for (; scope != NULL; scope = scope->outer) {
        struct scope_name *same = apr_hash_get(scope->spaces[space].by_name,
                                               name, APR_HASH_KEY_STRING);

        if (same != NULL) {
            same->used = true;
        }
    }
    return found;
}

const apr_array_header_t *
scope_names(const struct scope *scope, enum scope_space space)
{
    return scope->spaces[space].names;
}

static void
add_seen(apr_array_header_t *words, const struct scope *scope,
         enum scope_space space)
{
    for (; scope != NULL; scope = scope->outer) {
        const apr_array_header_t *names = scope->spaces[space].names;

        for (int i = 0; i < names->nelts; i++) {
            if (words->nelts >= SUGGEST_MAX_WORDS) {
                return;
            }
            APR_ARRAY_PUSH(words, const char *) =
                APR_ARRAY_IDX(names, i, struct scope_name *)->name;
        }
    }
}

bool
scope_suggest(const struct scope *scope, enum scope_space space,
              const apr_array_header_t *more, const char *name,
              struct diag *diag, struct diag_list *diags)
{
    apr_array_header_t *words;

    if (!suggest_wanted(diags)) {
        return false;
    }
    words = more != NULL ? apr_array_copy(scope->pool, more)
                         : apr_array_make(scope->pool, 8, sizeof(char *));
    add_seen(words, scope, space);
    return suggest_help(diags, diag, words, name);
}

/* An included file may repeat the import of the one including it. */
static bool
is_same_import(const struct scope *scope, const struct scope_name *before,
               const struct ast_stmt *stmt)
{
    return before->space == SCOPE_MODULE && before->scope != scope &&
           strcmp(before->stmt->u.import.module.text,
                  stmt->u.import.module.text) == 0;
}

static void
declare(struct scope *scope, enum scope_space space,
        const struct ast_stmt *stmt, struct ast_text name,
        struct diag_list *diags)
{
    struct scope_name *before = find_name(scope, space, name.text);
    struct scope_name *made;

    if (before != NULL && !is_same_import(scope, before, stmt)) {
        struct diag *diag =
            diag_error(diags, name.span, E010, "%s %s is defined twice",
                       space_words[space], diag_quote(diags, name.text));

        diag_place(diag, before->span, "first defined here");
        before->used = true;
        return;
    }
    made = apr_pcalloc(scope->pool, sizeof(*made));
    made->space = space;
    made->name = name.text;
    made->span = name.span;
    made->stmt = stmt;
    made->scope = scope;
    apr_hash_set(scope->spaces[space].by_name, name.text, APR_HASH_KEY_STRING,
                 made);
    APR_ARRAY_PUSH(scope->spaces[space].names, struct scope_name *) = made;
}

/* One method may be declared at several places: the names are httpd's. */
static void
declare_methods(struct scope *scope, const struct ast_stmt *stmt,
                struct diag_list *diags)
{
    for (const struct ast_value *name = stmt->u.names.first; name != NULL;
         name = name->next) {
        struct ast_text text = {name->text, name->span};

        if (find_name(scope, SCOPE_METHOD, name->text) == NULL) {
            declare(scope, SCOPE_METHOD, stmt, text, diags);
        }
    }
}

static void
declare_stmt(struct scope *scope, const struct ast_stmt *stmt,
             struct diag_list *diags)
{
    if (stmt->kind == AST_IMPORT) {
        bool alias = stmt->u.import.alias.text != NULL;

        declare(scope, SCOPE_MODULE, stmt,
                alias ? stmt->u.import.alias : stmt->u.import.module, diags);
    }
    else if (stmt->kind == AST_SETTING) {
        declare(scope, SCOPE_SETTING, stmt, stmt->u.setting.name, diags);
    }
    else if (stmt->kind == AST_TYPE) {
        declare(scope, SCOPE_TYPE, stmt, stmt->u.type.name, diags);
    }
    else if (stmt->kind == AST_RECORD) {
        declare(scope, SCOPE_TYPE, stmt, stmt->u.record.name, diags);
    }
    else if (stmt->kind == AST_REALM) {
        declare(scope, SCOPE_REALM, stmt, stmt->u.realm.name, diags);
    }
    else if (stmt->kind == AST_RULE) {
        declare(scope, SCOPE_RULE, stmt, stmt->u.rule.name, diags);
    }
    else if (stmt->kind == AST_INTERPRETER_DECL) {
        declare(scope, SCOPE_INTERPRETER, stmt, stmt->u.realm.name, diags);
    }
    else if (stmt->kind == AST_METHOD) {
        declare_methods(scope, stmt, diags);
    }
}

/* `unused` names a declaration of any space. */
static bool
use_anywhere(struct scope *scope, const char *name)
{
    bool found = false;

    for (int i = 0; i < SCOPE_SPACES; i++) {
        found = scope_use(scope, (enum scope_space)i, name) != NULL || found;
    }
    return found;
}

static bool
lost_anywhere(const struct scope *scope, const char *name)
{
    for (int i = 0; i < SCOPE_SPACES; i++) {
        if (scope_lost(scope, (enum scope_space)i, name)) {
            return true;
        }
    }
    return false;
}

static void
say_undefined(struct scope *scope, const struct ast_value *name,
              struct diag_list *diags)
{
    struct diag *diag = diag_error(diags, name->span, E011,
                                   "`unused` names %s, which is not declared",
                                   diag_quote(diags, name->text));

    for (int i = 0; i < SCOPE_SPACES; i++) {
        if (scope_suggest(scope, (enum scope_space)i, NULL, name->text, diag,
                          diags)) {
            return;
        }
    }
}

static void
apply_unused(struct scope *scope, const struct ast_stmt *stmt,
             struct diag_list *diags)
{
    for (const struct ast_value *name = stmt->u.names.first; name != NULL;
         name = name->next) {
        if (!use_anywhere(scope, name->text) &&
            !lost_anywhere(scope, name->text)) {
            say_undefined(scope, name, diags);
        }
    }
}

void
scope_declare(struct scope *scope, const struct ast_file *ast,
              struct diag_list *diags)
{
    const struct ast_stmt *stmt;

    for (stmt = ast->stmts.first; stmt != NULL; stmt = stmt->next) {
        declare_stmt(scope, stmt, diags);
    }
    for (stmt = ast->stmts.first; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == AST_UNUSED) {
            apply_unused(scope, stmt, diags);
        }
    }
}

void
scope_warn_unused(const struct scope *scope, struct diag_list *diags)
{
    for (int i = 0; i < SCOPE_SPACES; i++) {
        const apr_array_header_t *names = scope->spaces[i].names;

        for (int j = 0; j < names->nelts; j++) {
            const struct scope_name *name =
                APR_ARRAY_IDX(names, j, struct scope_name *);
            struct diag *diag;

            if (name->used || i == SCOPE_INTERPRETER || i == SCOPE_METHOD) {
                continue;
            }
            diag = diag_warn(diags, name->span, W012, "%s %s is never used",
                             space_words[i], diag_quote(diags, name->name));
            diag_help(diag, "remove it, or write `unused %s`", name->name);
        }
    }
}
