/* SPDX-License-Identifier: Apache-2.0 */
/* rules: a written requirement as an expression. */
#include "dslc/rules.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/callee.h"
#include "dslc/authz.h"
#include "dslc/methods.h"
#include "dslc/realms.h"
#include "dslc/rule_args.h"
#include "dslc/rule_bind.h"
#include "dslc/settings.h"
#include "runtime/network.h"

enum atom_kind {
    ATOM_USER,
    ATOM_ROLE,
    ATOM_SCOPE,
    ATOM_CLAIM,
    ATOM_REALM,
    ATOM_ANONYMOUS,
    ATOM_TLS,
    ATOM_IP,
    ATOM_METHOD,
    ATOM_APACHE
};

static const struct atom {
    const char *name;
    enum atom_kind kind;
} atoms[] = {
    {"user", ATOM_USER},     {"role", ATOM_ROLE},
    {"group", ATOM_ROLE},    {"anonymous", ATOM_ANONYMOUS},
    {"scope", ATOM_SCOPE},   {"claim", ATOM_CLAIM},
    {"realm", ATOM_REALM},   {"ip", ATOM_IP},
    {"method", ATOM_METHOD}, {"tls", ATOM_TLS},
    {"apache", ATOM_APACHE},
};

#define N_ATOMS (sizeof(atoms) / sizeof(atoms[0]))

static struct model_rule *
make_rule(struct checker *checker, enum model_rule_op op, struct span span)
{
    struct model_rule *rule = apr_pcalloc(checker->pool, sizeof(*rule));

    rule->op = op;
    rule->span = span;
    return rule;
}

const struct model_rule *
rules_public(struct checker *checker, struct span span)
{
    return make_rule(checker, MODEL_RULE_PUBLIC, span);
}

static const struct model_rule *
join(struct checker *checker, enum model_rule_op op,
     const struct model_rule *left, const struct model_rule *right)
{
    struct model_rule *rule = make_rule(checker, op, right->span);

    rule->left = left;
    rule->right = right;
    return rule;
}

const struct model_rule *
rules_and(struct checker *checker, const struct model_rule *outer,
          const struct model_rule *inner)
{
    if (outer == NULL || outer->op == MODEL_RULE_PUBLIC) {
        return inner == NULL ? outer : inner;
    }
    if (inner == NULL || inner->op == MODEL_RULE_PUBLIC) {
        return outer;
    }
    return join(checker, MODEL_RULE_AND, outer, inner);
}

unsigned
rules_count(const struct model_rule *rule)
{
    return rule == NULL
               ? 0
               : 1 + rules_count(rule->left) + rules_count(rule->right);
}

bool
rules_of_user(const struct model_rule *atom)
{
    enum model_rule_op op = atom->op;

    return op == MODEL_RULE_USER || op == MODEL_RULE_ROLE ||
           op == MODEL_RULE_SCOPE || op == MODEL_RULE_CLAIM ||
           op == MODEL_RULE_REALM || op == MODEL_RULE_PYTHON ||
           (op == MODEL_RULE_APACHE && authz_of_user(atom->name));
}

const struct model_rule *
rules_person(const struct model_rule *rule)
{
    const struct model_rule *found;

    if (rule == NULL) {
        return NULL;
    }
    if (rules_of_user(rule)) {
        return rule;
    }
    found = rules_person(rule->left);
    return found != NULL ? found : rules_person(rule->right);
}

/* ---- atoms ---- */

static const struct atom *
find_atom(const char *name)
{
    for (size_t i = 0; i < N_ATOMS; i++) {
        if (strcmp(atoms[i].name, name) == 0) {
            return &atoms[i];
        }
    }
    return NULL;
}

static const struct model_rule *
make_bare(struct checker *checker, enum model_rule_op op,
          const struct ast_expr *expr)
{
    if (expr->has_args) {
        diag_error(checker->diags, expr->span, E304, "`%s` takes no argument",
                   expr->name.text);
        return NULL;
    }
    return make_rule(checker, op, expr->span);
}

/* A bareword that is also a parameter: data, or its value? */
static bool
refuse_bareword(struct checker *checker, const struct rules_reach *reach,
                const struct ast_value *value)
{
    struct diag *diag;
    struct span span;

    if (value->kind != AST_WORD ||
        !rule_args_is_param(reach, value->text, &span)) {
        return false;
    }
    diag =
        diag_error(checker->diags, value->span, E320, "%s is also a parameter",
                   checker_quote(checker, value->text));
    diag_place(diag, span, "the parameter");
    diag_help(diag,
              "write \"%s\" for the word, or \"{%s}\" for the value of the "
              "parameter",
              value->text, value->text);
    return true;
}

/* A text that begins with `$` would be taken for a setting's. */
static bool
refuse_dollar(struct checker *checker, const struct ast_value *value)
{
    struct diag *diag;

    if (value->kind != AST_STRING || *value->text != '$') {
        return false;
    }
    diag = diag_error(checker->diags, value->span, E304,
                      "a name in a requirement does not begin with `$`");
    diag_help(diag, "write %s without quotes for the value of a setting",
              value->text);
    return true;
}

/* The text of one name: staff, "staff", $x, "team:{team}", which has parts;
 * NULL when it is none. */
static const char *
read_name(struct checker *checker, struct scope *scope,
          const struct rules_reach *reach, const struct ast_expr *expr,
          const struct ast_value *value, apr_array_header_t **parts)
{
    if (value->kind == AST_DOLLAR) {
        return settings_text(checker, scope, value, E304);
    }
    if ((value->kind != AST_WORD && value->kind != AST_STRING) ||
        *value->text == '\0' || checker_has_control(value->text)) {
        diag_error(checker->diags, expr->span, E304,
                   "`%s` takes a name, or one in quotes", expr->name.text);
        return NULL;
    }
    if (refuse_dollar(checker, value) ||
        refuse_bareword(checker, reach, value)) {
        return NULL;
    }
    if (value->kind == AST_STRING && strchr(value->text, '{') != NULL) {
        *parts = rule_args_parts(checker, reach, value);
        return *parts == NULL ? NULL : value->text;
    }
    return value->text;
}

/* `role(a, b)`: of several names one is enough, or all. */
static void
say_several(struct checker *checker, const struct ast_expr *expr)
{
    const char *name = expr->name.text;
    struct diag *diag = diag_error(checker->diags, expr->span, E304,
                                   "`%s` takes one name", name);

    diag_help(diag,
              "write `%s(%s) or %s(%s)` where one is enough, `and` where all "
              "are needed",
              name, expr->args.first->text, name,
              expr->args.first->next->text);
}

static int
count_args(const struct ast_expr *expr)
{
    int n = 0;

    for (const struct ast_value *value = expr->args.first; value != NULL;
         value = value->next) {
        n++;
    }
    return n;
}

/* Whether an atom has this many arguments; else that is said. */
static bool
has_args(struct checker *checker, const struct ast_expr *expr, int wanted,
         const char *example)
{
    int n = count_args(expr);

    if (n > 1 && wanted == 1 && strcmp(expr->name.text, "realm") != 0) {
        say_several(checker, expr);
    }
    else if (n != wanted) {
        diag_error(checker->diags, expr->span, E304, "`%s` takes %s, as in %s",
                   expr->name.text, wanted == 1 ? "one name" : "two names",
                   example);
    }
    return n == wanted;
}

/* role(x), scope(x) */
static const struct model_rule *
make_named(struct checker *checker, struct scope *scope,
           const struct rules_reach *reach, enum model_rule_op op,
           const struct ast_expr *expr)
{
    const char *example =
        op == MODEL_RULE_ROLE
            ? apr_pstrcat(checker->pool, expr->name.text, "(staff)", NULL)
            : "scope(\"orders:write\")";
    struct model_rule *rule = make_rule(checker, op, expr->span);

    if (!has_args(checker, expr, 1, example)) {
        return NULL;
    }
    rule->text =
        read_name(checker, scope, reach, expr, expr->args.first, &rule->parts);
    return rule->text == NULL ? NULL : rule;
}

/* claim("name", "value") */
static const struct model_rule *
make_claim(struct checker *checker, struct scope *scope,
           const struct rules_reach *reach, const struct ast_expr *expr)
{
    struct model_rule *rule = make_rule(checker, MODEL_RULE_CLAIM, expr->span);

    if (!has_args(checker, expr, 2, "claim(\"team\", \"red\")")) {
        return NULL;
    }
    rule->name = read_name(checker, scope, reach, expr, expr->args.first,
                           &rule->name_parts);
    rule->text = read_name(checker, scope, reach, expr, expr->args.first->next,
                           &rule->parts);
    return rule->name == NULL || rule->text == NULL ? NULL : rule;
}

/* realm(staff) */
static const struct model_rule *
make_realm(struct checker *checker, struct scope *scope,
           const struct ast_expr *expr)
{
    const apr_array_header_t *realms;
    struct model_rule *rule;
    bool whole;

    if (!has_args(checker, expr, 1, "realm(staff)")) {
        return NULL;
    }
    if (expr->args.first->kind != AST_WORD) {
        diag_error(checker->diags, expr->args.first->span, E304,
                   "`realm` takes the name of a declared realm");
        return NULL;
    }
    realms = realms_named(checker, scope, &expr->args, &whole);
    if (!whole) {
        return NULL;
    }
    rule = make_rule(checker, MODEL_RULE_REALM, expr->span);
    rule->realm = MODEL_AT(realms, const struct model_realm, 0);
    rule->text = rule->realm->name;
    return rule;
}

/* Both the network and the address may have been meant. */
static void
say_host_bits(struct checker *checker, const struct ast_value *value,
              const struct routes_network *network)
{
    struct diag *diag = diag_error(checker->diags, value->span, E304,
                                   "%s is an address inside a network",
                                   checker_quote(checker, value->text));

    diag_help(
        diag, "write %s for the network, or %s for the address",
        routes_network_text(network, checker->pool),
        apr_pstrmemdup(checker->pool, value->text, strcspn(value->text, "/")));
}

static bool
read_network(struct checker *checker, const struct ast_value *value,
             struct routes_network *network)
{
    enum routes_network_fault fault = ROUTES_NETWORK_NONE;

    if (value->kind == AST_CIDR || value->kind == AST_STRING) {
        fault = routes_network_read(value->text, network);
    }
    switch (fault) {
    case ROUTES_NETWORK_GOOD:
        return true;
    case ROUTES_NETWORK_HOST:
        say_host_bits(checker, value, network);
        return false;
    case ROUTES_NETWORK_BITS:
        diag_error(checker->diags, value->span, E304,
                   "%s has no length of a prefix behind `/`: it is 0 to 32, "
                   "of IPv6 0 to 128",
                   checker_quote(checker, value->text));
        return false;
    case ROUTES_NETWORK_NONE:
        break;
    }
    diag_error(checker->diags, value->span, E304,
               "`ip` takes addresses and networks, as in ip(10.0.0.0/8, "
               "\"2001:db8::/32\")");
    return false;
}

/* ip(10.0.0.0/8, "2001:db8::/32") */
static const struct model_rule *
make_ip(struct checker *checker, const struct ast_expr *expr)
{
    struct model_rule *rule = make_rule(checker, MODEL_RULE_IP, expr->span);
    bool whole = expr->args.first != NULL;

    if (!whole) {
        diag_error(checker->diags, expr->span, E304,
                   "`ip` takes addresses, as in ip(10.0.0.0/8, 127.0.0.1)");
    }
    rule->networks =
        apr_array_make(checker->pool, 2, sizeof(struct routes_network));
    for (const struct ast_value *value = expr->args.first; value != NULL;
         value = value->next) {
        struct routes_network *network = apr_array_push(rule->networks);

        whole &= read_network(checker, value, network);
    }
    return whole ? rule : NULL;
}

static bool
are_methods(const struct ast_value_list *args)
{
    for (const struct ast_value *value = args->first; value != NULL;
         value = value->next) {
        if (value->kind != AST_WORD || strcmp(value->text, "ANY") == 0) {
            return false;
        }
    }
    return args->first != NULL;
}

/* method(GET, POST); a route answers HEAD by its GET. */
static const struct model_rule *
make_method(struct checker *checker, struct scope *scope,
            const struct ast_expr *expr)
{
    const uint64_t get = ROUTES_METHOD_BIT(ROUTES_METHOD_GET);
    struct model_rule *rule =
        make_rule(checker, MODEL_RULE_METHOD, expr->span);

    if (!are_methods(&expr->args)) {
        diag_error(checker->diags, expr->span, E304,
                   "`method` takes methods, as in method(GET, POST)");
        return NULL;
    }
    rule->methods = methods_read(checker, scope, &expr->args).bits;
    if ((rule->methods & get) != 0) {
        rule->methods |= ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD);
    }
    return rule->methods == 0 ? NULL : rule;
}

/* apache("ldap-group", "cn=staff,o=example") */
static const struct model_rule *
make_apache(struct checker *checker, const struct ast_expr *expr)
{
    struct model_rule *rule =
        make_rule(checker, MODEL_RULE_APACHE, expr->span);

    return authz_read(checker, expr, &rule->name, &rule->text) ? rule : NULL;
}

static void
say_unknown(struct checker *checker, struct scope *scope,
            const struct ast_expr *expr)
{
    const char *name = expr->name.text;
    struct diag *diag =
        diag_error(checker->diags, expr->name.span, E302, "unknown rule %s",
                   checker_quote(checker, name));
    apr_array_header_t *words;

    if (scope_use(scope, SCOPE_REALM, name) != NULL) {
        diag_help(diag, "it is a realm: write `auth %s` and `require user`",
                  name);
        return;
    }
    if (strcmp(name, "public") == 0) {
        diag_help(diag, "write `public` alone, without `require`");
        return;
    }
    words = apr_array_make(checker->pool, (int)N_ATOMS, sizeof(const char *));
    for (size_t i = 0; i < N_ATOMS; i++) {
        APR_ARRAY_PUSH(words, const char *) = atoms[i].name;
    }
    if (!scope_suggest(scope, SCOPE_RULE, words, name, diag, checker->diags)) {
        diag_help(diag, "write role(%s) for a role", name);
    }
}

/* ---- declared rules ---- */

/* What is known of one. */
struct declared {
    const apr_array_header_t *params; /* struct model_param * */
    const struct model_rule *rule;    /* with them in it; NULL: it is broken */
};

/* What a rule asks of Python, whoever names it. */
static const struct model_rule *
make_python(struct checker *checker, const struct scope_name *name,
            apr_array_header_t *params)
{
    const struct ast_pyref *pyref = name->stmt->u.rule.pyref;
    struct model_predicate *predicate =
        apr_pcalloc(checker->pool, sizeof(*predicate));
    struct model_rule *rule =
        make_rule(checker, MODEL_RULE_PYTHON, name->span);

    predicate->name = name->name;
    predicate->function =
        callee_function(checker, name->scope, pyref->module.text,
                        pyref->object.text, pyref->span);
    predicate->params = params;
    predicate->target = pyref->span;
    predicate->span = name->span;
    APR_ARRAY_PUSH(checker->model->predicates, struct model_predicate *) =
        predicate;
    rule->predicate = predicate;
    rule->args = rule_args_own(checker, params);
    return rule;
}

static struct declared *
read_declared(struct checker *checker, const struct scope_name *name)
{
    const struct ast_stmt *stmt = name->stmt;
    struct declared *made = apr_pcalloc(checker->pool, sizeof(*made));
    apr_array_header_t *params =
        rule_args_params(checker, name->scope, &stmt->u.rule.params);
    const struct rules_reach reach = {.params = params};

    if (params == NULL) {
        return made;
    }
    made->params = params;
    made->rule =
        stmt->u.rule.pyref != NULL
            ? make_python(checker, name, params)
            : rules_make(checker, name->scope, &reach, stmt->u.rule.expr);
    return made;
}

static void
define(struct checker *checker, struct scope_name *name)
{
    name->state = SCOPE_BUSY;
    checker->rule_depth++;
    if (checker->rule_depth > RULES_MAX_DEPTH) {
        checker_exceeds(checker, name->span,
                        apr_psprintf(checker->pool,
                                     "a rule through more than %d others",
                                     RULES_MAX_DEPTH));
    }
    else {
        name->meaning = read_declared(checker, name);
    }
    checker->rule_depth--;
    name->state = SCOPE_KNOWN;
}

void
rules_declare(struct checker *checker, const struct link_unit *unit)
{
    const apr_array_header_t *names = scope_names(unit->scope, SCOPE_RULE);

    for (int i = 0; i < names->nelts; i++) {
        struct scope_name *name = APR_ARRAY_IDX(names, i, struct scope_name *);

        if (find_atom(name->name) != NULL) {
            diag_error(checker->diags, name->span, E010,
                       "%s is a requirement of the language",
                       checker_quote(checker, name->name));
        }
        if (name->state == SCOPE_UNKNOWN) {
            define(checker, name);
        }
    }
}

static void
say_circle(struct checker *checker, const struct scope_name *name,
           const struct ast_expr *expr)
{
    struct diag *diag = diag_error(checker->diags, expr->name.span, E322,
                                   "the rule %s is defined by itself",
                                   checker_quote(checker, name->name));

    diag_place(diag, name->span, "defined here");
}

static void
say_unfit(struct checker *checker, const struct ast_expr *expr,
          const struct model_rule_arg *unfit)
{
    diag_error(checker->diags, unfit->span, E304,
               "`%s` makes a part of a name of it, and that can't be %s",
               expr->name.text,
               unfit->literal->setting != NULL
                   ? "the value of a setting"
                   : "empty or have control characters");
}

/* As it stands where it is named: messages are about that place. */
static const struct model_rule *
use_declared(struct checker *checker, struct scope *scope,
             const struct rules_reach *reach, const struct declared *declared,
             const struct ast_expr *expr)
{
    const apr_array_header_t *args =
        rule_args_read(checker, scope, reach, declared->params, expr);
    const struct model_rule_arg *unfit = NULL;
    const struct model_rule *rule;

    if (args == NULL) {
        return NULL;
    }
    rule = rule_bind_declared(checker->pool, declared->rule, declared->params,
                              args, expr->span, &unfit);
    if (unfit != NULL) {
        say_unfit(checker, expr, unfit);
        return NULL;
    }
    return rule;
}

static const struct model_rule *
make_declared(struct checker *checker, struct scope *scope,
              const struct rules_reach *reach, const struct ast_expr *expr)
{
    struct scope_name *name = scope_use(scope, SCOPE_RULE, expr->name.text);
    const struct declared *declared;

    if (name == NULL) {
        if (!scope_lost(scope, SCOPE_RULE, expr->name.text)) {
            say_unknown(checker, scope, expr);
        }
        return NULL;
    }
    if (name->state == SCOPE_BUSY) {
        say_circle(checker, name, expr);
        return NULL;
    }
    if (name->state == SCOPE_UNKNOWN) {
        define(checker, name);
    }
    declared = name->meaning;
    return declared == NULL || declared->rule == NULL
               ? NULL
               : use_declared(checker, scope, reach, declared, expr);
}

static const struct model_rule *
make_atom(struct checker *checker, struct scope *scope,
          const struct rules_reach *reach, const struct ast_expr *expr)
{
    const struct atom *atom = find_atom(expr->name.text);

    if (atom == NULL) {
        return make_declared(checker, scope, reach, expr);
    }
    switch (atom->kind) {
    case ATOM_USER:
        return make_bare(checker, MODEL_RULE_USER, expr);
    case ATOM_ANONYMOUS:
        return make_bare(checker, MODEL_RULE_ANONYMOUS, expr);
    case ATOM_TLS:
        return make_bare(checker, MODEL_RULE_TLS, expr);
    case ATOM_IP:
        return make_ip(checker, expr);
    case ATOM_METHOD:
        return make_method(checker, scope, expr);
    case ATOM_SCOPE:
        return make_named(checker, scope, reach, MODEL_RULE_SCOPE, expr);
    case ATOM_CLAIM:
        return make_claim(checker, scope, reach, expr);
    case ATOM_REALM:
        return make_realm(checker, scope, expr);
    case ATOM_ROLE:
        return make_named(checker, scope, reach, MODEL_RULE_ROLE, expr);
    case ATOM_APACHE:
        return make_apache(checker, expr);
    }
    return NULL;
}

/* ---- expressions ---- */

static const struct model_rule *
make_expr(struct checker *checker, struct scope *scope,
          const struct rules_reach *reach, const struct ast_expr *expr);

static const struct model_rule *
make_not(struct checker *checker, struct scope *scope,
         const struct rules_reach *reach, const struct ast_expr *expr)
{
    const struct model_rule *of =
        make_expr(checker, scope, reach, expr->items.first);
    struct model_rule *rule;

    if (of == NULL) {
        return NULL;
    }
    rule = make_rule(checker, MODEL_RULE_NOT, expr->span);
    rule->left = of;
    return rule;
}

/* All items are looked at, so that every mistake is said. */
static const struct model_rule *
make_chain(struct checker *checker, struct scope *scope,
           const struct rules_reach *reach, const struct ast_expr *expr)
{
    enum model_rule_op op =
        expr->kind == AST_OR ? MODEL_RULE_OR : MODEL_RULE_AND;
    const struct model_rule *rule = NULL;
    bool whole = true;

    for (const struct ast_expr *item = expr->items.first; item != NULL;
         item = item->next) {
        const struct model_rule *one = make_expr(checker, scope, reach, item);

        whole = whole && one != NULL;
        if (whole) {
            rule = rule == NULL ? one : join(checker, op, rule, one);
        }
    }
    return whole ? rule : NULL;
}

/* Stops counting past the limit. */
static unsigned
count_written(const struct ast_expr *expr, unsigned count)
{
    count++;
    for (const struct ast_expr *item = expr->items.first;
         item != NULL && count <= ROUTES_MAX_OPS; item = item->next) {
        count = count_written(item, count);
    }
    return count;
}

static const struct model_rule *
make_expr(struct checker *checker, struct scope *scope,
          const struct rules_reach *reach, const struct ast_expr *expr)
{
    switch (expr->kind) {
    case AST_OR:
    case AST_AND:
        return make_chain(checker, scope, reach, expr);
    case AST_NOT:
        return make_not(checker, scope, reach, expr);
    case AST_ATOM:
        return make_atom(checker, scope, reach, expr);
    }
    return NULL;
}

static void
say_long(struct checker *checker, const struct ast_expr *expr)
{
    checker_exceeds(checker, expr->span,
                    apr_psprintf(checker->pool,
                                 "a requirement of more than %d terms",
                                 ROUTES_MAX_OPS));
}

const struct model_rule *
rules_make(struct checker *checker, struct scope *scope,
           const struct rules_reach *reach, const struct ast_expr *expr)
{
    const struct model_rule *rule;

    if (count_written(expr, 0) > ROUTES_MAX_OPS) {
        say_long(checker, expr);
        return NULL;
    }
    rule = make_expr(checker, scope, reach, expr);
    if (rules_count(rule) > ROUTES_MAX_OPS) {
        say_long(checker, expr);
        return NULL;
    }
    return rule;
}
