/* SPDX-License-Identifier: Apache-2.0 */
/* pyplace: places in Python sources, for messages. */
#include "pyplace.h"

#include "pyask.h"

struct pyplace *
pyplace_make(apr_pool_t *pool, struct source_set *sources)
{
    struct pyplace *places = apr_pcalloc(pool, sizeof(*places));

    places->pool = pool;
    places->sources = sources;
    places->files = apr_hash_make(pool);
    return places;
}

/* The file to show, or NULL. */
static const struct source_file *
load(struct pyplace *places, const char *path)
{
    struct source_file *file =
        apr_hash_get(places->files, path, APR_HASH_KEY_STRING);

    if (file != NULL || apr_hash_count(places->files) >= PYPLACE_MAX_FILES ||
        source_load(places->sources, path, &file) != APR_SUCCESS) {
        return file;
    }
    apr_hash_set(places->files, file->path, APR_HASH_KEY_STRING, file);
    return file;
}

/* Where an answer points to in a file, which may have changed since. */
static struct span
span_of(const struct source_file *file, const json_t *answer)
{
    unsigned line = (unsigned)pyask_number(answer, "line");
    unsigned column = (unsigned)pyask_number(answer, "column");
    unsigned length = (unsigned)pyask_number(answer, "length");
    struct span span = {.file = file->id};
    size_t room;

    if (line > file->line_count) {
        line = (unsigned)file->line_count;
    }
    source_line(file, line, &room);
    column = column > room ? (unsigned)room : column;
    length = length > room - column ? (unsigned)room - column : length;
    span.start = file->lines[line - 1] + column;
    span.end = span.start + length;
    return span;
}

void
pyplace_add(struct pyplace *places, struct diag *diag, const json_t *answer,
            const char *label)
{
    const char *path = pyask_text(answer, "file");
    int line = pyask_number(answer, "line");
    const struct source_file *file;

    if (*path == '\0' || line <= 0) {
        return;
    }
    file = load(places, path);
    if (file == NULL) {
        diag_note(diag, "%s: %s:%d", label, path, line);
    }
    else {
        diag_place(diag, span_of(file, answer), "%s", label);
    }
}

struct span
pyplace_span(struct pyplace *places, const json_t *answer)
{
    const char *path = pyask_text(answer, "file");
    const struct source_file *file =
        *path != '\0' && pyask_number(answer, "line") > 0 ? load(places, path)
                                                          : NULL;

    return file != NULL ? span_of(file, answer) : (struct span){0};
}
