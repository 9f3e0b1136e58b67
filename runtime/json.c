/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON text of a request, as the sequence of its values.
 *
 * Two passes: the first counts what could begin a value, so that the sequence
 * is allocated once, and refuses what is nested too deeply before anything is
 * allocated; the second reads, with the open containers on a stack of its own.
 */
#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "utf8.h"

/* Members of an object that are compared each with each; more are sorted. */
#define FEW_MEMBERS 8

enum step {
    STEP_FAILED,
    STEP_VALUE, /* a value has to come */
    STEP_DONE   /* a value has ended, or all of them */
};

struct reader {
    const char *at;
    const char *end;
    apr_pool_t *pool;
    struct routes_json *nodes;
    uint32_t n;
    uint32_t open[ROUTES_MAX_JSON_DEPTH]; /* nodes of containers */
    uint32_t depth;
    enum routes_fault fault;
};

static int
fail(struct reader *r, enum routes_fault fault)
{
    r->fault = fault;
    return 0;
}

/* ---- what there will be ------------------------------------------------- */

/* At most as many values and names as are in the text, or 0 if one of the
 * caps is passed. */
static uint32_t
count_values(const char *text, size_t len)
{
    int in_string = 0;
    size_t depth = 0;
    uint32_t n = 1;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
            continue;
        }
        in_string = c == '"';
        depth += c == '[' || c == '{';
        depth -= (c == ']' || c == '}') && depth > 0;
        n += c == '[' || c == '{' || c == ',' || c == ':';
        if (depth > ROUTES_MAX_JSON_DEPTH || n > ROUTES_MAX_JSON_VALUES) {
            return 0;
        }
    }
    return n;
}

/* ---- strings ------------------------------------------------------------ */

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits of \uXXXX, or -1; *at moves behind them. */
static int32_t
read_unit(const char **at, const char *end)
{
    int32_t unit = 0;

    if (end - *at < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(*(*at)++);

        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

/* The character of \uXXXX, a pair of surrogates included; -1 for none, -2 for
 * half a pair. */
static int32_t
read_character(const char **at, const char *end)
{
    int32_t unit = read_unit(at, end);
    int32_t low;

    if (unit < 0xD800 || unit > 0xDFFF) {
        return unit;
    }
    if (unit > 0xDBFF || end - *at < 2 || (*at)[0] != '\\' ||
        (*at)[1] != 'u') {
        return -2;
    }
    *at += 2;
    low = read_unit(at, end);
    if (low < 0xDC00 || low > 0xDFFF) {
        return low < 0 ? -1 : -2;
    }
    return 0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00);
}

static char *
put_character(char *to, int32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    if (c < 0x800) {
        *to++ = (char)(0xC0 | (c >> 6));
    }
    else {
        if (c < 0x10000) {
            *to++ = (char)(0xE0 | (c >> 12));
        }
        else {
            *to++ = (char)(0xF0 | (c >> 18));
            *to++ = (char)(0x80 | ((c >> 12) & 0x3F));
        }
        *to++ = (char)(0x80 | ((c >> 6) & 0x3F));
    }
    *to++ = (char)(0x80 | (c & 0x3F));
    return to;
}

/* What follows a backslash, written behind *to. */
static int
read_escape(struct reader *r, const char **at, const char *end, char **to)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    const char *letter = memchr(letters, **at, sizeof(letters) - 1);
    int32_t c;

    if (letter != NULL) {
        *(*to)++ = meant[letter - letters];
        (*at)++;
        return 1;
    }
    if (*(*at)++ != 'u') {
        return fail(r, ROUTES_FAULT_TYPE);
    }
    c = read_character(at, end);
    if (c < 0) {
        return fail(r, c == -2 ? ROUTES_FAULT_ENCODING : ROUTES_FAULT_TYPE);
    }
    *to = put_character(*to, c);
    return 1;
}

/* The text between at and end with its escapes resolved, which makes it no
 * longer. */
static int
unescape(struct reader *r, const char *at, const char *end,
         struct routes_json *node)
{
    char *text = apr_palloc(r->pool, (apr_size_t)(end - at));
    char *to = text;

    while (at < end) {
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        at++;
        if (!read_escape(r, &at, end, &to)) {
            return 0;
        }
    }
    node->at = text;
    node->len = (uint32_t)(to - text);
    return 1;
}

/* Behind the opening quote. */
static int
read_string(struct reader *r, struct routes_json *node)
{
    const char *start = r->at;
    int escapes = 0;

    while (r->at < r->end && *r->at != '"') {
        if ((unsigned char)*r->at < 0x20) {
            return fail(r, ROUTES_FAULT_TYPE);
        }
        escapes |= *r->at == '\\';
        r->at += *r->at == '\\' ? 2 : 1;
    }
    if (r->at >= r->end) {
        return fail(r, ROUTES_FAULT_TYPE);
    }
    node->kind = ROUTES_JSON_STRING;
    node->at = start;
    node->len = (uint32_t)(r->at++ - start);
    return !escapes || unescape(r, start, r->at - 1, node);
}

/* ---- numbers and words -------------------------------------------------- */

/* As many digits as are there. */
static int
skip_digits(struct reader *r)
{
    const char *start = r->at;

    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        r->at++;
    }
    return r->at > start;
}

static int
skip_char(struct reader *r, char one, char other)
{
    if (r->at < r->end && (*r->at == one || *r->at == other)) {
        r->at++;
        return 1;
    }
    return 0;
}

static int
read_number(struct reader *r, struct routes_json *node)
{
    const char *start = r->at;

    node->kind = ROUTES_JSON_INTEGER;
    skip_char(r, '-', '-');
    if (!skip_char(r, '0', '0') && !skip_digits(r)) {
        return fail(r, ROUTES_FAULT_TYPE);
    }
    if (skip_char(r, '.', '.')) {
        node->kind = ROUTES_JSON_REAL;
        if (!skip_digits(r)) {
            return fail(r, ROUTES_FAULT_TYPE);
        }
    }
    if (skip_char(r, 'e', 'E')) {
        node->kind = ROUTES_JSON_REAL;
        skip_char(r, '+', '-');
        if (!skip_digits(r)) {
            return fail(r, ROUTES_FAULT_TYPE);
        }
    }
    node->at = start;
    node->len = (uint32_t)(r->at - start);
    return 1;
}

static int
read_word(struct reader *r, struct routes_json *node)
{
    static const struct {
        const char *text;
        size_t len;
        enum routes_json_kind kind;
    } words[] = {{"null", 4, ROUTES_JSON_NULL},
                 {"false", 5, ROUTES_JSON_FALSE},
                 {"true", 4, ROUTES_JSON_TRUE}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if ((size_t)(r->end - r->at) >= words[i].len &&
            memcmp(r->at, words[i].text, words[i].len) == 0) {
            node->kind = (uint8_t)words[i].kind;
            node->at = r->at;
            node->len = (uint32_t)words[i].len;
            r->at += words[i].len;
            return 1;
        }
    }
    return fail(r, ROUTES_FAULT_TYPE);
}

/* ---- containers --------------------------------------------------------- */

static void
skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' ||
                              *r->at == '\r' || *r->at == '\t')) {
        r->at++;
    }
}

/* The next value of the sequence; there is room, since each of them stands
 * behind a character that was counted. */
static struct routes_json *
add_node(struct reader *r)
{
    struct routes_json *node = &r->nodes[r->n++];

    node->size = 1;
    return node;
}

/* "name" : */
static int
read_name(struct reader *r)
{
    skip_blanks(r);
    if (!skip_char(r, '"', '"')) {
        return fail(r, ROUTES_FAULT_TYPE);
    }
    if (!read_string(r, add_node(r))) {
        return 0;
    }
    skip_blanks(r);
    return skip_char(r, ':', ':') || fail(r, ROUTES_FAULT_TYPE);
}

static int
is_name(const struct routes_json *node, const char *name, size_t len)
{
    return node->len == len && memcmp(node->at, name, len) == 0;
}

static int
compare_names(const void *left, const void *right)
{
    const struct routes_json *a = *(const struct routes_json *const *)left;
    const struct routes_json *b = *(const struct routes_json *const *)right;
    int order = memcmp(a->at, b->at, a->len < b->len ? a->len : b->len);

    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static int
has_duplicate_of_many(const struct reader *r, const struct routes_json *object)
{
    const struct routes_json **names =
        apr_palloc(r->pool, object->len * sizeof(struct routes_json *));
    const struct routes_json *name = object + 1;

    for (uint32_t i = 0; i < object->len; i++) {
        names[i] = name;
        name = routes_json_next(name + 1);
    }
    qsort(names, object->len, sizeof(struct routes_json *), compare_names);
    for (uint32_t i = 1; i < object->len; i++) {
        if (compare_names(&names[i - 1], &names[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

static int
has_duplicate(const struct reader *r, const struct routes_json *object)
{
    const struct routes_json *name = object + 1;

    if (object->len > FEW_MEMBERS) {
        return has_duplicate_of_many(r, object);
    }
    for (uint32_t i = 0; i < object->len; i++) {
        const struct routes_json *other = object + 1;

        for (uint32_t j = 0; j < i; j++) {
            if (is_name(other, name->at, name->len)) {
                return 1;
            }
            other = routes_json_next(other + 1);
        }
        name = routes_json_next(name + 1);
    }
    return 0;
}

/* Closes the innermost container. */
static enum step
close_container(struct reader *r)
{
    struct routes_json *node = &r->nodes[r->open[--r->depth]];

    r->at++;
    node->size = (uint32_t)(&r->nodes[r->n] - node);
    if (node->kind == ROUTES_JSON_OBJECT && has_duplicate(r, node)) {
        fail(r, ROUTES_FAULT_DUPLICATE);
        return STEP_FAILED;
    }
    return STEP_DONE;
}

/* At the '[' or '{'. */
static enum step
open_container(struct reader *r, struct routes_json *node)
{
    int is_object = *r->at++ == '{';

    if (r->depth == ROUTES_MAX_JSON_DEPTH) {
        fail(r, ROUTES_FAULT_TOO_MANY);
        return STEP_FAILED;
    }
    node->kind = is_object ? ROUTES_JSON_OBJECT : ROUTES_JSON_ARRAY;
    node->at = NULL;
    node->len = 0;
    r->open[r->depth++] = (uint32_t)(node - r->nodes);
    skip_blanks(r);
    if (r->at < r->end && *r->at == (is_object ? '}' : ']')) {
        return close_container(r);
    }
    return !is_object || read_name(r) ? STEP_VALUE : STEP_FAILED;
}

/* ---- values ------------------------------------------------------------- */

static enum step
begin_value(struct reader *r)
{
    struct routes_json *node;
    int good;

    skip_blanks(r);
    if (r->at == r->end) {
        fail(r, ROUTES_FAULT_TYPE);
        return STEP_FAILED;
    }
    node = add_node(r);
    switch (*r->at) {
    case '{':
    case '[':
        return open_container(r, node);
    case '"':
        r->at++;
        good = read_string(r, node);
        break;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        good = read_number(r, node);
        break;
    default:
        good = read_word(r, node);
        break;
    }
    return good ? STEP_DONE : STEP_FAILED;
}

/* What stands behind a value: the ends of containers, a comma, the end. */
static enum step
end_value(struct reader *r)
{
    while (r->depth > 0) {
        struct routes_json *open = &r->nodes[r->open[r->depth - 1]];
        int is_object = open->kind == ROUTES_JSON_OBJECT;

        open->len++;
        skip_blanks(r);
        if (skip_char(r, ',', ',')) {
            return !is_object || read_name(r) ? STEP_VALUE : STEP_FAILED;
        }
        if (r->at == r->end || *r->at != (is_object ? '}' : ']')) {
            fail(r, ROUTES_FAULT_TYPE);
            return STEP_FAILED;
        }
        if (close_container(r) == STEP_FAILED) {
            return STEP_FAILED;
        }
    }
    skip_blanks(r);
    if (r->at != r->end) {
        fail(r, ROUTES_FAULT_TYPE);
        return STEP_FAILED;
    }
    return STEP_DONE;
}

const struct routes_json *
routes_json_read(const char *text, size_t len, apr_pool_t *pool,
                 enum routes_fault *fault)
{
    struct reader r = {.at = text, .end = text + len, .pool = pool};
    uint32_t n = len > UINT32_MAX ? 0 : count_values(text, len);
    enum step step = STEP_VALUE;

    if (n == 0) {
        *fault = ROUTES_FAULT_TOO_MANY;
        return NULL;
    }
    if (!routes_utf8_valid(text, len, NULL)) {
        *fault = ROUTES_FAULT_ENCODING;
        return NULL;
    }
    r.nodes = apr_palloc(pool, n * sizeof(*r.nodes));
    while (step == STEP_VALUE) {
        step = begin_value(&r);
        if (step == STEP_DONE) {
            step = end_value(&r);
        }
    }
    *fault = r.fault;
    return step == STEP_DONE ? r.nodes : NULL;
}

const struct routes_json *
routes_json_member(const struct routes_json *object, const char *name,
                   size_t len)
{
    const struct routes_json *at = object + 1;

    for (uint32_t i = 0; i < object->len; i++) {
        if (is_name(at, name, len)) {
            return at + 1;
        }
        at = routes_json_next(at + 1);
    }
    return NULL;
}
