/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the front end: trees, places, layout, recovery, and hostile input,
 * which must take linear time and never a crash.
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

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "dslc/parse.h"
#include "grammar/layout.h"

#define MEGABYTE ((size_t)1 << 20)

/* What one file gave. */
struct run {
    apr_pool_t *pool;
    struct source_set *set;
    struct diag_list *diags;
    struct source_file *source;
    struct ast_file *file;
    char *output;
};

static struct run run;

static int
set_up(void **state)
{
    (void)state;
    memset(&run, 0, sizeof run);
    return apr_pool_create(&run.pool, NULL);
}

static int
tear_down(void **state)
{
    (void)state;
    free(run.output);
    apr_pool_destroy(run.pool);
    return 0;
}

static void
parse_bytes(const char *text, size_t length)
{
    run.set = source_set_make(run.pool);
    run.diags = diag_list_make(run.pool);
    run.source = source_add(run.set, "t", text, length);
    assert_non_null(run.source);
    run.file = parse_file(run.pool, run.source, run.diags);
    assert_non_null(run.file);
}

static const char *
print_diags(void)
{
    size_t size;
    FILE *out = open_memstream(&run.output, &size);

    assert_non_null(out);
    diag_print_all(run.diags, run.set, DIAG_TEXT, false, out);
    fclose(out);
    return run.output;
}

static void
parse(const char *text)
{
    parse_bytes(text, strlen(text));
}

/* Parses what must be right, and gives its first statement. */
static const struct ast_stmt *
parse_well(const char *text)
{
    parse(apr_pstrcat(run.pool, "routes 1\n", text, NULL));
    if (diag_error_count(run.diags) != 0) {
        print_message("%s", print_diags());
    }
    assert_int_equal(diag_error_count(run.diags), 0);
    assert_non_null(run.file->stmts.first);
    return run.file->stmts.first;
}

/* Parses what must give this many messages, and the word in the output. */
static void
parse_ill(const char *text, unsigned errors, const char *word)
{
    const char *output;

    parse(apr_pstrcat(run.pool, "routes 1\n", text, NULL));
    output = print_diags();
    if (diag_error_count(run.diags) != errors ||
        strstr(output, word) == NULL) {
        print_message("%s\n%s", text, output);
    }
    assert_int_equal(diag_error_count(run.diags), errors);
    assert_non_null(strstr(output, word));
    free(run.output);
    run.output = NULL;
}

static void
assert_text(struct span span, const char *text)
{
    assert_int_equal(span.end - span.start, strlen(text));
    assert_memory_equal(run.source->text + span.start, text, strlen(text));
}

static unsigned
count_stmts(const struct ast_stmt_list *list)
{
    unsigned count = 0;

    for (const struct ast_stmt *s = list->first; s != NULL; s = s->next) {
        count++;
    }
    return count;
}

/* ---- trees and places ---- */

static void
test_a_route_is_what_was_written(void **state)
{
    const struct ast_stmt *s =
        parse_well("GET, POST /a/{id:int}.png -> shop.items:Item.show(id, "
                   "n: int(1..9)? = 3 from header \"X-N\") returns 201 Item, "
                   "text/csv { public }");
    const struct ast_path *path = s->u.route.paths.first;
    const struct ast_segment *second = path->segments.first->next;
    const struct ast_call *call = s->u.route.call;
    const struct ast_arg *n = call->args.first->next;
    const struct ast_stmt *returns = s->body.first;

    (void)state;
    assert_int_equal(s->kind, AST_ROUTE);
    assert_text(s->keyword, "GET");
    assert_string_equal(s->u.route.methods.first->next->text, "POST");
    assert_text(path->span, "/a/{id:int}.png");
    assert_string_equal(path->segments.first->parts.first->text, "a");
    assert_int_equal(second->parts.first->kind, AST_PART_PARAM);
    assert_string_equal(second->parts.first->text, "id");
    assert_text(second->parts.first->name_span, "id");
    assert_text(second->parts.first->type->span, "int");
    assert_string_equal(second->parts.last->text, ".png");
    assert_null(second->next);
    assert_string_equal(call->target->module.text, "shop.items");
    assert_string_equal(call->target->object.text, "Item.show");
    assert_true(call->has_args);
    assert_text(n->span, "n: int(1..9)? = 3 from header \"X-N\"");
    assert_true(n->type->optional);
    assert_int_equal(n->type->args.first->high->number, 9);
    assert_int_equal(n->value->number, 3);
    assert_string_equal(n->source.text, "header");
    assert_string_equal(n->source_name.text, "X-N");
    assert_int_equal(returns->kind, AST_RETURNS);
    assert_true(returns->on_line);
    assert_int_equal(returns->u.results.first->status->number, 201);
    assert_string_equal(returns->u.results.last->mime.text, "text/csv");
    assert_int_equal(returns->next->kind, AST_PUBLIC);
    assert_false(returns->next->on_line);
    assert_text(s->braces, "{ public }");
}

static void
test_paths_are_cut_at_slashes(void **state)
{
    const struct ast_stmt *s =
        parse_well("GET /, /a/, /x\\:y\\{z, /\\é\\*, . -> m:f");
    const struct ast_path *path = s->u.route.paths.first;

    (void)state;
    assert_null(path->segments.first->parts.first);
    assert_null(path->segments.first->next);
    path = path->next;
    assert_string_equal(path->segments.first->parts.first->text, "a");
    assert_null(path->segments.last->parts.first);
    path = path->next;
    assert_string_equal(path->segments.first->parts.first->text, "x:y{z");
    path = path->next;
    assert_string_equal(path->segments.first->parts.first->text, "é*");
    path = path->next;
    assert_true(path->dot);
    assert_null(path->segments.first);
}

static void
test_stars_are_patterns_in_assertions(void **state)
{
    const struct ast_stmt *s =
        parse_well("assert every GET /a/*/b/** requires user except /a/x");
    const struct ast_segment *segment =
        s->u.every.globs.first->segments.first->next;

    (void)state;
    assert_int_equal(segment->parts.first->kind, AST_PART_STAR);
    assert_int_equal(segment->next->next->parts.first->kind, AST_PART_STARS);
    assert_non_null(s->u.every.except.first);
}

static void
test_strings_lose_their_escapes(void **state)
{
    const struct ast_stmt *s = parse_well(
        "header \"a\\\\b\\\"c\\n\\t\\u{e9}\\u{1f600}\" r\"\\d+\\\"");

    (void)state;
    assert_string_equal(s->u.pair.name.text, "a\\b\"c\n\té😀");
    assert_string_equal(s->u.pair.value.text, "\\d+\\");
    assert_text(s->u.pair.value.span, "r\"\\d+\\\"");
}

static void
test_numbers_have_their_unit(void **state)
{
    const struct ast_stmt *s = parse_well(
        "limit body 64KB, time 2m, rate 120/min per user burst 5, x -1.5, "
        "y -9223372036854775808, time off");
    const struct ast_limit *limit = s->u.limits.first;

    (void)state;
    assert_int_equal(limit->value->number, 64 * 1024);
    limit = limit->next;
    assert_int_equal(limit->value->number, 120000);
    limit = limit->next;
    assert_int_equal(limit->value->number, 120);
    assert_int_equal(limit->value->period, 60000);
    assert_string_equal(limit->per.text, "user");
    assert_int_equal(limit->burst->number, 5);
    limit = limit->next;
    assert_true(limit->value->real < -1.4 && limit->value->real > -1.6);
    limit = limit->next;
    assert_true(limit->value->number == INT64_MIN);
    limit = limit->next;
    assert_int_equal(limit->value->kind, AST_WORD);
}

static void
test_long_rules_are_flat(void **state)
{
    const struct ast_stmt *s = parse_well(
        "require a or b and not c(1, \"x\", y, 10.0.0.0/8, $z) or (d or e)");
    const struct ast_expr *e = s->u.expr;

    (void)state;
    assert_int_equal(e->kind, AST_OR);
    assert_int_equal(e->items.first->kind, AST_ATOM);
    assert_int_equal(e->items.first->next->kind, AST_AND);
    assert_int_equal(e->items.last->kind, AST_OR);
    assert_true(e->items.last->parens);
    assert_text(e->items.last->span, "(d or e)");
    e = e->items.first->next->items.last->items.first;
    assert_string_equal(e->name.text, "c");
    assert_int_equal(e->args.last->kind, AST_DOLLAR);
    assert_string_equal(e->args.last->text, "z");
}

static void
test_override_widens_its_clause(void **state)
{
    const struct ast_stmt *s = parse_well("override  public");

    (void)state;
    assert_true(s->override);
    assert_int_equal(s->kind, AST_PUBLIC);
    assert_text(s->keyword, "override  public");
}

static void
test_comments_document_the_next_statement(void **state)
{
    const struct ast_stmt *s = parse_well("## the top\n"
                                          "# not this\n"
                                          "##  of all\n"
                                          "\n"
                                          "location /a { ## nor this\n"
                                          "    ## inner\n"
                                          "    GET . -> m:f\n"
                                          "}\n"
                                          "public\n");

    (void)state;
    assert_string_equal(s->doc, "the top\n of all\n");
    assert_string_equal(s->body.first->doc, "inner\n");
    assert_null(s->next->doc);
}

static void
test_records_may_be_open(void **state)
{
    const struct ast_stmt *s =
        parse_well("record R -> m:C {\n a: int = 1 from \"@a\",\n ## b\n b: "
                   "list<map<str, R>>?\n ...\n}");

    (void)state;
    assert_string_equal(s->u.record.pyclass->object.text, "C");
    assert_string_equal(s->u.record.fields.first->source_name.text, "@a");
    assert_string_equal(s->u.record.fields.last->doc, "b\n");
    assert_text(s->u.record.ellipsis, "...");
    assert_null(s->u.record.fields.last->next);
}

static void
test_publish_lines_know_their_module(void **state)
{
    const struct ast_stmt *s =
        parse_well("publish POST /s -> a.b { public; f(x: int) returns 204 }");
    const struct ast_stmt *line = s->body.last;

    (void)state;
    assert_int_equal(line->kind, AST_LINE);
    assert_string_equal(line->u.line.call->target->module.text, "a.b");
    assert_string_equal(line->u.line.call->target->object.text, "f");
    assert_int_equal(line->body.first->kind, AST_RETURNS);
}

/* ---- layout ---- */

static void
test_newlines_end_statements_where_they_should(void **state)
{
    (void)state;
    parse_well(
        "GET /a\n  -> m:f(a: int,\n\n  b: str\n)\nproduces json,\n  text\n"
        "require a or\n b\ntype T =\n \"a\" |\n \"b\";;public;\n;\n");
    assert_int_equal(count_stmts(&run.file->stmts), 5);
    parse_well("location /x { public; GET . -> m:f }");
    parse_well("location /x {}");
    parse_well("record R { a: int, }");
    parse("routes 1");
    assert_int_equal(diag_error_count(run.diags), 0);
    parse("\xef\xbb\xbf"
          "routes 1\r\npublic\r\n");
    assert_int_equal(diag_error_count(run.diags), 0);
    assert_int_equal(run.file->stmts.first->keyword.start, 13);
    parse("routes 1\nassert public only .");
    assert_int_equal(diag_error_count(run.diags), 0);
}

static void
test_keywords_are_names(void **state)
{
    (void)state;
    parse_well(
        "GET /{type}/{require} -> import.host:GET(type, limit: int = 1, "
        "at: str from query) as public");
    parse_well("publish /x -> m { filter(a: int) require user\n header() }");
}

/* ---- recovery ---- */

static void
test_each_mistake_is_one_message(void **state)
{
    char *text = "";

    (void)state;
    for (int i = 0; i < 40; i++) {
        text =
            apr_pstrcat(run.pool, text, "GET /a m:f\nGET /b -> m:f\n", NULL);
    }
    parse(apr_pstrcat(run.pool, "routes 1\n", text, NULL));
    assert_int_equal(diag_error_count(run.diags), 40);
    assert_int_equal(count_stmts(&run.file->stmts), 40);
}

static void
test_recovery_does_not_cascade(void **state)
{
    (void)state;
    parse_ill("GET /a -> m:f(\nGET /b -> m:f", 1, "E006");
    assert_int_equal(count_stmts(&run.file->stmts), 2);
    parse_ill("GET /a -> m:f(x: str(1..\nlocation /b { public }", 1, "E006");
    parse_ill("location /x {\n GET . -> m:f(\n}\npublic", 1, "E006");
    parse_ill("locatoin /x {\n GET . -> m:f\n public\n}\npublic", 1, "E007");
    parse_ill("locatoin /x {\n publc\n}\npublic", 2, "did you mean `public`");
    parse_ill("location /x {\n public\n", 1, "`{` is never closed");
    assert_int_equal(count_stmts(&run.file->stmts), 1);
    parse_ill("public\n}\npublic", 1, "closes nothing");
    parse_ill("GET /a -> m:f { location /b { public } }\npublic", 1, "E015");
    parse_ill("GET /{a b} -> m:f(1)", 1, "E108");
    parse_ill("GET /{a -> m:f\npublic", 1, "E104");
    parse_ill("location /a{\n public\n}", 1, "E104");
    parse_ill("location /a{ public }", 1, "E104");
    parse_ill("GET /a -> m:f(a; b)\npublic", 1, "`;` inside");
    parse_ill("GET /a → m:f(x)", 1, "E001");
    parse_ill("@app.route(\"/x\")\npublic", 1, "E001");
    parse_ill("cache 60sec\nlimit body 10kb, time 5x", 3, "`10KB`");
    parse_ill("realm a = basic { file \"a; b\n}\npublic", 1, "E002");
    parse_ill("GET /b ->\nGET /c -> m:f(\npublic\n", 2, "E007");
}

static void
test_a_file_must_say_its_version(void **state)
{
    (void)state;
    parse("public\nGET / m:f\n");
    assert_non_null(strstr(print_diags(), "t:1:1: error[E004]"));
    assert_int_equal(diag_error_count(run.diags), 2);
    parse("");
    assert_int_equal(diag_error_count(run.diags), 1);
    parse("routes 2\npublic\n");
    assert_int_equal(diag_error_count(run.diags), 1);
    parse("routes x\npublic\n");
    assert_int_equal(diag_error_count(run.diags), 1);
    assert_int_equal(count_stmts(&run.file->stmts), 1);
}

/* ---- messages ---- */

static void
test_the_caret_stands_under_the_place(void **state)
{
    (void)state;
    parse("routes 1\n\tlocation /é { publc }\n");
    assert_string_equal(print_diags(),
                        "t:2:16: error[E007]: unknown statement `publc`\n"
                        "    2 |     location /é { publc }\n"
                        "      |                   ^^^^^\n"
                        "   help: did you mean `public`?\n");
}

static void
test_a_long_line_is_shown_around_the_place(void **state)
{
    char *text = apr_palloc(run.pool, MEGABYTE + 1);
    const char *output;

    (void)state;
    memset(text, ' ', MEGABYTE);
    text[MEGABYTE] = '\0';
    parse(apr_pstrcat(run.pool, "routes 1\n", text, "publc", text, NULL));
    output = print_diags();
    assert_true(strlen(output) < 500);
    assert_non_null(strstr(output, "publc"));
}

static void
test_what_is_quoted_is_harmless(void **state)
{
    const char *output;

    (void)state;
    parse_ill("header \"\x1b[31m\" \"b\"", 1, "control character");
    parse_ill("\x1b[31m", 1, "stray character `\\u{1b}`");
    parse_ill("# \xe2\x80\xae reversed\npublic", 1, "reorders");
    parse("routes 1\n\x1b]0;x\x07 \x7f\n");
    output = print_diags();
    assert_null(strchr(output, '\x1b'));
    assert_null(strchr(output, '\x07'));
}

static void
test_bytes_that_are_no_text_are_told(void **state)
{
    (void)state;
    parse_bytes("routes 1\n# a\0b\n", 15);
    assert_non_null(strstr(print_diags(), "t:2:4: error[E008]: a NUL byte"));
    free(run.output);
    parse("routes 1\n# caf\xe9\n# \xc0\x80\n# \xed\xa0\x80\n# \xf4\x90\x80\x80"
          "\n# \xe2\x82");
    assert_int_equal(diag_error_count(run.diags), 5);
    assert_non_null(strstr(print_diags(), "t:2:6: error[E008]"));
}

static void
test_messages_are_sorted_and_said_once(void **state)
{
    struct span late = {9, 12, 1};
    struct span early = {0, 6, 1};
    struct diag *diag;

    (void)state;
    parse("routes 1\nfoo");
    run.diags = diag_list_make(run.pool);
    diag_error(run.diags, late, E011, "b");
    diag_warn(run.diags, early, W012, "a");
    diag_error(run.diags, late, E011, "b");
    diag = diag_error(run.diags, (struct span){0, 0, 0}, E701, "c");
    diag_note(diag, "n");
    diag_place(diag, late, "l");
    assert_string_equal(print_diags(), "error[E701]: c\n"
                                       "   t:2:1: l\n"
                                       "    2 | foo\n"
                                       "      | ~~~\n"
                                       "   note: n\n"
                                       "t:1:1: warning[W012]: a\n"
                                       "    1 | routes 1\n"
                                       "      | ^^^^^^\n"
                                       "t:2:1: error[E011]: b\n"
                                       "    2 | foo\n"
                                       "      | ^^^\n");
    assert_int_equal(diag_error_count(run.diags), 3);
    assert_int_equal(diag_warning_count(run.diags), 1);
    assert_true(diag_said(run.diags, late));
    assert_false(diag_said(run.diags, (struct span){13, 14, 1}));
}

static void
test_too_many_messages_are_counted(void **state)
{
    (void)state;
    parse("routes 1\n");
    for (uint32_t i = 0; i < 2000; i++) {
        struct span at = {i % 8, i % 8 + 1, 1};

        diag_help(diag_error(run.diags, at, E011, "%u", i), "h");
    }
    assert_non_null(strstr(print_diags(), "1950 more not shown\n"));
}

/* ---- hostile input ---- */

static double
seconds_of(const char *text, size_t length)
{
    clock_t start = clock();

    parse_bytes(text, length);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* Sixteen times the text must not take more than about that much time. */
static void
assert_linear(const char *head, const char *piece, const char *tail,
              size_t small)
{
    size_t unit = strlen(piece);
    double times[2];
    size_t count = small;

    for (int i = 0; i < 2; i++, count *= 16) {
        size_t length = strlen(head) + unit * count + strlen(tail);
        char *text = malloc(length + 1);
        char *out = text + strlen(strcpy(text, head));

        assert_non_null(text);
        for (size_t n = 0; n < count; n++, out += unit) {
            memcpy(out, piece, unit);
        }
        strcpy(out, tail);
        times[i] = seconds_of(text, length);
        free(text);
        apr_pool_clear(run.pool);
    }
    if (times[1] > 64 * times[0] + 0.5) {
        print_message("%.20s: %f s, then %f s\n", piece, times[0], times[1]);
    }
    assert_true(times[1] <= 64 * times[0] + 0.5);
}

static void
test_any_amount_takes_linear_time(void **state)
{
    (void)state;
    assert_linear("routes 1\n", "GET /a/{id:int} -> m:f(id, a: str)\n", "",
                  6250);
    assert_linear("routes 1\n", "\n", "public", 65536);
    assert_linear("routes 1\n", "## doc\npublic\n", "", 4096);
    assert_linear("routes 1\n", "x", "", 65536);
    assert_linear("routes 1\nGET /", "a", " -> m:f", 65536);
    assert_linear("routes 1\nGET /", "\\:", " -> m:f", 32768);
    assert_linear("routes 1\nGET /", "a/", " -> m:f", 32768);
    assert_linear("routes 1\nheader \"", "a", "\" \"b\"", 65536);
    assert_linear("routes 1\nheader \"", "a", "", 65536);
    assert_linear("routes 1\nlimit body ", "1", "KB", 65536);
    assert_linear("routes 1\nrequire a", " or a and b", "", 8192);
    assert_linear("routes 1\nauth a", " or a", "", 8192);
    assert_linear("routes 1\n", "1.2.3.4.", "", 8192);
    assert_linear("routes 1\n", "GET /a m:f\n", "", 8192);
    assert_linear("routes 1\n", "A-", "", 32768);
    assert_linear("routes 1\nGET /{", " ", "", 65536);
    assert_linear("routes 1\n", "{", "", 65536);
    assert_linear("routes 1\nGET /a -> m:f(", "GET\n", "", 16384);
    assert_linear("routes 1\n", "\xff\n", "", 32768);
    assert_linear("", "\xff", "", 65536);
}

static void
test_nesting_has_a_limit(void **state)
{
    static const char *const heads[] = {"require ", "require ",
                                        "type T = ", ""};
    static const char *const pieces[] = {"(", "not ", "list<", "host $a {"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        char *text = apr_pstrcat(run.pool, "routes 1\n", heads[i], NULL);

        for (int n = 0; n < LAYOUT_MAX_DEPTH + 1; n++) {
            text = apr_pstrcat(run.pool, text, pieces[i], NULL);
        }
        parse(text);
        assert_int_equal(diag_error_count(run.diags), 1);
        assert_non_null(strstr(print_diags(), "nested too deeply"));
        free(run.output);
        run.output = NULL;
    }
}

static void
test_every_prefix_of_a_file_ends(void **state)
{
    const char *text = "routes 1\n## d\nlocation /a{b:str(1..2)} auth x {\n"
                       "GET . by header \"X\" { a -> m:f('x'); default -> m:g "
                       "}\n mount /b files \"c\" { index \"i\\u{41}\" }\n}\n"
                       "type T = list<str matching r\"a\">(1..)?\n";

    (void)state;
    for (size_t length = 0; length <= strlen(text); length++) {
        parse_bytes(text, length);
        print_diags();
        free(run.output);
        run.output = NULL;
    }
}

/* ---- the specification's files ---- */

static void
test_the_specification_parses(void **state)
{
    static const char *const names[] = {
        "apps/a-library",   "apps/b-github",    "apps/c-intranet",
        "apps/d-jsonapi",   "apps/e-htmlsite",  "apps/f-webhooks",
        "apps/g-saas",      "apps/h-strangler", "apps/i-apache",
        "apps/j-streaming", "apps/k-i18n",      "apps/l-objects",
        "spec/smallest",    "spec/small",       "spec/large/large",
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = apr_psprintf(run.pool, "%s/tests/lang/%s.routes",
                                        TEST_SRCDIR, names[i]);

        run.set = source_set_make(run.pool);
        run.diags = diag_list_make(run.pool);
        assert_int_equal(source_load(run.set, path, &run.source), APR_SUCCESS);
        run.file = parse_file(run.pool, run.source, run.diags);
        if (diag_error_count(run.diags) != 0) {
            print_message("%s", print_diags());
        }
        assert_int_equal(diag_error_count(run.diags), 0);
        assert_true(count_stmts(&run.file->stmts) >= 1);
    }
}

static void
test_keywords_and_codes_are_sorted(void **state)
{
    static const char *const words[] = {
#define KW(word, token) word,
#include "grammar/keywords.def"
#undef KW
    };

    (void)state;
    for (size_t i = 1; i < sizeof words / sizeof *words; i++) {
        assert_true(strcmp(words[i - 1], words[i]) < 0);
    }
    for (int i = 0; i < DIAG_CODES; i++) {
        const struct diag_info *info = diag_info((enum diag_code)i);

        assert_ptr_equal(diag_find(info->name), info);
        assert_int_equal(info->severity == DIAG_WARNING, info->name[0] == 'W');
        assert_true(i == 0 ||
                    strcmp(diag_info((enum diag_code)(i - 1))->name + 1,
                           info->name + 1) <= 0);
        assert_true(strlen(info->text) > 20);
    }
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_route_is_what_was_written),
        TEST(test_paths_are_cut_at_slashes),
        TEST(test_stars_are_patterns_in_assertions),
        TEST(test_strings_lose_their_escapes),
        TEST(test_numbers_have_their_unit),
        TEST(test_long_rules_are_flat),
        TEST(test_override_widens_its_clause),
        TEST(test_comments_document_the_next_statement),
        TEST(test_records_may_be_open),
        TEST(test_publish_lines_know_their_module),
        TEST(test_newlines_end_statements_where_they_should),
        TEST(test_keywords_are_names),
        TEST(test_each_mistake_is_one_message),
        TEST(test_recovery_does_not_cascade),
        TEST(test_a_file_must_say_its_version),
        TEST(test_the_caret_stands_under_the_place),
        TEST(test_a_long_line_is_shown_around_the_place),
        TEST(test_what_is_quoted_is_harmless),
        TEST(test_bytes_that_are_no_text_are_told),
        TEST(test_messages_are_sorted_and_said_once),
        TEST(test_too_many_messages_are_counted),
        TEST(test_any_amount_takes_linear_time),
        TEST(test_nesting_has_a_limit),
        TEST(test_every_prefix_of_a_file_ends),
        TEST(test_the_specification_parses),
        TEST(test_keywords_and_codes_are_sorted),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
