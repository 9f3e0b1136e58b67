/* SPDX-License-Identifier: Apache-2.0 */
/* guess: what was meant by a token that does not fit.
 *
 * The guesses are tried in order; each either tells one message or leaves the
 * token to the next.
 */
#include "dslc/guess.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "dslc/foreign.h"
#include "dslc/near.h"

/* ---- words of other systems ---- */

static bool
guess_foreign_word(const struct seen *s)
{
    const char *help = NULL;

    if (seen_wants_statement(s) || seen_wants_clause(s)) {
        help = foreign_find(FOREIGN_STATEMENT, s->text);
    }
    else if (seen_wants_literal(s)) {
        help = foreign_find(FOREIGN_LITERAL, s->text);
    }
    if (help == NULL) {
        return false;
    }
    diag_help(seen_tell(s, E007, "the language has no"), "%s", help);
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
    else if (s->count == 1 && seen_has(s, "'('")) {
        help = foreign_find(FOREIGN_STATEMENT, s->before);
    }
    if (help == NULL) {
        return false;
    }
    diag_help(seen_tell(s, E007, "not understood:"), "%s", help);
    return true;
}

/* datetime.date: the type has the name behind the dot, or another one. */
static void
tell_dotted_type(const struct seen *s)
{
    struct diag *diag =
        seen_tell(s, E007, "types are named without a module, found");
    const char *name = s->p->source->text + s->at.end;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
    const char *help;

    if (length == 0 || length > SEEN_LONGEST_WORD) {
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

    if (seen_is(s, "'['") && (seen_has(s, "'<'") || seen_has(s, "'('"))) {
        help = foreign_find(FOREIGN_TYPE, s->before);
        diag_help(seen_tell(s, E007, "types are not written with"), "%s",
                  help != NULL ? help : "write `list<T>` or `map<str, T>`");
        return true;
    }
    if (seen_is(s, "'.'") && seen_has(s, "'?'")) {
        tell_dotted_type(s);
        return true;
    }
    if (seen_is(s, "'|'") && seen_has(s, "'?'")) {
        diag_help(seen_tell(s, E007, "types are not joined by"),
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
    if (s->count != 1 || !seen_has(s, "number") ||
        strcmp(s->before, "routes") != 0) {
        return false;
    }
    diag_help(
        seen_tell(s, E004, "`routes` is followed by the version, not by"),
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

    if (!method || !seen_has(s, "','") ||
        !(seen_is(s, "request method") || seen_is(s, "'|'"))) {
        return false;
    }
    diag_help(seen_tell(s, E007, "methods are separated by commas, found"),
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
    if (!seen_wants_statement(s) || !seen_is_name(s)) {
        return false;
    }
    for (const char *const *method = methods; *method != NULL; method++) {
        if (strcasecmp(*method, s->text) == 0) {
            diag_help(seen_tell(s, E007, "unknown statement"),
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
    if (!seen_has(s, "'{'") ||
        !(seen_is(s, "':'") ||
          (seen_is(s, "end of statement") && s->mark == ':'))) {
        return false;
    }
    s->p->file->astray = true;
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

    if (!(seen_has(s, "'{'") || seen_has(s, "->")) || s->mark != '}') {
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
    if (!seen_has(s, "->") || !seen_has(s, "by") ||
        !(seen_is(s, "'='") || seen_is(s, "':'") || seen_is_name(s) ||
          seen_is_keyword(s))) {
        return false;
    }
    diag_help(seen_tell(s, E007, "expected `->`, found"),
              "write `->` between the path and the function: "
              "GET /path -> module:function");
    return true;
}

/* `location /x { … } require user` */
static bool
guess_behind_block(const struct seen *s)
{
    if (s->mark != '}' || s->count != 1 || !seen_has(s, "end of statement") ||
        !(seen_is_name(s) || seen_is_keyword(s))) {
        return false;
    }
    diag_help(seen_tell(s, E007, "a block ends its statement, found"),
              "clauses stand before the `{`, or first in the block");
    return true;
}

/* `/x -> m:f`, `"/x" -> m:f` */
static bool
guess_no_method(const struct seen *s)
{
    if (!seen_wants_statement(s) ||
        !(seen_is(s, "path") || seen_is(s, "string"))) {
        return false;
    }
    diag_help(seen_tell(s, E007, "expected a statement, found"),
              "a route begins with its method: GET /path -> module:function");
    return true;
}

/* `<Location /x>` */
static bool
guess_section(const struct seen *s)
{
    if (!seen_wants_statement(s) || !seen_is(s, "'<'")) {
        return false;
    }
    diag_help(seen_tell(s, E007, "expected a statement, found"),
              "sections are written `location /path { … }` and "
              "`host \"name\" { … }`");
    return true;
}

/* `host example.com`, `include app.routes` */
static bool
guess_unquoted(const struct seen *s)
{
    if (!seen_has(s, "string") || seen_wants_literal(s) || s->count > 2 ||
        !(seen_is_name(s) || seen_is_keyword(s) || seen_is(s, "'('"))) {
        return false;
    }
    diag_help(seen_tell(s, E007, "expected a string, found"),
              "write it in double quotes, without parentheses");
    return true;
}

/* `f(int page)` */
static bool
guess_type_first(const struct seen *s)
{
    if (!seen_is_name(s) || !seen_has(s, "from") || !seen_has(s, "':'") ||
        !seen_has(s, "')'") || *s->before == '\0') {
        return false;
    }
    diag_help(seen_tell(s, E007, "expected `:`, found"),
              "an argument's name stands before its type: `name: type`");
    return true;
}

static bool
guess_extra_brace(const struct seen *s)
{
    if (!seen_wants_statement(s) || !seen_is(s, "'}'")) {
        return false;
    }
    if (s->p->file->torn->nelts == 1) {
        /* any other mistake may have taken its `{` */
        diag_error(s->p->diags, s->at, E007, "this `}` closes nothing");
    }
    s->p->file->astray = true;
    return true;
}

static bool
guess_comment(const struct seen *s)
{
    if (!seen_is(s, "path") || s->length < 2 ||
        (s->text[1] != '/' && s->text[1] != '*') || seen_wants_path(s)) {
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
    if (!seen_wants_type(s) || !seen_is_keyword(s)) {
        return false;
    }
    diag_help(seen_tell(s, E005, "no type is called"),
              "types of your own begin with a capital");
    return true;
}

static bool
guess_no_slash(const struct seen *s)
{
    if (!seen_wants_path(s) || seen_wants_name(s) || seen_wants_clause(s) ||
        !(seen_is_name(s) || seen_is_keyword(s) || seen_is(s, "string"))) {
        return false;
    }
    if (seen_is(s, "string")) {
        diag_help(
            seen_tell(s, E101, "a path is written without quotes, not as"),
            "write `/path`");
    }
    else {
        diag_help(seen_tell(s, E101, "a path starts with `/`, found"),
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
    if (!(seen_wants_clause(s) || seen_has(s, "media type")) ||
        seen_wants_statement(s) || seen_wants_literal(s) ||
        !seen_is(s, "request method") || strcmp(s->first, s->text) != 0) {
        return false;
    }
    diag_help(seen_tell(s, E015, "not allowed here:"),
              "these braces hold no routes; a place for several routes is "
              "written `location /path { … }`");
    return true;
}

static bool
guess_misplaced(const struct seen *s)
{
    if (!seen_wants_clause(s) || seen_wants_statement(s)) {
        return false;
    }
    for (const char *const *word = statements; *word != NULL; word++) {
        if (seen_is_keyword(s) && strcmp(s->before, "csrf") != 0 &&
            strcmp(*word, s->text) == 0) {
            diag_note(seen_tell(s, E015, "not allowed here:"),
                      "clauses can stand here");
            return true;
        }
    }
    return false;
}

/* ---- near misses ---- */

static bool
guess_misspelt(const struct seen *s)
{
    if (!(seen_is_name(s) || seen_is_keyword(s)) || seen_wants_name(s)) {
        return false;
    }
    if (seen_wants_statement(s)) {
        near_suggest(s, seen_tell(s, E007, "unknown statement"), s->text);
        return true;
    }
    if (seen_wants_clause(s) && seen_is_name(s)) {
        near_suggest(s, seen_tell(s, E007, "unknown clause"), s->text);
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

    if (!(seen_wants_clause(s) || (s->count == 1 && seen_has(s, "'('"))) ||
        s->length == 0 || ispunct((unsigned char)*s->text) ||
        near_is_word(s->before)) {
        return false;
    }
    near = near_keyword(s->before);
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
    bool doubled = seen_is(s, "':'") && seen_wants_name(s) && s->mark == ':';
    bool quoted = (seen_is(s, "string") || seen_is(s, "media type") ||
                   seen_is(s, "'.'")) &&
                  seen_wants_name(s) && s->mark == '>';

    if (doubled || quoted) {
        diag_help(seen_tell(s, E007, "expected a name, found"),
                  "a Python function is named `module:function`, with one "
                  "`:` and without quotes");
        return true;
    }
    if (!seen_has(s, "':'") || !seen_has(s, "'.'") || seen_has(s, "'?'") ||
        !(seen_is(s, "'('") || seen_is(s, "end of statement") ||
          seen_is_keyword(s)) ||
        *s->before == '\0') {
        return false;
    }
    diag_help(diag_error(s->p->diags, s->at, E007,
                         "a Python function is named `module:function`"),
              "write a `:` between the module and the function");
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
};

bool
guess_tell(const struct seen *s)
{
    for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
        if (guesses[i](s)) {
            return true;
        }
    }
    return false;
}
