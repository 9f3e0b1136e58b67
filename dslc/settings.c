/* SPDX-License-Identifier: Apache-2.0 */
/* settings: values that the server's configuration gives. */
#include "dslc/settings.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/literal.h"
#include "dslc/types.h"

/* ---- declarations ---- */

static bool
is_plain(const struct model_type *type)
{
    return !type->optional && !types_is_rest(type) &&
           type->kind < ROUTES_TYPE_LIST;
}

static struct model_type *
read_type(struct checker *checker, struct scope *scope,
          const struct ast_type *ast)
{
    struct model_type *type = types_resolve(checker, scope, ast);
    struct diag *diag;

    if (types_broken(type)) {
        return NULL;
    }
    if (is_plain(type)) {
        return type;
    }
    diag = diag_error(checker->diags, ast->span, E112,
                      "%s is no type of a setting", type->spelling);
    diag_help(diag, "a setting is one value, such as str or int(1..100)");
    return NULL;
}

static const char *
spell_real(struct checker *checker, double real)
{
    return apr_psprintf(checker->pool, "%.17g", real);
}

/* The default as RoutesSet would have it. */
static const char *
spell(struct checker *checker, const struct model_literal *literal)
{
    switch (literal->kind) {
    case ROUTES_CONST_BOOL:
        return literal->i != 0 ? "true" : "false";
    case ROUTES_CONST_INT:
        return apr_psprintf(checker->pool, "%" APR_INT64_T_FMT, literal->i);
    case ROUTES_CONST_FLOAT:
        return spell_real(checker, literal->f);
    case ROUTES_CONST_STR:
    case ROUTES_CONST_TEXT:
        return literal->text;
    case ROUTES_CONST_NULL:
    case ROUTES_CONST_NONE:
    case ROUTES_CONST_EMPTY_LIST:
        break;
    }
    return "";
}

/* RoutesSet names a setting, so that its name is one in the whole table. */
static bool
refuse_twin(struct checker *checker, const struct scope_name *name)
{
    const struct model_setting *other =
        apr_hash_get(checker->settings, name->name, APR_HASH_KEY_STRING);
    struct diag *diag;

    if (other == NULL) {
        return false;
    }
    diag = diag_error(checker->diags, name->span, E010,
                      "another file has a setting %s already",
                      checker_quote(checker, name->name));
    diag_place(diag, other->span, "this one");
    diag_help(diag, "RoutesSet names it: declare it once, in the file "
                    "that includes both");
    return true;
}

static bool
check_default(struct checker *checker, struct scope *scope,
              const struct ast_stmt *stmt, struct model_setting *setting)
{
    const struct ast_value *value = stmt->u.setting.value;

    if (value == NULL) {
        return true;
    }
    if (value->kind == AST_DOLLAR) {
        diag_error(checker->diags, value->span, E405,
                   "the default of a setting is no other setting");
        return false;
    }
    setting->value = literal_default(checker, scope, value, setting->type);
    if (setting->value == NULL) {
        return false;
    }
    setting->shown = spell(checker, setting->value);
    if (!checker_has_control(setting->shown)) {
        return true;
    }
    diag_error(checker->diags, value->span, E405,
               "a setting is one line of configuration, without control "
               "characters");
    return false;
}

static void
declare_setting(struct checker *checker, struct scope_name *name)
{
    const struct ast_stmt *stmt = name->stmt;
    struct model_setting *setting =
        apr_pcalloc(checker->pool, sizeof(*setting));

    name->state = SCOPE_KNOWN;
    if (refuse_twin(checker, name)) {
        return;
    }
    setting->name = name->name;
    setting->text = apr_pstrcat(checker->pool, "$", name->name, NULL);
    setting->span = stmt->span;
    setting->type = read_type(checker, name->scope, stmt->u.setting.type);
    if (setting->type == NULL ||
        !check_default(checker, name->scope, stmt, setting)) {
        return;
    }
    name->meaning = setting;
    APR_ARRAY_PUSH(checker->model->settings, struct model_setting *) = setting;
    apr_hash_set(checker->settings, setting->name, APR_HASH_KEY_STRING,
                 setting);
}

void
settings_declare(struct checker *checker, const struct link_unit *unit)
{
    const apr_array_header_t *names = scope_names(unit->scope, SCOPE_SETTING);

    for (int i = 0; i < names->nelts; i++) {
        declare_setting(checker, APR_ARRAY_IDX(names, i, struct scope_name *));
    }
}

/* ---- uses ---- */

/* The setting of a name; NULL when it is unknown, said, or was refused. */
static const struct scope_name *
use(struct checker *checker, struct scope *scope,
    const struct ast_value *dollar)
{
    struct scope_name *name = scope_use(scope, SCOPE_SETTING, dollar->text);
    struct diag *diag;

    if (name != NULL) {
        return name->meaning == NULL ? NULL : name;
    }
    if (scope_lost(scope, SCOPE_SETTING, dollar->text)) {
        return NULL;
    }
    diag = diag_error(checker->diags, dollar->span, E011,
                      "there is no setting %s",
                      checker_quote(checker, dollar->text));
    if (!scope_suggest(scope, SCOPE_SETTING, NULL, dollar->text, diag,
                       checker->diags)) {
        diag_help(diag, "declare it: setting %s: str = \"…\"", dollar->text);
    }
    return NULL;
}

static void
say_unfit(struct checker *checker, const struct ast_value *dollar,
          const struct model_setting *setting, const char *wanted,
          enum diag_code code)
{
    struct diag *diag = diag_error(checker->diags, dollar->span, code,
                                   "the setting %s is %s, and not %s",
                                   checker_quote(checker, setting->name),
                                   setting->type->spelling, wanted);

    diag_place(diag, setting->span, "declared here");
}

const char *
settings_text(struct checker *checker, struct scope *scope,
              const struct ast_value *dollar, enum diag_code code)
{
    const struct scope_name *name = use(checker, scope, dollar);
    const struct model_setting *setting;

    if (name == NULL) {
        return NULL;
    }
    setting = name->meaning;
    if (setting->type->kind != ROUTES_TYPE_STR &&
        setting->type->kind != ROUTES_TYPE_ENUM) {
        say_unfit(checker, dollar, setting, "a text", code);
        return NULL;
    }
    return setting->text;
}

/* What the configuration gives is compared with the argument's type, too, so
 * that only the kind has to agree here. */
static bool
agrees(const struct model_setting *setting, const struct model_type *type)
{
    return setting->type->kind == type->kind ||
           (setting->type->kind == ROUTES_TYPE_ENUM &&
            type->kind == ROUTES_TYPE_STR);
}

/* Says E405 of a setting that can't be of the type. */
static bool
fits(struct checker *checker, const struct ast_value *dollar,
     const struct scope_name *name, const struct model_type *type)
{
    const struct model_setting *setting = name->meaning;
    const char *fault;
    struct diag *diag;

    if (!agrees(setting, type)) {
        say_unfit(checker, dollar, setting, type->spelling, E405);
        return false;
    }
    fault = setting->value == NULL
                ? NULL
                : literal_fault(name->stmt->u.setting.value, type);
    if (fault == NULL) {
        return true;
    }
    diag = diag_error(checker->diags, dollar->span, E405,
                      "the default of the setting %s does not fit %s: it is "
                      "%s",
                      checker_quote(checker, setting->name), type->spelling,
                      fault);
    diag_place(diag, setting->span, "declared here");
    return false;
}

/* The constant that stands there until the table is bound. */
static struct model_literal *
copy_default(struct checker *checker, const struct model_setting *setting)
{
    struct model_literal *literal =
        apr_pcalloc(checker->pool, sizeof(*literal));

    if (setting->value != NULL) {
        *literal = *setting->value;
    }
    else {
        literal->kind = ROUTES_CONST_NONE;
        literal->text = "";
    }
    return literal;
}

struct model_literal *
settings_literal(struct checker *checker, struct scope *scope,
                 const struct ast_value *dollar, const struct model_type *type)
{
    const struct scope_name *name = use(checker, scope, dollar);
    const struct model_setting *setting;
    struct model_literal *literal;

    if (name == NULL) {
        return NULL;
    }
    setting = name->meaning;
    if (type != NULL && !fits(checker, dollar, name, type)) {
        return NULL;
    }
    literal = copy_default(checker, setting);
    literal->setting = setting;
    literal->type = type != NULL ? type : setting->type;
    literal->span = dollar->span;
    return literal;
}
