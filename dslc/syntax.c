/* SPDX-License-Identifier: Apache-2.0 */
/* syntax: faults of characters and layout, as messages. */
#include "dslc/syntax.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <apr_strings.h>

#include "dslc/pyword.h"
#include "dslc/token.h"

/* The text of a place as a message quotes it. */
static const char *
quote_place(struct parse *p, struct span at)
{
    size_t length;
    const char *bytes = token_bytes(p, at, &length);

    return diag_quote_bytes(p->diags, bytes, length);
}

/* ---- characters ---- */

struct instead {
    const char *text;
    const char *help;
};

static const struct instead strays[] = {
    {"→", "the arrow is written `->`"},
    {"⇒", "the arrow is written `->`"},
    {"“", "strings are written in plain double quotes"},
    {"”", "strings are written in plain double quotes"},
    {"‘", "strings are written in plain double quotes"},
    {"’", "strings are written in plain double quotes"},
    {"…", "three dots are written `...`"},
    {"–", "a minus is written `-`"},
    {"\xc2\xa0", "this is a no-break space; write a plain one"},
    {"&", "rules are joined by `and`"},
    {"!", "a rule is negated by `not`"},
    {"^", "a path is no pattern: /name/{parameter:type}"},
    {"+", "clauses stand behind the route, or in its braces"},
    {"@", "a route begins with its method: GET /path -> module:function"},
    {"*", "the rest of a path is {name:path}; every method is `ANY`"},
};

static void
tell_stray(struct parse *p, struct span at)
{
    struct diag *diag = diag_error(p->diags, at, E001, "stray character %s",
                                   quote_place(p, at));
    size_t length;
    const char *bytes = token_bytes(p, at, &length);

    for (size_t i = 0; i < sizeof strays / sizeof *strays; i++) {
        size_t n = strlen(strays[i].text);

        if (length >= n && memcmp(bytes, strays[i].text, n) == 0) {
            diag_help(diag, "%s", strays[i].help);
            return;
        }
    }
}

static void
tell_single_quotes(struct parse *p, struct span at)
{
    size_t length;
    const char *bytes = token_bytes(p, at, &length);
    struct diag *diag;

    if (length > 0 && *bytes == 'r') {
        bytes++;
        length--;
    }
    length -= length > 1 && bytes[length - 1] == '\'';
    diag =
        diag_error(p->diags, at, E001, "strings are written in double quotes");
    if (length <= DIAG_MAX_QUOTE) {
        diag_help(diag, "write `\"%.*s\"`", (int)(length - 1), bytes + 1);
    }
}

/* ---- units ---- */

static const char *const sizes[] = {"B", "KB", "MB", "GB", NULL};
static const char *const times[] = {"ms", "s", "m", "h", "d", "w", NULL};

static const struct instead unit_words[] = {
    {"K", "KB"},      {"M", "MB"},   {"G", "GB"},     {"KiB", "KB"},
    {"MiB", "MB"},    {"GiB", "GB"}, {"bytes", "B"},  {"byte", "B"},
    {"sec", "s"},     {"secs", "s"}, {"second", "s"}, {"seconds", "s"},
    {"min", "m"},     {"mins", "m"}, {"minute", "m"}, {"minutes", "m"},
    {"hr", "h"},      {"hour", "h"}, {"hours", "h"},  {"day", "d"},
    {"days", "d"},    {"week", "w"}, {"weeks", "w"},  {"msec", "ms"},
    {"millis", "ms"}, {NULL, NULL},
};

static const struct instead rate_words[] = {
    {"sec", "s"},      {"second", "s"},    {"seconds", "s"}, {"mins", "min"},
    {"minute", "min"}, {"minutes", "min"}, {"hr", "hour"},   {"hours", "hour"},
    {"days", "day"},   {NULL, NULL},
};

static const char *
find_folded(const char *const *names, const char *word)
{
    for (; *names != NULL; names++) {
        if (strcasecmp(*names, word) == 0) {
            return *names;
        }
    }
    return NULL;
}

static const char *
find_instead(const struct instead *words, const char *word)
{
    for (; words->text != NULL; words++) {
        if (strcasecmp(words->text, word) == 0) {
            return words->help;
        }
    }
    return NULL;
}

/* The unit that was meant, or NULL. */
static const char *
guess_unit(const char *unit, bool rate)
{
    const char *found;

    if (rate) {
        return find_instead(rate_words, unit);
    }
    found = find_folded(sizes, unit);
    if (found == NULL) {
        found = find_folded(times, unit);
    }
    return found != NULL ? found : find_instead(unit_words, unit);
}

static void
tell_unit(struct parse *p, struct span at, bool rate)
{
    const char *text = token_text(p, at).text;
    size_t digits = strspn(text, "0123456789./");
    const char *guess = guess_unit(text + digits, rate);
    struct diag *diag =
        diag_error(p->diags, at, E003, "bad unit in %s", quote_place(p, at));

    if (memchr(text, '.', digits) != NULL) {
        diag_help(diag, "sizes and durations are whole numbers");
    }
    else if (guess != NULL) {
        diag_help(diag, "did you mean `%.*s%s`?", (int)digits, text, guess);
    }
    else if (rate) {
        diag_help(diag, "a rate is a number per s, min, hour or day");
    }
    else {
        diag_help(diag, "sizes are in B, KB, MB, GB, durations in ms, s, m, "
                        "h, d, w");
    }
}

/* ---- paths ---- */

static void
tell_path_character(struct parse *p, struct span at)
{
    size_t length;
    const char *bytes = token_bytes(p, at, &length);
    char c = length > 0 ? *bytes : '\\';
    struct diag *diag;

    diag = diag_error(p->diags, at, E106, "`%c` in a path", c);
    switch (c) {
    case '?':
        diag_help(diag, "query arguments are declared in the call: "
                        "f(page: int = 1)");
        break;
    case '%':
        diag_help(diag, "paths are written decoded: /café, not /caf%%c3%%a9");
        break;
    case '#':
        diag_help(diag, "a comment needs a space before its `#`");
        break;
    case '"':
        diag_help(diag, "paths are written without quotes");
        break;
    default:
        diag_help(diag, "a literal one is written `\\%c`", c);
        break;
    }
}

/* `:id`, `$id`, `<int:id>`, `[id]` or `[...rest]` in the spelling of this
 * language, or NULL. */
static const char *
translate_param(struct parse *p, const char *text)
{
    size_t first = strcspn(text, ":>]");
    size_t second;

    if (strpbrk(text, "[]<>") != NULL &&
        strcspn(text + 1, "[]<>-+*()\\$^") + 2 < strlen(text)) {
        return NULL; /* a pattern */
    }

    if (*text == ':' || *text == '$') {
        first = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        return apr_psprintf(p->pool, "{%.*s}", (int)first, text + 1);
    }
    if (*text == '[' && strncmp(text + 1, "...", 3) == 0) {
        return first > 4 ? apr_psprintf(p->pool, "{%.*s:path}", (int)first - 4,
                                        text + 4)
                         : NULL;
    }
    if (text[first] == '>' || text[first] == ']') {
        return apr_psprintf(p->pool, "{%.*s}", (int)first - 1, text + 1);
    }
    second = strcspn(text + first, ">");
    if (text[first] != ':' || text[first + second] != '>') {
        return NULL;
    }
    return apr_psprintf(p->pool, "{%.*s:%.*s}", (int)second - 1,
                        text + first + 1, (int)first - 1, text + 1);
}

static void
tell_foreign_param(struct parse *p, struct span at)
{
    const char *text = token_text(p, at).text;
    const char *ours =
        at.end - at.start <= DIAG_MAX_QUOTE ? translate_param(p, text) : NULL;
    struct diag *diag =
        diag_error(p->diags, at, E119, "%s is another system's parameter",
                   quote_place(p, at));

    if (ours != NULL) {
        diag_help(diag, "write `%s`, or `\\%c` for a literal one", ours,
                  *text);
    }
    else {
        diag_help(diag,
                  "write `{name}` or `{name:type}`, or `\\%c` for a "
                  "literal one",
                  *text);
    }
}

/* ---- parameters ---- */

void
syntax_check_param(struct parse *p, struct span at, const char *name)
{
    if (pyword_is(name)) {
        diag_error(p->diags, at, E108,
                   "`%s` is a word of Python and names no argument", name);
    }
}

/* Points to the brace rather than to the end of its line. */
static void
tell_open_param(struct parse *p, struct span at)
{
    struct diag *diag;

    at.end = at.start + 1;
    diag = diag_error(p->diags, at, E104,
                      "`{` of a parameter is not closed on its line");
    diag_help(diag, "a block's `{` stands after a space");
}

/* From the `{` before a place to the `}` behind it; without one, no place. */
static struct span
find_braces(const struct parse *p, struct span at)
{
    const char *text = p->source->text;

    do {
        at.start -= at.start > 0;
    } while (at.start > 0 && text[at.start] != '{' && text[at.start] != '\n');
    at.end = at.start + 1;
    at.end += (uint32_t)strcspn(text + at.end, "{}>\n");
    if (text[at.end] != '}') {
        at.end = at.start;
    }
    at.end++;
    return at;
}

static void
help_param(struct diag *diag, const char *text)
{
    if (strpbrk(text, "[\\^+$|=(") != NULL) {
        diag_help(diag, "a pattern is a type: "
                        "type Year = str matching r\"[0-9]{4}\"");
    }
    else if (strchr(text, '*') != NULL || strstr(text, "..") != NULL) {
        diag_help(diag, "the rest of a path is `{name:path}`");
    }
    else {
        diag_help(diag, "a parameter is `{name}` or `{name:type}`, with ASCII "
                        "letters, digits and `_`");
    }
}

static void
tell_bad_param(struct parse *p, struct span at)
{
    at = find_braces(p, at);
    if (at.end == at.start + 1) {
        tell_open_param(p, at);
        return;
    }
    help_param(diag_error(p->diags, at, E108, "%s is no parameter",
                          quote_place(p, at)),
               token_text(p, at).text);
}

/* ---- all of them ---- */

struct fixed {
    enum diag_code code;
    const char *message;
    const char *help; /* or NULL */
};

static const struct fixed fixed_faults[] = {
    [ACT_CONTROL] = {E001, "control character",
                     "in a string write it as \\u{…}"},
    [ACT_UNTERMINATED] = {E002, "string without its closing `\"`",
                          "a string ends on the line it begins on"},
    [ACT_NO_VERSION] = {E004, "the file does not begin with `routes 1`",
                        "write `routes 1` as the first statement"},
    [ACT_OPEN_PAREN] = {E006, "`(` is never closed", NULL},
    [ACT_OPEN_BRACE] = {E007, "`{` is never closed", NULL},
    [ACT_OPEN_BLOCK] = {E007, "`{` is never closed", NULL},
    [ACT_SEMICOLON] = {E007, "`;` inside parentheses",
                       "arguments are separated by `,`"},
    [ACT_TOO_DEEP] = {E007, "nested too deeply: the rest is not read", NULL},
    [ACT_PATH_BLOCK] = {E104, "`{` of a block directly after a path",
                        "put a space before the `{`"},
};

static void
tell_fixed(struct parse *p, struct span at, enum act_fault fault)
{
    const struct fixed *fixed = &fixed_faults[fault];
    struct diag *diag =
        diag_error(p->diags, at, fixed->code, "%s", fixed->message);

    if (fixed->help != NULL) {
        diag_help(diag, "%s", fixed->help);
    }
}

void
syntax_fault(struct parse *p, struct span at, enum act_fault fault)
{
    switch (fault) {
    case ACT_STRAY:
        tell_stray(p, at);
        break;
    case ACT_SINGLE_QUOTES:
        tell_single_quotes(p, at);
        break;
    case ACT_BAD_RATE:
        tell_unit(p, at, true);
        break;
    case ACT_BAD_UNIT:
        tell_unit(p, at, false);
        break;
    case ACT_PATH_QUERY:
    case ACT_PATH_DELIMITER:
        tell_path_character(p, at);
        break;
    case ACT_PATH_FOREIGN:
        tell_foreign_param(p, at);
        break;
    case ACT_PARAM_OPEN:
    case ACT_PARAM_BAD:
        tell_bad_param(p, at);
        break;
    case ACT_CONTROL:
    case ACT_UNTERMINATED:
    case ACT_NO_VERSION:
    case ACT_OPEN_PAREN:
    case ACT_OPEN_BRACE:
    case ACT_OPEN_BLOCK:
    case ACT_SEMICOLON:
    case ACT_TOO_DEEP:
    case ACT_PATH_BLOCK:
        tell_fixed(p, at, fault);
        break;
    }
}
