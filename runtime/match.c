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

#define METHODS_ALL       (ROUTES_METHOD_BIT(ROUTES_N_METHODS) - 1)
#define METHOD_IS(m, set) ((ROUTES_METHOD_BIT(m) & (set)) != 0)
/* What an `ANY` route answers, of the methods with a name. */
#define METHODS_ANY                                                           \
    (METHODS_ALL & ~ROUTES_METHOD_BIT(ROUTES_METHOD_TRACE) &                  \
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

/* The route of an end for the method: its own, GET for HEAD, ANY; or 0. */
static inline uint32_t
pick_route(const struct search *s, const struct routes_end *end)
{
    uint64_t bit = ROUTES_METHOD_BIT(s->method);

    if (!(end->methods & bit) && s->method == ROUTES_METHOD_HEAD) {
        bit = ROUTES_METHOD_BIT(ROUTES_METHOD_GET);
    }
    if (end->methods & bit) {
        uint64_t before = end->methods & (bit - 1);

        return s->table
            ->end_routes[end->routes + (uint32_t)__builtin_popcountll(before)];
    }
    return METHOD_IS(s->method, METHODS_NOT_ANY) ? 0 : end->any;
}

/* Notes that the path is known under the methods of an end. */
static void
note_refusal(struct search *s, const struct routes_end *end)
{
    struct refusal *refusal = &s->refusal;
    uint64_t methods = end->methods | (end->any != 0 ? METHODS_ANY : 0);

    if (methods == 0) {
        return;
    }
    if (refusal->allow == 0) {
        refusal->place = end->place;
        refusal->n_captures = s->result->n_captures;
        memcpy(refusal->captures, s->result->captures,
               refusal->n_captures * sizeof(refusal->captures[0]));
    }
    refusal->allow |= methods;
}

/* Whether the search is over: the end answers, or keeps the path. */
static inline int
try_end(struct search *s, uint32_t index)
{
    const struct routes_end *end = &s->table->ends[index];
    uint32_t route = pick_route(s, end);

    if (route != 0) {
        s->result->outcome = ROUTES_FOUND;
        s->result->route = route;
        s->result->place = s->table->routes[route].place;
        return 1;
    }
    note_refusal(s, end);
    s->guard = end->guard;
    return end->guard != 0;
}

/* ---- candidates --------------------------------------------------------- */

static inline void
add_capture(struct routes_match *result, const char *at, size_t len)
{
    result->captures[result->n_captures].at = at;
    result->captures[result->n_captures].len = len;
    result->n_captures++;
}

static inline int
type_has(const struct routes_table *table, uint32_t index, const char *text,
         size_t len)
{
    const struct routes_type *type = &table->types[index];

    if (type->kind == ROUTES_TYPE_STR && type->flags == 0 && type->dfa == 0) {
        return 1;
    }
    return routes_language_has(table, index, text, len);
}

/* Narrows the segment to what stands between prefix and suffix, or says that
 * they aren't there. */
static int
strip_literals(const struct routes_table *table,
               const struct routes_pattern *pattern, const char **at,
               size_t *len)
{
    size_t prefix = pattern->prefix.len;
    size_t suffix = pattern->suffix.len;

    if (*len < prefix + suffix ||
        memcmp(*at, table->text + pattern->prefix.at, prefix) != 0 ||
        memcmp(*at + *len - suffix, table->text + pattern->suffix.at,
               suffix) != 0) {
        return 0;
    }
    *at += prefix;
    *len -= prefix + suffix;
    return 1;
}

/* Whether a segment pattern takes the segment; then it is captured. */
static inline int
take_segment(struct search *s, const struct routes_pattern *pattern,
             const char *at, size_t len)
{
    if ((pattern->prefix.len | pattern->suffix.len) != 0 &&
        !strip_literals(s->table, pattern, &at, &len)) {
        return 0;
    }
    if (len == 0 || !type_has(s->table, pattern->type, at, len)) {
        return 0;
    }
    add_capture(s->result, at, len);
    return 1;
}

/* Whether a rest pattern or a guard ends the search. */
static int
try_rest(struct search *s, const struct routes_pattern *pattern,
         const char *at)
{
    size_t len = (size_t)(s->path_end - at);

    if (pattern->kind == ROUTES_PATTERN_REST) {
        if (!type_has(s->table, pattern->type, at, len)) {
            return 0;
        }
        add_capture(s->result, at, len);
    }
    return try_end(s, pattern->next);
}

/* ---- the search --------------------------------------------------------- */

enum step {
    STEP_DOWN, /* to *node */
    STEP_BACK, /* no candidate is left in the frame */
    STEP_OVER
};

/* Tries the frame's candidates up to the first that takes its segment. */
static inline enum step
try_patterns(struct search *s, struct frame *frame, uint32_t *node)
{
    while (frame->n_left > 0) {
        const struct routes_pattern *pattern = frame->pattern++;

        frame->n_left--;
        s->result->n_captures = frame->n_captures;
        if (pattern->kind != ROUTES_PATTERN_SEGMENT) {
            if (try_rest(s, pattern, frame->at)) {
                return STEP_OVER;
            }
        }
        else if (take_segment(s, pattern, frame->at, frame->len)) {
            *node = pattern->next;
            return STEP_DOWN;
        }
    }
    return STEP_BACK;
}

/* The node behind the edge with the segment's text, or 0. */
static inline uint32_t
find_edge(const struct routes_table *table, const struct routes_node *node,
          const struct routes_segment *segment)
{
    const struct routes_edge *edges = &table->edges[node->edges];
    uint32_t mask = node->n_slots - 1;

    for (uint32_t i = 0; i < node->n_slots; i++) {
        const struct routes_edge *edge = &edges[(segment->hash + i) & mask];

        if (edge->node == 0 ||
            routes_segment_is(segment, table->text, edge->text)) {
            return edge->node;
        }
    }
    return 0;
}

/* Enters a node with a segment to match; the candidates that are left stay in
 * a frame.  *at moves behind the segment: NULL at the end of the path. */
static inline enum step
enter_node(struct search *s, uint32_t *index, const char **at)
{
    const struct routes_node *node = &s->table->nodes[*index];
    struct routes_segment segment =
        routes_segment_next(s->path, *at, s->path_end);
    const char *behind = segment.at + segment.len;
    uint32_t next = find_edge(s->table, node, &segment);
    struct frame *frame = &s->frames[s->n_frames];
    enum step step = STEP_DOWN;

    *at = behind == s->path_end ? NULL : behind + 1;
    if (node->n_patterns != 0) {
        frame->pattern = &s->table->patterns[node->patterns];
        frame->n_left = node->n_patterns;
        frame->n_captures = s->result->n_captures;
        frame->at = segment.at;
        frame->len = segment.len;
        s->n_frames++;
    }
    if (next != 0) {
        *index = next;
        return STEP_DOWN;
    }
    if (node->n_patterns == 0) {
        return STEP_BACK;
    }
    step = try_patterns(s, frame, index);
    s->n_frames -= frame->n_left == 0;
    return step;
}

/* Goes on with the candidates of the last frame. */
static enum step
resume_frame(struct search *s, uint32_t *index, const char **at)
{
    enum step step = STEP_BACK;

    while (step == STEP_BACK && s->n_frames > 0) {
        struct frame *frame = &s->frames[s->n_frames - 1];
        const char *behind = frame->at + frame->len;

        step = try_patterns(s, frame, index);
        *at = behind == s->path_end ? NULL : behind + 1;
        s->n_frames -= frame->n_left == 0;
    }
    return step;
}

/* Whether the tree below the node answers or keeps the path. */
static int
search_tree(struct search *s, uint32_t node)
{
    const char *at = s->path + 1;

    s->n_frames = 0;
    for (;;) {
        enum step step = STEP_BACK;

        if (at != NULL) {
            step = enter_node(s, &node, &at);
        }
        else if (try_end(s, s->table->nodes[node].end)) {
            return 1;
        }
        if (step == STEP_BACK) {
            step = resume_frame(s, &node, &at);
        }
        if (step != STEP_DOWN) {
            return step == STEP_OVER;
        }
    }
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

/* The first host that isn't before the name. */
static uint32_t
lower_host(const struct routes_table *table, const char *host, size_t len)
{
    uint32_t low = 1;
    uint32_t high = table->n_hosts;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (compare_host(table, &table->hosts[middle], host, len) < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low;
}

/* The first host behind the exact ones. */
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

/* Whether a host that isn't exact takes the name; a parameter's label is
 * captured. */
static int
take_host(struct search *s, const struct routes_host *row, const char *host,
          size_t len)
{
    const char *suffix = s->table->text + row->name.at;
    size_t label;

    if (row->kind == ROUTES_HOST_ANY) {
        return 1;
    }
    if (len <= row->name.len ||
        memcmp(host + len - row->name.len, suffix, row->name.len) != 0) {
        return 0;
    }
    label = len - row->name.len;
    if (row->kind == ROUTES_HOST_PARAM) {
        if (memchr(host, '.', label) != NULL ||
            !type_has(s->table, row->type, host, label)) {
            return 0;
        }
        add_capture(s->result, host, label);
    }
    return 1;
}

static int
search_host(struct search *s, const struct routes_host *row)
{
    return row->root != 0 && search_tree(s, row->root);
}

/* Searches the hosts that take the name, most specific first. */
static int
search_hosts(struct search *s, const char *host, size_t len)
{
    const struct routes_table *table = s->table;
    uint32_t i = lower_host(table, host, len);

    if (i < table->n_hosts &&
        compare_host(table, &table->hosts[i], host, len) == 0) {
        if (search_host(s, &table->hosts[i])) {
            return 1;
        }
    }
    for (i = first_general_host(table, i); i < table->n_hosts; i++) {
        s->result->n_captures = 0;
        if (take_host(s, &table->hosts[i], host, len) &&
            search_host(s, &table->hosts[i])) {
            return 1;
        }
    }
    return 0;
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

    result->outcome = ROUTES_UNKNOWN;
    result->route = 0;
    result->place = 0;
    result->allow = 0;
    result->n_captures = 0;
    if (len == 0 || path[0] != '/') {
        return ROUTES_UNKNOWN;
    }
    s.table = table;
    s.path = path;
    s.path_end = path + len;
    s.method = method;
    s.guard = 0;
    s.result = result;
    s.refusal.allow = 0;
    if (!search_hosts(&s, host != NULL ? host : "",
                      host != NULL ? host_len : 0) ||
        result->outcome != ROUTES_FOUND) {
        result->outcome = settle(&s);
    }
    return result->outcome;
}
