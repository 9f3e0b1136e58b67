/* SPDX-License-Identifier: Apache-2.0 */
/* unexpected: the token that does not fit, in the words of who wrote it.
 *
 * The guesses are tried in order; each either tells one message or leaves the
 * token to the next, and the last always tells.
 */
#include "dslc/unexpected.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <apr_strings.h>

#include "dslc/foreign.h"
#include "dslc/habit.h"
#include "dslc/suggest.h"
#include "dslc/token.h"

#define LONGEST_WORD 24 /* longer ones are no misspelt word of ours */
#define SHOWN_NAMES  4  /* of what was expected */

struct seen {
    struct parse *p;
    struct span at;
    const char *found;           /* the grammar's name for the token */
    const char *const *expected; /* … and for what could stand there */
    int count;
    const char *text; /* as written, "" at an end */
    size_t length;
    const char *before; /* the word before it on its line, or "" */
    struct span before_at;
    const char *first; /* the first word of its line, or "" */
    char mark;         /* the last character before it, or NUL */
};

static bool
has(const struct seen *s, const char *name)
{
    for (int i = 0; i < s->count; i++) {
        if (strcmp(s->expected[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool
is(const struct seen *s, const char *name)
{
    return strcmp(s->found, name) == 0;
}

/* ---- where the token stands ---- */

/* Any name can stand here, the words of the language too. */
static bool
wants_name(const struct seen *s)
{
    return has(s, "name") && has(s, "location");
}

static bool
wants_statement(const struct seen *s)
{
    return has(s, "location") && has(s, "realm") && !has(s, "name");
}

static bool
wants_clause(const struct seen *s)
{
    return has(s, "require") && has(s, "returns") && !wants_name(s);
}

static bool
wants_type(const struct seen *s)
{
    return has(s, "name") && has(s, "request method") && !has(s, "as");
}

static bool
wants_literal(const struct seen *s)
{
    return has(s, "null") && has(s, "string");
}

static bool
wants_path(const struct seen *s)
{
    return has(s, "path") && has(s, "parameter");
}

static bool
is_name(const struct seen *s)
{
    return is(s, "name") || is(s, "request method");
}

/* The grammar calls a word of the language by the word. */
static bool
is_keyword(const struct seen *s)
{
    return s->length > 0 && isalpha((unsigned char)*s->text) &&
           strcmp(s->text, s->found) == 0;
}

/* ---- telling ---- */

static struct diag *
tell(const struct seen *s, enum diag_code code, const char *what)
{
    struct diag_list *diags = s->p->diags;

    return diag_error(diags, s->at, code, "%s %s", what,
                      diag_quote_bytes(diags, s->text, s->length));
}

/* ---- words of other systems ---- */

static bool
guess_foreign_word(const struct seen *s)
{
    const char *help = NULL;

    if (wants_statement(s) || wants_clause(s)) {
        help = foreign_find(FOREIGN_STATEMENT, s->text);
    }
    else if (wants_literal(s)) {
        help = foreign_find(FOREIGN_LITERAL, s->text);
    }
    if (help == NULL) {
        return false;
    }
    diag_help(tell(s, E007, "the language has no"), "%s", help);
    return true;
}

/* A line of `publish` is a name and its arguments. */
static bool
guess_foreign_before(const struct seen *s)
{
    const char *help = NULL;

    if (s->length > 0 && strcmp(s->before, "deny") == 0) {
        help = "write `require …` for who may call; `deny as 404` hides a "
               "place";
    }
    else if (s->count == 1 && has(s, "'('")) {
        help = foreign_find(FOREIGN_STATEMENT, s->before);
    }
    if (help == NULL) {
        return false;
    }
    diag_help(tell(s, E007, "not understood:"), "%s", help);
    return true;
}

/* datetime.date: the type has the name behind the dot, or another one. */
static void
tell_dotted_type(const struct seen *s)
{
    struct diag *diag =
        tell(s, E007, "types are named without a module, found");
    const char *name = s->p->source->text + s->at.end;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
    const char *help;

    if (length == 0 || length > LONGEST_WORD) {
        return;
    }
    name = apr_pstrmemdup(s->p->pool, name, length);
    help = foreign_find(FOREIGN_TYPE, name);
    if (help != NULL) {
        diag_help(diag, "%s", help);
    }
    else {
        diag_help(diag, "write `%s`", name);
    }
}

/* list[int], Optional[int], int | None, datetime.date */
static bool
guess_foreign_type(const struct seen *s)
{
    const char *help;

    if (is(s, "'['") && (has(s, "'<'") || has(s, "'('"))) {
        help = foreign_find(FOREIGN_TYPE, s->before);
        diag_help(tell(s, E007, "types are not written with"), "%s",
                  help != NULL ? help : "write `list<T>` or `map<str, T>`");
        return true;
    }
    if (is(s, "'.'") && has(s, "'?'")) {
        tell_dotted_type(s);
        return true;
    }
    if (is(s, "'|'") && has(s, "'?'")) {
        diag_help(tell(s, E007, "types are not joined by"),
                  "for an optional value write `%s?`",
                  *s->before != '\0' ? s->before : "T");
        return true;
    }
    return false;
}

/* ---- other habits ---- */

static bool
guess_version(const struct seen *s)
{
    if (s->count != 1 || !has(s, "number") ||
        strcmp(s->before, "routes") != 0) {
        return false;
    }
    diag_help(tell(s, E004, "`routes` is followed by the version, not by"),
              "write `routes 1`");
    return true;
}

/* The run of characters without blanks around the token has `://`. */
static bool
guess_url(const struct seen *s)
{
    const char *text = s->p->source->text;
    const char *end = text + s->p->source->length;
    const char *from = text + s->at.start;
    const char *to = from;
    const char *found;
    struct span at = s->at;

    while (from > text && !isspace((unsigned char)from[-1])) {
        from--;
    }
    while (to < end && !isspace((unsigned char)*to)) {
        to++;
    }
    found = to - from > 4096 ? NULL : strstr(from, "://");
    if (found == NULL || found + 3 > to ||
        memchr(from, '"', (size_t)(to - from)) != NULL) {
        return false;
    }
    at.start = (uint32_t)(from - text);
    at.end = (uint32_t)(to - text);
    diag_help(diag_error(s->p->diags, at, E007, "a URL is a string"),
              "write it in double quotes");
    return true;
}

/* `GET POST /x`, `GET|POST /x` */
static bool
guess_methods(const struct seen *s)
{
    bool method = isupper((unsigned char)*s->before) &&
                  isupper((unsigned char)s->before[strlen(s->before) - 1]);

    if (!method || !has(s, "','") ||
        !(is(s, "request method") || is(s, "'|'"))) {
        return false;
    }
    diag_help(tell(s, E007, "methods are separated by commas, found"),
              "write `GET, POST`");
    return true;
}

static const char *const methods[] = {
#define METHOD(name) #name,
#include "grammar/methods.def"
#undef METHOD
    "ANY",
    NULL,
};

static bool
guess_small_method(const struct seen *s)
{
    if (!wants_statement(s) || !is_name(s)) {
        return false;
    }
    for (const char *const *method = methods; *method != NULL; method++) {
        if (strcasecmp(*method, s->text) == 0) {
            diag_help(tell(s, E007, "unknown statement"),
                      "methods are written in capitals: `%s`", *method);
            return true;
        }
    }
    return false;
}

/* `location /x:` and a newline */
static bool
guess_colon(const struct seen *s)
{
    if (!has(s, "'{'") ||
        !(is(s, "':'") || (is(s, "end of statement") && s->mark == ':'))) {
        return false;
    }
    s->p->file->colon = true;
    diag_help(
        diag_error(s->p->diags, s->at, E007, "a block is not begun by `:`"),
        "write the block in braces: `{ … }`");
    return true;
}

/* `location /x{ public }`: the block was read as a parameter. */
static bool
guess_block_in_path(const struct seen *s)
{
    const char *text = s->p->source->text;
    struct span at = s->at;
    struct diag *diag;

    if (!(has(s, "'{'") || has(s, "->")) || s->mark != '}') {
        return false;
    }
    while (at.start > 0 && text[at.start] != '{') {
        at.start -= text[at.start - 1] != '\n';
        if (at.start == 0 || text[at.start - 1] == '\n') {
            return false;
        }
    }
    if (!isspace((unsigned char)text[at.start + 1]) ||
        isspace((unsigned char)text[at.start - 1])) {
        return false;
    }
    at.end = at.start + 1;
    diag = diag_error(s->p->diags, at, E104,
                      "`{` of a block directly after a path");
    diag_help(diag, "put a space before the `{`");
    return true;
}

/* `GET /x => m:f`, `GET /x m:f` */
static bool
guess_arrow(const struct seen *s)
{
    if (!has(s, "->") || !has(s, "by") ||
        !(is(s, "'='") || is(s, "':'") || is_name(s) || is_keyword(s))) {
        return false;
    }
    diag_help(tell(s, E007, "expected `->`, found"),
              "write `->` between the path and the function: "
              "GET /path -> module:function");
    return true;
}

/* `location /x { … } require user` */
static bool
guess_behind_block(const struct seen *s)
{
    if (s->mark != '}' || s->count != 1 || !has(s, "end of statement") ||
        !(is_name(s) || is_keyword(s))) {
        return false;
    }
    diag_help(tell(s, E007, "a block ends its statement, found"),
              "clauses stand before the `{`, or first in the block");
    return true;
}

/* `/x -> m:f`, `"/x" -> m:f` */
static bool
guess_no_method(const struct seen *s)
{
    if (!wants_statement(s) || !(is(s, "path") || is(s, "string"))) {
        return false;
    }
    diag_help(tell(s, E007, "expected a statement, found"),
              "a route begins with its method: GET /path -> module:function");
    return true;
}

/* `<Location /x>` */
static bool
guess_section(const struct seen *s)
{
    if (!wants_statement(s) || !is(s, "'<'")) {
        return false;
    }
    diag_help(tell(s, E007, "expected a statement, found"),
              "sections are written `location /path { … }` and "
              "`host \"name\" { … }`");
    return true;
}

/* `host example.com`, `include app.routes` */
static bool
guess_unquoted(const struct seen *s)
{
    if (!has(s, "string") || wants_literal(s) || s->count > 2 ||
        !(is_name(s) || is_keyword(s) || is(s, "'('"))) {
        return false;
    }
    diag_help(tell(s, E007, "expected a string, found"),
              "write it in double quotes, without parentheses");
    return true;
}

/* `f(int page)` */
static bool
guess_type_first(const struct seen *s)
{
    if (!is_name(s) || !has(s, "from") || !has(s, "':'") || !has(s, "')'") ||
        *s->before == '\0') {
        return false;
    }
    diag_help(tell(s, E007, "expected `:`, found"),
              "an argument's name stands before its type: `name: type`");
    return true;
}

static bool
guess_extra_brace(const struct seen *s)
{
    if (!wants_statement(s) || !is(s, "'}'")) {
        return false;
    }
    diag_error(s->p->diags, s->at, E007, "this `}` closes nothing");
    return true;
}

static bool
guess_comment(const struct seen *s)
{
    if (!is(s, "path") || s->length < 2 ||
        (s->text[1] != '/' && s->text[1] != '*') || wants_path(s)) {
        return false;
    }
    diag_help(diag_error(s->p->diags, s->at, E007, "a path begins nothing"),
              "a comment begins with `#`");
    return true;
}

/* ---- words in the wrong place ---- */

static bool
guess_keyword_type(const struct seen *s)
{
    if (!wants_type(s) || !is_keyword(s)) {
        return false;
    }
    diag_help(tell(s, E005, "no type is called"),
              "types of your own begin with a capital");
    return true;
}

static bool
guess_no_slash(const struct seen *s)
{
    if (!wants_path(s) || wants_name(s) || wants_clause(s) ||
        !(is_name(s) || is_keyword(s) || is(s, "string"))) {
        return false;
    }
    if (is(s, "string")) {
        diag_help(tell(s, E101, "a path is written without quotes, not as"),
                  "write `/path`");
    }
    else {
        diag_help(tell(s, E101, "a path starts with `/`, found"),
                  "write `/%.*s`",
                  s->length > DIAG_MAX_QUOTE ? DIAG_MAX_QUOTE : (int)s->length,
                  s->text);
    }
    return true;
}

static const char *const statements[] = {
    "assert", "host", "import",  "include", "location", "method",
    "mount",  "on",   "publish", "realm",   "record",   "redirect",
    "routes", "rule", "setting", "type",    "unused",   NULL,
};

/* `GET /y -> m:g` in the braces of another route. */
static bool
guess_nested(const struct seen *s)
{
    if (!(wants_clause(s) || has(s, "media type")) || wants_statement(s) ||
        wants_literal(s) || !is(s, "request method") ||
        strcmp(s->first, s->text) != 0) {
        return false;
    }
    diag_help(tell(s, E015, "not allowed here:"),
              "these braces hold no routes; a place for several routes is "
              "written `location /path { … }`");
    return true;
}

static bool
guess_misplaced(const struct seen *s)
{
    if (!wants_clause(s) || wants_statement(s)) {
        return false;
    }
    for (const char *const *word = statements; *word != NULL; word++) {
        if (is_keyword(s) && strcmp(s->before, "csrf") != 0 &&
            strcmp(*word, s->text) == 0) {
            diag_note(tell(s, E015, "not allowed here:"),
                      "clauses can stand here");
            return true;
        }
    }
    return false;
}

/* ---- near misses ---- */

static const char *const keywords[] = {
#define KW(word, token) word,
#include "grammar/keywords.def"
#undef KW
};

static bool
is_language_word(const char *name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (strcmp(keywords[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The expected word that is nearest to one, or NULL. */
static const char *
find_near(const char *word, const char *const *words, int count)
{
    const char *best = NULL;
    unsigned limit = suggest_limit(word);

    for (int i = 0; i < count; i++) {
        unsigned d;

        if (!isalpha((unsigned char)*words[i]) ||
            strchr(words[i], ' ') != NULL) {
            continue;
        }
        d = suggest_distance(word, words[i]);
        if (d <= limit) {
            best = words[i];
            limit = d - (d > 0);
        }
    }
    return best;
}

/* For a statement that is nearly a word of another system. */
static const char *
find_foreign_near(const char *word)
{
    const char *words[FOREIGN_MAX];
    int count = foreign_list(FOREIGN_STATEMENT, words);
    const char *near = find_near(word, words, count);

    return near != NULL ? foreign_find(FOREIGN_STATEMENT, near) : NULL;
}

static const char *
find_habit(const struct seen *s)
{
    const struct habit habit = {s->first, s->before, s->found, s->expected,
                                s->count};

    return habit_find(&habit);
}

/* The nearest expected word, or what is written instead. */
static void
suggest(const struct seen *s, struct diag *diag, const char *word)
{
    const char *near = find_near(word, s->expected, s->count);
    const char *help = near == NULL ? find_foreign_near(word) : NULL;

    help = help != NULL ? help : find_habit(s);
    if (near != NULL) {
        diag_help(diag, "did you mean `%s`?", near);
    }
    else if (help != NULL) {
        diag_help(diag, "%s", help);
    }
}

static bool
guess_misspelt(const struct seen *s)
{
    if (!(is_name(s) || is_keyword(s)) || wants_name(s)) {
        return false;
    }
    if (wants_statement(s)) {
        suggest(s, tell(s, E007, "unknown statement"), s->text);
        return true;
    }
    if (wants_clause(s) && is_name(s)) {
        suggest(s, tell(s, E007, "unknown clause"), s->text);
        return true;
    }
    return false;
}

/* The word before was read as a name, and was a clause with a letter wrong:
 * `returns 204 requre user`, or a line of `publish`. */
static bool
guess_misspelt_before(const struct seen *s)
{
    const char *near;
    struct diag *diag;

    if (!(wants_clause(s) || (s->count == 1 && has(s, "'('"))) ||
        s->length == 0 || ispunct((unsigned char)*s->text) ||
        is_language_word(s->before)) {
        return false;
    }
    near = find_near(s->before, keywords,
                     (int)(sizeof keywords / sizeof *keywords));
    if (near == NULL) {
        return false;
    }
    diag = diag_error(s->p->diags, s->before_at, E007, "unknown clause %s",
                      diag_quote(s->p->diags, s->before));
    diag_help(diag, "did you mean `%s`?", near);
    return true;
}

/* `foo.bar()`, or a word alone, where a Python function is named. */
static bool
guess_pyref(const struct seen *s)
{
    bool doubled = is(s, "':'") && wants_name(s) && s->mark == ':';
    bool quoted = (is(s, "string") || is(s, "media type") || is(s, "'.'")) &&
                  wants_name(s) && s->mark == '>';

    if (doubled || quoted) {
        diag_help(tell(s, E007, "expected a name, found"),
                  "a Python function is named `module:function`, with one "
                  "`:` and without quotes");
        return true;
    }
    if (!has(s, "':'") || !has(s, "'.'") || has(s, "'?'") ||
        !(is(s, "'('") || is(s, "end of statement") || is_keyword(s)) ||
        *s->before == '\0') {
        return false;
    }
    diag_help(diag_error(s->p->diags, s->at, E007,
                         "a Python function is named `module:function`"),
              "write a `:` between the module and the function");
    return true;
}

/* ---- the rest ---- */

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
        if (strcmp(*number, name) == 0 && has(s, "number")) {
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
    bool words = !wants_name(s) && !wants_statement(s) && !wants_clause(s) &&
                 !wants_type(s);

    if (wants_name(s)) {
        add_phrase(&phrase, "a name");
    }
    else if (wants_type(s)) {
        add_phrase(&phrase, "a type");
    }
    else if (wants_statement(s)) {
        return "a statement";
    }
    for (int i = 0; i < s->count; i++) {
        const char *name = s->expected[i];

        if (is_language_word(name)) {
            if (words) {
                add_phrase(&phrase, apr_psprintf(s->p->pool, "`%s`", name));
            }
        }
        else if (!((wants_name(s) || wants_type(s)) && is_a_name(name))) {
            add_phrase(&phrase, name_expected(s, name));
        }
    }
    if (wants_clause(s)) {
        add_phrase(&phrase, "a clause");
    }
    return join_phrase(s, &phrase);
}

static bool
tell_expected(const struct seen *s)
{
    const char *found = diag_quote_bytes(s->p->diags, s->text, s->length);
    const char *help;
    struct diag *diag;

    if (is(s, "end of statement")) {
        found = "the end of the statement";
    }
    else if (is(s, "end of file")) {
        found = "the end of the file";
    }
    diag = diag_error(s->p->diags, s->at, E007, "expected %s, found %s",
                      describe_expected(s), found);
    help = find_habit(s);
    if (help != NULL) {
        diag_help(diag, "%s", help);
    }
    return true;
}

/* ---- all of them ---- */

static bool (*const guesses[])(const struct seen *) = {
    guess_version,      guess_url,
    guess_methods,      guess_foreign_type,
    guess_colon,        guess_block_in_path,
    guess_foreign_word, guess_foreign_before,
    guess_keyword_type, guess_small_method,
    guess_no_slash,     guess_nested,
    guess_misplaced,    guess_misspelt_before,
    guess_misspelt,     guess_pyref,
    guess_comment,      guess_extra_brace,
    guess_arrow,        guess_behind_block,
    guess_no_method,    guess_section,
    guess_unquoted,     guess_type_first,
    tell_expected,
};

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
    while (length <= LONGEST_WORD && is_word(c[length])) {
        length++;
    }
    return apr_pstrmemdup(s->p->pool, c, length);
}

/* The words and the character before the token, on its line. */
static void
look_back(struct seen *s)
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
    while (c > text && end - c <= LONGEST_WORD && is_word(c[-1])) {
        c--;
    }
    s->before = apr_pstrmemdup(s->p->pool, c, (size_t)(end - c));
    s->before_at = s->at;
    s->before_at.start = (uint32_t)(c - text);
    s->before_at.end = (uint32_t)(end - text);
}

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
    look_back(&s);
    for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
        if (guesses[i](&s)) {
            return;
        }
    }
}
