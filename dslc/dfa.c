/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular languages over bytes: the compiler's other files see this face of
 * patterns, types and products of automata.
 */
#include "dfa.h"

#include <string.h>

#include "language.h"
#include "model.h"
#include "nfa.h"
#include "product.h"
#include "regex.h"

const char dfa_too_large[] = "the pattern needs too large an automaton";

struct dfa *
dfa_from_regex(apr_pool_t *pool, const char *pattern, size_t len,
               const char **error, size_t *at)
{
    struct dfa *dfa = NULL;
    struct nfa *nfa;
    apr_pool_t *work;
    uint32_t start;

    apr_pool_create(&work, pool);
    nfa = nfa_make(work);
    *error = regex_to_nfa(pool, nfa, pattern, len, NFA_ACCEPT, &start, at);
    if (*error == NULL) {
        dfa = nfa_determinise(pool, nfa, start);
        if (dfa == NULL) {
            *error = dfa_too_large;
            *at = 0;
        }
    }
    apr_pool_destroy(work);
    return dfa;
}

struct dfa *
dfa_from_text(apr_pool_t *pool, const char *text, size_t len)
{
    struct dfa *dfa;
    struct nfa *nfa;
    apr_pool_t *work;

    apr_pool_create(&work, pool);
    nfa = nfa_make(work);
    dfa = nfa_determinise(pool, nfa, nfa_text(nfa, text, len, NFA_ACCEPT));
    apr_pool_destroy(work);
    return dfa;
}

struct dfa *
dfa_wrap(apr_pool_t *pool, const char *prefix, const struct dfa *dfa,
         const char *suffix)
{
    struct dfa *whole;
    struct nfa *nfa;
    apr_pool_t *work;
    uint32_t at = NFA_ACCEPT;

    apr_pool_create(&work, pool);
    nfa = nfa_make(work);
    at = nfa_text(nfa, suffix, strlen(suffix), at);
    at = nfa_dfa(nfa, dfa, at);
    at = nfa_text(nfa, prefix, strlen(prefix), at);
    whole = nfa_determinise(pool, nfa, at);
    apr_pool_destroy(work);
    return whole;
}

struct dfa *
dfa_of_type(apr_pool_t *pool, struct model_type *type)
{
    if (type->path_dfa == NULL) {
        type->path_dfa = language_of_type(pool, type);
    }
    return type->path_dfa;
}

struct dfa *
dfa_intersect(apr_pool_t *pool, const struct dfa *a, const struct dfa *b)
{
    return product_intersect(pool, a, b);
}

int
dfa_accepts(const struct dfa *dfa, const char *text, size_t len)
{
    size_t state = dfa->start;

    for (size_t i = 0; i < len && state != 0; i++) {
        state = dfa->cells[state * dfa->n_classes +
                           dfa->classes[(uint8_t)text[i]]];
    }
    return state != 0 && state >= dfa->accept;
}

int
dfa_empty(const struct dfa *dfa)
{
    return dfa->accept == dfa->n_states;
}

enum dfa_relation
dfa_relate(apr_pool_t *pool, const struct dfa *a, const struct dfa *b,
           const char **witness)
{
    if (witness != NULL) {
        *witness = product_witness(pool, a, b);
    }
    return product_relate(pool, a, b);
}
