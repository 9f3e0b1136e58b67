/* SPDX-License-Identifier: Apache-2.0 */
/* formats: what a result can be written as. */
#include "dslc/formats.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "dslc/suggest.h"

static const struct format {
    const char *name;
    enum routes_produce produce;
} known[] = {
    {"html", ROUTES_PRODUCE_HTML},
    {"json", ROUTES_PRODUCE_JSON},
    {"text", ROUTES_PRODUCE_TEXT},
};

#define N_FORMATS (sizeof(known) / sizeof(known[0]))

bool
formats_find(const char *name, enum routes_produce *produce)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (strcmp(known[i].name, name) == 0) {
            *produce = known[i].produce;
            return true;
        }
    }
    return false;
}

static size_t
token_length(const char *text)
{
    size_t length = 0;

    while (
        apr_isalnum(text[length]) ||
        (text[length] != '\0' && strchr("!#$&^_.+-", text[length]) != NULL)) {
        length++;
    }
    return length;
}

/* type/subtype, and parameters of printable ASCII; no wildcard. */
static bool
is_media(const char *text)
{
    size_t length = token_length(text);

    if (length == 0 || text[length] != '/') {
        return false;
    }
    text += length + 1;
    length = token_length(text);
    text += length;
    if (length == 0 || (*text != '\0' && *text != ';' && *text != ' ')) {
        return false;
    }
    while (*text >= ' ' && *text < 0x7f) {
        text++;
    }
    return *text == '\0';
}

/* Says so when it is none. */
bool
formats_set_media(struct checker *checker, const char *media, struct span span,
                  enum routes_produce *produce, const char **to)
{
    if (!is_media(media)) {
        struct diag *diag = diag_error(checker->diags, span, E016,
                                       "%s is no media type of an answer",
                                       checker_quote(checker, media));

        diag_help(diag, "write type/subtype, such as text/csv");
        return false;
    }
    *produce = ROUTES_PRODUCE_MEDIA;
    *to = media;
    return true;
}

static void
say_unknown_format(struct checker *checker, const struct ast_value *value)
{
    struct diag *diag =
        diag_error(checker->diags, value->span, E016, "unknown format %s",
                   checker_quote(checker, value->text));
    apr_array_header_t *words =
        apr_array_make(checker->pool, (int)N_FORMATS, sizeof(const char *));

    for (size_t i = 0; i < N_FORMATS; i++) {
        APR_ARRAY_PUSH(words, const char *) = known[i].name;
    }
    if (!suggest_help(checker->diags, diag, words, value->text)) {
        diag_help(diag, "write html, json, text or a media type");
    }
}

bool
formats_read(struct checker *checker, const struct ast_value *value,
             enum routes_produce *produce, const char **media)
{
    if (value->kind != AST_WORD) {
        return formats_set_media(checker, value->text, value->span, produce,
                                 media);
    }
    if (!formats_find(value->text, produce)) {
        say_unknown_format(checker, value);
        return false;
    }
    *media = NULL;
    return true;
}

const char *
formats_media(enum routes_produce produce, const char *media)
{
    switch (produce) {
    case ROUTES_PRODUCE_HTML:
        return "text/html";
    case ROUTES_PRODUCE_TEXT:
        return "text/plain";
    case ROUTES_PRODUCE_JSON:
        return "application/json";
    case ROUTES_PRODUCE_MEDIA:
        return media;
    case ROUTES_PRODUCE_AUTO:
    case ROUTES_PRODUCE_STREAM:
        break;
    }
    return "";
}

const struct model_format *
formats_at(const apr_array_header_t *formats, int i)
{
    return &APR_ARRAY_IDX(formats, i, const struct model_format);
}

/* One more of which a request chooses; says what can't be told apart. */
void
formats_add(struct checker *checker, apr_array_header_t *formats,
            const struct model_format *format, struct span span)
{
    const char *media = formats_media(format->produce, format->media);

    for (int i = 0; i < formats->nelts; i++) {
        const struct model_format *other = formats_at(formats, i);

        if (strcasecmp(formats_media(other->produce, other->media), media) ==
            0) {
            diag_error(checker->diags, span, E018,
                       "the format %s stands twice in this list",
                       checker_quote(checker, media));
            return;
        }
    }
    if (formats->nelts >= ROUTES_MAX_FORMATS) {
        checker_exceeds(checker, span,
                        apr_psprintf(checker->pool,
                                     "a list of more than %d formats",
                                     ROUTES_MAX_FORMATS));
        return;
    }
    APR_ARRAY_PUSH(formats, struct model_format) = *format;
}

/* The first one is that of a request which has no wish. */
void
formats_use(const apr_array_header_t *formats, enum routes_produce *produce,
            const char **media, const apr_array_header_t **several)
{
    if (formats->nelts == 0) {
        return;
    }
    *produce = formats_at(formats, 0)->produce;
    *media = formats_at(formats, 0)->media;
    *several = formats->nelts > 1 ? formats : NULL;
}

bool
formats_is_json(const char *media)
{
    size_t length = strcspn(media, "; ");

    return length > 5 && (strncasecmp(media + length - 5, "/json", 5) == 0 ||
                          strncasecmp(media + length - 5, "+json", 5) == 0);
}
