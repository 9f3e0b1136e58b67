/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search: whether there is a caller whom one requirement grants and another
 * does not.
 *
 * An atom is given values only while the bounds of the formulas leave the
 * question open, so that most are never tried.
 */
#include "dslc/search.h"

#include <stdbool.h>
#include <string.h>

#include <apr_strings.h>

#include "dslc/fills.h"
#include "dslc/formula.h"
#include "dslc/regions.h"
#include "dslc/rule_text.h"
#include "dslc/verb.h"
#include "dslc/words.h"
#include "runtime/network.h"

/* One search under way. */
struct trial {
    const struct search *s;
    struct search_run *run;
    uint64_t last_step; /* of the run, for this question */
    struct formula yes;
    struct formula no; /* without terms: not asked */
    struct formula_caller caller;
    apr_pool_t *pool;            /* of what is tried at hand */
    apr_array_header_t *regions; /* struct routes_network: addresses; NULL:
                                    none was asked for */
    const struct model_rule *grants;
    const struct model_rule *denies;
};

struct search_run *
search_run_make(apr_pool_t *pool)
{
    struct search_run *run = apr_pcalloc(pool, sizeof(*run));

    run->pool = pool;
    run->words = words_memo_make(pool);
    return run;
}

static struct formula_atom *
atom_at(const struct trial *t, int i)
{
    return &APR_ARRAY_IDX(t->caller.atoms, i, struct formula_atom);
}

/* ---- trying ------------------------------------------------------------- */

static enum search_found try_caller(struct trial *t);

/* Gives an atom its values in turn; the one of the caller found stays. */
static enum search_found
try_atom(struct trial *t, int atom)
{
    int n = formula_n_truths(atom_at(t, atom));

    for (int i = 0; i < n; i++) {
        enum search_found found;

        atom_at(t, atom)->truth = (enum formula_truth)i;
        found = try_caller(t);
        if (found != SEARCH_NOBODY) {
            return found;
        }
    }
    atom_at(t, atom)->truth = FORMULA_OPEN;
    return SEARCH_NOBODY;
}

/* Gives the caller an address of each region in turn. */
static enum search_found
try_address(struct trial *t)
{
    if (t->regions == NULL) {
        t->regions = regions_of(t->pool, t->grants, t->denies);
    }
    for (int i = 0; i < t->regions->nelts; i++) {
        enum search_found found;

        t->caller.address =
            &APR_ARRAY_IDX(t->regions, i, struct routes_network);
        found = try_caller(t);
        if (found != SEARCH_NOBODY) {
            return found;
        }
    }
    t->caller.address = NULL;
    return SEARCH_NOBODY;
}

/* Gives the request each of the methods in turn. */
static enum search_found
try_method(struct trial *t)
{
    uint64_t all = t->caller.methods;

    for (uint64_t left = all == 0 ? verb_all() : all; left != 0;
         left &= left - 1) {
        enum search_found found;

        t->caller.methods = left & -left;
        found = try_caller(t);
        if (found != SEARCH_NOBODY) {
            return found;
        }
    }
    t->caller.methods = all;
    return SEARCH_NOBODY;
}

static enum search_found
try_term(struct trial *t, const struct formula_term *open)
{
    return open->atom != FORMULA_NONE            ? try_atom(t, open->atom)
           : open->rule->op == MODEL_RULE_METHOD ? try_method(t)
                                                 : try_address(t);
}

/* Whoever is granted by bounds that are still open is not granted. */
static enum search_found
try_caller(struct trial *t)
{
    struct formula_bounds yes = formula_judge(&t->yes, &t->caller);
    struct formula_bounds no = {FORMULA_DENIED, FORMULA_DENIED};
    const struct formula_term *open;

    if (t->no.n_terms > 0) {
        no = formula_judge(&t->no, &t->caller);
    }
    t->run->steps += (uint64_t)t->yes.n_terms + (uint64_t)t->no.n_terms;
    if (t->run->steps > t->last_step) {
        return SEARCH_TOO_LATE;
    }
    if (yes.high < FORMULA_GRANTED || no.low == FORMULA_GRANTED) {
        return SEARCH_NOBODY;
    }
    open = formula_open(&t->yes, &t->caller);
    if (open == NULL && yes.low < FORMULA_GRANTED) {
        return SEARCH_NOBODY;
    }
    if (open == NULL && no.high == FORMULA_GRANTED) {
        open = formula_open(&t->no, &t->caller);
    }
    if (open != NULL) {
        return try_term(t, open);
    }
    return formula_agrees(&t->caller) ? SEARCH_SOMEBODY : SEARCH_NOBODY;
}

/* With these in the places of both requirements. */
static enum search_found
try_rules(struct trial *t, apr_pool_t *pool, const struct model_rule *grants,
          const struct model_rule *denies)
{
    const struct search *s = t->s;

    t->pool = pool;
    t->grants = grants;
    t->denies = denies;
    t->regions = NULL;
    t->caller = formula_caller_make(pool, s->methods);
    t->yes = formula_make(pool, grants, &s->grants_user, &t->caller);
    t->no = (struct formula){0};
    if (denies != NULL) {
        t->no = formula_make(pool, denies, &s->denies_user, &t->caller);
    }
    return try_caller(t);
}

/* ---- the caller that was found ------------------------------------------ */

/* ", role: support" for an atom that the caller has. */
static const char *
spell_atom(apr_pool_t *pool, const struct model_rule *rule)
{
    switch (rule->op) {
    case MODEL_RULE_ROLE:
        return apr_pstrcat(pool, ", role: ", rule->text, NULL);
    case MODEL_RULE_SCOPE:
        return apr_pstrcat(pool, ", scope: ", rule->text, NULL);
    case MODEL_RULE_CLAIM:
        return apr_pstrcat(pool, ", claim: ", rule->name, " = ", rule->text,
                           NULL);
    case MODEL_RULE_TLS:
        return ", tls";
    case MODEL_RULE_PYTHON:
    case MODEL_RULE_APACHE:
        return apr_pstrcat(pool, ", ", rule_text_of(pool, rule), NULL);
    default:
        return "";
    }
}

/* The method of a request, if the search has chosen one. */
static const char *
spell_method(apr_pool_t *pool, const struct trial *t)
{
    unsigned i = 0;

    if (t->caller.methods == t->s->methods) {
        return "";
    }
    while (i < ROUTES_N_METHODS && t->caller.methods != ROUTES_METHOD_BIT(i)) {
        i++;
    }
    return i == ROUTES_N_METHODS
               ? ", by another method"
               : apr_pstrcat(pool, ", by ", verb_name((enum routes_method)i),
                             NULL);
}

static const char *
spell_atoms(apr_pool_t *pool, const struct trial *t, bool user, bool second)
{
    const char *text = "";

    for (int i = 0; i < t->caller.atoms->nelts; i++) {
        const struct formula_atom *atom = atom_at(t, i);
        enum model_rule_op op = atom->rule->op;

        if (atom->second != second) {
            continue;
        }
        if (atom->truth == FORMULA_MUTE && user) {
            text = apr_pstrcat(pool, text, ", without a value for ",
                               rule_text_of(pool, atom->rule), NULL);
        }
        if (atom->truth == FORMULA_TRUE &&
            (user || op == MODEL_RULE_TLS || op == MODEL_RULE_APACHE)) {
            text = apr_pstrcat(pool, text, spell_atom(pool, atom->rule), NULL);
        }
    }
    return text;
}

static const char *
spell_user(apr_pool_t *pool, const struct trial *t,
           const struct formula_user *user)
{
    const char *realm = user->realm == NULL || !t->s->named
                            ? ""
                            : apr_pstrcat(pool, " of ", user->realm, NULL);

    return apr_pstrcat(pool, user->known ? "user" : "anonymous", realm,
                       spell_atoms(pool, t, user->known, user->second), NULL);
}

static const char *
spell_caller(apr_pool_t *pool, const struct trial *t, const char *filled)
{
    const struct search *s = t->s;
    const char *text = spell_user(pool, t,
                                  s->grants_user.known || !s->denies_user.known
                                      ? &s->grants_user
                                      : &s->denies_user);

    text = apr_pstrcat(pool, "{", text, NULL);
    if (s->denies_user.second) {
        text = apr_pstrcat(pool, text, ", and ",
                           spell_user(pool, t, &s->denies_user), NULL);
    }
    if (t->caller.address != NULL) {
        text = apr_pstrcat(pool, text, ", from ",
                           routes_network_text(t->caller.address, pool), NULL);
    }
    return apr_pstrcat(pool, text, spell_method(pool, t), filled, "}", NULL);
}

/* ---- the search --------------------------------------------------------- */

/* Tries what parameters can be, until somebody is found. */
static enum search_found
try_fills(struct trial *t, apr_pool_t *work, struct fills *fills)
{
    const struct model_rule *grants;
    const struct model_rule *denies;

    while (fills_next(fills, work, &grants, &denies)) {
        enum search_found found = try_rules(t, work, grants, denies);

        if (found != SEARCH_NOBODY) {
            return found;
        }
        apr_pool_clear(work);
    }
    return fills_complete(fills) ? SEARCH_NOBODY : SEARCH_TOO_MANY;
}

static enum search_found
try_all(struct trial *t, apr_pool_t *pool, apr_pool_t *work,
        const char **caller)
{
    const struct search *s = t->s;
    enum search_found found = try_rules(t, pool, s->grants, s->denies);
    const char *filled = "";

    if (found == SEARCH_SOMEBODY && fills_may_decide(t->caller.atoms)) {
        struct fills *fills =
            fills_make(pool, t->run->words, s->grants, s->denies);

        found = try_fills(t, work, fills);
        filled = fills_text(fills);
    }
    if (found == SEARCH_SOMEBODY && caller != NULL) {
        *caller = spell_caller(pool, t, filled);
    }
    return found;
}

enum search_found
search_find(struct search_run *run, const struct search *s,
            const char **caller)
{
    struct trial t = {.s = s, .run = run};
    enum search_found found;
    apr_pool_t *pool;
    apr_pool_t *work;

    t.last_step = run->steps + SEARCH_MAX_STEPS < SEARCH_MAX_ALL_STEPS
                      ? run->steps + SEARCH_MAX_STEPS
                      : SEARCH_MAX_ALL_STEPS;
    apr_pool_create(&pool, run->pool);
    apr_pool_create(&work, pool);
    found = try_all(&t, pool, work, caller);
    if (found == SEARCH_SOMEBODY && caller != NULL) {
        *caller = apr_pstrdup(run->pool, *caller);
    }
    apr_pool_destroy(pool);
    return found;
}
