/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The matcher: precedence, methods, guards, hosts, captures, bounded work.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

#include "block_portable.h"
#include "fence.h"
#include "runtime/match.h"
#include "runtime/segment.h"
#include "runtime/table.h"
#include "table_builder.h"
#include "fixture.h"

#define M(name) ROUTES_METHOD_BIT(ROUTES_METHOD_##name)

static const struct routes_table *
finish(struct builder *b)
{
    const struct routes_table *table = builder_finish(b);

    assert_null(routes_table_refusal(table, pool));
    return table;
}

/* Matches; nothing behind the result may be written. */
static struct routes_match
match_at(const struct routes_table *table, const char *host,
         const char *method, const char *path, size_t len)
{
    struct {
        struct routes_match match;
        unsigned char behind[64];
    } result;

    memset(&result, 0xA5, sizeof(result));
    routes_match(table, host, host != NULL ? strlen(host) : 0, path, len,
                 routes_method_of(method, strlen(method)), &result.match);
    for (size_t i = 0; i < sizeof(result.behind); i++) {
        assert_int_equal(result.behind[i], 0xA5);
    }
    return result.match;
}

/* Matches against the fence on either side, which must agree. */
static struct routes_match
match(const struct routes_table *table, const char *host, const char *method,
      const char *path)
{
    size_t len = strlen(path);
    struct routes_match before =
        match_at(table, host, method, fence_before(path, len), len);
    struct routes_match behind =
        match_at(table, host, method, fence_behind(path, len), len);

    assert_int_equal(before.outcome, behind.outcome);
    assert_int_equal(before.route, behind.route);
    assert_int_equal(before.place, behind.place);
    assert_int_equal(before.allow, behind.allow);
    assert_int_equal(before.n_captures, behind.n_captures);
    return behind;
}

/* What a match says, in words: "GET /a/{x} x=1", or "405 GET,HEAD". */
static const char *
told(const struct routes_table *table, const char *host, const char *method,
     const char *path)
{
    struct routes_match m = match(table, host, method, path);
    const char *text = "";

    switch (m.outcome) {
    case ROUTES_UNKNOWN:
        return "unknown";
    case ROUTES_FOUND:
        text = routes_table_text(table, table->routes[m.route].pattern);
        break;
    case ROUTES_NOT_FOUND:
        text = apr_pstrcat(
            pool, "404 ",
            routes_table_text(table, table->places[m.place].path), NULL);
        break;
    case ROUTES_NOT_ALLOWED:
    case ROUTES_OPTIONS:
        text = apr_pstrcat(
            pool, m.outcome == ROUTES_OPTIONS ? "204 " : "405 ",
            routes_table_text(table, table->places[m.place].path), NULL);
        for (unsigned i = 0; i < ROUTES_N_METHODS; i++) {
            if (m.allow & ROUTES_METHOD_BIT(i)) {
                text = apr_pstrcat(pool, text, " ",
                                   routes_method_name((enum routes_method)i),
                                   NULL);
            }
        }
        break;
    }
    for (uint32_t i = 0; i < m.n_captures; i++) {
        text = apr_pstrcat(
            pool, text, " [",
            apr_pstrmemdup(pool, m.captures[i].at, m.captures[i].len), "]",
            NULL);
    }
    return text;
}

#define assert_told(table, method, path, words)                               \
    assert_string_equal(told(table, NULL, method, path), words)

/* ---- precedence --------------------------------------------------------- */

static void
a_literal_wins_over_a_parameter(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/users/{id}");
    builder_route(b, NULL, "GET", "/users/new");
    builder_route(b, NULL, "GET", "/users/{n:int}");
    t = finish(b);
    assert_told(t, "GET", "/users/new", "/users/new");
    assert_told(t, "GET", "/users/newer", "/users/{id} [newer]");
    assert_told(t, "GET", "/users/7", "/users/{n:int} [7]");
    assert_told(t, "GET", "/users/07", "/users/{id} [07]");
}

static void
the_segment_further_left_decides(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/{x}/b/c");
    builder_route(b, NULL, "GET", "/a/{y}/{z}");
    t = finish(b);
    assert_told(t, "GET", "/a/b/c", "/a/{y}/{z} [b] [c]");
    assert_told(t, "GET", "/x/b/c", "/{x}/b/c [x]");
    assert_told(t, "GET", "/x/b/d", "unknown");
}

static void
a_search_comes_back_from_a_dead_end(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/a/b/c/d");
    builder_route(b, NULL, "GET", "/a/{x:int}/c/e");
    builder_route(b, NULL, "GET", "/{w}/b/{v}/f");
    builder_route(b, NULL, "GET", "/{w}/{r:path}");
    t = finish(b);
    assert_told(t, "GET", "/a/b/c/d", "/a/b/c/d");
    assert_told(t, "GET", "/a/7/c/e", "/a/{x:int}/c/e [7]");
    assert_told(t, "GET", "/a/b/c/f", "/{w}/b/{v}/f [a] [c]");
    assert_told(t, "GET", "/a/b/c/g", "/{w}/{r:path} [a] [b/c/g]");
    assert_told(t, "GET", "/a/", "/{w}/{r:path} [a] []");
    assert_told(t, "GET", "/a", "unknown");
}

static void
text_around_a_parameter_narrows_it(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/{name}");
    builder_route(b, NULL, "GET", "/img-{id:int}.png");
    builder_route(b, NULL, "GET", "/{job}:cancel");
    t = finish(b);
    assert_told(t, "GET", "/img-12.png", "/img-{id:int}.png [12]");
    assert_told(t, "GET", "/img-.png", "/{name} [img-.png]");
    assert_told(t, "GET", "/img-x.png", "/{name} [img-x.png]");
    assert_told(t, "GET", "/7:cancel", "/{job}:cancel [7]");
    assert_told(t, "GET", "/:cancel", "/{name} [:cancel]");
    assert_told(t, "GET", "/img-.pn", "/{name} [img-.pn]");
}

static void
a_prefix_and_a_suffix_do_not_overlap(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/aba{x}aba");
    t = finish(b);
    assert_told(t, "GET", "/ababa", "unknown");
    assert_told(t, "GET", "/abaaba", "unknown");
    assert_told(t, "GET", "/aba-aba", "/aba{x}aba [-]");
}

/* ---- segments ----------------------------------------------------------- */

static void
a_parameter_never_takes_an_empty_segment(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/a/{x}/b");
    builder_route(b, NULL, "GET", "/a/{x}");
    t = finish(b);
    assert_told(t, "GET", "/a/", "unknown");
    assert_told(t, "GET", "/a//b", "unknown");
    assert_told(t, "GET", "/a/1/", "unknown");
}

static void
a_trailing_slash_is_an_empty_segment(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/");
    builder_route(b, NULL, "GET", "/a");
    builder_route(b, NULL, "GET", "/b/");
    t = finish(b);
    assert_told(t, "GET", "/", "/");
    assert_told(t, "GET", "//", "unknown");
    assert_told(t, "GET", "/a", "/a");
    assert_told(t, "GET", "/a/", "unknown");
    assert_told(t, "GET", "/b", "unknown");
    assert_told(t, "GET", "/b/", "/b/");
    assert_told(t, "GET", "/b//", "unknown");
}

static void
what_is_no_path_is_unknown(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "ANY", "/{r:path}");
    t = finish(b);
    assert_told(t, "OPTIONS", "*", "unknown");
    assert_told(t, "GET", "", "unknown");
    assert_told(t, "GET", "a/b", "unknown");
    assert_told(t, "GET", "/a", "/{r:path} [a]");
}

/* Lengths on both sides of the words that segments are read in. */
static void
segments_of_every_length_match(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    char pattern[64] = "/";
    char path[128];

    (void)state;
    for (int n = 1; n < 40; n++) {
        pattern[n] = (char)('a' + n % 26);
        pattern[n + 1] = '\0';
        builder_route(b, NULL, "GET", pattern);
        builder_route(b, NULL, "GET",
                      apr_pstrcat(pool, pattern, "/{x}", NULL));
    }
    t = finish(b);
    for (size_t n = 1; n < 40; n++) {
        memcpy(path, pattern, n + 1);
        path[n + 1] = '\0';
        assert_told(t, "GET", path, path);
        path[n]++;
        assert_told(t, "GET", path, "unknown");
        path[n]--;
        assert_told(t, "GET", apr_pstrcat(pool, path, "/q", NULL),
                    apr_pstrcat(pool, path, "/{x} [q]", NULL));
    }
}

/* Whether both ways to look at sixteen bytes tell which are c. */
static void
assert_blocks(const char *block, char c)
{
    uint64_t bits = 0;

    for (int i = 0; i < ROUTES_BLOCK; i++) {
        bits |= (uint64_t)(block[i] == c) << i;
    }
    assert_int_equal(routes_block_find(block, c), bits);
    assert_int_equal(block_portable_find(block, c), bits);
    assert_int_equal(routes_block_find_half(block, c), bits & 0xFF);
    assert_int_equal(block_portable_find_half(block, c), bits & 0xFF);
}

static void
every_byte_of_a_block_is_told(void **state)
{
    char block[ROUTES_BLOCK];

    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        for (int i = 0; i < ROUTES_BLOCK; i++) {
            memset(block, (int)byte, sizeof(block));
            assert_blocks(block, '/');
            block[i] = '/';
            assert_blocks(block, '/');
            block[i] = (char)byte;
            block[(i + 1) % ROUTES_BLOCK] = (char)('/' + 1);
            block[(i + 5) % ROUTES_BLOCK] = (char)('/' | 0x80);
            block[(i + 6) % ROUTES_BLOCK] = '/';
            assert_blocks(block, '/');
        }
    }
}

static void
assert_window(const char *path, size_t len, uint64_t bits)
{
    assert_int_equal(routes_segment_next_window(path, path + len), bits);
    if (len >= ROUTES_BLOCK) {
        assert_int_equal(routes_segment_window(path, len), bits);
    }
}

static void
windows_of_every_length_have_their_slashes(void **state)
{
    char path[ROUTES_WINDOW + 2];

    (void)state;
    for (size_t len = 0; len < sizeof(path); len++) {
        for (size_t i = 0; i < len; i++) {
            const char *behind;
            uint64_t bits;

            memset(path, 'x', sizeof(path));
            path[i] = path[len / 2] = '/';
            bits = i < ROUTES_WINDOW ? UINT64_C(1) << i : 0;
            bits |= len / 2 < ROUTES_WINDOW ? UINT64_C(1) << len / 2 : 0;
            bits |= len < ROUTES_WINDOW ? UINT64_C(1) << len : 0;
            behind = fence_behind(path, len);
            assert_window(behind, len, bits);
            assert_window(fence_before(path, len), len, bits);
        }
    }
}

/* Segments and paths around the length of a window. */
static void
long_paths_match(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    char path[400];
    char words[400];

    (void)state;
    builder_route(b, NULL, "GET", "/a/{x}/bbbbbbbb/{y}/c/{r:path}");
    t = finish(b);
    for (int x = 1; x<140; x += x> 50 && x < 70 ? 1 : 7) {
        for (int y = 1; y<140; y += y> 40 && y < 70 ? 1 : 7) {
            sprintf(path, "/a/%0*d/bbbbbbbb/%0*d/c/r/s", x, 1, y, 2);
            sprintf(words,
                    "/a/{x}/bbbbbbbb/{y}/c/{r:path} [%0*d] [%0*d] [r/s]", x, 1,
                    y, 2);
            assert_told(t, "GET", path, words);
        }
    }
}

/* All '/', none, and bytes that differ from it in the highest bit only. */
static void
paths_of_every_length_are_looked_at(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    char path[8192] = "/";

    (void)state;
    builder_route(b, NULL, "GET", "/{x}");
    builder_route(b, NULL, "GET", "/{r:rawpath}");
    t = finish(b);
    for (const char *c = "/x\xAF"; *c != '\0'; c++) {
        for (size_t len = 2; len < sizeof(path); len += len < 200 ? 1 : 1331) {
            struct routes_match m;

            memset(path + 1, *c, len - 1);
            path[len] = '\0';
            m = match(t, NULL, "GET", path);
            assert_int_equal(m.route, *c == '/' ? 2 : 1);
            assert_int_equal(m.n_captures, 1);
            assert_int_equal(m.captures[0].len, len - 1);
        }
    }
}

static void
a_key_of_a_text_is_that_of_a_segment(void **state)
{
    const char *path = "/repositories/octocat/a/12345678/1234567/";
    const char *end = path + strlen(path);

    (void)state;
    for (const char *at = path + 1; at <= end;) {
        size_t len = strcspn(at, "/");
        const char *copy = fence_behind(at, len);

        assert_int_equal(routes_segment_key(path, at, len, end),
                         routes_segment_key_of(copy, len));
        at += len + 1;
    }
}

static void
bytes_that_are_no_text_match(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    struct routes_match m;

    (void)state;
    builder_route(b, NULL, "GET", "/{x}/caf\xC3\xA9");
    t = finish(b);
    m = match_at(t, NULL, "GET", "/\xFF\x00\x2E/caf\xC3\xA9", 10);
    assert_int_equal(m.outcome, ROUTES_FOUND);
    assert_int_equal(m.captures[0].len, 3);
    m = match_at(t, NULL, "GET", "/x/caf\xC3\xA9\x00", 9);
    assert_int_equal(m.outcome, ROUTES_UNKNOWN);
}

/* ---- languages ---------------------------------------------------------- */

static void
an_int_has_one_spelling(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    const char *const good[] = {"0", "7", "-1", "9223372036854775807",
                                "-9223372036854775808"};
    const char *const bad[] = {"",
                               "-",
                               "+1",
                               "00",
                               "-0",
                               "01",
                               "1.0",
                               "1 ",
                               "x1",
                               "9223372036854775808",
                               "-9223372036854775809",
                               "18446744073709551617"};

    (void)state;
    builder_route(b, NULL, "GET", "/{x:int}");
    t = finish(b);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_told(t, "GET", apr_pstrcat(pool, "/", good[i], NULL),
                    apr_pstrcat(pool, "/{x:int} [", good[i], "]", NULL));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_told(t, "GET", apr_pstrcat(pool, "/", bad[i], NULL), "unknown");
    }
}

static void
bounds_are_part_of_the_language(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/i/{x:int(2..10)}");
    builder_route(b, NULL, "GET", "/s/{x:str(2..3)}");
    builder_route(b, NULL, "GET", "/b/{x:bytes(2..3)}");
    builder_route(b, NULL, "GET", "/p/{x:path(1..3)}");
    builder_route(b, NULL, "GET", "/m/{x:str(..3)~a-z}");
    builder_route(b, NULL, "GET", "/u/{x:uuid~0-9a-f-}");
    t = finish(b);
    assert_told(t, "GET", "/i/1", "unknown");
    assert_told(t, "GET", "/i/2", "/i/{x:int(2..10)} [2]");
    assert_told(t, "GET", "/i/11", "unknown");
    assert_told(t, "GET", "/s/\xC3\xA9", "unknown");
    assert_told(t, "GET", "/s/\xC3\xA9\xC3\xA9\xC3\xA9",
                "/s/{x:str(2..3)} [\xC3\xA9\xC3\xA9\xC3\xA9]");
    assert_told(t, "GET", "/b/\xC3\xA9", "/b/{x:bytes(2..3)} [\xC3\xA9]");
    assert_told(t, "GET", "/p/", "unknown");
    assert_told(t, "GET", "/p/a/b", "/p/{x:path(1..3)} [a/b]");
    assert_told(t, "GET", "/p/a/bc", "unknown");
    assert_told(t, "GET", "/m/abc", "/m/{x:str(..3)~a-z} [abc]");
    assert_told(t, "GET", "/m/abcd", "unknown");
    assert_told(t, "GET", "/m/aB", "unknown");
    assert_told(t, "GET", "/u/0a-f", "/u/{x:uuid~0-9a-f-} [0a-f]");
    assert_told(t, "GET", "/u/0A-f", "unknown");
}

/* ---- methods ------------------------------------------------------------ */

static void
the_method_is_part_of_matching(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "POST", "/users/new");
    builder_route(b, NULL, "GET,DELETE", "/users/{id}");
    t = finish(b);
    assert_told(t, "POST", "/users/new", "/users/new");
    assert_told(t, "GET", "/users/new", "/users/{id} [new]");
    assert_told(t, "PUT", "/users/new",
                "405 /users/new GET HEAD POST DELETE OPTIONS");
    assert_told(t, "PUT", "/users/7",
                "405 /users/{id} GET HEAD DELETE OPTIONS [7]");
    assert_told(t, "FROB", "/users/7",
                "405 /users/{id} GET HEAD DELETE OPTIONS [7]");
    assert_told(t, "OPTIONS", "/users/new",
                "204 /users/new GET HEAD POST DELETE OPTIONS");
    assert_told(t, "OPTIONS", "/users", "unknown");
}

static void
get_serves_head_unless_head_is_declared(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    uint32_t get = builder_route(b, NULL, "GET", "/a");
    uint32_t any = builder_route(b, NULL, "ANY", "/a");
    uint32_t head = builder_route(b, NULL, "HEAD", "/b");

    (void)state;
    builder_route(b, NULL, "GET", "/b");
    builder_route(b, NULL, "POST", "/c");
    t = finish(b);
    assert_int_equal(match(t, NULL, "HEAD", "/a").route, get);
    assert_int_equal(match(t, NULL, "PUT", "/a").route, any);
    assert_int_equal(match(t, NULL, "HEAD", "/b").route, head);
    assert_told(t, "HEAD", "/c", "405 /c POST OPTIONS");
}

static uint32_t
route_talk(struct builder *b, const char *path)
{
    uint32_t route = builder_route(b, NULL, "WEBSOCKET", path);

    builder_arg(b, route, "ws", ROUTES_FROM_REQUEST, "websocket", NULL);
    return route;
}

static void
a_handshake_is_a_get_where_no_route_is_for_it(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    uint32_t get = builder_route(b, NULL, "GET", "/a");
    uint32_t talk = route_talk(b, "/a");
    uint32_t lobby = builder_route(b, NULL, "GET", "/b/lobby");
    uint32_t room = route_talk(b, "/b/{x}");
    uint32_t any = builder_route(b, NULL, "ANY", "/c");

    (void)state;
    builder_route(b, NULL, "POST", "/d");
    t = finish(b);
    assert_int_equal(match(t, NULL, "WEBSOCKET", "/a").route, talk);
    assert_int_equal(match(t, NULL, "GET", "/a").route, get);
    assert_int_equal(match(t, NULL, "WEBSOCKET", "/b/lobby").route, lobby);
    assert_int_equal(match(t, NULL, "WEBSOCKET", "/b/x").route, room);
    assert_int_equal(match(t, NULL, "WEBSOCKET", "/c").route, any);
    assert_told(t, "WEBSOCKET", "/d", "405 /d POST OPTIONS");
    assert_told(t, "GET", "/b/x", "405 /b/{x} OPTIONS WEBSOCKET [x]");
    assert_false(match(t, NULL, "PUT", "/c").allow &
                 ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET));
}

static void
no_request_has_the_method_of_websockets(void **state)
{
    const uint64_t talk = ROUTES_METHOD_BIT(ROUTES_METHOD_WEBSOCKET);
    const uint64_t post = ROUTES_METHOD_BIT(ROUTES_METHOD_POST);
    const uint64_t get = ROUTES_METHOD_BIT(ROUTES_METHOD_GET) |
                         ROUTES_METHOD_BIT(ROUTES_METHOD_HEAD);
    const struct routes_table *t = finish(builder_create(pool));

    (void)state;
    assert_int_equal(routes_method_asked(t, "WEBSOCKET", 9),
                     ROUTES_METHOD_NONE);
    assert_int_equal(routes_method_asked(t, "GET", 3), ROUTES_METHOD_GET);
    assert_true(routes_method_sent(talk | post) == (get | post));
    assert_true(routes_method_sent(post) == post);
    assert_int_equal(routes_method_refusal(ROUTES_METHOD_GET, talk), 426);
    assert_int_equal(routes_method_refusal(ROUTES_METHOD_HEAD, talk), 426);
    assert_int_equal(routes_method_refusal(ROUTES_METHOD_POST, talk), 405);
    assert_int_equal(routes_method_refusal(ROUTES_METHOD_NONE, talk), 405);
    assert_int_equal(routes_method_refusal(ROUTES_METHOD_GET, post), 405);
    assert_int_equal(routes_method_met(ROUTES_METHOD_GET, talk),
                     ROUTES_METHOD_WEBSOCKET);
    assert_int_equal(routes_method_met(ROUTES_METHOD_WEBSOCKET, UINT64_MAX),
                     ROUTES_METHOD_GET);
}

static void
the_path_beats_the_method(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "ANY", "/users/new");
    builder_route(b, NULL, "GET", "/users/{id}");
    t = finish(b);
    assert_told(t, "GET", "/users/new", "/users/new");
    assert_told(t, "HEAD", "/users/new", "/users/new");
}

static void
any_is_every_method_but_three(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    uint64_t allow;

    (void)state;
    builder_route(b, NULL, "ANY", "/a");
    t = finish(b);
    assert_told(t, "PROPFIND", "/a", "/a");
    assert_told(t, "FROB", "/a", "/a");
    assert_int_equal(match(t, NULL, "TRACE", "/a").outcome,
                     ROUTES_NOT_ALLOWED);
    assert_int_equal(match(t, NULL, "CONNECT", "/a").outcome,
                     ROUTES_NOT_ALLOWED);
    assert_int_equal(match(t, NULL, "OPTIONS", "/a").outcome, ROUTES_OPTIONS);
    allow = match(t, NULL, "OPTIONS", "/a").allow;
    assert_int_equal(allow, (M(SEARCH) * 2 - 1) & ~M(TRACE) & ~M(CONNECT));
}

static void
declared_options_are_a_route(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/a/b");
    builder_route(b, NULL, "OPTIONS", "/a/{x}");
    builder_route(b, NULL, "CONNECT,TRACE", "/a/{x}");
    t = finish(b);
    assert_told(t, "OPTIONS", "/a/b", "/a/{x} [b]");
    assert_told(t, "TRACE", "/a/b", "/a/{x} [b]");
    assert_told(t, "PUT", "/a/b", "405 /a/b GET HEAD OPTIONS CONNECT TRACE");
}

static void
every_method_has_its_route(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    uint32_t routes[ROUTES_METHOD_OWN];

    (void)state;
    for (unsigned m = 0; m < ROUTES_METHOD_OWN; m += 2) {
        routes[m] = builder_route(
            b, NULL, routes_method_name((enum routes_method)m), "/a");
    }
    t = finish(b);
    for (unsigned m = 0; m < ROUTES_METHOD_OWN; m += 2) {
        const char *name = routes_method_name((enum routes_method)m);

        assert_int_equal(match(t, NULL, name, "/a").route, routes[m]);
    }
    assert_int_equal(routes_method_of("get", 3), ROUTES_METHOD_NONE);
    assert_int_equal(routes_method_of("GETT", 4), ROUTES_METHOD_NONE);
    assert_int_equal(routes_method_of("", 0), ROUTES_METHOD_NONE);
    assert_string_equal(routes_method_name(ROUTES_METHOD_NONE), "");
}

/* ---- guards ------------------------------------------------------------- */

static void
nothing_from_outside_answers_in_a_location(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "ANY", "/{r:path}");
    builder_route(b, NULL, "GET", "/{x}/y");
    builder_route(b, NULL, "GET", "/admin/item/{id:int}");
    builder_route(b, NULL, "POST", "/admin");
    builder_guard(b, NULL, "/admin");
    t = finish(b);
    assert_told(t, "GET", "/admin/item/7", "/admin/item/{id:int} [7]");
    assert_told(t, "GET", "/admin/item/x", "404 /admin");
    assert_told(t, "GET", "/admin/y", "404 /admin");
    assert_told(t, "GET", "/admin/", "404 /admin");
    assert_told(t, "OPTIONS", "/admin/y", "404 /admin");
    assert_told(t, "TRACE", "/admin/y", "404 /admin");
    assert_told(t, "GET", "/admin", "405 /admin POST OPTIONS");
    assert_told(t, "OPTIONS", "/admin", "204 /admin POST OPTIONS");
    assert_told(t, "PUT", "/admin/item/7",
                "405 /admin/item/{id:int} GET HEAD OPTIONS [7]");
    assert_told(t, "GET", "/admins", "/{r:path} [admins]");
    assert_told(t, "GET", "/other/y", "/{x}/y [other]");
}

static void
the_innermost_location_keeps_what_is_below(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_guard(b, NULL, "/o");
    builder_guard(b, NULL, "/o/{id:int}");
    builder_route(b, NULL, "GET", "/o/{id:int}/items");
    builder_route(b, NULL, "GET", "/o/{id:int}");
    t = finish(b);
    assert_told(t, "GET", "/o/7/x", "404 /o/{id:int} [7]");
    assert_told(t, "GET", "/o/x/x", "404 /o");
    assert_told(t, "GET", "/o", "404 /o");
    assert_told(t, "PUT", "/o/7", "405 /o/{id:int} GET HEAD OPTIONS [7]");
}

static void
a_more_specific_location_comes_first(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_guard(b, NULL, "/a");
    builder_route(b, NULL, "GET", "/{x}/b");
    builder_guard(b, NULL, "/{x}");
    t = finish(b);
    assert_told(t, "GET", "/a/b", "404 /a");
    assert_told(t, "GET", "/c/b", "/{x}/b [c]");
    assert_told(t, "GET", "/c/d", "404 /{x} [c]");
}

/* ---- hosts -------------------------------------------------------------- */

static void
hosts_are_tried_most_specific_first(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/any");
    builder_route(b, "a.example.com", "GET", "/exact");
    builder_route(b, "b.example.com", "GET", "/b");
    builder_route(b, "*.example.com", "GET", "/suffix");
    builder_route(b, "{t:str~a-z}.app.example.com", "GET", "/{x}");
    t = finish(b);
    assert_string_equal(told(t, "a.example.com", "GET", "/exact"), "/exact");
    assert_string_equal(told(t, "b.example.com", "GET", "/exact"), "unknown");
    assert_string_equal(told(t, "a.example.com", "GET", "/suffix"), "/suffix");
    assert_string_equal(told(t, "a.example.com", "GET", "/any"), "/any");
    assert_string_equal(told(t, "x.app.example.com", "GET", "/suffix"),
                        "/{x} [x] [suffix]");
    assert_string_equal(told(t, "x.y.app.example.com", "GET", "/suffix"),
                        "/suffix");
    assert_string_equal(told(t, "9.app.example.com", "GET", "/q"), "unknown");
    assert_string_equal(told(t, ".app.example.com", "GET", "/q"), "unknown");
    assert_string_equal(told(t, "example.com", "GET", "/suffix"), "unknown");
    assert_string_equal(told(t, ".example.com", "GET", "/suffix"), "unknown");
    assert_string_equal(told(t, "zexample.com", "GET", "/suffix"), "unknown");
    assert_string_equal(told(t, NULL, "GET", "/any"), "/any");
    assert_string_equal(told(t, NULL, "GET", "/exact"), "unknown");
    assert_string_equal(told(t, "", "GET", "/any"), "/any");
}

static void
a_host_with_a_guard_keeps_its_paths(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    builder_route(b, NULL, "GET", "/l/x");
    builder_route(b, NULL, "GET", "/m");
    builder_guard(b, "a.b", "/l");
    builder_route(b, "a.b", "POST", "/m");
    t = finish(b);
    assert_string_equal(told(t, "a.b", "GET", "/l/x"), "404 /l");
    assert_string_equal(told(t, "c.b", "GET", "/l/x"), "/l/x");
    assert_string_equal(told(t, "a.b", "GET", "/m"), "/m");
    assert_string_equal(told(t, "a.b", "PUT", "/m"),
                        "405 /m GET HEAD POST OPTIONS");
}

static void
many_hosts_are_found(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    char name[32];

    (void)state;
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "h%d.example", i * 7);
        builder_route(b, name, "GET", apr_psprintf(pool, "/%d", i));
    }
    t = finish(b);
    for (int i = 0; i < 300; i++) {
        const char *path = apr_psprintf(pool, "/%d", i);

        snprintf(name, sizeof(name), "h%d.example", i * 7);
        assert_string_equal(told(t, name, "GET", path), path);
        snprintf(name, sizeof(name), "h%d.example", i * 7 + 1);
        assert_string_equal(told(t, name, "GET", path), "unknown");
    }
}

/* ---- work --------------------------------------------------------------- */

/* Every segment fits a literal and a parameter, and nothing answers: the
 * whole tree below the path is visited, and no more. */
static void
crossing_patterns_cost_no_more_than_their_nodes(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    clock_t start;

    (void)state;
    for (unsigned i = 0; i < 1024; i++) {
        const char *pattern = "";

        for (unsigned bit = 0; bit < 10; bit++) {
            pattern =
                apr_pstrcat(pool, pattern, i >> bit & 1 ? "/a" : "/{x}", NULL);
        }
        builder_route(b, NULL, "GET",
                      apr_pstrcat(pool, pattern, "/end", NULL));
    }
    t = finish(b);
    start = clock();
    for (int i = 0; i < 100; i++) {
        struct routes_match m =
            match_at(t, NULL, "GET", "/a/a/a/a/a/a/a/a/a/a/b", 22);

        assert_int_equal(m.outcome, ROUTES_UNKNOWN);
    }
    /* 2,047 nodes a search: microseconds each */
    assert_true(clock() - start < CLOCKS_PER_SEC);
}

static void
a_path_as_deep_as_allowed_matches(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    char *deep = apr_palloc(pool, 8 * ROUTES_MAX_SEGMENTS);
    char *at = deep;

    (void)state;
    for (int i = 0; i < ROUTES_MAX_SEGMENTS - 1; i++) {
        at = stpcpy(at, "/a");
    }
    builder_route(b, NULL, "GET", apr_pstrcat(pool, deep, "/b", NULL));
    builder_route(b, NULL, "GET", apr_pstrcat(pool, deep, "/{r:path}", NULL));
    for (size_t n = 2; n < ROUTES_MAX_SEGMENTS * 2 - 2; n += 2) {
        builder_route(
            b, NULL, "GET",
            apr_pstrcat(pool, apr_pstrmemdup(pool, deep, n), "/{x}", NULL));
    }
    t = finish(b);
    assert_int_equal(
        match(t, NULL, "GET", apr_pstrcat(pool, deep, "/b", NULL)).route, 1);
    assert_int_equal(
        match(t, NULL, "GET", apr_pstrcat(pool, deep, "/c/d/e", NULL)).route,
        2);
    assert_int_equal(match(t, NULL, "GET", deep).outcome, ROUTES_FOUND);
    assert_int_equal(match(t, NULL, "PUT", deep).outcome, ROUTES_NOT_ALLOWED);
}

static void
as_many_captures_as_allowed_are_kept(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    struct routes_match m;

    (void)state;
    builder_route(b, "{t}.example", "GET",
                  "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/"
                  "{o:path}");
    t = finish(b);
    m = match_at(t, "me.example", "GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/",
                 34);
    assert_int_equal(m.outcome, ROUTES_FOUND);
    assert_int_equal(m.n_captures, ROUTES_MAX_CAPTURES);
    assert_int_equal(m.captures[14].len, 2);
    assert_int_equal(m.captures[15].len, 0);
}

/* The segment behind the last capture is looked at, and kept by nobody. */
static void
a_segment_behind_all_captures_is_not_kept(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;
    struct routes_match m;
    uint32_t place;

    (void)state;
    builder_route(b, NULL, "GET",
                  "/l/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/"
                  "{o}/{p}/end");
    builder_route(b, NULL, "GET",
                  "/{z}/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/"
                  "{n}/{o}");
    place = builder_guard(b, NULL,
                          "/g/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/"
                          "{m}/{n}/{o}/{p}");
    t = finish(b);
    assert_told(t, "GET", "/l/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/x",
                "unknown");
    assert_told(t, "GET", "/l/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/x/y",
                "unknown");
    assert_told(t, "GET", "/x/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16",
                "unknown");
    m = match(t, NULL, "GET", "/g/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/x");
    assert_int_equal(m.outcome, ROUTES_NOT_FOUND);
    assert_int_equal(m.place, place);
    assert_int_equal(m.n_captures, ROUTES_MAX_CAPTURES);
    assert_int_equal(m.captures[ROUTES_MAX_CAPTURES - 1].len, 2);
}

static void
a_large_node_finds_its_literals(void **state)
{
    struct builder *b = builder_create(pool);
    const struct routes_table *t;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        builder_route(b, NULL, "GET", apr_psprintf(pool, "/item%d", i));
    }
    t = finish(b);
    for (int i = 0; i < 5000; i++) {
        const char *path = apr_psprintf(pool, "/item%d", i);
        struct routes_match m = match(t, NULL, "GET", path);

        assert_int_equal(m.outcome, ROUTES_FOUND);
        assert_string_equal(routes_table_text(t, t->routes[m.route].pattern),
                            path);
    }
    assert_told(t, "GET", "/item5000", "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_literal_wins_over_a_parameter),
        TEST(the_segment_further_left_decides),
        TEST(a_search_comes_back_from_a_dead_end),
        TEST(text_around_a_parameter_narrows_it),
        TEST(a_prefix_and_a_suffix_do_not_overlap),
        TEST(a_parameter_never_takes_an_empty_segment),
        TEST(a_trailing_slash_is_an_empty_segment),
        TEST(what_is_no_path_is_unknown),
        TEST(segments_of_every_length_match),
        TEST(every_byte_of_a_block_is_told),
        TEST(windows_of_every_length_have_their_slashes),
        TEST(long_paths_match),
        TEST(paths_of_every_length_are_looked_at),
        TEST(a_key_of_a_text_is_that_of_a_segment),
        TEST(bytes_that_are_no_text_match),
        TEST(an_int_has_one_spelling),
        TEST(bounds_are_part_of_the_language),
        TEST(the_method_is_part_of_matching),
        TEST(get_serves_head_unless_head_is_declared),
        TEST(a_handshake_is_a_get_where_no_route_is_for_it),
        TEST(no_request_has_the_method_of_websockets),
        TEST(the_path_beats_the_method),
        TEST(any_is_every_method_but_three),
        TEST(declared_options_are_a_route),
        TEST(every_method_has_its_route),
        TEST(nothing_from_outside_answers_in_a_location),
        TEST(the_innermost_location_keeps_what_is_below),
        TEST(a_more_specific_location_comes_first),
        TEST(hosts_are_tried_most_specific_first),
        TEST(a_host_with_a_guard_keeps_its_paths),
        TEST(many_hosts_are_found),
        TEST(crossing_patterns_cost_no_more_than_their_nodes),
        TEST(a_path_as_deep_as_allowed_matches),
        TEST(as_many_captures_as_allowed_are_kept),
        TEST(a_segment_behind_all_captures_is_not_kept),
        TEST(a_large_node_finds_its_literals),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
