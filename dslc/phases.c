/* SPDX-License-Identifier: Apache-2.0 */
/* phases: what runs beside the routes: interpreters, hooks, filters, events,
 * and the options that they read. */
#include "dslc/phases.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/callee.h"
#include "dslc/scope.h"
#include "dslc/suggest.h"

/* ---- words -------------------------------------------------------------- */

/* Names that a phase may have; before: httpd runs it before a route is
 * known. */
static const struct word {
    const char *name;
    bool before;
} hooks[] = {
    {"post_read", true}, {"translate", true}, {"header_parser", false},
    {"init", false},     {"access", false},   {"authn", false},
    {"authz", false},    {"type", false},     {"fixup", false},
    {"log", false},      {"cleanup", false},  {"connection", true},
    {NULL, false},
};
static const struct word filters[] = {
    {"input", false}, {"output", false}, {NULL, false}};
static const struct word events[] = {
    {"child_start", false}, {"child_stop", false}, {NULL, false}};
static const struct word per[] = {
    {"site", false}, {"directory", false}, {NULL, false}};

static const struct word *
find_word(const struct word *words, const char *name)
{
    while (words->name != NULL && strcmp(words->name, name) != 0) {
        words++;
    }
    return words->name == NULL ? NULL : words;
}

/* The word, or NULL, and said with those that there are. */
static const struct word *
read_word(struct checker *checker, const struct word *words,
          const struct ast_text *name, const char *what, enum diag_code code)
{
    const struct word *found = find_word(words, name->text);
    apr_array_header_t *names;
    struct diag *diag;

    if (found != NULL) {
        return found;
    }
    diag = diag_error(checker->diags, name->span, code, "%s %s is none", what,
                      checker_quote(checker, name->text));
    names = apr_array_make(checker->pool, 12, sizeof(const char *));
    for (; words->name != NULL; words++) {
        APR_ARRAY_PUSH(names, const char *) = words->name;
    }
    suggest_help(checker->diags, diag, names, name->text);
    diag_note(diag, "there is %s",
              apr_array_pstrcat(checker->pool, names, ' '));
    return NULL;
}

/* ---- interpreters ------------------------------------------------------- */

enum form {
    FORM_GIL,     /* own, shared */
    FORM_COUNT,   /* 1 or more */
    FORM_COPIES,  /* the same, or auto */
    FORM_MODULES, /* shop.app, … */
};

static const struct option_row {
    const char *name;
    enum form form;
    const char *takes;
} options[] = {
    {"gil", FORM_GIL, "`own` or `shared`"},
    {"threads", FORM_COUNT, "a number from 1"},
    {"copies", FORM_COPIES, "a number from 1, or `auto`"},
    {"preload", FORM_MODULES, "modules"},
};

#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

static bool
is_word(const struct ast_value *value, const char *word)
{
    return value->kind == AST_WORD && strcmp(value->text, word) == 0;
}

static bool
is_count(const struct ast_value *value)
{
    return value->kind == AST_INT && value->number >= 1;
}

static bool
are_modules(const struct ast_value *value)
{
    while (value != NULL && value->kind == AST_WORD) {
        value = value->next;
    }
    return value == NULL;
}

static bool
has_form(const struct option_row *row, const struct ast_value *value)
{
    if (value == NULL || (value->next != NULL && row->form != FORM_MODULES)) {
        return false;
    }
    switch (row->form) {
    case FORM_GIL:
        return is_word(value, "own") || is_word(value, "shared");
    case FORM_COUNT:
        return is_count(value);
    case FORM_COPIES:
        return is_count(value) || is_word(value, "auto");
    case FORM_MODULES:
        return are_modules(value);
    }
    return false;
}

static void
check_option(struct checker *checker, const struct ast_option *option)
{
    apr_array_header_t *names =
        apr_array_make(checker->pool, (int)N_OPTIONS, sizeof(const char *));
    struct diag *diag;

    for (size_t i = 0; i < N_OPTIONS; i++) {
        APR_ARRAY_PUSH(names, const char *) = options[i].name;
        if (strcmp(options[i].name, option->name.text) != 0) {
            continue;
        }
        if (!has_form(&options[i], option->values.first)) {
            diag_error(checker->diags, option->span, E016, "`%s` takes %s",
                       options[i].name, options[i].takes);
        }
        return;
    }
    diag = diag_error(checker->diags, option->name.span, E016,
                      "an interpreter has no option %s",
                      checker_quote(checker, option->name.text));
    suggest_help(checker->diags, diag, names, option->name.text);
    diag_note(diag, "its options are %s",
              apr_array_pstrcat(checker->pool, names, ' '));
}

/* Whether one of the same name stands before it. */
static bool
refuse_twice(struct checker *checker, const struct ast_option *first,
             const struct ast_option *option)
{
    for (; first != option; first = first->next) {
        if (strcmp(first->name.text, option->name.text) == 0) {
            diag_place(diag_error(checker->diags, option->span, E018,
                                  "%s stands twice",
                                  checker_quote(checker, option->name.text)),
                       first->span, "first here");
            return true;
        }
    }
    return false;
}

void
phases_declare(struct checker *checker, const struct link_unit *unit)
{
    const apr_array_header_t *names =
        scope_names(unit->scope, SCOPE_INTERPRETER);

    for (int i = 0; i < names->nelts; i++) {
        const struct scope_name *name =
            APR_ARRAY_IDX(names, i, const struct scope_name *);
        const struct ast_option *first = name->stmt->u.realm.options.first;
        int n = 0;

        /* so many are mistakes beyond what is printed: stop looking back */
        for (const struct ast_option *option = first;
             option != NULL && n < 2 * DIAG_MAX_ERRORS;
             option = option->next) {
            n++;
            if (!refuse_twice(checker, first, option)) {
                check_option(checker, option);
            }
        }
    }
}

static void
check_interpreter(struct checker *checker, struct scope *scope,
                  const struct ast_stmt *stmt)
{
    const struct ast_text *name = &stmt->u.interpreter.name;
    struct diag *diag;

    if (stmt->u.interpreter.per) {
        read_word(checker, per, name, "an interpreter per", E016);
        return;
    }
    if (strcmp(name->text, "main") == 0 ||
        scope_use(scope, SCOPE_INTERPRETER, name->text) != NULL ||
        scope_lost(scope, SCOPE_INTERPRETER, name->text)) {
        return;
    }
    diag = diag_error(checker->diags, name->span, E512,
                      "there is no interpreter %s",
                      checker_quote(checker, name->text));
    if (!scope_suggest(scope, SCOPE_INTERPRETER, NULL, name->text, diag,
                       checker->diags)) {
        diag_help(diag,
                  "declare it: interpreter %s { gil own }, or write "
                  "`interpreter per site`",
                  name->text);
    }
}

/* ---- functions ---------------------------------------------------------- */

static struct model_function *
add_function(struct checker *checker, struct scope *scope,
             const struct ast_pyref *pyref)
{
    return callee_function(checker, scope, pyref->module.text,
                           pyref->object.text, pyref->span);
}

static void
check_hook(struct checker *checker, struct scope *scope,
           const struct ast_stmt *stmt, enum clause_where where)
{
    const struct word *word =
        read_word(checker, hooks, &stmt->u.hook.name, "the phase", E501);

    if (word != NULL && word->before &&
        (where & (CLAUSE_FILE | CLAUSE_HOST)) == 0) {
        struct diag *diag = diag_error(
            checker->diags, stmt->u.hook.name.span, E502,
            "the phase `%s` runs before a route is known", word->name);

        diag_help(diag, "it stands in a file or a host");
    }
    for (const struct ast_pyref *pyref = stmt->u.hook.pyrefs.first;
         pyref != NULL; pyref = pyref->next) {
        add_function(checker, scope, pyref);
    }
}

static void
check_event(struct checker *checker, struct scope *scope,
            const struct ast_stmt *stmt)
{
    const struct ast_pyref *pyref = stmt->u.hook.pyrefs.first;
    const struct word *word =
        read_word(checker, events, &stmt->u.hook.name, "the event", E501);
    struct model_event *event = apr_pcalloc(checker->pool, sizeof(*event));
    struct model_call *call = apr_pcalloc(checker->pool, sizeof(*call));

    event->function = add_function(checker, scope, pyref);
    event->span = pyref->span;
    if (word == NULL) {
        return;
    }
    event->kind =
        word == events ? ROUTES_EVENT_CHILD_START : ROUTES_EVENT_CHILD_STOP;
    APR_ARRAY_PUSH(checker->model->events, struct model_event *) = event;
    call->function = event->function;
    call->what =
        apr_pstrcat(checker->pool, "a function on `", word->name, "`", NULL);
    call->given = "nothing";
    call->span = pyref->span;
    APR_ARRAY_PUSH(checker->model->calls, struct model_call *) = call;
}

/* type/subtype or type/ and a star, without parameters. */
static bool
is_range(const char *mime)
{
    const char *slash = strchr(mime, '/');

    return slash != NULL && slash != mime && slash[1] != '\0' &&
           *mime != '*' && strpbrk(mime, "; ,") == NULL &&
           (strchr(slash, '*') == NULL || strcmp(slash, "/*") == 0);
}

static void
check_filter(struct checker *checker, struct scope *scope,
             const struct ast_stmt *stmt)
{
    const struct ast_text *mime = &stmt->u.filter.mime;

    read_word(checker, filters, &stmt->u.filter.name, "the filter", E501);
    if (mime->text != NULL && !is_range(mime->text)) {
        struct diag *diag =
            diag_error(checker->diags, mime->span, E503,
                       "%s is no media type that a filter can be for",
                       checker_quote(checker, mime->text));

        diag_help(diag, "write one such as text/html or image/*");
    }
    add_function(checker, scope, stmt->u.filter.pyref);
}

/* ---- options ------------------------------------------------------------ */

/* They are merged by name, so that one block has each once. */
static void
check_options(struct checker *checker, const struct ast_stmt *first)
{
    apr_hash_t *names = apr_hash_make(checker->pool);

    for (const struct ast_stmt *stmt = first; stmt != NULL;
         stmt = clause_next(stmt)) {
        const struct ast_text *name = &stmt->u.pair.name;
        const struct ast_stmt *before =
            apr_hash_get(names, name->text, APR_HASH_KEY_STRING);

        apr_hash_set(names, name->text, APR_HASH_KEY_STRING, stmt);
        if (before != NULL) {
            diag_place(diag_error(checker->diags, name->span, E018,
                                  "the option %s stands twice in this block",
                                  checker_quote(checker, name->text)),
                       before->span, "first here");
        }
    }
}

/* ---- a block ------------------------------------------------------------ */

void
phases_check(struct checker *checker, struct scope *scope,
             const struct clause_set *set, enum clause_where where)
{
    if (set->one[AST_INTERPRETER] != NULL) {
        check_interpreter(checker, scope, set->one[AST_INTERPRETER]);
    }
    if (set->one[AST_OPTION] != NULL) {
        check_options(checker, set->one[AST_OPTION]);
    }
    for (const struct ast_stmt *stmt = set->first; stmt != NULL;
         stmt = stmt->next) {
        if ((clause_row(stmt->kind)->where & (unsigned)where) == 0) {
            continue;
        }
        if (stmt->kind == AST_HOOK) {
            check_hook(checker, scope, stmt, where);
        }
        else if (stmt->kind == AST_FILTER) {
            check_filter(checker, scope, stmt);
        }
        else if (stmt->kind == AST_ON) {
            check_event(checker, scope, stmt);
        }
    }
}
