/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The matcher: LANGUAGE.md P1 to P12 over the table.
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
    uint32_t n_captures; /* before the node */
    const char *at;      /* the segment to match */
    size_t len;
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
pick_route(const struct search *s, const struct routes_end *end)
{
    uint64_t bit = ROUTES_METHOD_BIT(s->method);

    if (!(end->methods & bit) && s->method == ROUTES_METHOD_HEAD) {
        bit = ROUTES_METHOD_BIT(ROUTES_METHOD_GET);
    }
    if (end->methods & bit) {
        return s->table
            ->end_routes[end->routes + count_bits(end->methods & (bit - 1))];
    }
    return METHOD_IS(s->method, METHODS_NOT_ANY) ? 0 : end->any;
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
static inline int
try_end(struct search *s, uint32_t index, uint32_t n_captures)
{
    const struct routes_end *end = &s->table->ends[index];
    uint32_t route = pick_route(s, end);

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

/* Where a search stands: at a node, before the segment at `at`. */
struct stand {
    uint32_t node;
    uint32_t n_captures;
    const char *at; /* NULL: the path is at its end */
};

static inline void
add_capture(const struct search *s, uint32_t *n_captures, const char *at,
            size_t len)
{
    struct routes_capture *capture = &s->result->captures[*n_captures];

    capture->at = at;
    capture->len = len;
    ++*n_captures;
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
    if ((pattern->prefix.len | pattern->suffix.len) != 0 &&
        !strip_literals(table, pattern, at, len)) {
        return 0;
    }
    return *len > 0 && routes_language_has(table, pattern->type, *at, *len);
}

/* Whether a rest pattern or a guard ends the search. */
static int
try_rest(struct search *s, const struct routes_pattern *pattern,
         const char *at, uint32_t n_captures)
{
    size_t len = (size_t)(s->path_end - at);

    if (pattern->kind == ROUTES_PATTERN_REST) {
        if (!routes_language_has(s->table, pattern->type, at, len)) {
            return 0;
        }
        add_capture(s, &n_captures, at, len);
    }
    return try_end(s, pattern->next, n_captures);
}

/* ---- the search --------------------------------------------------------- */

enum step {
    STEP_DOWN, /* to another node */
    STEP_BACK, /* this way leads nowhere */
    STEP_OVER
};

/* Tries a candidate on a segment; down leads behind it. */
static inline enum step
try_pattern(struct search *s, const struct routes_pattern *pattern,
            const char *at, size_t len, struct stand *stand)
{
    const char *next = at + len == s->path_end ? NULL : at + len + 1;

    if (pattern->kind == ROUTES_PATTERN_ANY) {
        if (len == 0) {
            return STEP_BACK;
        }
    }
    else if (pattern->kind != ROUTES_PATTERN_SEGMENT) {
        return try_rest(s, pattern, at, stand->n_captures) ? STEP_OVER
                                                           : STEP_BACK;
    }
    else if (!take_segment(s->table, pattern, &at, &len)) {
        return STEP_BACK;
    }
    add_capture(s, &stand->n_captures, at, len);
    stand->node = pattern->next;
    stand->at = next;
    return STEP_DOWN;
}

/* Looks at the slots behind the first; out of line, because few do. */
static __attribute__((noinline)) uint32_t
find_further(const struct routes_table *table, const struct routes_node *node,
             const struct routes_segment *segment, uint32_t slot)
{
    const struct routes_edge *edges = &table->edges[node->edges];
    uint32_t mask = node->n_slots - 1;

    for (uint32_t i = 1; i <= mask; i++) {
        const struct routes_edge *edge = &edges[(slot + i) & mask];

        if (edge->node == 0 ||
            routes_segment_is(segment, table->text, edge->text)) {
            return edge->node;
        }
    }
    return 0;
}

/* The node behind the edge with the segment's text, or 0. */
static inline uint32_t
find_edge(const struct routes_table *table, const struct routes_node *node,
          const struct routes_segment *segment)
{
    uint32_t slot = routes_segment_hashed(segment) & (node->n_slots - 1);
    const struct routes_edge *edge = &table->edges[node->edges + slot];

    if (edge->node == 0 ||
        routes_segment_is(segment, table->text, edge->text)) {
        return edge->node;
    }
    return find_further(table, node, segment, slot);
}

/* Keeps the candidates of a node but for the first `tried`. */
static inline void
push_frame(struct search *s, const struct routes_node *node, uint32_t tried,
           const struct routes_segment *segment, uint32_t n_captures)
{
    struct frame *frame;

    if (node->n_patterns == tried) {
        return;
    }
    frame = &s->frames[s->n_frames++];
    frame->pattern = &s->table->patterns[node->patterns + tried];
    frame->n_left = node->n_patterns - tried;
    frame->n_captures = n_captures;
    frame->at = segment->at;
    frame->len = segment->len;
}

/* Enters a node with a segment to match, and tries the first candidate; the
 * others stay in a frame. */
static inline enum step
enter_node(struct search *s, struct stand *stand)
{
    const struct routes_node *node = &s->table->nodes[stand->node];
    struct routes_segment segment =
        routes_segment_next(s->path, stand->at, s->path_end);
    uint32_t n_captures = stand->n_captures;
    uint32_t next =
        node->n_slots == 0 ? 0 : find_edge(s->table, node, &segment);
    enum step step;

    if (next != 0) {
        const char *behind = segment.at + segment.len;

        push_frame(s, node, 0, &segment, n_captures);
        stand->node = next;
        stand->at = behind == s->path_end ? NULL : behind + 1;
        return STEP_DOWN;
    }
    if (node->n_patterns == 0) {
        return STEP_BACK;
    }
    step = try_pattern(s, &s->table->patterns[node->patterns], segment.at,
                       segment.len, stand);
    push_frame(s, node, 1, &segment, n_captures);
    return step;
}

/* Goes on with the candidates of the last frame. */
static inline enum step
resume(struct search *s, struct stand *stand)
{
    enum step step = STEP_BACK;

    while (step == STEP_BACK && s->n_frames > 0) {
        struct frame *frame = &s->frames[s->n_frames - 1];

        frame->n_left--;
        s->n_frames -= frame->n_left == 0;
        stand->n_captures = frame->n_captures;
        step = try_pattern(s, frame->pattern++, frame->at, frame->len, stand);
    }
    return step;
}

/* Whether the tree below the node answers or keeps the path. */
static inline int
search_tree(struct search *s, uint32_t node, uint32_t n_captures)
{
    struct stand stand = {node, n_captures, s->path + 1};
    enum step step = STEP_DOWN;

    s->n_frames = 0;
    while (step == STEP_DOWN) {
        if (stand.at != NULL) {
            step = enter_node(s, &stand);
        }
        else if (try_end(s, s->table->nodes[stand.node].end,
                         stand.n_captures)) {
            return 1;
        }
        else {
            step = STEP_BACK;
        }
        if (step == STEP_BACK) {
            step = resume(s, &stand);
        }
    }
    return step == STEP_OVER;
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

/* Whether a host by suffix or parameter takes the name; a parameter's label
 * is captured. */
static __attribute__((noinline)) int
take_suffix(const struct search *s, const struct routes_host *row,
            const char *host, size_t len, uint32_t *n_captures)
{
    const char *suffix = s->table->text + row->name.at;
    size_t label = len - row->name.len;

    if (len <= row->name.len ||
        memcmp(host + label, suffix, row->name.len) != 0) {
        return 0;
    }
    if (row->kind == ROUTES_HOST_SUFFIX) {
        return 1;
    }
    add_capture(s, n_captures, host, label);
    return memchr(host, '.', label) == NULL &&
           routes_language_has(s->table, row->type, host, label);
}

/* Searches the hosts that take the name, most specific first: the exact one,
 * then those behind all exact ones, in their order. */
static inline void
search_hosts(struct search *s, const char *host, size_t len)
{
    const struct routes_table *table = s->table;
    uint32_t i = 1;

    if (table->n_hosts > 1 && table->hosts[1].kind == ROUTES_HOST_EXACT) {
        i = find_host(table, host, len);
    }
    while (i < table->n_hosts) {
        const struct routes_host *row = &table->hosts[i];
        uint32_t n_captures = 0;
        int taken = row->kind == ROUTES_HOST_ANY ||
                    row->kind == ROUTES_HOST_EXACT ||
                    take_suffix(s, row, host, len, &n_captures);

        if (taken && row->root != 0 && search_tree(s, row->root, n_captures)) {
            return;
        }
        i = row->kind == ROUTES_HOST_EXACT ? first_general_host(table, i)
                                           : i + 1;
    }
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

enum routes_outcome
routes_match(const struct routes_table *table, const char *host,
             size_t host_len, const char *path, size_t len,
             enum routes_method method, struct routes_match *result)
{
    struct search s;

    result->route = 0;
    result->allow = 0;
    s.guard = 0;
    s.refusal.allow = 0;
    s.table = table;
    s.path = path;
    s.path_end = path + len;
    s.method = method;
    s.result = result;
    if (len > 0 && path[0] == '/') {
        search_hosts(&s, host != NULL ? host : "",
                     host != NULL ? host_len : 0);
    }
    if (result->route != 0) {
        result->place = table->routes[result->route].place;
        result->outcome = ROUTES_FOUND;
        return ROUTES_FOUND;
    }
    result->outcome = settle(&s);
    return result->outcome;
}
