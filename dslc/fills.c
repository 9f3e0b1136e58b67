/* SPDX-License-Identifier: Apache-2.0 */
/* fills: what requests can put for the parameters of two requirements. */
#include "dslc/fills.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/formula.h"
#include "dslc/paths.h"
#include "dslc/rule_bind.h"

/* A parameter, and values that it can have. */
struct choice {
    const struct model_param *param;
    apr_array_header_t *words; /* const char * */
    bool all;                  /* it has no others */
    int at;
};

struct fills {
    apr_pool_t *pool;
    struct words_memo *memo;
    const struct model_rule *a;
    const struct model_rule *b;
    apr_array_header_t *choices; /* struct choice */
    bool lost; /* one of them has no value that can be listed */
    bool ended;
    int n_tried;
};

static struct choice *
choice_at(const struct fills *fills, int i)
{
    return &APR_ARRAY_IDX(fills->choices, i, struct choice);
}

static const char *
word_of(const struct choice *choice)
{
    return APR_ARRAY_IDX(choice->words, choice->at, const char *);
}

/* ---- whether it matters ---- */

static bool
is_filled(const struct model_rule_arg *arg)
{
    return arg != NULL && arg->param != NULL &&
           rule_bind_may_be_few(arg->param->type);
}

/* What a text surely begins with. */
static const char *
begin_of(const char *text, const apr_array_header_t *parts)
{
    if (parts == NULL) {
        return text == NULL ? "" : text;
    }
    text = APR_ARRAY_IDX(parts, 0, struct model_rule_part).text;
    return text == NULL ? "" : text;
}

static bool
has_filled(const apr_array_header_t *parts)
{
    for (int i = 0; parts != NULL && i < parts->nelts; i++) {
        if (is_filled(APR_ARRAY_IDX(parts, i, struct model_rule_part).arg)) {
            return true;
        }
    }
    return false;
}

/* Whether two texts may be one, which as they stand they are not. */
static bool
texts_may_meet(const char *a, const apr_array_header_t *a_parts, const char *b,
               const apr_array_header_t *b_parts)
{
    const char *one = begin_of(a, a_parts);
    const char *other = begin_of(b, b_parts);
    size_t n = strlen(one);
    size_t m = strlen(other);

    if (a_parts == NULL && b_parts == NULL) {
        return strcmp(one, other) == 0;
    }
    return strncmp(one, other, n < m ? n : m) == 0;
}

static bool
args_may_meet(const apr_array_header_t *a, const apr_array_header_t *b)
{
    for (int i = 0; i < a->nelts && i < b->nelts; i++) {
        const struct model_rule_arg *one =
            MODEL_AT(a, const struct model_rule_arg, i);
        const struct model_rule_arg *other =
            MODEL_AT(b, const struct model_rule_arg, i);

        if (one->literal != NULL && other->literal != NULL &&
            strcmp(one->text, other->text) != 0) {
            return false;
        }
    }
    return a->nelts == b->nelts;
}

/* Whether a value of a parameter may make one question of two. */
static bool
may_meet(const struct formula_atom *a, const struct formula_atom *b)
{
    const struct model_rule *one = a->rule;
    const struct model_rule *other = b->rule;

    if (one->op != other->op || a->anonymous != b->anonymous ||
        a->second != b->second) {
        return false;
    }
    if (one->op == MODEL_RULE_PYTHON) {
        return strcmp(one->predicate->function->qualname,
                      other->predicate->function->qualname) == 0 &&
               strcmp(one->predicate->function->module,
                      other->predicate->function->module) == 0 &&
               args_may_meet(one->args, other->args);
    }
    return texts_may_meet(one->text, one->parts, other->text, other->parts) &&
           texts_may_meet(one->name, one->name_parts, other->name,
                          other->name_parts);
}

static bool
asks_filled(const struct model_rule *rule)
{
    for (int i = 0; rule->args != NULL && i < rule->args->nelts; i++) {
        if (is_filled(MODEL_AT(rule->args, const struct model_rule_arg, i))) {
            return true;
        }
    }
    return has_filled(rule->parts) || has_filled(rule->name_parts);
}

bool
fills_may_decide(const apr_array_header_t *atoms)
{
    for (int i = 0; i < atoms->nelts; i++) {
        const struct formula_atom *a =
            &APR_ARRAY_IDX(atoms, i, const struct formula_atom);

        if (a->truth == FORMULA_OPEN || !asks_filled(a->rule)) {
            continue;
        }
        if (a->truth == FORMULA_MUTE) {
            return true;
        }
        for (int k = 0; k < atoms->nelts; k++) {
            const struct formula_atom *b =
                &APR_ARRAY_IDX(atoms, k, const struct formula_atom);

            if (b->truth != FORMULA_OPEN && b->truth != a->truth &&
                may_meet(a, b)) {
                return true;
            }
        }
    }
    return false;
}

/* ---- parameters ---- */

/* Leaves out the words that another type of the same place lacks; one that
 * nobody has stays as it is. */
static void
keep_common(struct choice *choice, const struct words *words)
{
    int n = 0;

    for (int i = 0; i < choice->words->nelts; i++) {
        const char *word = APR_ARRAY_IDX(choice->words, i, const char *);

        if (!words_lack(words, word)) {
            APR_ARRAY_IDX(choice->words, n++, const char *) = word;
        }
    }
    choice->words->nelts = n > 0 ? n : choice->words->nelts;
}

static void
add_param(struct fills *f, const struct model_rule_arg *arg)
{
    const struct words *words;

    if (!is_filled(arg)) {
        return;
    }
    words = words_of(f->memo, arg->param->type);
    for (int i = 0; i < f->choices->nelts; i++) {
        struct choice *known = choice_at(f, i);

        if (!paths_same_place(known->param, arg->param)) {
            continue;
        }
        if (words->all && !known->all) {
            known->words = apr_array_copy(f->pool, words->list);
            known->all = true;
            words = words_of(f->memo, known->param->type);
        }
        keep_common(known, words);
        return;
    }
    if (words->list->nelts == 0) {
        f->lost = true;
        return;
    }
    APR_ARRAY_PUSH(f->choices, struct choice) = (struct choice){
        arg->param, apr_array_copy(f->pool, words->list), words->all, 0};
}

static void
add_parts(struct fills *f, const apr_array_header_t *parts)
{
    for (int i = 0; parts != NULL && i < parts->nelts; i++) {
        add_param(f, APR_ARRAY_IDX(parts, i, struct model_rule_part).arg);
    }
}

static void
add_rule(struct fills *f, const struct model_rule *rule)
{
    if (rule == NULL) {
        return;
    }
    add_parts(f, rule->parts);
    add_parts(f, rule->name_parts);
    for (int i = 0; rule->args != NULL && i < rule->args->nelts; i++) {
        add_param(f, MODEL_AT(rule->args, const struct model_rule_arg, i));
    }
    add_rule(f, rule->left);
    add_rule(f, rule->right);
}

struct fills *
fills_make(apr_pool_t *pool, struct words_memo *words,
           const struct model_rule *a, const struct model_rule *b)
{
    struct fills *fills = apr_pcalloc(pool, sizeof(*fills));

    fills->pool = pool;
    fills->memo = words;
    fills->a = a;
    fills->b = b;
    fills->choices = apr_array_make(pool, 2, sizeof(struct choice));
    add_rule(fills, a);
    add_rule(fills, b);
    return fills;
}

/* ---- ways ---- */

static bool
stands_in_parts(const apr_array_header_t *parts, const char *word)
{
    for (int i = 0; parts != NULL && i < parts->nelts; i++) {
        const char *text =
            APR_ARRAY_IDX(parts, i, struct model_rule_part).text;

        if (text != NULL && strstr(text, word) != NULL) {
            return true;
        }
    }
    return false;
}

/* Whether a text of the rule has the word in it. */
static bool
stands_in(const struct model_rule *rule, const char *word)
{
    if (rule == NULL) {
        return false;
    }
    for (int i = 0; rule->args != NULL && i < rule->args->nelts; i++) {
        const struct model_rule_arg *arg =
            MODEL_AT(rule->args, const struct model_rule_arg, i);

        if (arg->literal != NULL && strcmp(arg->text, word) == 0) {
            return true;
        }
    }
    return (rule->parts != NULL
                ? stands_in_parts(rule->parts, word)
                : rule->text != NULL && strstr(rule->text, word) != NULL) ||
           stands_in_parts(rule->name_parts, word) ||
           stands_in(rule->left, word) || stands_in(rule->right, word);
}

/* Whether an earlier parameter has the word. */
static bool
is_taken(const struct fills *f, int index, const char *word)
{
    for (int i = 0; i < index; i++) {
        if (strcmp(word_of(choice_at(f, i)), word) == 0) {
            return true;
        }
    }
    return false;
}

/* Gives each parameter a value that is like no other text. */
static void
choose_fresh(struct fills *f)
{
    for (int i = 0; i < f->choices->nelts; i++) {
        struct choice *choice = choice_at(f, i);

        choice->at = 0;
        while (choice->at + 1 < choice->words->nelts &&
               (is_taken(f, i, word_of(choice)) ||
                stands_in(f->a, word_of(choice)) ||
                stands_in(f->b, word_of(choice)))) {
            choice->at++;
        }
    }
}

static void
choose_first(struct fills *f)
{
    for (int i = 0; i < f->choices->nelts; i++) {
        choice_at(f, i)->at = 0;
    }
}

/* Whether there was another way. */
static bool
turn(struct fills *f)
{
    for (int i = 0; i < f->choices->nelts; i++) {
        struct choice *choice = choice_at(f, i);

        if (++choice->at < choice->words->nelts) {
            return true;
        }
        choice->at = 0;
    }
    return false;
}

/* The fresh one, then all in order. */
static bool
choose(struct fills *f)
{
    if (f->n_tried == 0) {
        choose_fresh(f);
    }
    else if (f->n_tried == 1) {
        choose_first(f);
    }
    else if (f->n_tried > FILLS_MAX) {
        return false;
    }
    else if (!turn(f)) {
        f->ended = true;
        return false;
    }
    f->n_tried++;
    return true;
}

bool
fills_next(struct fills *fills, apr_pool_t *pool, const struct model_rule **a,
           const struct model_rule **b)
{
    if (!choose(fills)) {
        return false;
    }
    *a = fills->a;
    *b = fills->b;
    for (int i = 0; i < fills->choices->nelts; i++) {
        const struct choice *choice = choice_at(fills, i);

        *a = rule_bind_word(pool, *a, choice->param, word_of(choice));
        *b = rule_bind_word(pool, *b, choice->param, word_of(choice));
    }
    return true;
}

bool
fills_complete(const struct fills *fills)
{
    for (int i = 0; i < fills->choices->nelts; i++) {
        if (!choice_at(fills, i)->all) {
            return false;
        }
    }
    return fills->ended && !fills->lost;
}

const char *
fills_text(const struct fills *fills)
{
    const char *text = "";

    for (int i = 0; i < fills->choices->nelts; i++) {
        const struct choice *choice = choice_at(fills, i);

        text =
            apr_pstrcat(fills->pool, text, i == 0 ? ", where {" : " and {",
                        choice->param->name, "} is ", word_of(choice), NULL);
    }
    return text;
}
