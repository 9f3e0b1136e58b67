/* SPDX-License-Identifier: Apache-2.0 */
/* cors: which other sites' scripts may call, and read what they get. */
#include "dslc/cors.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "dslc/suggest.h"
#include "dslc/wire.h"
#include "dslc/verb.h"

struct reader {
    struct checker *checker;
    struct model_cors *cors;
    unsigned errors; /* when the clause began */
};

/* ---- origins ---- */

/* scheme://host or scheme://host:port as a browser writes it: in lower case,
 * without a default port or anything behind. */
static bool
is_origin(const char *text)
{
    static const struct {
        const char *scheme;
        const char *port;
    } schemes[] = {{"http://", ":80"}, {"https://", ":443"}};

    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(schemes[i].scheme);
        const char *host = text + len;
        size_t name = strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-");
        const char *port = host + name;

        if (strncmp(text, schemes[i].scheme, len) != 0 || name == 0) {
            continue;
        }
        return *port == '\0' ||
               (*port == ':' && strcmp(port, schemes[i].port) != 0 &&
                port[1] >= '1' && port[1] <= '9' && strlen(port) <= 6 &&
                strspn(port + 1, "0123456789") == strlen(port + 1));
    }
    return false;
}

static void
read_origin(struct reader *reader, const struct ast_value *value)
{
    struct model_cors *cors = reader->cors;
    bool all = strcmp(value->text, "*") == 0;

    if (value->kind != AST_STRING || !(all || is_origin(value->text))) {
        diag_error(reader->checker->diags, value->span, E016,
                   "an origin is \"*\" or as a browser sends it, such as "
                   "\"https://app.example.com\" or \"http://localhost:3000\"");
        return;
    }
    if (cors->origins != NULL && (all || strcmp(cors->origins, "*") == 0)) {
        diag_error(reader->checker->diags, value->span, E016,
                   "the origin \"*\" stands alone");
        return;
    }
    cors->origins = cors->origins == NULL
                        ? value->text
                        : apr_pstrcat(reader->checker->pool, cors->origins,
                                      " ", value->text, NULL);
}

/* ---- methods, headers ---- */

static void
append(struct reader *reader, const char **list, const char *text)
{
    *list = *list == NULL
                ? text
                : apr_pstrcat(reader->checker->pool, *list, ", ", text, NULL);
}

static void
read_method(struct reader *reader, const struct ast_value *value)
{
    if (value->kind == AST_WORD &&
        verb_of(value->text, strlen(value->text)) != ROUTES_METHOD_NONE) {
        append(reader, &reader->cors->methods, value->text);
        return;
    }
    diag_error(reader->checker->diags, value->span, E020, "unknown method %s",
               checker_quote(reader->checker, value->text));
}

static bool
check_header(struct reader *reader, const struct ast_value *value)
{
    const struct ast_text name = {value->text, value->span};

    if (value->kind != AST_STRING && value->kind != AST_WORD) {
        diag_error(reader->checker->diags, value->span, E016,
                   "a header is named in a string");
        return false;
    }
    return wire_check_token(reader->checker, &name, "header");
}

static void
read_header(struct reader *reader, const struct ast_value *value)
{
    if (check_header(reader, value)) {
        append(reader, &reader->cors->headers, value->text);
    }
}

static void
read_expose(struct reader *reader, const struct ast_value *value)
{
    if (check_header(reader, value)) {
        append(reader, &reader->cors->expose, value->text);
    }
}

/* ---- credentials, age ---- */

static void
read_credentials(struct reader *reader, const struct ast_value *value)
{
    if (value->kind != AST_TRUE && value->kind != AST_FALSE) {
        diag_error(reader->checker->diags, value->span, E016,
                   "`credentials` is true or false");
        return;
    }
    reader->cors->credentials = value->kind == AST_TRUE;
}

static void
read_age(struct reader *reader, const struct ast_value *value)
{
    if (value->kind != AST_DURATION || value->number % 1000 != 0 ||
        value->number / 1000 > INT32_MAX) {
        diag_error(reader->checker->diags, value->span, E016,
                   "`age` is a duration of whole seconds");
        return;
    }
    reader->cors->max_age = (uint32_t)(value->number / 1000);
}

/* ---- options ---- */

static const struct option_row {
    const char *name;
    void (*read)(struct reader *reader, const struct ast_value *value);
    bool many;
} rows[] = {
    {"origins", read_origin, true},           {"methods", read_method, true},
    {"headers", read_header, true},           {"expose", read_expose, true},
    {"credentials", read_credentials, false}, {"age", read_age, false},
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct option_row *
find_row(struct checker *checker, const struct ast_text *name)
{
    apr_array_header_t *words =
        apr_array_make(checker->pool, (int)N_ROWS, sizeof(const char *));
    struct diag *diag;

    for (size_t i = 0; i < N_ROWS; i++) {
        if (strcmp(rows[i].name, name->text) == 0) {
            return &rows[i];
        }
        APR_ARRAY_PUSH(words, const char *) = rows[i].name;
    }
    diag =
        diag_error(checker->diags, name->span, E016, "`cors` has no option %s",
                   checker_quote(checker, name->text));
    suggest_help(checker->diags, diag, words, name->text);
    diag_note(diag, "its options are %s",
              apr_array_pstrcat(checker->pool, words, ' '));
    return NULL;
}

static bool
stands_before(const struct ast_stmt *stmt, const struct ast_option *option)
{
    const struct ast_option *before = stmt->u.cors.options.first;

    while (before != option &&
           strcmp(before->name.text, option->name.text) != 0) {
        before = before->next;
    }
    return before != option;
}

static void
read_option(struct reader *reader, const struct ast_stmt *stmt,
            const struct ast_option *option)
{
    const struct option_row *row = find_row(reader->checker, &option->name);
    const struct ast_value *value = option->values.first;

    if (row == NULL) {
        return;
    }
    if (stands_before(stmt, option)) {
        diag_error(reader->checker->diags, option->span, E018,
                   "`%s` stands twice", row->name);
        return;
    }
    if (value == NULL || (value->next != NULL && !row->many)) {
        diag_error(reader->checker->diags, option->span, E016,
                   row->many ? "`%s` takes one value or several"
                             : "`%s` takes one value",
                   row->name);
        return;
    }
    for (; value != NULL; value = value->next) {
        row->read(reader, value);
    }
}

/* Browsers refuse the pair, and it would open a site to all others. */
static void
check_whole(struct reader *reader, const struct ast_stmt *stmt)
{
    const struct model_cors *cors = reader->cors;

    if (diag_error_count(reader->checker->diags) > reader->errors) {
        return;
    }
    if (cors->origins == NULL) {
        diag_error(reader->checker->diags, stmt->keyword, E016,
                   "`cors` needs `origins`");
    }
    else if (cors->credentials && strcmp(cors->origins, "*") == 0) {
        diag_error(reader->checker->diags, stmt->keyword, E016,
                   "`credentials true` needs its origins by name, and not "
                   "\"*\"");
    }
}

const struct model_cors *
cors_make(struct checker *checker, const struct ast_stmt *stmt)
{
    struct reader reader = {
        .checker = checker,
        .cors = apr_pcalloc(checker->pool, sizeof(*reader.cors)),
        .errors = diag_error_count(checker->diags)};

    if (stmt->u.cors.word.text != NULL) {
        if (strcmp(stmt->u.cors.word.text, "off") != 0) {
            diag_error(checker->diags, stmt->u.cors.word.span, E016,
                       "`cors` takes `off` or options in braces, and not %s",
                       checker_quote(checker, stmt->u.cors.word.text));
        }
        return NULL;
    }
    for (const struct ast_option *option = stmt->u.cors.options.first;
         option != NULL; option = option->next) {
        read_option(&reader, stmt, option);
    }
    check_whole(&reader, stmt);
    return diag_error_count(checker->diags) > reader.errors ? NULL
                                                            : reader.cors;
}

const char *
cors_text(apr_pool_t *pool, const struct model_cors *cors)
{
    if (cors == NULL) {
        return "off";
    }
    return apr_pstrcat(pool, cors->origins,
                       cors->credentials ? " with credentials" : "",
                       cors->methods != NULL ? ", methods " : "",
                       cors->methods != NULL ? cors->methods : "",
                       cors->headers != NULL ? ", headers " : "",
                       cors->headers != NULL ? cors->headers : "",
                       cors->expose != NULL ? ", expose " : "",
                       cors->expose != NULL ? cors->expose : "", NULL);
}
