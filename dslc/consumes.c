/* SPDX-License-Identifier: Apache-2.0 */
/* consumes: which bodies a place takes: `consumes`. */
#include "dslc/consumes.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "dslc/suggest.h"

static const struct {
    const char *name;
    const char *media;
} formats[] = {
    {"form", "application/x-www-form-urlencoded"},
    {"html", "text/html"},
    {"json", "application/json"},
    {"multipart", "multipart/form-data"},
    {"text", "text/plain"},
};

#define N_FORMATS (sizeof(formats) / sizeof(formats[0]))

static const char *
skip_token(const char *at)
{
    while (apr_isalnum(*at) ||
           (*at != '\0' && strchr("!#$&^_.+-", *at) != NULL)) {
        at++;
    }
    return at;
}

/* type/subtype or type/ and a star, without parameters. */
static bool
is_range(const char *text)
{
    const char *slash = skip_token(text);
    const char *end;

    if (slash == text || *slash != '/') {
        return false;
    }
    end = slash[1] == '*' ? slash + 2 : skip_token(slash + 1);
    return end != slash + 1 && *end == '\0';
}

static const char *
media_of_word(struct checker *checker, const struct ast_value *value)
{
    apr_array_header_t *words =
        apr_array_make(checker->pool, (int)N_FORMATS, sizeof(const char *));
    struct diag *diag;

    for (size_t i = 0; i < N_FORMATS; i++) {
        if (strcmp(formats[i].name, value->text) == 0) {
            return formats[i].media;
        }
        APR_ARRAY_PUSH(words, const char *) = formats[i].name;
    }
    diag = diag_error(checker->diags, value->span, E016, "unknown format %s",
                      checker_quote(checker, value->text));
    if (!suggest_help(checker->diags, diag, words, value->text)) {
        diag_help(diag, "write form, json, multipart, text or a media type");
    }
    return NULL;
}

const char *
consumes_range(apr_pool_t *pool, const char *text)
{
    char *media;

    if (!is_range(text)) {
        return NULL;
    }
    media = apr_pstrdup(pool, text);
    for (char *at = media; *at != '\0'; at++) {
        *at = (char)apr_tolower(*at);
    }
    return media;
}

static const char *
media_of(struct checker *checker, const struct ast_value *value)
{
    struct diag *diag;
    const char *media;

    if (value->kind == AST_WORD) {
        return media_of_word(checker, value);
    }
    media = consumes_range(checker->pool, value->text);
    if (media == NULL) {
        diag = diag_error(checker->diags, value->span, E016,
                          "%s is no media type of a body",
                          checker_quote(checker, value->text));
        diag_help(diag, "write type/subtype or type/*, without parameters");
    }
    return media;
}

static bool
has_media(const apr_array_header_t *list, const char *media)
{
    for (int i = 0; i < list->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(list, i, const char *), media) == 0) {
            return true;
        }
    }
    return false;
}

const apr_array_header_t *
consumes_combine(struct checker *checker, const apr_array_header_t *outer,
                 const struct clause_set *set)
{
    const struct ast_stmt *stmt = set->one[AST_CONSUMES];
    apr_array_header_t *list;

    if (stmt == NULL) {
        return outer;
    }
    list = apr_array_make(checker->pool, 4, sizeof(const char *));
    for (const struct ast_value *value = stmt->u.formats.first; value != NULL;
         value = value->next) {
        const char *media = media_of(checker, value);

        if (media != NULL && has_media(list, media)) {
            diag_error(checker->diags, value->span, E018,
                       "%s stands twice in this `consumes`",
                       checker_quote(checker, media));
        }
        else if (media != NULL) {
            APR_ARRAY_PUSH(list, const char *) = media;
        }
    }
    return list;
}
