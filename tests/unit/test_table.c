/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of a table: what is whole is taken, what is damaged is refused,
 * whatever was damaged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "runtime/match.h"
#include "runtime/node.h"
#include "runtime/segment.h"
#include "runtime/set.h"
#include "runtime/table.h"
#include "table_builder.h"
#include "fixture.h"

/* A table with rows in every section but raises and files. */
static struct routes_table *
make(void)
{
    struct builder *b = builder_create(pool);
    uint32_t route;

    builder_auth(b, "user role:staff and not");
    builder_realm(b, "staff", ROUTES_REALM_BASIC);
    builder_option(b, ROUTES_OPTION_FILE, "users", 0);
    builder_option(b, ROUTES_OPTION_GROUPS, "groups", 0);
    builder_route(b, "a.example", "GET", "/a");
    builder_route(b, "b.example", "GET", "/{x:str~~a-z}/{r:path}");
    builder_route(b, "*.example", "ANY", "/a/{x:int}.png");
    builder_route(b, "{t}.x.example", "GET,POST", "/a/b/{c}");
    builder_guard(b, NULL, "/a");
    route = builder_route(b, NULL, "GET", "/a/{x}/c");
    builder_arg(b, route, "x", ROUTES_FROM_PATH, "str", NULL);
    builder_arg(b, route, "e", ROUTES_FROM_ARGUMENT, "enum(a|b|c)", NULL);
    builder_arg(b, route, "l", ROUTES_FROM_QUERY, "list<int>", "[]");
    builder_arg(b, route, "d", ROUTES_FROM_QUERY, "decimal", "1.5");
    builder_arg(b, route, "f", ROUTES_FROM_FILE, "list<upload(..9)>", "[]");
    builder_url(b, "a", route);
    builder_url_part(b, ROUTES_URL_LABEL, "t", "str");
    builder_url_part(b, ROUTES_URL_TEXT, "/a/", NULL);
    builder_url_part(b, ROUTES_URL_SEGMENT, "x", "str");
    builder_url(b, "ab", route);
    builder_url_part(b, ROUTES_URL_REST, "x", "path");
    return builder_finish(b);
}

/* A row of a table that may be written to: the builder's are in a pool. */
#define EDIT(type, table, section, i)                                         \
    (*(struct type *)(uintptr_t) & (table)->section[i])

#define EDIT_WORD(table, i) (*(uint64_t *)(uintptr_t) & (table)->words[i])

#define assert_refused(table, words)                                          \
    do {                                                                      \
        const char *refusal = routes_table_refusal(table, pool);              \
                                                                              \
        assert_non_null(refusal);                                             \
        if (strstr(refusal, words) == NULL) {                                 \
            fail_msg("%s", refusal);                                          \
        }                                                                     \
    } while (0)

/* ---- the head ----------------------------------------------------------- */

static void
a_whole_table_is_taken(void **state)
{
    (void)state;
    assert_null(routes_table_refusal(make(), pool));
}

static void
another_abi_is_named_on_both_sides(void **state)
{
    struct routes_table *t = make();

    (void)state;
    t->abi = 7;
    t->size = 1; /* nothing past the head is read */
    t->text = NULL;
    assert_string_equal(routes_table_refusal(t, pool),
                        "built by table_builder 1 for ABI 7, this mod_routes "
                        "reads ABI " ROUTES_ABI);
    t->magic = 0x1234;
    assert_refused(t, "no table of routesc (it begins with 00001234)");
}

static void
other_sizes_are_refused(void **state)
{
    struct routes_table *t = make();

    (void)state;
    t->size += 8;
    assert_refused(t, "bytes");
    t = make();
    t->row_sizes[ROUTES_SECTION_routes] =
        (uint16_t)(t->row_sizes[ROUTES_SECTION_routes] + 4);
    assert_refused(t, "rows of routes");
}

/* ---- sections ----------------------------------------------------------- */

static void
a_section_without_rows_or_null_row_is_refused(void **state)
{
    struct routes_table *t;

    (void)state;
#define X(section, row)                                                       \
    t = make();                                                               \
    t->section = NULL;                                                        \
    if (t->n_##section != 0) {                                                \
        assert_refused(t, #section);                                          \
    }
    ROUTES_SECTIONS(X)
#undef X
    t = make();
    t->n_realms = 0;
    assert_refused(t, "realms: no null row");
    t = make();
    EDIT(routes_node, t, nodes, 0).end = 1;
    assert_refused(t, "nodes: no null row");
}

/* ---- rows --------------------------------------------------------------- */

static void
a_text_outside_the_pool_is_refused(void **state)
{
    struct routes_table *t = make();

    (void)state;
    EDIT(routes_route, t, routes, 1).name.at = t->n_text;
    assert_refused(t, "row 1 of routes: a text that is none");
    t = make();
    EDIT(routes_auth, t, auths, 2).text.at = t->n_text;
    assert_refused(t, "row 2 of auths: a text that is none");
    t = make();
    EDIT(routes_route, t, routes, 1).name.len = UINT32_MAX;
    assert_refused(t, "routes");
    t = make();
    EDIT(routes_route, t, routes, 2).pattern.len -= 1;
    assert_refused(t, "row 2 of routes");
}

static void
an_index_outside_its_section_is_refused(void **state)
{
    struct routes_table *t = make();

    (void)state;
    EDIT(routes_route, t, routes, 1).auth = 0;
    assert_refused(t, "an auth that is none");
    t = make();
    EDIT(routes_route, t, routes, 1).function = t->n_functions;
    assert_refused(t, "a function that is none");
    t = make();
    EDIT(routes_route, t, routes, 5).args = t->n_args;
    assert_refused(t, "arguments that are none");
    t = make();
    EDIT(routes_arg, t, args, 1).capture = 1;
    assert_refused(t, "capture");
    t = make();
    EDIT(routes_arg, t, args, 2).type = 0;
    assert_refused(t, "no type");
    t = make();
    EDIT(routes_const, t, consts, 2).text = (struct routes_text){0, 0};
    assert_refused(t, "default");
    t = make();
    EDIT(routes_dfa, t, dfas, 1).n_states += 1;
    assert_refused(t, "cells that are none");
    t = make();
    EDIT(routes_dfa, t, dfas, 1).start = 3;
    assert_refused(t, "no states");
    t = make();
    *(uint16_t *)(uintptr_t)&t->cells[3] = 3;
    assert_refused(t, "a state that is none");
    t = make();
    *(uint8_t *)(uintptr_t)&t->bytes[3] = 2;
    assert_refused(t, "a class that is none");
}

static void
hosts_and_labels_out_of_order_are_refused(void **state)
{
    struct routes_table *t = make();
    struct routes_host host = t->hosts[1];
    uint32_t type = 1;

    (void)state;
    EDIT(routes_host, t, hosts, 1) = t->hosts[2];
    EDIT(routes_host, t, hosts, 2) = host;
    assert_refused(t, "a host out of order");
    t = make();
    while (t->types[type].n_labels < 2) {
        type++;
    }
    EDIT(routes_text, t, labels, t->types[type].labels) =
        t->labels[t->types[type].labels + 1];
    assert_refused(t, "labels out of order");
}

static void
a_requirement_that_lacks_an_operand_is_refused(void **state)
{
    struct routes_table *t = make();

    (void)state;
    EDIT(routes_op, t, ops, t->auths[2].ops).kind = ROUTES_OP_NOT;
    assert_refused(t, "operand");
    t = make();
    EDIT(routes_auth, t, auths, 2).n_ops = 2;
    assert_refused(t, "more than one value");
}

static void
a_network_that_is_none_is_refused(void **state)
{
    struct routes_table *t = make();

    (void)state;
    EDIT(routes_op, t, ops, t->auths[2].ops).kind = ROUTES_OP_IP;
    assert_refused(t, "networks that are none");
    t = make();
    EDIT(routes_op, t, ops, t->auths[2].ops).n = 1;
    assert_refused(t, "networks that are none");
    t = make();
    EDIT(routes_op, t, ops, t->auths[2].ops).kind = ROUTES_OP_METHOD;
    assert_refused(t, "a method without name");
    t = make();
    EDIT(routes_op, t, ops, t->auths[2].ops).methods = 1;
    assert_refused(t, "a method without name");
}

static void
a_question_that_is_none_is_refused(void **state)
{
    struct routes_table *t = make();

    (void)state;
    EDIT(routes_op, t, ops, t->auths[2].ops).kind = ROUTES_OP_PYTHON;
    assert_refused(t, "several predicates");
    EDIT(routes_op, t, ops, t->auths[2].ops).n = 1;
    assert_refused(t, "a predicate that is none");
    EDIT(routes_op, t, ops, t->auths[2].ops).first = t->n_predicates;
    assert_refused(t, "a predicate that is none");
    t = make();
    EDIT(routes_op, t, ops, t->auths[2].ops).kind = ROUTES_OP_APACHE;
    assert_refused(t, "several providers");
    EDIT(routes_op, t, ops, t->auths[2].ops).n = 1;
    assert_refused(t, "a provider that is none");
    EDIT(routes_op, t, ops, t->auths[2].ops).first = t->n_authzs;
    assert_refused(t, "a provider that is none");
    t = make();
    EDIT(routes_op, t, ops, t->auths[2].ops).kind = ROUTES_OP_APACHE + 1;
    assert_refused(t, "a kind that is none");
    t = make();
    EDIT(routes_op, t, ops, t->auths[2].ops).text_template = t->n_templates;
    assert_refused(t, "a template that is none");
    t = make();
    EDIT(routes_op, t, ops, t->auths[2].ops).kind = ROUTES_OP_USER;
    EDIT(routes_op, t, ops, t->auths[2].ops).name_template = 1;
    assert_refused(t, "a template");
}

/* ---- trees -------------------------------------------------------------- */

/* The first pattern of a kind. */
static uint32_t
pattern_of(const struct routes_table *t, enum routes_pattern_kind kind)
{
    uint32_t i = 1;

    while (t->nodes[i].kind != kind) {
        i++;
    }
    return i;
}

static void
options_that_a_realm_can_t_have_are_refused(void **state)
{
    struct routes_table *t = make();

    (void)state;
    EDIT(routes_realm, t, realms, 1).kind = 99;
    assert_refused(t, "a kind that is none");
    t = make();
    EDIT(routes_realm, t, realms, 1).n_options = 9;
    assert_refused(t, "options that are none");
    t = make();
    EDIT(routes_realm, t, realms, 1).n_options = 0;
    assert_refused(t, "not the options its kind needs");
    t = make();
    EDIT(routes_option, t, options, 1).key = 999;
    assert_refused(t, "an option that its kind does not take");
    t = make();
    EDIT(routes_option, t, options, 2).key = ROUTES_OPTION_FILE;
    assert_refused(t, "an option that stands twice");
    t = make();
    EDIT(routes_option, t, options, 2).number = 1;
    assert_refused(t, "an option whose value has another form");
    t = make();
    EDIT(routes_option, t, options, 2).function = 1;
    assert_refused(t, "an option whose value has another form");
    t = make();
    EDIT(routes_option, t, options, 2).function = 99;
    assert_refused(t, "a function that is none");
}

static void
a_url_that_is_none_is_refused(void **state)
{
    struct routes_table *t = make();

    (void)state;
    EDIT(routes_url, t, urls, 1).route = 0;
    assert_refused(t, "a route that is none");
    t = make();
    EDIT(routes_url, t, urls, 1).parts = 0;
    assert_refused(t, "parts that are none");
    t = make();
    EDIT(routes_url, t, urls, 1).n_parts = 9;
    assert_refused(t, "parts that are none");
    t = make();
    EDIT(routes_url, t, urls, 1).n_host = 3;
    assert_refused(t, "parts that are none");
    t = make();
    EDIT(routes_url, t, urls, 1).n_host = 0;
    assert_refused(t, "a part in a wrong place");
    t = make();
    EDIT(routes_url, t, urls, 1).name = t->urls[2].name;
    assert_refused(t, "a name out of order");
    t = make();
    EDIT(routes_url, t, urls, 2).name.len = 9999;
    assert_refused(t, "a text that is none");
    t = make();
    EDIT(routes_url_part, t, url_parts, 3).kind = 9;
    assert_refused(t, "a kind that is none");
    t = make();
    EDIT(routes_url_part, t, url_parts, 3).type = 0;
    assert_refused(t, "a type that is none");
}

static void
a_node_that_is_reached_twice_is_refused(void **state)
{
    struct routes_table *t = make();
    uint32_t i = pattern_of(t, ROUTES_PATTERN_SEGMENT);
    uint32_t back = (uint32_t)sizeof(struct routes_node);

    (void)state;
    EDIT(routes_node, t, nodes, i).children = 0;
    EDIT(routes_node, t, nodes, i).literals = ROUTES_LITERALS_BY_KEY;
    assert_refused(t, "a node that is reached twice");
    EDIT(routes_node, t, nodes, i).children = back;
    assert_refused(t, "a node that is reached twice");
    EDIT(routes_node, t, nodes, i).children = back - 1;
    assert_refused(t, "children that are none");
    EDIT(routes_node, t, nodes, i).children = UINT32_MAX - back + 1;
    assert_refused(t, "slots that are none");
}

static void
a_pattern_of_an_unknown_kind_is_refused(void **state)
{
    struct routes_table *t = make();
    uint32_t i = pattern_of(t, ROUTES_PATTERN_SEGMENT);

    (void)state;
    EDIT(routes_node, t, nodes, i).kind = ROUTES_PATTERN_INT + 1;
    assert_refused(t, "another kind than its pattern's");
    for (i = 1; t->nodes[i].first != ROUTES_PATTERN_SEGMENT;) {
        i++;
    }
    EDIT(routes_node, t, nodes, i).first = ROUTES_PATTERN_INT + 1;
    assert_refused(t, "a kind that is none");
    t = make();
    i = pattern_of(t, ROUTES_PATTERN_REST);
    EDIT(routes_node, t, nodes, i).children = 32;
    assert_refused(t, "a rest that something follows");
    t = make();
    EDIT(routes_node, t, nodes, i).key = 1;
    assert_refused(t, "a pattern that is a literal");
    t = make();
    EDIT(routes_node, t, nodes, i).what = t->n_patterns;
    assert_refused(t, "a pattern that is none");
    t = make();
    EDIT(routes_pattern, t, patterns, 1).type = 0;
    assert_refused(t, "a type that is none");
    t = make();
    EDIT(routes_pattern, t, patterns, 1).suffix.at = t->n_text;
    assert_refused(t, "a text that is none");
}

/* The arguments of make() end with l, d, f. */
static void
a_file_comes_from_a_form_alone(void **state)
{
    struct routes_table *t = make();
    uint32_t f = t->n_args - 1;

    (void)state;
    EDIT(routes_arg, t, args, f).source = ROUTES_FROM_QUERY;
    assert_refused(t, "a file that comes from elsewhere");
    t = make();
    EDIT(routes_arg, t, args, f - 1).source = ROUTES_FROM_FILE;
    assert_refused(t, "a file that comes from elsewhere");
    t = make();
    EDIT(routes_arg, t, args, f).constant = t->args[f - 1].constant;
    assert_refused(t, "a file that is a constant");
    t = make();
    EDIT(routes_arg, t, args, f).source = ROUTES_FROM_FILE + 1;
    assert_refused(t, "a source that is none");
    t = make();
    EDIT(routes_route, t, routes, 1).takes = 2 * ROUTES_TAKES_FILES;
    assert_refused(t, "a body that is none");
    t = make();
    EDIT(routes_route, t, routes, 1).flags = 2 * ROUTES_ROUTE_NO_CONTENT;
    assert_refused(t, "a flag that is none");
}

static void
hosts_may_share_a_tree(void **state)
{
    struct routes_table *t = make();

    (void)state;
    EDIT(routes_host, t, hosts, 2).root = t->hosts[1].root;
    assert_null(routes_table_refusal(t, pool));
    EDIT(routes_host, t, hosts, 3).root = t->hosts[1].root;
    assert_refused(t, "capture differently");
}

/* A table of three literals, and the row of its root. */
static struct routes_table *
make_literals(uint32_t *root)
{
    struct builder *b = builder_create(pool);
    struct routes_table *t;

    builder_route(b, NULL, "GET", "/aa");
    builder_route(b, NULL, "GET", "/bb");
    builder_route(b, NULL, "GET", "/a-long-literal");
    t = builder_finish(b);
    *root = t->hosts[1].root;
    assert_null(routes_table_refusal(t, pool));
    return t;
}

/* The slot of a node's literals that has a text (longer ones: any long), or
 * is free (""). */
static struct routes_node *
slot_with(const struct routes_table *t, uint32_t node, const char *text)
{
    const struct routes_node *slots = routes_node_children(&t->nodes[node]);
    uint32_t first = (uint32_t)(slots - t->nodes);
    uint64_t key =
        *text == '\0' ? 0 : routes_segment_key_of(text, strlen(text));

    for (uint32_t i = 0; i < routes_node_slots(&t->nodes[node]); i++) {
        if (slots[i].key == key) {
            return &EDIT(routes_node, t, nodes, first + i);
        }
    }
    fail_msg("no slot has %s", text);
    return NULL;
}

static void
a_literal_that_no_search_finds_is_refused(void **state)
{
    uint32_t root;
    struct routes_table *t = make_literals(&root);
    struct routes_node *aa = slot_with(t, root, "aa");
    struct routes_node *bb = slot_with(t, root, "bb");
    struct routes_node kept = *aa;

    (void)state;
    *aa = *bb;
    *bb = kept;
    assert_refused(t, "a literal in a wrong slot");
    t = make_literals(&root);
    slot_with(t, root, "aa")->key ^= 1;
    assert_refused(t, "a literal in a wrong slot");
    t = make_literals(&root);
    EDIT(routes_node, t, nodes, root).slots = 2 * sizeof(struct routes_node);
    assert_refused(t, "slots that are none");
    EDIT(routes_node, t, nodes, root).slots = 31;
    assert_refused(t, "slots that are none");
    t = make_literals(&root);
    slot_with(t, root, "aa")->more = 2;
    assert_refused(t, "a flag that is none");
    t = make_literals(&root);
    for (uint32_t i = 1; i < t->n_nodes; i++) {
        EDIT(routes_node, t, nodes, i).more = 1;
    }
    assert_refused(t, "literals without an end");
    EDIT(routes_node, t, nodes, root).literals = ROUTES_LITERALS_DEEP + 1;
    assert_refused(t, "literals of no kind");
}

static void
a_literal_that_is_no_segment_is_refused(void **state)
{
    uint32_t root;
    struct routes_table *t = make_literals(&root);

    (void)state;
    slot_with(t, root, "aa")->key |= (uint64_t)'x' << 56;
    assert_refused(t, "a literal that is none");
    t = make_literals(&root);
    slot_with(t, root, "aa")->what = 1;
    assert_refused(t, "a literal that is none");
    t = make_literals(&root);
    slot_with(t, root, "aa")->kind = ROUTES_PATTERN_ANY;
    assert_refused(t, "a literal that is a pattern");
    t = make_literals(&root);
    slot_with(t, root, "a-long-literal")->what = t->n_words;
    assert_refused(t, "a literal that is none");
    slot_with(t, root, "a-long-literal")->what = 0;
    assert_refused(t, "a literal that is none");
    t = make_literals(&root);
    EDIT_WORD(t, 1) = UINT64_MAX;
    assert_refused(t, "a literal that is none");
    EDIT_WORD(t, 1) = 7;
    assert_refused(t, "a literal that is none");
    EDIT_WORD(t, 1) = 17;
    assert_refused(t, "a literal that is none");
    EDIT_WORD(t, 1) = 13; /* the words overlap otherwise */
    assert_refused(t, "a literal that is none");
    t = make_literals(&root);
    EDIT_WORD(t, 2) = t->words[2] >> 8 << 8 | (unsigned char)'/';
    assert_refused(t, "a literal that is none");
}

/* The matcher looks at the key and words before it sees that a slot is free.
 */
static void
a_free_slot_that_is_a_node_is_refused(void **state)
{
    uint32_t root;
    struct routes_table *t = make_literals(&root);

    (void)state;
    slot_with(t, root, "")->more = 1;
    assert_null(routes_table_refusal(t, pool));
    slot_with(t, root, "")->what = 1;
    assert_refused(t, "a free slot that is a node");
    t = make_literals(&root);
    slot_with(t, root, "")->end = 1;
    assert_refused(t, "a free slot that is a node");
    t = make_literals(&root);
    slot_with(t, root, "")->children = 32;
    assert_refused(t, "a free slot that is a node");
}

/* Where the whole text is hashed, the first look is at any slot. */
static void
a_free_slot_that_ends_a_search_is_refused(void **state)
{
    struct builder *b = builder_create(pool);
    struct routes_table *t;
    uint32_t root;

    (void)state;
    builder_route(b, NULL, "GET", "/aa");
    builder_route(b, NULL, "GET", "/bb");
    builder_route(b, NULL, "GET", "/cc");
    t = builder_finish(b);
    root = t->hosts[1].root;
    EDIT(routes_node, t, nodes, root).literals = ROUTES_LITERALS_DEEP;
    for (uint32_t i = 1; i < t->n_nodes; i++) {
        EDIT(routes_node, t, nodes, i).more = 1;
    }
    assert_null(routes_table_refusal(t, pool));
    slot_with(t, root, "")->more = 0;
    assert_refused(t, "a free slot that ends a search");
}

static void
a_root_that_something_leads_to_is_refused(void **state)
{
    uint32_t root;
    struct routes_table *t = make_literals(&root);

    (void)state;
    EDIT(routes_node, t, nodes, root).key = '/';
    assert_refused(t, "a root that something leads to");
}

/* A table with one route. */
static struct routes_table *
make_of(const char *pattern)
{
    struct builder *b = builder_create(pool);

    builder_route(b, NULL, "GET", pattern);
    return builder_finish(b);
}

static void
an_automaton_without_states_counts_bytes(void **state)
{
    struct routes_table *t = make_of("/{x:str~a-z}");

    (void)state;
    assert_null(routes_table_refusal(t, pool));
    EDIT(routes_dfa, t, dfas, 1).max = 0;
    assert_refused(t, "no states");
    t = make_of("/{x:str~a-z}");
    EDIT(routes_dfa, t, dfas, 1).n_classes = 3;
    assert_refused(t, "no states");
    t = make_of("/{x:str~a-z}");
    EDIT(routes_dfa, t, dfas, 1).accept = 1;
    assert_refused(t, "no states");
    t = make();
    EDIT(routes_dfa, t, dfas, 1).max = 1;
    assert_refused(t, "no states");
}

static void
a_pattern_without_its_automaton_is_refused(void **state)
{
    struct routes_table *t = make_of("/{x:str~~a-z}");
    uint32_t i = pattern_of(t, ROUTES_PATTERN_DFA);

    (void)state;
    EDIT(routes_node, t, nodes, i).what = 0;
    assert_refused(t, "a DFA that is none");
    t = make_of("/{x:str~~a-z}");
    EDIT(routes_node, t, nodes, i).what = t->n_dfas;
    assert_refused(t, "a DFA that is none");
    t = make_of("/{x:str~~a-z}");
    EDIT(routes_node, t, nodes, i).kind = ROUTES_PATTERN_ANY;
    assert_refused(t, "another kind than its pattern's");
}

static void
a_set_without_its_bytes_is_refused(void **state)
{
    struct routes_table *t = make_of("/{x:str~a-z}");
    uint32_t i = pattern_of(t, ROUTES_PATTERN_SET);
    uint32_t set = t->nodes[i].what;

    (void)state;
    EDIT(routes_node, t, nodes, i).what = set + 1;
    assert_refused(t, "a set that is none");
    EDIT(routes_node, t, nodes, i).what = UINT32_MAX;
    assert_refused(t, "a set that is none");
    EDIT(routes_node, t, nodes, i).what = set;
    for (uint32_t at = set; at < set + ROUTES_SET_BYTES; at++) {
        uint8_t *byte = (uint8_t *)(uintptr_t)&t->bytes[at];

        *byte ^= 1;
        assert_refused(t, "a set that is none");
        *byte ^= 1;
    }
    assert_null(routes_table_refusal(t, pool));
    EDIT(routes_node, t, nodes, i).key = routes_set_bounds(0, 9);
    assert_refused(t, "a set of no bytes");
    EDIT(routes_node, t, nodes, i).key = routes_set_bounds(2, 1);
    assert_refused(t, "a set of no bytes");
}

static void
an_int_of_other_bounds_is_refused(void **state)
{
    struct routes_table *t = make_of("/{x:int(5..99)}");
    uint32_t i = pattern_of(t, ROUTES_PATTERN_INT);
    uint32_t row = t->nodes[i].what;
    uint32_t type = t->patterns[row].type;

    (void)state;
    EDIT(routes_pattern, t, patterns, row).low -= 1;
    assert_refused(t, "an int of other bounds");
    EDIT(routes_pattern, t, patterns, row).low += 1;
    EDIT(routes_pattern, t, patterns, row).high += 1;
    assert_refused(t, "an int of other bounds");
    EDIT(routes_pattern, t, patterns, row).high -= 1;
    assert_null(routes_table_refusal(t, pool));
    EDIT(routes_type, t, types, type).flags ^= ROUTES_TYPE_MAX;
    assert_refused(t, "an int of other bounds");
    EDIT(routes_type, t, types, type).kind = ROUTES_TYPE_STR;
    assert_refused(t, "an int that is none");
    t = make_of("/{x:int(5..99)}");
    EDIT(routes_pattern, t, patterns, row).suffix = t->types[type].spelling;
    assert_refused(t, "an int with text around it");
    t = make_of("/{x:int(5..99)}");
    EDIT(routes_node, t, nodes, i).key = 1;
    assert_refused(t, "a pattern that is a literal");
    EDIT(routes_node, t, nodes, i).what = t->n_patterns;
    assert_refused(t, "a pattern that is none");
}

static void
a_conduct_of_an_unknown_kind_is_refused(void **state)
{
    struct routes_conduct rows[2] = {{0}};
    struct routes_table *t = make();

    (void)state;
    t->conducts = rows;
    t->n_conducts = 2;
    assert_null(routes_table_refusal(t, pool));
    rows[1].csrf = ROUTES_CSRF_TOKEN + 1;
    assert_refused(t, "an unknown csrf");
    rows[1] = (struct routes_conduct){.cache = ROUTES_CACHE_PRIVATE + 1};
    assert_refused(t, "an unknown cache");
    rows[1] = (struct routes_conduct){.n_headers = 1, .headers = 1};
    assert_refused(t, "headers that are none");
    rows[1] = (struct routes_conduct){.deny = 403};
    assert_refused(t, "an unknown denial");
    rows[1] = (struct routes_conduct){.deny = 404, .mask = t->n_places};
    assert_refused(t, "a place that is none");
    rows[1] = (struct routes_conduct){.mask = 1};
    assert_refused(t, "a mask that is none");
    rows[1] = (struct routes_conduct){.cors = 1};
    assert_refused(t, "a cors that is none");
    EDIT(routes_place, t, places, 1).conduct = 2;
    rows[1] = (struct routes_conduct){.csrf = ROUTES_CSRF_ORIGIN};
    assert_refused(t, "a conduct that is none");
}

static void
limits_that_are_none_are_refused(void **state)
{
    struct routes_limits rows[2] = {{0}};
    struct routes_table *t = make();

    (void)state;
    t->limits = rows;
    t->n_limits = 2;
    rows[1].time = ROUTES_MAX_TIME + 1;
    assert_refused(t, "a time that is none");
    rows[1].time = 0;
    assert_refused(t, "no limit");
    rows[1].n_rates = 1;
    assert_refused(t, "rates that are none");
    rows[1].rates = 1;
    assert_refused(t, "rates that are none");
    rows[1] = (struct routes_limits){.concurrency = 4097};
    assert_refused(t, "a concurrency that is none");
    rows[1] = (struct routes_limits){.concurrency = 1, .calls = {1, 9999}};
    assert_refused(t, "a text that is none");
    rows[1] = (struct routes_limits){.time = ROUTES_MAX_TIME};
    assert_null(routes_table_refusal(t, pool));
    EDIT(routes_route, t, routes, 1).limits = 2;
    assert_refused(t, "limits that are none");
}

static void
a_choice_of_routes_that_are_none_is_refused(void **state)
{
    struct routes_choice choices[2] = {{.by = 0}, {.by = ROUTES_BY_KEY}};
    struct routes_variant variants[2] = {{.route = 0}, {.route = 2}};
    struct builder *b = builder_create(pool);
    uint32_t chooser = builder_route(b, NULL, "GET", "/a/{x}");
    uint32_t variant = builder_route(b, NULL, "GET", "/b/{x}");
    uint32_t other = builder_route(b, NULL, "GET", "/c");
    struct routes_table *t = builder_finish(b);

    (void)state;
    EDIT(routes_route, t, routes, chooser).kind = ROUTES_ROUTE_CHOICE;
    EDIT(routes_route, t, routes, chooser).function = 0;
    EDIT(routes_route, t, routes, chooser).target = 1;
    assert_refused(t, "a choice that is none");
    t->choices = choices;
    t->n_choices = 2;
    t->variants = variants;
    t->n_variants = 2;
    choices[1].variants = 1;
    choices[1].n_variants = 1;
    variants[1].route = variant;
    assert_null(routes_table_refusal(t, pool));
    variants[1].route = other;
    assert_refused(t, "a variant of another route");
    variants[1].route = chooser;
    assert_refused(t, "a variant that calls nothing");
    variants[1].route = t->n_routes;
    assert_refused(t, "a route that is none");
    variants[1].route = variant;
    choices[1].rest = other;
    assert_refused(t, "a variant of another route");
    choices[1].rest = 0;
    choices[1].n_variants = 2;
    assert_refused(t, "variants that are none");
    choices[1].n_variants = 1;
    choices[1].by = ROUTES_BY_HEADER;
    assert_refused(t, "a choice by nothing");
    choices[1].by = ROUTES_BY_ACCEPT;
    choices[1].name = t->routes[1].pattern;
    assert_refused(t, "a key that is no media type");
    choices[1].by = ROUTES_BY_HEADER + 1;
    assert_refused(t, "a kind that is none");
}

static void
a_url_by_a_choice_of_another_route_is_refused(void **state)
{
    struct routes_choice choices[2] = {{.by = 0}, {.by = ROUTES_BY_KEY}};
    struct routes_variant variants[2] = {{.route = 0}, {.route = 2}};
    struct builder *b = builder_create(pool);
    uint32_t chooser = builder_route(b, NULL, "GET", "/a");
    uint32_t variant = builder_route(b, NULL, "GET", "/b");
    uint32_t other = builder_route(b, NULL, "GET", "/c");
    struct routes_table *t;

    (void)state;
    builder_url(b, "v", variant);
    builder_url_part(b, ROUTES_URL_TEXT, "/a", NULL);
    t = builder_finish(b);
    EDIT(routes_route, t, routes, chooser).kind = ROUTES_ROUTE_CHOICE;
    EDIT(routes_route, t, routes, chooser).function = 0;
    EDIT(routes_route, t, routes, chooser).target = 1;
    t->choices = choices;
    t->n_choices = 2;
    t->variants = variants;
    t->n_variants = 2;
    choices[1].variants = 1;
    choices[1].n_variants = 1;
    variants[1].route = variant;
    EDIT(routes_url, t, urls, 1).choice = 2;
    assert_refused(t, "a choice that is none");
    EDIT(routes_url, t, urls, 1).choice = 1;
    assert_null(routes_table_refusal(t, pool));
    choices[1].rest = variant;
    EDIT(routes_url, t, urls, 1).route = other;
    assert_refused(t, "a choice that does not call its route");
    EDIT(routes_url, t, urls, 1).route = variant;
    choices[1].by = ROUTES_BY_HEADER;
    choices[1].name = t->routes[1].pattern;
    assert_refused(t, "a choice that does not call its route");
}

static void
a_page_for_what_is_no_error_is_refused(void **state)
{
    struct routes_conduct conducts[2] = {{.n_pages = 0}, {.n_pages = 1}};
    struct routes_page rows[2] = {{.low = 0}, {.low = 404, .high = 404}};
    struct routes_table *t = make();

    (void)state;
    t->conducts = conducts;
    t->n_conducts = 2;
    conducts[1].pages = 1;
    assert_refused(t, "pages that are none");
    t->pages = rows;
    t->n_pages = 2;
    assert_refused(t, "a function that is none");
    rows[1].function = 1;
    assert_null(routes_table_refusal(t, pool));
    rows[1].low = 399;
    assert_refused(t, "statuses that are none");
    rows[1].low = 405;
    assert_refused(t, "statuses that are none");
    rows[1] = (struct routes_page){.low = 400, .high = 600, .function = 1};
    assert_refused(t, "statuses that are none");
    rows[1].high = 599;
    rows[1].reserved[2] = 1;
    assert_refused(t, "a reserved byte");
    rows[1].reserved[2] = 0;
    rows[1].produce = ROUTES_PRODUCE_STREAM + 1;
    assert_refused(t, "an unknown result");
    rows[1].produce = 0;
    rows[1].time = ROUTES_MAX_TIME + 1;
    assert_refused(t, "a time that is none");
}

static void
a_route_without_names_of_its_captures_is_refused(void **state)
{
    struct routes_table *t = make();

    (void)state;
    for (uint32_t i = 1; i < t->n_routes; i++) {
        if (t->routes[i].n_captures > 0) {
            EDIT(routes_route, t, routes, i).params = t->n_labels;
        }
    }
    assert_refused(t, "names of captures that are none");
}

static void
an_event_that_is_none_is_refused(void **state)
{
    struct routes_event rows[2] = {[1] = {.kind = ROUTES_EVENT_CHILD_STOP}};
    struct routes_table *t = make();

    (void)state;
    t->events = rows;
    t->n_events = 2;
    assert_refused(t, "a function that is none");
    rows[1].function = 1;
    assert_null(routes_table_refusal(t, pool));
    rows[1].kind++;
    assert_refused(t, "a kind that is none");
    rows[1].kind = ROUTES_EVENT_NULL;
    assert_refused(t, "a kind that is none");
}

static void
a_rate_that_is_none_is_refused(void **state)
{
    const struct routes_rate good = {
        .interval = ROUTES_MIN_INTERVAL,
        .depth = ROUTES_MAX_DEPTH,
        .per = ROUTES_PER_CAPTURE,
        .capture = ROUTES_MAX_CAPTURES - 1,
    };
    struct routes_rate rows[2] = {[1] = good};
    struct routes_table *t = make();

    (void)state;
    t->rates = rows;
    t->n_rates = 2;
    assert_null(routes_table_refusal(t, pool));
    rows[1].interval--;
    assert_refused(t, "a rate that is none");
    rows[1] = good;
    rows[1].depth++;
    assert_refused(t, "a rate that is none");
    rows[1].depth = ROUTES_MIN_INTERVAL - 1;
    assert_refused(t, "a rate that is none");
    rows[1] = good;
    rows[1].per++;
    assert_refused(t, "a per that is none");
    rows[1] = good;
    rows[1].capture++;
    assert_refused(t, "a capture that is none");
    rows[1] = good;
    rows[1].name.len = 9999;
    assert_refused(t, "a text that is none");
    rows[1] = good;
    EDIT(routes_place, t, places, 1).limits = 2;
    assert_refused(t, "limits that are none");
}

static void
a_cors_that_opens_to_all_with_credentials_is_refused(void **state)
{
    struct routes_cors rows[2] = {{.max_age = 0}, {.max_age = 0}};
    struct routes_table *t = make();

    (void)state;
    t->cors = rows;
    t->n_cors = 2;
    assert_refused(t, "a cors without origins");
    rows[1].origins = t->routes[1].pattern;
    assert_null(routes_table_refusal(t, pool));
    rows[1].credentials = 2;
    assert_refused(t, "unknown credentials");
}

/* A table whose last route is GET /old/{x}, which leads to /new/{x}. */
static struct routes_table *
make_redirect(uint32_t *route)
{
    struct builder *b = builder_create(pool);

    *route = builder_route(b, NULL, "GET", "/old/{x}");
    builder_redirect(b, *route, 308, 1);
    builder_target(b, ROUTES_TARGET_TEXT, "/new/", 0);
    builder_target(b, ROUTES_TARGET_SEGMENT, "", 0);
    builder_target(b, ROUTES_TARGET_QUERY, "?", 0);
    return builder_finish(b);
}

static void
a_route_of_an_unknown_kind_is_refused(void **state)
{
    uint32_t route;
    struct routes_table *t = make_redirect(&route);

    (void)state;
    assert_null(routes_table_refusal(t, pool));
    EDIT(routes_route, t, routes, route).kind = 200;
    assert_refused(t, "a kind that is none");
    EDIT(routes_route, t, routes, route).kind = ROUTES_ROUTE_FUNCTION;
    assert_refused(t, "a function that is none");
    t = make_redirect(&route);
    EDIT(routes_route, t, routes, route).function = 1;
    assert_refused(t, "a function that is not called");
    t = make();
    EDIT(routes_route, t, routes, 1).target = 1;
    assert_refused(t, "a target beside a function");
}

static void
a_redirect_that_a_caller_could_steer_is_refused(void **state)
{
    uint32_t route;
    struct routes_table *t = make_redirect(&route);

    (void)state;
    EDIT(routes_route, t, routes, route).target = t->n_redirects;
    assert_refused(t, "a redirect that is none");
    t = make_redirect(&route);
    EDIT(routes_route, t, routes, route).status = 200;
    assert_refused(t, "another status");
    t = make_redirect(&route);
    EDIT(routes_redirect, t, redirects, 1).n_parts = 4;
    assert_refused(t, "parts that are none");
    t = make_redirect(&route);
    EDIT(routes_redirect, t, redirects, 1).n_parts = 0;
    assert_refused(t, "parts that are none");
    t = make_redirect(&route);
    EDIT(routes_redirect, t, redirects, 1).own = 2;
    assert_refused(t, "a flag that is none");
    t = make_redirect(&route);
    EDIT(routes_redirect, t, redirects, 1).own = 0;
    assert_refused(t, "a target that is not ours");
    t = make_redirect(&route);
    EDIT(routes_redirect, t, redirects, 1).parts = 2;
    EDIT(routes_redirect, t, redirects, 1).n_parts = 2;
    assert_refused(t, "a target that is not ours");
    t = make_redirect(&route);
    EDIT(routes_target_part, t, target_parts, 2).capture = 1;
    assert_refused(t, "a part from a capture that is none");
    t = make_redirect(&route);
    EDIT(routes_target_part, t, target_parts, 1).kind = 5;
    assert_refused(t, "a kind that is none");
    t = make_redirect(&route);
    EDIT(routes_target_part, t, target_parts, 1).capture = 1;
    assert_refused(t, "a text beside a capture");
}

static void
a_mount_that_is_none_is_refused(void **state)
{
    struct routes_mount rows[2] = {{.kind = 0}, {.kind = 0}};
    uint32_t route;
    struct routes_table *t = make_redirect(&route);

    (void)state;
    rows[1] = (struct routes_mount){.kind = ROUTES_MOUNT_FILES,
                                    .below = 1,
                                    .target = t->routes[route].pattern};
    t->mounts = rows;
    t->n_mounts = 2;
    EDIT(routes_route, t, routes, route).kind = ROUTES_ROUTE_MOUNT;
    assert_null(routes_table_refusal(t, pool));
    rows[1].below = 2;
    assert_refused(t, "a path below that is no capture");
    rows[1].below = 0;
    rows[1].flags = 4;
    assert_refused(t, "an option that its kind does not have");
    rows[1].flags = 0;
    rows[1].kind = ROUTES_MOUNT_TABLE + 1;
    assert_refused(t, "a kind that is none");
    rows[1].kind = ROUTES_MOUNT_TABLE;
    assert_null(routes_table_refusal(t, pool));
    rows[1].flags = ROUTES_MOUNT_STRIP;
    assert_refused(t, "an option that its kind does not have");
    rows[1].flags = 0;
    rows[1].function = 1;
    assert_refused(t, "not the function of its kind");
    rows[1].function = 0;
    rows[1].kind = ROUTES_MOUNT_WSGI;
    assert_refused(t, "not the target of its kind");
    rows[1].target = (struct routes_text){0, 0};
    assert_refused(t, "not the function of its kind");
    rows[1].function = t->n_functions;
    assert_refused(t, "a function that is none");
    rows[1].function = 1;
    rows[1].flags = ROUTES_MOUNT_DOTFILES;
    assert_refused(t, "an option that its kind does not have");
    rows[1].flags = 0;
    assert_refused(t, "not the body of its kind of mount");
    EDIT(routes_route, t, routes, route).takes = ROUTES_TAKES_STREAM;
    assert_null(routes_table_refusal(t, pool));
    rows[1].flags = ROUTES_MOUNT_STRIP;
    assert_refused(t, "an option that its kind does not have");
    rows[1].kind = ROUTES_MOUNT_ASGI;
    assert_null(routes_table_refusal(t, pool));
    rows[1].flags = ROUTES_MOUNT_STRIP | ROUTES_MOUNT_DOTFILES;
    assert_refused(t, "an option that its kind does not have");
    rows[1].flags = 0;
    rows[1].index = t->routes[route].pattern;
    assert_refused(t, "an option that its kind does not have");
    rows[1].index = (struct routes_text){0, 0};
    EDIT(routes_route, t, routes, route).takes = 0;
    assert_refused(t, "not the body of its kind of mount");
    EDIT(routes_route, t, routes, route).takes = ROUTES_TAKES_STREAM;
    EDIT(routes_route, t, routes, route).target = 2;
    assert_refused(t, "a mount that is none");
}

static void
a_guard_that_keeps_nothing_is_refused(void **state)
{
    struct routes_table *t = make();
    uint32_t i = pattern_of(t, ROUTES_PATTERN_GUARD);

    (void)state;
    EDIT(routes_end, t, ends, t->nodes[i].end).guard = 0;
    assert_refused(t, "keeps nothing");
}

/* A table whose first route has one result, of the type that no argument has.
 */
static struct routes_table *
make_result(uint32_t status)
{
    struct routes_table *t = make();
    struct routes_result *rows = apr_pcalloc(pool, 2 * sizeof(*rows));

    rows[1].status = status;
    rows[1].type = t->url_parts[t->n_url_parts - 1].type;
    t->results = rows;
    t->n_results = 2;
    EDIT(routes_route, t, routes, 1).results = 1;
    EDIT(routes_route, t, routes, 1).n_results = 1;
    return t;
}

static void
a_result_that_can_not_leave_is_refused(void **state)
{
    struct routes_table *t = make_result(201);

    (void)state;
    assert_null(routes_table_refusal(t, pool));
    EDIT(routes_route, t, routes, 1).n_results = 2;
    assert_refused(t, "results that are none");
    assert_refused(make_result(199), "a status that is none");
    assert_refused(make_result(600), "a status that is none");
    t = make_result(0);
    EDIT(routes_result, t, results, 1).type = t->n_types;
    assert_refused(t, "a type that is none");
    t = make_result(0);
    EDIT(routes_type, t, types, t->results[1].type).kind = ROUTES_TYPE_REQUEST;
    assert_refused(t, "a type that no result has");
    EDIT(routes_type, t, types, t->results[1].type).kind = ROUTES_TYPE_UPLOAD;
    assert_refused(t, "a type that no result has");
}

/* A table with a route for WEBSOCKET. */
static struct routes_table *
make_talk(uint32_t *route)
{
    struct builder *b = builder_create(pool);

    builder_route(b, NULL, "GET", "/a");
    *route = builder_route(b, NULL, "WEBSOCKET", "/a");
    builder_arg(b, *route, "ws", ROUTES_FROM_REQUEST, "websocket", NULL);
    return builder_finish(b);
}

static void
a_websocket_of_another_route_is_refused(void **state)
{
    const uint64_t get = ROUTES_METHOD_BIT(ROUTES_METHOD_GET);
    uint32_t route;
    struct routes_table *t = make_talk(&route);

    (void)state;
    assert_null(routes_table_refusal(t, pool));
    EDIT(routes_route, t, routes, route).methods |= get;
    assert_refused(t, "a method that stands alone");
    t = make_talk(&route);
    EDIT(routes_route, t, routes, route).methods = get;
    assert_refused(t, "not the websocket of its method");
    t = make_talk(&route);
    EDIT(routes_route, t, routes, route).methods = UINT64_MAX;
    assert_refused(t, "not the websocket of its method");
    t = make_talk(&route);
    EDIT(routes_route, t, routes, route).n_args = 0;
    assert_refused(t, "not the websocket of its method");
    t = make_talk(&route);
    EDIT(routes_route, t, routes, route).takes = ROUTES_TAKES_JSON;
    assert_refused(t, "a websocket that answers as a request");
    t = make_talk(&route);
    EDIT(routes_arg, t, args, t->routes[route].args).source =
        ROUTES_FROM_QUERY;
    assert_refused(t, "a type that its source does not give");
    t = make_talk(&route);
    t->ends = apr_pmemdup(pool, t->ends, t->n_ends * sizeof(*t->ends));
    for (uint32_t i = 1; i < t->n_ends; i++) {
        EDIT(routes_end, t, ends, i).first = route;
    }
    assert_refused(t, "a websocket under another method");
}

static void
methods_that_are_no_names_are_refused(void **state)
{
    static const char *const names[] = {"GET", "get", "A B", "", "PURGE"};
    struct routes_table *t = make();
    struct routes_text rows[2];
    char *text = apr_pcalloc(pool, t->n_text + 64);
    uint32_t at = t->n_text;

    (void)state;
    memcpy(text, t->text, t->n_text);
    t->text = text;
    t->methods = rows;
    t->n_text += 64;
    t->n_methods = 1;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        strcpy(text + at, names[i]);
        rows[0] = (struct routes_text){at, (uint32_t)strlen(names[i])};
        if (i < 3) {
            assert_refused(t, i == 0 ? "a method that is there already"
                                     : "a name that no method has");
        }
        else {
            assert_null(routes_table_refusal(t, pool));
        }
    }
    EDIT(routes_end, t, ends, 1).methods |=
        ROUTES_METHOD_BIT(ROUTES_METHOD_OWN + 1);
    assert_refused(t, "a method without name");
    EDIT(routes_end, t, ends, 1).methods &= 1;
    rows[1] = rows[0];
    t->n_methods = 2;
    assert_refused(t, "a method that is there already");
    t->n_methods = ROUTES_MAX_OWN_METHODS + 1;
    assert_refused(t, "too many methods");
}

static void
formats_that_can_not_be_chosen_are_refused(void **state)
{
    struct routes_table *t = make();
    struct routes_format *rows = apr_pcalloc(pool, 3 * sizeof(*rows));

    (void)state;
    rows[1].produce = ROUTES_PRODUCE_HTML;
    rows[2].produce = ROUTES_PRODUCE_JSON;
    rows[1].media = t->routes[1].pattern; /* has a '/' */
    rows[2].media = rows[1].media;
    t->formats = rows;
    t->n_formats = 3;
    EDIT(routes_route, t, routes, 1).formats = 1;
    EDIT(routes_route, t, routes, 1).n_formats = 2;
    assert_null(routes_table_refusal(t, pool));
    EDIT(routes_route, t, routes, 1).n_formats = 1;
    assert_refused(t, "formats that are none");
    EDIT(routes_route, t, routes, 1).n_formats = 3;
    assert_refused(t, "formats that are none");
    EDIT(routes_route, t, routes, 1).n_formats = ROUTES_MAX_FORMATS + 1;
    assert_refused(t, "formats that are none");
    EDIT(routes_route, t, routes, 1).n_formats = 2;
    rows[2].produce = ROUTES_PRODUCE_STREAM;
    assert_refused(t, "a kind that is none");
    rows[2].produce = ROUTES_PRODUCE_AUTO;
    assert_refused(t, "a kind that is none");
    rows[2].produce = ROUTES_PRODUCE_MEDIA;
    rows[2].media.len = 0;
    rows[2].media.at = 0;
    assert_refused(t, "a media type that is none");
    rows[2].media.at = t->n_text;
    assert_refused(t, "a text that is none");
}

static void
a_route_with_more_captures_than_its_path_is_refused(void **state)
{
    struct routes_table *t = make();

    (void)state;
    EDIT(routes_route, t, routes, 1).n_captures = 1;
    assert_refused(t, "without all captures");
}

static void
a_path_of_too_many_segments_is_refused(void **state)
{
    struct builder *b = builder_create(pool);
    const char *path = "";

    (void)state;
    for (int i = 0; i <= ROUTES_MAX_SEGMENTS; i++) {
        path = apr_pstrcat(pool, path, "/a", NULL);
    }
    builder_route(b, NULL, "GET", path);
    assert_refused(builder_finish(b), "too many segments");
    b = builder_create(pool);
    builder_route(b, NULL, "GET",
                  apr_pstrcat(pool, path + 2, "/{r:path}", NULL));
    assert_refused(builder_finish(b), "too many segments");
}

/* Every byte of every small section, damaged: the table is refused, or the
 * matcher gets along with it.  (Runs under the sanitizers too.) */
static void
a_damaged_byte_is_refused_or_harmless(void **state)
{
    static const char *const hosts[] = {"a.example", "b.example", "z.example",
                                        "q.x.example", NULL};
    static const char *const paths[] = {"/a",     "/a/b/c", "/a/5.png",
                                        "/x/y/z", "/a/",    "/"};
    struct routes_table *t = make();
    struct routes_match result;
    size_t refused = 0;

    (void)state;
    struct {
        void *rows;
        size_t size;
    } sections[] = {
#define SECTION(name)                                                         \
    {(void *)(uintptr_t)t->name, t->n_##name * sizeof(*t->name)}
        SECTION(hosts),    SECTION(nodes),      SECTION(words), SECTION(ends),
        SECTION(patterns), SECTION(end_routes), SECTION(types), SECTION(dfas),
#undef SECTION
    };
    for (size_t s = 0; s < sizeof(sections) / sizeof(sections[0]); s++) {
        for (size_t at = 0; at < sections[s].size; at++) {
            unsigned char *byte = (unsigned char *)sections[s].rows + at;
            unsigned char kept = *byte;

            *byte = (unsigned char)(kept + 1 + at % 7);
            if (routes_table_refusal(t, pool) != NULL) {
                refused++;
            }
            else {
                for (size_t i = 0; i < 5 * 6; i++) {
                    const char *host = hosts[i % 5];
                    const char *path = paths[i / 5];

                    routes_match(t, host, host != NULL ? strlen(host) : 0,
                                 path, strlen(path), ROUTES_METHOD_GET,
                                 &result);
                }
            }
            *byte = kept;
        }
    }
    assert_true(refused > 500);
    assert_null(routes_table_refusal(t, pool));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_table_is_taken),
        TEST(another_abi_is_named_on_both_sides),
        TEST(other_sizes_are_refused),
        TEST(a_section_without_rows_or_null_row_is_refused),
        TEST(a_text_outside_the_pool_is_refused),
        TEST(an_index_outside_its_section_is_refused),
        TEST(hosts_and_labels_out_of_order_are_refused),
        TEST(a_requirement_that_lacks_an_operand_is_refused),
        TEST(a_network_that_is_none_is_refused),
        TEST(a_question_that_is_none_is_refused),
        TEST(options_that_a_realm_can_t_have_are_refused),
        TEST(a_url_that_is_none_is_refused),
        TEST(a_node_that_is_reached_twice_is_refused),
        TEST(a_pattern_of_an_unknown_kind_is_refused),
        TEST(a_file_comes_from_a_form_alone),
        TEST(hosts_may_share_a_tree),
        TEST(a_literal_that_no_search_finds_is_refused),
        TEST(a_literal_that_is_no_segment_is_refused),
        TEST(a_free_slot_that_is_a_node_is_refused),
        TEST(a_free_slot_that_ends_a_search_is_refused),
        TEST(a_root_that_something_leads_to_is_refused),
        TEST(an_automaton_without_states_counts_bytes),
        TEST(a_pattern_without_its_automaton_is_refused),
        TEST(a_set_without_its_bytes_is_refused),
        TEST(an_int_of_other_bounds_is_refused),
        TEST(a_conduct_of_an_unknown_kind_is_refused),
        TEST(limits_that_are_none_are_refused),
        TEST(a_choice_of_routes_that_are_none_is_refused),
        TEST(a_url_by_a_choice_of_another_route_is_refused),
        TEST(a_page_for_what_is_no_error_is_refused),
        TEST(a_route_without_names_of_its_captures_is_refused),
        TEST(a_rate_that_is_none_is_refused),
        TEST(an_event_that_is_none_is_refused),
        TEST(a_cors_that_opens_to_all_with_credentials_is_refused),
        TEST(a_route_of_an_unknown_kind_is_refused),
        TEST(a_redirect_that_a_caller_could_steer_is_refused),
        TEST(a_mount_that_is_none_is_refused),
        TEST(a_guard_that_keeps_nothing_is_refused),
        TEST(a_result_that_can_not_leave_is_refused),
        TEST(a_websocket_of_another_route_is_refused),
        TEST(methods_that_are_no_names_are_refused),
        TEST(formats_that_can_not_be_chosen_are_refused),
        TEST(a_route_with_more_captures_than_its_path_is_refused),
        TEST(a_path_of_too_many_segments_is_refused),
        TEST(a_damaged_byte_is_refused_or_harmless),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
