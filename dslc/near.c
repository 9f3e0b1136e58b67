/* SPDX-License-Identifier: Apache-2.0 */
/* near: the word that was nearly written. */
#include "dslc/near.h"

#include <ctype.h>
#include <string.h>

#include "dslc/foreign.h"
#include "dslc/habit.h"
#include "dslc/suggest.h"

static const char *const keywords[] = {
#define KW(word, token) word,
#include "grammar/keywords.def"
#undef KW
};

bool
near_is_word(const char *name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (strcmp(keywords[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The expected word that is nearest to one, or NULL. */
static const char *
find_near(const char *word, const char *const *words, int count)
{
    const char *best = NULL;
    unsigned limit = suggest_limit(word);

    for (int i = 0; i < count; i++) {
        unsigned d;

        if (!isalpha((unsigned char)*words[i]) ||
            strchr(words[i], ' ') != NULL) {
            continue;
        }
        d = suggest_distance(word, words[i]);
        if (d <= limit) {
            best = words[i];
            limit = d - (d > 0);
        }
    }
    return best;
}

const char *
near_keyword(const char *word)
{
    return find_near(word, keywords,
                     (int)(sizeof keywords / sizeof *keywords));
}

/* For a statement that is nearly a word of another system. */
static const char *
find_foreign_near(const char *word)
{
    const char *words[FOREIGN_MAX];
    int count = foreign_list(FOREIGN_STATEMENT, words);
    const char *near = find_near(word, words, count);

    return near != NULL ? foreign_find(FOREIGN_STATEMENT, near) : NULL;
}

const char *
near_expected(const struct seen *s)
{
    return find_near(s->text, s->expected, s->count);
}

const char *
near_habit(const struct seen *s)
{
    const struct habit habit = {s->first, s->before, s->found, s->expected,
                                s->count};

    return habit_find(&habit);
}

/* The nearest expected word, or what is written instead. */
void
near_suggest(const struct seen *s, struct diag *diag, const char *word)
{
    const char *near = find_near(word, s->expected, s->count);
    const char *help = near == NULL ? find_foreign_near(word) : NULL;

    help = help != NULL ? help : near_habit(s);
    if (near != NULL) {
        diag_help(diag, "did you mean `%s`?", near);
    }
    else if (help != NULL) {
        diag_help(diag, "%s", help);
    }
}
