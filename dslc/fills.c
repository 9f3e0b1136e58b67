/* SPDX-License-Identifier: Apache-2.0 */
/* fills: what requests can put for the parameters of two requirements. */
#include "dslc/fills.h"

#include <string.h>

#include <apr_strings.h>

#include "dslc/language.h"
#include "dslc/paths.h"
#include "dslc/rule_bind.h"
#include "runtime/utf8.h"

/* A parameter, and each value that it can have. */
struct choice {
    const struct model_param *param;
    apr_array_header_t *words; /* const char * */
    int at;
};

struct fills {
    apr_pool_t *pool;
    const struct model_rule *a;
    const struct model_rule *b;
    apr_array_header_t *choices; /* struct choice */
    bool begun;
};

/* ---- words of a type ---- */

struct walk {
    apr_pool_t *pool;
    const struct dfa *dfa;
    apr_array_header_t *words;
    char word[64];
};

/* Lists what leads from a state to acceptance, `length` bytes being there;
 * false: it is too much. */
static bool
list_words(struct walk *w, uint32_t state, size_t length)
{
    if (length + 1 >= sizeof(w->word)) {
        return false;
    }
    if (state >= w->dfa->accept) {
        w->word[length] = '\0';
        if (w->words->nelts == FILLS_MAX_VALUES || length == 0 ||
            routes_utf8_control(w->word, length)) {
            return false;
        }
        APR_ARRAY_PUSH(w->words, const char *) =
            apr_pstrmemdup(w->pool, w->word, length);
    }
    for (unsigned byte = 1; byte < 256; byte++) {
        uint32_t next = w->dfa->cells[(size_t)state * w->dfa->n_classes +
                                      w->dfa->classes[byte]];

        w->word[length] = (char)byte;
        if (next != 0 && !list_words(w, next, length + 1)) {
            return false;
        }
    }
    return true;
}

/* const char *, or NULL: they are many. */
static apr_array_header_t *
words_of(apr_pool_t *pool, const struct model_param *param)
{
    struct walk w = {.pool = pool};

    if (!rule_bind_may_be_few(param->type)) {
        return NULL;
    }
    w.dfa = param->type->path_dfa != NULL
                ? param->type->path_dfa
                : language_of_type(pool, param->type);
    w.words = apr_array_make(pool, 4, sizeof(const char *));
    return w.dfa != NULL && w.dfa->n_states > 1 &&
                   list_words(&w, w.dfa->start, 0) && w.words->nelts > 0
               ? w.words
               : NULL;
}

/* ---- parameters ---- */

/* Those of both lists; one that nobody has stays as it is. */
static void
keep_common(struct choice *choice, const apr_array_header_t *words)
{
    int n = 0;

    for (int i = 0; i < choice->words->nelts; i++) {
        const char *word = APR_ARRAY_IDX(choice->words, i, const char *);
        bool common = false;

        for (int k = 0; k < words->nelts && !common; k++) {
            common = strcmp(word, APR_ARRAY_IDX(words, k, const char *)) == 0;
        }
        if (common) {
            APR_ARRAY_IDX(choice->words, n++, const char *) = word;
        }
    }
    choice->words->nelts = n > 0 ? n : choice->words->nelts;
}

static void
add_param(struct fills *f, const struct model_rule_arg *arg)
{
    apr_array_header_t *words;

    if (arg == NULL || arg->param == NULL) {
        return;
    }
    words = words_of(f->pool, arg->param);
    if (words == NULL) {
        return;
    }
    for (int i = 0; i < f->choices->nelts; i++) {
        struct choice *known = &APR_ARRAY_IDX(f->choices, i, struct choice);

        if (paths_same_place(known->param, arg->param)) {
            keep_common(known, words);
            return;
        }
    }
    APR_ARRAY_PUSH(f->choices, struct choice) =
        (struct choice){arg->param, words, 0};
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
fills_make(apr_pool_t *pool, const struct model_rule *a,
           const struct model_rule *b)
{
    struct fills *fills = apr_pcalloc(pool, sizeof(*fills));
    int all = 1;

    fills->pool = pool;
    fills->a = a;
    fills->b = b;
    fills->choices = apr_array_make(pool, 2, sizeof(struct choice));
    add_rule(fills, a);
    add_rule(fills, b);
    for (int i = 0; i < fills->choices->nelts; i++) {
        all *= APR_ARRAY_IDX(fills->choices, i, struct choice).words->nelts;
        if (all > FILLS_MAX) {
            fills->choices->nelts = i;
        }
    }
    return fills;
}

/* ---- ways ---- */

/* Whether there was another way. */
static bool
turn(struct fills *f)
{
    if (!f->begun) {
        f->begun = true;
        return true;
    }
    for (int i = 0; i < f->choices->nelts; i++) {
        struct choice *choice = &APR_ARRAY_IDX(f->choices, i, struct choice);

        if (++choice->at < choice->words->nelts) {
            return true;
        }
        choice->at = 0;
    }
    return false;
}

bool
fills_next(struct fills *fills, const struct model_rule **a,
           const struct model_rule **b)
{
    *a = fills->a;
    *b = fills->b;
    if (!turn(fills)) {
        return false;
    }
    for (int i = 0; i < fills->choices->nelts; i++) {
        const struct choice *choice =
            &APR_ARRAY_IDX(fills->choices, i, struct choice);
        const char *word =
            APR_ARRAY_IDX(choice->words, choice->at, const char *);

        *a = rule_bind_word(fills->pool, *a, choice->param, word);
        *b = rule_bind_word(fills->pool, *b, choice->param, word);
    }
    return true;
}

const char *
fills_text(const struct fills *fills)
{
    const char *text = "";

    for (int i = 0; i < fills->choices->nelts; i++) {
        const struct choice *choice =
            &APR_ARRAY_IDX(fills->choices, i, struct choice);

        text = apr_pstrcat(
            fills->pool, text, i == 0 ? ", where {" : " and {",
            choice->param->name, "} is ",
            APR_ARRAY_IDX(choice->words, choice->at, const char *), NULL);
    }
    return text;
}
