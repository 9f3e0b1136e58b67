/* SPDX-License-Identifier: Apache-2.0 */
/* unexpected: the token that does not fit, in the words of who wrote it. */
#include "dslc/unexpected.h"

#include <string.h>

#include "dslc/expected.h"
#include "dslc/guess.h"
#include "dslc/seen.h"
#include "dslc/token.h"

void
unexpected_tell(struct parse *p, struct span at, const char *found,
                const char *const *expected, int count)
{
    struct seen s = {.p = p,
                     .at = at,
                     .found = found,
                     .expected = expected,
                     .count = count};

    s.text = token_text(p, at).text;
    s.length = strlen(s.text);
    seen_look_back(&s);
    if (!guess_tell(&s)) {
        expected_tell(&s);
    }
}
