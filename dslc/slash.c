/* SPDX-License-Identifier: Apache-2.0 */
/* slash: the clause that asks for the other form of a path. */
#include "dslc/slash.h"

#include <string.h>

#include "dslc/suggest.h"

static const struct {
    const char *name;
    enum model_slash slash;
} words[] = {
    {"both", MODEL_SLASH_BOTH},
    {"redirect", MODEL_SLASH_REDIRECT},
    {"strict", MODEL_SLASH_STRICT},
};

#define N_WORDS (sizeof(words) / sizeof(words[0]))

static void
say_unknown(struct checker *checker, const struct ast_text *word)
{
    apr_array_header_t *known =
        apr_array_make(checker->pool, (int)N_WORDS, sizeof(const char *));
    struct diag *diag =
        diag_error(checker->diags, word->span, E016,
                   "`slash` takes `both`, `redirect` or `strict`, and not %s",
                   checker_quote(checker, word->text));

    for (size_t i = 0; i < N_WORDS; i++) {
        APR_ARRAY_PUSH(known, const char *) = words[i].name;
    }
    suggest_help(checker->diags, diag, known, word->text);
}

enum model_slash
slash_combine(struct checker *checker, enum model_slash outer,
              const struct clause_set *set)
{
    const struct ast_stmt *stmt = set->one[AST_SLASH];

    if (stmt == NULL) {
        return outer;
    }
    for (size_t i = 0; i < N_WORDS; i++) {
        if (strcmp(words[i].name, stmt->u.name.text) == 0) {
            return words[i].slash;
        }
    }
    say_unknown(checker, &stmt->u.name);
    return outer;
}
