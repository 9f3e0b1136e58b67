/* SPDX-License-Identifier: Apache-2.0 */
/* realms: what a realm declares, by the options of its kind. */
#include "dslc/realms.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/model.h"
#include "dslc/suggest.h"

/* What the value of an option is. */
enum option_value {
    OPTION_FILE, /* a string: the path of a file */
    OPTION_TEXT, /* a string of one line */
    OPTION_WAITS /* not compiled yet */
};

struct option_row {
    const char *name;
    enum option_value value;
    size_t member; /* offset of a const char * in struct model_realm */
    bool required;
};

static const struct option_row basic_options[] = {
    {"file", OPTION_FILE, offsetof(struct model_realm, file), true},
    {"groups", OPTION_FILE, offsetof(struct model_realm, groups), false},
    {"title", OPTION_TEXT, offsetof(struct model_realm, title), false},
    {"provider", OPTION_WAITS, 0, false},
    {"check", OPTION_WAITS, 0, false},
    {NULL, OPTION_WAITS, 0, false},
};

static const struct kind_row {
    const char *name;
    enum routes_realm_kind kind; /* NULL: waits for a later version */
    const struct option_row *options;
} kinds[] = {
    {"basic", ROUTES_REALM_BASIC, basic_options},
    {"apache", ROUTES_REALM_NULL, NULL},
    {"session", ROUTES_REALM_NULL, NULL},
    {"jwt", ROUTES_REALM_NULL, NULL},
    {"mtls", ROUTES_REALM_NULL, NULL},
    {"apikey", ROUTES_REALM_NULL, NULL},
    {"hmac", ROUTES_REALM_NULL, NULL},
    {"python", ROUTES_REALM_NULL, NULL},
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* ---- kinds ---- */

static void
say_unknown_kind(struct checker *checker, const struct ast_text *kind)
{
    struct diag *diag = diag_error(checker->diags, kind->span, E016,
                                   "unknown kind of realm %s",
                                   checker_quote(checker, kind->text));
    apr_array_header_t *words =
        apr_array_make(checker->pool, (int)N_KINDS, sizeof(const char *));

    for (size_t i = 0; i < N_KINDS; i++) {
        APR_ARRAY_PUSH(words, const char *) = kinds[i].name;
    }
    suggest_help(checker->diags, diag, words, kind->text);
    diag_note(diag, "the kinds are %s",
              apr_array_pstrcat(checker->pool, words, ' '));
}

static const struct kind_row *
find_kind(struct checker *checker, const struct ast_text *kind)
{
    for (size_t i = 0; i < N_KINDS; i++) {
        if (strcmp(kinds[i].name, kind->text) != 0) {
            continue;
        }
        if (kinds[i].kind == ROUTES_REALM_NULL) {
            checker_waits(checker, kind->span,
                          apr_psprintf(checker->pool,
                                       "a realm of the kind `%s`",
                                       kind->text));
            return NULL;
        }
        return &kinds[i];
    }
    say_unknown_kind(checker, kind);
    return NULL;
}

/* ---- options ---- */

static void
say_unknown_option(struct checker *checker, const struct kind_row *kind,
                   const struct ast_text *name)
{
    struct diag *diag =
        diag_error(checker->diags, name->span, E016,
                   "a realm of the kind `%s` has no option %s", kind->name,
                   checker_quote(checker, name->text));
    apr_array_header_t *words =
        apr_array_make(checker->pool, 8, sizeof(const char *));

    for (const struct option_row *row = kind->options; row->name != NULL;
         row++) {
        APR_ARRAY_PUSH(words, const char *) = row->name;
    }
    suggest_help(checker->diags, diag, words, name->text);
    diag_note(diag, "its options are %s",
              apr_array_pstrcat(checker->pool, words, ' '));
}

static const struct option_row *
find_option(struct checker *checker, const struct kind_row *kind,
            const struct ast_text *name)
{
    for (const struct option_row *row = kind->options; row->name != NULL;
         row++) {
        if (strcmp(row->name, name->text) == 0) {
            return row;
        }
    }
    say_unknown_option(checker, kind, name);
    return NULL;
}

static const char *
read_string(struct checker *checker, const struct ast_option *option,
            const char *what)
{
    const struct ast_value *value = option->values.first;

    if (value != NULL && value->kind == AST_DOLLAR) {
        checker_waits(checker, value->span, "a setting as an option");
        return NULL;
    }
    if (value == NULL || value->next != NULL || value->kind != AST_STRING ||
        *value->text == '\0' || checker_has_control(value->text)) {
        diag_error(checker->diags, option->span, E016,
                   "`%s` takes one string, %s", option->name.text, what);
        return NULL;
    }
    return value->text;
}

static void
read_option(struct checker *checker, const struct option_row *row,
            const struct ast_option *option, struct model_realm *realm)
{
    const char **member = (const char **)(void *)((char *)realm + row->member);
    const char *text;

    if (row->value == OPTION_WAITS) {
        checker_waits(
            checker, option->span,
            apr_psprintf(checker->pool, "the option `%s`", row->name));
        return;
    }
    text = read_string(checker, option,
                       row->value == OPTION_FILE ? "the path of a file"
                                                 : "a text of one line");
    if (text != NULL) {
        *member = text;
    }
}

/* The first option of a name, up to one. */
static const struct ast_option *
find_before(const struct ast_option_list *options,
            const struct ast_option *option)
{
    const struct ast_option *before = options->first;

    while (before != option &&
           strcmp(before->name.text, option->name.text) != 0) {
        before = before->next;
    }
    return before == option ? NULL : before;
}

static bool
has_option(const struct ast_option_list *options, const char *name)
{
    for (const struct ast_option *option = options->first; option != NULL;
         option = option->next) {
        if (strcmp(option->name.text, name) == 0) {
            return true;
        }
    }
    return false;
}

static void
check_required(struct checker *checker, const struct kind_row *kind,
               const struct ast_stmt *stmt)
{
    for (const struct option_row *row = kind->options; row->name != NULL;
         row++) {
        if (row->required && !has_option(&stmt->u.realm.options, row->name) &&
            !has_option(&stmt->u.realm.options, "check") &&
            !has_option(&stmt->u.realm.options, "provider")) {
            diag_error(checker->diags, stmt->u.realm.name.span, E016,
                       "the realm %s needs the option `%s`",
                       checker_quote(checker, stmt->u.realm.name.text),
                       row->name);
        }
    }
}

static void
read_options(struct checker *checker, const struct kind_row *kind,
             const struct ast_stmt *stmt, struct model_realm *realm)
{
    const struct ast_option_list *options = &stmt->u.realm.options;
    int n = 0;

    /* so many are mistakes beyond what is printed: stop looking back */
    for (const struct ast_option *option = options->first;
         option != NULL && n < 2 * DIAG_MAX_ERRORS; option = option->next) {
        const struct ast_option *before = find_before(options, option);
        const struct option_row *row;

        n++;
        if (before != NULL) {
            struct diag *diag = diag_error(
                checker->diags, option->span, E018, "%s stands twice",
                checker_quote(checker, option->name.text));

            diag_place(diag, before->span, "first here");
            continue;
        }
        row = find_option(checker, kind, &option->name);
        if (row != NULL) {
            read_option(checker, row, option, realm);
        }
    }
    check_required(checker, kind, stmt);
}

/* ---- realms ---- */

static void
declare_realm(struct checker *checker, struct scope_name *name)
{
    const struct ast_stmt *stmt = name->stmt;
    const struct kind_row *kind = find_kind(checker, &stmt->u.realm.kind);
    struct model_realm *realm;

    name->state = SCOPE_KNOWN;
    if (kind == NULL) {
        return;
    }
    realm = apr_pcalloc(checker->pool, sizeof(*realm));
    realm->name = name->name;
    realm->kind = kind->kind;
    realm->title = name->name;
    realm->span = stmt->span;
    name->meaning = realm;
    read_options(checker, kind, stmt, realm);
    APR_ARRAY_PUSH(checker->model->realms, struct model_realm *) = realm;
}

void
realms_declare(struct checker *checker, const struct link_unit *unit)
{
    const apr_array_header_t *names = scope_names(unit->scope, SCOPE_REALM);

    for (int i = 0; i < names->nelts; i++) {
        struct scope_name *name = APR_ARRAY_IDX(names, i, struct scope_name *);

        if (!link_damaged(unit, name->stmt)) {
            declare_realm(checker, name);
        }
    }
}

static bool
has_realm(const apr_array_header_t *realms, const struct model_realm *realm)
{
    for (int i = 0; i < realms->nelts; i++) {
        if (MODEL_AT(realms, const struct model_realm, i) == realm) {
            return true;
        }
    }
    return false;
}

static void
say_unknown_realm(struct checker *checker, const struct scope *scope,
                  const struct ast_value *name)
{
    struct diag *diag =
        diag_error(checker->diags, name->span, E302, "unknown realm %s",
                   checker_quote(checker, name->text));

    if (!scope_suggest(scope, SCOPE_REALM, NULL, name->text, diag,
                       checker->diags)) {
        diag_help(diag, "declare it: realm %s = basic { file \"…\" }",
                  name->text);
    }
}

apr_array_header_t *
realms_named(struct checker *checker, struct scope *scope,
             const struct ast_value_list *names, bool *whole)
{
    apr_array_header_t *realms =
        apr_array_make(checker->pool, 2, sizeof(struct model_realm *));

    *whole = true;
    for (const struct ast_value *name = names->first; name != NULL;
         name = name->next) {
        struct scope_name *found = scope_use(scope, SCOPE_REALM, name->text);

        if (found == NULL && !scope_lost(scope, SCOPE_REALM, name->text)) {
            say_unknown_realm(checker, scope, name);
        }
        if (found == NULL || found->meaning == NULL) {
            *whole = false;
        }
        else if (realms->nelts >= REALMS_MAX_TRIED) {
            checker_exceeds(checker, name->span,
                            apr_psprintf(checker->pool,
                                         "an `auth` of more than %d realms",
                                         REALMS_MAX_TRIED));
            break;
        }
        else if (has_realm(realms, found->meaning)) {
            diag_error(checker->diags, name->span, E018,
                       "the realm %s stands twice in this `auth`",
                       checker_quote(checker, name->text));
        }
        else {
            APR_ARRAY_PUSH(realms, struct model_realm *) = found->meaning;
        }
    }
    return realms;
}
