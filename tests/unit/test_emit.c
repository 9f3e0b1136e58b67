/* SPDX-License-Identifier: Apache-2.0 */
/* test_emit: the C of a plan, compiled and loaded, is the plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <apr_dso.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <httpd.h>
#include <http_config.h>

#include "dslc/backend.h"
#include "dslc/emit.h"
#include "dslc/emit_text.h"
#include "dslc/process.h"
#include "dslc/toolchain.h"
#include "planned.h"

/* What httpd has under this name: it keeps the table. */
int keep_provider(apr_pool_t *pool, const char *group, const char *name,
                  const char *version,
                  const void *provider) __asm__("ap_register_provider");

static const struct routes_table *announced;

int
keep_provider(apr_pool_t *pool, const char *group, const char *name,
              const char *version, const void *provider)
{
    (void)pool;
    assert_string_equal(group, ROUTES_PROVIDER_GROUP);
    assert_string_equal(version, ROUTES_ABI);
    assert_string_equal(name, "shop");
    announced = provider;
    return 0;
}

/* ---- compiling ---------------------------------------------------------- */

static void
compile(apr_pool_t *pool, const char *folder, const char *c_name)
{
    const char *const more[] = {"-std=gnu11",   "-Wall",     "-Wextra",
                                "-Wconversion", "-pedantic", "-Werror",
                                "-isystem",     "",          "-shared",
                                "-fPIC",        "-o",        "t.so",
                                c_name,         NULL};
    apr_array_header_t *words = apr_array_make(pool, 32, sizeof(char *));
    struct process_result result;
    struct toolchain tools;

    assert_null(toolchain_find(pool, &tools));
    for (const char *const *word = tools.cc; *word != NULL; word++) {
        APR_ARRAY_PUSH(words, const char *) = *word;
    }
    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        APR_ARRAY_PUSH(words, const char *) =
            more[i] != NULL && *more[i] == '\0' ? TEST_SRCDIR "/runtime"
                                                : more[i];
    }
    assert_int_equal(process_run(pool,
                                 (const char *const *)(void *)words->elts,
                                 folder, &result),
                     APR_SUCCESS);
    assert_string_equal(result.output, "");
    assert_int_equal(result.code, 0);
}

/* The table that the module of the folder announces. */
static const struct routes_table *
load(apr_pool_t *pool, const char *folder)
{
    apr_dso_handle_t *handle;
    apr_dso_handle_sym_t symbol;
    const module *record;

    assert_int_equal(
        apr_dso_load(&handle, apr_pstrcat(pool, folder, "/t.so", NULL), pool),
        APR_SUCCESS);
    assert_int_equal(apr_dso_sym(&symbol, handle, "shop_routes_module"),
                     APR_SUCCESS);
    record = symbol;
    announced = NULL;
    record->register_hooks(pool);
    assert_non_null(announced);
    return announced;
}

static void
assert_same(const struct routes_table *a, const struct routes_table *b)
{
    assert_int_equal(a->magic, b->magic);
    assert_int_equal(a->abi, b->abi);
    assert_int_equal(a->size, b->size);
    assert_int_equal(a->language, b->language);
    assert_string_equal(a->compiler, b->compiler);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->checksum, b->checksum);
    assert_memory_equal(a->row_sizes, b->row_sizes, sizeof(a->row_sizes));
#define X(section, row)                                                       \
    assert_int_equal(a->n_##section, b->n_##section);                         \
    if (a->n_##section != 0) {                                                \
        assert_memory_equal(a->section, b->section,                           \
                            a->n_##section * sizeof(row));                    \
    }
    ROUTES_SECTIONS(X)
#undef X
}

/* The compiled table of a text equals its plan, byte for byte. */
static void
check_round_trip(const char *text)
{
    struct planned *p = planned_of(text);
    char folder[] = "/tmp/routes-emit-XXXXXX";
    const char *c_path;

    driver_report(p->driver, DIAG_TEXT, stderr);
    assert_non_null(p->plan);
    assert_non_null(mkdtemp(folder));
    c_path = apr_pstrcat(p->pool, folder, "/shop.routes.c", NULL);
    assert_null(backend_write_c(p->pool, p->plan, "routesc test", c_path));
    compile(p->pool, folder, "shop.routes.c");
    assert_same(&p->table, load(p->pool, folder));
    unlink(c_path);
    unlink(apr_pstrcat(p->pool, folder, "/t.so", NULL));
    rmdir(folder);
    planned_end(p);
}

static void
test_every_section_survives(void **state)
{
    (void)state;
    check_round_trip(
        "realm staff = basic { file \"staff.htpasswd\"; groups \"g\" }\n"
        "type Slug = str(..20) matching r\"[a-z]+(-[a-z]+)*\"\n"
        "type Sort = \"price\" | \"name\"\n"
        "public\n"
        "raises LookupError as 404\n"
        "host \"shop.example.com\" {\n"
        "    GET / -> m:home returns html\n"
        "}\n"
        "GET /x/img-{id:int(-9223372036854775808..5)}.png -> m:img(id)\n"
        "GET /f -> m:f(a: float(0.5..1234.25), b: int = -3, c: str = "
        "\"é\","
        " d: bool = true, e: float = 0.1, g: date = \"2026-02-03\","
        " h: str? = null, i: list<int> = [])\n"
        "location /s/{slug:Slug} {\n"
        "    auth staff\n"
        "    require role(x) and not role(y) or role(z)\n"
        "    GET  . -> m:show(slug, q: list<int>(1..3), s: Sort = \"name\")\n"
        "    POST /p/{rest:path} -> m:post(slug, rest, n: int from form)\n"
        "}\n");
}

static void
test_the_smallest_table_survives(void **state)
{
    (void)state;
    check_round_trip("public\nGET / -> m:f()\n");
}

/* Trigraphs, quotes, ends of comments, text that is read backwards, and a
 * text longer than any literal may be. */
static void
test_no_text_breaks_out(void **state)
{
    apr_pool_t *pool;
    char *text;
    size_t at;

    (void)state;
    apr_pool_create(&pool, NULL);
    text = apr_palloc(pool, 20000);
    at = (size_t)sprintf(
        text, "%s",
        "public\n"
        "GET /a -> m:f(a = \"?\?/ ?\?= \\\" \\\\ */ /* // \\n\\t \\u{1}"
        " \\u{202e}x\\u{2069} 7\", b = \"0123\", c = \"");
    memset(text + at, 'x', 9000);
    strcpy(text + at + 9000, "\", d = \"\\u{0001}7\")\n");
    check_round_trip(text);
    apr_pool_destroy(pool);
}

/* ---- pieces ------------------------------------------------------------- */

static const char *
comment_of(apr_pool_t *pool, const char *text)
{
    char *written = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&written, &len);
    const char *kept;

    emit_text_comment(text, out);
    fclose(out);
    kept = apr_pstrmemdup(pool, written, len);
    free(written);
    return kept;
}

static void
test_a_comment_ends_where_it_should(void **state)
{
    char longer[300];
    apr_pool_t *pool;

    (void)state;
    apr_pool_create(&pool, NULL);
    assert_string_equal(comment_of(pool, "/a/b"), "/a/b");
    assert_string_equal(comment_of(pool, "*/ /*"), "* / / *");
    assert_string_equal(comment_of(pool, "a\nb\\"), "a?b?");
    assert_string_equal(comment_of(pool, "caf\303\251"), "caf\303\251");
    assert_string_equal(comment_of(pool, "a\342\200\256b"), "a?b");
    memset(longer, 'x', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(strlen(comment_of(pool, longer)), EMIT_MAX_COMMENT + 3);
    apr_pool_destroy(pool);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_section_survives),
        cmocka_unit_test(test_the_smallest_table_survives),
        cmocka_unit_test(test_no_text_breaks_out),
        cmocka_unit_test(test_a_comment_ends_where_it_should),
    };
    int failed;

    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
