/* SPDX-License-Identifier: Apache-2.0 */
/* limits: how much a request may ask for: `limit`. */
#include "dslc/limits.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "dslc/rates.h"
#include "dslc/suggest.h"

typedef struct limits_amount *amount_fn(struct limits_state *state);

static amount_fn body_of;
static amount_fn time_of;
static amount_fn concurrency_of;

static const struct kind {
    const char *name;
    amount_fn *amount;        /* NULL: rates, which are several */
    enum ast_value_kind unit; /* of its value, if that is not `off` */
    const char *takes;
    int64_t least;
    int64_t most;
    const char *most_text;
} kinds[] = {
    {"body", body_of, AST_SIZE, "a size, such as 64KB", 0, INT64_MAX, ""},
    {"concurrency", concurrency_of, AST_INT, "a number of calls", 1,
     ROUTES_MAX_CONCURRENCY, "4096"},
    {"rate", NULL, AST_RATE, "a rate, such as 5/min", 1, INT64_MAX, ""},
    {"time", time_of, AST_DURATION, "a duration, such as 5s", 1,
     ROUTES_MAX_TIME, "1w"},
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static struct limits_amount *
body_of(struct limits_state *state)
{
    return &state->body;
}

static struct limits_amount *
time_of(struct limits_state *state)
{
    return &state->time;
}

static struct limits_amount *
concurrency_of(struct limits_state *state)
{
    return &state->concurrency;
}

struct limits_state
limits_none(void)
{
    return (struct limits_state){.body.value = LIMITS_BODY,
                                 .time.value = LIMITS_OFF,
                                 .concurrency.value = LIMITS_OFF};
}

struct limits_state
limits_any(void)
{
    return (struct limits_state){.body.value = INT64_MAX,
                                 .time.value = LIMITS_OFF,
                                 .concurrency.value = LIMITS_OFF};
}

/* ---- values ------------------------------------------------------------- */

static bool
is_off(const struct ast_value *value)
{
    return value->kind == AST_WORD && strcmp(value->text, "off") == 0;
}

/* `rate 10 per minute` as other systems have it: what to write. */
static void
help_rate(struct diag *diag, const struct ast_limit *limit)
{
    static const struct {
        const char *word;
        const char *unit;
    } words[] = {
        {"second", "s"}, {"sec", "s"}, {"s", "s"},    {"minute", "min"},
        {"min", "min"},  {"m", "min"}, {"hour", "h"}, {"h", "h"},
        {"day", "d"},    {"d", "d"},   {NULL, "min"},
    };
    size_t i = 0;

    while (words[i].word != NULL &&
           (limit->per.text == NULL ||
            strcmp(words[i].word, limit->per.text) != 0)) {
        i++;
    }
    if (limit->value->kind == AST_INT) {
        diag_help(diag, "write %s/%s", limit->value->text, words[i].unit);
    }
}

/* Whether the value is of the kind's unit and range. */
static bool
check_value(struct checker *checker, const struct kind *kind,
            const struct ast_limit *limit)
{
    const struct ast_value *value = limit->value;
    struct diag *diag;

    if (is_off(value)) {
        return true;
    }
    if (value->kind != kind->unit) {
        diag =
            diag_error(checker->diags, value->span, E504,
                       "`limit %s` takes %s, or off, and not %s", kind->name,
                       kind->takes, checker_quote(checker, value->text));
        if (kind->unit == AST_RATE) {
            help_rate(diag, limit);
        }
        return false;
    }
    if (value->number < kind->least) {
        diag_error(checker->diags, value->span, E504,
                   "`limit %s` of 0 would let nothing pass", kind->name);
        return false;
    }
    if (value->number > kind->most) {
        diag_error(checker->diags, value->span, E504,
                   "`limit %s` is at most %s", kind->name, kind->most_text);
        return false;
    }
    return true;
}

/* Whether nothing stands there that belongs to a rate. */
static bool
check_modifiers(struct checker *checker, const struct kind *kind,
                const struct ast_limit *limit)
{
    if (kind->unit == AST_RATE ||
        (limit->per.text == NULL && limit->burst == NULL)) {
        return true;
    }
    diag_error(checker->diags, limit->span, E504,
               "`per` and `burst` belong to a rate, and not to `limit %s`",
               kind->name);
    return false;
}

/* ---- limits that are one number ----------------------------------------- */

static bool
is_looser(int64_t value, int64_t than)
{
    return than != LIMITS_OFF && (value == LIMITS_OFF || value > than);
}

static void
combine_amount(struct checker *checker, const struct kind *kind,
               const struct ast_limit *limit, bool override,
               struct limits_amount *amount)
{
    struct limits_amount outer = *amount;
    struct diag *diag;

    amount->value = is_off(limit->value) ? LIMITS_OFF : limit->value->number;
    amount->written = true;
    amount->span = limit->span;
    if (override || !outer.written || !is_looser(amount->value, outer.value)) {
        return;
    }
    diag = diag_error(checker->diags, limit->span, E505,
                      "this limit is looser than the one around it");
    diag_place(diag, outer.span, "the one around it");
    diag_help(diag, "write `override limit %s %s`", kind->name,
              limit->value->text);
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

static bool
is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Whether the list has this limit before; rates per something else are
 * others. */
static bool
refuse_twice(struct checker *checker, const struct ast_limit *first,
             const struct ast_limit *limit)
{
    for (const struct ast_limit *at = first; at != limit; at = at->next) {
        if (strcmp(at->what.text, limit->what.text) == 0 &&
            is_same(at->per.text, limit->per.text)) {
            diag_place(diag_error(checker->diags, limit->span, E018,
                                  "%s is limited twice in this block",
                                  checker_quote(checker, limit->what.text)),
                       at->span, "first here");
            return true;
        }
    }
    return false;
}

/* One limit of the clause. */
static void
combine(struct checker *checker, const struct ast_stmt *stmt,
        const struct ast_limit *limit, const struct rules_reach *reach,
        struct limits_state *state)
{
    const struct kind *kind = find_kind(checker, limit);

    if (kind == NULL || !check_value(checker, kind, limit) ||
        !check_modifiers(checker, kind, limit) ||
        refuse_twice(checker, stmt->u.limits.first, limit)) {
        return;
    }
    if (kind->amount == NULL) {
        state->rates =
            rates_combine(checker, state->rates, limit, stmt->override, reach);
        return;
    }
    combine_amount(checker, kind, limit, stmt->override, kind->amount(state));
}

struct limits_state
limits_combine(struct checker *checker, const struct limits_state *outer,
               const struct clause_set *set, const struct rules_reach *reach)
{
    const struct ast_stmt *stmt = set->one[AST_LIMIT];
    struct limits_state state = *outer;

    if (stmt == NULL) {
        return state;
    }
    for (const struct ast_limit *limit = stmt->u.limits.first; limit != NULL;
         limit = limit->next) {
        combine(checker, stmt, limit, reach, &state);
    }
    return state;
}

/* ---- routes ------------------------------------------------------------- */

uint32_t
limits_time(const struct limits_state *limits)
{
    return limits->time.value == LIMITS_OFF ? 0 : (uint32_t)limits->time.value;
}

/* What a realm reads before it knows who calls is kept, so it has an end. */
static void
check_signed(struct checker *checker, const struct model_route *route)
{
    const struct model_auth *auth = route->auth;

    if (route->body_limit != LIMITS_OFF || auth == NULL ||
        auth->rule->op == MODEL_RULE_PUBLIC) {
        return;
    }
    for (int i = 0; i < auth->realms->nelts; i++) {
        const struct model_realm *realm =
            MODEL_AT(auth->realms, const struct model_realm, i);

        if (realm->signs) {
            diag_help(diag_error(checker->diags, route->span, E325,
                                 "the realm %s reads the body before it knows "
                                 "who calls, and the body has no limit",
                                 checker_quote(checker, realm->name)),
                      "write a length: limit body 100MB");
        }
    }
}

void
limits_apply(struct checker *checker, const struct limits_state *limits,
             struct model_route *route)
{
    route->body_limit = limits->body.value;
    check_signed(checker, route);
    route->limits.time = limits_time(limits);
    route->limits.concurrency = limits->concurrency.value == LIMITS_OFF
                                    ? 0
                                    : (uint32_t)limits->concurrency.value;
    route->limits.rates = limits->rates;
    rates_govern(limits->rates, route);
}

static const char *
time_text(apr_pool_t *pool, uint32_t milliseconds)
{
    return milliseconds % 1000 == 0
               ? apr_psprintf(pool, "%us", (unsigned)(milliseconds / 1000))
               : apr_psprintf(pool, "%ums", (unsigned)milliseconds);
}

apr_array_header_t *
limits_lines(apr_pool_t *pool, const struct model_limits *limits)
{
    apr_array_header_t *lines = apr_array_make(pool, 4, sizeof(const char *));

    if (limits->time != 0) {
        APR_ARRAY_PUSH(lines, const char *) =
            apr_pstrcat(pool, "time ", time_text(pool, limits->time), NULL);
    }
    if (limits->concurrency != 0) {
        APR_ARRAY_PUSH(lines, const char *) = apr_psprintf(
            pool, "concurrency %u", (unsigned)limits->concurrency);
    }
    for (int i = 0; limits->rates != NULL && i < limits->rates->nelts; i++) {
        APR_ARRAY_PUSH(lines, const char *) = rates_text(
            pool, MODEL_AT(limits->rates, const struct model_rate, i));
    }
    return lines;
}
