/* SPDX-License-Identifier: Apache-2.0 */
/* rule_bind: a rule with what is given to it in the places of its
 * parameters. */
#include "dslc/rule_bind.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/paths.h"
#include "runtime/utf8.h"

struct binding {
    apr_pool_t *pool;
    const apr_array_header_t *params; /* of a declared rule, or NULL */
    const apr_array_header_t *args;
    const struct model_path *path; /* of what an assertion asks of, or NULL */
    const struct model_param *host_param;
    const struct span *span;          /* of all of the result, or NULL */
    const struct model_param *filled; /* by `word`, or NULL */
    const char *word;
    const struct model_path *own;   /* of a route that asks, or NULL */
    const struct model_path *other; /* that the same requests have */
    const struct model_rule_arg *unfit;
};

/* ---- what stands for a parameter ---- */

static const struct model_rule_arg *
find_given(const struct binding *b, const char *name)
{
    for (int i = 0; b->params != NULL && i < b->params->nelts; i++) {
        if (strcmp(MODEL_AT(b->params, struct model_param, i)->name, name) ==
            0) {
            return MODEL_AT(b->args, const struct model_rule_arg, i);
        }
    }
    return NULL;
}

/* The parameter of the route at hand, if it has one of that type. */
static const struct model_rule_arg *
find_there(const struct binding *b, const struct model_rule_arg *arg)
{
    const struct model_param *param =
        paths_find(b->path, b->host_param, arg->text);
    struct model_rule_arg *made;

    if (param == NULL ||
        (arg->type != NULL && strcmp(param->type->key, arg->type->key) != 0)) {
        return arg;
    }
    made = apr_pmemdup(b->pool, arg, sizeof(*made));
    made->param = param;
    return made;
}

/* Data as the language would have it: what Python is given. */
static const struct model_literal *
make_literal(const struct binding *b, const struct model_type *type,
             const char *word)
{
    struct model_literal *literal = apr_pcalloc(b->pool, sizeof(*literal));

    literal->text = word;
    switch (type->kind) {
    case ROUTES_TYPE_INT:
        literal->kind = ROUTES_CONST_INT;
        literal->i = apr_strtoi64(word, NULL, 10);
        break;
    case ROUTES_TYPE_BOOL:
        literal->kind = ROUTES_CONST_BOOL;
        literal->i = strcmp(word, "true") == 0 || strcmp(word, "1") == 0 ||
                     strcmp(word, "on") == 0;
        literal->text = literal->i ? "true" : "false";
        break;
    case ROUTES_TYPE_STR:
    case ROUTES_TYPE_ENUM:
    case ROUTES_TYPE_PATH:
    case ROUTES_TYPE_RAWPATH:
        literal->kind = ROUTES_CONST_STR;
        break;
    default:
        literal->kind = ROUTES_CONST_TEXT;
        break;
    }
    return literal;
}

static const struct model_rule_arg *
put_word(const struct binding *b, const struct model_rule_arg *arg,
         const char *word)
{
    struct model_rule_arg *made = apr_pmemdup(b->pool, arg, sizeof(*made));

    made->text = word;
    made->literal = make_literal(
        b, arg->type != NULL ? arg->type : arg->param->type, word);
    made->param = NULL;
    return made;
}

/* What the other path has where the parameter is; NULL: no text. */
static const char *
word_there(const struct binding *b, const struct model_param *param, int depth)
{
    const struct model_segment *segment = param->segment;
    const struct model_segment *there;
    size_t before = strlen(segment->prefix);
    size_t behind = strlen(segment->suffix);
    size_t length;

    if (b->other == NULL || segment->rest ||
        depth >= b->other->segments->nelts) {
        return NULL;
    }
    there = MODEL_AT(b->other->segments, struct model_segment, depth);
    length = strlen(there->prefix);
    return there->param != NULL || length <= before + behind
               ? NULL
               : apr_pstrmemdup(b->pool, there->prefix + before,
                                length - before - behind);
}

bool
rule_bind_may_be_few(const struct model_type *type)
{
    return type->kind == ROUTES_TYPE_ENUM || type->kind == ROUTES_TYPE_BOOL ||
           type->kind == ROUTES_TYPE_INT || type->matching != NULL;
}

/* Of which type its values are where the other path has a parameter, too. */
static struct model_type *
type_there(const struct binding *b, const struct model_param *param, int depth)
{
    const struct model_segment *there;

    if (b->other == NULL || depth >= b->other->segments->nelts ||
        rule_bind_may_be_few(param->type)) {
        return param->type;
    }
    there = MODEL_AT(b->other->segments, struct model_segment, depth);
    return there->param != NULL && paths_same_place(param, there->param) &&
                   rule_bind_may_be_few(there->param->type)
               ? there->param->type
               : param->type;
}

/* The parameter as it is on the route's path at hand: a text, where the other
 * path has one; else of that place alone. */
static const struct model_rule_arg *
place_param(const struct binding *b, const struct model_rule_arg *arg)
{
    for (int i = 0; i < b->own->segments->nelts; i++) {
        const struct model_param *param =
            MODEL_AT(b->own->segments, struct model_segment, i)->param;
        struct model_rule_arg *made;
        struct model_param *placed;
        const char *word;

        if (param == NULL || param->segment == NULL ||
            arg->param->segment == NULL ||
            strcmp(param->name, arg->param->name) != 0) {
            continue;
        }
        made = apr_pmemdup(b->pool, arg, sizeof(*made));
        placed = apr_pmemdup(b->pool, param, sizeof(*placed));
        placed->wanders = 0;
        placed->type = type_there(b, placed, i);
        made->param = placed;
        word = word_there(b, param, i);
        return word == NULL ? made : put_word(b, made, word);
    }
    return arg;
}

static const struct model_rule_arg *
resolve(const struct binding *b, const struct model_rule_arg *arg)
{
    const struct model_rule_arg *given;

    if (arg->param != NULL && b->filled != NULL) {
        return paths_same_place(arg->param, b->filled)
                   ? put_word(b, arg, b->word)
                   : arg;
    }
    if (arg->param != NULL && b->own != NULL) {
        return place_param(b, arg);
    }
    if (arg->param != NULL || arg->literal != NULL) {
        return arg;
    }
    given = find_given(b, arg->text);
    if (given != NULL) {
        return given;
    }
    return b->path != NULL || b->host_param != NULL ? find_there(b, arg) : arg;
}

/* ---- texts ---- */

/* Data as a part of a name, or NULL. */
static const char *
data_text(struct binding *b, const struct model_rule_arg *arg)
{
    if (arg->literal->setting != NULL || *arg->text == '\0' ||
        routes_utf8_control(arg->text, strlen(arg->text))) {
        b->unfit = arg;
        return "";
    }
    return arg->text;
}

/* Texts that follow one another are one. */
static void
add_text(const struct binding *b, apr_array_header_t *parts, const char *text)
{
    struct model_rule_part *last =
        parts->nelts == 0
            ? NULL
            : &APR_ARRAY_IDX(parts, parts->nelts - 1, struct model_rule_part);

    if (last != NULL && last->text != NULL) {
        last->text = apr_pstrcat(b->pool, last->text, text, NULL);
        return;
    }
    APR_ARRAY_PUSH(parts, struct model_rule_part) =
        (struct model_rule_part){text, NULL};
}

static apr_array_header_t *
bind_parts(struct binding *b, const apr_array_header_t *parts)
{
    apr_array_header_t *made =
        apr_array_make(b->pool, parts->nelts, sizeof(struct model_rule_part));

    for (int i = 0; i < parts->nelts; i++) {
        const struct model_rule_part *part =
            &APR_ARRAY_IDX(parts, i, const struct model_rule_part);
        const struct model_rule_arg *arg =
            part->arg == NULL ? NULL : resolve(b, part->arg);

        if (arg != NULL && arg->literal == NULL) {
            struct model_rule_arg *own =
                apr_pmemdup(b->pool, arg, sizeof(*own));

            own->type = NULL;
            APR_ARRAY_PUSH(made, struct model_rule_part) =
                (struct model_rule_part){NULL, own};
        }
        else {
            add_text(b, made, arg == NULL ? part->text : data_text(b, arg));
        }
    }
    return made;
}

/* As it is shown: "tenant:{tenant}". */
static const char *
show_parts(const struct binding *b, const apr_array_header_t *parts)
{
    const char *text = "";

    for (int i = 0; i < parts->nelts; i++) {
        const struct model_rule_part *part =
            &APR_ARRAY_IDX(parts, i, const struct model_rule_part);

        text = part->arg == NULL ? apr_pstrcat(b->pool, text, part->text, NULL)
                                 : apr_pstrcat(b->pool, text, "{",
                                               part->arg->text, "}", NULL);
    }
    return text;
}

/* A text without parameters is one, whatever it was made of. */
static void
bind_text(struct binding *b, apr_array_header_t **parts, const char **text)
{
    if (*parts == NULL) {
        return;
    }
    *parts = bind_parts(b, *parts);
    *text = show_parts(b, *parts);
    if ((*parts)->nelts == 1 &&
        APR_ARRAY_IDX(*parts, 0, struct model_rule_part).arg == NULL) {
        *parts = NULL;
    }
}

/* ---- rules ---- */

static apr_array_header_t *
bind_args(const struct binding *b, const apr_array_header_t *args)
{
    apr_array_header_t *made;

    if (args == NULL) {
        return NULL;
    }
    made = apr_array_make(b->pool, args->nelts, sizeof(void *));
    for (int i = 0; i < args->nelts; i++) {
        const struct model_rule_arg *arg =
            MODEL_AT(args, const struct model_rule_arg, i);
        const struct model_rule_arg *given = resolve(b, arg);

        APR_ARRAY_PUSH(made, const struct model_rule_arg *) = given;
    }
    return made;
}

static const struct model_rule *
bind_rule(struct binding *b, const struct model_rule *rule)
{
    struct model_rule *copy;

    if (rule == NULL) {
        return NULL;
    }
    copy = apr_pmemdup(b->pool, rule, sizeof(*rule));
    if (b->span != NULL) {
        copy->span = *b->span;
    }
    bind_text(b, &copy->parts, &copy->text);
    bind_text(b, &copy->name_parts, &copy->name);
    copy->args = bind_args(b, rule->args);
    copy->left = bind_rule(b, rule->left);
    copy->right = bind_rule(b, rule->right);
    return copy;
}

const struct model_rule *
rule_bind_declared(apr_pool_t *pool, const struct model_rule *rule,
                   const apr_array_header_t *params,
                   const apr_array_header_t *args, struct span span,
                   const struct model_rule_arg **unfit)
{
    struct binding b = {
        .pool = pool, .params = params, .args = args, .span = &span};
    const struct model_rule *bound = bind_rule(&b, rule);

    *unfit = b.unfit;
    return bound;
}

/* Whether a parameter is known only where the rule is asked. */
static int
is_open(const struct model_rule *rule)
{
    return rule != NULL &&
           (rule->parts != NULL || rule->name_parts != NULL ||
            rule->args != NULL || is_open(rule->left) || is_open(rule->right));
}

const struct model_rule *
rule_bind_at(apr_pool_t *pool, const struct model_rule *rule,
             const struct model_path *path,
             const struct model_param *host_param)
{
    struct binding b = {.pool = pool, .path = path, .host_param = host_param};

    return is_open(rule) ? bind_rule(&b, rule) : rule;
}

const struct model_rule *
rule_bind_word(apr_pool_t *pool, const struct model_rule *rule,
               const struct model_param *param, const char *word)
{
    struct binding b = {.pool = pool, .filled = param, .word = word};

    return is_open(rule) ? bind_rule(&b, rule) : rule;
}

const struct model_rule *
rule_bind_meet(apr_pool_t *pool, const struct model_rule *rule,
               const struct model_path *own, const struct model_path *other)
{
    struct binding b = {.pool = pool, .own = own, .other = other};

    return is_open(rule) ? bind_rule(&b, rule) : rule;
}
