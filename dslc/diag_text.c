/* SPDX-License-Identifier: Apache-2.0 */
/* diag_text: messages for people, with the line and a caret. */
#include "dslc/diag_list.h"

#include <string.h>

#define BEFORE 60  /* characters shown before a place in a long line */
#define SHOWN  120 /* characters shown of a line */
#define CELLS  (SHOWN * DIAG_SHOWN + 1)

static const char bold[] = "\033[1m";
static const char red[] = "\033[1;31m";
static const char magenta[] = "\033[1;35m";
static const char cyan[] = "\033[36m";
static const char plain[] = "\033[0m";

static void
put_colour(const struct diag_view *view, const char *colour, FILE *out)
{
    if (view->colour) {
        fputs(colour, out);
    }
}

/* A path may hold any byte, and so may what a message quotes. */
static void
put_clean(const char *text, FILE *out)
{
    const char *end = text + strlen(text);

    while (text < end) {
        char shown[DIAG_SHOWN];

        text += diag_show(shown, text, end);
        fputs(shown, out);
    }
}

/* ---- a line and its marks ---- */

struct excerpt {
    unsigned line;
    char text[CELLS + sizeof "……"];
    char marks[CELLS + 2];
};

/* Where to begin: a long line is shown around the place. */
static const char *
find_start(const char *line, const char *place)
{
    const char *start = place;

    for (int i = 0; i < BEFORE && start > line; i++) {
        do {
            start--;
        } while (start > line && ((unsigned char)*start & 0xc0) == 0x80);
    }
    return start - line < BEFORE / 2 ? line : start;
}

/* Adds a character to the text, and what marks it below. */
static const char *
add_cell(struct excerpt *excerpt, const char *c, const char *end, char mark)
{
    char shown[DIAG_SHOWN] = "    ";
    size_t bytes = *c == '\t' ? 1 : diag_show(shown, c, end);
    size_t width = bytes > 1 && shown[0] != '\\' ? 1 : strlen(shown);
    size_t marked = strlen(excerpt->marks);

    strcat(excerpt->text, shown);
    memset(excerpt->marks + marked, mark, width);
    excerpt->marks[marked + width] = '\0';
    return c + bytes;
}

static void
trim(char *marks)
{
    size_t length = strlen(marks);

    while (length > 0 && marks[length - 1] == ' ') {
        marks[--length] = '\0';
    }
}

static void
fill_excerpt(struct excerpt *excerpt, const struct source_file *file,
             struct span span, char mark)
{
    size_t length;
    const char *line = source_line(file, excerpt->line, &length);
    const char *end = line + length;
    const char *first = file->text + span.start;
    const char *last = file->text + span.end;
    const char *c;

    first = first > end ? end : first;
    c = find_start(line, first);
    strcpy(excerpt->text, c > line ? "…" : "");
    strcpy(excerpt->marks, c > line ? " " : "");
    for (int i = 0; i < SHOWN && c < end; i++) {
        bool marked = c == first || (c > first && c < last);

        c = add_cell(excerpt, c, end, marked ? mark : ' ');
    }
    strcat(excerpt->text, c < end ? "…" : "");
    if (first == end) {
        size_t at = strlen(excerpt->marks);

        excerpt->marks[at] = mark;
        excerpt->marks[at + 1] = '\0';
    }
    trim(excerpt->marks);
}

static void
put_excerpt(const struct diag_view *view, const struct source_file *file,
            struct span span, char mark, FILE *out)
{
    struct excerpt excerpt;
    int width;

    excerpt.line = source_place(file, span.start).line;
    fill_excerpt(&excerpt, file, span, mark);
    width = fprintf(out, "%5u", excerpt.line);
    fprintf(out, " | %s\n%*s | ", excerpt.text, width, "");
    put_colour(view, mark == '^' ? red : cyan, out);
    fputs(excerpt.marks, out);
    put_colour(view, plain, out);
    fputc('\n', out);
}

/* ---- a message ---- */

/* path:line:column, or nothing. */
static void
put_place(const struct source_file *file, struct span span, FILE *out)
{
    struct source_place place;

    if (file != NULL) {
        place = source_place(file, span.start);
        put_clean(file->path, out);
        fprintf(out, ":%u:%u: ", place.line, place.column);
    }
}

static void
put_head(const struct diag_view *view, const struct diag *diag, FILE *out)
{
    const struct diag_info *info = diag_info(diag->code);

    put_place(source_of(view->set, diag->span), diag->span, out);
    put_colour(view, info->severity == DIAG_ERROR ? red : magenta, out);
    fprintf(out, "%s[%s]", diag_word(diag), info->name);
    put_colour(view, plain, out);
    fputs(": ", out);
    put_colour(view, bold, out);
    put_clean(diag->message, out);
    put_colour(view, plain, out);
    fputc('\n', out);
}

static void
put_label(const struct diag_view *view, const struct diag_label *label,
          FILE *out)
{
    const struct source_file *file = source_of(view->set, label->span);

    fputs("   ", out);
    put_place(file, label->span, out);
    put_clean(label->text, out);
    fputc('\n', out);
    if (file != NULL) {
        put_excerpt(view, file, label->span, '~', out);
    }
}

static void
put_lines(const char *word, const apr_array_header_t *lines, FILE *out)
{
    for (int i = 0; lines != NULL && i < lines->nelts; i++) {
        fprintf(out, "   %s: ", word);
        put_clean(APR_ARRAY_IDX(lines, i, const char *), out);
        fputc('\n', out);
    }
}

static void
put_diag(const struct diag_view *view, const struct diag *diag, FILE *out)
{
    const struct source_file *file = source_of(view->set, diag->span);

    put_head(view, diag, out);
    if (file != NULL) {
        put_excerpt(view, file, diag->span, '^', out);
    }
    for (int i = 0; diag->places != NULL && i < diag->places->nelts; i++) {
        put_label(view, &APR_ARRAY_IDX(diag->places, i, struct diag_label),
                  out);
    }
    put_lines("note", diag->notes, out);
    put_lines("help", diag->helps, out);
}

void
diag_text_write(const struct diag_view *view, FILE *out)
{
    for (int i = 0; i < view->diags->nelts; i++) {
        put_diag(view, APR_ARRAY_IDX(view->diags, i, struct diag *), out);
    }
    if (view->hidden > 0) {
        fprintf(out, "%u more not shown\n", view->hidden);
    }
}
