/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hosts of a model: each name once, in order of precedence, and which
 * trees a place's routes belong to.
 *
 *     host "a", "b" { GET /x }     block 1     a stands in {1}: x
 *     host "b"      { GET /y }     block 2     b in {1, 2}: x and y
 *     host "c", "d" { GET /z }     block 3     c and d in {3}: one tree, z
 */
#include "hosts.h"

#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "memo.h"

/* A host name while the forest is made. */
struct host_work {
    const struct model_host *host;
    const struct trie_language *label; /* PARAM */
    const struct model_place *place;
    apr_array_header_t *blocks; /* struct block *, of its own */
    struct trie_node *root;
};

/* The `host` statements with one list of hosts. */
struct block {
    apr_array_header_t *roots; /* struct trie_node *, each once */
    apr_array_header_t *hosts; /* struct host_work * */
};

struct hosts {
    struct trie *trie;
    struct memo *memo;
    struct model *model;
    apr_array_header_t *all; /* struct host_work * */
    apr_hash_t *by_name;     /* kind, name, label -> struct host_work */
    apr_hash_t *by_array;    /* model's array -> struct block */
    apr_hash_t *by_hosts;    /* list of hosts -> struct block */
};

/* The language of a host's label, written as a segment. */
static const struct trie_language *
label_of(struct trie *trie, const struct model_host *host)
{
    struct model_segment segment = {
        .prefix = "", .suffix = "", .param = host->param};

    return trie_language(trie, &segment);
}

/* The host, known once for all that say the same; NULL if it is refused. */
static struct host_work *
know_host(struct hosts *f, const struct model_host *host)
{
    struct memo *memo = f->memo;
    const struct trie_language *label = NULL;
    struct host_work *work;

    if (host->kind == ROUTES_HOST_PARAM) {
        label = label_of(f->trie, host);
        if (label == NULL) {
            return NULL;
        }
    }
    memo_begin(memo);
    memo_bytes(memo, &host->kind, sizeof(host->kind));
    memo_bytes(memo, &label, sizeof(label));
    memo_text(memo, host->name);
    work = memo_find(memo, f->by_name);
    if (work == NULL) {
        work = apr_pcalloc(f->trie->pool, sizeof(*work));
        work->host = host;
        work->label = label;
        work->blocks =
            apr_array_make(f->trie->pool, 1, sizeof(struct block *));
        memo_set(memo, f->by_name, work);
        *(struct host_work **)apr_array_push(f->all) = work;
    }
    return work;
}

/* Lists the hosts of an array, each once. */
static apr_array_header_t *
know_hosts(struct hosts *f, const apr_array_header_t *hosts)
{
    apr_array_header_t *list =
        apr_array_make(f->trie->pool, 1, sizeof(struct host_work *));

    for (int i = 0; i < hosts->nelts; i++) {
        struct host_work *work =
            know_host(f, MODEL_AT(hosts, struct model_host, i));
        int known = work == NULL;

        for (int j = 0; j < list->nelts; j++) {
            known |= MODEL_AT(list, struct host_work, j) == work;
        }
        if (!known) {
            *(struct host_work **)apr_array_push(list) = work;
        }
    }
    return list;
}

static struct block *
add_block(struct hosts *f, apr_array_header_t *hosts)
{
    apr_pool_t *pool = f->trie->pool;
    struct block *block = apr_pcalloc(pool, sizeof(*block));

    block->hosts = hosts;
    block->roots = apr_array_make(pool, 1, sizeof(struct trie_node *));
    for (int i = 0; i < hosts->nelts; i++) {
        struct host_work *work = MODEL_AT(hosts, struct host_work, i);

        *(struct block **)apr_array_push(work->blocks) = block;
    }
    return block;
}

/* The block of a place: by its array, else by the hosts in it. */
static struct block *
block_of(struct hosts *f, const struct model_place *place)
{
    struct memo *memo = f->memo;
    apr_array_header_t *array = place->hosts;
    apr_array_header_t *hosts;
    struct block *block =
        apr_hash_get(f->by_array, &place->hosts, sizeof(place->hosts));

    if (block != NULL) {
        return block;
    }
    hosts = know_hosts(f, array);
    memo_begin(memo);
    memo_bytes(memo, hosts->elts,
               (size_t)hosts->nelts * sizeof(struct host_work *));
    block = memo_find(memo, f->by_hosts);
    if (block == NULL) {
        block = add_block(f, hosts);
        memo_begin(memo);
        memo_bytes(memo, hosts->elts,
                   (size_t)hosts->nelts * sizeof(struct host_work *));
        memo_set(memo, f->by_hosts, block);
    }
    apr_hash_set(f->by_array,
                 apr_pmemdup(f->trie->pool, &array, sizeof(array)),
                 sizeof(array), block);
    return block;
}

static void
add_root(struct block *block, struct trie_node *root)
{
    for (int i = 0; i < block->roots->nelts; i++) {
        if (MODEL_AT(block->roots, struct trie_node, i) == root) {
            return;
        }
    }
    *(struct trie_node **)apr_array_push(block->roots) = root;
}

/* Gives hosts with the same blocks the same root. */
static void
plant_roots(struct hosts *f)
{
    struct memo *memo = f->memo;
    apr_hash_t *roots = apr_hash_make(f->trie->pool);

    for (int i = 0; i < f->all->nelts; i++) {
        struct host_work *work = MODEL_AT(f->all, struct host_work, i);

        memo_begin(memo);
        memo_bytes(memo, work->blocks->elts,
                   (size_t)work->blocks->nelts * sizeof(struct block *));
        work->root = memo_find(memo, roots);
        if (work->root == NULL) {
            work->root = trie_add_node(f->trie);
            memo_set(memo, roots, work->root);
        }
        for (int j = 0; j < work->blocks->nelts; j++) {
            add_root(MODEL_AT(work->blocks, struct block, j), work->root);
        }
    }
}

/* Knows the hosts of every place, and the first place of every host. */
static void
find_hosts(struct hosts *f)
{
    apr_array_header_t *places = f->model->places;

    for (int i = 0; i < places->nelts; i++) {
        struct model_place *place = MODEL_AT(places, struct model_place, i);
        struct block *block = block_of(f, place);

        for (int j = 0; j < block->hosts->nelts; j++) {
            struct host_work *work =
                MODEL_AT(block->hosts, struct host_work, j);

            work->place = work->place == NULL ? place : work->place;
        }
    }
}

/* ---- order -------------------------------------------------------------- */

static int
compare_names(const struct host_work *a, const struct host_work *b)
{
    size_t a_len = strlen(a->host->name);
    size_t b_len = strlen(b->host->name);
    int order =
        memcmp(a->host->name, b->host->name, a_len < b_len ? a_len : b_len);

    return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* EXACT, then what has a suffix, then ANY. */
static int
host_rank(const struct host_work *work)
{
    switch (work->host->kind) {
    case ROUTES_HOST_EXACT:
        return 0;
    case ROUTES_HOST_SUFFIX:
    case ROUTES_HOST_PARAM:
        return 1;
    case ROUTES_HOST_NULL:
    case ROUTES_HOST_ANY:
        return 2;
    }
    return 2;
}

/* Longer suffixes first, a label before any name. */
static int
compare_hosts(const void *a, const void *b)
{
    const struct host_work *x = *(struct host_work *const *)a;
    const struct host_work *y = *(struct host_work *const *)b;
    int order = host_rank(x) - host_rank(y);
    size_t x_len = strlen(x->host->name);
    size_t y_len = strlen(y->host->name);

    if (order == 0 && host_rank(x) == 1) {
        order = (x_len < y_len) - (x_len > y_len);
    }
    if (order == 0) {
        order = compare_names(x, y);
    }
    return order != 0 ? order : (x->label == NULL) - (y->label == NULL);
}

/* Whether a's label has fewer words than b's, the suffix being the same. */
static int
label_smaller(const struct trie *trie, const struct host_work *a,
              const struct host_work *b)
{
    return a->label != NULL && b->label != NULL &&
           compare_hosts(&a, &b) == 0 &&
           trie_relate(trie, a->label, b->label, NULL) == DFA_SUBSET;
}

/* Among parameters with one suffix, moves smaller languages forward. */
static void
order_labels(const struct trie *trie, apr_array_header_t *hosts)
{
    struct host_work **all = (struct host_work **)(void *)hosts->elts;

    for (int i = 0; i < hosts->nelts; i++) {
        for (int j = i + 1;
             j < hosts->nelts && compare_hosts(&all[i], &all[j]) == 0; j++) {
            if (label_smaller(trie, all[j], all[i])) {
                struct host_work *smaller = all[j];

                all[j] = all[i];
                all[i] = smaller;
                j = i; /* it may have a smaller one yet */
            }
        }
    }
}

static void
order_hosts(struct hosts *f)
{
    qsort(f->all->elts, (size_t)f->all->nelts, sizeof(struct host_work *),
          compare_hosts);
    order_labels(f->trie, f->all);
    for (int i = 0; i < f->all->nelts; i++) {
        const struct host_work *work = MODEL_AT(f->all, struct host_work, i);

        *(struct trie_host *)apr_array_push(f->trie->hosts) =
            (struct trie_host){work->host, work->root, work->place,
                               work->label};
    }
}

struct hosts *
hosts_make(struct trie *trie, struct model *model)
{
    struct hosts *f = apr_pcalloc(trie->pool, sizeof(*f));

    f->trie = trie;
    f->model = model;
    f->memo = memo_make(trie->pool);
    f->all = apr_array_make(trie->pool, 4, sizeof(struct host_work *));
    f->by_name = apr_hash_make(trie->pool);
    f->by_array = apr_hash_make(trie->pool);
    f->by_hosts = apr_hash_make(trie->pool);
    find_hosts(f);
    plant_roots(f);
    order_hosts(f);
    return f;
}

const apr_array_header_t *
hosts_roots(const struct hosts *hosts, const struct model_place *place)
{
    const struct block *block =
        apr_hash_get(hosts->by_array, &place->hosts, sizeof(place->hosts));

    return block->roots;
}
