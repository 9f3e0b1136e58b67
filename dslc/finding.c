/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What overlap found, gathered so that one cause gives one message.
 */
#include "finding.h"

#include <string.h>

#include <apr_strings.h>

#include "../runtime/match.h"
#include "memo.h"
#include "policy.h"
#include "rule_text.h"
#include "verb.h"

/* A finding that is said, and how many were joined with it. */
struct group {
    struct finding finding;
    unsigned more; /* other winners of the same cause */
};

struct findings {
    struct trie *trie;
    apr_pool_t *pool;
    struct memo *memo;
    apr_hash_t *pairs;          /* code, winner, loser -> struct group */
    apr_hash_t *causes;         /* code, loser, requirement -> likewise */
    apr_hash_t *spelled;        /* requirements in words */
    apr_hash_t *unreached;      /* routes that E203 is said of */
    apr_array_header_t *groups; /* struct group *, in order of discovery */
};

struct findings *
finding_list_make(struct trie *trie)
{
    struct findings *f = apr_pcalloc(trie->pool, sizeof(*f));

    f->trie = trie;
    f->pool = trie->pool;
    f->memo = memo_make(trie->pool);
    f->pairs = apr_hash_make(trie->pool);
    f->causes = apr_hash_make(trie->pool);
    f->spelled = apr_hash_make(trie->pool);
    f->unreached = apr_hash_make(trie->pool);
    f->groups = apr_array_make(trie->pool, 4, sizeof(struct group *));
    return f;
}

struct finding_side
finding_of(const struct trie_entry *entry)
{
    return (struct finding_side){entry->route, entry->path, NULL};
}

/* ---- joining ------------------------------------------------------------ */

static void
key_side(struct memo *memo, const struct finding_side *side)
{
    memo_bytes(memo, &side->route, sizeof(side->route));
    memo_bytes(memo, &side->guard, sizeof(side->guard));
}

static void
key_pair(struct findings *f, const struct finding *finding)
{
    memo_begin(f->memo);
    memo_bytes(f->memo, &finding->code, sizeof(finding->code));
    key_side(f->memo, &finding->winner);
    key_side(f->memo, &finding->loser);
}

/* Whether many winners against one loser are one cause. */
static int
has_cause(const struct finding *finding)
{
    return finding->code == W210 || finding->code == E211 ||
           finding->code == W312;
}

/* A requirement in words, remembered: it is asked for with each finding. */
static const char *
spell_once(struct findings *f, const struct model_rule *rule)
{
    const char *text = apr_hash_get(f->spelled, &rule, sizeof(rule));

    if (text == NULL) {
        text = policy_spell(f->pool, rule);
        apr_hash_set(f->spelled, apr_pmemdup(f->pool, &rule, sizeof(rule)),
                     sizeof(rule), text);
    }
    return text;
}

static void
key_cause(struct findings *f, const struct finding *finding)
{
    const struct model_auth *auth = finding->winner.route->auth;

    memo_begin(f->memo);
    memo_bytes(f->memo, &finding->code, sizeof(finding->code));
    key_side(f->memo, &finding->loser);
    if (auth != NULL) {
        memo_text(f->memo, spell_once(f, auth->rule));
        memo_bytes(f->memo, auth->realms->elts,
                   (size_t)auth->realms->nelts *
                       (size_t)auth->realms->elt_size);
    }
}

static struct group *
add_group(struct findings *f, const struct finding *finding)
{
    struct group *group = apr_pcalloc(f->pool, sizeof(*group));

    group->finding = *finding;
    *(struct group **)apr_array_push(f->groups) = group;
    return group;
}

/* The group that says the finding's cause, or NULL. */
static struct group *
find_cause(struct findings *f, const struct finding *finding)
{
    if (!has_cause(finding)) {
        return NULL;
    }
    key_cause(f, finding);
    return memo_find(f->memo, f->causes);
}

static struct group *
find_pair(struct findings *f, const struct finding *finding)
{
    key_pair(f, finding);
    return memo_find(f->memo, f->pairs);
}

/* A group of its own for a finding, known by its cause, too. */
static struct group *
begin_group(struct findings *f, const struct finding *finding)
{
    struct group *group = add_group(f, finding);

    if (has_cause(finding)) {
        key_cause(f, finding);
        memo_set(f->memo, f->causes, group);
    }
    return group;
}

static int
same_winner(const struct finding *a, const struct finding *b)
{
    return a->winner.route == b->winner.route &&
           a->winner.guard == b->winner.guard;
}

static void
note_unreached(struct findings *f, const struct finding *finding)
{
    const struct model_route **key = apr_pmemdup(
        f->pool, &finding->loser.route, sizeof(finding->loser.route));

    apr_hash_set(f->unreached, key, sizeof(*key), *key);
}

/* Whether the finding only follows from a route's never being called. */
static int
is_sequel(const struct findings *f, const struct finding *finding)
{
    return has_cause(finding) &&
           (apr_hash_get(f->unreached, &finding->loser.route,
                         sizeof(finding->loser.route)) != NULL ||
            apr_hash_get(f->unreached, &finding->winner.route,
                         sizeof(finding->winner.route)) != NULL);
}

/* Whether it is about the form of a path that nobody has written, which gives
 * way to all that is written. */
static int
is_of_twin(const struct finding *finding)
{
    const struct model_route *winner = finding->winner.route;
    const struct model_route *loser = finding->loser.route;
    int wins = winner != NULL && winner->twin != NULL;
    int loses = loser != NULL && loser->twin != NULL;

    switch ((int)finding->code) {
    case E201:
    case E203:
        return loses;
    case W210:
    case W214:
    case W312:
        return wins || loses;
    }
    return 0;
}

struct finding *
finding_add(struct findings *findings, const struct finding *finding)
{
    struct group *cause;
    struct group *group;

    if (is_of_twin(finding)) {
        return NULL;
    }
    cause = find_cause(findings, finding);
    if (cause != NULL && cause->more > FINDING_MAX_COUNTED) {
        return NULL;
    }
    group = find_pair(findings, finding);
    if (group != NULL) {
        if (same_winner(&group->finding, finding)) {
            group->finding.methods |= finding->methods;
        }
        return NULL;
    }
    if (finding->code == E203) {
        note_unreached(findings, finding);
    }
    group = cause != NULL ? cause : begin_group(findings, finding);
    group->more += cause != NULL;
    key_pair(findings, finding);
    memo_set(findings->memo, findings->pairs, group);
    return cause != NULL ? NULL : &group->finding;
}

/* ---- spelling ----------------------------------------------------------- */

const char *
finding_methods(apr_pool_t *pool, uint64_t methods)
{
    const char *text = NULL;

    if ((methods & TRIE_ANY & verb_all()) == (TRIE_ANY & verb_all())) {
        return "ANY";
    }
    if (methods & ROUTES_METHOD_BIT(ROUTES_METHOD_GET)) {
        methods &= ~(ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD) |
                     ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET));
    }
    for (int m = 0; m < ROUTES_N_METHODS; m++) {
        const char *name = verb_name((enum routes_method)m);

        if ((methods & ROUTES_METHOD_BIT(m)) != 0 && *name != '\0') {
            text = text == NULL ? name
                                : apr_pstrcat(pool, text, ", ", name, NULL);
        }
    }
    return text != NULL ? text : "";
}

/* The method that a witness is shown with. */
static const char *
one_method(uint64_t methods)
{
    int m = 0;

    while (m < ROUTES_N_METHODS && !(methods & ROUTES_METHOD_BIT(m))) {
        m++;
    }
    return verb_name((enum routes_method)m);
}

/* Appends a byte, or %XX of one that a URL doesn't carry as it is. */
static char *
put_byte(char *at, uint8_t byte)
{
    static const char hex[] = "0123456789ABCDEF";

    if (byte > ' ' && byte < 0x7F && strchr("%?#\"<>\\^`{|}", byte) == NULL) {
        *at++ = (char)byte;
        return at;
    }
    *at++ = '%';
    *at++ = hex[byte >> 4];
    *at++ = hex[byte & 15];
    return at;
}

const char *
finding_host(struct trie *trie, const struct model_host *host)
{
    const char *label = "a";

    switch (host->kind) {
    case ROUTES_HOST_NULL:
    case ROUTES_HOST_ANY:
        return "";
    case ROUTES_HOST_EXACT:
        return host->name;
    case ROUTES_HOST_PARAM: {
        struct model_segment segment = {
            .prefix = "", .suffix = "", .param = host->param};

        label = trie_word(trie, trie_language(trie, &segment));
        break;
    }
    case ROUTES_HOST_SUFFIX:
        break;
    }
    return apr_pstrcat(trie->pool, label, host->name, NULL);
}

const char *
finding_path(struct trie *trie, const char *path)
{
    char *url = apr_palloc(trie->pool, strlen(path) * 3 + 1);
    char *at = url;

    for (; *path != '\0'; path++) {
        at = put_byte(at, (uint8_t)*path);
    }
    *at = '\0';
    return url;
}

/* A URL that a host and a path have, percent-encoded: "/users/1",
 * "/users/1 on shop.example.com". */
static const char *
spell_url(struct trie *trie, const struct trie_host *host, const char *path)
{
    const char *name = finding_host(trie, host->host);
    const char *url = finding_path(trie, path);

    return *name == '\0' ? url
                         : apr_pstrcat(trie->pool, url, " on ", name, NULL);
}

static struct span
side_span(const struct finding_side *side)
{
    if (side->route == NULL) {
        return side->guard->span;
    }
    return side->route->paths->nelts > 1 && side->path->span.file != 0
               ? side->path->span
               : side->route->span;
}

/* "GET /users/{id:int}", or "the location /users". */
static const char *
side_name(apr_pool_t *pool, const struct finding_side *side, uint64_t methods)
{
    if (side->route == NULL) {
        return apr_psprintf(pool, "the location `%s`",
                            side->guard->path->text);
    }
    return apr_psprintf(pool, "`%s %s`", finding_methods(pool, methods),
                        side->path->text);
}

/* The methods of a finding that a side declares, or all that it declares where
 * it has none of them itself (GET for HEAD). */
static uint64_t
side_methods(const struct finding_side *side, uint64_t methods)
{
    if (side->route == NULL || side->route->any) {
        return TRIE_ANY;
    }
    return (side->route->methods & methods) != 0
               ? side->route->methods & methods
               : side->route->methods;
}

/* The loser's methods that a message speaks of: all, if it is never called. */
static uint64_t
loser_methods(const struct finding *finding)
{
    return side_methods(&finding->loser,
                        finding->code == E203 ? UINT64_MAX : finding->methods);
}

/* ---- messages ----------------------------------------------------------- */

struct message {
    struct findings *findings;
    const struct finding *finding;
    const char *winner; /* names */
    const char *loser;
    const char *witness; /* "GET /users/1" */
    struct span winner_span;
    struct span loser_span;
};

static int
span_before(struct span a, struct span b)
{
    return a.file != b.file ? a.file < b.file : a.start < b.start;
}

static void
note_witness(struct diag *diag, const struct message *m)
{
    diag_note(diag, "both match %s", m->witness);
}

static struct diag *
say_duplicate(struct diag_list *diags, const struct message *m)
{
    struct diag *diag =
        diag_error(diags, m->loser_span, E201, "%s has the same URLs as %s",
                   m->loser, m->winner);

    diag_place(diag, m->winner_span, "first declared here");
    note_witness(diag, m);
    return diag;
}

static struct diag *
say_ambiguous(struct diag_list *diags, const struct message *m)
{
    int turn = span_before(m->loser_span, m->winner_span);
    struct diag *diag = diag_error(
        diags, turn ? m->winner_span : m->loser_span, E202,
        "%s and %s have URLs in common, and neither is more specific",
        turn ? m->winner : m->loser, turn ? m->loser : m->winner);

    diag_place(diag, turn ? m->loser_span : m->winner_span, "the other one");
    note_witness(diag, m);
    diag_help(diag, "narrow one of the types, or put a literal before one of "
                    "them");
    return diag;
}

/* With their realms, if these are what they differ in. */
static void
note_requirements(struct diag *diag, const struct message *m)
{
    apr_pool_t *pool = m->findings->pool;
    const struct model_auth *winner = m->finding->winner.route->auth;
    const struct model_auth *loser = m->finding->loser.route->auth;
    const char *own = policy_spell(pool, winner->rule);
    const char *other = policy_spell(pool, loser->rule);

    if (strcmp(own, other) == 0) {
        own = rule_text_with_realms(pool, winner);
        other = rule_text_with_realms(pool, loser);
    }
    diag_note(diag, "%s requires `%s`, %s requires `%s`", m->winner, own,
              m->loser, other);
}

static struct diag *
say_crossing(struct diag_list *diags, const struct message *m)
{
    const struct finding *finding = m->finding;
    struct diag *diag;

    if (finding->code == W210) {
        diag = diag_warn(diags, m->winner_span, W210,
                         "%s and %s cross: each is more specific in one "
                         "segment",
                         m->winner, m->loser);
    }
    else {
        diag = diag_error(diags, m->winner_span, E211,
                          "%s and %s cross, and %s in who may call them",
                          m->winner, m->loser,
                          finding->unknown ? "may differ" : "differ");
    }
    diag_place(diag, m->loser_span, "the other one");
    diag_note(diag, "both match %s, which %s answers", m->witness, m->winner);
    if (finding->code == E211) {
        note_requirements(diag, m);
        diag_help(diag, "give both the same requirement, or make one of them "
                        "the more specific in every segment");
    }
    return diag;
}

static struct diag *
say_weaker(struct diag_list *diags, const struct message *m)
{
    struct diag *diag = diag_warn(
        diags, m->winner_span, W312,
        "%s %s less of its caller than %s, whose URLs it takes", m->winner,
        m->finding->unknown ? "may ask" : "asks", m->loser);

    diag_place(diag, m->loser_span, "the more general one");
    note_witness(diag, m);
    if (m->finding->caller != NULL) {
        diag_note(diag, "only the more specific one is granted to %s",
                  m->finding->caller);
    }
    return diag;
}

static struct diag *
say_twin(struct diag_list *diags, const struct message *m)
{
    struct diag *diag = diag_warn(diags, m->loser_span, W214,
                                  "%s differs from %s in its trailing slash "
                                  "only",
                                  m->loser, m->winner);

    diag_place(diag, m->winner_span, "without it");
    diag_help(diag, "remove one, or give both to one function: "
                    "GET /x, /x/ -> module:function");
    return diag;
}

static struct diag *
say_unreachable(struct diag_list *diags, const struct message *m)
{
    struct diag *diag =
        diag_error(diags, m->loser_span, E203,
                   "%s is never called: more specific routes take all of its "
                   "URLs",
                   m->loser);

    diag_place(diag, m->winner_span, "this takes some");
    diag_note(diag, "%s goes to %s", m->witness, m->winner);
    return diag;
}

static struct diag *
say_one(struct diag_list *diags, const struct message *m)
{
    switch (m->finding->code) {
    case E201:
        return say_duplicate(diags, m);
    case E202:
        return say_ambiguous(diags, m);
    case E203:
        return say_unreachable(diags, m);
    case W214:
        return say_twin(diags, m);
    case W312:
        return say_weaker(diags, m);
    default:
        return say_crossing(diags, m);
    }
}

static void
say_group(struct findings *f, const struct group *group,
          struct diag_list *diags)
{
    const struct finding *one = &group->finding;
    struct message m = {
        .findings = f,
        .finding = one,
        .winner = side_name(f->pool, &one->winner,
                            side_methods(&one->winner, one->methods)),
        .loser = side_name(f->pool, &one->loser, loser_methods(one)),
        .winner_span = side_span(&one->winner),
        .loser_span = side_span(&one->loser),
        .witness = apr_psprintf(f->pool, "%s %s", one_method(one->methods),
                                spell_url(f->trie, one->host, one->path)),
    };
    struct diag *diag = say_one(diags, &m);

    if (group->more > FINDING_MAX_COUNTED) {
        diag_note(diag, "and over %d more with the same requirement",
                  FINDING_MAX_COUNTED);
    }
    else if (group->more > 0) {
        diag_note(diag, "and %u more with the same requirement", group->more);
    }
}

void
finding_say(struct findings *findings, struct diag_list *diags)
{
    for (int i = 0; i < findings->groups->nelts; i++) {
        const struct group *group =
            MODEL_AT(findings->groups, struct group, i);

        if (!is_sequel(findings, &group->finding)) {
            say_group(findings, group, diags);
        }
    }
}
