/* SPDX-License-Identifier: Apache-2.0 */
/* test_setting: values in the places of a table's settings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>

#include "planned.h"
#include "runtime/option.h"
#include "runtime/setting.h"
#include "runtime/table.h"

#define TEXT                                                                  \
    "setting page: int(1..100) = 20\n"                                        \
    "setting word: str\n"                                                     \
    "setting base: str = \"zz.example\"\n"                                    \
    "setting boss: str = \"admins\"\n"                                        \
    "realm staff = basic { file $word; groups \"$word\" }\n"                  \
    "public\n"                                                                \
    "GET /a -> m:f(n: int(1..50) = $page, w = $word, v = \"$word\")\n"        \
    "GET /b -> m:f(n: int = 20, w = \"x\", v = $boss)\n"                      \
    "GET /c -> m:g auth staff require role($boss)\n"                          \
    "host $base { GET /h -> m:h }\n"                                          \
    "host \"b.example\", \"*.example\" { GET /h -> m:i }\n"

enum {
    PAGE = 1,
    WORD,
    BASE,
    BOSS,
    N
};

struct bound {
    struct planned *planned;
    const struct routes_table *table;
    struct routes_setting_fault fault;
};

static struct bound
bound_to(const char *page, const char *word, const char *base)
{
    const char *values[N] = {
        [PAGE] = page, [WORD] = word, [BASE] = base, [BOSS] = NULL};
    struct bound b = {.planned = planned_of(TEXT)};

    assert_non_null(b.planned->plan);
    b.table = routes_setting_bind(&b.planned->table, values, b.planned->pool,
                                  &b.fault);
    if (b.table != NULL) {
        assert_null(routes_table_refusal(b.table, b.planned->pool));
    }
    return b;
}

static const struct routes_const *
constant(const struct routes_table *table, uint32_t route, uint32_t arg)
{
    return &table->consts[table->args[table->routes[route].args + arg]
                              .constant];
}

static const char *
text_of(const struct routes_table *table, struct routes_text text)
{
    assert_int_equal(strlen(routes_table_text(table, text)), text.len);
    return routes_table_text(table, text);
}

static const char *
realm_text(const struct routes_table *table, enum routes_option_key key)
{
    return routes_option_text(table, &table->realms[1], key, "none");
}

static void
values_stand_in_their_places(void **state)
{
    struct bound b = bound_to("7", "hello", NULL);
    const struct routes_table *t = b.table;

    (void)state;
    assert_non_null(t);
    assert_int_equal(constant(t, 1, 0)->i, 7);
    assert_string_equal(text_of(t, constant(t, 1, 1)->text), "hello");
    assert_string_equal(text_of(t, constant(t, 2, 2)->text), "admins");
    assert_string_equal(realm_text(t, ROUTES_OPTION_FILE), "hello");
    planned_end(b.planned);
}

static void
literals_that_look_alike_stay(void **state)
{
    struct bound b = bound_to("7", "hello", NULL);
    const struct routes_table *t = b.table;

    (void)state;
    assert_int_equal(constant(t, 2, 0)->i, 20);
    assert_string_equal(text_of(t, constant(t, 1, 2)->text), "$word");
    assert_string_equal(realm_text(t, ROUTES_OPTION_GROUPS), "$word");
    planned_end(b.planned);
}

static void
the_table_of_the_module_is_not_changed(void **state)
{
    struct bound b = bound_to("7", "hello", NULL);
    const struct routes_table *t = &b.planned->table;

    (void)state;
    assert_int_equal(constant(t, 1, 0)->i, 20);
    assert_int_equal(constant(t, 1, 1)->kind, ROUTES_CONST_NONE);
    assert_string_equal(realm_text(t, ROUTES_OPTION_FILE), "$word");
    planned_end(b.planned);
}

static uint32_t
line_at(const struct bound *b, const char *host)
{
    struct routes_match match;

    return routes_match(b->table, host, strlen(host), "/h", 2,
                        ROUTES_METHOD_GET, &match) == ROUTES_FOUND
               ? b->table->routes[match.route].line
               : 0;
}

static void
hosts_are_found_by_their_new_names(void **state)
{
    static const char *const names[] = {"a.example", "c.example", "ZZ.Top",
                                        NULL};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct bound b = bound_to("7", "hello", names[i]);
        const char *name = names[i] == NULL ? "zz.example"
                           : i == 2         ? "zz.top"
                                            : names[i];

        assert_non_null(b.table);
        assert_int_equal(line_at(&b, name), 11);
        assert_int_equal(line_at(&b, "b.example"), 12);
        assert_int_equal(line_at(&b, "x.example"), 12);
        assert_int_equal(line_at(&b, "$base"), 0);
        planned_end(b.planned);
    }
}

static void
what_does_not_fit_is_refused(void **state)
{
    static const struct {
        const char *page, *word, *base;
        uint32_t setting;
        const char *text;
    } cases[] = {
        {NULL, NULL, NULL, WORD, "has no value"},
        {"0", "w", NULL, PAGE, "is no int(1..100)"},
        {"101", "w", NULL, PAGE, "is no int(1..100)"},
        {"51", "w", NULL, PAGE, "is no int(1..50)"},
        {"", "w", NULL, PAGE, "is no int(1..100)"},
        {"7x", "w", NULL, PAGE, "is no int(1..100)"},
        {"7", "a\nb", NULL, WORD, "has a control character"},
        {"7", "a\x7f", NULL, WORD, "has a control character"},
        {"7", "\xff", NULL, WORD, "is no str"},
        {"7", "w", "", BASE, "is no host name"},
        {"7", "w", "a..b", BASE, "is no host name"},
        {"7", "w", ".a", BASE, "is no host name"},
        {"7", "w", "a.", BASE, "is no host name"},
        {"7", "w", "a:80", BASE, "is no host name"},
        {"7", "w", "*.a", BASE, "is no host name"},
        {"7", "w", "B.Example", BASE, "is the name of another host"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bound b = bound_to(cases[i].page, cases[i].word, cases[i].base);

        assert_null(b.table);
        assert_int_equal(b.fault.setting, cases[i].setting);
        assert_string_equal(b.fault.text, cases[i].text);
        planned_end(b.planned);
    }
}

/* ---- tables that are damaged -------------------------------------------- */

#define EDIT(type, table, section, i)                                         \
    (*(struct type *)(uintptr_t) & (table)->section[i])

static void
expect_refusal(struct planned *planned, const char *words)
{
    const char *refusal = routes_table_refusal(&planned->table, planned->pool);

    assert_non_null(refusal);
    if (strstr(refusal, words) == NULL) {
        fail_msg("%s", refusal);
    }
    planned_end(planned);
}

#define REFUSED(section, i, member, value, words)                             \
    do {                                                                      \
        struct planned *p = planned_of(TEXT);                                 \
                                                                              \
        EDIT(routes_##section, &p->table, section##s, i).member = value;      \
        expect_refusal(p, words);                                             \
    } while (0)

static void
a_damaged_use_is_refused(void **state)
{
    (void)state;
    REFUSED(use, 1, kind, 9, "uses: a kind that is none");
    REFUSED(use, 1, setting, 0, "uses: a setting that is none");
    REFUSED(use, 1, setting, N, "uses: a setting that is none");
    REFUSED(use, 1, row, 99, "uses: a constant that is none");
    REFUSED(use, 1, type, 0, "uses: a type that is none");
    REFUSED(use, 3, kind, ROUTES_USE_HOST, "uses: a host that is none");
    REFUSED(use, 5, offset, 2, "uses: a text that is none");
    REFUSED(use, 5, offset, 4096, "uses: a text that is none");
    REFUSED(use, 5, row, 99, "uses: a row that is none");
    REFUSED(use, 5, section, ROUTES_N_SECTIONS, "uses: a row that is none");
    REFUSED(use, 5, section, ROUTES_SECTION_bytes, "uses: a ");
    REFUSED(setting, 1, type, 0, "settings: a type that is none");
    REFUSED(setting, 1, has_value, 2, "settings: a flag that is none");
    REFUSED(setting, 1, name.len, 9999, "settings: a text that is none");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_stand_in_their_places),
        cmocka_unit_test(literals_that_look_alike_stay),
        cmocka_unit_test(the_table_of_the_module_is_not_changed),
        cmocka_unit_test(hosts_are_found_by_their_new_names),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(a_damaged_use_is_refused),
    };
    int failed;

    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
