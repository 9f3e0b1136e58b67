/* SPDX-License-Identifier: Apache-2.0 */
/* diag_json: messages for programs: JSON, SARIF 2.1.0, GitHub annotations. */
#include "dslc/diag_list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#define TOOL       "routesc"
#define SARIF_HOME "https://json.schemastore.org/sarif-2.1.0.json"

struct region {
    const struct source_file *file;
    struct source_place start;
    struct source_place end;
};

/* False for a message without a place. */
static bool
find_region(const struct diag_view *view, struct span span,
            struct region *region)
{
    region->file = source_of(view->set, span);
    if (region->file == NULL) {
        return false;
    }
    region->start = source_place(region->file, span.start);
    region->end = source_place(region->file, span.end);
    return true;
}

/* Text of ours is UTF-8; a path may be anything, and jansson refuses that. */
static json_t *
make_text(const char *text)
{
    json_t *made = json_string(text);
    const char *end = text + strlen(text);

    if (made != NULL) {
        return made;
    }
    made = json_string("");
    while (text < end) {
        char shown[DIAG_SHOWN];
        json_t *longer;

        text += diag_show(shown, text, end);
        longer = json_sprintf("%s%s", json_string_value(made), shown);
        json_decref(made);
        made = longer;
    }
    return made;
}

static json_t *
make_lines(const apr_array_header_t *lines)
{
    json_t *made = json_array();

    for (int i = 0; lines != NULL && i < lines->nelts; i++) {
        json_array_append_new(made,
                              make_text(APR_ARRAY_IDX(lines, i, char *)));
    }
    return made;
}

/* ---- JSON ---- */

static json_t *
make_place(const struct diag_view *view, struct span span, const char *label)
{
    struct region at;
    json_t *made;

    if (!find_region(view, span, &at)) {
        return json_null();
    }
    made = json_pack("{s:o, s:i, s:i, s:i, s:i}", "file",
                     make_text(at.file->path), "line", (int)at.start.line,
                     "column", (int)at.start.column, "end_line",
                     (int)at.end.line, "end_column", (int)at.end.column);
    if (label != NULL) {
        json_object_set_new(made, "label", make_text(label));
    }
    return made;
}

static json_t *
make_diag(const struct diag_view *view, const struct diag *diag)
{
    const struct diag_info *info = diag_info(diag->code);
    json_t *places = json_array();

    for (int i = 0; diag->places != NULL && i < diag->places->nelts; i++) {
        const struct diag_label *label =
            &APR_ARRAY_IDX(diag->places, i, struct diag_label);

        json_array_append_new(places,
                              make_place(view, label->span, label->text));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "code",
                     info->name, "severity", diag_word(diag), "title",
                     info->title, "message", make_text(diag->message), "place",
                     make_place(view, diag->span, NULL), "places", places,
                     "notes", make_lines(diag->notes), "helps",
                     make_lines(diag->helps));
}

static void
write_json(json_t *made, FILE *out)
{
    json_dumpf(made, out, JSON_INDENT(2));
    fputc('\n', out);
    json_decref(made);
}

void
diag_json_write(const struct diag_view *view, FILE *out)
{
    json_t *diags = json_array();

    for (int i = 0; i < view->diags->nelts; i++) {
        json_array_append_new(
            diags,
            make_diag(view, APR_ARRAY_IDX(view->diags, i, struct diag *)));
    }
    write_json(json_pack("{s:o, s:i}", "diagnostics", diags, "not_shown",
                         (int)view->hidden),
               out);
}

/* ---- SARIF ---- */

/* A path as a relative URI: what isn't plain is percent-encoded. */
static json_t *
make_uri(const char *path)
{
    json_t *made;
    char *uri = malloc(3 * strlen(path) + 1);
    char *out = uri;

    if (uri == NULL) {
        return json_null();
    }
    for (; *path != '\0'; path++) {
        if (isalnum((unsigned char)*path) || strchr("/-._~", *path) != NULL) {
            *out++ = *path;
        }
        else {
            out += sprintf(out, "%%%02X", (unsigned char)*path);
        }
    }
    *out = '\0';
    made = json_string(uri);
    free(uri);
    return made;
}

static json_t *
make_location(const struct region *at)
{
    return json_pack(
        "{s:{s:{s:o}, s:{s:i, s:i, s:i, s:i}}}", "physicalLocation",
        "artifactLocation", "uri", make_uri(at->file->path), "region",
        "startLine", (int)at->start.line, "startColumn", (int)at->start.column,
        "endLine", (int)at->end.line, "endColumn", (int)at->end.column);
}

static json_t *
make_related(const struct diag_view *view, const struct diag *diag)
{
    json_t *related = json_array();

    for (int i = 0; diag->places != NULL && i < diag->places->nelts; i++) {
        const struct diag_label *label =
            &APR_ARRAY_IDX(diag->places, i, struct diag_label);
        struct region at;
        json_t *made;

        if (find_region(view, label->span, &at)) {
            made = make_location(&at);
            json_object_set_new(
                made, "message",
                json_pack("{s:o}", "text", make_text(label->text)));
            json_array_append_new(related, made);
        }
    }
    return related;
}

/* The message with its notes and helps, as one text. */
static json_t *
make_message(const struct diag *diag)
{
    json_t *made = make_text(diag->message);
    const apr_array_header_t *groups[] = {diag->notes, diag->helps};
    static const char *const words[] = {"note", "help"};

    for (size_t g = 0; g < 2; g++) {
        for (int i = 0; groups[g] != NULL && i < groups[g]->nelts; i++) {
            json_t *longer =
                json_sprintf("%s\n%s: %s", json_string_value(made), words[g],
                             APR_ARRAY_IDX(groups[g], i, const char *));

            if (longer != NULL) {
                json_decref(made);
                made = longer;
            }
        }
    }
    return made;
}

static json_t *
make_result(const struct diag_view *view, const struct diag *diag)
{
    json_t *made = json_pack(
        "{s:s, s:s, s:{s:o}, s:o}", "ruleId", diag_info(diag->code)->name,
        "level", diag_word(diag), "message", "text", make_message(diag),
        "relatedLocations", make_related(view, diag));
    struct region at;

    if (find_region(view, diag->span, &at)) {
        json_object_set_new(made, "locations",
                            json_pack("[o]", make_location(&at)));
    }
    return made;
}

/* One rule per code that a result has, in the order of the table. */
static json_t *
make_rules(const struct diag_view *view)
{
    bool used[DIAG_CODES] = {false};
    json_t *rules = json_array();

    for (int i = 0; i < view->diags->nelts; i++) {
        used[APR_ARRAY_IDX(view->diags, i, struct diag *)->code] = true;
    }
    for (int i = 0; i < DIAG_CODES; i++) {
        const struct diag_info *info = diag_info((enum diag_code)i);

        if (used[i]) {
            json_array_append_new(
                rules, json_pack("{s:s, s:{s:s}, s:{s:s}}", "id", info->name,
                                 "shortDescription", "text", info->title,
                                 "fullDescription", "text", info->text));
        }
    }
    return rules;
}

void
diag_json_write_sarif(const struct diag_view *view, FILE *out)
{
    json_t *results = json_array();

    for (int i = 0; i < view->diags->nelts; i++) {
        json_array_append_new(
            results,
            make_result(view, APR_ARRAY_IDX(view->diags, i, struct diag *)));
    }
    write_json(json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:o}}, s:s, s:o}]}",
                         "$schema", SARIF_HOME, "version", "2.1.0", "runs",
                         "tool", "driver", "name", TOOL, "rules",
                         make_rules(view), "columnKind", "unicodeCodePoints",
                         "results", results),
               out);
}

/* ---- GitHub annotations ---- */

/* A property ends at `,` and `:`, and both end at a newline. */
static void
put_escaped(const char *text, bool property, FILE *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '%' || *text == '\r' || *text == '\n' ||
            (property && (*text == ',' || *text == ':'))) {
            fprintf(out, "%%%02X", (unsigned)*text);
        }
        else {
            fputc(*text, out);
        }
    }
}

/* An annotation has one place: the others are lines of its text. */
static void
put_places(const struct diag_view *view, const struct diag *diag, FILE *out)
{
    int n = diag->places != NULL ? diag->places->nelts : 0;

    for (int i = 0; i < n; i++) {
        const struct diag_label *label =
            &APR_ARRAY_IDX(diag->places, i, const struct diag_label);
        struct region at;

        if (find_region(view, label->span, &at)) {
            fputs("%0A", out);
            put_escaped(at.file->path, false, out);
            fprintf(out, ":%u:%u: ", at.start.line, at.start.column);
            put_escaped(label->text, false, out);
        }
    }
}

static void
put_annotation(const struct diag_view *view, const struct diag *diag,
               FILE *out)
{
    json_t *message = make_message(diag);
    struct region at;

    fprintf(out, "::%s ", diag_word(diag));
    if (find_region(view, diag->span, &at)) {
        fputs("file=", out);
        put_escaped(at.file->path, true, out);
        fprintf(out, ",line=%u,col=%u,endLine=%u,endColumn=%u,", at.start.line,
                at.start.column, at.end.line, at.end.column);
    }
    fprintf(out, "title=%s::", diag_info(diag->code)->name);
    put_escaped(json_string_value(message), false, out);
    put_places(view, diag, out);
    fputc('\n', out);
    json_decref(message);
}

void
diag_json_write_github(const struct diag_view *view, FILE *out)
{
    for (int i = 0; i < view->diags->nelts; i++) {
        put_annotation(view, APR_ARRAY_IDX(view->diags, i, struct diag *),
                       out);
    }
}
