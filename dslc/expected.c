/* SPDX-License-Identifier: Apache-2.0 */
/* expected: what could stand where a token does not fit. */
#include "dslc/expected.h"

#include <ctype.h>
#include <string.h>

#include <apr_strings.h>

#include "dslc/near.h"

#define SHOWN_NAMES 4 /* of what was expected */

/* What an expected token is called, NULL for one that is told otherwise. */
static const char *
name_expected(const struct seen *s, const char *name)
{
    static const char *const numbers[] = {"decimal number", "size", "duration",
                                          "'-'", NULL};

    if (strcmp(name, "end of file") == 0 || strcmp(name, "parameter") == 0 ||
        strcmp(name, "path `.`") == 0) {
        return NULL;
    }
    for (const char *const *number = numbers; *number != NULL; number++) {
        if (strcmp(*number, name) == 0 && seen_has(s, "number")) {
            return NULL;
        }
    }
    if (strcmp(name, "end of statement") == 0) {
        return "the end of the statement";
    }
    if (*name == '\'') {
        return apr_psprintf(s->p->pool, "`%c`", name[1]);
    }
    if (ispunct((unsigned char)*name)) {
        return apr_psprintf(s->p->pool, "`%s`", name);
    }
    return strchr("aeiou", *name) != NULL
               ? apr_psprintf(s->p->pool, "an %s", name)
               : apr_psprintf(s->p->pool, "a %s", name);
}

struct phrase {
    const char *names[SHOWN_NAMES];
    int count; /* more than SHOWN_NAMES: the rest is not shown */
};

static void
add_phrase(struct phrase *phrase, const char *name)
{
    if (name != NULL && phrase->count++ < SHOWN_NAMES) {
        phrase->names[phrase->count - 1] = name;
    }
}

/* a, b or c; too many end in an ellipsis. */
static const char *
join_phrase(const struct seen *s, const struct phrase *phrase)
{
    bool all = phrase->count <= SHOWN_NAMES;
    int shown = all ? phrase->count : SHOWN_NAMES;
    const char *text = shown > 0 ? phrase->names[0] : "something else";

    for (int i = 1; i < shown; i++) {
        const char *join = all && i == shown - 1 ? " or " : ", ";

        text = apr_pstrcat(s->p->pool, text, join, phrase->names[i], NULL);
    }
    return all ? text : apr_pstrcat(s->p->pool, text, ", …", NULL);
}

static bool
is_a_name(const char *name)
{
    return strcmp(name, "name") == 0 || strcmp(name, "request method") == 0;
}

/* What could stand here: groups of words by what they are together. */
static const char *
describe_expected(const struct seen *s)
{
    struct phrase phrase = {{NULL}, 0};
    bool words = !seen_wants_name(s) && !seen_wants_statement(s) &&
                 !seen_wants_clause(s) && !seen_wants_type(s);

    if (seen_wants_name(s)) {
        add_phrase(&phrase, "a name");
    }
    else if (seen_wants_type(s)) {
        add_phrase(&phrase, "a type");
    }
    else if (seen_wants_statement(s)) {
        return "a statement";
    }
    for (int i = 0; i < s->count; i++) {
        const char *name = s->expected[i];

        if (near_is_word(name)) {
            if (words) {
                add_phrase(&phrase, apr_psprintf(s->p->pool, "`%s`", name));
            }
        }
        else if (!((seen_wants_name(s) || seen_wants_type(s)) &&
                   is_a_name(name))) {
            add_phrase(&phrase, name_expected(s, name));
        }
    }
    if (seen_wants_clause(s)) {
        add_phrase(&phrase, "a clause");
    }
    return join_phrase(s, &phrase);
}

void
expected_tell(const struct seen *s)
{
    const char *found = diag_quote_bytes(s->p->diags, s->text, s->length);
    const char *help;
    struct diag *diag;

    if (seen_is(s, "end of statement")) {
        found = "the end of the statement";
    }
    else if (seen_is(s, "end of file")) {
        found = "the end of the file";
    }
    diag = diag_error(s->p->diags, s->at, E007, "expected %s, found %s",
                      describe_expected(s), found);
    help = near_habit(s);
    if (seen_is(s, "end of statement") && seen_has(s, "'{'")) {
        /* `location /x` alone, or with its `{` on the next line */
        s->p->file->astray = true;
        help = "what belongs to it stands in braces, and the `{` on its line";
    }
    if (help != NULL) {
        diag_help(diag, "%s", help);
    }
}
