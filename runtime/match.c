/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The matcher: LANGUAGE.md P1 to P12 over the table.
 *
 * go_straight answers most requests, by the first candidate of each node.  A
 * search says what there is where that leads to no route.
 *
 * A search goes down a host's tree, most specific candidate first: at a node
 * the literal edge, then the patterns in their order.  Where candidates are
 * left, a frame keeps them; when a way ends without an answer, the search goes
 * on from the last frame.
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

#include "language.h"
#include "method.h"

#define METHOD_IS(m, set) ((ROUTES_METHOD_BIT(m) & (set)) != 0)
/* What an `ANY` route answers, of the methods with a name. */
#define METHODS_ANY(table)                                                    \
    (routes_method_known(table) & ~ROUTES_METHOD_BIT(ROUTES_METHOD_TRACE) &   \
     ~ROUTES_METHOD_BIT(ROUTES_METHOD_CONNECT))
/* What it doesn't answer: OPTIONS is automatic. */
#define METHODS_NOT_ANY                                                       \
    (ROUTES_METHOD_BIT(ROUTES_METHOD_TRACE) |                                 \
     ROUTES_METHOD_BIT(ROUTES_METHOD_CONNECT) |                               \
     ROUTES_METHOD_BIT(ROUTES_METHOD_OPTIONS))

/* Candidates of a node that are still to be tried. */
struct frame {
    const struct routes_pattern *pattern; /* the next one */
    uint32_t n_left;
    const char *at; /* the segment to match */
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

/* The route of an end for the method: its own, GET for HEAD, ANY; or 0. */
static inline uint32_t
pick_route(const struct routes_table *table, const struct routes_end *end,
           enum routes_method method)
{
    uint64_t bit = ROUTES_METHOD_BIT(method);

    if (!(end->methods & bit) && method == ROUTES_METHOD_HEAD) {
        bit = ROUTES_METHOD_BIT(ROUTES_METHOD_GET);
    }
    if (end->methods & bit) {
        return table
            ->end_routes[end->routes + count_bits(end->methods & (bit - 1))];
    }
    return METHOD_IS(method, METHODS_NOT_ANY) ? 0 : end->any;
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

/* Where a search stands: at a node, behind a segment.  It goes from function
 * to function by value, and stays in registers. */
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

/* Whether a pattern of a segment takes it; then *at and *len are the
 * parameter. */
static int
take_segment(const struct routes_table *table,
             const struct routes_pattern *pattern, const char **at,
             size_t *len)
{
    if (pattern->kind == ROUTES_PATTERN_DFA) {
        return *len > 0 && routes_dfa_accepts(table, pattern->dfa, *at, *len);
    }
    if ((pattern->prefix.len | pattern->suffix.len) != 0 &&
        !strip_literals(table, pattern, at, len)) {
        return 0;
    }
    return *len > 0 && routes_language_has(table, pattern->type, *at, *len);
}

/* Whether a rest pattern or a guard ends the search. */
static int
try_rest(struct search *s, const struct routes_pattern *pattern,
         const char *at, struct routes_capture *capture)
{
    size_t len = (size_t)(s->path_end - at);

    if (pattern->kind == ROUTES_PATTERN_REST) {
        if (!routes_language_has(s->table, pattern->type, at, len)) {
            return 0;
        }
        *capture++ = (struct routes_capture){at, len};
    }
    return try_end(s, pattern->next, capture);
}

/* Tries a candidate that is rare on a segment. */
static __attribute__((noinline)) struct stand
try_rare(struct search *s, const struct routes_pattern *pattern,
         const char *at, size_t len, struct routes_capture *capture)
{
    const char *behind = at + len;

    if (pattern->kind == ROUTES_PATTERN_REST ||
        pattern->kind == ROUTES_PATTERN_GUARD) {
        s->over = try_rest(s, pattern, at, capture);
        return STAND_NOWHERE;
    }
    if (!take_segment(s->table, pattern, &at, &len)) {
        return STAND_NOWHERE;
    }
    *capture = (struct routes_capture){at, len};
    return (struct stand){&s->table->nodes[pattern->next], behind,
                          capture + 1};
}

/* Tries a candidate on a segment; the way goes on behind it. */
static inline struct stand
try_pattern(struct search *s, const struct routes_table *table,
            const struct routes_pattern *pattern, const char *at, size_t len,
            struct routes_capture *capture)
{
    if (pattern->kind != ROUTES_PATTERN_ANY) {
        return try_rare(s, pattern, at, len, capture);
    }
    if (len == 0) {
        return STAND_NOWHERE;
    }
    *capture = (struct routes_capture){at, len};
    return (struct stand){&table->nodes[pattern->next], at + len, capture + 1};
}

/* ---- the search --------------------------------------------------------- */

/* Looks at the slots behind one; out of line, because few have any. */
static __attribute__((noinline)) uint32_t
find_further(const struct routes_table *table, const struct routes_node *node,
             const char *at, size_t len, uint64_t key, uint64_t slot)
{
    const struct routes_segment segment = {at, len, key};
    const struct routes_edge *edges = &table->edges[node->edges];
    const struct routes_edge *edge;

    do {
        edge = &edges[++slot & (node->n_slots - 1)];
        if (routes_segment_is(segment, table->text, edge)) {
            return edge->node;
        }
    } while (edge->more != 0);
    return 0;
}

/* The node behind the edge with the segment's text, or 0. */
static inline uint32_t
find_edge(const struct routes_table *table, const struct routes_node *node,
          struct routes_segment segment)
{
    uint64_t slot =
        routes_segment_hash(segment, node->salt) & (node->n_slots - 1);
    const struct routes_edge *edge = &table->edges[node->edges + slot];

    if (routes_segment_is(segment, table->text, edge)) {
        return edge->node;
    }
    return edge->more == 0 ? 0
                           : find_further(table, node, segment.at, segment.len,
                                          segment.key, slot);
}

/* Keeps the candidates of a node but for the first `tried`. */
static __attribute__((noinline)) void
push_frame(struct search *s, const struct routes_node *node, uint32_t tried,
           const char *at, size_t len, struct routes_capture *capture)
{
    s->frames[s->n_frames++] = (struct frame){
        .pattern = &s->table->patterns[node->patterns + tried],
        .n_left = node->n_patterns - tried,
        .at = at,
        .len = len,
        .capture = capture,
    };
}

/* Tries the first pattern of a node on a segment. */
static inline struct stand
enter_pattern(struct search *s, const struct routes_table *table,
              const struct routes_node *node, struct routes_segment segment,
              struct routes_capture *capture)
{
    if (node->n_patterns != 1) {
        if (node->n_patterns == 0) {
            return STAND_NOWHERE;
        }
        push_frame(s, node, 1, segment.at, segment.len, capture);
    }
    return try_pattern(s, table, &table->patterns[node->patterns], segment.at,
                       segment.len, capture);
}

/* Tries the most specific candidate of a node on a segment; the others stay
 * in a frame. */
static inline struct stand
enter_node(struct search *s, const struct routes_table *table,
           const struct routes_node *node, struct routes_segment segment,
           struct routes_capture *capture)
{
    uint32_t next = node->n_slots == 0 ? 0 : find_edge(table, node, segment);

    if (next == 0) {
        return enter_pattern(s, table, node, segment, capture);
    }
    if (node->n_patterns != 0) {
        push_frame(s, node, 0, segment.at, segment.len, capture);
    }
    return (struct stand){&table->nodes[next], segment.at + segment.len,
                          capture};
}

/* Goes on with the candidates of the last frame. */
static __attribute__((noinline)) struct stand
resume(struct search *s)
{
    struct stand stand = STAND_NOWHERE;

    while (stand.node == NULL && !s->over && s->n_frames > 0) {
        struct frame *frame = &s->frames[s->n_frames - 1];

        frame->n_left--;
        s->n_frames -= frame->n_left == 0;
        stand = try_pattern(s, s->table, frame->pattern++, frame->at,
                            frame->len, frame->capture);
    }
    return stand;
}

/* Whether the tree of a host, whose captures are there, answers or keeps the
 * path. */
static inline int
search_tree(struct search *s, uint32_t root)
{
    const struct routes_table *table = s->table;
    const char *path = s->path;
    const char *end = s->path_end;
    struct stand stand = {&table->nodes[root], path,
                          s->result->captures + s->result->n_captures};

    s->n_frames = 0;
    do {
        while (stand.node != NULL && stand.at != end) {
            stand = enter_node(s, table, stand.node,
                               routes_segment_next(path, stand.at + 1, end),
                               stand.capture);
        }
        if (stand.node != NULL && try_end(s, stand.node->end, stand.capture)) {
            return 1;
        }
        stand = resume(s);
    } while (stand.node != NULL);
    return s->over;
}

/* ---- hosts -------------------------------------------------------------- */

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
static __attribute__((noinline)) uint32_t
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
static __attribute__((noinline)) uint32_t
first_host(const struct routes_table *table, const char *host, size_t len,
           struct routes_match *result)
{
    uint32_t i = find_host(table, host, len);

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
static __attribute__((noinline)) enum routes_outcome
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
    result->n_captures = 0;
    if (len > 0 && path[0] == '/') {
        search_hosts(&s, host, host_len);
    }
    if (result->route == 0) {
        return settle(&s);
    }
    result->place = table->routes[result->route].place;
    return ROUTES_FOUND;
}

/* ---- the way that is gone most ------------------------------------------ */

/* The first pattern of a node that takes the segment or, a rest, all from it
 * on; NULL: none, or a guard is before it.  What it takes goes to capture. */
static __attribute__((noinline)) const struct routes_pattern *
first_pattern(const struct routes_table *table, const struct routes_node *node,
              const char *at, size_t len, const char *end,
              struct routes_capture *capture)
{
    const struct routes_pattern *pattern = &table->patterns[node->patterns];
    const struct routes_pattern *behind = pattern + node->n_patterns;

    for (; pattern < behind && pattern->kind != ROUTES_PATTERN_GUARD;
         pattern++) {
        int rest = pattern->kind == ROUTES_PATTERN_REST;

        *capture =
            (struct routes_capture){at, rest ? (size_t)(end - at) : len};
        if (pattern->kind == ROUTES_PATTERN_ANY ? len > 0
            : rest
                ? routes_language_has(table, pattern->type, at, capture->len)
                : take_segment(table, pattern, &capture->at, &capture->len)) {
            return pattern;
        }
    }
    return NULL;
}

/* The route at the end of the way on which each segment is taken by the first
 * candidate of its node that can, which is the one that a search would find;
 * 0: there is none, and a search must say what there is. */
static inline uint32_t
go_straight(const struct routes_table *table, uint32_t root, const char *path,
            const char *end, enum routes_method method,
            struct routes_match *result)
{
    const struct routes_node *node = &table->nodes[root];
    struct routes_capture *capture = result->captures + result->n_captures;
    const char *at = path;
    uint32_t last = 0;

    while (at != end) {
        struct routes_segment segment = routes_segment_next(path, at + 1, end);
        const struct routes_pattern *pattern =
            &table->patterns[node->patterns];
        uint32_t next =
            node->n_slots == 0 ? 0 : find_edge(table, node, segment);

        at = segment.at + segment.len;
        if (next == 0) {
            if (node->n_patterns == 0) {
                return 0;
            }
            if (pattern->kind == ROUTES_PATTERN_ANY && segment.len != 0) {
                *capture = (struct routes_capture){segment.at, segment.len};
            }
            else {
                pattern = first_pattern(table, node, segment.at, segment.len,
                                        end, capture);
                if (pattern == NULL) {
                    return 0;
                }
            }
            capture++;
            next = pattern->next;
            if (pattern->kind == ROUTES_PATTERN_REST) {
                last = next;
                break;
            }
        }
        node = &table->nodes[next];
    }
    result->n_captures = (uint32_t)(capture - result->captures);
    return pick_route(table, &table->ends[last != 0 ? last : node->end],
                      method);
}

/* The host of most requests: any, where there is no other. */
static inline int
has_one_host(const struct routes_table *table)
{
    return table->n_hosts == 2 && table->hosts[1].kind == ROUTES_HOST_ANY;
}

enum routes_outcome
routes_match(const struct routes_table *table, const char *host,
             size_t host_len, const char *path, size_t len,
             enum routes_method method, struct routes_match *result)
{
    uint32_t i = 1;

    if (host == NULL) {
        host = "";
        host_len = 0;
    }
    result->route = 0;
    result->allow = 0;
    result->n_captures = 0;
    if (!has_one_host(table)) {
        i = first_host(table, host, host_len, result);
    }
    if (len > 0 && path[0] == '/') {
        result->route = go_straight(table, table->hosts[i].root, path,
                                    path + len, method, result);
    }
    if (result->route == 0) {
        result->outcome =
            search(table, host, host_len, path, len, method, result);
        return result->outcome;
    }
    result->place = table->routes[result->route].place;
    result->outcome = ROUTES_FOUND;
    return ROUTES_FOUND;
}
