/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of assertions: on random programs they agree with what the matcher
 * and the requirement say of each caller, one by one.
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
#include "runtime/rule.h"
#include "runtime/table.h"
#include "fixture.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define N_PROGRAMS    400
#define N_CALLERS     5

static const char *const callers[N_CALLERS] = {
    "anonymous", "user", "role(a)", "user and role(b)", "role(b) and role(a)"};

static const char *const role_names[] = {"a", "b"};

static struct routes_caller
caller_of(int i)
{
    struct routes_caller caller = {.user = i > 0 ? "u" : NULL,
                                   .roles = role_names};

    caller.n_roles = i == 4 ? 2 : i >= 2;
    caller.roles = i == 3 ? role_names + 1 : role_names;
    return caller;
}

static const char *const urls[] = {
    "/",    "/a",   "/b",     "/1",    "/a/",      "/a/a",  "/a/1",
    "/a/b", "/1/a", "/b/1/a", "/a/b/", "/a/b/1/a", "/zz/9", "/a/a/a"};

static const char *const methods[] = {"GET", "POST"};

/* ---- random programs ---------------------------------------------------- */

static unsigned seed;

static unsigned
pick(unsigned n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % n;
}

static const char *
random_path(int depth)
{
    static const char *const segments[] = {"a", "b", "a", "{%c}", "{%c:int}"};
    const char *path = "";

    for (int i = 0; i < depth; i++) {
        path = apr_pstrcat(pool, path, "/",
                           apr_psprintf(pool, segments[pick(LENGTH(segments))],
                                        'p' + (int)strlen(path) % 7 + i),
                           NULL);
    }
    return path;
}

static const char *
random_decision(void)
{
    static const char *const decisions[] = {
        "public",          "require user",    "require role(a)",
        "require role(b)", "require role(a)", "require not role(a)",
        "require role(a)", "require role(a)", "require role(a) and role(b)"};

    return decisions[pick(LENGTH(decisions))];
}

static const char *
random_route(int i, int inside)
{
    const char *path = random_path(1 + (int)pick(2));

    return apr_psprintf(pool, "%s %s%s -> m:f%d %s%s\n",
                        pick(3) == 0 ? "POST" : "GET", path,
                        pick(4) == 0 ? "/{z:path}" : "", i,
                        inside ? "override " : "", random_decision());
}

static const char *
random_program(void)
{
    const char *text = "realm s = basic { file \"f\" }\nauth s\n";

    text =
        apr_pstrcat(pool, text, random_route(0, 0), random_route(1, 0), NULL);
    for (int i = 0; i < 2; i++) {
        text = apr_pstrcat(
            pool, text, "location ", pick(2) == 0 ? "/a" : random_path(1), "/",
            i == 0 ? "b" : "a", " {\n", pick(4) == 0 ? "" : random_decision(),
            "\n", random_route(2 + i, 1), "}\n", NULL);
    }
    return apr_pstrcat(pool, text, "location /a { ", random_decision(), "\n",
                       random_route(4, 1), "}\n", random_route(5, 0), NULL);
}

/* A program without errors. */
static const char *
good_program(struct routes_table *table)
{
    for (;;) {
        const char *text = random_program();
        struct compiled *c = compiled_text(pool, text);

        if (c->errors == 0) {
            *table = compiled_table(c);
            return text;
        }
    }
}

/* ---- what must come ----------------------------------------------------- */

static enum routes_verdict
verdict_of(const struct routes_table *table, const struct routes_match *match,
           int caller)
{
    const struct routes_caller who = caller_of(caller);
    uint32_t auth = match->outcome == ROUTES_FOUND
                        ? table->routes[match->route].auth
                        : table->places[match->place].auth;

    if (match->outcome == ROUTES_UNKNOWN ||
        (auth == 0 && match->outcome != ROUTES_FOUND)) {
        return ROUTES_GRANTED;
    }
    return routes_rule_judge(table, auth,
                             &(struct routes_scene){.caller = &who});
}

/* "m:f3", "401". */
static const char *
outcome_of(const struct routes_table *table, const char *method,
           const char *url, int caller)
{
    struct routes_match match;

    compiled_match(pool, table, method, url, &match);
    switch (verdict_of(table, &match, caller)) {
    case ROUTES_DENIED:
        return "403";
    case ROUTES_NO_USER:
        return "401";
    case ROUTES_GRANTED:
        break;
    }
    if (match.outcome == ROUTES_NOT_ALLOWED) {
        return "405";
    }
    if (match.outcome != ROUTES_FOUND) {
        return "404";
    }
    return apr_pstrcat(
        pool, "m:",
        routes_table_text(
            table,
            table->functions[table->routes[match.route].function].qualname),
        NULL);
}

static void
test_outcomes_are_those_of_matcher_and_requirement(void **state)
{
    (void)state;
    seed = 7;
    for (int n = 0; n < N_PROGRAMS / 10; n++) {
        struct routes_table table;
        const char *program = good_program(&table);
        const char *right = "";
        const char *wrong = "";

        for (size_t u = 0; u < LENGTH(urls) * LENGTH(methods); u++) {
            const char *method = methods[u % 2];
            const char *url = urls[u / 2];
            int caller = (int)pick(N_CALLERS);
            const char *outcome = outcome_of(&table, method, url, caller);
            const char *other = *outcome == 'm' ? "404" : "m:f0";

            right = apr_psprintf(pool, "%sassert %s %s as %s -> %s\n", right,
                                 method, url, callers[caller], outcome);
            wrong = apr_psprintf(pool, "%sassert %s %s as %s -> %s\n", wrong,
                                 method, url, callers[caller], other);
        }
        assert_string_equal(
            "",
            strstr(compiled_text(pool, apr_pstrcat(pool, program, right, NULL))
                       ->said,
                   "error") != NULL
                ? apr_pstrcat(pool, program, right, NULL)
                : "");
        assert_int_equal(
            compiled_text(pool, apr_pstrcat(pool, program, wrong, NULL))
                ->errors,
            LENGTH(urls) * LENGTH(methods));
    }
}

/* ---- every -------------------------------------------------------------- */

static const struct {
    const char *glob;
    const char *urls; /* those in it, with spaces around them */
} globs[] = {
    {"/a/**", " /a /a/ /a/a /a/1 /a/b /a/b/ /a/b/1/a /a/a/a "},
    {"/a/*", " /a/a /a/1 /a/b "},
    {"/*/a", " /a/a /1/a "},
    {"/a/b/**", " /a/b /a/b/ /a/b/1/a "},
    {"/1", " /1 "},
};

static int
is_in(size_t glob, const char *url)
{
    return strstr(globs[glob].urls, apr_pstrcat(pool, " ", url, " ", NULL)) !=
           NULL;
}

/* Whether a GET of a URL in the glob is granted to one without the role. */
static int
is_escaped(const struct routes_table *table, size_t glob)
{
    for (size_t u = 0; u < LENGTH(urls); u++) {
        struct routes_match match;

        if (!is_in(glob, urls[u])) {
            continue;
        }
        compiled_match(pool, table, "GET", urls[u], &match);
        if (match.outcome != ROUTES_FOUND &&
            match.outcome != ROUTES_NOT_FOUND) {
            continue;
        }
        for (int i = 0; i < N_CALLERS; i++) {
            if (i != 2 && i != 4 &&
                verdict_of(table, &match, i) == ROUTES_GRANTED) {
                return 1;
            }
        }
    }
    return 0;
}

/* No escape goes unseen, and most of what is said is one. */
static void
test_every_sees_each_caller_that_escapes(void **state)
{
    unsigned escaped = 0;
    unsigned said = 0;
    unsigned kept = 0;

    (void)state;
    seed = 11;
    for (int n = 0; n < N_PROGRAMS; n++) {
        struct routes_table table;
        const char *program = good_program(&table);
        size_t glob = pick(LENGTH(globs));
        struct compiled *c = compiled_text(
            pool, apr_psprintf(pool, "%sassert every GET %s requires role(a)",
                               program, globs[glob].glob));
        int violated = compiled_says(c, "error[E601]");

        if (is_escaped(&table, glob)) {
            if (!violated) {
                fail_msg("%s%s\n%s", program, globs[glob].glob, c->said);
            }
            escaped++;
        }
        said += violated ? 1 : 0;
        kept += c->errors == 0 ? 1 : 0;
    }
    assert_true(escaped > 50 && kept > 10);
    assert_true(escaped * 10 > said * 7);
}

/* ---- by hand ------------------------------------------------------------ */

#define ROUTES "realm s = basic { file \"f\" }\nauth s\n"

static const struct {
    const char *text;
    const char *code; /* NULL: nothing is said */
} cases[] = {
    /* below a location nothing from outside answers */
    {"GET /{x} -> m:f public\nlocation /a { require role(a)\n"
     "GET . -> m:g }\nassert every /a/** requires role(a)",
     NULL},
    {"GET /{x:path} -> m:f public\nlocation /a { require role(a)\n"
     "GET . -> m:g }\nassert every /a/**, /a requires role(a)",
     NULL},
    {"GET /{x}/y -> m:f public\nlocation /a/b { require role(a)\n"
     "GET . -> m:g }\nassert every /a/** requires role(a)",
     "E601"},
    /* the 404 of two locations with one prefix has both requirements */
    {"location /a { require user\nGET /x -> m:f require role(a) }\n"
     "location /a { require role(a)\nGET /y -> m:g }\n"
     "assert every /a/** requires role(a)",
     NULL},
    {"location /a { GET /x -> m:f require role(a) }\n"
     "assert every /a/** requires role(a)",
     "E601"},
    {"location /a { GET /x -> m:f require role(a) }\n"
     "assert every POST /b requires role(a)",
     "E602"},
    {"GET /a -> m:f public\nassert every HEAD /a requires user", "E601"},
    {"ANY /a -> m:f require user\nassert every PUT /a requires user", NULL},
    {"GET /{x:enum(\"a\")} -> m:f public\nassert public only /a", NULL},
    {"GET /{x:enum(\"a\", \"b\")} -> m:f public\nassert public only /a",
     "E603"},
    {"GET /a/{x:path} -> m:f public\nassert public only /a/**", NULL},
    {"GET /a/{x:path} -> m:f public\nassert public only /a/*, /a/", "E603"},
    {"GET /a -> m:f require user or role(x)\n"
     "assert every /a requires user",
     NULL},
    /* hosts */
    {"GET /a -> m:f public\nhost \"h.example\" { GET /b -> m:g require user\n"
     "assert every /** requires user }",
     "E601"},
    {"GET /a -> m:f public\nhost \"h.example\" { GET /a -> m:g require user\n"
     "assert GET /a -> m:g }\nassert GET /a -> m:f",
     "E601"},
    {"GET /a -> m:f public\nhost \"*.example\" { GET /b -> m:g require user "
     "}\n"
     "assert GET /b -> m:g\nassert GET /a -> m:f",
     NULL},
    {"assert GET /a -> m:f", "E601"},
    {"assert GET /a -> 404", NULL},
    {"GET /a -> m:f public\nassert every /**/a requires user", "E109"},
};

static void
test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct compiled *c = compiled_text(
            pool, apr_pstrcat(pool, ROUTES, cases[i].text, NULL));
        const char *code = cases[i].code;

        if (code == NULL ? c->errors > 0
                         : !compiled_says(c, apr_pstrcat(pool, "error[", code,
                                                         "]", NULL))) {
            fail_msg("%s\n%s", cases[i].text, c->said);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_outcomes_are_those_of_matcher_and_requirement),
        TEST(test_every_sees_each_caller_that_escapes),
        TEST(test_cases),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
