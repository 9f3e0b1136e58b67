/* SPDX-License-Identifier: Apache-2.0 */
/* foreign: words of other systems, and what to write instead. */
#include "dslc/foreign.h"

#include <string.h>

struct foreign {
    enum foreign_place place;
    const char *word;
    const char *help;
};

static const struct foreign foreigns[] = {
#define FOREIGN(place, word, help) {FOREIGN_##place, word, help},
#include "grammar/foreign.def"
#undef FOREIGN
};

#define N_FOREIGNS (sizeof(foreigns) / sizeof(foreigns[0]))

_Static_assert(N_FOREIGNS <= FOREIGN_MAX, "raise FOREIGN_MAX");

const char *
foreign_find(enum foreign_place place, const char *word)
{
    for (size_t i = 0; i < N_FOREIGNS; i++) {
        if (foreigns[i].place == place &&
            strcmp(foreigns[i].word, word) == 0) {
            return foreigns[i].help;
        }
    }
    return NULL;
}

int
foreign_list(enum foreign_place place, const char **words)
{
    int count = 0;

    for (size_t i = 0; i < N_FOREIGNS; i++) {
        if (foreigns[i].place == place) {
            words[count++] = foreigns[i].word;
        }
    }
    return count;
}
