/* SPDX-License-Identifier: Apache-2.0 */
/* test_plan: how a model is laid out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "planned.h"
#include "runtime/node.h"

#define TEXT(table, slice) ((table)->text + (slice).at)

/* ---- texts -------------------------------------------------------------- */

static void
test_equal_texts_are_one(void **state)
{
    struct planned *p = planned_of("public\n"
                                   "GET /a/{name} -> m:name(name)\n"
                                   "GET /b/{name} -> m:name(name)\n");
    const struct routes_table *t = &p->table;
    unsigned names = 0;

    (void)state;
    for (uint32_t at = 0; at < t->n_text;
         at += (uint32_t)strlen(t->text + at) + 1) {
        names += strcmp(t->text + at, "name") == 0;
    }
    assert_int_equal(names, 1);
    assert_int_equal(t->text[t->n_text - 1], '\0');
    assert_string_equal(t->text, "");
    planned_end(p);
}

/* ---- literals ----------------------------------------------------------- */

/* The root's slots when it has these literals. */
static uint32_t
slots_of(const char *const *literals, unsigned n)
{
    char text[4000] = "public\n";
    struct planned *p;
    uint32_t slots;

    for (unsigned i = 0; i < n; i++) {
        sprintf(text + strlen(text), "GET /%s -> m:f\n", literals[i]);
    }
    p = planned_of(text);
    slots = routes_node_slots(&p->table.nodes[p->table.hosts[1].root]);
    planned_end(p);
    return slots;
}

static void
test_few_literals_have_few_slots_of_their_own(void **state)
{
    static const char *const literals[] = {
        "orders", "items", "users",     "about",   "login",   "logout",
        "search", "help",  "favourite", "catalog", "catalogs"};

    (void)state;
    assert_int_equal(slots_of(literals, 1), 1);
    assert_int_equal(slots_of(literals, 2), 2);
    assert_int_equal(slots_of(literals, 4), 4);
    assert_int_equal(slots_of(literals, 5), 8);
    assert_in_range(slots_of(literals, 11), 16, 32);
}

/* Many literals "/s/PREFIX0", "/s/PREFIX1", ... are found, and no other. */
static void
assert_found(const char *prefix, const char *suffix)
{
    enum {
        N = 3000
    };
    apr_pool_t *pool;
    char *text;
    struct planned *p;

    apr_pool_create(&pool, NULL);
    text = apr_palloc(pool, N * 80);
    strcpy(text, "public\n");
    for (int i = 0, at = (int)strlen(text); i < N; i++) {
        at += sprintf(text + at, "GET /s/%s%d%s -> m:f\n", prefix, i, suffix);
    }
    p = planned_of(text);
    for (int i = 0; i < N; i++) {
        assert_int_equal(
            planned_line(p, ROUTES_METHOD_GET,
                         apr_psprintf(pool, "/s/%s%d%s", prefix, i, suffix)),
            i + 3);
    }
    assert_int_equal(planned_line(p, ROUTES_METHOD_GET,
                                  apr_pstrcat(pool, "/s/", prefix, NULL)),
                     0);
    assert_int_equal(
        planned_line(p, ROUTES_METHOD_GET,
                     apr_psprintf(pool, "/s/%s%d%s", prefix, N, suffix)),
        0);
    planned_end(p);
    apr_pool_destroy(pool);
}

static void
test_every_literal_is_found(void **state)
{
    (void)state;
    assert_found("item", "");
    assert_found("a-long-prefix-of-all-", "");
    assert_found("a-long-prefix-of-all-", "-and-a-suffix");
}

/* ---- routes ------------------------------------------------------------- */

static void
test_each_path_of_a_route_has_a_row(void **state)
{
    struct planned *p =
        planned_of("public\n"
                   "GET /a/{x}/{y}, /b/{x}/c/{y} -> m:f(y, x)\n");
    const struct routes_table *t = &p->table;
    struct routes_match result;
    const struct routes_arg *args;

    (void)state;
    planned_match(p, ROUTES_METHOD_GET, "/a/1/2", &result);
    assert_string_equal(TEXT(t, t->routes[result.route].pattern),
                        "/a/{x}/{y}");
    planned_match(p, ROUTES_METHOD_GET, "/b/1/c/2", &result);
    assert_string_equal(TEXT(t, t->routes[result.route].pattern),
                        "/b/{x}/c/{y}");
    args = &t->args[t->routes[result.route].args];
    assert_int_equal(args[0].capture, 1); /* y */
    assert_int_equal(args[1].capture, 0); /* x */
    planned_end(p);
}

static void
test_methods_of_one_path_share_its_end(void **state)
{
    struct planned *p = planned_of("public\n"
                                   "GET  /a -> m:get\n"
                                   "POST /a -> m:post\n"
                                   "ANY  /a -> m:any\n");

    (void)state;
    assert_int_equal(p->table.n_ends, 2);
    assert_int_equal(planned_line(p, ROUTES_METHOD_GET, "/a"), 3);
    assert_int_equal(planned_line(p, ROUTES_METHOD_HEAD, "/a"), 3);
    assert_int_equal(planned_line(p, ROUTES_METHOD_POST, "/a"), 4);
    assert_int_equal(planned_line(p, ROUTES_METHOD_PUT, "/a"), 5);
    assert_int_equal(planned_line(p, ROUTES_METHOD_TRACE, "/a"), 0);
    planned_end(p);
}

static void
test_equal_arguments_are_stored_once(void **state)
{
    struct planned *p = planned_of("public\n"
                                   "GET /a -> m:a(x: int = 1, y: str?)\n"
                                   "GET /b -> m:b(x: int = 1, y: str?)\n"
                                   "GET /c -> m:c(x: int = 2, y: str?)\n");
    const struct routes_table *t = &p->table;

    (void)state;
    assert_int_equal(t->routes[1].args, t->routes[2].args);
    assert_int_not_equal(t->routes[1].args, t->routes[3].args);
    assert_int_equal(t->n_args, 5);
    assert_int_equal(t->n_consts, 3);
    assert_int_equal(t->args[t->routes[1].args].flags, ROUTES_ARG_HAS_DEFAULT);
    assert_int_equal(t->args[t->routes[1].args + 1].flags, 0);
    planned_end(p);
}

static void
test_a_body_is_read_only_where_an_argument_may_be_in_it(void **state)
{
    struct planned *p = planned_of("public\n"
                                   "GET      /a -> m:f(x: int)\n"
                                   "GET,POST /b -> m:f(x: int)\n"
                                   "POST     /c -> m:f(x: int from query)\n"
                                   "DELETE   /d -> m:f(x: int)\n"
                                   "ANY      /e -> m:f(x: int)\n"
                                   "POST     /f -> m:f(x = 1)\n"
                                   "POST     /g -> m:f(x: int from form)\n"
                                   "POST     /h -> m:f(x: json, y: int)\n");
    static const int wanted[] = {0,
                                 ROUTES_TAKES_FORM | ROUTES_TAKES_JSON,
                                 0,
                                 0,
                                 ROUTES_TAKES_FORM | ROUTES_TAKES_JSON,
                                 0,
                                 ROUTES_TAKES_FORM,
                                 ROUTES_TAKES_JSON};

    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(p->table.routes[i + 1].takes, wanted[i]);
    }
    planned_end(p);
}

/* ---- types -------------------------------------------------------------- */

static const struct routes_type *
type_of_arg(const struct planned *p, uint32_t route, uint32_t arg)
{
    const struct routes_table *t = &p->table;

    return &t->types[t->args[t->routes[route].args + arg].type];
}

static void
test_a_type_has_one_row_in_paths_and_one_elsewhere(void **state)
{
    struct planned *p =
        planned_of("public\n"
                   "GET /a/{id:uuid} -> m:a(id, other: uuid)\n"
                   "GET /b/{id:uuid} -> m:b(id, other: uuid)\n");
    const struct routes_type *in_path = type_of_arg(p, 1, 0);
    const struct routes_type *elsewhere = type_of_arg(p, 1, 1);

    (void)state;
    assert_ptr_equal(in_path, type_of_arg(p, 2, 0));
    assert_ptr_equal(elsewhere, type_of_arg(p, 2, 1));
    assert_int_equal(in_path->flags, ROUTES_TYPE_PATH_DFA);
    assert_int_not_equal(in_path->dfa, 0);
    assert_int_equal(elsewhere->flags, 0);
    assert_int_equal(elsewhere->dfa, 0);
    planned_end(p);
}

static void
test_what_the_runtime_reads_by_itself_has_no_automaton(void **state)
{
    struct planned *p =
        planned_of("public\n"
                   "GET /a/{a}/{b:int(1..9)}/{c:path} -> m:a(a, b, c)\n");

    (void)state;
    assert_int_equal(p->table.n_dfas, 1);
    assert_int_equal(type_of_arg(p, 1, 1)->flags,
                     ROUTES_TYPE_MIN | ROUTES_TYPE_MAX);
    assert_int_equal(type_of_arg(p, 1, 1)->max, 9);
    planned_end(p);
}

static void
test_equal_languages_share_one_automaton(void **state)
{
    struct planned *p =
        planned_of("public\n"
                   "type Slug = str matching r\"[a-z]+\"\n"
                   "type Word = str matching r\"[a-z][a-z]*\"\n"
                   "GET /a -> m:a(x: Slug, y: Word)\n");

    (void)state;
    assert_int_equal(type_of_arg(p, 1, 0)->dfa, type_of_arg(p, 1, 1)->dfa);
    assert_int_equal(p->table.n_dfas, 2);
    planned_end(p);
}

/* The automaton of `matching`, and whether it takes the two texts. */
static void
assert_automaton(const char *matching, enum routes_pattern_kind kind,
                 const char *good, const char *bad)
{
    char text[200];
    struct planned *p;

    snprintf(text, sizeof(text),
             "public\n"
             "type T = str matching r\"%s\"\n"
             "GET /{x:T} -> m:a(x)\n",
             matching);
    p = planned_of(text);
    assert_int_equal(p->table.dfas[1].n_states != 0,
                     kind == ROUTES_PATTERN_DFA);
    assert_int_equal(p->table.nodes[p->table.hosts[1].root].first, kind);
    assert_int_equal(planned_match(p, ROUTES_METHOD_GET, good, NULL),
                     ROUTES_FOUND);
    assert_int_equal(planned_match(p, ROUTES_METHOD_GET, bad, NULL),
                     ROUTES_UNKNOWN);
    planned_end(p);
}

static void
test_an_automaton_that_counts_bytes_has_no_states(void **state)
{
    (void)state;
    assert_automaton("[a-z]+", ROUTES_PATTERN_SET, "/abcdefghi", "/abcdefgh1");
    assert_automaton("[a-z]{2,5}", ROUTES_PATTERN_SET, "/ab", "/a");
    assert_automaton("[a-z]{2,5}", ROUTES_PATTERN_SET, "/abcde", "/abcdef");
    assert_automaton("[0-9a-f]{4}", ROUTES_PATTERN_SET, "/00ff", "/00fg");
    assert_automaton("[a-z]*", ROUTES_PATTERN_SET, "/a", "/");
    assert_automaton("[A-Za-z0-9._-]+", ROUTES_PATTERN_SET, "/a.b", "/a,b");
    assert_automaton("[a-z]{2}|[a-z]{4}", ROUTES_PATTERN_DFA, "/abcd", "/abc");
    assert_automaton("([a-z][a-z])+", ROUTES_PATTERN_DFA, "/abcdef", "/abcde");
    assert_automaton("[a-z]+[0-9]", ROUTES_PATTERN_DFA, "/ab1", "/ab");
    assert_automaton("[a-z]|[a-z]{3,}", ROUTES_PATTERN_DFA, "/abc", "/ab");
}

static void
test_labels_are_sorted(void **state)
{
    struct planned *p =
        planned_of("public\n"
                   "type Sort = \"price\" | \"name\" | \"names\" | \"a\"\n"
                   "GET /a/{s:Sort} -> m:a(s)\n");
    const struct routes_table *t = &p->table;

    (void)state;
    assert_int_equal(t->n_labels, 5); /* and the parameter's name */
    assert_string_equal(TEXT(t, t->labels[0]), "a");
    assert_string_equal(TEXT(t, t->labels[1]), "name");
    assert_string_equal(TEXT(t, t->labels[2]), "names");
    assert_string_equal(TEXT(t, t->labels[3]), "price");
    assert_int_equal(planned_line(p, ROUTES_METHOD_GET, "/a/names"), 4);
    assert_int_equal(planned_line(p, ROUTES_METHOD_GET, "/a/nam"), 0);
    planned_end(p);
}

/* ---- requirements ------------------------------------------------------- */

static void
test_a_requirement_is_postfix_and_stored_once(void **state)
{
    static const uint32_t wanted[] = {ROUTES_OP_ROLE, ROUTES_OP_USER,
                                      ROUTES_OP_ROLE, ROUTES_OP_NOT,
                                      ROUTES_OP_AND,  ROUTES_OP_OR};
    struct planned *p = planned_of(
        "realm staff = basic { file \"staff.htpasswd\" }\n"
        "auth staff\n"
        "GET /a -> m:a() require role(a) or user and not role(b)\n"
        "GET /b -> m:b() require role(a) or user and not role(b)\n");
    const struct routes_table *t = &p->table;
    const struct routes_auth *auth = &t->auths[t->routes[1].auth];

    (void)state;
    assert_int_equal(t->routes[1].auth, t->routes[2].auth);
    assert_int_equal(auth->n_ops, 6);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(t->ops[auth->ops + i].kind, wanted[i]);
    }
    assert_int_equal(auth->n_realms, 1);
    assert_string_equal(TEXT(t, t->realms[t->realm_sets[auth->realms]].name),
                        "staff");
    planned_end(p);
}

static void
test_a_location_guards_what_it_leaves_unmatched(void **state)
{
    struct planned *p = planned_of("public\n"
                                   "location /admin {\n"
                                   "    GET /a -> m:a\n"
                                   "}\n"
                                   "GET /{x:path} -> m:rest(x)\n");

    (void)state;
    assert_int_equal(planned_line(p, ROUTES_METHOD_GET, "/admin/a"), 4);
    assert_int_equal(planned_match(p, ROUTES_METHOD_GET, "/admin/b", NULL),
                     ROUTES_NOT_FOUND);
    assert_int_equal(planned_match(p, ROUTES_METHOD_PUT, "/admin/a", NULL),
                     ROUTES_NOT_ALLOWED);
    assert_int_equal(planned_line(p, ROUTES_METHOD_GET, "/other"), 6);
    planned_end(p);
}

/* ---- the whole ---------------------------------------------------------- */

static void
test_the_same_text_gives_the_same_bytes(void **state)
{
    static const char text[] =
        "realm staff = basic { file \"f\"; groups \"g\" }\n"
        "type Slug = str(..20) matching r\"[a-z]+(-[a-z]+)*\"\n"
        "public\n"
        "GET / -> m:home returns html\n"
        "location /s/{slug:Slug} {\n"
        "    auth staff\n"
        "    require role(x)\n"
        "    GET . -> m:show(slug, q: list<int>(1..3), e: float = 1.5)\n"
        "}\n";
    struct planned *a = planned_of(text);
    struct planned *b = planned_of(text);

    (void)state;
    for (unsigned i = 0; i < ROUTES_N_SECTIONS; i++) {
        const struct rows *left = &a->plan->sections[i];
        const struct rows *right = &b->plan->sections[i];

        assert_int_equal(left->n, right->n);
        assert_memory_equal(left->at, right->at, left->n * left->size);
    }
    planned_end(a);
    planned_end(b);
}

static void
test_a_path_of_too_many_segments_is_refused(void **state)
{
    char text[1024] = "public\nGET ";
    struct planned *p;

    (void)state;
    for (unsigned i = 0; i < ROUTES_MAX_SEGMENTS + 1; i++) {
        strcat(text, "/a");
    }
    strcat(text, " -> m:f\n");
    p = planned_of(text);
    assert_null(p->plan);
    assert_int_equal(diag_error_count(p->driver->diags), 1);
    planned_end(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_texts_are_one),
        cmocka_unit_test(test_few_literals_have_few_slots_of_their_own),
        cmocka_unit_test(test_every_literal_is_found),
        cmocka_unit_test(test_each_path_of_a_route_has_a_row),
        cmocka_unit_test(test_methods_of_one_path_share_its_end),
        cmocka_unit_test(test_equal_arguments_are_stored_once),
        cmocka_unit_test(
            test_a_body_is_read_only_where_an_argument_may_be_in_it),
        cmocka_unit_test(test_a_type_has_one_row_in_paths_and_one_elsewhere),
        cmocka_unit_test(
            test_what_the_runtime_reads_by_itself_has_no_automaton),
        cmocka_unit_test(test_equal_languages_share_one_automaton),
        cmocka_unit_test(test_an_automaton_that_counts_bytes_has_no_states),
        cmocka_unit_test(test_labels_are_sorted),
        cmocka_unit_test(test_a_requirement_is_postfix_and_stored_once),
        cmocka_unit_test(test_a_location_guards_what_it_leaves_unmatched),
        cmocka_unit_test(test_the_same_text_gives_the_same_bytes),
        cmocka_unit_test(test_a_path_of_too_many_segments_is_refused),
    };
    int failed;

    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
