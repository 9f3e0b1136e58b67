/* SPDX-License-Identifier: Apache-2.0 */
/* glob: the paths of an assertion against the languages of routes' paths. */
#ifndef GLOB_H
#define GLOB_H

#include "model.h"
#include "trie.h"

/* Whether some URL of the path is in the glob.  A rest (path) counts as any
 * text: its bounds are not looked at. */
int glob_meets(struct trie *trie, const struct model_glob *glob,
               const struct model_path *path);

/* Whether every URL of the path is surely in the glob. */
int glob_holds(struct trie *trie, const struct model_glob *glob,
               const struct model_path *path);

/* The same of a location: its prefix and all below. */
int glob_meets_below(struct trie *trie, const struct model_glob *glob,
                     const struct model_path *prefix);
int glob_holds_below(struct trie *trie, const struct model_glob *glob,
                     const struct model_path *prefix);

/* Whether a location keeps every URL of the glob from a path outside it: its
 * prefix begins the glob, and where the path first differs from it the path is
 * less specific (LANGUAGE.md P7, P12). */
int glob_kept(struct trie *trie, const struct model_glob *glob,
              const struct model_path *prefix, const struct model_path *path);

#endif
