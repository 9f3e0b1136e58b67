/* SPDX-License-Identifier: Apache-2.0 */
/* variants: by what of a request one of several functions is called. */
#include "dslc/variants.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "dslc/formats.h"
#include "dslc/returns.h"
#include "dslc/suggest.h"
#include "dslc/wire.h"

/* ---- by what ------------------------------------------------------------ */

static const char *const selectors[] = {"accept", "query", "header"};

#define N_SELECTORS (sizeof(selectors) / sizeof(selectors[0]))

static bool
is_by(const struct ast_stmt *stmt, const char *word)
{
    return strcmp(stmt->u.route.selector.text, word) == 0;
}

enum clause_where
variants_where(const struct ast_stmt *stmt)
{
    return is_by(stmt, "accept") ? CLAUSE_FORMAT : CLAUSE_CHOICE;
}

static void
say_unknown(struct checker *checker, const struct ast_text *selector)
{
    struct diag *diag = diag_error(checker->diags, selector->span, E016,
                                   "variants are not told by %s",
                                   checker_quote(checker, selector->text));
    apr_array_header_t *words =
        apr_array_make(checker->pool, (int)N_SELECTORS, sizeof(const char *));

    for (size_t i = 0; i < N_SELECTORS; i++) {
        APR_ARRAY_PUSH(words, const char *) = selectors[i];
    }
    if (!suggest_help(checker->diags, diag, words, selector->text)) {
        diag_help(diag, "write `by accept`, `by query \"KEY\"` or `by header "
                        "\"NAME\"`");
    }
}

/* The name of a header as an argument has it; NULL, and said, if it is one
 * that no variant can be told by. */
static const char *
header_name(struct checker *checker, const struct ast_stmt *stmt)
{
    const struct ast_arg as_argument = {
        .name = stmt->u.route.selector_name,
        .source_name = stmt->u.route.selector_name,
        .span = stmt->u.route.selector_name.span,
    };

    return wire_name(checker, &as_argument, ROUTES_FROM_HEADER);
}

static bool
check_name(struct checker *checker, const struct ast_stmt *stmt)
{
    const struct ast_text *name = &stmt->u.route.selector_name;

    if (is_by(stmt, "accept") && name->text != NULL) {
        diag_error(checker->diags, name->span, E016,
                   "`by accept` has no name");
        return false;
    }
    if (is_by(stmt, "header") && name->text == NULL) {
        diag_help(diag_error(checker->diags, stmt->u.route.selector.span, E016,
                             "`by header` needs the name of a header"),
                  "write by header \"X-Event\"");
        return false;
    }
    if (name->text != NULL && *name->text == '\0') {
        diag_error(checker->diags, name->span, E016,
                   "a key has at least a character");
        return false;
    }
    return true;
}

struct model_choice *
variants_read(struct checker *checker, const struct ast_stmt *stmt)
{
    const struct ast_text *name = &stmt->u.route.selector_name;
    struct model_choice *choice;

    if (!is_by(stmt, "accept") && !is_by(stmt, "query") &&
        !is_by(stmt, "header")) {
        say_unknown(checker, &stmt->u.route.selector);
        return NULL;
    }
    if (!check_name(checker, stmt)) {
        return NULL;
    }
    choice = apr_pcalloc(checker->pool, sizeof(*choice));
    choice->variants =
        apr_array_make(checker->pool, 4, sizeof(struct model_variant *));
    choice->span = stmt->u.route.selector.span;
    if (is_by(stmt, "accept")) {
        choice->by = ROUTES_BY_ACCEPT;
        choice->name = "Accept";
    }
    else if (is_by(stmt, "header")) {
        choice->by = ROUTES_BY_HEADER;
        choice->name = header_name(checker, stmt);
    }
    else {
        choice->by = name->text != NULL ? ROUTES_BY_VALUE : ROUTES_BY_KEY;
        choice->name = name->text != NULL ? name->text : "";
    }
    return choice->name != NULL ? choice : NULL;
}

/* ---- keys --------------------------------------------------------------- */

static bool
is_rest(const struct ast_value *key)
{
    return key->kind == AST_WORD && strcmp(key->text, "default") == 0;
}

static const char *
lower(apr_pool_t *pool, const char *text)
{
    char *copy = apr_pstrdup(pool, text);

    for (char *at = copy; *at != '\0'; at++) {
        *at = (char)apr_tolower(*at);
    }
    return copy;
}

/* The media type of a key of `by accept`, or NULL, and said. */
static const char *
read_media(struct checker *checker, const struct ast_value *key)
{
    enum routes_produce produce = ROUTES_PRODUCE_AUTO;
    const char *media = NULL;

    return formats_read(checker, key, &produce, &media)
               ? lower(checker->pool, formats_media(produce, media))
               : NULL;
}

/* What stands in a request, or NULL, and said. */
static const char *
read_key(struct checker *checker, const struct model_choice *choice,
         const struct ast_value *key)
{
    size_t len = strlen(key->text);

    if (choice->by == ROUTES_BY_ACCEPT) {
        return read_media(checker, key);
    }
    if (len > 0 && !checker_has_control(key->text) &&
        (choice->by != ROUTES_BY_HEADER ||
         (key->text[0] != ' ' && key->text[len - 1] != ' '))) {
        return key->text;
    }
    diag_error(checker->diags, key->span, E016,
               "%s is nothing that a request can have there",
               checker_quote(checker, key->text));
    return NULL;
}

static const struct model_variant *
find(const struct model_choice *choice, const char *key)
{
    for (int i = 0; i < choice->variants->nelts; i++) {
        const struct model_variant *variant =
            MODEL_AT(choice->variants, const struct model_variant, i);

        if (strcmp(variant->key, key) == 0) {
            return variant;
        }
    }
    return NULL;
}

static void
say_twice(struct checker *checker, const struct ast_value *key,
          const struct model_variant *before)
{
    diag_place(diag_error(checker->diags, key->span, E201,
                          "two variants are for %s",
                          checker_quote(checker, before->key)),
               before->span, "the other one");
}

static bool
check_room(struct checker *checker, const struct model_choice *choice,
           const struct ast_value *key)
{
    if (choice->variants->nelts < ROUTES_MAX_VARIANTS) {
        return true;
    }
    checker_exceeds(checker, key->span,
                    apr_psprintf(checker->pool,
                                 "a route of more than %d variants",
                                 ROUTES_MAX_VARIANTS));
    return false;
}

bool
variants_add(struct checker *checker, struct model_choice *choice,
             const struct ast_stmt *stmt, struct model_route *route)
{
    const struct ast_value *key = stmt->u.variant.key;
    const char *text =
        is_rest(key) ? "default" : read_key(checker, choice, key);
    const struct model_variant *before;
    struct model_variant *variant;

    if (text == NULL || !check_room(checker, choice, key)) {
        return false;
    }
    before = is_rest(key) ? choice->rest : find(choice, text);
    if (before != NULL) {
        say_twice(checker, key, before);
        return false;
    }
    variant = apr_pcalloc(checker->pool, sizeof(*variant));
    variant->key = text;
    variant->route = route;
    variant->span = key->span;
    if (is_rest(key)) {
        choice->rest = variant;
    }
    else {
        APR_ARRAY_PUSH(choice->variants, struct model_variant *) = variant;
    }
    route->variant = apr_pstrcat(
        checker->pool, variants_text(checker->pool, choice), ": ", text, NULL);
    return true;
}

struct results_state
variants_results(const struct model_choice *choice,
                 const struct ast_stmt *variant,
                 const struct results_state *results)
{
    const struct ast_value *key = variant->u.variant.key;
    struct results_state state = *results;

    if (choice->by == ROUTES_BY_ACCEPT && !is_rest(key)) {
        formats_read(NULL, key, &state.produce, &state.media);
        state.formats = NULL;
    }
    return state;
}

/* ---- what they return ---- */

/* Whether `returns` stands before all variants. */
static bool
is_of_route(const struct ast_stmt *variant, const struct ast_stmt *returns)
{
    return returns->span.end <= variant->span.start;
}

/* At `returns`; with the key beside it if that is written elsewhere. */
static struct diag *
say_other_form(struct checker *checker, const struct ast_stmt *variant,
               const struct ast_stmt *returns, const char *text)
{
    struct diag *diag =
        diag_error(checker->diags, returns->span, E016, "%s", text);

    if (is_of_route(variant, returns)) {
        diag_place(diag, variant->u.variant.key->span, "this variant");
    }
    return diag;
}

/* What the key of a variant is for. */
static const char *
media_of(const struct ast_stmt *variant)
{
    struct model_format format = {ROUTES_PRODUCE_AUTO, NULL};

    formats_read(NULL, variant->u.variant.key, &format.produce, &format.media);
    return formats_media(format.produce, format.media);
}

void
variants_check_results(struct checker *checker,
                       const struct model_choice *choice,
                       const struct ast_stmt *variant,
                       const struct ast_stmt *returns,
                       const struct model_route *route)
{
    const struct model_type *type = results_type(route, route->status);
    const char *media;

    if (choice->by != ROUTES_BY_ACCEPT || is_rest(variant->u.variant.key) ||
        (type != NULL && type->kind == ROUTES_TYPE_FILE)) {
        return;
    }
    media = media_of(variant);
    if (type != NULL && !returns_carries(media, type)) {
        diag_help(say_other_form(
                      checker, variant, returns,
                      apr_psprintf(
                          checker->pool, "%s leaves as JSON, and never as %s",
                          checker_quote(checker, type->spelling), media)),
                  is_of_route(variant, returns)
                      ? "write behind each variant what it `returns`"
                      : "leave the type away");
    }
    else if (route->formats != NULL ||
             strcmp(formats_media(route->produce, route->media), media) != 0) {
        diag_help(say_other_form(
                      checker, variant, returns,
                      apr_psprintf(checker->pool,
                                   "a variant `by accept` has the format of "
                                   "its key, %s, and no other",
                                   media)),
                  "leave the format away");
    }
}

/* ---- URLs --------------------------------------------------------------- */

bool
variants_by_query(const struct model_route *route)
{
    return route->choice_of != NULL &&
           (route->choice_of->choice->by == ROUTES_BY_KEY ||
            route->choice_of->choice->by == ROUTES_BY_VALUE);
}

/* The index of the variant that calls a route, or their number: the rest. */
static int
index_of(const struct model_choice *choice, const struct model_route *route)
{
    int i = 0;

    while (i < choice->variants->nelts &&
           MODEL_AT(choice->variants, const struct model_variant, i)->route !=
               route) {
        i++;
    }
    return i;
}

const char *
variants_key(const struct model_route *route)
{
    const struct model_choice *choice =
        variants_by_query(route) ? route->choice_of->choice : NULL;
    int own = choice != NULL ? index_of(choice, route) : 0;

    return choice == NULL || own == choice->variants->nelts
               ? NULL
               : MODEL_AT(choice->variants, const struct model_variant, own)
                     ->key;
}

enum routes_url_role
variants_role(const struct model_route *route, const char *wire)
{
    const struct model_choice *choice = route->choice_of->choice;
    const char *own = variants_key(route);
    const struct model_variant *other = find(choice, wire);

    if (choice->by == ROUTES_BY_VALUE) {
        return strcmp(choice->name, wire) != 0 ? ROUTES_URL_FREE
               : own != NULL                   ? ROUTES_URL_FIXED
                                               : ROUTES_URL_ELSE;
    }
    if (other == NULL || own == NULL) {
        return other == NULL ? ROUTES_URL_FREE : ROUTES_URL_FIXED;
    }
    return other->route == route ? ROUTES_URL_TELLS
           : index_of(choice, other->route) < index_of(choice, route)
               ? ROUTES_URL_FIXED
               : ROUTES_URL_FREE;
}

/* ---- all of them -------------------------------------------------------- */

static const char *
join_keys(apr_pool_t *pool, const struct model_choice *choice,
          const char *quote)
{
    const char *joined = "";

    for (int i = 0; i < choice->variants->nelts; i++) {
        joined = apr_pstrcat(
            pool, joined, i > 0 ? ", " : "", quote,
            MODEL_AT(choice->variants, const struct model_variant, i)->key,
            quote, NULL);
    }
    return joined;
}

/* Whether an argument comes from the query string and from nowhere else. */
static bool
is_query(const struct model_route *route, const struct model_arg *arg)
{
    return !arg->by_member &&
           (arg->source == ROUTES_FROM_QUERY ||
            (arg->source == ROUTES_FROM_ARGUMENT && !route->any &&
             (route->methods & ~ROUTES_METHODS_BODILESS) == 0));
}

/* An argument that no request of its variant has, for with it another one is
 * called. */
static void
check_args(struct checker *checker, const struct model_choice *choice,
           const struct model_route *route)
{
    for (int i = 0; i < route->args->nelts; i++) {
        const struct model_arg *arg =
            MODEL_AT(route->args, const struct model_arg, i);

        if (is_query(route, arg) &&
            variants_role(route, arg->wire) == ROUTES_URL_FIXED) {
            diag_place(
                diag_error(checker->diags, arg->span, E118,
                           "no request of this variant has %s: with it the "
                           "other one is called",
                           checker_quote(checker, arg->wire)),
                find(choice, arg->wire)->span, "the other one");
        }
    }
}

static void
check_all_args(struct checker *checker, const struct model_choice *choice)
{
    for (int i = 0; i < choice->variants->nelts; i++) {
        check_args(
            checker, choice,
            MODEL_AT(choice->variants, const struct model_variant, i)->route);
    }
    if (choice->rest != NULL) {
        check_args(checker, choice, choice->rest->route);
    }
}

void
variants_end(struct checker *checker, struct model_choice *choice,
             const struct ast_stmt *stmt)
{
    apr_pool_t *pool = checker->pool;

    if (choice->by == ROUTES_BY_KEY) {
        check_all_args(checker, choice);
    }

    if (stmt->u.route.variants.first == NULL) {
        diag_error(checker->diags, choice->span, E016,
                   "there is no variant to choose");
    }
    choice->expected =
        choice->by == ROUTES_BY_VALUE || choice->by == ROUTES_BY_HEADER
            ? apr_pstrcat(pool, "enum(", join_keys(pool, choice, "\""), ")",
                          NULL)
            : join_keys(pool, choice, "");
}

const char *
variants_text(apr_pool_t *pool, const struct model_choice *choice)
{
    switch (choice->by) {
    case ROUTES_BY_NULL:
        break;
    case ROUTES_BY_ACCEPT:
        return "by accept";
    case ROUTES_BY_KEY:
        return "by query";
    case ROUTES_BY_VALUE:
        return apr_pstrcat(pool, "by query \"", choice->name, "\"", NULL);
    case ROUTES_BY_HEADER:
        return apr_pstrcat(pool, "by header \"", choice->name, "\"", NULL);
    }
    return "";
}
