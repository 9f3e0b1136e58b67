/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a caller has, however its realm wrote it down.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <apr_general.h>

#include "runtime/caller.h"

static int
make_pool(void **state)
{
    apr_pool_t *pool;

    apr_pool_create(&pool, NULL);
    *state = pool;
    return 0;
}

static int
free_pool(void **state)
{
    apr_pool_destroy(*state);
    return 0;
}

static apr_array_header_t *
names_of(apr_pool_t *pool, const char *const *names)
{
    apr_array_header_t *array = apr_array_make(pool, 1, sizeof(char *));

    for (; *names != NULL; names++) {
        APR_ARRAY_PUSH(array, const char *) = *names;
    }
    return array;
}

static void
names_come_in_any_order_and_twice(void **state)
{
    static const char *const names[] = {"staff", "admin", "staff", "", NULL};
    struct routes_caller caller = {.user = "ann"};

    routes_caller_set_roles(&caller, names_of(*state, names));
    assert_int_equal(caller.n_roles, 3);
    assert_true(routes_caller_has_role(&caller, "staff"));
    assert_true(routes_caller_has_role(&caller, "admin"));
    assert_true(routes_caller_has_role(&caller, ""));
    assert_false(routes_caller_has_role(&caller, "Staff"));
    assert_false(routes_caller_has_role(&caller, "staf"));
    assert_false(routes_caller_has_role(&caller, "*"));
    assert_false(routes_caller_has_scope(&caller, "staff"));
    routes_caller_set_scopes(&caller, names_of(*state, names));
    assert_true(routes_caller_has_scope(&caller, "staff"));
}

static void
a_claim_is_a_name_and_one_of_its_values(void **state)
{
    static const struct routes_claim rows[] = {
        {"team", "red"}, {"tier", "9"}, {"team", "blue"}, {"team", "red"}};
    apr_array_header_t *claims = apr_array_make(*state, 4, sizeof(rows[0]));
    struct routes_caller caller = {.user = "ann"};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        *(struct routes_claim *)apr_array_push(claims) = rows[i];
    }
    routes_caller_set_claims(&caller, claims);
    assert_true(routes_caller_has_claim(&caller, "team", "red"));
    assert_true(routes_caller_has_claim(&caller, "team", "blue"));
    assert_true(routes_caller_has_claim(&caller, "tier", "9"));
    assert_false(routes_caller_has_claim(&caller, "tier", "red"));
    assert_false(routes_caller_has_claim(&caller, "red", "team"));
    assert_false(routes_caller_has_claim(&caller, "team", ""));
}

static void
an_anonymous_caller_has_nothing(void **state)
{
    static const char *const names[] = {"a", NULL};
    struct routes_caller caller = {.user = NULL};

    assert_false(routes_caller_has_role(&caller, "a"));
    assert_false(routes_caller_has_claim(&caller, "a", "a"));
    routes_caller_set_roles(&caller, names_of(*state, names));
    routes_caller_set_scopes(&caller, names_of(*state, names));
    assert_false(routes_caller_has_role(&caller, "a"));
    assert_false(routes_caller_has_scope(&caller, "a"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_come_in_any_order_and_twice,
                                        make_pool, free_pool),
        cmocka_unit_test_setup_teardown(
            a_claim_is_a_name_and_one_of_its_values, make_pool, free_pool),
        cmocka_unit_test_setup_teardown(an_anonymous_caller_has_nothing,
                                        make_pool, free_pool),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
