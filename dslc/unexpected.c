/* SPDX-License-Identifier: Apache-2.0 */
/* unexpected: the token that does not fit, in the words of who wrote it. */
#include "dslc/unexpected.h"

#include <string.h>

#include "dslc/expected.h"
#include "dslc/foreign.h"
#include "dslc/guess.h"
#include "dslc/near.h"
#include "dslc/seen.h"
#include "dslc/token.h"

/* A word that was meant to begin a statement, here or elsewhere. */
static bool
is_meant(const struct seen *s)
{
    return foreign_find(FOREIGN_STATEMENT, s->text) != NULL ||
           near_expected(s) != NULL;
}

bool
unexpected_tell(struct parse *p, struct span at, const char *found,
                const char *const *expected, int count, bool follows)
{
    struct seen s = {.p = p,
                     .at = at,
                     .found = found,
                     .expected = expected,
                     .count = count};

    s.text = token_text(p, at).text;
    s.length = strlen(s.text);
    seen_look_back(&s);
    if (follows && !is_meant(&s)) {
        return false;
    }
    if (!guess_tell(&s)) {
        expected_tell(&s);
    }
    return true;
}
