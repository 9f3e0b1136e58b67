/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns against Python's re, in its ASCII mode, over random patterns and
 * texts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "dslc/dfa.h"

#define PATTERNS  "2200"
#define TEXTS     "30"
#define LINE_SIZE 65536

/* The bytes of a hexadecimal word. */
static char *
from_hex(apr_pool_t *pool, const char *hex, size_t *len)
{
    char *bytes = apr_pcalloc(pool, strlen(hex) / 2 + 1);

    for (*len = 0; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
        unsigned byte = 0;

        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        bytes[(*len)++] = (char)byte;
    }
    return bytes;
}

/* Compares one pattern with what stands behind it on the line. */
static void
compare_line(apr_pool_t *pool, char *line, unsigned *matches,
             unsigned *compared)
{
    char *rest;
    size_t len;
    const char *pattern = from_hex(pool, strtok_r(line, " \n", &rest), &len);
    const char *error = NULL;
    size_t at = 0;
    const struct dfa *dfa = dfa_from_regex(pool, pattern, len, &error, &at);
    const char *word;

    if (dfa == NULL && strstr(error, "too large") == NULL) {
        fail_msg("`%s`: %s at %zu", pattern, error, at);
    }
    if (dfa == NULL) {
        return;
    }
    while ((word = strtok_r(NULL, " \n", &rest)) != NULL) {
        const char *text = from_hex(pool, word + 1, &len);
        int expected = *word == '1';

        if (dfa_accepts(dfa, text, len) != expected) {
            fail_msg("`%s` and `%s`: re says %d", pattern, text, expected);
        }
        *matches += expected ? 1 : 0;
        ++*compared;
    }
}

static void
test_patterns_agree_with_python(void **state)
{
    FILE *oracle = popen(DSLC_PYTHON " " TEST_SRCDIR
                                     "/tests/unit/regex_oracle.py " PATTERNS
                                     " " TEXTS " 20261123",
                         "r");
    char *line = malloc(LINE_SIZE);
    unsigned compared = 0;
    unsigned matches = 0;

    (void)state;
    assert_non_null(oracle);
    while (fgets(line, LINE_SIZE, oracle) != NULL) {
        apr_pool_t *pool;

        apr_pool_create(&pool, NULL);
        compare_line(pool, line, &matches, &compared);
        apr_pool_destroy(pool);
    }
    assert_int_equal(pclose(oracle), 0);
    free(line);
    print_message("%u comparisons, %u matches\n", compared, matches);
    assert_true(compared >= 50000 && matches > 5000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns_agree_with_python),
    };

    apr_initialize();
    return cmocka_run_group_tests_name("regex", tests, NULL, NULL);
}
