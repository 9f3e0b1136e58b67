/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of `matching r"..."`: text to a tree, and the tree to an
 * automaton.  Recursion is as deep as groups are nested.
 */
#include "regex.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#define CHAR_LAST 0x10FFFFu
#define CHAR_NONE UINT32_MAX /* the pattern ends here */
#define UNBOUNDED UINT32_MAX

enum tree_kind {
    TREE_SET, /* a character out of ranges */
    TREE_SEQUENCE,
    TREE_CHOICE,
    TREE_REPEAT /* of the only child */
};

struct range {
    uint32_t low, high;
};

struct tree {
    enum tree_kind kind;
    int blank; /* takes nothing but the empty text */
    uint32_t min, max;
    apr_array_header_t *ranges;   /* SET: struct range, sorted, apart */
    apr_array_header_t *children; /* struct tree * */
};

struct parser {
    apr_pool_t *pool;
    const char *text;
    size_t len;
    size_t at;
    int depth;
    const char *error; /* the first one; parsing goes no further */
    size_t error_at;
};

static struct tree *parse_choice(struct parser *p);

static const struct range class_digit[] = {{'0', '9'}};
static const struct range class_word[] = {
    {'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
static const struct range class_space[] = {{'\t', '\r'}, {' ', ' '}};

/* ---- errors and characters ---------------------------------------------- */

static void *
fail_at(struct parser *p, size_t at, const char *error)
{
    if (p->error == NULL) {
        p->error = error;
        p->error_at = at;
    }
    return NULL;
}

/* The bytes of the UTF-8 character that begins with this one, or 0. */
static unsigned
char_size(uint8_t first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first < 0xE0) {
        return 2;
    }
    if (first >= 0xE0 && first < 0xF0) {
        return 3;
    }
    return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

/* Takes one character of the pattern; CHAR_NONE for what is no UTF-8. */
static uint32_t
take_char(struct parser *p)
{
    const uint8_t *text = (const uint8_t *)p->text + p->at;
    unsigned size = char_size(text[0]);
    uint32_t c = size == 1 ? text[0] : text[0] & (0x7Fu >> size);

    if (size == 0 || p->len - p->at < size) {
        fail_at(p, p->at, "the pattern is not UTF-8");
        return CHAR_NONE;
    }
    for (unsigned i = 1; i < size; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            fail_at(p, p->at, "the pattern is not UTF-8");
            return CHAR_NONE;
        }
        c = c << 6 | (text[i] & 0x3Fu);
    }
    p->at += size;
    return c;
}

static int
at_end(const struct parser *p)
{
    return p->at >= p->len || p->error != NULL;
}

/* Whether the byte stands here. */
static int
at_byte(const struct parser *p, char byte)
{
    return !at_end(p) && p->text[p->at] == byte;
}

static int
take_byte(struct parser *p, char byte)
{
    int there = at_byte(p, byte);

    p->at += (size_t)there;
    return there;
}

static int
at_text(const struct parser *p, const char *text)
{
    size_t n = strlen(text);

    return p->len - p->at >= n && memcmp(p->text + p->at, text, n) == 0;
}

/* ---- trees -------------------------------------------------------------- */

static struct tree *
make_tree(struct parser *p, enum tree_kind kind)
{
    struct tree *tree = apr_pcalloc(p->pool, sizeof(*tree));

    tree->kind = kind;
    if (kind == TREE_SET) {
        tree->ranges = apr_array_make(p->pool, 1, sizeof(struct range));
    }
    else {
        tree->blank = 1;
        tree->children = apr_array_make(p->pool, 1, sizeof(struct tree *));
    }
    return tree;
}

static void
add_child(struct tree *tree, struct tree *child)
{
    tree->blank = tree->blank && child->blank;
    *(struct tree **)apr_array_push(tree->children) = child;
}

static void
add_range(struct tree *set, uint32_t low, uint32_t high)
{
    *(struct range *)apr_array_push(set->ranges) = (struct range){low, high};
}

static struct range *
range_at(const struct tree *set, int i)
{
    return &((struct range *)(void *)set->ranges->elts)[i];
}

static int
compare_ranges(const void *a, const void *b)
{
    const struct range *x = a;
    const struct range *y = b;

    return (x->low > y->low) - (x->low < y->low);
}

/* Sorts the ranges and joins those that touch. */
static void
tidy_set(struct tree *set)
{
    int n = 0;

    qsort(set->ranges->elts, (size_t)set->ranges->nelts, sizeof(struct range),
          compare_ranges);
    for (int i = 0; i < set->ranges->nelts; i++) {
        struct range *last = n > 0 ? range_at(set, n - 1) : NULL;
        struct range one = *range_at(set, i);

        if (last != NULL && one.low <= last->high + 1) {
            last->high = one.high > last->high ? one.high : last->high;
        }
        else {
            *range_at(set, n++) = one;
        }
    }
    set->ranges->nelts = n;
}

/* The characters that a tidy set leaves. */
static struct tree *
negate_set(struct parser *p, const struct tree *set)
{
    struct tree *rest = make_tree(p, TREE_SET);
    uint32_t low = 0;

    for (int i = 0; i < set->ranges->nelts; i++) {
        const struct range *one = range_at(set, i);

        if (one->low > low) {
            add_range(rest, low, one->low - 1);
        }
        low = one->high + 1;
    }
    if (low <= CHAR_LAST) {
        add_range(rest, low, CHAR_LAST);
    }
    return rest;
}

static struct tree *
make_char(struct parser *p, uint32_t c)
{
    struct tree *set = make_tree(p, TREE_SET);

    add_range(set, c, c);
    return set;
}

/* ---- escapes ------------------------------------------------------------ */

/* What \d and its like stand for, or NULL. */
static struct tree *
escape_class(struct parser *p, char letter)
{
    struct tree *set = make_tree(p, TREE_SET);
    const struct range *ranges = NULL;
    size_t n = 0;

    switch (letter | 0x20) {
    case 'd':
        ranges = class_digit;
        n = sizeof(class_digit) / sizeof(class_digit[0]);
        break;
    case 'w':
        ranges = class_word;
        n = sizeof(class_word) / sizeof(class_word[0]);
        break;
    case 's':
        ranges = class_space;
        n = sizeof(class_space) / sizeof(class_space[0]);
        break;
    default:
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        add_range(set, ranges[i].low, ranges[i].high);
    }
    return letter & 0x20 ? set : negate_set(p, set);
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* n hexadecimal digits, at p->at. */
static uint32_t
take_hex(struct parser *p, unsigned n)
{
    uint32_t c = 0;

    for (unsigned i = 0; i < n; i++, p->at++) {
        int digit = p->at < p->len ? hex_value(p->text[p->at]) : -1;

        if (digit < 0) {
            fail_at(p, p->at,
                    "expected hexadecimal digits: \\x41, \\u00e9, "
                    "\\U0001f600");
            return CHAR_NONE;
        }
        c = c << 4 | (uint32_t)digit;
    }
    if (c > CHAR_LAST || (c >= 0xD800 && c <= 0xDFFF)) {
        fail_at(p, p->at - n, "no such character");
        return CHAR_NONE;
    }
    return c;
}

/* Why an escaped letter or digit means nothing here. */
static const char *
escape_fault(struct parser *p, char c)
{
    if (c >= '1' && c <= '9') {
        return "back-references are not regular";
    }
    switch (c) {
    case 'b':
    case 'B':
        return "word boundaries are not supported";
    case 'A':
    case 'Z':
    case 'z':
        return "anchors are not needed: the whole value must match";
    case 'p':
    case 'P':
        return "Unicode properties are not supported: list the ranges";
    default:
        return apr_psprintf(p->pool, "unknown escape `\\%c`", c);
    }
}

/* The character of an escape that is one, at the byte behind '\'. */
static uint32_t
take_escaped(struct parser *p)
{
    static const char letters[] = "ntrfva";
    static const char values[] = "\n\t\r\f\v\a";
    char c = p->text[p->at];
    const char *letter = c != '\0' ? strchr(letters, c) : NULL;

    if (c == 'x' || c == 'u' || c == 'U') {
        p->at++;
        return take_hex(p, c == 'x' ? 2 : c == 'u' ? 4 : 8);
    }
    if (letter != NULL) {
        p->at++;
        return (uint32_t)values[letter - letters];
    }
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
        (c >= 'a' && c <= 'z')) {
        fail_at(p, p->at - 1, escape_fault(p, c));
        return CHAR_NONE;
    }
    return take_char(p);
}

/* An escape, behind its '\': a set of one character or a class. */
static struct tree *
parse_escape(struct parser *p)
{
    struct tree *set;
    uint32_t c;

    if (at_end(p)) {
        return fail_at(p, p->len, "the pattern ends with a backslash");
    }
    set = escape_class(p, p->text[p->at]);
    if (set != NULL) {
        p->at++;
        return set;
    }
    c = take_escaped(p);
    return c == CHAR_NONE ? NULL : make_char(p, c);
}

/* ---- classes ------------------------------------------------------------ */

/* One member of [...]: a character, an escape. */
static struct tree *
parse_member(struct parser *p)
{
    uint32_t c;

    if (take_byte(p, '\\')) {
        return parse_escape(p);
    }
    c = take_char(p);
    return c == CHAR_NONE ? NULL : make_char(p, c);
}

/* Whether the set is one character. */
static int
is_char(const struct tree *set)
{
    return set->ranges->nelts == 1 &&
           range_at(set, 0)->low == range_at(set, 0)->high;
}

/* A member or a range low-high, added to the set. */
static void
add_member(struct parser *p, struct tree *set)
{
    size_t begin = p->at;
    struct tree *low = parse_member(p);
    struct tree *high;

    if (low == NULL) {
        return;
    }
    if (!at_byte(p, '-') || p->at + 1 >= p->len || p->text[p->at + 1] == ']') {
        apr_array_cat(set->ranges, low->ranges);
        return;
    }
    p->at++;
    high = parse_member(p);
    if (high == NULL) {
        return;
    }
    if (!is_char(low) || !is_char(high) ||
        range_at(low, 0)->low > range_at(high, 0)->low) {
        fail_at(p, begin, "the range runs backwards or has a class as an end");
        return;
    }
    add_range(set, range_at(low, 0)->low, range_at(high, 0)->low);
}

/* [...], behind its '['. */
static struct tree *
parse_class(struct parser *p)
{
    size_t begin = p->at - 1;
    struct tree *set = make_tree(p, TREE_SET);
    int negated = take_byte(p, '^');

    do {
        if (at_end(p)) {
            return fail_at(p, begin, "`[` is never closed");
        }
        add_member(p, set);
    } while (!at_byte(p, ']') && p->error == NULL);
    p->at++;
    tidy_set(set);
    return negated ? negate_set(p, set) : set;
}

/* ---- groups ------------------------------------------------------------- */

/* Why a group that begins with "(?" is refused. */
static const char *
group_fault(const struct parser *p)
{
    static const struct {
        const char *begin;
        const char *why;
    } faults[] = {
        {"?=", "look-ahead is not regular"},
        {"?!", "look-ahead is not regular"},
        {"?<=", "look-behind is not regular"},
        {"?<!", "look-behind is not regular"},
        {"?P=", "back-references are not regular"},
        {"?P>", "recursion is not regular"},
        {"?P<", "groups capture nothing here and have no names: write (...)"},
        {"?<", "groups capture nothing here and have no names: write (...)"},
        {"?>", "atomic groups are not supported: write (...)"},
        {"?(", "conditional groups are not regular"},
        {"?#", "comments are not supported in patterns"},
        {"?R", "recursion is not regular"},
    };

    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        if (at_text(p, faults[i].begin)) {
            return faults[i].why;
        }
    }
    return "flags such as (?i) are not supported: write both cases, [Aa]";
}

/* (...), behind its '('. */
static struct tree *
parse_group(struct parser *p)
{
    size_t begin = p->at - 1;
    struct tree *tree;

    if (at_byte(p, '?') && !at_text(p, "?:")) {
        return fail_at(p, begin, group_fault(p));
    }
    p->at += at_byte(p, '?') ? 2 : 0;
    if (++p->depth > REGEX_MAX_DEPTH) {
        return fail_at(p, begin,
                       apr_psprintf(p->pool, "groups nest deeper than %d",
                                    REGEX_MAX_DEPTH));
    }
    tree = parse_choice(p);
    p->depth--;
    if (p->error == NULL && !take_byte(p, ')')) {
        return fail_at(p, begin, "`(` is never closed");
    }
    return tree;
}

/* ---- repetition --------------------------------------------------------- */

/* A number of {m,n}; where none stands: `absent`. */
static uint32_t
take_count(struct parser *p, uint32_t absent)
{
    uint32_t n = 0;
    size_t begin = p->at;

    while (!at_end(p) && p->text[p->at] >= '0' && p->text[p->at] <= '9') {
        n = n > REGEX_MAX_REPEAT ? n
                                 : n * 10 + (uint32_t)(p->text[p->at] - '0');
        p->at++;
    }
    if (n > REGEX_MAX_REPEAT) {
        fail_at(p, begin,
                apr_psprintf(p->pool,
                             "a repetition is limited to %d: bound the length "
                             "instead, as in str(..5000)",
                             REGEX_MAX_REPEAT));
    }
    return p->at == begin ? absent : n;
}

/* {m}, {m,}, {,n} or {m,n}, behind its '{'. */
static void
parse_counts(struct parser *p, uint32_t *min, uint32_t *max)
{
    size_t begin = p->at - 1;
    uint32_t low = take_count(p, UNBOUNDED);

    *max = low;
    *min = low == UNBOUNDED ? 0 : low;
    if (take_byte(p, ',')) {
        *max = take_count(p, UNBOUNDED);
    }
    else if (low == UNBOUNDED) {
        fail_at(p, begin, "a literal `{` is written `\\{`");
    }
    if (!take_byte(p, '}')) {
        fail_at(p, begin, "a literal `{` is written `\\{`");
    }
    if (*min > *max) {
        fail_at(p, begin, "the repetition runs backwards");
    }
}

/* Whether a quantifier stands here; then it is taken. */
static int
take_quantifier(struct parser *p, uint32_t *min, uint32_t *max)
{
    if (at_end(p) || strchr("*+?{", p->text[p->at]) == NULL ||
        p->text[p->at] == '\0') {
        return 0;
    }
    switch (p->text[p->at++]) {
    case '*':
        *min = 0;
        *max = UNBOUNDED;
        break;
    case '+':
        *min = 1;
        *max = UNBOUNDED;
        break;
    case '?':
        *min = 0;
        *max = 1;
        break;
    default:
        parse_counts(p, min, max);
        break;
    }
    return 1;
}

/* What stands behind a quantifier and makes it another. */
static void
refuse_second_quantifier(struct parser *p)
{
    if (at_byte(p, '?')) {
        fail_at(p, p->at,
                "lazy quantifiers are not supported: where the whole value "
                "must match, they take the same values as greedy ones");
    }
    else if (at_byte(p, '+')) {
        fail_at(p, p->at, "possessive quantifiers are not supported");
    }
    else if (at_byte(p, '*') || at_byte(p, '{')) {
        fail_at(p, p->at, "a repetition of a repetition needs a group");
    }
}

static struct tree *
parse_repeat(struct parser *p, struct tree *atom)
{
    struct tree *repeat;
    uint32_t min;
    uint32_t max;

    if (atom == NULL || !take_quantifier(p, &min, &max)) {
        return atom;
    }
    refuse_second_quantifier(p);
    repeat = make_tree(p, TREE_REPEAT);
    repeat->min = min;
    repeat->max = max;
    add_child(repeat, atom);
    repeat->blank = atom->blank || max == 0;
    return repeat;
}

/* ---- sequences and choices ---------------------------------------------- */

/* Why a character that isn't itself can't stand here, or NULL. */
static const char *
stray_fault(const struct parser *p)
{
    switch (p->text[p->at]) {
    case '*':
    case '+':
    case '?':
        return "nothing to repeat";
    case '{':
        return "a literal `{` is written `\\{`";
    case '^':
    case '$':
        return "anchors stand at the ends only: the whole value must match";
    default:
        return NULL;
    }
}

static struct tree *
parse_atom(struct parser *p)
{
    const char *stray = stray_fault(p);
    uint32_t c;

    if (stray != NULL) {
        return fail_at(p, p->at, stray);
    }
    if (take_byte(p, '(')) {
        return parse_group(p);
    }
    if (take_byte(p, '[')) {
        return parse_class(p);
    }
    if (take_byte(p, '\\')) {
        return parse_escape(p);
    }
    if (take_byte(p, '.')) {
        return negate_set(p, make_char(p, '\n'));
    }
    c = take_char(p);
    return c == CHAR_NONE ? NULL : make_char(p, c);
}

/* Whether a `$` that says nothing new stands here; then it is taken. */
static int
take_end_anchor(struct parser *p)
{
    if (p->depth == 0 && at_byte(p, '$') &&
        (p->at + 1 == p->len || p->text[p->at + 1] == '|')) {
        p->at++;
        return 1;
    }
    return 0;
}

static struct tree *
parse_sequence(struct parser *p)
{
    struct tree *sequence = make_tree(p, TREE_SEQUENCE);

    if (p->depth == 0) {
        take_byte(p, '^');
    }
    while (!at_end(p) && !at_byte(p, '|') && !at_byte(p, ')')) {
        struct tree *one;

        if (take_end_anchor(p)) {
            break;
        }
        one = parse_repeat(p, parse_atom(p));
        if (one != NULL) {
            add_child(sequence, one);
        }
    }
    return sequence;
}

static struct tree *
parse_choice(struct parser *p)
{
    struct tree *choice = make_tree(p, TREE_CHOICE);

    do {
        add_child(choice, parse_sequence(p));
    } while (take_byte(p, '|'));
    return choice;
}

/* ---- the automaton ------------------------------------------------------ */

static uint32_t
build_tree(struct nfa *nfa, const struct tree *tree, uint32_t next);

static struct tree *
child_at(const struct tree *tree, int i)
{
    return ((struct tree **)(void *)tree->children->elts)[i];
}

static uint32_t
build_set(struct nfa *nfa, const struct tree *set, uint32_t next)
{
    uint32_t all = set->ranges->nelts == 0 ? nfa_dead(nfa) : 0;

    for (int i = 0; i < set->ranges->nelts && !nfa_full(nfa); i++) {
        const struct range *range = range_at(set, i);
        uint32_t one = nfa_chars(nfa, range->low, range->high, next);

        all = i == 0 ? one : nfa_split(nfa, one, all);
    }
    return all;
}

static uint32_t
build_choice(struct nfa *nfa, const struct tree *tree, uint32_t next)
{
    uint32_t all = 0;

    for (int i = 0; i < tree->children->nelts && !nfa_full(nfa); i++) {
        uint32_t one = build_tree(nfa, child_at(tree, i), next);

        all = i == 0 ? one : nfa_split(nfa, one, all);
    }
    return all;
}

/* x{2,4} is xx(x(x)?)?, x{2,} is xxx*. */
static uint32_t
build_repeat(struct nfa *nfa, const struct tree *tree, uint32_t next)
{
    const struct tree *child = child_at(tree, 0);
    uint32_t start = next;

    if (tree->max == UNBOUNDED) {
        uint32_t loop = nfa_dead(nfa);

        nfa_set_split(nfa, loop, build_tree(nfa, child, loop), next);
        start = loop;
    }
    else {
        for (uint32_t i = tree->min; i < tree->max && !nfa_full(nfa); i++) {
            start = nfa_split(nfa, build_tree(nfa, child, start), next);
        }
    }
    for (uint32_t i = 0; i < tree->min && !nfa_full(nfa); i++) {
        start = build_tree(nfa, child, start);
    }
    return start;
}

static uint32_t
build_tree(struct nfa *nfa, const struct tree *tree, uint32_t next)
{
    if (tree->blank || nfa_full(nfa)) {
        return next;
    }
    switch (tree->kind) {
    case TREE_SET:
        return build_set(nfa, tree, next);
    case TREE_SEQUENCE:
        for (int i = tree->children->nelts; i-- > 0;) {
            next = build_tree(nfa, child_at(tree, i), next);
        }
        return next;
    case TREE_CHOICE:
        return build_choice(nfa, tree, next);
    case TREE_REPEAT:
        return build_repeat(nfa, tree, next);
    }
    return next;
}

const char *
regex_to_nfa(apr_pool_t *pool, struct nfa *nfa, const char *pattern,
             size_t len, uint32_t next, uint32_t *start, size_t *at)
{
    struct parser p = {.pool = pool, .text = pattern, .len = len};
    struct tree *tree;

    if (len > REGEX_MAX_BYTES) {
        *at = REGEX_MAX_BYTES;
        return apr_psprintf(pool, "a pattern has at most %d bytes",
                            REGEX_MAX_BYTES);
    }
    tree = parse_choice(&p);
    if (p.error == NULL && !at_end(&p)) {
        fail_at(&p, p.at, "`)` closes nothing");
    }
    if (p.error != NULL) {
        *at = p.error_at;
        return p.error;
    }
    *start = build_tree(nfa, tree, next);
    return NULL;
}
