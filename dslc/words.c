/* SPDX-License-Identifier: Apache-2.0 */
/* words: what a parameter of a type can be in a path, word by word. */
#include "dslc/words.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "dslc/language.h"
#include "runtime/utf8.h"

struct words_memo {
    apr_pool_t *pool;
    apr_hash_t *known; /* language_key -> struct words */
};

struct words_memo *
words_memo_make(apr_pool_t *pool)
{
    struct words_memo *memo = apr_pcalloc(pool, sizeof(*memo));

    memo->pool = pool;
    memo->known = apr_hash_make(pool);
    return memo;
}

/* ---- by an automaton ---- */

struct walk {
    apr_pool_t *pool;
    struct words *words;
    int tried; /* words, those left out included */
    char word[WORDS_MAX_LENGTH + 1];
};

/* A word that no text of a requirement can have is left out: with a '/' it is
 * in no segment, a control or the end of a path has no name. */
static void
list_word(struct walk *w, size_t length)
{
    w->word[length] = '\0';
    if (length == 0 || memchr(w->word, '/', length) != NULL ||
        !routes_utf8_valid(w->word, length, NULL) ||
        routes_utf8_control(w->word, length)) {
        w->words->all = false;
        return;
    }
    APR_ARRAY_PUSH(w->words->list, const char *) =
        apr_pstrmemdup(w->pool, w->word, length);
}

/* Lists what leads from a state to acceptance, `length` bytes being there;
 * false: there are enough.  Of a minimal automaton every state but 0 leads
 * there, so each call but those too deep lists one. */
static bool
list_behind(struct walk *w, uint32_t state, size_t length)
{
    const struct dfa *dfa = w->words->dfa;

    if (state >= dfa->accept) {
        if (w->tried++ == WORDS_MAX) {
            w->words->all = false;
            return false;
        }
        list_word(w, length);
    }
    for (unsigned byte = 1; byte < 256; byte++) {
        uint32_t next =
            dfa->cells[(size_t)state * dfa->n_classes + dfa->classes[byte]];

        if (next == 0) {
            continue;
        }
        if (length == WORDS_MAX_LENGTH) {
            w->words->all = false;
            return false;
        }
        w->word[length] = (char)byte;
        if (!list_behind(w, next, length + 1)) {
            return false;
        }
    }
    return true;
}

static void
list_language(struct walk *w)
{
    if (w->words->dfa == NULL) {
        w->words->all = false;
    }
    else if (!dfa_empty(w->words->dfa)) {
        list_behind(w, w->words->dfa->start, 0);
    }
}

/* ---- by counting ---- */

/* Of numbers without end, those that people write first. */
static void
list_numbers(struct walk *w, const struct model_type *type)
{
    int64_t low = type->has_min ? type->min : INT64_MIN;
    int64_t high = type->has_max ? type->max : INT64_MAX;
    bool few = (uint64_t)high - (uint64_t)low < WORDS_MAX;
    int64_t first = few || low > 1 ? low : 1;

    if (!few && first > high - (WORDS_MAX - 1)) {
        first = high - (WORDS_MAX - 1);
    }
    w->words->all = few;
    for (int i = 0; i < WORDS_MAX && low <= high; i++) {
        int64_t number = first + i;

        APR_ARRAY_PUSH(w->words->list, const char *) =
            apr_psprintf(w->pool, "%" APR_INT64_T_FMT, (apr_int64_t)number);
        if (number == high) {
            break;
        }
    }
}

/* ---- the whole ---- */

const struct words *
words_of(struct words_memo *memo, const struct model_type *type)
{
    const char *key = language_key(memo->pool, type);
    struct words *words = apr_hash_get(memo->known, key, APR_HASH_KEY_STRING);
    struct walk w = {.pool = memo->pool};

    if (words != NULL) {
        return words;
    }
    words = apr_pcalloc(memo->pool, sizeof(*words));
    words->list = apr_array_make(memo->pool, 8, sizeof(const char *));
    words->all = true;
    words->dfa = type->path_dfa != NULL ? type->path_dfa
                                        : language_of_type(memo->pool, type);
    w.words = words;
    if (type->kind == ROUTES_TYPE_INT && type->matching == NULL) {
        list_numbers(&w, type);
    }
    else {
        list_language(&w);
    }
    apr_hash_set(memo->known, key, APR_HASH_KEY_STRING, words);
    return words;
}

bool
words_lack(const struct words *words, const char *word)
{
    return words->dfa != NULL && !dfa_accepts(words->dfa, word, strlen(word));
}
