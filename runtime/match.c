/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The matcher: LANGUAGE.md P1 to P12 over the table.
 *
 * go_straight answers most requests, by the first candidate of each node.  A
 * search says what there is where that leads to no route.
 *
 * A search goes down a host's tree, most specific candidate first: at a node
 * the literal, then the patterns in their order.  Where candidates are left,
 * a frame keeps them; when a way ends without an answer, the search goes on
 * from the last frame.
 *
 *     GET /a/7/z      root -a-> n1 -7-> n2 (no "z")      frames: n1 patterns
 *                                \-{x:int}-> n3 -z-> end of GET /a/{x}/z
 *
 * The work is bounded.  The nodes are a tree, so a node has one parent and
 * depth, and the segment that leads to it has one place in the path.  A frame
 * tries each candidate of a node once and never comes back, so a node is
 * entered at most once a search, and each candidate costs at most a pass over
 * one segment (a rest: over the path): there is no way to make a search
 * exponential, only to visit all nodes that the path fits.  No frame outlives
 * its node, a node pushes one frame at most, so there are at most as many
 * frames as segments, ROUTES_MAX_SEGMENTS (table.c refuses more).
 */
#include "match.h"

#include "digits.h"
#include "language.h"
#include "method.h"
#include "node.h"
#include "segment.h"
#include "set.h"

#define METHOD_IS(m, set) ((ROUTES_METHOD_BIT(m) & (set)) != 0)
/* What a GET answers that has no route of its own at an end: a handshake for a
 * websocket is a GET. */
#define METHODS_AS_GET                                                        \
    (ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD) |                                  \
     ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET))
/* What an `ANY` route answers, of the methods with a name. */
#define METHODS_ANY(table)                                                    \
    (routes_method_known(table) & ~ROUTES_METHOD_BIT(ROUTES_METHOD_TRACE) &   \
     ~ROUTES_METHOD_BIT(ROUTES_METHOD_CONNECT) &                              \
     ~ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET))
/* What it doesn't answer: OPTIONS is automatic. */
#define METHODS_NOT_ANY                                                       \
    (ROUTES_METHOD_BIT(ROUTES_METHOD_TRACE) |                                 \
     ROUTES_METHOD_BIT(ROUTES_METHOD_CONNECT) |                               \
     ROUTES_METHOD_BIT(ROUTES_METHOD_OPTIONS))

/* Candidates of a node that are still to be tried. */
struct frame {
    const struct routes_node *candidate; /* the next one */
    const char *at;                      /* the segment to match */
    size_t len;
    struct routes_capture *capture; /* the first of what is below */
};

/* The most specific end that has the path, but not under the method. */
struct refusal {
    uint64_t allow; /* methods of every such end: none yet if 0 */
    uint32_t place;
    uint32_t n_captures;
    struct routes_capture captures[ROUTES_MAX_CAPTURES];
};

struct search {
    const struct routes_table *table;
    const char *path;
    const char *path_end;
    enum routes_method method;
    uint32_t guard; /* the place that keeps the path, once met */
    int over;       /* an end answers, or keeps the path */
    struct routes_match *result;
    uint32_t n_frames;
    struct frame frames[ROUTES_MAX_SEGMENTS];
    struct refusal refusal;
};

/* ---- ends --------------------------------------------------------------- */

/* The number of bits.  A loop, because the ones below GET are none, and
 * without an instruction for it __builtin_popcountll is a call. */
static inline uint32_t
count_bits(uint64_t bits)
{
    uint32_t n = 0;

    for (; bits != 0; bits &= bits - 1) {
        n++;
    }
    return n;
}

/* The route of an end for a method that is not its lowest one. */
static __attribute__((noinline, cold)) uint32_t
pick_further(const struct routes_table *table, const struct routes_end *end,
             enum routes_method method)
{
    uint64_t bit = ROUTES_METHOD_BIT(method);

    if (!(end->methods & bit) && METHOD_IS(method, METHODS_AS_GET)) {
        bit = ROUTES_METHOD_BIT(ROUTES_METHOD_GET);
    }
    if (end->methods & bit) {
        uint32_t n = count_bits(end->methods & (bit - 1));

        return n == 0 ? end->first : table->end_routes[end->further + n - 1];
    }
    return METHOD_IS(method, METHODS_NOT_ANY) ? 0 : end->any;
}

/* The route of an end for the method: its own, GET for HEAD, ANY; or 0. */
static inline uint32_t
pick_route(const struct routes_table *table, const struct routes_end *end,
           enum routes_method method)
{
    return method == end->lowest ? end->first
                                 : pick_further(table, end, method);
}

/* Notes that the path is known under the methods of an end. */
static void
note_refusal(struct search *s, const struct routes_end *end,
             uint32_t n_captures)
{
    struct refusal *refusal = &s->refusal;
    uint64_t methods =
        end->methods | (end->any != 0 ? METHODS_ANY(s->table) : 0);

    if (methods == 0) {
        return;
    }
    if (refusal->allow == 0) {
        refusal->place = end->place;
        refusal->n_captures = n_captures;
        memcpy(refusal->captures, s->result->captures,
               n_captures * sizeof(refusal->captures[0]));
    }
    refusal->allow |= methods;
}

/* Whether the search is over: the end answers, or keeps the path. */
static int
try_end(struct search *s, uint32_t index, const struct routes_capture *behind)
{
    const struct routes_end *end = &s->table->ends[index];
    uint32_t route = pick_route(s->table, end, s->method);
    uint32_t n_captures = (uint32_t)(behind - s->result->captures);

    s->result->n_captures = n_captures;
    if (route != 0) {
        s->result->route = route;
        return 1;
    }
    note_refusal(s, end, n_captures);
    s->guard = end->guard;
    return end->guard != 0;
}

/* ---- candidates --------------------------------------------------------- */

/* Whether a segment has the text around a pattern's parameter, and something
 * between; then *at and *len are what is between. */
static int
strip_literals(const struct routes_table *table,
               const struct routes_pattern *pattern, const char **at,
               size_t *len)
{
    size_t prefix = pattern->prefix.len;
    size_t suffix = pattern->suffix.len;

    if (*len <= prefix + suffix ||
        memcmp(*at, table->text + pattern->prefix.at, prefix) != 0 ||
        memcmp(*at + *len - suffix, table->text + pattern->suffix.at,
               suffix) != 0) {
        return 0;
    }
    *at += prefix;
    *len -= prefix + suffix;
    return 1;
}

/* Whether a candidate takes the segment at capture, or a rest all from there
 * to the end of the path; then capture is the parameter. */
static int
take(const struct routes_table *table, const struct routes_node *candidate,
     const char *end, struct routes_capture *capture)
{
    const struct routes_pattern *pattern;

    switch ((enum routes_pattern_kind)candidate->kind) {
    case ROUTES_PATTERN_NULL:
        return 0;
    case ROUTES_PATTERN_GUARD:
        return 1;
    case ROUTES_PATTERN_ANY:
        return capture->len > 0;
    case ROUTES_PATTERN_DFA:
        return capture->len > 0 &&
               routes_dfa_accepts(table, candidate->what, capture->at,
                                  capture->len);
    case ROUTES_PATTERN_SET:
        return routes_set_admits(candidate->key, capture->len) &&
               routes_set_has_all(table->bytes + candidate->what, capture->at,
                                  capture->len);
    case ROUTES_PATTERN_INT:
        pattern = &table->patterns[candidate->what];
        return routes_language_has(table, pattern->type, capture->at,
                                   capture->len);
    case ROUTES_PATTERN_REST:
        capture->len = (size_t)(end - capture->at);
        pattern = &table->patterns[candidate->what];
        return routes_language_has(table, pattern->type, capture->at,
                                   capture->len);
    case ROUTES_PATTERN_SEGMENT:
        pattern = &table->patterns[candidate->what];
        return strip_literals(table, pattern, &capture->at, &capture->len) &&
               routes_language_has(table, pattern->type, capture->at,
                                   capture->len);
    }
    return 0;
}

/* Whether a slot has the literal that a segment is. */
static inline int
is_literal(const struct routes_table *table, const struct routes_node *slot,
           uint64_t key, const char *at, size_t len)
{
    return slot->key == key &&
           (len < ROUTES_WORD ||
            routes_segment_same(at, len, &table->words[slot->what]));
}

/* The same where the first look was in vain: in the slots behind that one, or
 * where the hash of the whole segment leads. */
static __attribute__((noinline, cold)) const struct routes_node *
find_further(const struct routes_table *table, const struct routes_node *node,
             const struct routes_node *slot, uint64_t key, const char *at,
             size_t len)
{
    int deep = node->literals == ROUTES_LITERALS_DEEP;

    slot = deep ? routes_node_slot(
                      node,
                      routes_segment_hash(
                          routes_segment_deep_key(key, at, len), node->salt))
                : routes_node_next(node, slot);
    while (!is_literal(table, slot, key, at, len)) {
        if (deep ? slot->key == 0 : slot->more == 0) {
            return NULL;
        }
        slot = routes_node_next(node, slot);
    }
    return slot;
}

/* The child of a node whose literal is a segment, which has the key; NULL:
 * there is none.  The node has literals, and the first slot is known. */
static inline const struct routes_node *
find_literal(const struct routes_table *table, const struct routes_node *node,
             const struct routes_node *children, uint64_t key, const char *at,
             size_t len)
{
    const struct routes_node *slot = routes_node_ahead(
        children, routes_segment_hash(key, node->salt) & node->slots);

    if (is_literal(table, slot, key, at, len)) {
        return slot;
    }
    return slot->more == 0 ? NULL
                           : find_further(table, node, slot, key, at, len);
}

/* ---- the search --------------------------------------------------------- */

/* Where a search stands: at a node, behind a segment. */
struct stand {
    const struct routes_node *node; /* NULL: the way ends here */
    const char *at;                 /* a '/', or the end of the path */
    struct routes_capture *capture; /* of the next parameter */
};

#define STAND_NOWHERE                                                         \
    (struct stand)                                                            \
    {                                                                         \
        NULL, NULL, NULL                                                      \
    }

/* Tries a candidate on a segment; the way goes on behind it. */
static struct stand
try_candidate(struct search *s, const struct frame *frame)
{
    const struct routes_node *candidate = frame->candidate;
    struct routes_capture *capture = frame->capture;

    *capture = (struct routes_capture){frame->at, frame->len};
    if (!take(s->table, candidate, s->path_end, capture)) {
        return STAND_NOWHERE;
    }
    capture += candidate->kind != ROUTES_PATTERN_GUARD;
    if (candidate->kind == ROUTES_PATTERN_REST ||
        candidate->kind == ROUTES_PATTERN_GUARD) {
        s->over = try_end(s, candidate->end, capture);
        return STAND_NOWHERE;
    }
    return (struct stand){candidate, frame->at + frame->len, capture};
}

/* Goes on with the candidates of the last frame. */
static struct stand
resume(struct search *s)
{
    struct stand stand = STAND_NOWHERE;

    while (stand.node == NULL && !s->over && s->n_frames > 0) {
        struct frame *frame = &s->frames[s->n_frames - 1];
        struct frame now = *frame;

        s->n_frames -= !now.candidate->more;
        frame->candidate--;
        stand = try_candidate(s, &now);
    }
    return stand;
}

/* Goes on with the most specific candidate of a node on the next segment; the
 * others stay in a frame. */
static struct stand
enter_node(struct search *s, struct stand stand)
{
    const char *at = stand.at + 1;
    const char *slash = memchr(at, '/', (size_t)(s->path_end - at));
    size_t len = (size_t)((slash != NULL ? slash : s->path_end) - at);
    const struct routes_node *literal =
        stand.node->literals
            ? find_literal(
                  s->table, stand.node, routes_node_children(stand.node),
                  routes_segment_key(s->path, at, len, s->path_end), at, len)
            : NULL;

    if (stand.node->first != ROUTES_PATTERN_NULL) {
        s->frames[s->n_frames++] = (struct frame){
            routes_node_children(stand.node) - 1, at, len, stand.capture};
    }
    return literal == NULL ? resume(s)
                           : (struct stand){literal, at + len, stand.capture};
}

/* Whether the tree of a host, whose captures are there, answers or keeps the
 * path. */
static int
search_tree(struct search *s, uint32_t root)
{
    struct stand stand = {&s->table->nodes[root], s->path,
                          s->result->captures + s->result->n_captures};

    s->n_frames = 0;
    while (stand.node != NULL) {
        if (stand.at != s->path_end) {
            stand = enter_node(s, stand);
        }
        else if (try_end(s, stand.node->end, stand.capture)) {
            return 1;
        }
        else {
            stand = resume(s);
        }
    }
    return s->over;
}

/* ---- hosts -------------------------------------------------------------- */

/* The host of most requests: any, where there is no other. */
static inline int
has_one_host(const struct routes_table *table)
{
    return table->n_hosts == 2 && table->hosts[1].kind == ROUTES_HOST_ANY;
}

/* The order of exact hosts: bytes, then length; the others stand behind. */
static int
compare_host(const struct routes_table *table, const struct routes_host *row,
             const char *host, size_t len)
{
    size_t shorter = len < row->name.len ? len : row->name.len;
    int order;

    if (row->kind != ROUTES_HOST_EXACT) {
        return 1;
    }
    order = memcmp(table->text + row->name.at, host, shorter);
    if (order != 0) {
        return order;
    }
    return (row->name.len > len) - (row->name.len < len);
}

/* The first host behind the exact ones, from low on. */
static uint32_t
first_general_host(const struct routes_table *table, uint32_t low)
{
    uint32_t high = table->n_hosts;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (table->hosts[middle].kind == ROUTES_HOST_EXACT) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low;
}

/* The exact host of this name, or the first behind the exact ones. */
static __attribute__((noinline, cold)) uint32_t
find_host(const struct routes_table *table, const char *host, size_t len)
{
    uint32_t low = 1;
    uint32_t high = table->n_hosts;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_host(table, &table->hosts[middle], host, len);

        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return first_general_host(table, low);
}

/* Whether a host that is not exact takes the name; a parameter's label is
 * captured. */
static int
take_host(const struct routes_table *table, const struct routes_host *row,
          const char *host, size_t len, struct routes_match *result)
{
    const char *suffix = table->text + row->name.at;
    size_t label = len - row->name.len;

    result->n_captures = 0;
    if (row->kind == ROUTES_HOST_ANY) {
        return 1;
    }
    if (len <= row->name.len ||
        memcmp(host + label, suffix, row->name.len) != 0) {
        return 0;
    }
    if (row->kind == ROUTES_HOST_SUFFIX) {
        return 1;
    }
    result->captures[0] = (struct routes_capture){host, label};
    result->n_captures = 1;
    return memchr(host, '.', label) == NULL &&
           routes_language_has(table, row->type, host, label);
}

/* The most specific host from row i on that takes the name and has a tree, or
 * 0: none of the exact ones.  Its capture goes to result. */
static uint32_t
next_host(const struct routes_table *table, const char *host, size_t len,
          uint32_t i, struct routes_match *result)
{
    for (i = first_general_host(table, i); i < table->n_hosts; i++) {
        const struct routes_host *row = &table->hosts[i];

        if (row->root != 0 && take_host(table, row, host, len, result)) {
            return i;
        }
    }
    return 0;
}

/* The most specific of all hosts, likewise. */
static __attribute__((noinline, cold)) uint32_t
first_host(const struct routes_table *table, const char *host, size_t len,
           struct routes_match *result)
{
    uint32_t i = find_host(table, host, len);

    result->n_captures = 0;
    if (i < table->n_hosts && table->hosts[i].kind == ROUTES_HOST_EXACT &&
        table->hosts[i].root != 0) {
        return i;
    }
    return next_host(table, host, len, i, result);
}

/* ---- the outcome -------------------------------------------------------- */

/* Says why no route answers. */
static enum routes_outcome
settle(struct search *s)
{
    struct routes_match *result = s->result;
    const struct refusal *refusal = &s->refusal;

    if (refusal->allow == 0) {
        result->place = s->guard;
        result->n_captures = s->guard != 0 ? result->n_captures : 0;
        return s->guard != 0 ? ROUTES_NOT_FOUND : ROUTES_UNKNOWN;
    }
    result->place = refusal->place;
    result->n_captures = refusal->n_captures;
    memcpy(result->captures, refusal->captures,
           refusal->n_captures * sizeof(refusal->captures[0]));
    result->allow = refusal->allow | ROUTES_METHOD_BIT(ROUTES_METHOD_OPTIONS);
    if (METHOD_IS(ROUTES_METHOD_GET, refusal->allow)) {
        result->allow |= ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD);
    }
    return s->method == ROUTES_METHOD_OPTIONS ? ROUTES_OPTIONS
                                              : ROUTES_NOT_ALLOWED;
}

/* Searches the hosts that take the name, most specific first. */
static void
search_hosts(struct search *s, const char *host, size_t len)
{
    const struct routes_table *table = s->table;
    uint32_t i = first_host(table, host, len, s->result);

    while (i != 0 && !search_tree(s, table->hosts[i].root)) {
        i = next_host(table, host, len, i + 1, s->result);
    }
}

/* What there is for a request that go_straight did not answer. */
static __attribute__((noinline, cold)) enum routes_outcome
search(const struct routes_table *table, const char *host, size_t host_len,
       const char *path, size_t len, enum routes_method method,
       struct routes_match *result)
{
    struct search s;

    s.table = table;
    s.path = path;
    s.path_end = path + len;
    s.method = method;
    s.result = result;
    s.guard = 0;
    s.over = 0;
    s.refusal.allow = 0;
    result->route = 0;
    result->allow = 0;
    result->n_captures = 0;
    if (len > 0 && path[0] == '/') {
        search_hosts(&s, host, host_len);
    }
    if (result->route == 0) {
        result->outcome = settle(&s);
        return result->outcome;
    }
    result->place = 0;
    result->outcome = ROUTES_FOUND;
    return ROUTES_FOUND;
}

/* ---- the way that is gone most ------------------------------------------ */

/* The most specific pattern among some children that takes the segment at
 * capture or, a rest, all from it on; NULL: none, or a guard is before it. */
static __attribute__((noinline, cold)) const struct routes_node *
first_pattern(const struct routes_table *table,
              const struct routes_node *children, const char *end,
              struct routes_capture *capture)
{
    const struct routes_node *candidate = children;
    struct routes_capture segment = *capture;

    do {
        candidate--;
        *capture = segment;
        if (take(table, candidate, end, capture)) {
            return candidate->kind == ROUTES_PATTERN_GUARD ? NULL : candidate;
        }
    } while (candidate->more != 0);
    return NULL;
}

/* Whether a candidate of bytes of a set takes a segment of a path that ends
 * at `end`. */
static inline int
takes_set(const struct routes_table *table,
          const struct routes_node *candidate, const char *at, size_t len,
          const char *end)
{
    const uint8_t *set = table->bytes + candidate->what;

    if (!routes_set_admits(candidate->key, len)) {
        return 0;
    }
    return __builtin_expect(len > ROUTES_BLOCK, 0)
               ? routes_set_has_all(set, at, len)
               : routes_set_has_short(set, at, len, end);
}

/* Whether a candidate of an int takes a segment that has the key; if not, it
 * may still. */
static inline int
takes_digits(const struct routes_table *table,
             const struct routes_node *candidate, uint64_t key, size_t len)
{
    const struct routes_pattern *pattern = &table->patterns[candidate->what];

    return routes_digits_has(key, len, pattern->low, pattern->high);
}

/* The route at the end of the way from a root on which each segment is taken
 * by the first candidate of its node that can, which is the one that a search
 * would find; 0: there is none, or a segment is longer than a window, and a
 * search must say what there is.  The captures begin at capture.  is_short:
 * the path is shorter than a block, but all of a block from its beginning, and
 * all of one before its end, may be read; behind the path are zeros. */
static inline __attribute__((always_inline)) uint32_t
go_straight(const struct routes_table *table, uint32_t root, const char *path,
            size_t path_len, enum routes_method method,
            struct routes_capture *capture, struct routes_match *result,
            int is_short)
{
    const struct routes_node *node = &table->nodes[root];
    const char *end = path + path_len;
    const char *at = path + 1;
    uint64_t slashes =
        is_short ? routes_block_find(path, '/') | UINT64_C(1) << path_len
                 : routes_segment_window(path, path_len);

    if (!(slashes & 1) || (is_short && path_len == 0)) {
        return 0;
    }
    slashes >>= 1;
    for (;;) {
        while (__builtin_expect(slashes != 0, 1)) {
            size_t len = routes_block_first(slashes);
            const struct routes_node *children = routes_node_children(node);
            const struct routes_node *literal;

            slashes = slashes >> len >> 1;
            if (node->literals) {
                literal = find_literal(
                    table, node, children,
                    routes_segment_window_key(at, len, end - ROUTES_WORD), at,
                    len);
                if (literal != NULL) {
                    node = literal;
                    at += len + 1;
                    continue;
                }
            }
            *capture = (struct routes_capture){at, len};
            if (node->first == ROUTES_PATTERN_ANY && len != 0) {
                node = children - 1;
            }
            else if (node->first == ROUTES_PATTERN_SET &&
                     takes_set(table, children - 1, at, len, end)) {
                node = children - 1;
            }
            else if (node->first == ROUTES_PATTERN_INT &&
                     takes_digits(
                         table, children - 1,
                         routes_segment_window_key(at, len, end - ROUTES_WORD),
                         len)) {
                node = children - 1;
            }
            else {
                if (node->first == ROUTES_PATTERN_NULL) {
                    return 0;
                }
                node = first_pattern(table, children, end, capture);
                if (node == NULL) {
                    return 0;
                }
                if (node->kind == ROUTES_PATTERN_REST) {
                    capture++;
                    goto out;
                }
            }
            capture++;
            at += len + 1;
        }
        if (is_short || at > end) {
            break;
        }
        slashes = routes_segment_next_window(at, end);
        if (slashes == 0) {
            return 0;
        }
    }
out:
    result->n_captures = (uint32_t)(capture - result->captures);
    return pick_route(table, &table->ends[node->end], method);
}

/* go_straight on a path that is shorter than a block: on a copy that may be
 * read in blocks. */
static __attribute__((noinline)) uint32_t
go_short(const struct routes_table *table, uint32_t root, const char *path,
         size_t path_len, enum routes_method method,
         struct routes_capture *capture, struct routes_match *result)
{
    char blocks[2 * ROUTES_BLOCK] = {0};
    char *copy = blocks + ROUTES_BLOCK;
    uint32_t route;

    routes_block_copy_short(copy, path, path_len);
    route =
        go_straight(table, root, copy, path_len, method, capture, result, 1);
    if (route != 0) {
        const struct routes_capture *behind =
            result->captures + result->n_captures;

        for (; capture != behind; capture++) {
            capture->at = path + (capture->at - copy);
        }
    }
    return route;
}

/* Says that a route answers. */
static inline enum routes_outcome
find(struct routes_match *result, uint32_t route)
{
    result->outcome = ROUTES_FOUND;
    result->route = route;
    result->place = 0;
    return ROUTES_FOUND;
}

/* The same where there are several hosts, or one with a name. */
static __attribute__((noinline, cold)) enum routes_outcome
match_host(const struct routes_table *table, const char *host, size_t host_len,
           const char *path, size_t len, enum routes_method method,
           struct routes_match *result)
{
    uint32_t i = first_host(table, host, host_len, result);
    uint32_t root = table->hosts[i].root;
    struct routes_capture *capture = result->captures + result->n_captures;
    uint32_t route =
        len < ROUTES_BLOCK
            ? go_short(table, root, path, len, method, capture, result)
            : go_straight(table, root, path, len, method, capture, result, 0);

    return route != 0
               ? find(result, route)
               : search(table, host, host_len, path, len, method, result);
}

enum routes_outcome
routes_match(const struct routes_table *table, const char *host,
             size_t host_len, const char *path, size_t len,
             enum routes_method method, struct routes_match *result)
{
    uint32_t root;
    uint32_t route;

    if (!has_one_host(table)) {
        return match_host(table, host != NULL ? host : "",
                          host != NULL ? host_len : 0, path, len, method,
                          result);
    }
    root = table->hosts[1].root;
    route = len < ROUTES_BLOCK ? go_short(table, root, path, len, method,
                                          result->captures, result)
                               : go_straight(table, root, path, len, method,
                                             result->captures, result, 0);
    return route != 0 ? find(result, route)
                      : search(table, "", 0, path, len, method, result);
}
