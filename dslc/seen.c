/* SPDX-License-Identifier: Apache-2.0 */
/* seen: the token that doesn't fit, and what stands around it. */
#include "dslc/seen.h"

#include <ctype.h>
#include <string.h>

#include <apr_strings.h>

bool
seen_has(const struct seen *s, const char *name)
{
    for (int i = 0; i < s->count; i++) {
        if (strcmp(s->expected[i], name) == 0) {
            return true;
        }
    }
    return false;
}

bool
seen_is(const struct seen *s, const char *name)
{
    return strcmp(s->found, name) == 0;
}

/* Any name can stand here, the words of the language too. */
bool
seen_wants_name(const struct seen *s)
{
    return seen_has(s, "name") && seen_has(s, "location");
}

bool
seen_wants_statement(const struct seen *s)
{
    return seen_has(s, "location") && seen_has(s, "realm") &&
           !seen_has(s, "name");
}

bool
seen_wants_clause(const struct seen *s)
{
    return seen_has(s, "require") && seen_has(s, "returns") &&
           !seen_wants_name(s);
}

bool
seen_wants_type(const struct seen *s)
{
    return seen_has(s, "name") && seen_has(s, "request method") &&
           !seen_has(s, "as");
}

bool
seen_wants_literal(const struct seen *s)
{
    return seen_has(s, "null") && seen_has(s, "string");
}

bool
seen_wants_path(const struct seen *s)
{
    return seen_has(s, "path") && seen_has(s, "parameter");
}

bool
seen_is_name(const struct seen *s)
{
    return seen_is(s, "name") || seen_is(s, "request method");
}

/* The grammar calls a word of the language by the word. */
bool
seen_is_keyword(const struct seen *s)
{
    return s->length > 0 && isalpha((unsigned char)*s->text) &&
           strcmp(s->text, s->found) == 0;
}

struct diag *
seen_tell(const struct seen *s, enum diag_code code, const char *what)
{
    struct diag_list *diags = s->p->diags;

    return diag_error(diags, s->at, code, "%s %s", what,
                      diag_quote_bytes(diags, s->text, s->length));
}

static bool
is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The first word of the line that a byte of the file stands in. */
static const char *
find_first(const struct seen *s, const char *c)
{
    const char *text = s->p->source->text;
    size_t length = 0;

    while (c > text && c[-1] != '\n') {
        c--;
    }
    c += strspn(c, " \t");
    while (length <= SEEN_LONGEST_WORD && is_word(c[length])) {
        length++;
    }
    return apr_pstrmemdup(s->p->pool, c, length);
}

/* The words and the character before the token, on its line. */
void
seen_look_back(struct seen *s)
{
    const char *text = s->p->source->text;
    const char *c = text + s->at.start;
    const char *end;

    s->first = find_first(s, c);

    while (c > text && (c[-1] == ' ' || c[-1] == '\t')) {
        c--;
    }
    s->mark = c > text ? c[-1] : '\0';
    end = c;
    while (c > text && end - c <= SEEN_LONGEST_WORD && is_word(c[-1])) {
        c--;
    }
    s->before = apr_pstrmemdup(s->p->pool, c, (size_t)(end - c));
    s->before_at = s->at;
    s->before_at.start = (uint32_t)(c - text);
    s->before_at.end = (uint32_t)(end - text);
}
