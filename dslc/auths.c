/* SPDX-License-Identifier: Apache-2.0 */
/* auths: who may call: realms and requirements, from the outermost place to
 * the route. */
#include "dslc/auths.h"

#include <apr_strings.h>

#include "dslc/methods.h"
#include "dslc/realms.h"

struct auths_state
auths_none(struct checker *checker)
{
    struct auths_state state = {0};

    state.realms =
        apr_array_make(checker->pool, 0, sizeof(struct model_realm *));
    return state;
}

/* Nothing is asked of a caller so far. */
static bool
is_open(const struct auths_state *state)
{
    return state->rule == NULL || state->rule->op == MODEL_RULE_PUBLIC;
}

static void
warn_idle(struct checker *checker, const struct ast_stmt *stmt,
          const char *why, const char *instead)
{
    struct diag *diag = diag_warn(checker->diags, stmt->keyword, W313,
                                  "`override` without effect: %s", why);

    diag_help(diag, "write `%s`", instead);
}

/* ---- realms ---- */

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

/* The first that is not in force, or NULL. */
static const struct model_realm *
first_new(const apr_array_header_t *inner, const apr_array_header_t *outer)
{
    for (int i = 0; i < inner->nelts; i++) {
        const struct model_realm *realm =
            MODEL_AT(inner, const struct model_realm, i);

        if (!has_realm(outer, realm)) {
            return realm;
        }
    }
    return NULL;
}

static const char *
realm_names(struct checker *checker, const apr_array_header_t *realms)
{
    const char *names = "";

    for (int i = 0; i < realms->nelts; i++) {
        names = apr_pstrcat(
            checker->pool, names, i == 0 ? "" : " or ",
            MODEL_AT(realms, const struct model_realm, i)->name, NULL);
    }
    return names;
}

static void
check_narrower(struct checker *checker, const struct ast_stmt *stmt,
               const apr_array_header_t *inner,
               const apr_array_header_t *outer)
{
    const struct model_realm *added = first_new(inner, outer);
    struct diag *diag;

    if (stmt->override) {
        if (outer->nelts == 0) {
            warn_idle(checker, stmt, "no realm is in force here", "auth");
        }
        else if (added == NULL) {
            warn_idle(checker, stmt, "these realms are in force already",
                      "auth");
        }
        return;
    }
    if (outer->nelts == 0 || added == NULL) {
        return;
    }
    diag = diag_error(checker->diags, stmt->span, E318,
                      "`auth` admits %s, which is not in force here",
                      checker_quote(checker, added->name));
    diag_note(diag, "in force is `auth %s`", realm_names(checker, outer));
    diag_help(diag, "write `override auth` where this is meant");
}

static void
combine_realms(struct checker *checker, struct scope *scope,
               const struct auths_state *outer, const struct clause_set *set,
               struct auths_state *state)
{
    const struct ast_stmt *stmt = set->one[AST_AUTH];
    bool whole;

    if (stmt == NULL) {
        return;
    }
    state->own = true;
    state->realms = realms_named(checker, scope, &stmt->u.names, &whole);
    state->asked = stmt->span;
    state->broken_realms = !whole;
    if (whole && !outer->broken_realms) {
        check_narrower(checker, stmt, state->realms, outer->realms);
    }
}

/* ---- decisions ---- */

static void
combine_public(struct checker *checker, const struct auths_state *outer,
               const struct ast_stmt *stmt, struct auths_state *state)
{
    struct diag *diag;

    state->rule = rules_public(checker, stmt->keyword);
    state->broken_rule = false;
    if (outer->broken_rule) {
        return;
    }
    if (stmt->override && is_open(outer)) {
        warn_idle(checker, stmt, "no requirement is inherited", "public");
    }
    if (!stmt->override && !is_open(outer)) {
        diag = diag_error(checker->diags, stmt->keyword, E305,
                          "`public` under an inherited `require`");
        diag_place(diag, outer->rule->span, "this is required");
        diag_help(diag, "write `override public` where this is meant");
    }
}

static void
add_requirement(struct checker *checker, struct scope *scope,
                const struct rules_reach *reach, const struct ast_stmt *stmt,
                struct auths_state *state, unsigned *count)
{
    const struct model_rule *rule =
        rules_make(checker, scope, reach, stmt->u.expr);

    *count += 1 + rules_count(rule);
    if (*count > ROUTES_MAX_OPS && !state->broken_rule) {
        checker_exceeds(checker, stmt->span,
                        apr_psprintf(checker->pool,
                                     "a requirement of more than %d terms, "
                                     "those inherited included",
                                     ROUTES_MAX_OPS));
    }
    if (rule == NULL || *count > ROUTES_MAX_OPS) {
        state->broken_rule = true;
        return;
    }
    state->rule = rules_and(checker, state->rule, rule);
}

static void
combine_require(struct checker *checker, struct scope *scope,
                const struct auths_state *outer, const struct ast_stmt *stmt,
                const struct rules_reach *reach, struct auths_state *state)
{
    unsigned count;

    if (stmt->override) {
        if (is_open(outer) && !outer->broken_rule) {
            warn_idle(checker, stmt, "no requirement is inherited", "require");
        }
        state->rule = NULL;
        state->broken_rule = false;
    }
    count = rules_count(state->rule);
    for (; stmt != NULL; stmt = clause_next(stmt)) {
        add_requirement(checker, scope, reach, stmt, state, &count);
    }
}

static const struct model_auth *
make_auth(struct checker *checker, const struct auths_state *state)
{
    struct model_auth *auth;

    if (state->rule == NULL || state->broken_rule || state->broken_realms) {
        return NULL;
    }
    auth = apr_pcalloc(checker->pool, sizeof(*auth));
    auth->rule = state->rule;
    auth->realms = state->realms;
    auth->asked = state->asked;
    return auth;
}

struct auths_state
auths_combine(struct checker *checker, struct scope *scope,
              const struct auths_state *outer, const struct clause_set *set,
              enum clause_where where, const struct rules_reach *reach)
{
    struct auths_state state = *outer;
    const struct ast_stmt *public = set->one[AST_PUBLIC];
    const struct ast_stmt *require = set->one[AST_REQUIRE];

    state.own = false;
    combine_realms(checker, scope, outer, set, &state);
    if (public != NULL) {
        combine_public(checker, outer, public, &state);
    }
    if (require != NULL) {
        combine_require(checker, scope, outer, require, reach, &state);
    }
    if (public != NULL || require != NULL) {
        state.decided = where;
        state.own = true;
    }
    state.broken_rule |= set->misplaced;
    if (state.own) {
        state.auth = make_auth(checker, &state);
    }
    return state;
}

static bool
asks_method(const struct model_rule *rule)
{
    return rule != NULL &&
           (rule->op == MODEL_RULE_METHOD || asks_method(rule->left) ||
            asks_method(rule->right));
}

const struct model_auth *
auths_of_methods(struct checker *checker, const struct model_auth *auth,
                 uint64_t methods)
{
    const uint64_t get = ROUTES_METHOD_BIT(ROUTES_METHOD_GET);
    struct model_auth *own;

    if (auth == NULL || methods == 0 || !asks_method(auth->rule)) {
        return auth;
    }
    own = apr_pmemdup(checker->pool, auth, sizeof(*auth));
    own->methods = methods;
    if ((methods & get) != 0) {
        own->methods |= ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD);
    }
    return own;
}

/* ---- what must hold ---- */

void
auths_check_realms(struct checker *checker, const struct auths_state *state,
                   const char *what, struct span span)
{
    const struct model_rule *person = rules_person(state->rule);
    struct diag *diag;

    if (person == NULL || state->realms->nelts > 0 || state->broken_rule ||
        state->broken_realms ||
        apr_hash_get(checker->homeless, &person, sizeof(person)) != NULL) {
        return;
    }
    apr_hash_set(checker->homeless,
                 apr_pmemdup(checker->pool, &person, sizeof(person)),
                 sizeof(person), person);
    diag = diag_error(
        checker->diags, person->span, E303,
        "`require` without `auth`: no realm says who the caller is");
    diag_place(diag, span, "needed for %s", what);
    diag_help(diag, "add `auth NAME`, NAME being a declared realm");
}

/* "the host opened at shop.routes:25" */
static const char *
describe_place(struct checker *checker, const struct model_place *place)
{
    static const char *const words[] = {
        [MODEL_PLACE_FILE] = "file",         [MODEL_PLACE_HOST] = "host",
        [MODEL_PLACE_LOCATION] = "location", [MODEL_PLACE_INCLUDE] = "include",
        [MODEL_PLACE_PUBLISH] = "publish",
    };
    const struct source_file *file =
        source_of(checker->program->sources, place->span);

    return apr_psprintf(checker->pool, "the %s opened at %s:%u",
                        words[place->kind], file->path,
                        source_place(file, place->span.start).line);
}

/* The one right inside the file. */
static const struct model_place *
outermost(const struct model_place *place)
{
    while (place->parent != NULL && place->parent->kind != MODEL_PLACE_FILE) {
        place = place->parent;
    }
    return place;
}

void
auths_check_decided(struct checker *checker, const struct auths_state *state,
                    const char *what, const struct model_place *place,
                    struct span span)
{
    struct diag *diag;

    if (state->rule != NULL || state->broken_rule) {
        return;
    }
    diag = diag_error(checker->diags, span, E301,
                      "%s has no authorisation decision", what);
    if (place->kind == MODEL_PLACE_FILE) {
        diag_note(diag, "the file has neither `require` nor `public`");
    }
    else {
        diag_note(diag, "no enclosing location has `require`; %s",
                  describe_place(checker, outermost(place)));
    }
    diag_help(diag, "add `require …`, or `public` if anyone may call it");
}

void
auths_check_public(struct checker *checker, const struct auths_state *state,
                   const struct model_route *route, const char *what)
{
    struct diag *diag;

    if (state->broken_rule || state->rule == NULL ||
        state->rule->op != MODEL_RULE_PUBLIC || !methods_change(route) ||
        (state->decided & (CLAUSE_HOST | CLAUSE_LOCATION | CLAUSE_INCLUDE)) ==
            0) {
        return;
    }
    diag = diag_warn(checker->diags, route->span, W310,
                     "%s changes something and anyone may call it", what);
    diag_place(diag, state->rule->span, "it is public by this");
    diag_help(diag, "add `public` to the route, or to its publish, where this "
                    "is meant");
}

void
auths_check_passing(struct checker *checker, const struct clause_set *set,
                    const struct auths_state *state, const char *what)
{
    const struct ast_stmt *stmt = set->one[AST_REQUIRE];
    struct diag *diag;

    if (stmt == NULL || state->broken_rule ||
        set->one[AST_UNMATCHED] != NULL) {
        return;
    }
    diag =
        diag_warn(checker->diags, stmt->keyword, W323,
                  "URLs that match no route of this %s are not covered", what);
    diag_help(diag, "what must be covered whole stands in a location, such "
                    "as `location /`");
}
