/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables made by hand, for tests of the runtime without the compiler.
 */
#include "table_builder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "runtime/digits.h"
#include "runtime/match.h"
#include "runtime/network.h"
#include "runtime/segment.h"
#include "runtime/set.h"

/* Salts that are tried for the literals of a node. */
#define MAX_SALT     1000
#define FURTHER_SALT 0x9E3779B2u
/* Bytes of a literal. */
#define MAX_LITERAL 256

struct draft_end {
    struct routes_end row;
    uint32_t routes[ROUTES_N_METHODS];
    uint32_t index; /* once laid out */
};

struct draft_node;

struct draft_pattern {
    enum routes_pattern_kind kind;
    struct routes_pattern row;
    unsigned rank;
    struct draft_node *node; /* SEGMENT */
    struct draft_end *end;   /* REST, GUARD */
};

struct draft_literal {
    const char *text;
    struct draft_node *node;
};

struct draft_node {
    apr_array_header_t *literals; /* struct draft_literal */
    apr_array_header_t *patterns; /* struct draft_pattern */
    struct draft_end *end;
};

struct draft_host {
    const char *spelling; /* NULL: any */
    struct routes_host row;
    struct draft_node *root;
};

struct builder {
    apr_pool_t *pool;
    apr_array_header_t *hosts_drafted; /* struct draft_host */
#define X(section, row) apr_array_header_t *section;
    ROUTES_SECTIONS(X)
#undef X
};

#define ROW(array, type, i) (((type *)(void *)(array)->elts)[i])
#define LAST(array, type)   (&ROW(array, type, (array)->nelts - 1))
#define PUSH(array, type)   ((type *)apr_array_push(array))

/* ---- texts and types ---------------------------------------------------- */

static struct routes_text
add_text(struct builder *b, const char *text, size_t len)
{
    struct routes_text slice = {(uint32_t)b->text->nelts, (uint32_t)len};

    if (len == 0) {
        return (struct routes_text){0, 0};
    }
    for (size_t i = 0; i < len; i++) {
        *PUSH(b->text, char) = text[i];
    }
    *PUSH(b->text, char) = '\0';
    return slice;
}

static struct routes_text
add_string(struct builder *b, const char *text)
{
    return add_text(b, text, strlen(text));
}

struct builder *
builder_create(apr_pool_t *pool)
{
    struct builder *b = apr_pcalloc(pool, sizeof(*b));

    b->pool = pool;
    b->hosts_drafted = apr_array_make(pool, 4, sizeof(struct draft_host));
#define X(section, row) b->section = apr_array_make(pool, 16, sizeof(row));
    ROUTES_SECTIONS(X)
#undef X
#define NULL_ROW(section) apr_array_push(b->section);
    NULL_ROW(text)
    NULL_ROW(files)
    NULL_ROW(hosts)
    NULL_ROW(nodes)
    NULL_ROW(words)
    NULL_ROW(patterns)
    NULL_ROW(ends)
    NULL_ROW(places)
    NULL_ROW(routes)
    NULL_ROW(functions)
    NULL_ROW(urls)
    NULL_ROW(url_parts)
    NULL_ROW(redirects)
    NULL_ROW(target_parts)
    NULL_ROW(mounts)
    NULL_ROW(args)
    NULL_ROW(consts)
    NULL_ROW(raises)
    NULL_ROW(results)
    NULL_ROW(formats)
    NULL_ROW(records)
    NULL_ROW(members)
    NULL_ROW(types)
    NULL_ROW(dfas)
    NULL_ROW(auths)
    NULL_ROW(ops)
    NULL_ROW(networks)
    NULL_ROW(templates)
    NULL_ROW(template_parts)
    NULL_ROW(predicates)
    NULL_ROW(authzs)
    NULL_ROW(options)
    NULL_ROW(conducts)
    NULL_ROW(limits)
    NULL_ROW(events)
    NULL_ROW(rates)
    NULL_ROW(choices)
    NULL_ROW(variants)
    NULL_ROW(headers)
    NULL_ROW(pages)
    NULL_ROW(cors)
    NULL_ROW(realms)
    NULL_ROW(settings)
    NULL_ROW(uses)
#undef NULL_ROW
    apr_array_push(b->functions);
    builder_auth(b, "public");
    return b;
}

/* Marks the bytes of "a-z0-9_" with class 1. */
static void
mark_set(uint8_t classes[256], const char *set)
{
    for (; *set != '\0'; set++) {
        unsigned last = (unsigned char)*set;

        if (set[1] == '-' && set[2] != '\0') {
            last = (unsigned char)set[2];
        }
        for (unsigned c = (unsigned char)*set; c <= last; c++) {
            classes[c] = 1;
        }
        set += last == (unsigned char)*set ? 0 : 2;
    }
}

/* Gives an automaton states: dead, start, accepting. */
static void
add_states(struct builder *b, struct routes_dfa *dfa)
{
    static const uint16_t cells[] = {0, 0, 0, 2, 0, 2};

    dfa->min = dfa->max = 0;
    dfa->cells = (uint32_t)b->cells->nelts;
    dfa->n_states = 3;
    dfa->accept = 2;
    dfa->start = 1;
    for (unsigned i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        *PUSH(b->cells, uint16_t) = cells[i];
    }
}

/* [set]+; of "~set" it has states.  Behind its classes stand the bytes of the
 * set, if it is one. */
static uint32_t
add_dfa(struct builder *b, const char *set)
{
    uint8_t classes[256] = {0};
    uint8_t bytes[ROUTES_SET_BYTES] = {0};
    struct routes_dfa *dfa = PUSH(b->dfas, struct routes_dfa);
    int has_states = *set == '~';

    mark_set(classes, set + has_states);
    dfa->classes = (uint32_t)b->bytes->nelts;
    dfa->n_classes = 2;
    dfa->min = 1;
    dfa->max = UINT32_MAX;
    if (has_states) {
        add_states(b, dfa);
    }
    for (unsigned i = 0; i < 256; i++) {
        *PUSH(b->bytes, uint8_t) = classes[i];
    }
    routes_set_make(classes, bytes);
    for (unsigned i = 0; i < sizeof(bytes); i++) {
        *PUSH(b->bytes, uint8_t) = bytes[i];
    }
    return (uint32_t)b->dfas->nelts - 1;
}

static enum routes_type_kind
kind_of(const char *name, size_t len)
{
    static const char *const names[] = {"",
                                        "str",
                                        "int",
                                        "float",
                                        "decimal",
                                        "bool",
                                        "uuid",
                                        "date",
                                        "datetime",
                                        "bytes",
                                        "path",
                                        "rawpath",
                                        "enum",
                                        "list",
                                        [ROUTES_TYPE_UPLOAD] = "upload",
                                        [ROUTES_TYPE_WEBSOCKET] = "websocket"};

    for (unsigned i = 1; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i] != NULL && strlen(names[i]) == len &&
            memcmp(names[i], name, len) == 0) {
            return (enum routes_type_kind)i;
        }
    }
    assert(0 && "a type that is none");
    return ROUTES_TYPE_NULL;
}

static int
compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
read_labels(struct builder *b, struct routes_type *type, char *inside)
{
    const char *names[64];
    char *state;

    for (char *name = apr_strtok(inside, "|", &state); name != NULL;
         name = apr_strtok(NULL, "|", &state)) {
        names[type->n_labels++] = name;
    }
    qsort(names, type->n_labels, sizeof(names[0]), compare_strings);
    type->labels = (uint32_t)b->labels->nelts;
    for (unsigned i = 0; i < type->n_labels; i++) {
        *PUSH(b->labels, struct routes_text) = add_string(b, names[i]);
    }
}

static void
read_bounds(struct routes_type *type, const char *inside)
{
    const char *dots = strstr(inside, "..");

    assert(dots != NULL);
    if (dots != inside) {
        type->flags |= ROUTES_TYPE_MIN;
        type->min = strtoll(inside, NULL, 10);
        type->low = strtod(inside, NULL);
    }
    if (dots[2] != '\0') {
        type->flags |= ROUTES_TYPE_MAX;
        type->max = strtoll(dots + 2, NULL, 10);
        type->high = strtod(dots + 2, NULL);
    }
}

/* "1..100|image/png": a range, then media types. */
static void
read_upload(struct builder *b, struct routes_type *type, char *inside)
{
    char *bar = strchr(inside, '|');

    if (bar != NULL) {
        *bar = '\0';
        read_labels(b, type, bar + 1);
    }
    read_bounds(type, inside);
}

/* Whether the kind alone says what a path takes. */
static int
is_told_by_kind(enum routes_type_kind kind)
{
    return kind == ROUTES_TYPE_STR || kind == ROUTES_TYPE_INT ||
           kind == ROUTES_TYPE_BYTES || kind == ROUTES_TYPE_PATH ||
           kind == ROUTES_TYPE_RAWPATH;
}

/* The item's spelling in "list<item>...", and what follows it. */
static const char *
read_item(struct builder *b, struct routes_type *type, const char *at)
{
    const char *end = strrchr(at, '>');

    type->item = builder_type(
        b, apr_pstrmemdup(b->pool, at + 1, (size_t)(end - at - 1)));
    return end + 1;
}

static struct routes_type
read_type(struct builder *b, const char *spelling, int in_path)
{
    struct routes_type type = {.kind = 0};
    size_t n = strcspn(spelling, "(<~?");
    const char *at = spelling + n;

    type.kind = (uint8_t)kind_of(spelling, n);
    if (*at == '<') {
        at = read_item(b, &type, at);
    }
    if (*at == '(') {
        const char *end = strchr(at, ')');
        char *inside = apr_pstrmemdup(b->pool, at + 1, (size_t)(end - at - 1));

        if (type.kind == ROUTES_TYPE_ENUM) {
            read_labels(b, &type, inside);
        }
        else if (type.kind == ROUTES_TYPE_UPLOAD) {
            read_upload(b, &type, inside);
        }
        else {
            read_bounds(&type, inside);
        }
        at = end + 1;
    }
    if (*at == '~') {
        type.dfa = add_dfa(b, at + 1);
        if (in_path && !is_told_by_kind((enum routes_type_kind)type.kind)) {
            type.flags |= ROUTES_TYPE_PATH_DFA;
        }
    }
    else if (*at == '?') {
        type.flags |= ROUTES_TYPE_OPTIONAL;
    }
    type.spelling = add_string(b, spelling);
    return type;
}

static uint32_t
find_type(struct builder *b, const char *spelling, int in_path)
{
    struct routes_type type;

    for (int i = 1; i < b->types->nelts; i++) {
        const struct routes_type *row = &ROW(b->types, struct routes_type, i);
        int path_row = (row->flags & ROUTES_TYPE_PATH_DFA) != 0;

        if (path_row == (in_path && path_row) &&
            strcmp(&ROW(b->text, char, row->spelling.at), spelling) == 0) {
            return (uint32_t)i;
        }
    }
    type = read_type(b, spelling, in_path);
    *PUSH(b->types, struct routes_type) = type;
    return (uint32_t)b->types->nelts - 1;
}

uint32_t
builder_type(struct builder *b, const char *spelling)
{
    return find_type(b, spelling, 0);
}

/* ---- the tree ----------------------------------------------------------- */

static struct draft_node *
add_node(struct builder *b)
{
    struct draft_node *node = apr_pcalloc(b->pool, sizeof(*node));

    node->literals = apr_array_make(b->pool, 2, sizeof(struct draft_literal));
    node->patterns = apr_array_make(b->pool, 2, sizeof(struct draft_pattern));
    return node;
}

static struct draft_end *
end_at(struct builder *b, struct draft_end **end)
{
    if (*end == NULL) {
        *end = apr_pcalloc(b->pool, sizeof(**end));
    }
    return *end;
}

static int
is_any(const char *host)
{
    return host == NULL || *host == '\0' || strcmp(host, "-") == 0;
}

static struct routes_host
host_row(struct builder *b, const char *host)
{
    struct routes_host row = {.kind = ROUTES_HOST_ANY};
    const char *brace = is_any(host) ? NULL : strchr(host, '}');

    if (is_any(host)) {
        return row;
    }
    row.kind = ROUTES_HOST_EXACT;
    if (host[0] == '*') {
        row.kind = ROUTES_HOST_SUFFIX;
        host++;
    }
    else if (host[0] == '{' && brace != NULL) {
        const char *colon = strchr(host, ':');

        row.kind = ROUTES_HOST_PARAM;
        row.type = find_type(b,
                             colon == NULL
                                 ? "str"
                                 : apr_pstrmemdup(b->pool, colon + 1,
                                                  (size_t)(brace - colon - 1)),
                             1);
        host = brace + 1;
    }
    row.name = add_string(b, host);
    return row;
}

static struct draft_node *
root_of(struct builder *b, const char *host)
{
    struct draft_host *draft;

    for (int i = 0; i < b->hosts_drafted->nelts; i++) {
        draft = &ROW(b->hosts_drafted, struct draft_host, i);
        if (is_any(host) ? draft->spelling == NULL
                         : draft->spelling != NULL &&
                               strcmp(draft->spelling, host) == 0) {
            return draft->root;
        }
    }
    draft = PUSH(b->hosts_drafted, struct draft_host);
    draft->spelling = is_any(host) ? NULL : apr_pstrdup(b->pool, host);
    draft->row = host_row(b, host);
    draft->root = add_node(b);
    return draft->root;
}

static struct draft_node *
literal_child(struct builder *b, struct draft_node *node, const char *text)
{
    struct draft_literal *literal;

    for (int i = 0; i < node->literals->nelts; i++) {
        literal = &ROW(node->literals, struct draft_literal, i);
        if (strcmp(literal->text, text) == 0) {
            return literal->node;
        }
    }
    literal = PUSH(node->literals, struct draft_literal);
    literal->text = text;
    literal->node = add_node(b);
    return literal->node;
}

/* The number of bytes in the set of a type's automaton. */
static unsigned
set_size(const struct builder *b, const struct routes_type *type)
{
    const struct routes_dfa *dfa = &ROW(b->dfas, struct routes_dfa, type->dfa);
    unsigned n = 0;

    for (unsigned i = 0; i < 256; i++) {
        n += ROW(b->bytes, uint8_t, dfa->classes + i);
    }
    return n;
}

/* Narrower first; tests only put types beside each other that are in each
 * other, in this order, or disjoint. */
static unsigned
rank_of(const struct builder *b, const struct routes_type *type)
{
    int bounded = (type->flags & (ROUTES_TYPE_MIN | ROUTES_TYPE_MAX)) != 0;
    unsigned rank = type->kind == ROUTES_TYPE_INT       ? 1000
                    : type->kind == ROUTES_TYPE_STR     ? 3000
                    : type->kind == ROUTES_TYPE_PATH    ? 5000
                    : type->kind == ROUTES_TYPE_RAWPATH ? 5000
                                                        : 0;

    if (type->dfa != 0) {
        return rank + set_size(b, type);
    }
    if (bounded && type->kind == ROUTES_TYPE_STR) {
        return rank + 300 + (unsigned)type->max;
    }
    return rank + (bounded ? 500 : 900);
}

/* The child of a node for the parameter at "{name:type}", with the text
 * around it. */
static struct draft_pattern *
pattern_child(struct builder *b, struct draft_node *node, const char *segment)
{
    const char *open = strchr(segment, '{');
    const char *close = strrchr(segment, '}');
    const char *colon = memchr(open, ':', (size_t)(close - open));
    const char *type =
        colon == NULL
            ? "str"
            : apr_pstrmemdup(b->pool, colon + 1, (size_t)(close - colon - 1));
    struct draft_pattern made = {.node = NULL};

    made.kind = ROUTES_PATTERN_SEGMENT;
    made.row.type = find_type(b, type, 1);
    if (strncmp(type, "path", 4) == 0 || strncmp(type, "rawpath", 7) == 0) {
        made.kind = ROUTES_PATTERN_REST;
    }
    made.rank = rank_of(b, &ROW(b->types, struct routes_type, made.row.type));
    for (int i = 0; i < node->patterns->nelts; i++) {
        struct draft_pattern *known =
            &ROW(node->patterns, struct draft_pattern, i);

        if (known->row.type == made.row.type &&
            known->row.prefix.len == (size_t)(open - segment) &&
            known->row.suffix.len == strlen(close + 1) &&
            memcmp(&ROW(b->text, char, known->row.prefix.at), segment,
                   known->row.prefix.len) == 0 &&
            strcmp(&ROW(b->text, char, known->row.suffix.at), close + 1) ==
                0) {
            return known;
        }
    }
    made.row.prefix = add_text(b, segment, (size_t)(open - segment));
    made.row.suffix = add_string(b, close + 1);
    made.node = add_node(b);
    *PUSH(node->patterns, struct draft_pattern) = made;
    return LAST(node->patterns, struct draft_pattern);
}

/* The end of a pattern below a root; *n_captures counts its parameters. */
static struct draft_end *
walk(struct builder *b, struct draft_node *node, const char *pattern,
     uint16_t *n_captures)
{
    assert(pattern[0] == '/');
    for (const char *at = pattern; *at == '/';) {
        size_t n = strcspn(at + 1, "/");
        const char *segment = apr_pstrmemdup(b->pool, at + 1, n);
        struct draft_pattern *child;

        at += 1 + n;
        if (strchr(segment, '{') == NULL) {
            node = literal_child(b, node, segment);
            continue;
        }
        ++*n_captures;
        child = pattern_child(b, node, segment);
        if (child->kind == ROUTES_PATTERN_REST) {
            return end_at(b, &child->end);
        }
        node = child->node;
    }
    return end_at(b, &node->end);
}

static uint32_t
add_place(struct builder *b, const char *path)
{
    struct routes_place *place = PUSH(b->places, struct routes_place);

    place->path = add_string(b, path);
    place->auth = 1;
    return (uint32_t)b->places->nelts - 1;
}

static uint64_t
read_methods(const char *methods)
{
    uint64_t bits = 0;

    while (*methods != '\0') {
        size_t n = strcspn(methods, ",");
        enum routes_method method = routes_method_of(methods, n);

        assert(method != ROUTES_METHOD_NONE);
        bits |= ROUTES_METHOD_BIT(method);
        methods += n + (methods[n] == ',');
    }
    return bits;
}

static void
put_route(struct draft_end *end, uint64_t methods, uint32_t route)
{
    end->row.methods |= methods;
    for (unsigned m = 0; m < ROUTES_N_METHODS; m++) {
        if (methods & ROUTES_METHOD_BIT(m)) {
            end->routes[m] = route;
        }
    }
}

uint32_t
builder_route(struct builder *b, const char *host, const char *methods,
              const char *pattern)
{
    uint32_t index = (uint32_t)b->routes->nelts;
    struct routes_route *route = PUSH(b->routes, struct routes_route);
    struct draft_end *end;

    route->n_captures = host != NULL && host[0] == '{';
    end = walk(b, root_of(b, host), pattern, &route->n_captures);
    route->params = (uint32_t)b->labels->nelts;
    for (unsigned i = 0; i < route->n_captures; i++) {
        *PUSH(b->labels, struct routes_text) = add_string(b, "param");
    }
    route->name = route->pattern = add_string(b, pattern);
    route->function = 1;
    route->auth = 1;
    route->place = add_place(b, pattern);
    route->args = (uint32_t)b->args->nelts;
    if (strcmp(methods, "ANY") == 0) {
        route->methods = UINT64_MAX;
        end->row.any = index;
    }
    else {
        route->methods = read_methods(methods);
        put_route(end, route->methods, index);
    }
    if (end->row.place == 0) {
        end->row.place = route->place;
    }
    return index;
}

uint32_t
builder_guard(struct builder *b, const char *host, const char *prefix)
{
    uint16_t n_captures = 0;
    uint32_t place = add_place(b, prefix);
    struct draft_node *node = root_of(b, host);
    struct draft_pattern *guard;

    walk(b, node, prefix, &n_captures)->row.guard = place;
    for (const char *at = prefix; *at == '/';) {
        size_t n = strcspn(at + 1, "/");
        const char *segment = apr_pstrmemdup(b->pool, at + 1, n);

        at += 1 + n;
        node = strchr(segment, '{') == NULL
                   ? literal_child(b, node, segment)
                   : pattern_child(b, node, segment)->node;
    }
    guard = PUSH(node->patterns, struct draft_pattern);
    guard->kind = ROUTES_PATTERN_GUARD;
    guard->rank = UINT32_MAX;
    end_at(b, &guard->end)->row.guard = place;
    return place;
}

/* ---- arguments and requirements ----------------------------------------- */

static uint32_t
add_const(struct builder *b, const char *type, const char *text)
{
    struct routes_const *row = PUSH(b->consts, struct routes_const);

    row->kind = ROUTES_CONST_TEXT;
    if (strcmp(text, "null") == 0) {
        row->kind = ROUTES_CONST_NONE;
    }
    else if (strcmp(text, "[]") == 0) {
        row->kind = ROUTES_CONST_EMPTY_LIST;
    }
    else if (strncmp(type, "int", 3) == 0) {
        row->kind = ROUTES_CONST_INT;
        row->i = strtoll(text, NULL, 10);
    }
    else if (strncmp(type, "str", 3) == 0) {
        row->kind = ROUTES_CONST_STR;
    }
    row->text = add_string(b, text);
    return (uint32_t)b->consts->nelts - 1;
}

/* The index of the parameter {name...} in a pattern. */
static uint16_t
capture_of(const char *pattern, const char *name)
{
    uint16_t i = 0;
    size_t n = strlen(name);

    for (const char *at = strchr(pattern, '{'); at != NULL;
         at = strchr(at + 1, '{'), i++) {
        if (strncmp(at + 1, name, n) == 0 &&
            (at[n + 1] == ':' || at[n + 1] == '}')) {
            return i;
        }
    }
    assert(0 && "a parameter that is none");
    return 0;
}

void
builder_arg(struct builder *b, uint32_t route, const char *name,
            enum routes_source source, const char *type, const char *text)
{
    struct routes_route *row = &ROW(b->routes, struct routes_route, route);
    struct routes_arg arg = {.source = (uint8_t)source};

    assert(row->args + row->n_args == (uint32_t)b->args->nelts);
    arg.name = arg.wire = add_string(b, name);
    arg.type = find_type(b, type, source == ROUTES_FROM_PATH);
    if (source == ROUTES_FROM_PATH) {
        arg.capture = capture_of(&ROW(b->text, char, row->pattern.at), name);
    }
    if (text != NULL) {
        arg.constant = add_const(b, type, text);
        arg.flags |= ROUTES_ARG_HAS_DEFAULT;
    }
    if (source == ROUTES_FROM_FILE) {
        row->takes |= ROUTES_TAKES_FILES;
    }
    *PUSH(b->args, struct routes_arg) = arg;
    row->n_args++;
}

/* "of-" and a capture. */
static uint32_t
add_template(struct builder *b, uint32_t capture)
{
    struct routes_template *row = PUSH(b->templates, struct routes_template);

    row->parts = (uint32_t)b->template_parts->nelts;
    row->n_parts = 2;
    PUSH(b->template_parts, struct routes_template_part)->text =
        add_string(b, "of-");
    PUSH(b->template_parts, struct routes_template_part)->capture = capture;
    return (uint32_t)b->templates->nelts - 1;
}

/* A function without arguments but the caller. */
static uint32_t
add_predicate(struct builder *b, const char *name)
{
    struct routes_predicate *row =
        PUSH(b->predicates, struct routes_predicate);

    row->name = add_string(b, name);
    row->function = (uint32_t)b->functions->nelts;
    PUSH(b->functions, struct routes_function)->module = add_string(b, "az");
    LAST(b->functions, struct routes_function)->qualname = row->name;
    return (uint32_t)b->predicates->nelts - 1;
}

/* "NAME", or "user/NAME" of one that no anonymous caller is asked about. */
static uint32_t
add_authz(struct builder *b, const char *word)
{
    struct routes_authz *row = PUSH(b->authzs, struct routes_authz);

    row->of_user = strncmp(word, "user/", 5) == 0;
    row->name = add_string(b, row->of_user ? word + 5 : word);
    return (uint32_t)b->authzs->nelts - 1;
}

static struct routes_op
read_op(struct builder *b, const char *word)
{
    struct routes_op op = {.kind = ROUTES_OP_NULL};

    if (strncmp(word, "role:", 5) == 0) {
        op.kind = ROUTES_OP_ROLE;
        op.text = add_string(b, word + 5);
        return op;
    }
    if (strncmp(word, "of:", 3) == 0) {
        op.kind = ROUTES_OP_ROLE;
        op.text_template = add_template(b, (uint32_t)atoi(word + 3));
        return op;
    }
    if (strncmp(word, "python:", 7) == 0) {
        op.kind = ROUTES_OP_PYTHON;
        op.first = add_predicate(b, word + 7);
        op.n = 1;
        return op;
    }
    if (strncmp(word, "apache:", 7) == 0) {
        op.kind = ROUTES_OP_APACHE;
        op.first = add_authz(b, word + 7);
        op.n = 1;
        return op;
    }
    if (strncmp(word, "scope:", 6) == 0) {
        op.kind = ROUTES_OP_SCOPE;
        op.text = add_string(b, word + 6);
        return op;
    }
    if (strncmp(word, "claim:", 6) == 0) {
        size_t len = strcspn(word + 6, "=");

        op.kind = ROUTES_OP_CLAIM;
        op.name = add_string(b, apr_pstrmemdup(b->pool, word + 6, len));
        op.text = add_string(b, word + 6 + len + 1);
        return op;
    }
    if (strncmp(word, "realm:", 6) == 0) {
        op.kind = ROUTES_OP_REALM;
        op.realm = (uint32_t)atoi(word + 6);
        return op;
    }
    if (strncmp(word, "ip:", 3) == 0) {
        op.kind = ROUTES_OP_IP;
        op.first = (uint32_t)b->networks->nelts;
        op.n = 1;
        routes_network_read(word + 3,
                            PUSH(b->networks, struct routes_network));
        return op;
    }
    if (strncmp(word, "method:", 7) == 0) {
        op.kind = ROUTES_OP_METHOD;
        op.methods =
            ROUTES_METHOD_BIT(routes_method_of(word + 7, strlen(word + 7)));
        return op;
    }
    op.kind = strcmp(word, "public") == 0      ? ROUTES_OP_PUBLIC
              : strcmp(word, "anonymous") == 0 ? ROUTES_OP_ANONYMOUS
              : strcmp(word, "tls") == 0       ? ROUTES_OP_TLS
              : strcmp(word, "user") == 0      ? ROUTES_OP_USER
              : strcmp(word, "and") == 0       ? ROUTES_OP_AND
              : strcmp(word, "or") == 0        ? ROUTES_OP_OR
              : strcmp(word, "not") == 0       ? ROUTES_OP_NOT
                                               : ROUTES_OP_NULL;
    return op;
}

uint32_t
builder_auth(struct builder *b, const char *program)
{
    struct routes_auth *auth = PUSH(b->auths, struct routes_auth);
    char *state;

    auth->ops = (uint32_t)b->ops->nelts;
    for (char *word = apr_strtok(apr_pstrdup(b->pool, program), " ", &state);
         word != NULL; word = apr_strtok(NULL, " ", &state)) {
        struct routes_op op = read_op(b, word);

        *PUSH(b->ops, struct routes_op) = op;
        auth->n_ops++;
    }
    return (uint32_t)b->auths->nelts - 1;
}

void
builder_url(struct builder *b, const char *name, uint32_t route)
{
    struct routes_url *url = PUSH(b->urls, struct routes_url);

    url->name = add_string(b, name);
    url->route = route;
    url->parts = (uint32_t)b->url_parts->nelts;
}

void
builder_url_part(struct builder *b, enum routes_url_part_kind kind,
                 const char *text, const char *type)
{
    struct routes_url_part *part = PUSH(b->url_parts, struct routes_url_part);
    struct routes_url *url = LAST(b->urls, struct routes_url);

    part->kind = (uint32_t)kind;
    part->text = add_string(b, text);
    part->type = type != NULL ? find_type(b, type, 1) : 0;
    url->n_parts++;
    url->n_host = (uint16_t)(url->n_host + (kind == ROUTES_URL_LABEL));
}

void
builder_redirect(struct builder *b, uint32_t route, uint16_t status, int own)
{
    struct routes_route *row = &ROW(b->routes, struct routes_route, route);
    struct routes_redirect *redirect =
        PUSH(b->redirects, struct routes_redirect);

    row->kind = ROUTES_ROUTE_REDIRECT;
    row->function = 0;
    row->status = status;
    row->target = (uint32_t)b->redirects->nelts - 1;
    redirect->own = own != 0;
    redirect->parts = (uint32_t)b->target_parts->nelts;
}

void
builder_target(struct builder *b, enum routes_target_part_kind kind,
               const char *text, uint32_t capture)
{
    struct routes_target_part *part =
        PUSH(b->target_parts, struct routes_target_part);

    part->kind = (uint32_t)kind;
    part->text = add_string(b, text);
    part->capture = capture;
    LAST(b->redirects, struct routes_redirect)->n_parts++;
}

uint32_t
builder_realm(struct builder *b, const char *name, enum routes_realm_kind kind)
{
    struct routes_realm *realm = PUSH(b->realms, struct routes_realm);

    realm->kind = (uint32_t)kind;
    realm->name = add_string(b, name);
    realm->options = (uint32_t)b->options->nelts;
    return (uint32_t)b->realms->nelts - 1;
}

void
builder_option(struct builder *b, enum routes_option_key key, const char *text,
               int64_t number)
{
    struct routes_option *option = PUSH(b->options, struct routes_option);

    option->key = (uint32_t)key;
    option->text = add_string(b, text);
    option->number = number;
    LAST(b->realms, struct routes_realm)->n_options++;
}

/* ---- laying out --------------------------------------------------------- */

static uint32_t
lay_end(struct builder *b, struct draft_end *draft)
{
    struct routes_end row;

    if (draft == NULL) {
        return 0;
    }
    row = draft->row;
    row.further = (uint32_t)b->end_routes->nelts;
    for (unsigned m = 0; m < ROUTES_N_METHODS; m++) {
        if (!(row.methods & ROUTES_METHOD_BIT(m))) {
            continue;
        }
        if (row.first == 0) {
            row.first = draft->routes[m];
            row.lowest = m;
        }
        else {
            *PUSH(b->end_routes, uint32_t) = draft->routes[m];
        }
    }
    if (row.methods == 0) {
        row.first = row.any;
    }
    *PUSH(b->ends, struct routes_end) = row;
    return (uint32_t)b->ends->nelts - 1;
}

static int
compare_patterns(const void *a, const void *b)
{
    const struct draft_pattern *x = a;
    const struct draft_pattern *y = b;
    size_t x_text = x->row.prefix.len + x->row.suffix.len;
    size_t y_text = y->row.prefix.len + y->row.suffix.len;

    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    if (x_text != y_text) {
        return x_text > y_text ? -1 : 1;
    }
    return (x->rank > y->rank) - (x->rank < y->rank);
}

static void
lay_node(struct builder *b, uint32_t index, const struct draft_node *draft);

/* The bytes of the set that an automaton is, or 0: it is none. */
static uint32_t
set_of(struct builder *b, uint32_t dfa)
{
    const struct routes_dfa *row = &ROW(b->dfas, struct routes_dfa, dfa);
    const uint8_t *classes = &ROW(b->bytes, uint8_t, row->classes);
    uint8_t set[ROUTES_SET_BYTES];

    return row->n_states == 0 && routes_set_make(classes, set)
               ? row->classes + 256
               : 0;
}

/* A row of patterns; equal ones are one. */
static uint32_t
add_pattern(struct builder *b, const struct routes_pattern *row)
{
    for (int i = 1; i < b->patterns->nelts; i++) {
        if (memcmp(&ROW(b->patterns, struct routes_pattern, i), row,
                   sizeof(*row)) == 0) {
            return (uint32_t)i;
        }
    }
    *PUSH(b->patterns, struct routes_pattern) = *row;
    return (uint32_t)b->patterns->nelts - 1;
}

/* The word for a segment pattern that one thing decides. */
static enum routes_pattern_kind
taker_of(struct builder *b, const struct draft_pattern *pattern)
{
    const struct routes_type *type =
        &ROW(b->types, struct routes_type, pattern->row.type);

    if (pattern->kind != ROUTES_PATTERN_SEGMENT ||
        pattern->row.prefix.len != 0 || pattern->row.suffix.len != 0) {
        return pattern->kind;
    }
    if (type->flags == ROUTES_TYPE_PATH_DFA ||
        (type->kind == ROUTES_TYPE_STR && type->flags == 0)) {
        return type->dfa == 0              ? ROUTES_PATTERN_ANY
               : set_of(b, type->dfa) != 0 ? ROUTES_PATTERN_SET
                                           : ROUTES_PATTERN_DFA;
    }
    return type->kind == ROUTES_TYPE_INT && type->dfa == 0
               ? ROUTES_PATTERN_INT
               : ROUTES_PATTERN_SEGMENT;
}

/* What a node's kind needs beside it. */
static uint32_t
what_of(struct builder *b, enum routes_pattern_kind kind,
        const struct draft_pattern *pattern)
{
    const struct routes_type *type =
        &ROW(b->types, struct routes_type, pattern->row.type);
    struct routes_pattern row;

    if (kind == ROUTES_PATTERN_DFA) {
        return type->dfa;
    }
    if (kind == ROUTES_PATTERN_SET) {
        return set_of(b, type->dfa);
    }
    if (kind == ROUTES_PATTERN_ANY || kind == ROUTES_PATTERN_GUARD) {
        return 0;
    }
    memset(&row, 0, sizeof(row));
    row.prefix = pattern->row.prefix;
    row.suffix = pattern->row.suffix;
    row.type = pattern->row.type;
    if (kind == ROUTES_PATTERN_INT) {
        routes_digits_bounds(type, &row.low, &row.high);
    }
    return add_pattern(b, &row);
}

/* The number of the slot of a literal among so many. */
static uint32_t
slot_of(const char *text, uint32_t salt, uint32_t n_slots)
{
    uint32_t hash =
        routes_segment_hash(routes_segment_key_of(text, strlen(text)), salt);

    return hash / (uint32_t)sizeof(struct routes_node) & (n_slots - 1);
}

/* Whether a slot of its own is there for each literal. */
static int
has_room(uint32_t salt, uint32_t n_slots, const struct draft_node *draft)
{
    uint64_t taken = 0;

    for (int i = 0; i < draft->literals->nelts; i++) {
        uint32_t slot =
            slot_of(ROW(draft->literals, struct draft_literal, i).text, salt,
                    n_slots) &
            63;

        if (taken & UINT64_C(1) << slot) {
            return 0;
        }
        taken |= UINT64_C(1) << slot;
    }
    return 1;
}

/* Puts a literal into its slot, or the next one that is free; returns its
 * row.  children: that of the first of n_slots. */
static uint32_t
lay_literal(struct builder *b, uint32_t children, uint32_t n_slots,
            uint32_t salt, const char *text)
{
    struct routes_node *slots = &ROW(b->nodes, struct routes_node, children);
    size_t len = strlen(text);
    uint32_t slot = slot_of(text, salt, n_slots);

    while (slots[slot].key != 0) {
        slots[slot].more = 1;
        slot = (slot + 1) & (n_slots - 1);
    }
    slots[slot].key = routes_segment_key_of(text, len);
    if (len >= ROUTES_WORD) {
        uint64_t words[ROUTES_WORDS(MAX_LITERAL)];

        assert(len <= MAX_LITERAL);
        routes_segment_words(text, len, words);
        slots[slot].what = (uint32_t)b->words->nelts;
        for (size_t i = 0; i < ROUTES_WORDS(len); i++) {
            *PUSH(b->words, uint64_t) = words[i];
        }
    }
    return children + slot;
}

static void
lay_literals(struct builder *b, uint32_t children, uint32_t n_slots,
             uint32_t salt, const struct draft_node *draft)
{
    for (int i = 0; i < draft->literals->nelts; i++) {
        const struct draft_literal *literal =
            &ROW(draft->literals, struct draft_literal, i);

        lay_node(b, lay_literal(b, children, n_slots, salt, literal->text),
                 literal->node);
    }
}

static void
lay_patterns(struct builder *b, uint32_t children,
             const struct draft_node *draft)
{
    int n = draft->patterns->nelts;

    for (int i = 0; i < n; i++) {
        const struct draft_pattern *pattern =
            &ROW(draft->patterns, struct draft_pattern, i);
        uint32_t index = children - 1 - (uint32_t)i;
        struct routes_node *row = &ROW(b->nodes, struct routes_node, index);

        row->kind = (uint8_t)taker_of(b, pattern);
        row->what = what_of(b, taker_of(b, pattern), pattern);
        row->key = row->kind == ROUTES_PATTERN_SET
                       ? routes_set_bounds(1, UINT32_MAX)
                       : 0;
        row->more = i + 1 < n;
        row->end = lay_end(b, pattern->end);
        if (pattern->kind == ROUTES_PATTERN_SEGMENT) {
            lay_node(b, index, pattern->node);
        }
    }
}

static void
lay_node(struct builder *b, uint32_t index, const struct draft_node *draft)
{
    struct routes_node row = ROW(b->nodes, struct routes_node, index);
    uint32_t n_literals = (uint32_t)draft->literals->nelts;
    uint32_t n_patterns = (uint32_t)draft->patterns->nelts;
    uint32_t children = (uint32_t)b->nodes->nelts + n_patterns;
    uint32_t n_slots = n_literals != 0;

    if (n_patterns > 0) {
        qsort(draft->patterns->elts, n_patterns, sizeof(struct draft_pattern),
              compare_patterns);
        row.first = (uint8_t)taker_of(
            b, &ROW(draft->patterns, struct draft_pattern, 0));
    }
    while (n_literals > 1 && n_slots < 2 * n_literals) {
        n_slots *= 2;
    }
    row.salt = 1;
    for (unsigned i = 1; i < MAX_SALT && !has_room(row.salt, n_slots, draft);
         i++) {
        row.salt += FURTHER_SALT;
    }
    if (n_patterns + n_literals != 0) {
        row.children = (children - index) * (uint32_t)sizeof(row);
    }
    row.literals = n_literals != 0;
    row.slots = (n_slots - row.literals) * (uint32_t)sizeof(row);
    row.end = lay_end(b, draft->end);
    ROW(b->nodes, struct routes_node, index) = row;
    for (uint32_t i = 0; i < n_patterns + n_slots; i++) {
        apr_array_push(b->nodes);
    }
    lay_patterns(b, children, draft);
    lay_literals(b, children, n_slots, row.salt, draft);
}

/* routes_host's order; names are compared through the pool of texts. */
static const char *host_texts;

static int
compare_hosts(const void *a, const void *b)
{
    const struct routes_host *x = &((const struct draft_host *)a)->row;
    const struct routes_host *y = &((const struct draft_host *)b)->row;
    int x_class = x->kind == ROUTES_HOST_EXACT ? 0
                  : x->kind == ROUTES_HOST_ANY ? 2
                                               : 1;
    int y_class = y->kind == ROUTES_HOST_EXACT ? 0
                  : y->kind == ROUTES_HOST_ANY ? 2
                                               : 1;

    if (x_class != y_class) {
        return x_class - y_class;
    }
    if (x_class == 1) {
        return (x->name.len < y->name.len) - (x->name.len > y->name.len);
    }
    return strcmp(host_texts + x->name.at, host_texts + y->name.at);
}

static void
lay_hosts(struct builder *b)
{
    host_texts = b->text->elts;
    qsort(b->hosts_drafted->elts, (size_t)b->hosts_drafted->nelts,
          sizeof(struct draft_host), compare_hosts);
    for (int i = 0; i < b->hosts_drafted->nelts; i++) {
        struct draft_host *draft =
            &ROW(b->hosts_drafted, struct draft_host, i);
        struct routes_host row = draft->row;

        row.root = (uint32_t)b->nodes->nelts;
        apr_array_push(b->nodes);
        lay_node(b, row.root, draft->root);
        *PUSH(b->hosts, struct routes_host) = row;
    }
}

struct routes_table *
builder_finish(struct builder *b)
{
    static const uint16_t sizes[] = {ROUTES_SECTIONS(ROUTES_ROW_SIZE)};
    struct routes_table *table = apr_pcalloc(b->pool, sizeof(*table));

    lay_hosts(b);
    table->magic = ROUTES_MAGIC;
    table->abi = ROUTES_ABI_VERSION;
    table->size = sizeof(*table);
    table->language = 1;
    table->compiler = "table_builder 1";
    table->name = "test";
    table->checksum = "0";
    memcpy(table->row_sizes, sizes, sizeof(sizes));
#define X(section, row)                                                       \
    table->section = (const row *)(const void *)b->section->elts;             \
    table->n_##section = (uint32_t)b->section->nelts;
    ROUTES_SECTIONS(X)
#undef X
    return table;
}
