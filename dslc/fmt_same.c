/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_same: that a formatted file says what it said before. */
#include "dslc/fmt_same.h"

#include <string.h>

static bool
has_same_text(const struct fmt_tokens *before, uint32_t start, uint32_t end,
              const struct fmt_tokens *after, uint32_t other,
              uint32_t other_end)
{
    return end - start == other_end - other &&
           memcmp(before->file->text + start, after->file->text + other,
                  end - start) == 0;
}

/* After a comma the end of a field says nothing. */
static bool
ends_stmt(const struct fmt_tokens *tokens, uint32_t i)
{
    return i > 0 && tokens->all[i].ends_stmt && tokens->all[i - 1].kind != ',';
}

static bool
is_same_token(const struct fmt_tokens *before, const struct fmt_tokens *after,
              uint32_t i)
{
    const struct fmt_token *a = &before->all[i];
    const struct fmt_token *b = &after->all[i];

    return a->kind == b->kind && a->comments == b->comments &&
           ends_stmt(before, i) == ends_stmt(after, i) &&
           has_same_text(before, a->start, a->end, after, b->start, b->end);
}

static bool
is_same_comment(const struct fmt_tokens *before,
                const struct fmt_tokens *after, uint32_t i)
{
    const struct fmt_comment *a = &before->comments[i];
    const struct fmt_comment *b = &after->comments[i];

    return a->alone == b->alone &&
           has_same_text(before, a->start, a->end, after, b->start, b->end);
}

bool
fmt_same_tokens(const struct fmt_tokens *before,
                const struct fmt_tokens *after)
{
    if (before->count != after->count ||
        before->comment_count != after->comment_count) {
        return false;
    }
    for (uint32_t i = 0; i < before->count; i++) {
        if (!is_same_token(before, after, i)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < before->comment_count; i++) {
        if (!is_same_comment(before, after, i)) {
            return false;
        }
    }
    return true;
}
