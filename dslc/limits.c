/* SPDX-License-Identifier: Apache-2.0 */
/* limits: how much a request may ask for: `limit`. */
#include "dslc/limits.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "dslc/suggest.h"

typedef void
combine_fn(struct checker *checker, const struct limits_state *outer,
           const struct ast_limit *limit, bool override,
           struct limits_state *state);

static combine_fn combine_body;

static const struct kind {
    const char *name;
    combine_fn *combine;      /* NULL: waits for a later version */
    enum ast_value_kind unit; /* of its value, if that is not `off` */
    const char *takes;
} kinds[] = {
    {"body", combine_body, AST_SIZE, "a size"},
    {"concurrency", NULL, AST_INT, "a number of calls"},
    {"rate", NULL, AST_RATE, "a rate, such as 5/min"},
    {"time", NULL, AST_DURATION, "a duration, such as 5s"},
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct limits_state
limits_none(void)
{
    return (struct limits_state){.body = LIMITS_BODY};
}

/* ---- limit body --------------------------------------------------------- */

static bool
is_off(const struct ast_value *value)
{
    return value->kind == AST_WORD && strcmp(value->text, "off") == 0;
}

/* Whether it is a size, and nothing that belongs to a rate. */
static bool
check_size(struct checker *checker, const struct ast_limit *limit)
{
    struct diag *diag;

    if (limit->per.text != NULL || limit->burst != NULL) {
        diag_error(checker->diags, limit->span, E504,
                   "`per` and `burst` belong to a rate, and this limits a "
                   "body");
        return false;
    }
    if (limit->value->kind == AST_SIZE || is_off(limit->value)) {
        return true;
    }
    diag = diag_error(checker->diags, limit->value->span, E504,
                      "the limit of a body is a size, and not %s",
                      checker_quote(checker, limit->value->text));
    diag_help(diag, "write a size with its unit, such as 64KB, or off");
    return false;
}

static bool
is_looser(int64_t body, int64_t than)
{
    return than != ROUTES_BODY_UNLIMITED &&
           (body == ROUTES_BODY_UNLIMITED || body > than);
}

static void
combine_body(struct checker *checker, const struct limits_state *outer,
             const struct ast_limit *limit, bool override,
             struct limits_state *state)
{
    struct diag *diag;

    if (!check_size(checker, limit)) {
        return;
    }
    state->body =
        is_off(limit->value) ? ROUTES_BODY_UNLIMITED : limit->value->number;
    state->has_body = true;
    state->span = limit->span;
    if (override || !outer->has_body || !is_looser(state->body, outer->body)) {
        return;
    }
    diag = diag_error(checker->diags, limit->span, E505,
                      "this limit is looser than the one around it");
    diag_place(diag, outer->span, "the one around it");
    diag_help(diag, "write `override limit body %s`", limit->value->text);
}

/* ---- limits that wait --------------------------------------------------- */

/* The unit, and that only a rate is per something. */
static void
check_waiting(struct checker *checker, const struct kind *kind,
              const struct ast_limit *limit)
{
    if (limit->value->kind != kind->unit && !is_off(limit->value)) {
        diag_error(checker->diags, limit->value->span, E504,
                   "`limit %s` takes %s, and not %s", kind->name, kind->takes,
                   checker_quote(checker, limit->value->text));
    }
    else if (!is_off(limit->value) && limit->value->number < 1) {
        diag_error(checker->diags, limit->value->span, E504,
                   "`limit %s` of 0 would let nothing pass", kind->name);
    }
    if (kind->unit != AST_RATE &&
        (limit->per.text != NULL || limit->burst != NULL)) {
        diag_error(checker->diags, limit->span, E504,
                   "`per` and `burst` belong to a rate");
    }
}

/* ---- the clause --------------------------------------------------------- */

static const struct kind *
find_kind(struct checker *checker, const struct ast_limit *limit)
{
    apr_array_header_t *words =
        apr_array_make(checker->pool, (int)N_KINDS, sizeof(const char *));
    struct diag *diag;

    for (size_t i = 0; i < N_KINDS; i++) {
        if (strcmp(kinds[i].name, limit->what.text) == 0) {
            return &kinds[i];
        }
        APR_ARRAY_PUSH(words, const char *) = kinds[i].name;
    }
    diag =
        diag_error(checker->diags, limit->what.span, E016, "unknown limit %s",
                   checker_quote(checker, limit->what.text));
    if (!suggest_help(checker->diags, diag, words, limit->what.text)) {
        diag_help(diag, "the limits are %s",
                  apr_array_pstrcat(checker->pool, words, ' '));
    }
    return NULL;
}

/* Whether the list has this limit before. */
static bool
refuse_twice(struct checker *checker, const struct ast_limit *first,
             const struct ast_limit *limit)
{
    for (const struct ast_limit *at = first; at != limit; at = at->next) {
        if (strcmp(at->what.text, limit->what.text) == 0) {
            diag_place(diag_error(checker->diags, limit->span, E018,
                                  "%s is limited twice in this block",
                                  checker_quote(checker, limit->what.text)),
                       at->span, "first here");
            return true;
        }
    }
    return false;
}

struct limits_state
limits_combine(struct checker *checker, const struct limits_state *outer,
               const struct clause_set *set)
{
    const struct ast_stmt *stmt = set->one[AST_LIMIT];
    struct limits_state state = *outer;

    if (stmt == NULL) {
        return state;
    }
    for (const struct ast_limit *limit = stmt->u.limits.first; limit != NULL;
         limit = limit->next) {
        const struct kind *kind = find_kind(checker, limit);

        if (kind == NULL) {
            continue;
        }
        if (kind->combine == NULL) {
            check_waiting(checker, kind, limit);
            checker_later(
                checker, limit->what.span,
                apr_pstrcat(checker->pool, "`limit ", kind->name, "`", NULL));
        }
        else if (!refuse_twice(checker, stmt->u.limits.first, limit)) {
            kind->combine(checker, outer, limit, stmt->override, &state);
        }
    }
    return state;
}
