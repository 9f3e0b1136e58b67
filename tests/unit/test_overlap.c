/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of overlap: what is said of routes that share URLs, each witness fed
 * to the matcher; and random route sets against a plain reading of LANGUAGE.md
 * P7 over all short URLs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <jansson.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "compiled.h"
#include "dslc/dfa.h"
#include "dslc/trie.h"
#include "fixture.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char declarations[] =
    "realm staff = basic { file \"/etc/staff\" }; "
    "realm other = basic { file \"/etc/other\" }; "
    "unused staff, other, E, W, Ab, Ba, I, P; "
    "type E = \"a\" | \"b\"; type W = \"a\" | \"b\" | \"ab\"; "
    "type Ab = str matching r\"a.*\"; type Ba = str matching r\".*b\"; "
    "type I = int(1..9); type P = path matching r\"x*\"; public\n";

/* The declarations stand on line 1, the text's lines follow. */
static struct compiled *
compile(const char *text)
{
    return compiled_text(pool, apr_pstrcat(pool, declarations, text, NULL));
}

/* "GET /x" behind a label in what was said, or NULL. */
static const char *
find_witness(const struct compiled *c, const char *label, const char **url)
{
    const char *at = strstr(c->said, label);
    const char *space;

    if (at == NULL) {
        return NULL;
    }
    at += strlen(label);
    space = strchr(at, ' ');
    *url = apr_pstrmemdup(pool, space + 1, strcspn(space + 1, " ,\n"));
    return apr_pstrmemdup(pool, at, (size_t)(space - at));
}

/* Whether a route alone answers the request. */
static int
answers(const char *route, const char *method, const char *url)
{
    struct compiled *c = compile(route);
    struct routes_table table = compiled_table(c);
    struct routes_match match;

    return compiled_match(pool, &table, method, url, &match) == ROUTES_FOUND;
}

/* A code is said for two routes, with a URL that both answer alone. */
static void
expect_pair(const char *code, const char *first, const char *second)
{
    const char *text = apr_pstrcat(pool, first, "\n", second, "\n", NULL);
    struct compiled *c = compile(text);
    const char *url = NULL;
    const char *method = find_witness(c, "both match ", &url);

    if (!compiled_says(c, code) || method == NULL ||
        !answers(first, method, url) || !answers(second, method, url)) {
        fail_msg("%s:\n%s%s", code, text, c->said);
    }
}

static void
expect_silence(const char *text)
{
    struct compiled *c = compile(text);

    if (*c->said != '\0') {
        fail_msg("%s\n%s", text, c->said);
    }
}

/* ---- what is said ------------------------------------------------------- */

static void
test_same_language_and_method_is_a_duplicate(void **state)
{
    (void)state;
    expect_pair("error[E201]", "GET /x -> m:f", "GET /x -> m:g");
    expect_pair("error[E201]", "GET /x/{a:int} -> m:f",
                "GET,POST /x/{b:int} -> m:g");
    expect_pair("error[E201]", "ANY /x/{a} -> m:f", "ANY /x/{b:bytes} -> m:g");
    expect_pair("error[E201]", "GET /{a:path} -> m:f",
                "GET /{b:rawpath} -> m:g");
    expect_pair("error[E201]", "GET /x/{a:W} -> m:f",
                "GET /x/{b:enum(\"ab\", \"b\", \"a\")} -> m:g");
}

static void
test_one_duplicate_is_said_once_with_its_methods(void **state)
{
    struct compiled *c = compile("GET,POST /x, /y -> m:f\n"
                                 "GET,POST,PUT /x, /y -> m:g\n");

    (void)state;
    assert_int_equal(c->errors, 1);
    assert_true(compiled_says(c, "`GET, POST /x` has the same URLs as"));
}

static void
test_methods_apart_and_head_beside_get_are_fine(void **state)
{
    (void)state;
    expect_silence("GET /x/{a:int} -> m:f\nPOST /x/{b:int} -> m:g\n"
                   "HEAD /x/{c:int} -> m:h\nANY /x/{d:int} -> m:i\n");
}

static void
test_overlap_without_containment_is_ambiguous(void **state)
{
    (void)state;
    expect_pair("error[E202]", "GET /{a:Ab} -> m:f", "GET /{b:Ba} -> m:g");
    expect_pair("error[E202]", "GET /{a:Ab}/x/{c} -> m:f",
                "ANY /{b:Ba}/{d}/y -> m:g");
    expect_pair("error[E202]", "GET /a{x} -> m:f", "GET /{x}b -> m:g");
    expect_pair("error[E202]", "HEAD /a{x} -> m:f", "GET /{x}b -> m:g");
    expect_pair("error[E202]", "GET /{a:path(1..9)} -> m:f",
                "GET /{b:path(5..12)} -> m:g");
    expect_pair("error[E202]", "GET /a{x:int(10..19)} -> m:f",
                "GET /a1{x:int(0..9)} -> m:g");
    expect_pair("error[E202]", "GET /ab/{y} -> m:f",
                "GET /a{x:enum(\"b\")}/c -> m:g");
}

static void
test_crossing_types_without_a_common_url_are_fine(void **state)
{
    (void)state;
    expect_silence("GET /{a:Ab} -> m:f\nPOST /{b:Ba} -> m:g\n");
    expect_silence("GET /{a:Ab}/x -> m:f\nGET /{b:Ba}/y -> m:g\n");
    expect_silence("GET /{a:Ab}/{i:int} -> m:f\nGET /{b:Ba}/x{j} -> m:g\n");
}

static void
test_a_guard_can_be_ambiguous(void **state)
{
    struct compiled *c = compile("location /{a:Ab} {\n GET /x -> m:f\n}\n"
                                 "GET /{b:Ba}/y -> m:g\n");

    (void)state;
    assert_true(compiled_says(c, "error[E202]"));
    assert_true(compiled_says(c, "the location `/{a:Ab}`"));
}

static void
test_a_smaller_language_is_silent(void **state)
{
    (void)state;
    expect_silence("GET /{a} -> m:f\nGET /x -> m:g\nGET /{b:int} -> m:h\n"
                   "GET /{c:I} -> m:i\nGET /x{d} -> m:j\n"
                   "GET /{e:path} -> m:k\n");
}

static void
test_crossing_routes_warn_or_fail_by_authorisation(void **state)
{
    (void)state;
    expect_pair("warning[W210]", "GET /y/{b} -> m:f", "GET /{a}/x -> m:g");
    expect_pair("warning[W210]", "GET /s/{r:path} -> m:f",
                "GET /{a}/x -> m:g");
    expect_pair("warning[W210]", "GET /{i:int}/{r:path} -> m:f",
                "GET /{a}/x -> m:g");
    expect_pair("error[E211]",
                "GET /y/{b} -> m:f { auth staff; require user }",
                "GET /{a}/x -> m:g");
    expect_pair("error[E211]",
                "GET /y/{b} -> m:f { auth staff; require role(r) }",
                "GET /{a}/x -> m:g { auth other; require role(r) }");
    expect_pair("warning[W210]",
                "GET /y/{b} -> m:f { auth staff; require role(r) }",
                "GET /{a}/x -> m:g { auth staff; require user and role(r) }");
    expect_pair("warning[W210]", "GET /y/{b}/{c:int} -> m:f",
                "GET /{a}/{b}/{c:I} -> m:g");
}

static void
test_many_crossings_of_one_cause_are_said_once(void **state)
{
    struct compiled *c = compile("GET /{a}/x -> m:f\n"
                                 "location /s {\n unmatched pass\n"
                                 " auth staff\n require user\n"
                                 " GET /{p} -> m:g\n POST,GET /{p:Ab} -> m:h\n"
                                 "}\n");
    const char *first = strstr(c->said, "error[E211]");

    (void)state;
    assert_non_null(first);
    assert_null(strstr(first + 1, "error[E211]"));
}

static void
test_a_weaker_specific_route_is_said(void **state)
{
    (void)state;
    expect_pair("warning[W312]", "GET /x -> m:f",
                "GET /{a} -> m:g { auth staff; require user }");
    expect_pair("warning[W312]", "GET /x -> m:f { auth staff; require user }",
                "GET /{a:path} -> m:g { auth staff; require role(r) }");
    expect_pair("warning[W312]", "GET /x -> m:f",
                "ANY /x -> m:g { auth staff; require user }");
    expect_pair("warning[W312]", "HEAD /x -> m:f",
                "GET /x -> m:g { auth staff; require user }");
    expect_silence("GET /{a} -> m:f\n"
                   "GET /x -> m:g { auth staff; require user }\n");
    expect_silence("GET /{a} -> m:f { auth staff; require role(s) }\n"
                   "GET /x -> m:g { auth staff; require role(r) }\n");
}

static void
test_a_route_that_others_cover_is_unreachable(void **state)
{
    static const char *const cases[] = {
        "GET /{k:E} -> m:f\nGET /a -> m:g\nGET /b -> m:h\n",
        "GET /{k:E} -> m:f\nANY /a -> m:g\nGET /b -> m:h\n",
        "GET /{k:E}/y -> m:f\nGET /a/y -> m:g\nGET /b/{z} -> m:h\n",
        "GET /{k:W} -> m:f\nGET /{e:E} -> m:g\nGET /ab -> m:h\n",
        "HEAD /{k:E} -> m:f\nGET /a -> m:g\nGET /b -> m:h\n",
        "GET /{k:E}/{l:E} -> m:f\nGET /a/{l} -> m:g\nGET /b/a -> m:h\n"
        "GET /b/b -> m:i\n",
        "GET /{k:E}/z -> m:f\nGET /a/{r:path} -> m:g\nGET /b/z -> m:h\n",
        "GET /{i:int(0..99)} -> m:f\nGET /{i:int(0..9)} -> m:g\n"
        "GET /{i:int(10..99)} -> m:h\n",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct compiled *c = compile(cases[i]);
        struct routes_table table = compiled_table(c);
        struct routes_match match;
        const char *url;
        const char *method = find_witness(c, "note: ", &url);

        if (!compiled_says(c, "2:1: error[E203]")) {
            fail_msg("%s%s", cases[i], c->said);
        }
        /* the second note's, where a warning comes first, is as good */
        assert_int_equal(compiled_match(pool, &table, method, url, &match),
                         ROUTES_FOUND);
        assert_int_not_equal(table.routes[match.route].line, 2);
    }
}

static void
test_a_route_with_a_url_left_is_reached(void **state)
{
    static const char *const cases[] = {
        "GET /{k:W} -> m:f\nGET /a -> m:g\nGET /b -> m:h\n",
        "GET /{k:E} -> m:f\nPOST /a -> m:g\nGET /b -> m:h\n",
        "GET,POST /{k:E} -> m:f\nGET /a -> m:g\nGET /b -> m:h\n",
        "GET /{k:E}/y -> m:f\nGET /a/x -> m:g\nGET /b/y -> m:h\n",
        "GET /{k:E}/{l} -> m:f\nGET /a/{l} -> m:g\nGET /b/{l:Ab} -> m:h\n",
        "GET /{r:path} -> m:f\nGET /{a} -> m:g\nGET /{a}/{r:path} -> m:h\n",
        "GET /{a} -> m:f\nGET /{b:Ab} -> m:g\nGET /b -> m:h\n",
        "GET /{k:E}/z -> m:f\nGET /a/{r:P} -> m:g\nGET /b/z -> m:h\n",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        assert_false(compiled_says(compile(cases[i]), "E203"));
    }
}

static void
test_a_location_can_make_a_route_unreachable(void **state)
{
    struct compiled *c = compile("GET /{k:E}/z -> m:f\nGET /a/z -> m:g\n"
                                 "location /b {\n GET /x -> m:h\n}\n");

    (void)state;
    assert_true(compiled_says(c, "2:1: error[E203]"));
}

static void
test_a_location_at_the_root_keeps_everything(void **state)
{
    struct compiled *c = compile("location / {\n GET /x -> m:f\n}\n"
                                 "GET /{y:path} -> m:g\n");
    struct routes_table table = compiled_table(c);
    struct routes_match match;

    (void)state;
    assert_int_equal(c->errors, 0);
    assert_int_equal(compiled_match(pool, &table, "GET", "/", &match),
                     ROUTES_NOT_FOUND);
    assert_int_equal(compiled_match(pool, &table, "GET", "/x", &match),
                     ROUTES_FOUND);
    assert_int_equal(compiled_match(pool, &table, "POST", "/y", &match),
                     ROUTES_NOT_ALLOWED);
}

/* The requirement that guards what a request does not find. */
static const char *
guarding(const struct compiled *c, const char *method, const char *url)
{
    struct routes_table table = compiled_table(c);
    struct routes_match match;

    compiled_match(pool, &table, method, url, &match);
    assert_int_not_equal(match.outcome, ROUTES_FOUND);
    return apr_psprintf(pool, "%d ops",
                        table.auths[table.places[match.place].auth].n_ops);
}

static void
test_what_guards_a_location_guards_its_own_path(void **state)
{
    struct compiled *c = compile("GET /a -> m:out\n"
                                 "location /a {\n auth staff\n"
                                 " require role(x) or role(y)\n"
                                 " GET /in -> m:in\n}\n"
                                 "location /a {\n auth staff\n"
                                 " require role(z)\n PUT /z -> m:z\n}\n");

    (void)state;
    /* (public and (x or y)) and (public and z): of both locations */
    assert_string_equal(guarding(c, "POST", "/a"),
                        guarding(c, "POST", "/a/none"));
    assert_string_not_equal(guarding(c, "POST", "/a"), "1 ops");
    assert_string_equal(guarding(c, "PUT", "/a"),
                        guarding(c, "OPTIONS", "/a"));
}

static void
test_twins_of_a_slash_are_said(void **state)
{
    struct compiled *c = compile("GET /x -> m:f\nGET /x/ -> m:g\n");

    (void)state;
    assert_true(compiled_says(c, "3:1: warning[W214]"));
    expect_silence("GET /x, /x/ -> m:f\n");
    expect_silence("GET /x -> m:f\nPOST /x/ -> m:g\n");
}

static void
test_an_empty_or_endless_type_is_refused(void **state)
{
    struct compiled *c = compile("GET /{x:enum(\"a/b\")} -> m:f\n"
                                 "GET /{y:str(..99999)} -> m:g\n");

    (void)state;
    assert_true(compiled_says(c, "error[E114]"));
    assert_true(compiled_says(c, "error[E113]"));
}

/* ---- hosts -------------------------------------------------------------- */

static void
test_hosts_take_precedence_silently(void **state)
{
    (void)state;
    expect_silence("GET /x -> m:f\nGET /{a} -> m:g\n"
                   "host \"a.example\" {\n GET /x -> m:h\n}\n"
                   "host \"*.example\" {\n GET /x -> m:i\n}\n");
}

static void
test_a_weaker_host_is_said(void **state)
{
    struct compiled *c = compile("GET /x -> m:f { auth staff; require user }\n"
                                 "host \"a.example\" {\n GET /x -> m:h\n}\n");

    (void)state;
    assert_true(compiled_says(c, "warning[W312]"));
    assert_true(compiled_says(c, "both match GET /x on a.example\n"));
}

static void
test_same_host_in_two_blocks_is_one(void **state)
{
    struct compiled *c =
        compile("host \"a.example\", \"b.example\" {\n GET /x -> m:f\n}\n"
                "host \"b.example\" {\n GET /x -> m:g\n}\n");

    (void)state;
    assert_int_equal(c->errors, 1);
    assert_true(compiled_says(c, "both match GET /x on b.example\n"));
}

static void
test_hosts_of_the_same_blocks_share_a_tree(void **state)
{
    struct compiled *c =
        compile("host \"b.example\", \"a.example\" {\n GET /x -> m:f\n}\n"
                "host \"*.org\", \"c.example\" {\n GET /y -> m:g\n}\n"
                "GET /z -> m:h\n");
    const struct trie *trie = trie_of(c->model);
    const struct trie_host *hosts =
        (const struct trie_host *)(const void *)trie->hosts->elts;

    (void)state;
    assert_int_equal(trie->hosts->nelts, 5);
    assert_string_equal(hosts[0].host->name, "a.example");
    assert_string_equal(hosts[1].host->name, "b.example");
    assert_string_equal(hosts[2].host->name, "c.example");
    assert_string_equal(hosts[3].host->name, ".org");
    assert_int_equal(hosts[4].host->kind, ROUTES_HOST_ANY);
    assert_ptr_equal(hosts[0].root, hosts[1].root);
    assert_ptr_equal(hosts[2].root, hosts[3].root);
    assert_ptr_not_equal(hosts[0].root, hosts[2].root);
}

/* ---- random route sets -------------------------------------------------- */

/* A route or guard as the plain reading sees it: languages by segment. */
struct plain {
    int line;
    int guard;
    int rest;    /* the last segment takes the rest; NULL there: all */
    int finite;  /* the short paths are all that it has */
    int reached; /* a request of its own methods goes to it */
    const char *methods;
    int n;
    const struct dfa *segments[4];
};

static struct dfa *
language(const char *pattern)
{
    const char *error;
    size_t at;

    return dfa_from_regex(pool, pattern, strlen(pattern), &error, &at);
}

/* Segments as they are written and as they are meant. */
static const struct {
    const char *text, *pattern;
    int rest;
} kinds[] = {
    {"a", "a", 0},
    {"b", "b", 0},
    {"ab", "ab", 0},
    {"{%c}", "[^/]+", 0},
    {"{%c:E}", "a|b", 0},
    {"{%c:W}", "a|b|ab", 0},
    {"{%c:Ab}", "a[^/]*", 0},
    {"{%c:Ba}", "[^/]*b", 0},
    {"{%c:str(..1)}", "[^/]", 0},
    {"a{%c}", "a[^/]+", 0},
    {"{%c:E}b", "[ab]b", 0},
    {"{%c:path}", "(.|\n)*", 1},
    {"{%c:path(1..2)}", "(.|\n){1,2}", 1},
};

static struct dfa *languages[LENGTH(kinds)];

static const char *
random_path(struct plain *plain)
{
    const char *path = "";

    plain->n = 0;
    plain->rest = 0;
    plain->finite = 1;
    plain->reached = 0;
    do {
        size_t k = (size_t)rand() % LENGTH(kinds);

        path = apr_pstrcat(pool, path, "/",
                           apr_psprintf(pool, kinds[k].text, 'x' + plain->n),
                           NULL);
        plain->segments[plain->n++] = languages[k];
        plain->rest = kinds[k].rest;
        plain->finite &= strpbrk(kinds[k].pattern, "+*.^") == NULL;
    } while (!plain->rest && plain->n < 3 && rand() % 2);
    return path;
}

/* Adds a route, now and then inside a location, on lines of their own. */
static const char *
random_route(apr_array_header_t *all, int *line)
{
    static const char *const methods[] = {"GET", "POST", "GET,POST", "ANY",
                                          "HEAD"};
    struct plain *plain = apr_array_push(all);
    struct plain *guard;
    const char *method = methods[(size_t)rand() % LENGTH(methods)];
    const char *path = random_path(plain);
    struct plain prefix = *plain;

    plain->guard = 0;
    plain->methods = method;
    plain->line = (*line)++;
    if (plain->rest || rand() % 4) {
        return apr_psprintf(pool, "%s %s -> m:f\n", method, path);
    }
    guard = apr_array_push(all);
    *guard = prefix;
    guard->guard = 1;
    guard = apr_array_push(all);
    *guard = prefix;
    guard->guard = guard->rest = 1;
    guard->segments[guard->n++] = NULL;
    return apr_psprintf(pool, "location %s { %s . -> m:f }\n", path, method);
}

/* 0: not at all, then ANY or a guard, GET for HEAD, explicit. */
static int
method_rank(const struct plain *plain, const char *method)
{
    if (plain->guard) {
        return 1;
    }
    if (strstr(plain->methods, method) != NULL) {
        return 4;
    }
    if (strcmp(method, "HEAD") == 0 && strstr(plain->methods, "GET") != NULL) {
        return 3;
    }
    return strcmp(plain->methods, "ANY") == 0 ? 2 : 0;
}

static int
plain_matches(const struct plain *plain, const char *path)
{
    for (int i = 0; i < plain->n; i++) {
        size_t len = strcspn(path + 1, "/");

        if (*path == '\0') {
            return 0;
        }
        if (plain->rest && i == plain->n - 1) {
            return plain->segments[i] == NULL ||
                   dfa_accepts(plain->segments[i], path + 1, strlen(path + 1));
        }
        if (!dfa_accepts(plain->segments[i], path + 1, len)) {
            return 0;
        }
        path += len + 1;
    }
    return *path == '\0';
}

/* 1: a wins, -1: b wins, 0: neither, 2: both have the same path. */
static int
compare_plain(const struct plain *a, const struct plain *b)
{
    for (int i = 0; i < a->n && i < b->n; i++) {
        int a_rest = a->rest && i == a->n - 1;
        int b_rest = b->rest && i == b->n - 1;

        if (a_rest != b_rest) {
            return b_rest ? 1 : -1;
        }
        if (a->segments[i] == NULL || b->segments[i] == NULL) {
            return a->segments[i] == b->segments[i] ? 2
                   : b->segments[i] == NULL         ? 1
                                                    : -1;
        }
        switch (dfa_relate(pool, a->segments[i], b->segments[i], NULL)) {
        case DFA_EQUAL:
            break;
        case DFA_SUBSET:
            return 1;
        case DFA_SUPERSET:
            return -1;
        case DFA_DISJOINT:
        case DFA_CROSSING:
            return 0;
        }
    }
    return 2;
}

/* Notes a route that a request goes to. */
static void
note_reached(const apr_array_header_t *all, uint32_t line, const char *method)
{
    for (int i = 0; i < all->nelts; i++) {
        struct plain *one = &((struct plain *)(void *)all->elts)[i];
        int rank = method_rank(one, method);

        one->reached |=
            one->line == (int)line && !one->guard && rank != 3 && rank != 0;
    }
}

/* The one that P7 prefers, NULL for none; *unclear where it prefers none of
 * several. */
static const struct plain *
judge_plainly(const apr_array_header_t *all, const char *method,
              const char *path, int *unclear)
{
    const struct plain *best = NULL;

    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < all->nelts; i++) {
            const struct plain *one =
                &((const struct plain *)(const void *)all->elts)[i];
            int order;

            if (one == best || method_rank(one, method) == 0 ||
                !plain_matches(one, path)) {
                continue;
            }
            order = best == NULL ? 1 : compare_plain(one, best);
            if (order == 2) {
                order = method_rank(one, method) - method_rank(best, method);
                order = order == 0 && one->guard ? -1 : order;
            }
            best = order > 0 ? one : best;
            *unclear |= pass == 1 && order >= 0;
        }
    }
    return best;
}

/* All paths of up to three segments of up to two letters. */
static apr_array_header_t *
short_paths(void)
{
    static const char *const words[] = {"",   "a",  "b",  "aa",
                                        "ab", "ba", "bb", "abb"};
    apr_array_header_t *all = apr_array_make(pool, 512, sizeof(char *));

    for (size_t i = 0; i < LENGTH(words); i++) {
        *(const char **)apr_array_push(all) =
            apr_pstrcat(pool, "/", words[i], NULL);
        for (size_t j = 0; i > 0 && j < LENGTH(words); j++) {
            *(const char **)apr_array_push(all) =
                apr_pstrcat(pool, "/", words[i], "/", words[j], NULL);
            for (size_t k = 0; j > 0 && k < LENGTH(words); k++) {
                *(const char **)apr_array_push(all) = apr_pstrcat(
                    pool, "/", words[i], "/", words[j], "/", words[k], NULL);
            }
        }
    }
    return all;
}

/* The line of a place in a message. */
static size_t
line_of(const json_t *place)
{
    return (size_t)json_integer_value(json_object_get(place, "line"));
}

/* Whether the compiler said E203 of a line. */
static int
says_unreachable(const struct compiled *c, int line)
{
    const json_t *all = json_object_get(c->json, "diagnostics");

    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *diag = json_array_get(all, i);
        const char *code = json_string_value(json_object_get(diag, "code"));

        if (strcmp(code, "E203") == 0 &&
            line_of(json_object_get(diag, "place")) == (size_t)line) {
            return 1;
        }
    }
    return 0;
}

struct tally {
    unsigned sets, clear, unclear, unreachable, urls, witnesses;
};

static void
compare_set(const apr_array_header_t *all, const char *text,
            const apr_array_header_t *paths, struct tally *tally)
{
    static const char *const methods[] = {"GET", "POST", "HEAD"};
    struct compiled *c = compile(text);
    struct routes_table table = compiled_table(c);
    int said = compiled_says(c, "E201") || compiled_says(c, "E202");

    for (int i = 0; i < paths->nelts * 3; i++) {
        const char *path = MODEL_AT(paths, const char, i / 3);
        const char *method = methods[i % 3];
        int unclear = 0;
        const struct plain *best = judge_plainly(all, method, path, &unclear);
        struct routes_match match;
        enum routes_outcome outcome =
            compiled_match(pool, &table, method, path, &match);
        int found = outcome == ROUTES_FOUND;
        int same = best == NULL || best->guard
                       ? !found
                       : found && table.routes[match.route].line ==
                                      (uint32_t)best->line;

        tally->urls++;
        if (found) {
            note_reached(all, table.routes[match.route].line, method);
        }
        if (unclear ? !said : !said && !same) {
            fail_msg("%s %s: plain reading %s line %d, matcher %d line %u\n"
                     "%s%s",
                     method, path, unclear ? "unclear," : "says",
                     best == NULL ? 0 : best->line, outcome,
                     found ? table.routes[match.route].line : 0, text,
                     c->said);
        }
        if (found &&
            says_unreachable(c, (int)table.routes[match.route].line)) {
            fail_msg("%s %s is reached:\n%s%s", method, path, text, c->said);
        }
    }
    for (int i = 0; i < all->nelts && !said; i++) {
        const struct plain *one =
            &((const struct plain *)(const void *)all->elts)[i];

        if (one->finite && !one->guard && !one->reached &&
            strcmp(one->methods, "ANY") != 0 &&
            !says_unreachable(c, one->line)) {
            fail_msg("line %d is never reached:\n%s%s", one->line, text,
                     c->said);
        }
    }
    tally->sets++;
    tally->clear += said ? 0 : 1;
    tally->unclear += said ? 1 : 0;
    tally->unreachable += compiled_says(c, "E203") ? 1 : 0;
    apr_pool_destroy(c->pool);
}

/* Feeds the URL of one message to both routes that it speaks of, each alone;
 * routes[i] stands on line i + 2. */
static void
try_witness(const json_t *diag, const char *const *routes)
{
    const json_t *places = json_object_get(diag, "places");
    const char *code = json_string_value(json_object_get(diag, "code"));
    const char *note =
        json_string_value(json_array_get(json_object_get(diag, "notes"), 0));
    size_t lines[2] = {line_of(json_object_get(diag, "place")),
                       line_of(json_array_get(places, 0))};
    const char *url;
    const char *method;

    if (strchr("EW", code[0]) == NULL || code[1] == '0' ||
        strcmp(code, "W214") == 0 || strcmp(code, "W310") == 0) {
        return;
    }
    method =
        find_witness(&(struct compiled){.said = note},
                     strcmp(code, "E203") == 0 ? "" : "both match ", &url);
    for (int i = 0; i < 2; i++) {
        const char *route = routes[lines[i] - 2];

        if (strncmp(route, "location", 8) != 0 &&
            !answers(route, method, url)) {
            fail_msg("%s: %s %s is not of %s", code, method, url, route);
        }
    }
}

static unsigned
try_witnesses(const struct compiled *c, const char *const *routes)
{
    json_t *all = json_object_get(c->json, "diagnostics");

    for (size_t i = 0; i < json_array_size(all); i++) {
        try_witness(json_array_get(all, i), routes);
    }
    return (unsigned)json_array_size(all);
}

static void
test_random_sets_agree_with_a_plain_reading(void **state)
{
    apr_pool_t *parent = pool;
    struct tally tally = {0};
    const char *env = getenv("ROUTES_TEST_SETS");
    int n = env != NULL ? atoi(env) : 400;

    (void)state;
    srand(71);
    for (int set = 0; set < n; set++) {
        const char *routes[8];
        const char *text = "";
        apr_array_header_t *all;
        int line = 2;

        apr_pool_create(&pool, parent);
        for (size_t k = 0; k < LENGTH(kinds); k++) {
            languages[k] = language(kinds[k].pattern);
        }
        all = apr_array_make(pool, 24, sizeof(struct plain));
        for (int i = 0; i < 2 + set % 7; i++) {
            routes[i] = random_route(all, &line);
            text = apr_pstrcat(pool, text, routes[i], NULL);
        }
        compare_set(all, text, short_paths(), &tally);
        tally.witnesses += try_witnesses(compile(text), routes);
        apr_pool_destroy(pool);
        pool = parent;
    }
    print_message("%u sets: %u clear, %u with E201 or E202, %u with E203; "
                  "%u requests, %u messages\n",
                  tally.sets, tally.clear, tally.unclear, tally.unreachable,
                  tally.urls, tally.witnesses);
    assert_true(tally.clear > tally.sets / 10);
    assert_true(tally.unclear > tally.sets / 10);
}

/* ---- size --------------------------------------------------------------- */

/* A file of n routes in locations, with several types, parameters at the top
 * and a rest below all. */
static const char *
large_file(int n)
{
    char *text = apr_palloc(pool, (apr_size_t)n * 96 + 4096);
    char *at = text;

    at += sprintf(at, "GET /{any:path} -> m:all\n");
    for (int i = 0; i < n / 10; i++) {
        at += sprintf(at, "location /part%d {\n", i);
        at += sprintf(at, " GET . -> m:f%d\n POST . -> m:g\n", i);
        for (int j = 0; j < 4; j++) {
            at += sprintf(at,
                          " GET /{id:int}/sub%d -> m:h\n"
                          " GET /{name}/kind%d/{day:date} -> m:k\n",
                          j, j);
        }
        at += sprintf(at, "}\n");
    }
    return text;
}

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
test_work_grows_with_the_file(void **state)
{
    apr_pool_t *parent = pool;

    (void)state;
    for (int n = 1000; n <= 10000; n *= 10) {
        double before;
        struct compiled *c;

        apr_pool_create(&pool, parent);
        before = seconds();
        c = compile(large_file(n));
        print_message("%d routes: %.0f ms, %u nodes\n", n,
                      (seconds() - before) * 1000, trie_of(c->model)->n_nodes);
        assert_int_equal(c->errors, 0);
        apr_pool_destroy(pool);
        pool = parent;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_language_and_method_is_a_duplicate),
        cmocka_unit_test(test_one_duplicate_is_said_once_with_its_methods),
        cmocka_unit_test(test_methods_apart_and_head_beside_get_are_fine),
        cmocka_unit_test(test_overlap_without_containment_is_ambiguous),
        cmocka_unit_test(test_crossing_types_without_a_common_url_are_fine),
        cmocka_unit_test(test_a_guard_can_be_ambiguous),
        cmocka_unit_test(test_a_smaller_language_is_silent),
        cmocka_unit_test(test_crossing_routes_warn_or_fail_by_authorisation),
        cmocka_unit_test(test_many_crossings_of_one_cause_are_said_once),
        cmocka_unit_test(test_a_weaker_specific_route_is_said),
        cmocka_unit_test(test_a_route_that_others_cover_is_unreachable),
        cmocka_unit_test(test_a_route_with_a_url_left_is_reached),
        cmocka_unit_test(test_a_location_can_make_a_route_unreachable),
        cmocka_unit_test(test_a_location_at_the_root_keeps_everything),
        cmocka_unit_test(test_what_guards_a_location_guards_its_own_path),
        cmocka_unit_test(test_twins_of_a_slash_are_said),
        cmocka_unit_test(test_an_empty_or_endless_type_is_refused),
        cmocka_unit_test(test_hosts_take_precedence_silently),
        cmocka_unit_test(test_a_weaker_host_is_said),
        cmocka_unit_test(test_same_host_in_two_blocks_is_one),
        cmocka_unit_test(test_hosts_of_the_same_blocks_share_a_tree),
        cmocka_unit_test(test_random_sets_agree_with_a_plain_reading),
        cmocka_unit_test(test_work_grows_with_the_file),
    };

    apr_initialize();
    return cmocka_run_group_tests_name("overlap", tests, set_up, tear_down);
}
