/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overlap: pairs of paths part at one node of the tree.  Each pair of that
 * node's children which share a value is walked once, both subtrees together;
 * children that share none are never compared.
 */
#include "overlap.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "finding.h"
#include "hostuse.h"
#include "meet.h"
#include "memo.h"
#include "policy.h"
#include "reach.h"
#include "rule_bind.h"
#include "trie.h"

/* Paths of one end that are compared with those of another: more are
 * duplicates, and said to be. */
#define OVERLAP_MAX_ENTRIES 64

struct overlap {
    struct trie *trie;
    struct search_run *run;
    const struct trie_host *host; /* whose tree is walked, for the witness */
    struct findings *findings;
    struct meet meet;
    struct memo *memo;
    apr_hash_t *orders; /* two requirements -> enum policy_order + 1 */
    apr_hash_t *pairs;  /* two roots that were compared */
};

/* ---- entries ------------------------------------------------------------ */

static const struct trie_entry *
entry_at(const struct trie_end *end, int i)
{
    return &((const struct trie_entry *)(const void *)end->entries->elts)[i];
}

static int
n_entries(const struct trie_end *end)
{
    return end->entries->nelts < OVERLAP_MAX_ENTRIES ? end->entries->nelts
                                                     : OVERLAP_MAX_ENTRIES;
}

/* Adds a finding with the URL at hand; the result as for finding_add. */
static struct finding *
add_finding(struct overlap *o, enum diag_code code, struct finding_side winner,
            struct finding_side loser, uint64_t methods)
{
    struct finding *kept =
        finding_add(o->findings, &(struct finding){.code = code,
                                                   .winner = winner,
                                                   .loser = loser,
                                                   .methods = methods,
                                                   .host = o->host});

    if (kept != NULL) {
        kept->path = meet_path(&o->meet, o->trie->pool);
    }
    return kept;
}

/* What guards an entry for requests that have the other one's path, too. */
static const struct model_auth *
auth_there(struct overlap *o, const struct trie_entry *entry,
           const struct trie_entry *other)
{
    const struct model_auth *auth = entry->route->auth;
    const struct model_rule *rule =
        rule_bind_meet(o->trie->pool, auth->rule, entry->path, other->path);
    struct model_auth *made;

    if (rule == auth->rule) {
        return auth;
    }
    made = apr_pmemdup(o->trie->pool, auth, sizeof(*made));
    made->rule = rule;
    return made;
}

/* policy_compare, remembered. */
static enum policy_order
compare_auths(struct overlap *o, const struct trie_entry *winner,
              const struct trie_entry *loser)
{
    static const char known[POLICY_UNKNOWN + 1];
    const struct model_auth *a = winner->route->auth;
    const struct model_auth *b = loser->route->auth;
    const struct model_auth *own = auth_there(o, winner, loser);
    const struct model_auth *other = auth_there(o, loser, winner);
    const char *order;

    if (own != a || other != b) {
        return policy_compare(o->run, own, other);
    }
    if (a == b) {
        return POLICY_EQUIVALENT;
    }
    memo_begin(o->memo);
    memo_bytes(o->memo, &a, sizeof(a));
    memo_bytes(o->memo, &b, sizeof(b));
    order = memo_find(o->memo, o->orders);
    if (order == NULL) {
        order = &known[policy_compare(o->run, a, b)];
        memo_set(o->memo, o->orders, order);
    }
    return (enum policy_order)(order - known);
}

/* ---- pairs of paths ----------------------------------------------------- */

/* W312 if the winner, the more specific one, may grant more than the loser. */
static void
judge_weaker(struct overlap *o, const struct trie_entry *winner,
             const struct trie_entry *loser, uint64_t methods)
{
    const struct model_auth *a = winner->route->auth;
    const struct model_auth *b = loser->route->auth;
    struct finding *kept = NULL;
    enum policy_order order;

    if (winner->route == loser->route || a == NULL || b == NULL) {
        return;
    }
    order = compare_auths(o, winner, loser);
    if (order == POLICY_WEAKER || order == POLICY_UNKNOWN) {
        kept = add_finding(o, W312, finding_of(winner), finding_of(loser),
                           methods);
    }
    if (kept != NULL) {
        policy_implies(o->run, auth_there(o, winner, loser),
                       auth_there(o, loser, winner), &kept->caller);
        kept->unknown = order == POLICY_UNKNOWN && kept->caller == NULL;
    }
}

static void
judge_crossing(struct overlap *o, const struct trie_entry *winner,
               const struct trie_entry *loser, uint64_t methods)
{
    const struct model_auth *a = winner->route->auth;
    const struct model_auth *b = loser->route->auth;
    struct finding *kept;
    enum policy_order order;

    if (winner->route == loser->route || a == NULL || b == NULL) {
        return;
    }
    order = compare_auths(o, winner, loser);
    kept = add_finding(o, order == POLICY_EQUIVALENT ? W210 : E211,
                       finding_of(winner), finding_of(loser), methods);
    if (kept != NULL) {
        kept->unknown = order == POLICY_UNKNOWN;
    }
}

/* Two ends in one tree: a's path wins where they part. */
static void
found_precedence(struct meet *meet, const struct trie_end *a,
                 const struct trie_end *b, int bent)
{
    struct overlap *o = meet->baton;

    for (int i = 0; i < n_entries(a); i++) {
        for (int j = 0; j < n_entries(b); j++) {
            const struct trie_entry *winner = entry_at(a, i);
            const struct trie_entry *loser = entry_at(b, j);
            uint64_t methods =
                trie_entry_methods(winner) & trie_entry_methods(loser);

            if (methods != 0 && bent) {
                judge_crossing(o, winner, loser, methods);
            }
            else if (methods != 0) {
                judge_weaker(o, winner, loser, methods);
            }
        }
    }
}

/* Two ends in the trees of two hosts: the host alone decides. */
static void
found_host(struct meet *meet, const struct trie_end *a,
           const struct trie_end *b, int bent)
{
    if (!bent) {
        found_precedence(meet, a, b, 0);
    }
}

/* What an end has for some of the methods: a route, or the guard. */
static struct finding_side
side_of(const struct trie_end *end, uint64_t methods, uint64_t *common)
{
    for (int i = 0; i < n_entries(end); i++) {
        const struct trie_entry *entry = entry_at(end, i);

        if ((trie_entry_methods(entry) & methods) != 0) {
            *common = trie_entry_methods(entry) & methods;
            return finding_of(entry);
        }
    }
    *common = methods;
    return (struct finding_side){NULL, NULL, end->guard};
}

/* Two ends of which neither is more specific: one example is enough. */
static void
found_ambiguity(struct meet *meet, const struct trie_end *a,
                const struct trie_end *b, int bent)
{
    struct overlap *o = meet->baton;
    uint64_t methods = trie_end_methods(a) & trie_end_methods(b);
    struct finding_side one = side_of(a, methods, &methods);
    struct finding_side other = side_of(b, methods, &methods);

    (void)bent;
    if ((one.route == NULL && other.route == NULL) ||
        (one.route != NULL && one.route == other.route)) {
        return;
    }
    add_finding(o, E202, one, other, methods);
    meet->stop = 1;
}

/* ---- one end ------------------------------------------------------------ */

/* E201 for each method that an earlier entry has, W312 for an explicit one
 * beside ANY or HEAD beside GET. */
static void
check_end(struct overlap *o, const struct trie_end *end)
{
    const struct trie_entry *owners[ROUTES_N_METHODS + 1] = {NULL};
    const struct trie_entry **any = &owners[ROUTES_N_METHODS];
    const struct trie_entry *head;

    for (int i = 0; i < end->entries->nelts; i++) {
        const struct trie_entry *entry = entry_at(end, i);

        for (int m = 0; m <= ROUTES_N_METHODS; m++) {
            int has = m < ROUTES_N_METHODS
                          ? (entry->methods & ROUTES_METHOD_BIT(m)) != 0
                          : entry->route->any;

            if (has && owners[m] != NULL) {
                add_finding(o, E201, finding_of(owners[m]), finding_of(entry),
                            m < ROUTES_N_METHODS ? ROUTES_METHOD_BIT(m)
                                                 : TRIE_ANY);
            }
            owners[m] = has && owners[m] == NULL ? entry : owners[m];
        }
    }
    for (int m = 0; *any != NULL && m < ROUTES_N_METHODS; m++) {
        if (owners[m] != NULL && (TRIE_ANY & ROUTES_METHOD_BIT(m))) {
            judge_weaker(o, owners[m], *any, ROUTES_METHOD_BIT(m));
        }
    }
    head = owners[ROUTES_METHOD_HEAD];
    if (head != NULL && owners[ROUTES_METHOD_GET] != NULL) {
        judge_weaker(o, head, owners[ROUTES_METHOD_GET],
                     ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD));
    }
}

/* W214 for what stands at a path and at the same with a slash behind. */
static void
check_twins(struct overlap *o, const struct trie_node *node)
{
    const struct trie_node *slash = trie_child(o->trie, node, "");

    if (node->end == NULL || slash == NULL || slash->end == NULL) {
        return;
    }
    meet_push(&o->meet, "", NULL);
    for (int i = 0; i < n_entries(node->end); i++) {
        for (int j = 0; j < n_entries(slash->end); j++) {
            const struct trie_entry *plain = entry_at(node->end, i);
            const struct trie_entry *other = entry_at(slash->end, j);
            uint64_t methods =
                trie_entry_methods(plain) & trie_entry_methods(other);

            if (methods != 0 && plain->route != other->route) {
                add_finding(o, W214, finding_of(plain), finding_of(other),
                            methods);
            }
        }
    }
    meet_pop(&o->meet);
}

/* ---- the children of one node ------------------------------------------- */

/* Walks two children behind one segment: the first wins, or, where neither
 * is smaller, one URL of both is one too many. */
static void
part_nodes(struct overlap *o, const struct trie_node *a,
           const struct trie_node *b, int ambiguous)
{
    o->meet.found = ambiguous ? found_ambiguity : found_precedence;
    o->meet.guards = ambiguous;
    o->meet.stop = 0;
    meet_nodes(&o->meet, a, b, 0);
}

static void
part_rests(struct overlap *o, const struct trie_pattern *a,
           const struct trie_pattern *b, int ambiguous)
{
    o->meet.found = ambiguous ? found_ambiguity : found_precedence;
    o->meet.guards = ambiguous;
    o->meet.stop = 0;
    meet_rests(&o->meet, a, b, 0);
}

/* A child behind one segment against the rests of the same node. */
static void
part_below(struct overlap *o, const struct trie_node *node,
           const struct trie_node *child)
{
    int depth = o->meet.words->nelts - 1;

    for (int i = 0; i < trie_n_patterns(node); i++) {
        if (trie_pattern_at(node, i)->kind == ROUTES_PATTERN_REST) {
            o->meet.found = found_precedence;
            o->meet.guards = 0;
            o->meet.stop = 0;
            meet_below(&o->meet, child, trie_pattern_at(node, i), depth, 0, 0);
        }
    }
}

static void
part_literal(struct overlap *o, const struct trie_node *node,
             const struct trie_literal *literal)
{
    meet_push(&o->meet, literal->text, NULL);
    for (int i = 0; i < trie_n_patterns(node); i++) {
        const struct trie_pattern *pattern = trie_pattern_at(node, i);
        enum dfa_relation relation = DFA_DISJOINT;

        if (pattern->kind == ROUTES_PATTERN_SEGMENT) {
            relation = meet_literal(&o->meet, literal->text, pattern);
        }
        if (relation != DFA_DISJOINT) {
            part_nodes(o, literal->next, pattern->next, relation == DFA_EQUAL);
        }
    }
    part_below(o, node, literal->next);
    meet_pop(&o->meet);
}

/* Two segments or two rests. */
static void
part_patterns(struct overlap *o, const struct trie_pattern *a,
              const struct trie_pattern *b)
{
    const char *word;
    enum dfa_relation relation =
        trie_relate(o->trie, a->language, b->language, &word);
    const struct trie_pattern *smaller = relation == DFA_SUPERSET ? b : a;
    const struct trie_pattern *larger = smaller == a ? b : a;
    int ambiguous = relation == DFA_CROSSING || relation == DFA_EQUAL;

    if (relation == DFA_DISJOINT) {
        return;
    }
    if (a->next == NULL) {
        part_rests(o, smaller, larger, ambiguous);
        return;
    }
    meet_push(&o->meet, word, NULL);
    part_nodes(o, smaller->next, larger->next, ambiguous);
    meet_pop(&o->meet);
}

static void
part_children(struct overlap *o, const struct trie_node *node)
{
    for (int i = 0; i < trie_n_literals(node) && trie_n_patterns(node) > 0;
         i++) {
        part_literal(o, node, trie_literal_at(node, i));
    }
    for (int i = 0; i < trie_n_patterns(node); i++) {
        const struct trie_pattern *one = trie_pattern_at(node, i);

        if (one->kind == ROUTES_PATTERN_GUARD) {
            continue;
        }
        for (int j = i + 1; j < trie_n_patterns(node) &&
                            trie_pattern_at(node, j)->kind == one->kind;
             j++) {
            part_patterns(o, one, trie_pattern_at(node, j));
        }
        if (one->next != NULL) {
            meet_push(&o->meet, trie_word(o->trie, one->language),
                      one->language);
            part_below(o, node, one->next);
            meet_pop(&o->meet);
        }
    }
}

/* ---- a tree ------------------------------------------------------------- */

static void check_node(struct overlap *o, const struct trie_node *node);

static void
check_pattern(struct overlap *o, const struct trie_pattern *pattern)
{
    const char *word = "";

    if (pattern->language != NULL) {
        word = trie_word(o->trie, pattern->language);
    }
    meet_push(&o->meet, word, pattern->language);
    if (pattern->next != NULL) {
        check_node(o, pattern->next);
    }
    else {
        check_end(o, pattern->end);
    }
    meet_pop(&o->meet);
}

static void
check_node(struct overlap *o, const struct trie_node *node)
{
    if (node->end != NULL) {
        check_end(o, node->end);
    }
    check_twins(o, node);
    part_children(o, node);
    for (int i = 0; i < trie_n_literals(node); i++) {
        meet_push(&o->meet, trie_literal_at(node, i)->text, NULL);
        check_node(o, trie_literal_at(node, i)->next);
        meet_pop(&o->meet);
    }
    for (int i = 0; i < trie_n_patterns(node); i++) {
        check_pattern(o, trie_pattern_at(node, i));
    }
}

/* ---- hosts -------------------------------------------------------------- */

static int
ends_with(const char *text, const char *suffix, size_t *before)
{
    size_t n = strlen(text);
    size_t m = strlen(suffix);

    *before = n > m ? n - m : 0;
    return n > m && strcmp(text + n - m, suffix) == 0;
}

/* Whether an exact name is one of a more general host. */
static int
host_takes(const struct trie_host *one, const char *name)
{
    const struct model_host *host = one->host;
    size_t label;

    if (host->kind == ROUTES_HOST_ANY) {
        return 1;
    }
    if (host->kind == ROUTES_HOST_EXACT ||
        !ends_with(name, host->name, &label)) {
        return 0;
    }
    return host->kind == ROUTES_HOST_SUFFIX ||
           (memchr(name, '.', label) == NULL &&
            dfa_accepts(one->label->dfa, name, label));
}

/* Whether a host has names of a later one, both with a suffix. */
static int
suffixes_meet(const struct overlap *o, const struct trie_host *a,
              const struct trie_host *b)
{
    size_t before;

    if (b->host->kind == ROUTES_HOST_ANY) {
        return 1;
    }
    if (strcmp(a->host->name, b->host->name) != 0) {
        return b->host->kind == ROUTES_HOST_SUFFIX &&
               ends_with(a->host->name, b->host->name, &before);
    }
    return a->label == NULL || b->label == NULL ||
           trie_relate(o->trie, a->label, b->label, NULL) != DFA_DISJOINT;
}

static int
hosts_meet(const struct overlap *o, const struct trie_host *a,
           const struct trie_host *b)
{
    return a->host->kind == ROUTES_HOST_EXACT ? host_takes(b, a->host->name)
                                              : suffixes_meet(o, a, b);
}

/* Whether neither of two hosts with a parameter is smaller. */
static int
hosts_cross(const struct overlap *o, const struct trie_host *a,
            const struct trie_host *b)
{
    return a->label != NULL && b->label != NULL &&
           strcmp(a->host->name, b->host->name) == 0 &&
           trie_relate(o->trie, a->label, b->label, NULL) == DFA_CROSSING;
}

/* Whether two trees are compared for the first time. */
static int
new_pair(struct overlap *o, const struct trie_host *a,
         const struct trie_host *b)
{
    memo_begin(o->memo);
    memo_bytes(o->memo, &a->root, sizeof(a->root));
    memo_bytes(o->memo, &b->root, sizeof(b->root));
    if (a->root == b->root || memo_find(o->memo, o->pairs) != NULL) {
        return 0;
    }
    memo_set(o->memo, o->pairs, o);
    return 1;
}

static const struct trie_host *
host_at(const struct overlap *o, int i)
{
    return &((const struct trie_host *)(const void *)o->trie->hosts->elts)[i];
}

/* Two hosts with a parameter of which neither is smaller: one URL of both,
 * on a name of both, is one too many. */
static void
check_cross_hosts(struct overlap *o, const struct trie_host *a,
                  const struct trie_host *b)
{
    const struct trie_host *before = o->host;
    const char *label;
    struct model_host *host = apr_pcalloc(o->trie->pool, sizeof(*host));
    struct trie_host *both = apr_pcalloc(o->trie->pool, sizeof(*both));

    trie_relate(o->trie, a->label, b->label, &label);
    host->kind = ROUTES_HOST_EXACT;
    host->name = apr_pstrcat(o->trie->pool, label, a->host->name, NULL);
    both->host = host;
    o->host = both;
    part_nodes(o, a->root, b->root, 1);
    o->host = before;
}

/* A host against those that come after it. */
static void
check_hosts(struct overlap *o, int index)
{
    const struct trie_host *one = host_at(o, index);

    for (int i = index + 1; i < o->trie->hosts->nelts; i++) {
        const struct trie_host *other = host_at(o, i);

        if (!hosts_meet(o, one, other) || !new_pair(o, one, other)) {
            continue;
        }
        if (hosts_cross(o, one, other)) {
            check_cross_hosts(o, one, other);
            continue;
        }
        o->meet.found = found_host;
        o->meet.guards = 0;
        o->meet.stop = 0;
        meet_nodes(&o->meet, one->root, other->root, 0);
    }
}

/* ---- the whole ---------------------------------------------------------- */

static void
say_refusals(const struct trie *trie, struct diag_list *diags)
{
    for (int i = 0; i < trie->refusals->nelts; i++) {
        const struct trie_refusal *one =
            &((const struct trie_refusal *)(const void *)
                  trie->refusals->elts)[i];
        const char *name = one->param->name;

        if (diag_said(diags, one->param->span)) {
            continue;
        }
        if (one->empty) {
            diag_error(diags, one->param->span, E114,
                       "no segment of a path is a value of `{%s}`", name);
        }
        else {
            diag_error(diags, one->param->span, E113,
                       "the type of `{%s}` needs more than %d states", name,
                       DFA_MAX_STATES);
        }
    }
}

static void
open_overlap(struct overlap *o, struct trie *trie)
{
    o->trie = trie;
    o->findings = finding_list_make(trie);
    o->memo = memo_make(trie->pool);
    o->orders = apr_hash_make(trie->pool);
    o->pairs = apr_hash_make(trie->pool);
    meet_open(&o->meet, trie, found_precedence, o);
}

/* A file whose routes can't all be compared is refused: what was not seen
 * could be an overlap. */
static void
say_exceeded(const struct overlap *o, struct diag_list *diags)
{
    struct diag *diag;

    if (!trie_exceeded(o->trie) && o->meet.steps <= MEET_MAX_STEPS) {
        return;
    }
    diag = diag_error(diags, (struct span){0}, E706,
                      "too large for a table: too many routes that may "
                      "overlap to compare them all");
    diag_help(diag, "begin their paths with different literals, or give the "
                    "parameters types that differ");
}

void
overlap_check(struct model *model, struct diag_list *diags)
{
    struct trie *trie = trie_of(model);
    struct overlap o;

    open_overlap(&o, trie);
    o.run = policy_run(model);
    say_refusals(trie, diags);
    for (int i = 0; i < trie->hosts->nelts; i++) {
        o.host = host_at(&o, i);
        /* a tree that several hosts have is checked for the first */
        if (new_pair(&o, o.host, &(struct trie_host){.root = NULL})) {
            check_node(&o, o.host->root);
            reach_check(trie, o.host, o.findings);
        }
        check_hosts(&o, i);
    }
    hostuse_check(trie, diags);
    finding_say(o.findings, diags);
    say_exceeded(&o, diags);
}
