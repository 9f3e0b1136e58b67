/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_regex: any bytes as one or two patterns; the automata that come of
 * them must agree with each other. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "dslc/dfa.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return apr_initialize() == APR_SUCCESS ? 0 : -1;
}

static void
require(int truth)
{
    if (!truth) {
        abort();
    }
}

static struct dfa *
compile(apr_pool_t *pool, const char *pattern, size_t len)
{
    const char *error = NULL;
    size_t at = 0;
    struct dfa *dfa = dfa_from_regex(pool, pattern, len, &error, &at);

    require((dfa == NULL) == (error != NULL));
    require(dfa != NULL || at <= len);
    return dfa;
}

/* What two automata say of each other, both ways and by their product. */
static void
compare(apr_pool_t *pool, const struct dfa *a, const struct dfa *b)
{
    static const enum dfa_relation turned[] = {
        [DFA_DISJOINT] = DFA_DISJOINT, [DFA_EQUAL] = DFA_EQUAL,
        [DFA_SUBSET] = DFA_SUPERSET,   [DFA_SUPERSET] = DFA_SUBSET,
        [DFA_CROSSING] = DFA_CROSSING,
    };
    const char *witness;
    enum dfa_relation relation = dfa_relate(pool, a, b, &witness);
    const struct dfa *both = dfa_intersect(pool, a, b);

    require(turned[relation] == dfa_relate(pool, b, a, NULL));
    if (witness != NULL) {
        require(dfa_accepts(a, witness, strlen(witness)) &&
                dfa_accepts(b, witness, strlen(witness)));
    }
    if (both != NULL && !dfa_empty(a) && !dfa_empty(b)) {
        require(dfa_empty(both) == (relation == DFA_DISJOINT));
        require((relation == DFA_SUBSET || relation == DFA_EQUAL) ==
                (dfa_relate(pool, both, a, NULL) == DFA_EQUAL));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = size == 0 ? NULL : memchr(text, '\0', size);
    size_t first = end == NULL ? size : (size_t)(end - text);
    struct dfa *a;
    struct dfa *b;
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return 0;
    }
    a = compile(pool, text, first);
    b = end == NULL ? a : compile(pool, end + 1, size - first - 1);
    if (a != NULL && b != NULL) {
        compare(pool, a, b);
    }
    apr_pool_destroy(pool);
    return 0;
}
