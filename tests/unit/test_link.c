/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of link: includes, their patterns, circles and limits, and the names
 * that each file sees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "dslc/suggest.h"
#include "program.h"

static const struct link_unit *
unit_at(const struct program_run *run, int i)
{
    assert_true(i < run->program->units->nelts);
    return APR_ARRAY_IDX(run->program->units, i, const struct link_unit *);
}

static const char *
route_name(const struct program_run *run, int i)
{
    assert_true(i < run->model->routes->nelts);
    return MODEL_AT(run->model->routes, struct model_route, i)->name;
}

static void
a_pattern_includes_files_by_name(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ninclude \"part/*.routes\" as x\n");
    program_write(run, "part/b.routes", "routes 1\nGET /b -> m:b\n");
    program_write(run, "part/a.routes", "routes 1\nGET /a -> m:a as one\n");
    program_write(run, "part/.hidden.routes", "routes 1\nGET /h -> m:h\n");
    program_write(run, "part/note.txt", "no routes\n");
    program_check(run, "app.routes");
    assert_string_equal(run->said, "");
    assert_int_equal(run->program->units->nelts, 3);
    assert_string_equal(unit_at(run, 1)->path, "part/a.routes");
    assert_string_equal(unit_at(run, 2)->path, "part/b.routes");
    assert_string_equal(route_name(run, 0), "x.one");
    assert_string_equal(route_name(run, 1), "x.m.b");
    program_end(run);
}

static void
an_include_is_relative_to_its_file(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ninclude \"a/one.routes\"\n");
    program_write(run, "a/one.routes",
                  "routes 1\ninclude \"./b/../../c/two.routes\"\n");
    program_write(run, "c/two.routes", "routes 1\nGET / -> m:f\n");
    program_check(run, "app.routes");
    assert_string_equal(run->said, "");
    assert_string_equal(unit_at(run, 2)->path, "c/two.routes");
    assert_string_equal(
        APR_ARRAY_IDX(run->model->files, unit_at(run, 2)->file->id, char *),
        "c/two.routes");
    program_end(run);
}

static void
a_circle_is_shown_as_a_chain(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ninclude \"one.routes\"\n");
    program_write(run, "one.routes", "routes 1\n\ninclude \"x/two.routes\"\n");
    program_write(run, "x/two.routes",
                  "routes 1\nlocation /a { include \"../one.routes\" }\n");
    program_check(run, "app.routes");
    assert_int_equal(program_said(run, "error[E009]"), 1);
    assert_non_null(strstr(run->said, "one.routes includes itself"));
    assert_non_null(strstr(run->said, "one.routes:3 includes x/two.routes"));
    program_end(run);
}

static void
a_pattern_that_finds_its_own_file_is_a_circle(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ninclude \"*.routes\"\n");
    program_check(run, "app.routes");
    assert_int_equal(program_said(run, "error[E009]"), 1);
    program_end(run);
}

static void
what_is_missing_is_said_at_its_place(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ninclude \"gone.routes\"\n"
                  "include \"gone/*.routes\"\ninclude \"/etc/passwd\"\n"
                  "include \"\"\ninclude \"sub/\"\ninclude \".\"\n"
                  "include \"sub\"\n");
    program_write(run, "sub/x.routes", "routes 1\n");
    program_check(run, "app.routes");
    assert_int_equal(program_said(run, "error[E009]"), 7);
    assert_int_equal(diag_error_count(run->diags), 7);
    program_end(run);
}

static void
a_file_of_another_language_is_refused(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ninclude \"a.routes\"\n");
    program_write(run, "a.routes", "GET / -> m:f\n");
    program_check(run, "app.routes");
    assert_int_equal(program_said(run, "error[E004]"), 1);
    program_end(run);
}

static void
includes_are_not_nested_without_end(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "f0.routes",
                  "routes 1\npublic\ninclude \"f1.routes\"\n");
    for (int i = 1; i <= LINK_MAX_DEPTH + 1; i++) {
        program_write(run, apr_psprintf(run->pool, "f%d.routes", i),
                      apr_psprintf(run->pool,
                                   "routes 1\ninclude \"f%d.routes\"\n",
                                   i + 1));
    }
    program_check(run, "f0.routes");
    assert_int_equal(diag_error_count(run->diags), 1);
    assert_non_null(strstr(run->said, "nested deeper than 16"));
    assert_int_equal(run->program->units->nelts, LINK_MAX_DEPTH + 1);
    program_end(run);
}

/* Each file includes the next one four times: 4^n units without a limit. */
static void
includes_do_not_multiply_without_end(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    for (int i = 0; i < 12; i++) {
        const char *line =
            apr_psprintf(run->pool, "include \"f%d.routes\" at /%%s\n", i + 1);

        program_write(run, apr_psprintf(run->pool, "f%d.routes", i),
                      apr_pstrcat(run->pool, "routes 1\n",
                                  i == 0 ? "public\n" : "",
                                  apr_psprintf(run->pool, line, "a"),
                                  apr_psprintf(run->pool, line, "b"),
                                  apr_psprintf(run->pool, line, "c"),
                                  apr_psprintf(run->pool, line, "d"), NULL));
    }
    program_write(run, "f12.routes", "routes 1\n");
    program_check(run, "f0.routes");
    assert_int_equal(diag_error_count(run->diags), 1);
    assert_non_null(strstr(run->said, "more than 4096 includes"));
    assert_int_equal(run->program->units->nelts, LINK_MAX_UNITS);
    program_end(run);
}

static void
a_file_sees_what_includes_it_and_no_sibling(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ntype Outer = str(..9)\n"
                  "include \"a.routes\"\ninclude \"b.routes\"\n");
    program_write(run, "a.routes",
                  "routes 1\ntype Inner = int\nGET /a/{x:Inner} -> m:a\n");
    program_write(run, "b.routes",
                  "routes 1\nGET /b/{x:Outer}/{y:Inner} -> m:b\n");
    program_check(run, "app.routes");
    assert_int_equal(diag_error_count(run->diags), 1);
    assert_int_equal(program_said(run, "error[E112]"), 1);
    assert_non_null(strstr(run->said, "unknown type `Inner`"));
    program_end(run);
}

static void
siblings_may_use_one_name(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ninclude \"a.routes\"\n"
                  "include \"b.routes\"\n");
    program_write(run, "a.routes",
                  "routes 1\nimport x as m\ntype T = int\n"
                  "GET /a/{x:T} -> m:a\n");
    program_write(run, "b.routes",
                  "routes 1\nimport y as m\ntype T = uuid\n"
                  "GET /b/{x:T} -> m:b\n");
    program_check(run, "app.routes");
    assert_string_equal(run->said, "");
    assert_string_equal(route_name(run, 0), "x.a");
    assert_string_equal(route_name(run, 1), "y.b");
    program_end(run);
}

static void
an_inner_name_may_not_hide_an_outer_one(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\nimport x as m\ntype T = int\n"
                  "realm r = basic { file \"/r\" }\nunused T, r\n"
                  "include \"a.routes\"\n");
    program_write(run, "a.routes",
                  "routes 1\nimport x as m\nimport y as m\ntype T = uuid\n"
                  "realm r = basic { file \"/s\" }\nGET /a -> m:a\n");
    program_check(run, "app.routes");
    assert_int_equal(program_said(run, "error[E010]"), 3);
    assert_int_equal(diag_error_count(run->diags), 3);
    program_end(run);
}

static void
name_spaces_are_separate(void **state)
{
    struct program_run *run = program_of(
        "import shop.Staff as Staff\ntype Staff = str(..8)\n"
        "realm Staff = basic { file \"/s\" }\nauth Staff\n"
        "GET /{Staff:Staff} -> Staff:Staff require user as Staff\n");

    (void)state;
    assert_string_equal(run->said, "");
    program_end(run);
}

static void
a_file_included_twice_is_two_units_of_one_tree(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ninclude \"a.routes\" at /x as x\n"
                  "include \"a.routes\" at /y as y\n");
    program_write(run, "a.routes", "routes 1\nGET /a -> m:a as a\n");
    program_check(run, "app.routes");
    assert_string_equal(run->said, "");
    assert_ptr_equal(unit_at(run, 1)->ast, unit_at(run, 2)->ast);
    assert_string_equal(route_name(run, 0), "x.a");
    assert_string_equal(route_name(run, 1), "y.a");
    program_end(run);
}

static void
names_of_a_file_included_twice_collide(void **state)
{
    struct program_run *run = program_begin();

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ninclude \"a.routes\" at /x\n"
                  "include \"a.routes\" at /y\n");
    program_write(run, "a.routes", "routes 1\nGET /a -> m:a as a\n");
    program_check(run, "app.routes");
    assert_int_equal(program_said(run, "error[E217]"), 1);
    assert_int_equal(program_said(run, "its file is included twice"), 1);
    program_end(run);
}

static void
the_checksum_is_of_every_file(void **state)
{
    struct program_run *run = program_begin();
    const char *before;

    (void)state;
    program_write(run, "app.routes",
                  "routes 1\npublic\ninclude \"a.routes\"\n");
    program_write(run, "a.routes", "routes 1\nGET /a -> m:a\n");
    program_check(run, "app.routes");
    before = run->model->checksum;
    assert_int_equal(strlen(before), 40);
    assert_string_equal(run->model->name, "app");

    run->sources = source_set_make(run->pool);
    program_check(run, "app.routes");
    assert_string_equal(run->model->checksum, before);

    run->sources = source_set_make(run->pool);
    program_write(run, "a.routes", "routes 1\nGET /a -> m:b\n");
    program_check(run, "app.routes");
    assert_string_not_equal(run->model->checksum, before);
    program_end(run);
}

static void
the_first_file_missing_is_no_message(void **state)
{
    struct program_run *run = program_begin();
    const char *path = apr_pstrcat(run->pool, run->folder, "/no", NULL);

    (void)state;
    assert_int_not_equal(
        link_program(run->pool, run->sources, path, run->diags, &run->program),
        APR_SUCCESS);
    assert_null(run->program);
    assert_int_equal(diag_error_count(run->diags), 0);
    program_end(run);
}

static void
one_mistake_is_one_message(void **state)
{
    struct program_run *run =
        program_of("realm staff = basic { = }\ntype Slug = str(=)\npubic\n"
                   "GET /{s:Slug} -> m:a\n"
                   "location /a { auth staff; GET . -> m:b; GET /c -> m:c }\n"
                   "unused Slug, staff\n");

    (void)state;
    assert_int_equal(program_said(run, "error["), 3);
    assert_int_equal(program_said(run, "error[E007]"), 3);
    program_end(run);
}

static void
distances_count_slips_twice(void **state)
{
    (void)state;
    assert_int_equal(suggest_distance("", ""), 0);
    assert_int_equal(suggest_distance("", "ab"), 4);
    assert_int_equal(suggest_distance("require", "requre"), 2);
    assert_int_equal(suggest_distance("form", "from"), 2);
    assert_int_equal(suggest_distance("staff", "stuff"), 2);
    assert_int_equal(suggest_distance("Slug", "slug"), 1);
    assert_int_equal(suggest_distance("kitten", "sitting"), 6);
}

static void
suggestions_are_near_or_none(void **state)
{
    apr_array_header_t *words;
    apr_pool_t *pool;

    (void)state;
    assert_int_equal(apr_pool_create(&pool, NULL), APR_SUCCESS);
    words = apr_array_make(pool, 4, sizeof(const char *));
    APR_ARRAY_PUSH(words, const char *) = "int";
    APR_ARRAY_PUSH(words, const char *) = "Sort";
    APR_ARRAY_PUSH(words, const char *) = "decimal";
    assert_string_equal(suggest_word(words, "sort"), "Sort");
    assert_string_equal(suggest_word(words, "decmal"), "decimal");
    assert_string_equal(suggest_word(words, "itn"), "int");
    assert_null(suggest_word(words, "x"));
    assert_null(suggest_word(words, "Kind"));
    assert_null(
        suggest_word(words, apr_pstrcat(pool, "decimaldecimaldecimal",
                                        "decimaldecimaldecimal", NULL)));
    apr_pool_destroy(pool);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_includes_files_by_name),
        cmocka_unit_test(an_include_is_relative_to_its_file),
        cmocka_unit_test(a_circle_is_shown_as_a_chain),
        cmocka_unit_test(a_pattern_that_finds_its_own_file_is_a_circle),
        cmocka_unit_test(what_is_missing_is_said_at_its_place),
        cmocka_unit_test(a_file_of_another_language_is_refused),
        cmocka_unit_test(includes_are_not_nested_without_end),
        cmocka_unit_test(includes_do_not_multiply_without_end),
        cmocka_unit_test(a_file_sees_what_includes_it_and_no_sibling),
        cmocka_unit_test(siblings_may_use_one_name),
        cmocka_unit_test(an_inner_name_may_not_hide_an_outer_one),
        cmocka_unit_test(name_spaces_are_separate),
        cmocka_unit_test(a_file_included_twice_is_two_units_of_one_tree),
        cmocka_unit_test(names_of_a_file_included_twice_collide),
        cmocka_unit_test(the_checksum_is_of_every_file),
        cmocka_unit_test(the_first_file_missing_is_no_message),
        cmocka_unit_test(one_mistake_is_one_message),
        cmocka_unit_test(distances_count_slips_twice),
        cmocka_unit_test(suggestions_are_near_or_none),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
