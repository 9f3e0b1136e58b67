/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of automata: patterns, types in a path, and how languages stand to
 * each other, against arithmetic and against plain enumeration.
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
#include "dslc/model.h"
#include "dslc/regex.h"
#include "fixture.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct dfa *
compile(const char *pattern)
{
    const char *error = NULL;
    size_t at = 0;
    struct dfa *dfa =
        dfa_from_regex(pool, pattern, strlen(pattern), &error, &at);

    if (dfa == NULL) {
        print_message("%s: %s at %zu\n", pattern, error, at);
    }
    assert_non_null(dfa);
    return dfa;
}

static int
takes(const struct dfa *dfa, const char *text)
{
    return dfa_accepts(dfa, text, strlen(text));
}

static int
same(const struct dfa *a, const struct dfa *b)
{
    return a->n_states == b->n_states && a->n_classes == b->n_classes &&
           a->accept == b->accept && a->start == b->start &&
           memcmp(a->classes, b->classes, 256) == 0 &&
           memcmp(a->cells, b->cells,
                  sizeof(*a->cells) * a->n_states * a->n_classes) == 0;
}

/* ---- patterns ----------------------------------------------------------- */

static void
test_pattern_takes_what_it_says(void **state)
{
    static const struct {
        const char *pattern, *yes, *no;
    } cases[] = {
        {"abc", "abc", "ab"},
        {"[a-z0-9]+(-[a-z0-9]+)*", "a-b-42", "a--b"},
        {"^a|b$", "b", "ab"},
        {"\\d{3}", "042", "42"},
        {"\\d{2,}", "12345", "1"},
        {"\\d{,2}", "", "123"},
        {"(?:ab){1,2}", "abab", "ababab"},
        {"(ab|)c", "c", "ab"},
        {".", "\xc3\xa9", "\xc3"},
        {".", "\xf0\x9f\x98\x80", "\xed\xa0\x80"},
        {"[^/]+", "a b", "a/b"},
        {"[\xc3\xa0-\xc3\xbc]", "\xc3\xa9", "e"},
        {"\\x41\\u00e9\\U0001f600", "A\xc3\xa9\xf0\x9f\x98\x80", "A"},
        {"[]a]", "]", "b"},
        {"[a-]", "-", "b"},
        {"[^\\d]", "x", "7"},
        {"\\w\\s\\W\\S\\D", "a -xy", "a -x7"},
        {"\\.\\/\\-", "./-", "x/-"},
        {"}]", "}]", "]"},
        {"", "", "a"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dfa *dfa = compile(cases[i].pattern);

        assert_true(takes(dfa, cases[i].yes));
        assert_false(takes(dfa, cases[i].no));
    }
}

static void
test_pattern_fault_is_named(void **state)
{
    static const struct {
        const char *pattern, *word;
        size_t at;
    } cases[] = {
        {"(a)\\1", "back-references", 3},
        {"(?P=x)", "back-references", 0},
        {"a(?=b)", "look-ahead", 1},
        {"(?!b)", "look-ahead", 0},
        {"(?<=b)", "look-behind", 0},
        {"(?<!b)", "look-behind", 0},
        {"a*?", "lazy", 2},
        {"a{2}?", "lazy", 4},
        {"a++", "possessive", 2},
        {"a**", "needs a group", 2},
        {"(?P<n>a)", "no names", 0},
        {"(?<n>a)", "no names", 0},
        {"(?i)a", "flags", 0},
        {"(?>a)", "atomic", 0},
        {"(?(1)a)", "conditional", 0},
        {"(?#x)", "comments", 0},
        {"\\bx", "boundaries", 0},
        {"\\Ax", "anchors", 0},
        {"\\p{L}", "properties", 0},
        {"\\q", "unknown escape", 0},
        {"a^b", "anchors", 1},
        {"a$b", "anchors", 1},
        {"(^a)", "anchors", 1},
        {"*a", "nothing to repeat", 0},
        {"a|+", "nothing to repeat", 2},
        {"(a", "never closed", 0},
        {"a)", "closes nothing", 1},
        {"[a", "never closed", 0},
        {"[z-a]", "backwards", 1},
        {"[a-\\d]", "backwards", 1},
        {"a{2,1}", "backwards", 1},
        {"a{b}", "literal `{`", 1},
        {"a{", "literal `{`", 1},
        {"a{1001}", "limited to 1000", 2},
        {"a\\", "backslash", 2},
        {"\\xZ", "hexadecimal", 2},
        {"\\ud800", "no such character", 2},
        {"\xff", "UTF-8", 0},
        {"a\xc3", "UTF-8", 1},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *pattern = cases[i].pattern;
        const char *error = NULL;
        size_t at = 999;

        assert_null(
            dfa_from_regex(pool, pattern, strlen(pattern), &error, &at));
        assert_non_null(error);
        if (strstr(error, cases[i].word) == NULL || at != cases[i].at) {
            fail_msg("%s: `%s` at %zu", pattern, error, at);
        }
    }
}

static void
test_hostile_pattern_is_refused(void **state)
{
    static const char *const patterns[] = {
        "((a{1000}){1000})",
        "((((a?){1000}){1000}){1000}){1000}",
        "(((.{9}){99}){999})",
        "(a|b)*a(a|b){15}",
        "(.*a.{300}|.*b.{300}|.*c.{300}){5}",
        "(\\w*x\\w{99}){9}",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(patterns); i++) {
        const char *error = NULL;
        size_t at;

        assert_null(dfa_from_regex(pool, patterns[i], strlen(patterns[i]),
                                   &error, &at));
        assert_non_null(strstr(error, "too large"));
    }
}

static void
test_deep_or_long_pattern_is_refused(void **state)
{
    size_t at;
    const char *error = NULL;
    char *text = apr_palloc(pool, 100001);

    (void)state;
    memset(text, '(', 100000);
    assert_null(dfa_from_regex(pool, text, 1000, &error, &at));
    assert_non_null(strstr(error, "nest deeper"));
    assert_int_equal(at, REGEX_MAX_DEPTH);
    assert_null(dfa_from_regex(pool, text, 100000, &error, &at));
    assert_non_null(strstr(error, "at most"));
}

static void
test_blank_repetitions_cost_nothing(void **state)
{
    (void)state;
    assert_true(takes(compile("((((){1000}){1000}){1000}){1000}a"), "a"));
    assert_true(takes(compile("((((a{0}){1000}){1000}){1000})*a"), "a"));
    assert_true(takes(compile("((a*)*)*"), "aaa"));
}

static void
test_equal_languages_are_equal_bytes(void **state)
{
    static const char *const pairs[][2] = {
        {"a|b|c", "[a-c]"},
        {"(a*)*", "a*"},
        {"a+", "aa*"},
        {"(ab)*", "(ab)*(ab)?"},
        {"x(a|b)*y|xy", "x[ab]{0,}y"},
        {"[^a]|a", "[\\x00-\\U0010ffff]"},
        {"\\w{2,4}", "\\w\\w\\w?\\w?"},
        {"(?:a|ab)(?:c|bc)", "abb?c|ac"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(pairs); i++) {
        assert_true(same(compile(pairs[i][0]), compile(pairs[i][1])));
    }
}

static void
test_layout_is_canonical(void **state)
{
    struct dfa *dfa = compile("ab");
    struct dfa *loop = compile("(ab)*");

    (void)state;
    assert_int_equal(dfa->n_states, 4);
    assert_int_equal(dfa->start, 1);
    assert_int_equal(dfa->accept, 3);
    for (uint32_t c = 0; c < dfa->n_classes; c++) {
        assert_int_equal(dfa->cells[c], 0);
    }
    assert_true(takes(loop, ""));
    assert_false(takes(loop, "a"));
    assert_int_equal(loop->start, loop->accept);
}

static void
test_empty_language_is_known(void **state)
{
    struct dfa *nothing = compile("[^\\x00-\\U0010ffff]");

    (void)state;
    assert_true(dfa_empty(nothing));
    assert_false(dfa_empty(compile("")));
    assert_int_equal(dfa_relate(pool, nothing, compile("a"), NULL),
                     DFA_DISJOINT);
}

/* ---- relations ---------------------------------------------------------- */

/* A random pattern over a and b. */
static char *
random_pattern(unsigned depth)
{
    char *left;
    unsigned kind = (unsigned)rand() % 8;

    if (depth == 0 || kind < 2) {
        return apr_pstrdup(pool, rand() % 2 ? "a" : "b");
    }
    left = random_pattern(depth - 1);
    switch (kind) {
    case 2:
        return apr_psprintf(pool, "(%s)*", left);
    case 3:
        return apr_psprintf(pool, "(%s)?", left);
    case 4:
    case 5:
        return apr_psprintf(pool, "(%s|%s)", left, random_pattern(depth - 1));
    default:
        return apr_psprintf(pool, "%s%s", left, random_pattern(depth - 1));
    }
}

/* The relation as all words of up to 11 letters show it: enough for automata
 * whose product has up to 11 pairs. */
static enum dfa_relation
enumerate_relation(const struct dfa *a, const struct dfa *b, size_t *shortest)
{
    int common = 0;
    int only_a = 0;
    int only_b = 0;

    for (size_t len = 0; len <= 11; len++) {
        for (unsigned bits = 0; bits < 1u << len; bits++) {
            char word[12];
            int in_a;
            int in_b;

            for (size_t i = 0; i < len; i++) {
                word[i] = bits >> i & 1 ? 'b' : 'a';
            }
            in_a = dfa_accepts(a, word, len);
            in_b = dfa_accepts(b, word, len);
            if (in_a && in_b && !common) {
                *shortest = len;
            }
            common |= in_a && in_b;
            only_a |= in_a && !in_b;
            only_b |= in_b && !in_a;
        }
    }
    if (!common) {
        return DFA_DISJOINT;
    }
    return only_a   ? only_b ? DFA_CROSSING : DFA_SUPERSET
           : only_b ? DFA_SUBSET
                    : DFA_EQUAL;
}

static void
test_relation_agrees_with_enumeration(void **state)
{
    unsigned seen[5] = {0};
    apr_pool_t *parent = pool;

    (void)state;
    srand(20261123);
    for (int i = 0; i < 20000; i++) {
        struct dfa *a;
        struct dfa *b;
        const char *witness;
        enum dfa_relation relation;
        size_t shortest = 0;

        apr_pool_create(&pool, parent);
        a = compile(random_pattern(4));
        b = compile(random_pattern(4));
        if ((a->n_states - 1) * (b->n_states - 1) <= 11) {
            relation = dfa_relate(pool, a, b, &witness);
            assert_int_equal(relation, enumerate_relation(a, b, &shortest));
            seen[relation]++;
            assert_int_equal(relation == DFA_DISJOINT, witness == NULL);
            if (witness != NULL) {
                assert_int_equal(strlen(witness), shortest);
                assert_true(takes(a, witness) && takes(b, witness));
            }
        }
        apr_pool_destroy(pool);
        pool = parent;
    }
    for (int i = 0; i < 5; i++) {
        assert_true(seen[i] > 100);
    }
}

static void
test_witness_is_printable_where_one_is(void **state)
{
    const char *witness;

    (void)state;
    dfa_relate(pool, compile("[^/]+"), compile("..+"), &witness);
    assert_string_equal(witness, "aa");
    dfa_relate(pool, compile("\\d+"), compile("[0-9a-f]+"), &witness);
    assert_string_equal(witness, "1");
    dfa_relate(pool, compile("%|xyz"), compile("%|xyz"), &witness);
    assert_string_equal(witness, "xyz");
    dfa_relate(pool, compile("\\x01"), compile("."), &witness);
    assert_string_equal(witness, "\x01");
}

static void
test_intersection_is_both(void **state)
{
    struct dfa *both =
        dfa_intersect(pool, compile("[a-z]{2,5}"), compile(".*x.{1,2}"));

    (void)state;
    assert_true(same(both, compile("[a-z]{0,3}x[a-z]|[a-z]{0,2}x[a-z]{2}")));
    assert_true(dfa_empty(dfa_intersect(pool, compile("a+"), compile("b+"))));
}

static void
test_wrap_puts_text_around(void **state)
{
    struct dfa *inner = compile("a*");

    (void)state;
    assert_true(
        same(dfa_wrap(pool, "img-", inner, ".png"), compile("img-a*\\.png")));
    assert_true(same(dfa_wrap(pool, "", inner, "a"), compile("a+")));
    assert_true(same(dfa_from_text(pool, "a/b", 3), compile("a/b")));
}

/* ---- types -------------------------------------------------------------- */

static struct dfa *
of_type(struct model_type type)
{
    struct model_type *kept = apr_pmemdup(pool, &type, sizeof(type));
    struct dfa *dfa = dfa_of_type(pool, kept);

    assert_ptr_equal(dfa, dfa_of_type(pool, kept));
    return dfa;
}

static struct dfa *
of_range(int64_t min, int64_t max)
{
    return of_type((struct model_type){.kind = ROUTES_TYPE_INT,
                                       .has_min = 1,
                                       .has_max = 1,
                                       .min = min,
                                       .max = max});
}

/* Whether the language has a number's one spelling, and none of others. */
static int
has_number(const struct dfa *dfa, int64_t n)
{
    char text[32];
    int has;

    snprintf(text, sizeof(text), "%lld", (long long)n);
    has = takes(dfa, text);
    snprintf(text, sizeof(text), "0%lld", (long long)n);
    assert_false(takes(dfa, text));
    snprintf(text, sizeof(text), "+%lld", (long long)n);
    assert_false(takes(dfa, text));
    return has;
}

static void
test_small_integer_ranges_are_exact(void **state)
{
    apr_pool_t *parent = pool;

    (void)state;
    for (int64_t min = -112; min <= 112; min += 1 + (min + 112) % 3) {
        for (int64_t max = min - 1; max <= 112; max += 1 + (max + 113) % 5) {
            struct dfa *dfa;

            apr_pool_create(&pool, parent);
            dfa = of_range(min, max);
            for (int64_t n = -130; n <= 130; n++) {
                assert_int_equal(has_number(dfa, n), min <= n && n <= max);
            }
            assert_false(takes(dfa, "-0") || takes(dfa, "-") ||
                         takes(dfa, "") || takes(dfa, "1-"));
            apr_pool_destroy(pool);
            pool = parent;
        }
    }
}

static void
test_integer_ranges_are_exact_at_their_ends(void **state)
{
    static const int64_t ends[] = {INT64_MIN,
                                   INT64_MIN + 1,
                                   -1000000000000,
                                   -99999,
                                   -10000,
                                   -10,
                                   -1,
                                   0,
                                   1,
                                   9,
                                   10,
                                   99,
                                   100,
                                   999999,
                                   1000000,
                                   1234567890123,
                                   INT64_MAX - 1,
                                   INT64_MAX};

    (void)state;
    for (size_t i = 0; i < LENGTH(ends); i++) {
        for (size_t j = i; j < LENGTH(ends); j++) {
            struct dfa *dfa = of_range(ends[i], ends[j]);

            for (size_t k = 0; k < LENGTH(ends); k++) {
                for (int64_t d = -1; d <= 1; d++) {
                    int64_t n;

                    if (!__builtin_add_overflow(ends[k], d, &n)) {
                        assert_int_equal(has_number(dfa, n),
                                         ends[i] <= n && n <= ends[j]);
                    }
                }
            }
        }
    }
}

static void
test_plain_integer_has_64_bits(void **state)
{
    struct dfa *dfa = of_type((struct model_type){.kind = ROUTES_TYPE_INT});

    (void)state;
    assert_true(takes(dfa, "9223372036854775807"));
    assert_true(takes(dfa, "-9223372036854775808"));
    assert_false(takes(dfa, "9223372036854775808"));
    assert_false(takes(dfa, "-9223372036854775809"));
    assert_false(takes(dfa, "10000000000000000000"));
    assert_true(same(dfa, of_range(INT64_MIN, INT64_MAX)));
}

static void
test_text_counts_characters_and_excludes_slash(void **state)
{
    struct dfa *plain = of_type((struct model_type){.kind = ROUTES_TYPE_STR});
    struct dfa *two = of_type((struct model_type){.kind = ROUTES_TYPE_STR,
                                                  .has_min = 1,
                                                  .has_max = 1,
                                                  .min = 2,
                                                  .max = 2});
    struct dfa *bytes = of_type((struct model_type){
        .kind = ROUTES_TYPE_BYTES, .has_max = 1, .max = 2});

    (void)state;
    assert_true(takes(plain, "x") && takes(plain, "\xff\x80"));
    assert_false(takes(plain, "") || takes(plain, "a/b"));
    assert_true(takes(two, "\xc3\xa9\xc3\xa9") && takes(two, "ab"));
    assert_false(takes(two, "\xc3\xa9") || takes(two, "abc"));
    assert_true(takes(bytes, "ab") && takes(bytes, "\xc3\xa9"));
    assert_false(takes(bytes, "abc") || takes(bytes, "") || takes(bytes, "/"));
}

static void
test_long_text_is_counted_and_longer_refused(void **state)
{
    struct model_type type = {.kind = ROUTES_TYPE_STR, .has_max = 1};
    char *text = apr_pcalloc(pool, 20002);
    struct dfa *dfa;

    (void)state;
    memset(text, 'x', 20001);
    type.max = 20000;
    dfa = of_type(type);
    assert_true(dfa_accepts(dfa, text, 20000));
    assert_false(dfa_accepts(dfa, text, 20001));
    type.max = DFA_MAX_COUNT + 1;
    assert_null(of_type(type));
    type.max = -1;
    assert_true(dfa_empty(of_type(type)));
}

static void
test_rest_takes_slashes_and_nothing(void **state)
{
    struct dfa *rest = of_type((struct model_type){.kind = ROUTES_TYPE_PATH});
    struct dfa *bounded =
        of_type((struct model_type){.kind = ROUTES_TYPE_RAWPATH,
                                    .has_min = 1,
                                    .has_max = 1,
                                    .min = 1,
                                    .max = 3});

    (void)state;
    assert_true(takes(rest, "") && takes(rest, "a/b/"));
    assert_true(takes(bounded, "a/b") && !takes(bounded, ""));
    assert_false(takes(bounded, "a/bc"));
}

static void
test_values_have_one_spelling(void **state)
{
    static const struct {
        enum routes_type_kind kind;
        const char *yes[5], *no[8];
    } cases[] = {
        {ROUTES_TYPE_BOOL, {"true", "false"}, {"1", "on", "True", ""}},
        {ROUTES_TYPE_FLOAT,
         {"0", "-1.5", "0.25", "100", "-0.5"},
         {"1.0", "01", "-0", "1e3", ".5", "1.", "+1", "nan"}},
        {ROUTES_TYPE_DECIMAL, {"19.9"}, {"19.90", "-0.0"}},
        {ROUTES_TYPE_UUID,
         {"01234567-89ab-cdef-0123-456789abcdef"},
         {"01234567-89AB-cdef-0123-456789abcdef",
          "0123456789abcdef0123456789abcdef"}},
        {ROUTES_TYPE_DATE,
         {"2026-02-28", "2024-02-29", "0001-12-31"},
         {"2026-02-30", "2026-04-31", "0000-01-01", "2026-13-01", "2026-1-1"}},
        {ROUTES_TYPE_DATETIME,
         {"2026-11-23T08:00:00Z", "2026-11-23T08:00:00.25+02:00",
          "2026-11-23T08:00:00-00:30"},
         {"2026-11-23T08:00:00.250Z", "2026-11-23T08:00:00+00:00",
          "2026-11-23T24:00:00Z", "2026-11-23t08:00:00z",
          "2026-11-23T08:00:00"}},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dfa *dfa = of_type((struct model_type){.kind = cases[i].kind});

        for (size_t j = 0; j < 5 && cases[i].yes[j] != NULL; j++) {
            assert_true(takes(dfa, cases[i].yes[j]));
        }
        for (size_t j = 0; j < 8 && cases[i].no[j] != NULL; j++) {
            assert_false(takes(dfa, cases[i].no[j]));
        }
    }
}

static void
test_labels_and_matching_narrow(void **state)
{
    apr_array_header_t *labels = apr_array_make(pool, 4, sizeof(char *));
    struct model_type type = {.kind = ROUTES_TYPE_ENUM, .labels = labels};

    (void)state;
    *(const char **)apr_array_push(labels) = "price";
    *(const char **)apr_array_push(labels) = "name";
    *(const char **)apr_array_push(labels) = "a/b";
    *(const char **)apr_array_push(labels) = "";
    assert_true(same(of_type(type), compile("price|name")));
    type.matching = "p.*";
    assert_true(same(of_type(type), compile("price")));
    type = (struct model_type){.kind = ROUTES_TYPE_STR,
                               .has_max = 1,
                               .max = 4,
                               .matching = "[a-z]+(-[a-z]+)*"};
    assert_true(takes(of_type(type), "a-bc"));
    assert_false(takes(of_type(type), "ab-cd") || takes(of_type(type), "a-"));
    type = (struct model_type){
        .kind = ROUTES_TYPE_INT, .has_min = 1, .min = 1, .matching = "\\d{3}"};
    assert_true(same(of_type(type), compile("[1-9]\\d\\d")));
    type.matching_dfa = compile("\\d{2}");
    assert_true(same(of_type(type), compile("[1-9]\\d")));
    type = (struct model_type){.kind = ROUTES_TYPE_LIST};
    assert_null(of_type(type));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pattern_takes_what_it_says),
        cmocka_unit_test(test_pattern_fault_is_named),
        cmocka_unit_test(test_hostile_pattern_is_refused),
        cmocka_unit_test(test_deep_or_long_pattern_is_refused),
        cmocka_unit_test(test_blank_repetitions_cost_nothing),
        cmocka_unit_test(test_equal_languages_are_equal_bytes),
        cmocka_unit_test(test_layout_is_canonical),
        cmocka_unit_test(test_empty_language_is_known),
        cmocka_unit_test(test_relation_agrees_with_enumeration),
        cmocka_unit_test(test_witness_is_printable_where_one_is),
        cmocka_unit_test(test_intersection_is_both),
        cmocka_unit_test(test_wrap_puts_text_around),
        cmocka_unit_test(test_small_integer_ranges_are_exact),
        cmocka_unit_test(test_integer_ranges_are_exact_at_their_ends),
        cmocka_unit_test(test_plain_integer_has_64_bits),
        cmocka_unit_test(test_text_counts_characters_and_excludes_slash),
        cmocka_unit_test(test_long_text_is_counted_and_longer_refused),
        cmocka_unit_test(test_rest_takes_slashes_and_nothing),
        cmocka_unit_test(test_values_have_one_spelling),
        cmocka_unit_test(test_labels_and_matching_narrow),
    };

    apr_initialize();
    return cmocka_run_group_tests_name("dfa", tests, set_up, tear_down);
}
