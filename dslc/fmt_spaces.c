/* SPDX-License-Identifier: Apache-2.0 */
/* fmt_spaces: the space between two tokens of a line, and how wide they are.
 */
#include "dslc/fmt_spaces.h"

#include "grammar/layout.h"
#include "grammar/routes.tab.h"

/* A place in the file, from its first token on. */
struct walk {
    struct fmt_tokens *tokens;
    unsigned parens;                       /* open ones */
    uint32_t braces[LAYOUT_MAX_DEPTH + 1]; /* open ones: tokens */
    unsigned depth;                        /* of braces */
};

/* ---- spaces ---- */

static bool
is_path(int kind)
{
    return kind == T_P_LIT || kind == T_P_OPEN || kind == T_P_CLOSE;
}

/* Tokens that what follows is part of. */
static bool
holds_next(int kind)
{
    switch (kind) {
    case '(':
    case '<':
    case '[':
    case '$':
    case '-':
    case '.':
    case T_DOTDOT:
    case T_P_OPEN:
        return true;
    default:
        return false;
    }
}

/* Tokens that are part of what is before them. */
static bool
holds_last(int kind)
{
    switch (kind) {
    case '(':
    case ')':
    case '<':
    case '>':
    case ']':
    case ',':
    case ':':
    case '?':
    case '.':
    case T_P_CLOSE:
        return true;
    default:
        return false;
    }
}

/* True for two tokens with a space between them. */
static bool
are_apart(const struct fmt_token *last, const struct fmt_token *token,
          unsigned parens)
{
    if (holds_next(last->kind)) {
        return false;
    }
    if (token->space != FMT_SPACE_ANY) {
        return token->space == FMT_SPACE_ONE;
    }
    if (last->kind == ':') { /* `name: type`, but `module:function` */
        return parens > 0;
    }
    if (last->kind == '{') {
        return token->kind != '}';
    }
    if (token->kind == T_DOTDOT) { /* of `1..2`, but `, ..2` */
        return last->kind == ',';
    }
    if (is_path(last->kind) && is_path(token->kind)) {
        return token->ends_path;
    }
    return !holds_last(token->kind);
}

static enum fmt_lead
choose_lead(const struct walk *walk, uint32_t i)
{
    const struct fmt_token *token = &walk->tokens->all[i];
    const struct fmt_token *last = token - 1;

    if (i == 0) {
        return FMT_LEAD_NONE;
    }
    if (token->ends_stmt && token->kind != '}' && last->kind != ',') {
        return FMT_LEAD_SEMICOLON;
    }
    return are_apart(last, token, walk->parens) ? FMT_LEAD_SPACE
                                                : FMT_LEAD_NONE;
}

/* ---- columns ---- */

/* The characters of a token. */
static uint32_t
measure(const struct fmt_tokens *tokens, const struct fmt_token *token)
{
    const char *text = tokens->file->text;
    uint32_t columns = 0;

    for (uint32_t i = token->start; i < token->end; i++) {
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return columns;
}

static void
keep_braces(struct walk *walk, uint32_t i)
{
    switch (walk->tokens->all[i].kind) {
    case '(':
        walk->parens++;
        break;
    case ')':
        walk->parens--;
        break;
    case '{':
        walk->braces[walk->depth++] = i;
        break;
    case '}':
        walk->tokens->all[walk->braces[--walk->depth]].close = i;
        break;
    }
}

void
fmt_spaces_set(struct fmt_tokens *tokens)
{
    struct walk walk = {.tokens = tokens};
    uint32_t column = 0;

    for (uint32_t i = 0; i < tokens->count; i++) {
        struct fmt_token *token = &tokens->all[i];
        enum fmt_lead lead = choose_lead(&walk, i);

        keep_braces(&walk, i);
        token->lead = (uint8_t)lead;
        token->left = column + (uint32_t)lead; /* "", " " or "; " */
        token->right = token->left + measure(tokens, token);
        column = token->right;
    }
}
