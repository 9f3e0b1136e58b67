/* SPDX-License-Identifier: Apache-2.0 */
/* checker: what the parts of check share. */
#include "dslc/checker.h"

#include <apr_lib.h>

struct diag *
checker_waits(struct checker *checker, struct span span, const char *what)
{
    checker->model->partial = 1;
    return checker_later(checker, span, what);
}

struct diag *
checker_later(struct checker *checker, struct span span, const char *what)
{
    return diag_error(checker->diags, span, E019,
                      "%s waits for a later version of routesc", what);
}

void
checker_exceeds(struct checker *checker, struct span span, const char *what)
{
    diag_error(checker->diags, span, E706, "too large for a table: %s", what);
}

const char *
checker_quote(struct checker *checker, const char *text)
{
    return diag_quote(checker->diags, text);
}

bool
checker_has_control(const char *text)
{
    while (*text != '\0' && !apr_iscntrl(*text)) {
        text++;
    }
    return *text != '\0';
}

bool
checker_status(struct checker *checker, const struct ast_value *status,
               int low, const char *what)
{
    if (status->number >= low && status->number <= 599) {
        return true;
    }
    diag_error(checker->diags, status->span, E016,
               "%s has a status from %d to 599, and not %s", what, low,
               checker_quote(checker, status->text));
    return false;
}
