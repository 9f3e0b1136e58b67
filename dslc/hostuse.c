/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a host pattern is ever used.
 *
 *     host "a.example.com", "b.example.com" { unmatched 404; ... }
 *     host "{t:T}.example.com" { ... }        T = "a" | "b": no name is left
 *
 * A host takes a name for good when it answers every path of it, or when it
 * has the same routes; otherwise what it has no route for goes on.
 */
#include "hostuse.h"

#include <string.h>

#include <apr_strings.h>

#include "splitter.h"

#define HOSTUSE_MAX_SPLITS 32 /* patterns of other hosts; then it is used */

static const struct trie_host *
host_at(const struct trie *trie, int i)
{
    return &((const struct trie_host *)(const void *)trie->hosts->elts)[i];
}

/* Whether nothing of a name that this host takes goes on to another. */
static int
keeps(const struct trie_host *host, const struct trie_host *other)
{
    const struct trie_node *root = host->root;

    if (root == other->root) {
        return 1;
    }
    for (int i = 0; i < trie_n_patterns(root); i++) {
        if (trie_pattern_at(root, i)->kind == ROUTES_PATTERN_GUARD) {
            return 1;
        }
    }
    return 0;
}

/* The label of an exact name with the suffix of a pattern; NULL for others. */
static const char *
label_of(const struct trie *trie, const struct model_host *host,
         const char *suffix)
{
    size_t n = strlen(host->name);
    size_t m = strlen(suffix);

    if (host->kind != ROUTES_HOST_EXACT || n <= m ||
        strcmp(host->name + n - m, suffix) != 0) {
        return NULL;
    }
    return apr_pstrmemdup(trie->pool, host->name, n - m);
}

/* The labels of a pattern that another host takes for good: one text, a
 * language, or neither. */
struct taken {
    const char *text;
    const struct dfa *language;
};

static struct taken
taken_by(const struct trie *trie, const struct trie_host *other,
         const struct trie_host *host)
{
    struct taken taken = {NULL, NULL};

    if (!keeps(other, host)) {
        return taken;
    }
    taken.text = label_of(trie, other->host, host->host->name);
    if (other->label != NULL &&
        strcmp(other->host->name, host->host->name) == 0) {
        taken.language = other->label->dfa;
    }
    return taken;
}

/* Whether one of the hosts before it takes a label for good. */
static int
is_taken(const struct trie *trie, int index, const char *label)
{
    for (int i = 0; i < index; i++) {
        struct taken taken =
            taken_by(trie, host_at(trie, i), host_at(trie, index));

        if ((taken.text != NULL && strcmp(taken.text, label) == 0) ||
            (taken.language != NULL &&
             dfa_accepts(taken.language, label, strlen(label)))) {
            return 1;
        }
    }
    return 0;
}

/* A name that no host before it takes, if there is one, else any; NULL when
 * that is too much to find out. */
static const char *
find_free(const struct trie *trie, int index)
{
    const struct trie_host *host = host_at(trie, index);
    struct splitter *splitter = splitter_make(trie->pool, host->label->dfa);
    apr_array_header_t *words;

    for (int i = 0; i < index; i++) {
        struct taken taken = taken_by(trie, host_at(trie, i), host);

        if (taken.language != NULL) {
            splitter_dfa(splitter, taken.language);
        }
        else if (taken.text != NULL &&
                 dfa_accepts(host->label->dfa, taken.text,
                             strlen(taken.text))) {
            splitter_text(splitter, taken.text);
        }
    }
    if (splitter_surely_free(splitter)) {
        return NULL;
    }
    words = splitter_words(splitter, HOSTUSE_MAX_SPLITS);
    return words == NULL ? NULL : MODEL_AT(words, const char, 0);
}

void
hostuse_check(const struct trie *trie, struct diag_list *diags)
{
    for (int i = 0; i < trie->hosts->nelts; i++) {
        const struct trie_host *host = host_at(trie, i);
        const char *label;

        if (host->label == NULL) {
            continue;
        }
        label = find_free(trie, i);
        if (label != NULL && is_taken(trie, i, label)) {
            diag_error(diags, host->host->span, E216,
                       "more specific hosts take every name of this one, such "
                       "as %s%s",
                       label, host->host->name);
        }
    }
}
