/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of check: each cell of the clause table, what clauses combine to, and
 * the model that comes out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "dslc/clause.h"
#include "dslc/paths.h"
#include "dslc/secret.h"
#include "dslc/types.h"
#include "program.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define REALM "realm staff = basic { file \"/etc/staff\" }\n"

/* ---- the table ---- */

/* A column: its letter, and a text with a place for a clause. */
static const struct {
    char letter;
    const char *text;
} columns[] = {
    {'F', "%s\nGET /x -> m:f\n"},
    {'H', "host \"a.example\" {\n%s\nGET /x -> m:f\n}\n"},
    {'L', "location /l {\n%s\nGET /x -> m:f\n}\n"},
    {'I', "include \"inner.routes\" {\n%s\n}\n"},
    {'R', "GET /x -> m:f {\n%s\n}\n"},
    {'P', "publish /p -> m {\n%s\nf()\n}\n"},
    {'N', "publish /p -> m {\nf() %s\n}\n"},
    {'M', "mount /m files \"/srv\" {\n%s\n}\n"},
    {'D', "redirect /d 301 /e {\n%s\n}\n"},
    {'C', "GET /x by query \"q\" {\na -> m:f %s\n}\n"},
    {'A', "GET /x by accept {\njson -> m:f %s\n}\n"},
};

/* LANGUAGE.md section 3, written down once more: P is a publish and N its
 * lines, C a variant of by query or header and A one of by accept. */
static const struct {
    const char *clause;
    const char *where;
} rows[] = {
    {"require user", "FHLIRPNMDC"},
    {"public", "FHLIRPNMD"},
    {"override public", "HLIRPNMD"},
    {"override require user", "HLIRPNMD"},
    {"override auth staff", "HLIRPNMD"},
    {"override limit body 2MB", "HLIRPNM"},
    {"auth staff", "FHLIRPNM"},
    {"limit body 1KB", "FHLIRPNMCA"},
    {"deny as 404", "FHLIRPNM"},
    {"produces json", "FHLIRPNMCA"},
    {"consumes json", "FHLIRPNMCA"},
    {"query strict", "FHLIRPNM"},
    {"slash both", "FHLIRPNM"},
    {"cache 60s", "FHLIRPNMCA"},
    {"cors off", "FHLIRPNM"},
    {"csrf off", "FHLIRPNM"},
    {"interpreter shop", "FHLIRPNM"},
    {"deprecated", "FHLIRPNM"},
    {"unmatched 404", "FHL"},
    {"header \"X-A\" \"b\"", "FHLIRPNM"},
    {"option dialect", "FHLIRPNM"},
    {"raises ValueError as 422", "FHLIRPNCA"},
    {"returns html", "RNCA"},
    {"as name", "RNCAIMD"},
};

/* Statements that are no clauses; the grammar keeps them out of the rest. */
static const struct {
    const char *statement;
    const char *where;
    const char *columns; /* where the grammar lets one be written */
} statements[] = {
    {"hook access -> m:f", "FHLRM", "FHLIRMD"},
    {"filter output -> m:f", "FHLRM", "FHLIRMD"},
    {"error 404 -> m:f", "FHLRM", "FHLIRMD"},
    {"on child_start -> m:f", "F", "FHLIRMD"},
    {"import a as b", "F", "FHL"},
    {"setting s: str", "F", "FHL"},
    {"type T = str", "F", "FHL"},
    {"record R { a: int }", "F", "FHL"},
    {"realm r = basic { file \"/r\" }", "F", "FHL"},
    {"interpreter i { threads 1 }", "F", "FHL"},
    {"rule r = user", "F", "FHL"},
    {"method PURGE", "F", "FHL"},
    {"unused staff", "F", "FHL"},
    {"assert every /** requires user", "FH", "FHL"},
    {"assert public only /", "FH", "FHL"},
    {"assert GET / -> 404", "FH", "FHL"},
    {"host \"b.example\" { GET /h -> m:h }", "F", "FHL"},
    {"location /in { GET /h -> m:h }", "FHL", "FHL"},
    {"GET /r -> m:h", "FHL", "FHL"},
    {"publish /q -> m { g() }", "FHL", "FHL"},
    {"mount /n files \"/srv\"", "FHL", "FHL"},
    {"redirect /o 301 /n", "FHL", "FHL"},
    {"include \"inner.routes\"", "FHL", "FHL"},
};

static const char *
place(apr_pool_t *pool, const char *text, const char *clause)
{
    const char *at = strstr(text, "%s");

    return apr_pstrcat(pool, REALM,
                       apr_pstrmemdup(pool, text, (apr_size_t)(at - text)),
                       clause, at + 2, NULL);
}

static void
check_cell(const char *clause, char letter, const char *text, bool allowed)
{
    struct program_run *run = program_begin();
    unsigned refused;

    program_write(run, "inner.routes", "routes 1\nGET /y -> m:y\n");
    program_write(run, "app.routes",
                  apr_pstrcat(run->pool, "routes 1\n",
                              place(run->pool, text, clause), NULL));
    program_check(run, "app.routes");
    /* what a mount of files can't keep, others may */
    refused = program_said(run, "error[E015]") +
              program_said(run, "error[E321]") -
              program_said(run, "is not allowed in a mount of files");
    if (refused != !allowed || program_said(run, "error[E007]") > 0) {
        print_message("`%s` in %c:\n%s", clause, letter, run->said);
    }
    assert_int_equal(refused, !allowed);
    assert_int_equal(program_said(run, "error[E007]"), 0);
    program_end(run);
}

static void
each_clause_stands_where_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        for (size_t j = 0; j < LENGTH(columns); j++) {
            check_cell(rows[i].clause, columns[j].letter, columns[j].text,
                       strchr(rows[i].where, columns[j].letter) != NULL);
        }
    }
}

static void
each_statement_stands_where_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(statements); i++) {
        for (size_t j = 0; j < LENGTH(columns); j++) {
            char letter = columns[j].letter;

            if (strchr(statements[i].columns, letter) != NULL) {
                check_cell(statements[i].statement, letter, columns[j].text,
                           strchr(statements[i].where, letter) != NULL);
            }
        }
    }
}

/* Each of them is refused, once. */
static const char *const waiting[] = {
    "interpreter i { threads 1 }",
    "hook access -> m:f",
    "filter output -> m:f",
    "interpreter main",
    "option dialect",
    "GET /v -> m:f returns status",
};

static void
expect_refused(const char *text)
{
    bool route = strncmp(text, "GET", 3) == 0 || strncmp(text, "POST", 4) == 0;
    const char *empty = "";
    char whole[500];
    struct program_run *run;

    snprintf(whole, sizeof(whole),
             REALM "auth staff\n%s\nGET /a -> m:a public\n%s\n",
             route ? empty : text, route ? text : empty);
    run = program_of(whole);
    if (program_said(run, "error[E019]") != 1) {
        print_message("%s:\n%s", text, run->said);
    }
    assert_int_equal(program_said(run, "error[E019]"), 1);
    assert_int_equal(diag_error_count(run->diags),
                     1 + program_said(run, "error[E301]"));
    program_end(run);
}

static void
what_waits_is_refused_and_never_ignored(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(waiting); i++) {
        expect_refused(waiting[i]);
    }
}

/* ---- order, twice, two ---- */

static void
expect(const char *text, const char *code, unsigned times)
{
    struct program_run *run = program_of(text);

    if (program_said(run, code) != times) {
        print_message("%s\n%s", text, run->said);
    }
    assert_int_equal(program_said(run, code), times);
    program_end(run);
}

static void
clauses_come_first_in_a_block(void **state)
{
    static const char *const late[] = {
        "GET /a -> m:a\npublic\n",
        "location /l { GET /a -> m:a }\npublic\n",
        "host \"a\" { GET /a -> m:a }\npublic\n",
        "publish /p -> m { f() }\npublic\n",
        "publish /p -> m { f(); public }\n",
        "location /l { GET /a -> m:a; public }\n",
        "mount /m files \"/srv\"\npublic\n",
        "redirect /a 301 /b\npublic\n",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(late); i++) {
        expect(late[i], "error[E014]", 1);
        expect(late[i], "error[E301]", 0);
    }
    expect("public\ntype T = str\nproduces json\nGET /{a:T} -> m:a\n",
           "error[E014]", 0);
}

static void
a_clause_stands_once(void **state)
{
    (void)state;
    expect("public\nproduces json\nproduces html\nGET / -> m:a\n",
           "error[E018]", 1);
    expect("public\npublic\nGET / -> m:a\n", "error[E018]", 1);
    expect("GET / -> m:a public { public }\n", "error[E018]", 1);
    expect(REALM "auth staff\nrequire user\nrequire role(a)\nGET / -> m:a\n",
           "error[", 0);
    expect("public\nraises KeyError as 404\nraises ValueError as 422\n"
           "GET / -> m:a\n",
           "error[", 0);
    expect("public\nheader \"A\" \"b\"\nheader \"B\" \"c\"\noption a\n"
           "option b\nGET / -> m:a\n",
           "error[E018]", 0);
}

static void
a_block_has_one_decision(void **state)
{
    (void)state;
    expect(REALM "auth staff\npublic\nrequire user\nGET / -> m:a\n",
           "error[E319]", 1);
    expect(REALM "auth staff\nrequire user\npublic\nGET / -> m:a\n",
           "error[E319]", 1);
    expect(REALM "auth staff\nlocation /l { require user override require "
                 "role(a); GET . -> m:a }\n",
           "error[", 1);
    expect(REALM "auth staff\nlocation /l { require user; GET . -> m:a "
                 "override require user require role(b) }\n",
           "error[E319]", 1);
}

/* ---- what a requirement comes to ---- */

static void
write_rule(char *text, const struct model_rule *rule)
{
    switch (rule->op) {
    case MODEL_RULE_PUBLIC:
        strcat(text, "public");
        return;
    case MODEL_RULE_USER:
        strcat(text, "user");
        return;
    case MODEL_RULE_ROLE:
        strcat(strcat(text, "role "), rule->text);
        return;
    case MODEL_RULE_ANONYMOUS:
    case MODEL_RULE_SCOPE:
    case MODEL_RULE_CLAIM:
    case MODEL_RULE_REALM:
    case MODEL_RULE_TLS:
    case MODEL_RULE_IP:
    case MODEL_RULE_METHOD:
    case MODEL_RULE_PYTHON:
    case MODEL_RULE_APACHE:
        strcat(text, "atom");
        return;
    case MODEL_RULE_NOT:
        strcat(text, "not ");
        write_rule(text, rule->left);
        return;
    case MODEL_RULE_AND:
    case MODEL_RULE_OR:
        strcat(text, "(");
        write_rule(text, rule->left);
        strcat(text, rule->op == MODEL_RULE_AND ? " and " : " or ");
        write_rule(text, rule->right);
        strcat(text, ")");
        return;
    }
}

static void
expect_rule(const char *text, const char *rule, const char *realms)
{
    struct program_run *run = program_of(text);
    const struct model_auth *auth;
    char have[500] = "";

    if (diag_error_count(run->diags) > 0) {
        print_message("%s\n%s", text, run->said);
    }
    assert_int_equal(diag_error_count(run->diags), 0);
    auth = MODEL_AT(run->model->routes, struct model_route, 0)->auth;
    assert_non_null(auth);
    write_rule(have, auth->rule);
    assert_string_equal(have, rule);
    have[0] = '\0';
    for (int i = 0; i < auth->realms->nelts; i++) {
        strcat(strcat(have, i == 0 ? "" : " "),
               MODEL_AT(auth->realms, struct model_realm, i)->name);
    }
    assert_string_equal(have, realms);
    program_end(run);
}

#define REALMS                                                                \
    "realm a = basic { file \"/a\" }\nrealm b = basic { file \"/b\" }\n"      \
    "realm c = basic { file \"/c\" }\nunused a, b, c\n"

static void
requirements_combine_from_outside_in(void **state)
{
    (void)state;
    expect_rule("GET / -> m:f public\n", "public", "");
    expect_rule("public\nGET / -> m:f\n", "public", "");
    expect_rule("public\nlocation /l { public; GET . -> m:f public }\n",
                "public", "");
    expect_rule(REALMS "auth a\nrequire user\nGET / -> m:f\n", "user", "a");
    expect_rule(REALMS "public\nlocation /l { auth a; require role(x); "
                       "GET . -> m:f }\n",
                "role x", "a");
    expect_rule(REALMS "auth a or b\nrequire user\nlocation /l { require "
                       "role(x); GET . -> m:f require role(y) or role(z) }\n",
                "((user and role x) and (role y or role z))", "a b");
    expect_rule(REALMS "auth a\nrequire user\nlocation /l { override public; "
                       "GET . -> m:f }\n",
                "public", "a");
    expect_rule(REALMS "auth a\nrequire user\nlocation /l { override public; "
                       "GET . -> m:f require role(x) }\n",
                "role x", "a");
    expect_rule(REALMS "auth a\nrequire user\nGET / -> m:f override require "
                       "not role(x)\n",
                "not role x", "a");
    expect_rule(REALMS "auth a\nhost \"h\" { require user; location /l { "
                       "location /m { require group(x); GET . -> m:f "
                       "require role(\"y z\") } } }\n",
                "((user and role x) and role y z)", "a");
    expect_rule(REALMS "auth a\npublish /p -> m { require user; f() require "
                       "role(x); g() }\n",
                "(user and role x)", "a");
    expect_rule(REALMS "auth a\nrequire user\nrequire role(x)\n"
                       "require role(y)\nGET / -> m:f\n",
                "((user and role x) and role y)", "a");
}

static void
realms_narrow_unless_overridden(void **state)
{
    (void)state;
    expect_rule(REALMS "auth a or b or c\nrequire user\nlocation /l { auth c "
                       "or a; GET . -> m:f }\n",
                "user", "c a");
    expect_rule(REALMS "auth a\nrequire user\nlocation /l { override auth b; "
                       "GET . -> m:f }\n",
                "user", "b");
    expect_rule(REALMS "location /l { auth b; GET . -> m:f require user }\n",
                "user", "b");
    expect(REALMS "auth a\nrequire user\nGET / -> m:f auth b\n", "error[E318]",
           1);
    expect(REALMS "auth a or b\nrequire user\nlocation /l { auth a; GET . -> "
                  "m:f auth b }\n",
           "error[E318]", 1);
}

static void
no_route_is_without_a_decision(void **state)
{
    (void)state;
    expect("GET / -> m:f\n", "error[E301]", 1);
    expect(REALM "auth staff\nGET / -> m:f\n", "error[E301]", 1);
    expect("location /l { GET . -> m:f; GET /a -> m:g public }\n",
           "error[E301]", 1);
    expect("publish /p -> m { f(); g(); h() public }\n", "error[E301]", 1);
    expect("location /l { public; GET . -> m:f }\nGET / -> m:g\n",
           "error[E301]", 1);
    expect("require office\nGET / -> m:f\n", "error[E301]", 0);
    expect("host \"h\" { GET / -> m:f }\n", "the host opened at", 1);
}

/* §2 of the language: a first file is not greeted with warnings. */
static void
a_first_file_is_not_greeted_with_warnings(void **state)
{
    (void)state;
    expect("GET / -> hello:home() public\n", "[", 0);
    expect("public\nPOST /contact -> contact:send(text: str from form)\n", "[",
           0);
}

static void
overrides_that_do_nothing_are_said(void **state)
{
    (void)state;
    expect("location /l { override public; GET . -> m:f }\n", "warning[W313]",
           1);
    expect("public\nlocation /l { override public; GET . -> m:f }\n",
           "warning[W313]", 1);
    expect(REALM "auth staff\nGET / -> m:f override require user\n",
           "warning[W313]", 1);
    expect(REALM "auth staff\nrequire user\nGET / -> m:f override require "
                 "role(x)\n",
           "warning[W313]", 0);
}

/* ---- routes ---- */

static const struct model_route *
route_of(const struct program_run *run, int i)
{
    assert_int_equal(diag_error_count(run->diags), 0);
    assert_true(i < run->model->routes->nelts);
    return MODEL_AT(run->model->routes, const struct model_route, i);
}

static const char *
path_of(const struct program_run *run, int i)
{
    return MODEL_AT(route_of(run, i)->paths, struct model_path, 0)->text;
}

static void
paths_are_whole(void **state)
{
    struct program_run *run = program_of(
        "public\nlocation /a/{x:int} {\nGET . -> m:a\nGET / -> m:b\n"
        "location /b { GET /{y} -> m:c }\npublish /p -> m { f() }\n"
        "publish . -> m { g() }\n}\n"
        "location / { GET . -> m:d; GET /e -> m:e }\n"
        "GET /f/{rest:path} -> m:f\n");

    (void)state;
    assert_string_equal(path_of(run, 0), "/a/{x:int}");
    assert_string_equal(path_of(run, 1), "/a/{x:int}/");
    assert_string_equal(path_of(run, 2), "/a/{x:int}/b/{y}");
    assert_string_equal(path_of(run, 3), "/a/{x:int}/p/f");
    assert_string_equal(path_of(run, 4), "/a/{x:int}/g");
    assert_string_equal(path_of(run, 5), "/");
    assert_string_equal(path_of(run, 6), "/e");
    assert_string_equal(path_of(run, 7), "/f/{rest:path}");
    assert_int_equal(program_said(run, "warning[W120]"), 1);
    program_end(run);
}

static void
captures_count_from_the_host_on(void **state)
{
    struct program_run *run = program_of(
        "public\nhost \"{t}.example.com\" { location /{a} { GET /x-{b:int} -> "
        "m:f(b, t, a); GET /{c} -> m:g } }\n");
    const struct model_route *route = route_of(run, 0);
    static const unsigned captures[] = {2, 0, 1};

    (void)state;
    assert_int_equal(route->args->nelts, 3);
    for (int i = 0; i < 3; i++) {
        const struct model_arg *arg =
            MODEL_AT(route->args, struct model_arg, i);

        assert_int_equal(arg->source, ROUTES_FROM_PATH);
        assert_int_equal(arg->param->capture, captures[i]);
    }
    /* without parentheses: the path's, not the host's */
    assert_int_equal(route_of(run, 1)->args->nelts, 2);
    program_end(run);
}

static void
a_publish_is_a_route_for_each_function(void **state)
{
    struct program_run *run =
        program_of("import shop.stats as st\npublic\npublish /s -> st {\n"
                   "raises ValueError as 422\nmean(x: int)\n## The middle.\n"
                   "median(x: int) as middle raises KeyError as 404 }\n"
                   "publish PUT /t -> t { f() }\n");
    const struct model_route *route = route_of(run, 1);

    (void)state;
    assert_int_equal(run->model->routes->nelts, 3);
    assert_string_equal(route_of(run, 0)->name, "shop.stats.mean");
    assert_string_equal(route_of(run, 0)->function->module, "shop.stats");
    assert_int_equal(route_of(run, 0)->methods,
                     ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |
                         ROUTES_METHOD_BIT(ROUTES_METHOD_POST));
    assert_string_equal(route->name, "middle");
    assert_int_equal(route->named, 1);
    assert_string_equal(route->doc, "The middle.");
    assert_int_equal(route->raises->nelts, 2);
    assert_string_equal(
        MODEL_AT(route->raises, struct model_raise, 0)->qualname, "KeyError");
    assert_string_equal(MODEL_AT(route->raises, struct model_raise, 1)->module,
                        "builtins");
    assert_int_equal(route_of(run, 2)->methods,
                     ROUTES_METHOD_BIT(ROUTES_METHOD_PUT));
    program_end(run);
}

static void
results_are_the_innermost(void **state)
{
    struct program_run *run = program_of(
        "public\nproduces html\nGET /a -> m:a\nGET /b -> m:b produces json\n"
        "GET /c -> m:c returns text/csv\nGET /d -> m:d returns 201 json, 404\n"
        "DELETE /e -> m:e returns 204 public\n"
        "location /l { produces text; GET . -> m:f; GET /h -> m:h returns "
        "404 }\n");

    (void)state;
    assert_int_equal(route_of(run, 0)->produce, ROUTES_PRODUCE_HTML);
    assert_int_equal(route_of(run, 0)->status, 200);
    assert_int_equal(route_of(run, 1)->produce, ROUTES_PRODUCE_JSON);
    assert_int_equal(route_of(run, 2)->produce, ROUTES_PRODUCE_MEDIA);
    assert_string_equal(route_of(run, 2)->media, "text/csv");
    assert_int_equal(route_of(run, 3)->status, 201);
    assert_int_equal(route_of(run, 3)->produce, ROUTES_PRODUCE_JSON);
    assert_int_equal(route_of(run, 4)->status, 204);
    assert_int_equal(route_of(run, 4)->no_content, 1);
    assert_int_equal(route_of(run, 5)->produce, ROUTES_PRODUCE_TEXT);
    assert_int_equal(route_of(run, 6)->status, 404);
    program_end(run);
}

static void
one_function_is_one_function(void **state)
{
    struct program_run *run = program_of(
        "import shop.cart as cart\nimport shop.till\nimport shop\npublic\n"
        "GET /a -> cart:show\nGET /e -> shop.till.drawer:show\n"
        "GET /b -> shop.cart:show\nGET /c -> cart.more:Class.method\n"
        "GET /d -> shop:show\n");

    (void)state;
    assert_int_equal(diag_error_count(run->diags), 0);
    assert_string_equal(run->said, "");
    assert_int_equal(run->model->functions->nelts, 4);
    assert_ptr_equal(route_of(run, 0)->function, route_of(run, 2)->function);
    assert_string_equal(route_of(run, 3)->function->module, "shop.cart.more");
    assert_string_equal(route_of(run, 3)->function->qualname, "Class.method");
    program_end(run);
}

static void
places_form_a_tree(void **state)
{
    struct program_run *run = program_of(
        REALM "auth staff\nhost \"h\" { require user\nlocation /l { "
              "location /m { require role(x); GET . -> m:f } } }\n");
    apr_array_header_t *places = run->model->places;
    const struct model_place *inner;

    (void)state;
    assert_int_equal(diag_error_count(run->diags), 0);
    assert_int_equal(places->nelts, 4);
    inner = MODEL_AT(places, struct model_place, 3);
    assert_string_equal(inner->path->text, "/l/m");
    assert_true(inner->guards);
    assert_non_null(inner->auth);
    assert_string_equal(inner->parent->path->text, "/l");
    assert_ptr_equal(inner->parent->auth, inner->parent->parent->auth);
    assert_int_equal(inner->parent->parent->kind, MODEL_PLACE_HOST);
    assert_non_null(inner->parent->parent->auth);
    assert_int_equal(MODEL_AT(places, struct model_place, 0)->kind,
                     MODEL_PLACE_FILE);
    assert_int_equal(MODEL_AT(places, struct model_place, 0)->guards, 0);
    program_end(run);
}

/* model.h: the path "/" has one segment, the empty one. */
static void
the_root_is_a_place_like_others(void **state)
{
    struct program_run *run =
        program_of("location / { public; GET . -> m:a; GET /b -> m:b }\n"
                   "location /a/{x:Gone} { public; GET . -> m:c }\n");
    const struct model_place *place =
        MODEL_AT(run->model->places, struct model_place, 1);

    (void)state;
    assert_string_equal(place->path->text, "/");
    assert_int_equal(place->path->segments->nelts, 1);
    assert_true(place->guards);
    assert_string_equal(
        MODEL_AT(MODEL_AT(run->model->routes, struct model_route, 1)->paths,
                 struct model_path, 0)
            ->text,
        "/b");
    /* what was not understood guards nothing */
    place = MODEL_AT(run->model->places, struct model_place, 2);
    assert_null(place->path);
    assert_false(place->guards);
    program_end(run);
}

static void
hosts_of_one_name_are_one(void **state)
{
    struct program_run *run = program_of(
        "public\nhost \"A.example\", \"*.b.example\" { GET / -> m:a }\n"
        "host \"a.EXAMPLE\" { GET /b -> m:b }\nGET /c -> m:c\n");
    const struct model_host *host;

    (void)state;
    assert_string_equal(run->said, "");
    assert_int_equal(run->model->hosts->nelts, 3);
    host = MODEL_AT(run->model->hosts, struct model_host, 1);
    assert_int_equal(host->kind, ROUTES_HOST_EXACT);
    assert_string_equal(host->name, "a.example");
    host = MODEL_AT(run->model->hosts, struct model_host, 2);
    assert_int_equal(host->kind, ROUTES_HOST_SUFFIX);
    assert_string_equal(host->name, ".b.example");
    assert_ptr_equal(
        MODEL_AT(route_of(run, 1)->place->hosts, struct model_host, 0),
        MODEL_AT(run->model->hosts, struct model_host, 1));
    program_end(run);
}

/* plan makes one of types with one spelling, so no two may share it. */
static void
spellings_tell_types_apart(void **state)
{
    static const char *const types[] = {
        "str",
        "str?",
        "str(1..)",
        "str(..1)",
        "str(1..1)",
        "int(1..1)",
        "float(1..1)",
        "float(1..1.5)",
        "enum(\"a\", \"b\")",
        "enum(\"a\\\", \\\"b\")",
        "enum(\"a\\\\\\\", \\\\\\\"b\")",
        "list<str>",
        "list<str>?",
        "list<str>(1..)",
        "list<str(1..)>",
        "str matching r\"a?\"",
        "str matching r\"a\"?",
        "str matching \"a\\\"?\"",
        "str matching \"a\\\\\\\"?\"",
    };
    struct program_run *run = program_begin();
    const char *text = "routes 1\npublic\nGET / -> m:f(a0: bool";
    apr_array_header_t *args;

    (void)state;
    for (size_t i = 0; i < LENGTH(types); i++) {
        text = apr_psprintf(run->pool, "%s, b%d: %s", text, (int)i, types[i]);
    }
    program_write(run, "app.routes",
                  apr_pstrcat(run->pool, text, ")\n", NULL));
    program_check(run, "app.routes");
    assert_string_equal(run->said, "");
    args = route_of(run, 0)->args;
    for (int i = 0; i < args->nelts; i++) {
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(
                MODEL_AT(args, struct model_arg, i)->type->spelling,
                MODEL_AT(args, struct model_arg, j)->type->spelling);
        }
    }
    program_end(run);
}

static void
secrets_are_known_by_name(void **state)
{
    (void)state;
    assert_true(secret_is_name("password"));
    assert_true(secret_is_name("new_password"));
    assert_true(secret_is_name("client_secret"));
    assert_true(secret_is_name("api_key"));
    assert_true(secret_is_name("token"));
    assert_false(secret_is_name("page_token"));
    assert_false(secret_is_name("csrf_token"));
    assert_false(secret_is_name("secretary"));
    assert_false(secret_is_name("key"));
    assert_false(secret_is_name("passwords_changed"));
}

/* ---- limits ---- */

static const char *
repeat(apr_pool_t *pool, const char *text, int times)
{
    size_t length = strlen(text);
    char *all = apr_palloc(pool, length * (size_t)times + 1);

    for (int i = 0; i < times; i++) {
        memcpy(all + (size_t)i * length, text, length);
    }
    all[length * (size_t)times] = '\0';
    return all;
}

static void
expect_limit(const char *before, const char *part, int times,
             const char *after, bool refused)
{
    apr_pool_t *pool;

    assert_int_equal(apr_pool_create(&pool, NULL), APR_SUCCESS);
    expect(apr_pstrcat(pool, before, repeat(pool, part, times), after, NULL),
           "error[E706]", refused);
    apr_pool_destroy(pool);
}

static void
limits_hold_at_their_edges(void **state)
{
    const char *needs = REALM "auth staff\nGET / -> m:f require user";

    (void)state;
    expect_limit("public\nGET ", "/a", ROUTES_MAX_SEGMENTS, " -> m:f\n",
                 false);
    expect_limit("public\nGET ", "/a", ROUTES_MAX_SEGMENTS + 1, " -> m:f\n",
                 true);
    expect_limit("public\nGET /", "a", PATHS_MAX_LENGTH - 1, " -> m:f\n",
                 false);
    expect_limit("public\nGET /", "a", PATHS_MAX_LENGTH, " -> m:f\n", true);
    expect_limit(needs, " and user", ROUTES_MAX_OPS / 2 - 1, "\n", false);
    expect_limit(needs, " and user", ROUTES_MAX_OPS, "\n", true);
    expect_limit(REALM "auth staff\n", "require user\n", ROUTES_MAX_OPS / 2,
                 "GET / -> m:f\n", false);
    expect_limit(REALM "auth staff\n", "require user\n", 5 * ROUTES_MAX_OPS,
                 "GET / -> m:f\n", true);
}

static void
arguments_and_captures_have_limits(void **state)
{
    struct program_run *run = program_begin();
    const char *args = "";
    const char *path = "";

    (void)state;
    for (int i = 0; i < ROUTES_MAX_ARGS + 5; i++) {
        args = apr_psprintf(run->pool, "%s%sa%d: int", args, i ? ", " : "", i);
    }
    for (int i = 0; i < ROUTES_MAX_CAPTURES + 1; i++) {
        path = apr_psprintf(run->pool, "%s/{p%d}", path, i);
    }
    program_write(run, "app.routes",
                  apr_psprintf(run->pool,
                               "routes 1\npublic\nGET /a -> m:f(%s)\n"
                               "GET %s -> m:g\n",
                               args, path));
    program_check(run, "app.routes");
    assert_int_equal(diag_error_count(run->diags), 2);
    assert_int_equal(program_said(run, "error[E706]"), 2);
    program_end(run);
}

static void
a_setting_has_one_name_in_the_whole_table(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "a.routes", "routes 1\nsetting s: int = 1\n");
    program_write(run, "b.routes", "routes 1\nsetting s: str = \"x\"\n");
    program_write(run, "app.routes", "routes 1\ninclude \"[ab].routes\"\n");
    program_check(run, "app.routes");
    assert_int_equal(program_said(run, "b.routes:2:9: error[E010]"), 1);
    assert_int_equal(diag_error_count(run->diags), 1);
    program_end(run);
}

static void
types_are_not_defined_through_others_without_end(void **state)
{
    struct program_run *run;
    apr_array_header_t *lines;
    apr_pool_t *pool;

    (void)state;
    assert_int_equal(apr_pool_create(&pool, NULL), APR_SUCCESS);
    lines = apr_array_make(pool, 20001, sizeof(const char *));
    APR_ARRAY_PUSH(lines, const char *) = "public\nGET / -> m:f(a: T0)\n";
    for (int i = 0; i < 20000; i++) {
        APR_ARRAY_PUSH(lines, const char *) =
            apr_psprintf(pool, "type T%d = T%d\n", i, i + 1);
    }
    APR_ARRAY_PUSH(lines, const char *) = "type T20000 = int\n";
    run = program_of(apr_array_pstrcat(pool, lines, 0));
    assert_true(program_said(run, "through more than") > 0);
    program_end(run);
    apr_pool_destroy(pool);
    expect(
        "public\nGET / -> m:f(a: A)\ntype A = B\ntype B = C\ntype C = int\n",
        "error[", 0);
    expect("public\nGET / -> m:f(a: A)\ntype A = B\ntype B = C\ntype C = A\n",
           "error[", 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_clause_stands_where_the_table_says),
        cmocka_unit_test(each_statement_stands_where_the_table_says),
        cmocka_unit_test(what_waits_is_refused_and_never_ignored),
        cmocka_unit_test(clauses_come_first_in_a_block),
        cmocka_unit_test(a_clause_stands_once),
        cmocka_unit_test(a_block_has_one_decision),
        cmocka_unit_test(requirements_combine_from_outside_in),
        cmocka_unit_test(realms_narrow_unless_overridden),
        cmocka_unit_test(no_route_is_without_a_decision),
        cmocka_unit_test(a_first_file_is_not_greeted_with_warnings),
        cmocka_unit_test(overrides_that_do_nothing_are_said),
        cmocka_unit_test(paths_are_whole),
        cmocka_unit_test(captures_count_from_the_host_on),
        cmocka_unit_test(a_publish_is_a_route_for_each_function),
        cmocka_unit_test(results_are_the_innermost),
        cmocka_unit_test(one_function_is_one_function),
        cmocka_unit_test(places_form_a_tree),
        cmocka_unit_test(the_root_is_a_place_like_others),
        cmocka_unit_test(hosts_of_one_name_are_one),
        cmocka_unit_test(spellings_tell_types_apart),
        cmocka_unit_test(secrets_are_known_by_name),
        cmocka_unit_test(limits_hold_at_their_edges),
        cmocka_unit_test(arguments_and_captures_have_limits),
        cmocka_unit_test(a_setting_has_one_name_in_the_whole_table),
        cmocka_unit_test(types_are_not_defined_through_others_without_end),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
