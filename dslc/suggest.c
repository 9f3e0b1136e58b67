/* SPDX-License-Identifier: Apache-2.0 */
/* suggest: the known word that a misspelt one most likely meant. */
#include "dslc/suggest.h"

#include <ctype.h>
#include <string.h>

#define WRONG 2 /* a letter that differs, is missing or is too many */
#define CASE  1 /* a letter in the wrong case */

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned
letter_cost(char a, char b)
{
    if (a == b) {
        return 0;
    }
    return tolower((unsigned char)a) == tolower((unsigned char)b) ? CASE
                                                                  : WRONG;
}

/* Optimal string alignment; three rows, for a swap looks back two. */
static unsigned
align(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][SUGGEST_MAX_LENGTH + 1];

    for (size_t j = 0; j <= b_length; j++) {
        rows[0][j] = (unsigned)j * WRONG;
    }
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i - 1) % 3];

        row[0] = (unsigned)i * WRONG;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(above[j - 1] + letter_cost(a[i - 1], b[j - 1]),
                           least(above[j], row[j - 1]) + WRONG);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + WRONG);
            }
        }
    }
    return rows[a_length % 3][b_length];
}

unsigned
suggest_distance(const char *a, const char *b)
{
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);

    if (a_length > SUGGEST_MAX_LENGTH || b_length > SUGGEST_MAX_LENGTH) {
        return WRONG * (SUGGEST_MAX_LENGTH + 1);
    }
    return align(a, a_length, b, b_length);
}

unsigned
suggest_limit(const char *word)
{
    size_t length = strlen(word);

    return length < 2
               ? 0
               : WRONG * least(3, length < 3 ? 1 : (unsigned)length / 3);
}

const char *
suggest_word(const apr_array_header_t *words, const char *word)
{
    unsigned limit = suggest_limit(word);
    const char *found = NULL;

    for (int i = 0; i < words->nelts && i < SUGGEST_MAX_WORDS; i++) {
        const char *other = ((const char **)(void *)words->elts)[i];
        unsigned distance = suggest_distance(word, other);

        if (distance <= limit) {
            found = other;
            limit = distance == 0 ? 0 : distance - 1;
        }
    }
    return found;
}

bool
suggest_wanted(const struct diag_list *diags)
{
    return diag_error_count(diags) <= DIAG_MAX_KEPT;
}

bool
suggest_help(struct diag_list *diags, struct diag *diag,
             const apr_array_header_t *words, const char *word)
{
    const char *near =
        suggest_wanted(diags) ? suggest_word(words, word) : NULL;

    if (near != NULL) {
        diag_help(diag, "did you mean %s?", diag_quote(diags, near));
    }
    return near != NULL;
}
