/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fixture: the pool of a test, made before it and gone after it.  For a
 * program's own file: it defines what it declares.
 */
#ifndef TEST_FIXTURE_H
#define TEST_FIXTURE_H

#include <apr_pools.h>

/* The pool of the test that runs. */
static apr_pool_t *pool;

static int
set_up(void **state)
{
    (void)state;
    return apr_pool_create(&pool, NULL) == APR_SUCCESS ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

/* A row of a group whose tests have a pool each. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
