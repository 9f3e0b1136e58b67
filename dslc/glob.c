/* SPDX-License-Identifier: Apache-2.0 */
/* glob: the paths of an assertion against the languages of routes' paths. */
#include "glob.h"

#include <string.h>

/* How far a path and a glob went together. */
struct walk {
    int at;   /* segments that agree */
    int rest; /* then the path takes all that is left */
};

static int
accepts(const struct trie_language *language, const char *text)
{
    return dfa_accepts(language->dfa, text, strlen(text));
}

/* Whether a segment has a word in a glob's (NULL: any but the empty one). */
static int
segment_meets(struct trie *trie, const struct model_segment *segment,
              const struct model_segment *own)
{
    const struct trie_language *language;
    const struct trie_language *other;

    if (own == NULL) {
        return segment->param != NULL || *segment->prefix != '\0';
    }
    if (segment->param == NULL && own->param == NULL) {
        return strcmp(segment->prefix, own->prefix) == 0;
    }
    language = segment->param != NULL ? trie_language(trie, segment) : NULL;
    other = own->param != NULL ? trie_language(trie, own) : NULL;
    if (own->param == NULL) {
        return language == NULL || accepts(language, own->prefix);
    }
    if (segment->param == NULL) {
        return other == NULL || accepts(other, segment->prefix);
    }
    return language == NULL || other == NULL ||
           trie_relate(trie, language, other, NULL) != DFA_DISJOINT;
}

/* Whether a language has this word alone. */
static int
is_word(struct trie *trie, const struct trie_language *language,
        const char *text)
{
    const struct dfa *word = dfa_from_text(trie->pool, text, strlen(text));

    return word != NULL &&
           dfa_relate(trie->pool, language->dfa, word, NULL) == DFA_EQUAL;
}

/* Whether all of a segment is surely in a glob's. */
static int
segment_holds(struct trie *trie, const struct model_segment *segment,
              const struct model_segment *own)
{
    const struct trie_language *language;
    const struct trie_language *other;
    enum dfa_relation relation;

    if (own == NULL || (segment->param == NULL && own->param == NULL)) {
        return segment_meets(trie, segment, own);
    }
    language = segment->param != NULL ? trie_language(trie, segment) : NULL;
    other = own->param != NULL ? trie_language(trie, own) : NULL;
    if (own->param == NULL) {
        return language != NULL && is_word(trie, language, own->prefix);
    }
    if (segment->param == NULL) {
        return other != NULL && accepts(other, segment->prefix);
    }
    if (language == NULL || other == NULL) {
        return 0;
    }
    relation = trie_relate(trie, language, other, NULL);
    return relation == DFA_EQUAL || relation == DFA_SUBSET;
}

/* Goes along both as far as the glob's segments and the path's agree. */
static struct walk
walk_both(struct trie *trie, const struct model_glob *glob,
          const struct model_path *path,
          int (*agrees)(struct trie *, const struct model_segment *,
                        const struct model_segment *))
{
    struct walk walk = {0, 0};

    while (walk.at < path->segments->nelts) {
        const struct model_segment *segment =
            MODEL_AT(path->segments, struct model_segment, walk.at);

        walk.rest = segment->rest;
        if (walk.rest || walk.at == glob->segments->nelts ||
            !agrees(trie, segment,
                    MODEL_AT(glob->segments, struct model_segment, walk.at))) {
            break;
        }
        walk.at++;
    }
    return walk;
}

/* Whether a walk that ended so is of a glob that takes the path. */
static int
ended_well(const struct walk *walk, const struct model_glob *glob,
           const struct model_path *path)
{
    return walk->at == glob->segments->nelts &&
           (glob->below || walk->at == path->segments->nelts);
}

int
glob_meets(struct trie *trie, const struct model_glob *glob,
           const struct model_path *path)
{
    struct walk walk = walk_both(trie, glob, path, segment_meets);

    return (walk.rest && walk.at < glob->segments->nelts) ||
           ended_well(&walk, glob, path);
}

int
glob_holds(struct trie *trie, const struct model_glob *glob,
           const struct model_path *path)
{
    struct walk walk = walk_both(trie, glob, path, segment_holds);

    return ended_well(&walk, glob, path);
}

int
glob_meets_below(struct trie *trie, const struct model_glob *glob,
                 const struct model_path *prefix)
{
    struct walk walk = walk_both(trie, glob, prefix, segment_meets);

    return walk.at == prefix->segments->nelts ||
           ended_well(&walk, glob, prefix);
}

int
glob_holds_below(struct trie *trie, const struct model_glob *glob,
                 const struct model_path *prefix)
{
    return glob->below && glob_holds(trie, glob, prefix);
}

/* Whether a segment of a prefix is what the glob has there, no more and no
 * less. */
static int
is_own(struct trie *trie, const struct model_segment *segment,
       const struct model_segment *own)
{
    int empty = segment->param == NULL && *segment->prefix == '\0';

    return own != NULL && !empty && segment_holds(trie, segment, own) &&
           segment_holds(trie, own, segment);
}

/* Whether the prefix begins every URL of the glob. */
static int
begins(struct trie *trie, const struct model_glob *glob,
       const struct model_path *prefix)
{
    int n = prefix->segments->nelts;

    if (n == 0 || n > glob->segments->nelts) {
        return 0;
    }
    for (int i = 0; i < n; i++) {
        if (!is_own(trie, MODEL_AT(prefix->segments, struct model_segment, i),
                    MODEL_AT(glob->segments, struct model_segment, i))) {
            return 0;
        }
    }
    return 1;
}

int
glob_kept(struct trie *trie, const struct model_glob *glob,
          const struct model_path *prefix, const struct model_path *path)
{
    if (!begins(trie, glob, prefix)) {
        return 0;
    }
    for (int i = 0; i < prefix->segments->nelts && i < path->segments->nelts;
         i++) {
        const struct model_segment *segment =
            MODEL_AT(path->segments, struct model_segment, i);

        if (segment->rest ||
            !segment_holds(
                trie, segment,
                MODEL_AT(glob->segments, struct model_segment, i))) {
            return segment->param != NULL;
        }
    }
    return 0;
}
