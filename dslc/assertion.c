/* SPDX-License-Identifier: Apache-2.0 */
/* assertion: judges what a program asserts of itself. */
#include "assertion.h"

#include "assertion_run.h"

static void
say_more(struct assertion_run *j)
{
    if (j->n_others > ASSERTION_MAX_OTHERS) {
        diag_note(j->diag, "and %d more", j->n_others - ASSERTION_MAX_OTHERS);
    }
    j->diag = NULL;
    j->n_others = 0;
    j->helped = 0;
}

void
assertion_check(struct model *model, const struct source_set *sources,
                struct diag_list *diags)
{
    struct assertion_run j = {.pool = model->pool,
                              .model = model,
                              .sources = sources,
                              .diags = diags};

    if (diag_mistake_count(diags) > 0 || model->partial ||
        model->assertions->nelts == 0) {
        return;
    }
    j.trie = trie_of(model);
    for (int i = 0; i < model->assertions->nelts; i++) {
        j.assertion =
            MODEL_AT(model->assertions, const struct model_assertion, i);
        if (j.assertion->kind == MODEL_ASSERT_EVERY) {
            assertion_globs_every(&j);
        }
        else if (j.assertion->kind == MODEL_ASSERT_PUBLIC) {
            assertion_globs_public(&j);
        }
        else {
            assertion_url_check(&j);
        }
        say_more(&j);
    }
}
