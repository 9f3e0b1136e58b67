/* SPDX-License-Identifier: Apache-2.0 */
/* layout: gives newlines, `;` and braces their meaning. */
#include "grammar/layout.h"

#include <string.h>

#include "grammar/routes.tab.h"

struct span
layout_begin(const struct layout *layout)
{
    return (struct span){0, 0, layout->file};
}

struct span
layout_gap(struct span before)
{
    before.start = before.end;
    return before;
}

bool
layout_quiet(const struct layout *layout)
{
    return layout->quiet || layout->stopped || layout->muted > 0;
}

bool
layout_in_param(const struct layout *layout)
{
    return layout->in_param;
}

/* True for `realm x …`, `auth basic` and `class X …`: their braces hold no
 * statements. */
static bool
is_declaration(const struct layout *layout)
{
    switch (layout->opener) {
    case T_AUTH:
    case T_INTERPRETER:
    case T_REALM:
    case T_RECORD:
    case T_TYPE:
        return true;
    case T_IDENT:
        return layout->second == T_IDENT;
    default:
        return false;
    }
}

/* True before the `{` of `location /x …`, and of `locatoin /x`: it holds
 * statements. */
static bool
is_place(const struct layout *layout)
{
    return layout->opener == T_LOCATION || layout->opener == T_HOST ||
           (layout->opener == T_IDENT && layout->last == T_P_END);
}

bool
layout_begins(const struct layout *layout)
{
    return layout->second == 0 && layout->last == layout->opener;
}

bool
layout_lost(struct layout *layout)
{
    bool lost = layout_begins(layout) && layout->braces > 0 &&
                layout->open[layout->braces - 1].lost;

    if (lost) {
        layout->muted = layout->braces;
    }
    return lost;
}

/* True when flex is at a token that begins the next statement. */
static bool
is_ahead(const struct layout *layout)
{
    return layout->line_start && layout->parens == 0;
}

void
layout_hush(struct layout *layout)
{
    if (layout->last == '{' && layout->muted == 0 && is_declaration(layout)) {
        layout->muted = layout->braces;
    }
    if (layout->last == '{') {
        layout->open[layout->braces - 1].lost = !is_place(layout);
    }
    if (is_ahead(layout)) {
        layout->next_quiet = true;
    }
    else {
        layout->quiet = true;
    }
}

/* What stands in `type X = /[a-z]+/` is no path: that is told by itself. */
void
layout_note(struct layout *layout, struct span at, enum act_fault fault)
{
    bool path = fault >= ACT_PATH_QUERY;
    bool known = layout->opener == T_TYPE || layout->quiet;

    if (!layout->stopped && !(path && known)) {
        act_fault(layout->parse, at, fault);
    }
}

void
layout_fault(struct layout *layout, struct span at, enum act_fault fault)
{
    if (!(is_ahead(layout) ? layout->next_quiet : layout->quiet)) {
        layout_note(layout, at, fault);
        layout_hush(layout);
    }
}

/* The part of a path from one byte up to the next slash or the end. */
static struct span
narrow(struct span at, const char *text, const char *from)
{
    at.start += (uint32_t)(from - text);
    at.end = at.start + 1 + (uint32_t)strcspn(from + 1, "/");
    return at;
}

/* `/:name` and `/$name`, the parameters of other systems. */
static const char *
find_sigil(const char *text)
{
    for (const char *at = strchr(text, '/'); at != NULL;
         at = strchr(at + 1, '/')) {
        bool sigil = at[1] == ':' || at[1] == '$';
        char c = (char)(sigil ? at[2] | 0x20 : 0);

        if ((c >= 'a' && c <= 'z') || (sigil && at[2] == '_')) {
            return at + 1;
        }
    }
    return NULL;
}

/* `/[name]`, likewise. */
static const char *
find_bracket(const char *text)
{
    const char *found = strstr(text, "/[");

    return found != NULL && strchr(found, ']') != NULL ? found + 1 : NULL;
}

void
layout_check_path(struct layout *layout, struct span at, const char *text)
{
    const char *found = strpbrk(text, "%?");

    if (found != NULL) {
        layout_note(layout, narrow(at, text, found), ACT_PATH_QUERY);
        return;
    }
    found = strchr(text, '<');
    if (found == NULL) {
        found = find_sigil(text);
    }
    if (found == NULL) {
        found = find_bracket(text);
    }
    if (found != NULL) {
        layout_note(layout, narrow(at, text, found), ACT_PATH_FOREIGN);
    }
}

/* ---- tokens ---- */

/* Tokens after which a newline does not end a statement. */
static bool
continues(int token)
{
    switch (token) {
    case 0:
    case T_SEP:
    case '{':
    case ',':
    case T_ARROW:
    case '=':
    case '|':
    case ':':
    case T_OR:
    case T_AND:
    case T_NOT:
        return true;
    default:
        return false;
    }
}

/* Tokens after which an end of a statement would be an empty one. */
static bool
is_start(int token)
{
    return token == 0 || token == T_SEP || token == '{';
}

/* Gives a token back, to be the next. */
static void
put_back(struct layout *layout, int kind, struct span at)
{
    struct layout_token *token = &layout->ahead[layout->ahead_count++];

    token->kind = kind;
    token->at = at;
    token->column = 0;
    token->first = false;
}

/* Adds a line of `##` to the comment above the next statement. */
static void
note_doc(struct layout *layout, struct span at)
{
    if (layout->doc.file == 0) {
        layout->doc = at;
    }
    layout->doc.end = at.end;
}

static void
give_doc(struct layout *layout, uint32_t before)
{
    if (layout->doc.file != 0) {
        act_doc(layout->parse, layout->doc, before);
        layout->doc.file = 0;
    }
}

/* The next raw token that is no newline and no comment. */
static struct layout_token
scan(struct layout *layout)
{
    struct layout_token token;

    if (layout->ahead_count > 0) {
        return layout->ahead[--layout->ahead_count];
    }
    for (;;) {
        token.kind = scan_raw(&token.at, layout->scanner);
        if (token.kind == T_NL) {
            layout->line_start = true;
            layout->line = token.at.end;
        }
        else if (token.kind != T_DOC) {
            break;
        }
        else if (layout->line_start) {
            note_doc(layout, token.at);
        }
    }
    if (token.kind == 0) {
        token.at = (struct span){layout->length, layout->length, layout->file};
    }
    token.column = token.at.start - layout->line;
    token.first = layout->line_start;
    layout->line_start = false;
    give_doc(layout, token.at.start);
    return token;
}

/* Words that begin a statement; two words in a row can be nothing else. */
static bool
is_opener(int token)
{
    switch (token) {
    case T_METHOD:
    case T_ASSERT:
    case T_AUTH:
    case T_CONSUMES:
    case T_FILTER:
    case T_HEADER:
    case T_HOOK:
    case T_HOST:
    case T_IMPORT:
    case T_INCLUDE:
    case T_INTERPRETER:
    case T_LIMIT:
    case T_LOCATION:
    case T_MOUNT:
    case T_OVERRIDE:
    case T_PRODUCES:
    case T_PUBLISH:
    case T_RAISES:
    case T_REALM:
    case T_RECORD:
    case T_REDIRECT:
    case T_REQUIRE:
    case T_RETURNS:
    case T_RULE:
    case T_SETTING:
    case T_TYPE:
        return true;
    default:
        return false;
    }
}

static bool
is_second(int token)
{
    switch (token) {
    case T_IDENT:
    case T_METHOD:
    case T_STRING:
    case T_P_LIT:
    case T_P_OPEN:
    case T_DOTPATH:
    case T_PUBLIC:
    case T_EVERY:
        return true;
    default:
        return is_opener(token);
    }
}

/* True when a token at the start of its line can only begin a statement. */
static bool
begins_statement(struct layout *layout, const struct layout_token *token)
{
    struct layout_token second;

    if (!token->first || !is_opener(token->kind) || layout->last == T_FROM) {
        return false;
    }
    second = scan(layout);
    layout->ahead[layout->ahead_count++] = second;
    return !second.first && is_second(second.kind);
}

/* Words whose braces hold options, fields or clauses, and no routes. */
static bool
is_narrow(int opener)
{
    switch (opener) {
    case T_METHOD:
    case T_INCLUDE:
    case T_INTERPRETER:
    case T_MOUNT:
    case T_PUBLISH:
    case T_REALM:
    case T_RECORD:
    case T_REDIRECT:
        return true;
    default:
        return false;
    }
}

/* True when two tokens are the first of `GET /x`, `location /x` and the like,
 * which no narrow braces hold. */
static bool
is_outer(int first, int second)
{
    switch (first) {
    case T_METHOD:
        return second == T_P_LIT || second == T_P_OPEN || second == ',';
    case T_LOCATION:
    case T_MOUNT:
    case T_REDIRECT:
        return second == T_P_LIT || second == T_P_OPEN;
    case T_PUBLISH:
        return second == T_P_LIT || second == T_P_OPEN || second == T_METHOD;
    case T_ASSERT:
        return second == T_EVERY || second == T_PUBLIC || second == T_METHOD;
    case T_HOST:
    case T_INCLUDE:
        return second == T_STRING;
    case T_REALM:
    case T_RECORD:
    case T_RULE:
    case T_SETTING:
    case T_TYPE:
        return second == T_IDENT;
    default:
        return false;
    }
}

static bool
begins_outer(struct layout *layout, const struct layout_token *token)
{
    struct layout_token second;

    if (!token->first ||
        (token->kind != T_METHOD && !is_opener(token->kind))) {
        return false;
    }
    second = scan(layout);
    layout->ahead[layout->ahead_count++] = second;
    return !second.first && is_outer(token->kind, second.kind);
}

/* True when the innermost brace was forgotten: it can't hold this route, and
 * the route is not indented as if it were meant to. */
static bool
leaves_brace(struct layout *layout, const struct layout_token *token)
{
    const struct layout_brace *brace;

    if (layout->braces == 0) {
        return false;
    }
    brace = &layout->open[layout->braces - 1];
    return brace->narrow && token->column <= brace->column &&
           is_start(layout->last) && begins_outer(layout, token);
}

/* True when no argument can follow in the open parentheses. */
static bool
leaves_parens(struct layout *layout, const struct layout_token *token)
{
    return token->kind == '}' || token->kind == '{' || token->kind == 0 ||
           begins_statement(layout, token);
}

/* True when a newline before the token ends the statement. */
static bool
newline_ends(struct layout *layout, const struct layout_token *token)
{
    if (!token->first || layout->parens > 0 || token->kind == T_ARROW) {
        return false;
    }
    if (!continues(layout->last)) {
        return true;
    }
    return !is_start(layout->last) && layout->last != ',' &&
           begins_statement(layout, token);
}

/* ---- what the grammar gets ---- */

/* Keeps what later tokens depend on; too deep is the end of the file. */
static int
hand_out(struct layout *layout, int kind, struct span *at, struct span place)
{
    bool was_named;

    *at = place;
    if (is_start(layout->last)) {
        layout->opener = kind;
        layout->second = 0;
    }
    else if (layout->second == 0) {
        layout->second = kind;
    }
    layout->nots = kind == T_NOT ? layout->nots + 1 : 0;
    was_named = layout->arrow;
    layout->arrow = kind == T_ARROW ||
                    (layout->arrow && (kind == T_IDENT || kind == T_METHOD ||
                                       kind == '.' || kind == ':'));
    switch (kind) {
    case '(':
        if (layout->parens++ == 0) {
            layout->paren_at = place;
            layout->in_call = was_named;
        }
        break;
    case ')':
        layout->parens -= layout->parens > 0;
        break;
    case '{':
        layout->open[layout->braces++] = (struct layout_brace){
            place, layout->column, is_narrow(layout->opener),
            layout->quiet && !is_place(layout)};
        if (layout->quiet && layout->muted == 0 && is_declaration(layout)) {
            layout->muted = layout->braces;
        }
        break;
    case '}':
        layout->braces -= layout->braces > 0;
        if (layout->braces < layout->muted) {
            layout->muted = 0;
        }
        break;
    case '<':
        layout->angles++;
        break;
    case '>':
        layout->angles -= layout->angles > 0;
        break;
    case T_P_OPEN:
        layout->in_param = true;
        layout->param_parens = layout->parens;
        break;
    case T_P_BAD:
        layout->parens = layout->param_parens;
        layout->quiet = true;
        break;
    case T_SEP:
        layout->angles = 0;
        break;
    }
    if (layout->braces + layout->parens + layout->angles + layout->nots >
        LAYOUT_MAX_DEPTH) {
        layout_note(layout, place, ACT_TOO_DEEP);
        layout->stopped = true;
        kind = 0;
    }
    layout->last_at = place;
    return layout->last = kind;
}

/* An end of a statement, directly after its last token. */
static int
end_statement(struct layout *layout, struct span *at)
{
    return hand_out(layout, T_SEP, at, layout_gap(layout->last_at));
}

/* The version is there, misspelt before its number, or assumed after the
 * message that it isn't. */
static void
begin(struct layout *layout, const struct layout_token *token)
{
    struct span start = {token->at.start, token->at.start, layout->file};
    struct layout_token second = scan(layout);

    layout->begun = true;
    layout->ahead[layout->ahead_count++] = second;
    if (token->kind != T_ROUTES) {
        layout_note(layout, token->at, ACT_NO_VERSION);
    }
    if (token->kind == T_ROUTES || second.kind == T_INT) {
        put_back(layout, T_ROUTES, token->at);
        return;
    }
    put_back(layout, token->kind, token->at);
    put_back(layout, T_SEP, start);
    put_back(layout, T_INT, start);
    put_back(layout, T_ROUTES, start);
}

/* The rest of the file is no argument: all open parentheses are closed.  What
 * stands in those of a call is not known to be one either. */
static int
leave_parens(struct layout *layout, const struct layout_token *token,
             struct span *at)
{
    layout_fault(layout, layout->paren_at, ACT_OPEN_PAREN);
    layout->closing = true;
    layout->ahead[layout->ahead_count++] = *token;
    if (!layout->in_call) {
        return hand_out(layout, ')', at, layout_gap(layout->last_at));
    }
    layout->parens = 1;
    return hand_out(layout, T_GRAMMAR_error, at, layout_gap(layout->last_at));
}

/* `;`: 0 when it ends nothing. */
static int
semicolon(struct layout *layout, struct span *at, struct span place)
{
    if (layout->parens > 0) {
        layout_fault(layout, place, ACT_SEMICOLON);
        return hand_out(layout, T_GRAMMAR_error, at, place);
    }
    if (is_start(layout->last)) {
        return 0;
    }
    return hand_out(layout, T_SEP, at, place);
}

/* A forgotten brace is closed where a route follows that it can't hold. */
static int
leave_brace(struct layout *layout, const struct layout_token *token,
            struct span *at)
{
    layout_note(layout, layout->open[layout->braces - 1].at, ACT_OPEN_BRACE);
    layout->ahead[layout->ahead_count++] = *token;
    return hand_out(layout, '}', at, layout_gap(layout->last_at));
}

/* A brace that is never closed is closed at the end of the file. */
static int
close_brace(struct layout *layout, struct span *at)
{
    if (!layout->ended) {
        layout->ended = true;
        layout_note(layout, layout->open[layout->braces - 1].at,
                    ACT_OPEN_BLOCK);
    }
    return hand_out(layout, '}', at, layout_gap(layout->last_at));
}

/* What holds for one statement or parameter ends with it. */
static void
forget(struct layout *layout)
{
    if (layout->last == T_SEP || layout->last == '{') {
        layout->failed = layout->quiet && !layout->misread;
        layout->misread = false;
        layout->quiet = layout->next_quiet;
        layout->next_quiet = false;
    }
    if (layout->last == T_P_CLOSE || layout->last == T_P_BAD) {
        layout->in_param = false;
    }
    if (act_enough(layout->parse)) {
        layout->stopped = true;
    }
}

/* The next token and its place. */
static int
next(struct layout *layout, struct span *at)
{
    forget(layout);
    while (!layout->stopped) {
        struct layout_token token;
        int kind;

        if (layout->closing && layout->parens > 0) {
            return hand_out(layout, ')', at, layout_gap(layout->last_at));
        }
        layout->closing = false;
        token = scan(layout);
        if (!layout->begun) {
            begin(layout, &token);
        }
        else if (layout->parens > 0 && leaves_parens(layout, &token)) {
            return leave_parens(layout, &token, at);
        }
        else if (token.kind == T_SEMI) {
            kind = semicolon(layout, at, token.at);
            if (kind != 0) {
                return kind;
            }
        }
        else if (newline_ends(layout, &token) ||
                 ((token.kind == '}' || token.kind == 0) &&
                  !is_start(layout->last))) {
            layout->ahead[layout->ahead_count++] = token;
            return end_statement(layout, at);
        }
        else if (leaves_brace(layout, &token)) {
            return leave_brace(layout, &token, at);
        }
        else if (token.kind == 0 && layout->braces > 0) {
            layout->ahead[layout->ahead_count++] = token;
            return close_brace(layout, at);
        }
        else {
            layout->quiet = layout->quiet || layout->next_quiet;
            layout->next_quiet = false;
            if (is_start(layout->last)) {
                layout->column = token.column;
            }
            return hand_out(layout, token.kind, at, token.at);
        }
    }
    *at = layout_gap(layout->last_at);
    return 0;
}

int
grammar_lex(union GRAMMAR_STYPE *value, struct span *at, struct layout *layout)
{
    int kind = next(layout, at);

    (void)value;
    act_token(layout->parse, kind, *at);
    return kind;
}
