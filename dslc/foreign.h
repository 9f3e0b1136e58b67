/* SPDX-License-Identifier: Apache-2.0 */
/* foreign: words of other systems, and what to write instead. */
#ifndef DSLC_FOREIGN_H
#define DSLC_FOREIGN_H

enum foreign_place {
    FOREIGN_STATEMENT,
    FOREIGN_TYPE,
    FOREIGN_LITERAL,
    FOREIGN_METHOD,
    FOREIGN_REALM
};

#define FOREIGN_MAX 300 /* words, of all places */

/* What to write instead of a word where it stands, or NULL. */
const char *foreign_find(enum foreign_place place, const char *word);

/* Lists the words of a place, at most FOREIGN_MAX; returns how many. */
int foreign_list(enum foreign_place place, const char **words);

#endif
