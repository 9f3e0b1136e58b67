/* SPDX-License-Identifier: Apache-2.0 */
/* realms: what a realm declares, by the options of its kind. */
#include "dslc/realms.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/callee.h"
#include "dslc/foreign.h"
#include "dslc/model.h"
#include "dslc/settings.h"
#include "dslc/suggest.h"
#include "runtime/challenge.h"
#include "runtime/option.h"
#include "runtime/signed.h"

#define MILLISECONDS 1000 /* of a second */

/* The kinds of the language; what each takes is in runtime/option.c. */
static const struct kind_row {
    const char *name;
    enum routes_realm_kind kind;
    bool browser; /* a browser sends the credentials by itself */
} kinds[] = {
    {"basic", ROUTES_REALM_BASIC, true},
    {"apache", ROUTES_REALM_APACHE, true},
    {"session", ROUTES_REALM_SESSION, true},
    {"jwt", ROUTES_REALM_JWT, false},
    {"mtls", ROUTES_REALM_MTLS, true},
    {"apikey", ROUTES_REALM_APIKEY, false},
    {"hmac", ROUTES_REALM_HMAC, false},
    {"python", ROUTES_REALM_PYTHON, true},
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* ---- kinds ---- */

static void
say_unknown_kind(struct checker *checker, const struct ast_text *kind)
{
    struct diag *diag = diag_error(checker->diags, kind->span, E016,
                                   "unknown kind of realm %s",
                                   checker_quote(checker, kind->text));
    const char *foreign = foreign_find(FOREIGN_REALM, kind->text);
    apr_array_header_t *words =
        apr_array_make(checker->pool, (int)N_KINDS, sizeof(const char *));

    for (size_t i = 0; i < N_KINDS; i++) {
        APR_ARRAY_PUSH(words, const char *) = kinds[i].name;
    }
    if (foreign != NULL) {
        diag_help(diag, "%s", foreign);
    }
    else {
        suggest_help(checker->diags, diag, words, kind->text);
    }
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
        return &kinds[i];
    }
    say_unknown_kind(checker, kind);
    return NULL;
}

/* ---- options ---- */

/* What is written behind an option's name, in words. */
static const char *
form_text(const struct routes_option_row *row)
{
    switch (row->form) {
    case ROUTES_FORM_TEXT:
        return "one string, a text of one line";
    case ROUTES_FORM_FILE:
        return "one string, the path of a file";
    case ROUTES_FORM_WORD:
        return "one name";
    case ROUTES_FORM_WORDS:
        return "names, one or more";
    case ROUTES_FORM_FIELD:
        return "one string, the name of a header field";
    case ROUTES_FORM_PATH:
        return "one string, a path that begins with one `/`";
    case ROUTES_FORM_TEMPLATE:
        return "one string";
    case ROUTES_FORM_DURATION:
        return "a duration, such as 30s";
    case ROUTES_FORM_FLAG:
        return "`true` or `false`";
    case ROUTES_FORM_FUNCTION:
        return "a function, as module:name";
    }
    return "";
}

/* Whether a row is for another value of the option that the row before it is
 * for. */
static bool
has_same_name(const struct routes_option_row *row)
{
    return row != routes_option_rows && row[-1].kind == row->kind &&
           strcmp(row[-1].name, row->name) == 0;
}

/* The words that a kind's options are called. */
static apr_array_header_t *
option_names(struct checker *checker, const struct kind_row *kind)
{
    apr_array_header_t *words =
        apr_array_make(checker->pool, 8, sizeof(const char *));

    for (const struct routes_option_row *row = routes_option_rows;
         row->name != NULL; row++) {
        if (row->kind == kind->kind && !has_same_name(row)) {
            APR_ARRAY_PUSH(words, const char *) = row->name;
        }
    }
    return words;
}

static void
say_unknown_option(struct checker *checker, const struct kind_row *kind,
                   const struct ast_text *name)
{
    struct diag *diag =
        diag_error(checker->diags, name->span, E016,
                   "a realm of the kind `%s` has no option %s", kind->name,
                   checker_quote(checker, name->text));
    apr_array_header_t *words = option_names(checker, kind);

    suggest_help(checker->diags, diag, words, name->text);
    diag_note(diag, "its options are %s",
              apr_array_pstrcat(checker->pool, words, ' '));
}

static const struct routes_option_row *
find_option(struct checker *checker, const struct kind_row *kind,
            const struct ast_option *option)
{
    for (const struct routes_option_row *row = routes_option_rows;
         row->name != NULL; row++) {
        if (row->kind == kind->kind &&
            strcmp(row->name, option->name.text) == 0) {
            return row;
        }
    }
    say_unknown_option(checker, kind, &option->name);
    return NULL;
}

static bool
is_line(const struct ast_value *value)
{
    return *value->text != '\0' && !checker_has_control(value->text);
}

/* A token of RFC 9110. */
static bool
is_field(const char *text)
{
    return *text != '\0' &&
           text[strspn(text, "!#$%&'*+-.^_`|~0123456789"
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

/* A path of ours: what a browser takes for another server is none. */
static bool
is_own_path(const struct ast_value *value)
{
    return value->kind == AST_STRING && is_line(value) &&
           value->text[0] == '/' && value->text[1] != '/' &&
           strchr(value->text, '\\') == NULL;
}

/* Fills the option from one value; false if it has another form.  A setting
 * that can't be meant leaves it without a text: why is said. */
static bool
take_value(struct checker *checker, struct scope *scope,
           const struct ast_value *value, struct model_option *option)
{
    option->text = value->text;
    switch (option->row->form) {
    case ROUTES_FORM_TEXT:
    case ROUTES_FORM_FILE:
        if (value->kind == AST_DOLLAR) {
            option->text = settings_text(checker, scope, value, E016);
            return true;
        }
        return value->kind == AST_STRING && is_line(value);
    case ROUTES_FORM_WORD:
    case ROUTES_FORM_WORDS:
        return (value->kind == AST_STRING || value->kind == AST_WORD) &&
               is_line(value);
    case ROUTES_FORM_FIELD:
        return (value->kind == AST_STRING || value->kind == AST_WORD) &&
               is_field(value->text);
    case ROUTES_FORM_PATH:
        return is_own_path(value);
    case ROUTES_FORM_TEMPLATE:
        return value->kind == AST_STRING && *value->text != '\0';
    case ROUTES_FORM_DURATION:
        option->text = NULL;
        option->number = value->number / MILLISECONDS;
        return value->kind == AST_DURATION &&
               value->number % MILLISECONDS == 0;
    case ROUTES_FORM_FLAG:
        option->text = NULL;
        option->number = value->kind == AST_TRUE;
        return value->kind == AST_TRUE || value->kind == AST_FALSE;
    case ROUTES_FORM_FUNCTION:
        option->text = NULL;
        if (value->kind != AST_PYREF || value->pyref->module.text == NULL) {
            return false;
        }
        option->function =
            callee_function(checker, scope, value->pyref->module.text,
                            value->pyref->object.text, value->span);
        return true;
    }
    return false;
}

/* The realm's first option of a key, or NULL. */
static const struct model_option *
find_key(const struct model_realm *realm, enum routes_option_key key)
{
    for (int i = 0; i < realm->options->nelts; i++) {
        const struct model_option *option =
            MODEL_AT(realm->options, const struct model_option, i);

        if (option->row->key == key) {
            return option;
        }
    }
    return NULL;
}

/* Reads a value, or all of those of WORDS, and moves *value behind; false if
 * it doesn't have the row's form. */
static bool
take_values(struct checker *checker, struct scope *scope,
            const struct routes_option_row *row,
            const struct ast_value **value, struct model_realm *realm)
{
    if (*value == NULL) {
        return false;
    }
    if (find_key(realm, row->key) != NULL) {
        diag_error(checker->diags, (*value)->span, E018,
                   "the %s of the realm is said twice",
                   row->lead != NULL ? row->lead : row->name);
    }
    do {
        struct model_option *option =
            apr_pcalloc(checker->pool, sizeof(*option));

        option->row = row;
        option->span = (*value)->span;
        if (!take_value(checker, scope, *value, option)) {
            return false;
        }
        if ((*value)->kind != AST_DOLLAR || option->text != NULL) {
            APR_ARRAY_PUSH(realm->options, struct model_option *) = option;
        }
        *value = (*value)->next;
    } while (*value != NULL && row->form == ROUTES_FORM_WORDS);
    return true;
}

/* Of the rows of an option the one that a value begins, which moves behind the
 * word that leads; NULL: none of them. */
static const struct routes_option_row *
find_led(const struct routes_option_row *row, const struct ast_value **value)
{
    if (row->lead == NULL) {
        return row;
    }
    do {
        if (*value != NULL && (*value)->kind == AST_WORD &&
            strcmp((*value)->text, row->lead) == 0) {
            *value = (*value)->next;
            return row;
        }
        row++;
    } while (row->name != NULL && has_same_name(row));
    return NULL;
}

/* What an option takes, in words. */
static const char *
forms_text(struct checker *checker, const struct routes_option_row *row)
{
    const char *text = "";

    do {
        text = apr_pstrcat(
            checker->pool, text, *text != '\0' ? ", or " : "",
            row->lead != NULL ? "`" : "", row->lead != NULL ? row->lead : "",
            row->lead != NULL ? "` and " : "", form_text(row), NULL);
        row++;
    } while (row->name != NULL && has_same_name(row));
    return text;
}

static void
read_option(struct checker *checker, struct scope *scope,
            const struct routes_option_row *first,
            const struct ast_option *option, struct model_realm *realm)
{
    const struct ast_value *value = option->values.first;
    bool taken;

    do {
        const struct routes_option_row *row = find_led(first, &value);

        taken = row != NULL && take_values(checker, scope, row, &value, realm);
    } while (taken && value != NULL && first->lead != NULL);
    if (!taken || value != NULL) {
        diag_error(checker->diags, option->span, E016, "`%s` takes %s",
                   option->name.text, forms_text(checker, first));
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
say_needs(struct checker *checker, const struct ast_stmt *stmt,
          const char *what)
{
    diag_error(checker->diags, stmt->u.realm.name.span, E016,
               "the realm %s needs %s",
               checker_quote(checker, stmt->u.realm.name.text), what);
}

/* Whether a realm has an option that its kind does not know: that may be the
 * one it needs, misspelt. */
static bool
has_unknown(const struct kind_row *kind, const struct ast_stmt *stmt)
{
    for (const struct ast_option *option = stmt->u.realm.options.first;
         option != NULL; option = option->next) {
        const struct routes_option_row *row = routes_option_rows;

        while (row->name != NULL &&
               (row->kind != kind->kind ||
                strcmp(row->name, option->name.text) != 0)) {
            row++;
        }
        if (row->name == NULL) {
            return true;
        }
    }
    return false;
}

/* Of the options marked so, a realm has one and no other. */
static void
check_one(struct checker *checker, const struct kind_row *kind,
          const struct ast_stmt *stmt)
{
    const char *names = "";
    int marked = 0;
    int have = 0;

    for (const struct routes_option_row *row = routes_option_rows;
         row->name != NULL; row++) {
        if (row->kind == kind->kind && row->need == ROUTES_NEED_ONE) {
            names = apr_pstrcat(checker->pool, names, marked > 0 ? ", " : "",
                                "`", row->name, "`", NULL);
            marked++;
            have += has_option(&stmt->u.realm.options, row->name);
        }
    }
    if (marked > 0 && have != 1) {
        say_needs(checker, stmt,
                  apr_psprintf(checker->pool, "one of %s%s", names,
                               have > 1 ? ", and has several" : ""));
    }
}

static void
check_required(struct checker *checker, const struct kind_row *kind,
               const struct ast_stmt *stmt)
{
    if (has_unknown(kind, stmt)) {
        return;
    }
    for (const struct routes_option_row *row = routes_option_rows;
         row->name != NULL; row++) {
        if (row->kind == kind->kind && row->need == ROUTES_NEED_ALWAYS &&
            !has_option(&stmt->u.realm.options, row->name)) {
            say_needs(
                checker, stmt,
                apr_psprintf(checker->pool, "the option `%s`", row->name));
        }
    }
    check_one(checker, kind, stmt);
}

/* An algorithm that the realm's kind of key can't have: a public key that is
 * taken for a secret is known to everybody. */
static void
check_algs(struct checker *checker, const struct ast_stmt *stmt,
           const struct model_realm *realm)
{
    static const char *const known[] = {"RS256", "RS384", "RS512", "PS256",
                                        "PS384", "PS512", "ES256", "ES384",
                                        "ES512", "HS256", "HS384", "HS512"};
    bool secret = has_option(&stmt->u.realm.options, "secret");

    for (int i = 0;
         i < realm->options->nelts && realm->kind == ROUTES_REALM_JWT; i++) {
        const struct model_option *option =
            MODEL_AT(realm->options, struct model_option, i);
        size_t at = 0;

        if (option->row->key != ROUTES_OPTION_ALG) {
            continue;
        }
        while (at < sizeof(known) / sizeof(known[0]) &&
               strcmp(known[at], option->text) != 0) {
            at++;
        }
        if (at == sizeof(known) / sizeof(known[0]) ||
            (*option->text == 'H') != secret) {
            struct diag *diag =
                diag_error(checker->diags, stmt->u.realm.name.span, E016,
                           "the realm %s can't verify by %s",
                           checker_quote(checker, stmt->u.realm.name.text),
                           checker_quote(checker, option->text));

            diag_note(diag,
                      "with `keys` they are RS256 RS384 RS512 PS256 PS384 "
                      "PS512 ES256 ES384 ES512, with `secret` HS256 HS384 "
                      "HS512");
        }
    }
}

/* What stands in WWW-Authenticate as it is: a scheme, and what belongs to
 * it. */
static void
check_challenge(struct checker *checker, const struct ast_stmt *stmt,
                const struct model_realm *realm)
{
    for (int i = 0; i < realm->options->nelts; i++) {
        const struct model_option *option =
            MODEL_AT(realm->options, struct model_option, i);

        if (option->row->key == ROUTES_OPTION_CHALLENGE &&
            !routes_challenge_is(option->text)) {
            diag_help(
                diag_error(checker->diags, option->span, E016,
                           "the realm %s can't challenge with %s",
                           checker_quote(checker, stmt->u.realm.name.text),
                           checker_quote(checker, option->text)),
                "begin with a scheme: challenge \"Signature "
                "realm=\\\"shop\\\"\"");
        }
    }
}

/* Whether a text is parts TYPE=value with commas between, as mod_ssl writes
 * names; a backslash stands before a comma of a value. */
static bool
is_name(const char *text)
{
    for (;;) {
        text += strspn(text, " ");
        size_t type = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789.-");

        if (type == 0 || text[type] != '=' || text[type + 1] == '\0' ||
            text[type + 1] == ',') {
            return false;
        }
        for (text += type; *text != '\0' && *text != ','; text++) {
            text += *text == '\\' && text[1] != '\0';
        }
        if (*text == '\0') {
            return true;
        }
        text++;
    }
}

/* One that no certificate can end in would let nobody in, silently. */
static void
check_names(struct checker *checker, const struct model_realm *realm)
{
    for (int i = 0; i < realm->options->nelts; i++) {
        const struct model_option *option =
            MODEL_AT(realm->options, struct model_option, i);
        bool names = option->row->key == ROUTES_OPTION_DN ||
                     option->row->key == ROUTES_OPTION_CA;

        if (names && *option->text != '$' && !is_name(option->text)) {
            diag_help(diag_error(checker->diags, option->span, E016,
                                 "%s is the end of no name",
                                 checker_quote(checker, option->text)),
                      "write whole parts: %s \"OU=ops,O=Example\"",
                      option->row->name);
        }
    }
}

/* The text of an option, or NULL. */
static const char *
text_of(const struct model_realm *realm, enum routes_option_key key)
{
    const struct model_option *option = find_key(realm, key);

    return option == NULL ? NULL : option->text;
}

/* What is signed, and how. */
static void
check_signing(struct checker *checker, const struct ast_stmt *stmt,
              const struct model_realm *realm)
{
    const struct model_option *tolerance =
        find_key(realm, ROUTES_OPTION_TOLERANCE);
    struct routes_signed_words words = {
        .format = text_of(realm, ROUTES_OPTION_FORMAT),
        .alg = text_of(realm, ROUTES_OPTION_ALG),
        .template = text_of(realm, ROUTES_OPTION_SIGNED),
        .timestamp = text_of(realm, ROUTES_OPTION_TIMESTAMP),
        .tolerance = tolerance == NULL ? -1 : tolerance->number};
    struct routes_signed made;
    const char *fault = realm->kind != ROUTES_REALM_HMAC
                            ? NULL
                            : routes_signed_make(checker->pool, &words, &made);

    if (fault != NULL) {
        diag_error(checker->diags, stmt->u.realm.name.span, E016,
                   "the realm %s can't verify signatures: %s",
                   checker_quote(checker, stmt->u.realm.name.text), fault);
    }
}

static void
read_options(struct checker *checker, struct scope *scope,
             const struct kind_row *kind, const struct ast_stmt *stmt,
             struct model_realm *realm)
{
    const struct ast_option_list *options = &stmt->u.realm.options;
    int n = 0;

    /* so many are mistakes beyond what is printed: stop looking back */
    for (const struct ast_option *option = options->first;
         option != NULL && n < 2 * DIAG_MAX_ERRORS; option = option->next) {
        const struct ast_option *before = find_before(options, option);
        const struct routes_option_row *row;

        n++;
        if (before != NULL) {
            struct diag *diag = diag_error(
                checker->diags, option->span, E018, "%s stands twice",
                checker_quote(checker, option->name.text));

            diag_place(diag, before->span, "first here");
            continue;
        }
        row = find_option(checker, kind, option);
        if (row != NULL) {
            read_option(checker, scope, row, option, realm);
        }
    }
    check_required(checker, kind, stmt);
    check_algs(checker, stmt, realm);
    check_challenge(checker, stmt, realm);
    check_names(checker, realm);
    check_signing(checker, stmt, realm);
}

/* ---- realms ---- */

static void
declare_realm(struct checker *checker, struct scope *scope,
              struct scope_name *name)
{
    const struct ast_stmt *stmt = name->stmt;
    const struct kind_row *kind = find_kind(checker, &stmt->u.realm.kind);
    const struct model_option *body;
    struct model_realm *realm;

    name->state = SCOPE_KNOWN;
    if (kind == NULL) {
        return;
    }
    realm = apr_pcalloc(checker->pool, sizeof(*realm));
    realm->name = name->name;
    realm->kind = kind->kind;
    realm->options =
        apr_array_make(checker->pool, 4, sizeof(struct model_option *));
    realm->span = stmt->span;
    name->meaning = realm;
    read_options(checker, scope, kind, stmt, realm);
    body = find_key(realm, ROUTES_OPTION_BODY);
    realm->signs =
        kind->kind == ROUTES_REALM_HMAC || (body != NULL && body->number != 0);
    realm->browser =
        kind->browser || find_key(realm, ROUTES_OPTION_COOKIE) != NULL;
    APR_ARRAY_PUSH(checker->model->realms, struct model_realm *) = realm;
}

void
realms_declare(struct checker *checker, const struct link_unit *unit)
{
    const apr_array_header_t *names = scope_names(unit->scope, SCOPE_REALM);

    for (int i = 0; i < names->nelts; i++) {
        struct scope_name *name = APR_ARRAY_IDX(names, i, struct scope_name *);

        if (!link_damaged(unit, name->stmt)) {
            declare_realm(checker, unit->scope, name);
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

const char *
realms_session_cookie(const struct model *model)
{
    for (int i = 0; i < model->realms->nelts; i++) {
        const struct model_realm *realm =
            MODEL_AT(model->realms, const struct model_realm, i);

        for (int j = 0; j < realm->options->nelts; j++) {
            const struct model_option *option =
                MODEL_AT(realm->options, const struct model_option, j);

            if (realm->kind == ROUTES_REALM_SESSION &&
                option->row->key == ROUTES_OPTION_COOKIE) {
                return option->text;
            }
        }
    }
    return NULL;
}
