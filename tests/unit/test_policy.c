/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the policy engine: against all callers, tried one by one, and what
 * is said of requirements that nobody or everybody meets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "compiled.h"
#include "dslc/policy.h"
#include "runtime/network.h"
#include "fixture.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define N_ROLES       3

/* ---- rules -------------------------------------------------------------- */

static struct model_rule *
make_rule(enum model_rule_op op, struct model_rule *left,
          struct model_rule *right)
{
    struct model_rule *rule = apr_pcalloc(pool, sizeof(*rule));

    rule->op = op;
    rule->left = left;
    rule->right = right;
    return rule;
}

static struct model_rule *
role(const char *text)
{
    struct model_rule *rule = make_rule(MODEL_RULE_ROLE, NULL, NULL);

    rule->text = text;
    return rule;
}

static struct model_rule *
user(void)
{
    return make_rule(MODEL_RULE_USER, NULL, NULL);
}

static struct model_rule *
all(void)
{
    return make_rule(MODEL_RULE_PUBLIC, NULL, NULL);
}

static struct model_rule *
both(struct model_rule *a, struct model_rule *b)
{
    return make_rule(MODEL_RULE_AND, a, b);
}

static struct model_rule *
either(struct model_rule *a, struct model_rule *b)
{
    return make_rule(MODEL_RULE_OR, a, b);
}

static struct model_rule *
other(struct model_rule *a)
{
    return make_rule(MODEL_RULE_NOT, a, NULL);
}

static struct model_realm realms[2] = {{.name = "staff"}, {.name = "web"}};

#define METHODS                                                               \
    (ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |                                   \
     ROUTES_METHOD_BIT(ROUTES_METHOD_POST))

#define TURNED 4 /* the realms in the other order */

/* The requirement with the realms of a mask. */
static struct model_auth *
auth(struct model_rule *rule, unsigned mask)
{
    struct model_auth *auth = apr_pcalloc(pool, sizeof(*auth));

    auth->rule = rule;
    auth->methods = METHODS;
    auth->realms = apr_array_make(pool, 2, sizeof(struct model_realm *));
    for (unsigned i = 0; i < 2; i++) {
        unsigned realm = mask & TURNED ? 1 - i : i;

        if (mask >> realm & 1) {
            APR_ARRAY_PUSH(auth->realms, struct model_realm *) =
                &realms[realm];
        }
    }
    return auth;
}

/* ---- callers one by one ------------------------------------------------- */

/* Facts of a caller: a bit for each of N_ROLES roles, then these. */
#define HAS_SCOPE (1u << N_ROLES)
#define HAS_CLAIM (2u << N_ROLES)
#define HAS_TLS   (4u << N_ROLES)
#define N_BITS    (N_ROLES + 3)
/* And behind them, where it calls from and by what method. */
#define ADDRESS(facts) ((facts) >> N_BITS & 7)
#define METHOD(facts)  ((facts) >> (N_BITS + 3) & 1)
#define N_FACTS        (N_BITS + 4)

static const char *const addresses[8] = {
    "10.0.0.1",  "10.1.0.1",    "10.1.2.3", "127.0.0.1",
    "192.0.2.9", "2001:db8::1", "fe80::1",  "::ffff:10.1.2.3"};
static const char *const networks[5] = {
    "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32", "0.0.0.0/0"};

static struct routes_network
network(const char *text)
{
    struct routes_network made;

    assert_int_equal(routes_network_read(text, &made), ROUTES_NETWORK_GOOD);
    return made;
}

static int
is_from(const struct model_rule *rule, unsigned facts)
{
    static struct routes_network read[8];
    const struct routes_network *address = &read[ADDRESS(facts)];

    if (address->family == ROUTES_FAMILY_NULL) {
        read[ADDRESS(facts)] = network(addresses[ADDRESS(facts)]);
    }
    for (int i = 0; i < rule->networks->nelts; i++) {
        if (routes_network_holds(
                &APR_ARRAY_IDX(rule->networks, i, struct routes_network),
                address)) {
            return 1;
        }
    }
    return 0;
}

static int
is_by(const struct model_rule *rule, unsigned facts)
{
    return (rule->methods >>
            (METHOD(facts) ? ROUTES_METHOD_POST : ROUTES_METHOD_GET)) &
           1;
}

/* 0 denied, 1 no user, 2 granted, as LANGUAGE.md P15 has it.  realm: NULL for
 * an anonymous caller. */
static int
judge(const struct model_rule *rule, const char *realm, unsigned facts)
{
    int a;
    int b;

    switch (rule->op) {
    case MODEL_RULE_PUBLIC:
        return 2;
    case MODEL_RULE_USER:
        return realm != NULL ? 2 : 1;
    case MODEL_RULE_ROLE:
        return realm == NULL ? 1 : facts >> (rule->text[0] - 'a') & 1 ? 2 : 0;
    case MODEL_RULE_AND:
        a = judge(rule->left, realm, facts);
        b = judge(rule->right, realm, facts);
        return a < b ? a : b;
    case MODEL_RULE_OR:
        a = judge(rule->left, realm, facts);
        b = judge(rule->right, realm, facts);
        return a > b ? a : b;
    case MODEL_RULE_NOT:
        return 2 - judge(rule->left, realm, facts);
    case MODEL_RULE_ANONYMOUS:
        return realm == NULL ? 2 : 0;
    case MODEL_RULE_SCOPE:
        return realm == NULL ? 1 : facts & HAS_SCOPE ? 2 : 0;
    case MODEL_RULE_CLAIM:
        return realm == NULL ? 1 : facts & HAS_CLAIM ? 2 : 0;
    case MODEL_RULE_REALM:
        return realm == NULL ? 1 : strcmp(realm, rule->text) == 0 ? 2 : 0;
    case MODEL_RULE_TLS:
        return facts & HAS_TLS ? 2 : 0;
    case MODEL_RULE_IP:
        return is_from(rule, facts) ? 2 : 0;
    case MODEL_RULE_METHOD:
        return is_by(rule, facts) ? 2 : 0;
    case MODEL_RULE_PYTHON:
    case MODEL_RULE_APACHE:
        break;
    }
    return 0;
}

/* Whether a caller of a realm (2: of none) is granted. */
static int
grants(const struct model_auth *auth, unsigned realm, unsigned roles)
{
    const char *name = NULL;

    for (int i = 0; i < auth->realms->nelts; i++) {
        if (realm < 2 &&
            MODEL_AT(auth->realms, struct model_realm, i) == &realms[realm]) {
            name = realms[realm].name;
        }
    }
    return judge(auth->rule, name, roles) == 2;
}

/* Of two realms, the one that is asked first. */
static unsigned
first_of(const struct model_auth *auth)
{
    return MODEL_AT(auth->realms, struct model_realm, 0) == &realms[0] ? 0 : 1;
}

#define OF_USER (HAS_TLS - 1)

/* Whether a user of both realms, who is one of them to a and the other one to
 * b, is not granted by b where a grants. */
static int
second_implies_by_trial(const struct model_auth *a, const struct model_auth *b)
{
    for (unsigned facts = 0; facts < 1u << N_FACTS; facts++) {
        if (!grants(a, first_of(a), facts)) {
            continue;
        }
        for (unsigned own = 0; own <= OF_USER; own++) {
            if (!grants(b, first_of(b), (facts & ~OF_USER) | own)) {
                return 0;
            }
        }
    }
    return 1;
}

static int
implies_by_trial(const struct model_auth *a, const struct model_auth *b)
{
    for (unsigned realm = 0; realm <= 2; realm++) {
        for (unsigned roles = 0; roles < 1u << N_FACTS; roles++) {
            if (grants(a, realm, roles) && !grants(b, realm, roles)) {
                return 0;
            }
        }
    }
    return a->realms->nelts < 2 || b->realms->nelts < 2 ||
           first_of(a) == first_of(b) || second_implies_by_trial(a, b);
}

static struct model_rule *
random_ip(void)
{
    struct model_rule *rule = make_rule(MODEL_RULE_IP, NULL, NULL);

    rule->networks = apr_array_make(pool, 2, sizeof(struct routes_network));
    for (int n = 1 + rand() % 2; n > 0; n--) {
        APR_ARRAY_PUSH(rule->networks, struct routes_network) =
            network(networks[rand() % 5]);
    }
    return rule;
}

static struct model_rule *
random_method(void)
{
    struct model_rule *rule = make_rule(MODEL_RULE_METHOD, NULL, NULL);

    rule->methods =
        ROUTES_METHOD_BIT(rand() % 2 ? ROUTES_METHOD_POST : ROUTES_METHOD_GET);
    return rule;
}

static struct model_rule *
random_atom(void)
{
    static const enum model_rule_op ops[] = {
        MODEL_RULE_ANONYMOUS, MODEL_RULE_SCOPE, MODEL_RULE_CLAIM,
        MODEL_RULE_REALM, MODEL_RULE_TLS};
    struct model_rule *rule = make_rule(ops[rand() % 5], NULL, NULL);

    if (rand() % 3 == 0) {
        return rand() % 2 ? random_ip() : random_method();
    }
    rule->text = rule->op == MODEL_RULE_REALM ? realms[rand() % 2].name : "d";
    rule->name = rule->op == MODEL_RULE_CLAIM ? "n" : NULL;
    return rule;
}

static struct model_rule *
random_rule(unsigned depth)
{
    static const char *const roles[N_ROLES] = {"a", "b", "c"};

    switch (depth == 0 ? rand() % 2 : rand() % 8) {
    case 0:
        return rand() % 4 ? user() : all();
    case 1:
        return rand() % 2 ? role(roles[rand() % N_ROLES]) : random_atom();
    case 2:
        return role(roles[rand() % N_ROLES]);
    case 3:
    case 4:
        return both(random_rule(depth - 1), random_rule(depth - 1));
    case 5:
    case 6:
        return either(random_rule(depth - 1), random_rule(depth - 1));
    default:
        return other(random_rule(depth - 1));
    }
}

/* Which of the addresses is in the same networks as that in the text. */
static unsigned
address_in(const char *caller)
{
    const char *at = strstr(caller, ", from ");
    struct routes_network address;

    if (at == NULL) {
        return 0;
    }
    at += strlen(", from ");
    address = network(apr_pstrmemdup(pool, at, strcspn(at, ",}")));
    for (unsigned i = 0; i < 8; i++) {
        struct routes_network known = network(addresses[i]);
        int same = 1;

        for (int n = 0; n < 5; n++) {
            struct routes_network one = network(networks[n]);

            same &= routes_network_holds(&one, &known) ==
                    routes_network_holds(&one, &address);
        }
        if (same) {
            return i;
        }
    }
    fail_msg("no address is like that of %s", caller);
    return 0;
}

/* What a text says of one user. */
static unsigned
facts_of_user(const char *user)
{
    unsigned facts = 0;

    for (const char *at = user; (at = strstr(at, "role: ")) != NULL; at++) {
        facts |= 1u << (at[strlen("role: ")] - 'a');
    }
    facts |= strstr(user, ", scope: d") != NULL ? HAS_SCOPE : 0;
    facts |= strstr(user, ", claim: n = d") != NULL ? HAS_CLAIM : 0;
    return facts;
}

/* Whether the user of two realms in a text is granted by a and not by b. */
static int
shows_two(const char *caller, unsigned roles, const struct model_auth *a,
          const struct model_auth *b)
{
    const char *own = strstr(caller, ", and user of ");
    const char *one = apr_pstrmemdup(pool, caller, (size_t)(own - caller));

    assert_true(strstr(one, realms[first_of(a)].name) != NULL);
    assert_true(strstr(own, realms[first_of(b)].name) != NULL);
    roles &= ~OF_USER;
    return grants(a, first_of(a), roles | facts_of_user(one)) &&
           !grants(b, first_of(b), roles | facts_of_user(own));
}

/* Whether the caller in a text is granted by a and not by b. */
static int
shows(const char *caller, const struct model_auth *a,
      const struct model_auth *b)
{
    unsigned roles = facts_of_user(caller);

    roles |= strstr(caller, ", tls") != NULL ? HAS_TLS : 0;
    roles |= address_in(caller) << N_BITS;
    roles |= strstr(caller, ", by POST") != NULL ? 1u << (N_BITS + 3) : 0;
    if (strstr(caller, ", and user of ") != NULL) {
        return shows_two(caller, roles, a, b);
    }
    for (unsigned realm = 0; realm <= 2; realm++) {
        int named = realm == 2 ? strstr(caller, "anonymous") != NULL
                    : strstr(caller, " of ") == NULL
                        ? strstr(caller, "{user") != NULL
                        : strstr(caller, realms[realm].name) != NULL;

        if (named && grants(a, realm, roles) && !grants(b, realm, roles)) {
            return 1;
        }
    }
    return 0;
}

static struct search_run *
run(void)
{
    return search_run_make(pool);
}

static void
test_implication_agrees_with_every_caller(void **state)
{
    apr_pool_t *parent = pool;
    unsigned yes = 0;

    (void)state;
    srand(306);
    for (int i = 0; i < 12000; i++) {
        struct model_auth *a;
        struct model_auth *b;
        const char *caller;
        int implied;

        apr_pool_create(&pool, parent);
        a = auth(random_rule(4), (unsigned)rand() % 8);
        b = auth(random_rule(4), (unsigned)rand() % 8);
        implied = policy_implies(run(), a, b, &caller);
        assert_int_equal(implied, implies_by_trial(a, b));
        assert_int_equal(implied, caller == NULL);
        assert_true(implied || shows(caller, a, b));
        assert_true(policy_public(run(), a) ||
                    (!grants(a, 2, 0) && !grants(a, 2, HAS_TLS)));
        yes += implied ? 1 : 0;
        apr_pool_destroy(pool);
        pool = parent;
    }
    assert_true(yes > 1200 && yes < 10800);
}

static void
test_satisfiable_and_always_agree_with_every_caller(void **state)
{
    apr_pool_t *parent = pool;

    (void)state;
    srand(307);
    for (int i = 0; i < 4000; i++) {
        const struct model_rule *rule;
        int some = 0;
        int every = 1;

        apr_pool_create(&pool, parent);
        rule = random_rule(5);
        for (unsigned roles = 0; roles < 1u << N_FACTS; roles++) {
            some |= judge(rule, NULL, roles) == 2;
            for (int r = 0; r < 3; r++) {
                const char *realm = r < 2 ? realms[r].name : "other";

                some |= judge(rule, realm, roles) == 2;
                every &= judge(rule, realm, roles) == 2;
            }
        }
        assert_int_equal(policy_satisfiable(run(), rule, METHODS), some);
        assert_int_equal(policy_always(run(), rule, METHODS), every);
        apr_pool_destroy(pool);
        pool = parent;
    }
}

static int
implies(const struct model_auth *a, const struct model_auth *b)
{
    return policy_implies(run(), a, b, NULL);
}

static int
implies_in(struct search_run *shared, const struct model_auth *a,
           const struct model_auth *b)
{
    return policy_implies(shared, a, b, NULL);
}

static struct model_rule *
provider(const char *name)
{
    struct model_rule *rule = make_rule(MODEL_RULE_APACHE, NULL, NULL);

    rule->name = name;
    rule->text = "x";
    return rule;
}

static void
test_a_provider_may_say_anything(void **state)
{
    const struct model_rule *unlike =
        both(provider("ip"), other(provider("ip")));
    struct model_rule *like = either(provider("ip"), other(provider("ip")));

    (void)state;
    assert_true(implies(auth(provider("ip"), 1), auth(provider("ip"), 1)));
    assert_false(implies(auth(user(), 1), auth(provider("ip"), 1)));
    assert_false(implies(auth(provider("ip"), 1), auth(user(), 1)));
    assert_false(implies(auth(provider("ip"), 1), auth(provider("env"), 1)));
    assert_true(policy_public(run(), auth(provider("ip"), 1)));
    assert_false(policy_satisfiable(run(), unlike, METHODS));
    /* it may have no opinion, or have to know who it is */
    assert_false(policy_always(run(), like, METHODS));
    assert_false(implies(auth(all(), 1), auth(like, 1)));
    /* who is known to one route may be anonymous to the other */
    assert_false(implies(auth(provider("ip"), 1), auth(provider("ip"), 2)));
}

static void
test_a_provider_of_users_never_grants_anonymous_callers(void **state)
{
    struct model_rule *group = provider("ldap-group");

    (void)state;
    assert_true(implies(auth(group, 1), auth(user(), 1)));
    assert_true(implies(auth(other(group), 1), auth(user(), 1)));
    assert_false(implies(auth(user(), 1), auth(group, 1)));
    assert_false(policy_public(run(), auth(group, 1)));
    assert_false(policy_public(run(), auth(other(group), 1)));
}

static void
test_not_admits_no_anonymous_caller(void **state)
{
    const char *caller;

    (void)state;
    assert_false(policy_public(run(), auth(other(role("banned")), 1)));
    assert_true(policy_implies(run(), auth(other(role("a")), 1),
                               auth(user(), 1), NULL));
    assert_false(
        policy_implies(run(), auth(all(), 1), auth(user(), 1), &caller));
    assert_string_equal(caller, "{anonymous}");
    assert_false(
        policy_implies(run(), auth(user(), 1), auth(role("a"), 1), &caller));
    assert_string_equal(caller, "{user}");
    assert_false(policy_implies(run(), auth(role("a"), 1), auth(role("b"), 1),
                                &caller));
    assert_string_equal(caller, "{user, role: a}");
}

static void
test_realms_are_part_of_the_comparison(void **state)
{
    const char *caller;
    struct model_auth *staff = auth(role("a"), 1);
    struct model_auth *two = auth(role("a"), 3);

    (void)state;
    assert_int_equal(policy_compare(run(), staff, two), POLICY_STRONGER);
    assert_int_equal(policy_compare(run(), two, staff), POLICY_WEAKER);
    assert_int_equal(policy_compare(run(), staff, auth(role("a"), 2)),
                     POLICY_OTHER);
    assert_int_equal(
        policy_compare(run(), staff, auth(both(user(), role("a")), 1)),
        POLICY_EQUIVALENT);
    assert_false(policy_implies(run(), two, staff, &caller));
    assert_string_equal(caller, "{user of web, role: a}");
    assert_int_equal(policy_compare(run(), auth(all(), 1), auth(all(), 0)),
                     POLICY_EQUIVALENT);
}

static struct model_rule *
of_realm(unsigned i)
{
    struct model_rule *rule = make_rule(MODEL_RULE_REALM, NULL, NULL);

    rule->text = realms[i].name;
    return rule;
}

static void
test_realms_in_another_order_may_see_another_user(void **state)
{
    const char *caller;
    struct model_auth *a = auth(role("a"), 3);
    struct model_auth *turned = auth(role("a"), 3 | TURNED);

    (void)state;
    assert_int_equal(policy_compare(run(), a, turned), POLICY_OTHER);
    assert_false(policy_implies(run(), a, turned, &caller));
    assert_string_equal(caller, "{user of staff, role: a, and user of web}");
    assert_int_equal(
        policy_compare(run(), auth(user(), 3), auth(user(), 3 | TURNED)),
        POLICY_EQUIVALENT);
    /* who leaves web's credentials out is granted by both */
    assert_int_equal(policy_compare(run(), auth(role("a"), 1), turned),
                     POLICY_STRONGER);
    assert_int_equal(policy_compare(run(), auth(of_realm(0), 3),
                                    auth(of_realm(0), 3 | TURNED)),
                     POLICY_WEAKER);
    /* httpd's own is asked last */
    realms[0].kind = ROUTES_REALM_APACHE;
    assert_int_equal(policy_compare(run(), a, turned), POLICY_EQUIVALENT);
    realms[0].kind = ROUTES_REALM_NULL;
}

/* role(r0) or role(r1) or ..., and a permutation of it. */
static void
test_many_atoms_are_decided(void **state)
{
    struct model_rule *up = role("r0");
    struct model_rule *down = role("r99");
    struct model_rule *each = role("r0");

    (void)state;
    for (int i = 1; i < 100; i++) {
        up = either(up, role(apr_psprintf(pool, "r%d", i)));
        down = either(role(apr_psprintf(pool, "r%d", 99 - i)), down);
        each = both(each, role(apr_psprintf(pool, "r%d", i)));
    }
    assert_int_equal(policy_compare(run(), auth(up, 1), auth(down, 1)),
                     POLICY_EQUIVALENT);
    assert_int_equal(policy_compare(run(), auth(each, 1), auth(up, 1)),
                     POLICY_STRONGER);
    assert_false(policy_satisfiable(run(), both(each, other(up)), 0));
}

/* Parity of n roles: every value of every atom matters. */
static struct model_rule *
parity(int n)
{
    struct model_rule *odd = role("p0");

    for (int i = 1; i < n; i++) {
        struct model_rule *next = role(apr_psprintf(pool, "p%d", i));

        odd = either(both(odd, other(next)), both(other(odd), next));
    }
    return odd;
}

static void
test_a_hopeless_question_gets_the_careful_answer(void **state)
{
    struct search_run *shared = run();
    const struct model_auth *odd = auth(parity(14), 1);
    const char *caller = "";

    (void)state;
    assert_false(
        policy_satisfiable(run(), both(parity(9), other(parity(9))), 0));
    assert_false(policy_implies(shared, odd, auth(parity(14), 1), &caller));
    assert_null(caller);
    assert_int_equal(policy_compare(shared, odd, auth(parity(14), 1)),
                     POLICY_UNKNOWN);
    assert_true(
        policy_satisfiable(shared, both(parity(14), other(parity(14))), 0));
}

/* However much is asked, all of it ends: the limit of a run, and what the last
 * step of each question may pass it by. */
static void
test_all_questions_of_a_run_have_an_end(void **state)
{
    struct search_run *shared = run();
    const struct model_auth *odd = auth(parity(14), 1);
    const struct model_auth *same = auth(parity(14), 1);
    uint64_t spent;

    (void)state;
    shared->steps = SEARCH_MAX_ALL_STEPS - SEARCH_MAX_STEPS / 10;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(policy_compare(shared, odd, same), POLICY_UNKNOWN);
    }
    spent = shared->steps;
    assert_true(spent > SEARCH_MAX_ALL_STEPS);
    assert_true(spent < SEARCH_MAX_ALL_STEPS + SEARCH_MAX_STEPS / 10);
    /* nothing is taken for decided after that */
    assert_false(implies_in(shared, auth(role("a"), 1), auth(role("a"), 1)));
}

static void
test_spelling_keeps_the_meaning(void **state)
{
    (void)state;
    assert_string_equal(policy_spell(pool, both(either(role("a"), role("b")),
                                                other(role("c")))),
                        "(role(a) or role(b)) and not role(c)");
    assert_string_equal(
        policy_spell(pool, either(both(user(), role("b")),
                                  other(either(role("a"), role("b"))))),
        "user and role(b) or not (role(a) or role(b))");
}

/* ---- values of parameters ----------------------------------------------- */

/* What n places with predicates and parameters of few values cost. */
static uint64_t
cost_of(int n)
{
    const char *text = "import az\n"
                       "type Color = \"red\" | \"blue\"\n"
                       "rule says(w: str) -> az:says\n"
                       "rule owns(n: int) -> az:owns\n"
                       "assert every /** requires user\n";
    const struct compiled *c;

    for (int i = 0; i < n; i++) {
        text = apr_psprintf(
            pool,
            "%sGET /l%d/{c:Color}/{n:int}/{k:int(1..4)}/x -> m:f "
            "require (role(\"{c}-{k}\") or owns(n) or says(\"{c}\")) and "
            "not role(\"red-{n}\")\n"
            "assert every /l%d/*/*/*/x requires role(\"{c}-{k}\") or "
            "owns(n) or says(\"{c}\")\n",
            text, i, i);
    }
    c = compiled_text(
        pool, apr_pstrcat(pool, "realm staff = basic { file \"/etc/x\" }; ",
                          "auth staff\n", text, NULL));
    assert_int_equal(c->errors, 0);
    return c->model->searches->steps;
}

static void
test_parameters_of_few_values_cost_as_much_as_there_are(void **state)
{
    uint64_t few = cost_of(40);
    uint64_t many = cost_of(160);

    (void)state;
    assert_true(few > 40 && few < 40 * 2000);
    assert_true(many < few * 4 + few / 4);
}

/* ---- what is said ------------------------------------------------------- */

static struct compiled *
compile(const char *text)
{
    return compiled_text(
        pool, apr_pstrcat(pool,
                          "realm staff = basic { file \"/etc/staff\" }; "
                          "auth staff\n",
                          text, NULL));
}

static unsigned
count(const struct compiled *c, const char *what)
{
    unsigned n = 0;

    for (const char *at = c->said; (at = strstr(at, what)) != NULL; at++) {
        n++;
    }
    return n;
}

static void
test_what_nobody_can_satisfy_is_said_where_it_begins(void **state)
{
    struct compiled *c = compile("location /x {\n require role(a)\n"
                                 " location /y {\n  require not role(a)\n"
                                 "  GET /1 -> m:f\n  GET /2 -> m:f\n"
                                 "  GET /3 -> m:f require role(b)\n }\n}\n");

    (void)state;
    assert_int_equal(count(c, "error[E306]"), 1);
    assert_true(compiled_says(c, ":5:11: error[E306]"));
    assert_true(compiled_says(c, ":3:10: together with this"));
    c = compile("GET /x -> m:f require role(a) and not user\n");
    assert_int_equal(count(c, "error[E306]"), 1);
}

static void
test_what_every_user_satisfies_is_said_once(void **state)
{
    struct compiled *c = compile("location /x {\n"
                                 " require role(a) or not role(a)\n"
                                 " GET /1 -> m:f\n GET /2 -> m:f\n}\n");

    (void)state;
    assert_int_equal(count(c, "warning[W307]"), 1);
    assert_true(compiled_says(c, ":3:10: warning[W307]"));
    c = compile("GET /1 -> m:f require user\nGET /2 -> m:f public\n"
                "GET /3 -> m:f require role(a)\n");
    assert_int_equal(count(c, "W307"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_implication_agrees_with_every_caller),
        cmocka_unit_test(test_satisfiable_and_always_agree_with_every_caller),
        cmocka_unit_test(test_not_admits_no_anonymous_caller),
        cmocka_unit_test(test_a_provider_may_say_anything),
        cmocka_unit_test(
            test_a_provider_of_users_never_grants_anonymous_callers),
        cmocka_unit_test(test_realms_are_part_of_the_comparison),
        cmocka_unit_test(test_realms_in_another_order_may_see_another_user),
        cmocka_unit_test(test_many_atoms_are_decided),
        cmocka_unit_test(test_a_hopeless_question_gets_the_careful_answer),
        cmocka_unit_test(test_all_questions_of_a_run_have_an_end),
        cmocka_unit_test(
            test_parameters_of_few_values_cost_as_much_as_there_are),
        cmocka_unit_test(test_spelling_keeps_the_meaning),
        cmocka_unit_test(test_what_nobody_can_satisfy_is_said_where_it_begins),
        cmocka_unit_test(test_what_every_user_satisfies_is_said_once),
    };

    apr_initialize();
    return cmocka_run_group_tests_name("policy", tests, set_up, tear_down);
}
