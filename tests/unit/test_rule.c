/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requirements in three values (LANGUAGE.md P15).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "runtime/network.h"
#include "runtime/rule.h"
#include "runtime/table.h"
#include "table_builder.h"

static const char *const roles[] = {"admin", "staff", "writer"};
static const char *const scopes[] = {"read"};
static const struct routes_claim claims[] = {{"team", "red"}};
static const struct routes_caller anonymous = {.user = NULL};
static const struct routes_caller user = {.user = "ann"};
static const struct routes_caller staff = {.user = "bob",
                                           .roles = roles,
                                           .n_roles = 3,
                                           .realm = 1,
                                           .scopes = scopes,
                                           .n_scopes = 1,
                                           .claims = claims,
                                           .n_claims = 1};

struct expected {
    const char *program;
    enum routes_verdict anonymous, user, staff;
};

#define DENIED  ROUTES_DENIED
#define NO_USER ROUTES_NO_USER
#define GRANTED ROUTES_GRANTED

static const struct expected table_of_truth[] = {
    {"public", GRANTED, GRANTED, GRANTED},
    {"user", NO_USER, GRANTED, GRANTED},
    {"role:staff", NO_USER, DENIED, GRANTED},
    {"role:admin", NO_USER, DENIED, GRANTED},
    {"role:writer", NO_USER, DENIED, GRANTED},
    {"role:adminx", NO_USER, DENIED, DENIED},
    {"role:adm", NO_USER, DENIED, DENIED},
    {"public not", DENIED, DENIED, DENIED},
    {"user not", NO_USER, DENIED, DENIED},
    {"role:banned not", NO_USER, GRANTED, GRANTED},
    {"role:staff not not", NO_USER, DENIED, GRANTED},
    {"user public and", NO_USER, GRANTED, GRANTED},
    {"user public or", GRANTED, GRANTED, GRANTED},
    {"role:staff role:none and", NO_USER, DENIED, DENIED},
    {"role:staff role:none or", NO_USER, DENIED, GRANTED},
    {"public not role:staff or", NO_USER, DENIED, GRANTED},
    {"public not role:staff and", DENIED, DENIED, DENIED},
    {"anonymous", GRANTED, DENIED, DENIED},
    {"anonymous not", DENIED, GRANTED, GRANTED},
    {"scope:read", NO_USER, DENIED, GRANTED},
    {"scope:staff", NO_USER, DENIED, DENIED},
    {"scope:read not", NO_USER, GRANTED, DENIED},
    {"claim:team=red", NO_USER, DENIED, GRANTED},
    {"claim:team=blue", NO_USER, DENIED, DENIED},
    {"claim:team=", NO_USER, DENIED, DENIED},
    {"realm:1", NO_USER, DENIED, GRANTED},
    {"realm:1 not", NO_USER, GRANTED, DENIED},
    {"tls", DENIED, DENIED, DENIED},
    {"tls not", GRANTED, GRANTED, GRANTED},
    {"tls user or", NO_USER, GRANTED, GRANTED},
    {"ip:10.0.0.0/8", GRANTED, GRANTED, GRANTED},
    {"ip:10.1.2.3", GRANTED, GRANTED, GRANTED},
    {"ip:10.1.2.4", DENIED, DENIED, DENIED},
    {"ip:::/0", DENIED, DENIED, DENIED},
    {"ip:::ffff:10.0.0.0/104", GRANTED, GRANTED, GRANTED},
    {"ip:10.1.2.3 not", DENIED, DENIED, DENIED},
    {"ip:10.1.2.3 user and", NO_USER, GRANTED, GRANTED},
    {"method:PUT", GRANTED, GRANTED, GRANTED},
    {"method:GET", DENIED, DENIED, DENIED},
    {"method:GET not user and", NO_USER, GRANTED, GRANTED},
    {"role:a role:staff role:b or or", NO_USER, DENIED, GRANTED},
    {"user role:staff role:b not and and", NO_USER, DENIED, GRANTED},
};

/* Who is asked, and how often. */
struct asked {
    const struct routes_table *table;
    char names[64];
};

/* A predicate, or a provider, says what its name begins with. */
static enum routes_word
ask(void *baton, const struct routes_op *op)
{
    struct asked *asked = baton;
    const struct routes_table *t = asked->table;
    const char *name = routes_table_text(
        t, op->kind == ROUTES_OP_APACHE ? t->authzs[op->first].name
                                        : t->predicates[op->first].name);

    strcat(strcat(asked->names, name), " ");
    switch (*name) {
    case 'y':
        return ROUTES_YES;
    case 'n':
        return ROUTES_NO;
    case 'a':
        return ROUTES_NOBODY;
    case 's':
        return ROUTES_SILENT;
    default:
        return ROUTES_FAILED;
    }
}

static const struct routes_capture captures[] = {
    {"staff", 5}, {"a\xff", 2}, {"a\nb", 3}, {"", 0}};

static enum routes_verdict
judge(const struct routes_table *table, uint32_t auth,
      const struct routes_caller *caller)
{
    struct routes_network address;
    struct asked asked = {.table = table};
    const struct routes_scene scene = {
        .caller = caller,
        .captures = captures,
        .n_captures = 4,
        .ask = ask,
        .baton = &asked,
        .method = ROUTES_METHOD_BIT(ROUTES_METHOD_PUT),
        .from = &address,
        .n_from = 1};

    routes_network_read("10.1.2.3", &address);
    return routes_rule_judge(table, auth, &scene);
}

static void
verdicts_follow_the_table(void **state)
{
    const size_t n = sizeof(table_of_truth) / sizeof(table_of_truth[0]);
    uint32_t auths[sizeof(table_of_truth) / sizeof(table_of_truth[0])];
    struct builder *b;
    const struct routes_table *t;
    apr_pool_t *pool;

    (void)state;
    apr_pool_create(&pool, NULL);
    b = builder_create(pool);
    builder_realm(b, "staff", ROUTES_REALM_BASIC);
    builder_option(b, ROUTES_OPTION_FILE, "staff.htpasswd", 0);
    for (size_t i = 0; i < n; i++) {
        auths[i] = builder_auth(b, table_of_truth[i].program);
    }
    t = builder_finish(b);
    assert_null(routes_table_refusal(t, pool));
    for (size_t i = 0; i < n; i++) {
        const struct expected *e = &table_of_truth[i];

        assert_int_equal(judge(t, auths[i], &anonymous), e->anonymous);
        assert_int_equal(judge(t, auths[i], &user), e->user);
        assert_int_equal(judge(t, auths[i], &staff), e->staff);
        assert_int_equal(routes_rule_public(t, auths[i]),
                         e->anonymous == GRANTED &&
                             strstr(e->program, "anonymous") == NULL &&
                             strstr(e->program, "tls") == NULL &&
                             strstr(e->program, "ip:") == NULL &&
                             strstr(e->program, "method:") == NULL);
    }
    apr_pool_destroy(pool);
}

/* By a caller with a role that a capture completes. */
static void
names_have_what_a_request_has(void **state)
{
    static const char *const held[] = {"of-", "of-staff"};
    static const struct routes_caller caller = {
        .user = "ada", .roles = held, .n_roles = 2};
    static const struct {
        const char *program;
        enum routes_verdict verdict;
    } all[] = {
        {"of:0", GRANTED},
        {"of:0 not", DENIED},
        {"of:1", DENIED},
        {"of:1 not", DENIED},
        {"of:2", DENIED},
        {"of:2 not", DENIED},
        {"of:3", GRANTED},
        {"of:4", DENIED},
        {"of:4 not", DENIED},
        {"of:1 user or", GRANTED},
        {"of:1 public not and", DENIED},
        {"of:1 python:yes or", GRANTED},
        {"of:1 python:no or", DENIED},
    };
    struct builder *b;
    const struct routes_table *t;
    apr_pool_t *pool;

    (void)state;
    apr_pool_create(&pool, NULL);
    b = builder_create(pool);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        builder_auth(b, all[i].program);
    }
    t = builder_finish(b);
    assert_null(routes_table_refusal(t, pool));
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_int_equal(judge(t, (uint32_t)i + 2, &caller), all[i].verdict);
        assert_int_not_equal(judge(t, (uint32_t)i + 2, &anonymous), GRANTED);
        assert_false(routes_rule_public(t, (uint32_t)i + 2));
    }
    apr_pool_destroy(pool);
}

static void
python_is_asked_last_and_no_more_than_needed(void **state)
{
    static const struct {
        const char *program;
        enum routes_verdict verdict;
        const char *asked;
    } all[] = {
        {"python:yes", GRANTED, "yes "},
        {"python:no", DENIED, "no "},
        {"python:yes not", DENIED, "yes "},
        {"python:no not", GRANTED, "no "},
        {"python:silent", DENIED, "silent "},
        {"python:silent not", DENIED, "silent "},
        {"python:failed not", DENIED, "failed "},
        {"python:yes user or", GRANTED, ""},
        {"python:yes role:none and", DENIED, ""},
        {"role:none python:yes and user or", GRANTED, ""},
        {"python:yes python:no or", GRANTED, "yes "},
        {"python:yes python:no and", DENIED, "yes no "},
        {"python:no python:yes or", GRANTED, "no yes "},
        {"python:no role:none and python:yes or", GRANTED, "yes "},
        {"python:silent python:yes or", GRANTED, "silent yes "},
        {"python:failed python:yes or", DENIED, "failed "},
        {"python:silent python:no and", DENIED, "silent no "},
    };
    struct builder *b;
    const struct routes_table *t;
    apr_pool_t *pool;

    (void)state;
    apr_pool_create(&pool, NULL);
    b = builder_create(pool);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        builder_auth(b, all[i].program);
    }
    t = builder_finish(b);
    assert_null(routes_table_refusal(t, pool));
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct asked asked = {.table = t};
        struct routes_scene scene = {
            .caller = &user, .ask = ask, .baton = &asked};
        uint32_t auth = (uint32_t)i + 2;

        assert_int_equal(routes_rule_judge(t, auth, &scene), all[i].verdict);
        assert_string_equal(asked.names, all[i].asked);
        asked.names[0] = '\0';
        scene.caller = &anonymous;
        assert_int_not_equal(routes_rule_judge(t, auth, &scene), GRANTED);
        assert_string_equal(asked.names, "");
        /* without anyone to ask, none of them is granted by Python */
        scene.caller = &user;
        scene.ask = NULL;
        assert_int_equal(routes_rule_judge(t, auth, &scene),
                         *all[i].asked == '\0' ? all[i].verdict : DENIED);
    }
    apr_pool_destroy(pool);
}

static void
httpd_is_asked_before_python_and_of_anyone(void **state)
{
    static const struct {
        const char *program;
        enum routes_verdict verdict; /* of a user */
        const char *asked;
        enum routes_verdict nobody;
        const char *asked_of_nobody;
    } all[] = {
        {"apache:yes", GRANTED, "yes ", GRANTED, "yes "},
        {"apache:no", DENIED, "no ", DENIED, "no "},
        {"apache:no not", GRANTED, "no ", GRANTED, "no "},
        {"apache:user/yes not", DENIED, "yes ", NO_USER, ""},
        {"apache:user/no not", GRANTED, "no ", NO_USER, ""},
        {"apache:any", NO_USER, "any ", NO_USER, "any "},
        {"apache:any not", NO_USER, "any ", NO_USER, "any "},
        {"apache:silent not", DENIED, "silent ", DENIED, "silent "},
        {"apache:failed", DENIED, "failed ", DENIED, "failed "},
        {"apache:failed not", DENIED, "failed ", DENIED, "failed "},
        {"apache:failed user or", GRANTED, "", DENIED, "failed "},
        {"python:yes apache:no and", DENIED, "no ", DENIED, "no "},
        {"python:no apache:yes or", GRANTED, "yes ", GRANTED, "yes "},
        {"apache:no python:yes or", GRANTED, "no yes ", NO_USER, "no "},
    };
    struct builder *b;
    const struct routes_table *t;
    apr_pool_t *pool;

    (void)state;
    apr_pool_create(&pool, NULL);
    b = builder_create(pool);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        builder_auth(b, all[i].program);
    }
    t = builder_finish(b);
    assert_null(routes_table_refusal(t, pool));
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct asked asked = {.table = t};
        struct routes_scene scene = {
            .caller = &user, .ask = ask, .baton = &asked};
        uint32_t auth = (uint32_t)i + 2;

        assert_int_equal(routes_rule_judge(t, auth, &scene), all[i].verdict);
        assert_string_equal(asked.names, all[i].asked);
        asked.names[0] = '\0';
        scene.caller = &anonymous;
        assert_int_equal(routes_rule_judge(t, auth, &scene), all[i].nobody);
        assert_string_equal(asked.names, all[i].asked_of_nobody);
        assert_int_equal(routes_rule_public(t, auth), 0);
    }
    apr_pool_destroy(pool);
}

static void
a_malformed_program_is_denied(void **state)
{
    static const char *const programs[] = {"",
                                           "and",
                                           "not",
                                           "public and",
                                           "user not and",
                                           "public public",
                                           "nonsense",
                                           "public nonsense and"};
    struct builder *b;
    const struct routes_table *t;
    apr_pool_t *pool;
    uint32_t first;

    (void)state;
    apr_pool_create(&pool, NULL);
    b = builder_create(pool);
    first = builder_auth(b, programs[0]);
    for (size_t i = 1; i < sizeof(programs) / sizeof(programs[0]); i++) {
        builder_auth(b, programs[i]);
    }
    t = builder_finish(b);
    assert_non_null(routes_table_refusal(t, pool));
    assert_int_equal(judge(t, 0, &staff), DENIED);
    for (uint32_t i = first; i < t->n_auths; i++) {
        assert_int_equal(judge(t, i, &staff), DENIED);
        assert_false(routes_rule_public(t, i));
    }
    apr_pool_destroy(pool);
}

static void
a_program_as_long_as_allowed_is_judged(void **state)
{
    struct builder *b;
    const struct routes_table *t;
    apr_pool_t *pool;
    const char *program = "user";
    uint32_t auth;

    (void)state;
    apr_pool_create(&pool, NULL);
    b = builder_create(pool);
    for (int i = 1; i < ROUTES_MAX_OPS; i++) {
        program = apr_pstrcat(pool, program, " not", NULL);
    }
    auth = builder_auth(b, program);
    t = builder_finish(b);
    assert_null(routes_table_refusal(t, pool));
    assert_int_equal(judge(t, auth, &user), DENIED);
    assert_int_equal(judge(t, auth, &anonymous), NO_USER);
    apr_pool_destroy(pool);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_follow_the_table),
        cmocka_unit_test(names_have_what_a_request_has),
        cmocka_unit_test(python_is_asked_last_and_no_more_than_needed),
        cmocka_unit_test(httpd_is_asked_before_python_and_of_anyone),
        cmocka_unit_test(a_malformed_program_is_denied),
        cmocka_unit_test(a_program_as_long_as_allowed_is_judged),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
