/* SPDX-License-Identifier: Apache-2.0 */
/* glob: the paths of an assertion against the languages of routes' paths. */
#include "glob.h"

#include <string.h>

/* How far a path and a glob went together. */
struct walk {
    int at;   /* segments that agree */
    int rest; /* then the path takes all that is left */
};

/* Whether a segment has a word in a glob's. */
static int
segment_meets(struct trie *trie, const struct model_segment *segment,
              const char *text)
{
    const struct trie_language *language;

    if (segment->param == NULL) {
        return text == NULL ? *segment->prefix != '\0'
                            : strcmp(segment->prefix, text) == 0;
    }
    if (text == NULL) {
        return 1;
    }
    language = trie_language(trie, segment);
    return language == NULL || dfa_accepts(language->dfa, text, strlen(text));
}

/* Whether all of a segment is in a glob's. */
static int
segment_holds(struct trie *trie, const struct model_segment *segment,
              const char *text)
{
    const struct trie_language *language;
    const struct dfa *word;

    if (segment->param == NULL || text == NULL) {
        return segment_meets(trie, segment, text);
    }
    language = trie_language(trie, segment);
    word = dfa_from_text(trie->pool, text, strlen(text));
    return language != NULL && word != NULL &&
           dfa_relate(trie->pool, language->dfa, word, NULL) == DFA_EQUAL;
}

/* Goes along both as far as the glob's segments and the path's agree. */
static struct walk
walk_both(struct trie *trie, const struct model_glob *glob,
          const struct model_path *path,
          int (*agrees)(struct trie *, const struct model_segment *,
                        const char *))
{
    struct walk walk = {0, 0};

    while (walk.at < path->segments->nelts) {
        const struct model_segment *segment =
            MODEL_AT(path->segments, struct model_segment, walk.at);

        walk.rest = segment->rest;
        if (walk.rest || walk.at == glob->segments->nelts ||
            !agrees(trie, segment,
                    MODEL_AT(glob->segments, const char, walk.at))) {
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

/* Whether the prefix is literal, and that of every URL of the glob. */
static int
begins(const struct model_glob *glob, const struct model_path *prefix)
{
    int n = prefix->segments->nelts;

    if (n == 0 || n > glob->segments->nelts) {
        return 0;
    }
    for (int i = 0; i < n; i++) {
        const struct model_segment *segment =
            MODEL_AT(prefix->segments, struct model_segment, i);
        const char *text = MODEL_AT(glob->segments, const char, i);

        if (segment->param != NULL || *segment->prefix == '\0' ||
            text == NULL || strcmp(segment->prefix, text) != 0) {
            return 0;
        }
    }
    return 1;
}

int
glob_kept(struct trie *trie, const struct model_glob *glob,
          const struct model_path *prefix, const struct model_path *path)
{
    if (!begins(glob, prefix)) {
        return 0;
    }
    for (int i = 0; i < prefix->segments->nelts && i < path->segments->nelts;
         i++) {
        const struct model_segment *segment =
            MODEL_AT(path->segments, struct model_segment, i);

        if (segment->rest ||
            !segment_holds(trie, segment,
                           MODEL_AT(glob->segments, const char, i))) {
            return segment->param != NULL;
        }
    }
    return 0;
}
