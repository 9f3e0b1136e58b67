/* SPDX-License-Identifier: Apache-2.0 */
/* source: file text, its lines, and places in it. */
#include "dslc/source.h"

#include <errno.h>
#include <string.h>
#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#define STDIN_BYTES 65536 /* of standard input, read at first */

struct source_set *
source_set_make(apr_pool_t *pool)
{
    struct source_set *set = apr_palloc(pool, sizeof *set);

    set->pool = pool;
    set->files = apr_array_make(pool, 8, sizeof(struct source_file *));
    return set;
}

/* ---- loading ---- */

static void
index_lines(apr_pool_t *pool, struct source_file *file)
{
    const char *end = file->text + file->length;
    const char *line = file->text;
    size_t count = 1;

    for (const char *c = line; c < end; c++) {
        count += *c == '\n';
    }
    file->lines = apr_palloc(pool, count * sizeof *file->lines);
    file->line_count = 0;
    while (line != NULL) {
        file->lines[file->line_count++] = (uint32_t)(line - file->text);
        line = memchr(line, '\n', (size_t)(end - line));
        if (line != NULL) {
            line++;
        }
    }
}

/* Takes text, which is NUL-terminated and of the set's pool, into the set. */
static struct source_file *
enter(struct source_set *set, const char *path, const char *text,
      size_t length)
{
    apr_pool_t *pool = set->pool;
    struct source_file *file = apr_pcalloc(pool, sizeof *file);

    file->path = apr_pstrdup(pool, path);
    file->text = text;
    file->length = length;
    index_lines(pool, file);
    APR_ARRAY_PUSH(set->files, struct source_file *) = file;
    file->id = (uint16_t)set->files->nelts;
    return file;
}

/* Only a regular file has an end that nobody keeps us waiting for. */
static apr_status_t
refusal_of(apr_filetype_e type)
{
    return APR_FROM_OS_ERROR(type == APR_DIR ? EISDIR : ENOTSUP);
}

/* Says so of a named pipe before it is opened, which waits for a writer. */
static apr_status_t
look_at(apr_pool_t *pool, const char *path)
{
    apr_finfo_t info;
    apr_status_t status = apr_stat(&info, path, APR_FINFO_TYPE, pool);

    if (status == APR_SUCCESS && info.filetype != APR_REG) {
        return refusal_of(info.filetype);
    }
    return status;
}

static apr_status_t
read_open(apr_pool_t *pool, apr_file_t *input, char **text, size_t *length)
{
    apr_finfo_t info;
    apr_status_t status =
        apr_file_info_get(&info, APR_FINFO_SIZE | APR_FINFO_TYPE, input);

    if (status != APR_SUCCESS) {
        return status;
    }
    if (info.filetype != APR_REG) {
        return refusal_of(info.filetype);
    }
    if (info.size > (apr_off_t)SOURCE_MAX_BYTES) {
        return APR_FROM_OS_ERROR(EFBIG);
    }
    *text = apr_palloc(pool, (size_t)info.size + 1);
    status = apr_file_read_full(input, *text, (size_t)info.size, length);
    (*text)[*length] = '\0';
    return status == APR_EOF ? APR_SUCCESS : status;
}

apr_status_t
source_load(struct source_set *set, const char *path,
            struct source_file **file)
{
    apr_file_t *input;
    apr_status_t status;
    char *text;
    size_t length;

    if (set->files->nelts >= SOURCE_MAX_FILES) {
        return APR_ENOSPC;
    }
    status = look_at(set->pool, path);
    if (status != APR_SUCCESS) {
        return status;
    }
    status = apr_file_open(&input, path, APR_READ | APR_BINARY | APR_BUFFERED,
                           APR_OS_DEFAULT, set->pool);
    if (status != APR_SUCCESS) {
        return status;
    }
    status = read_open(set->pool, input, &text, &length);
    apr_file_close(input);
    if (status == APR_SUCCESS) {
        *file = enter(set, path, text, length);
    }
    return status;
}

/* ---- standard input ---- */

bool
source_is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* As far as a file may be long and further; a byte of room is left. */
static apr_status_t
read_on(apr_pool_t *pool, apr_file_t *input, char **text, size_t *length)
{
    size_t room = STDIN_BYTES;
    apr_status_t status;
    size_t got;

    *length = 0;
    *text = apr_palloc(pool, room);
    do {
        status = apr_file_read_full(input, *text + *length, room - 1 - *length,
                                    &got);
        *length += got;
        if (*length == room - 1) {
            char *more = apr_palloc(pool, room * 2);

            memcpy(more, *text, *length);
            *text = more;
            room *= 2;
        }
    } while (status == APR_SUCCESS && *length <= SOURCE_MAX_BYTES);
    (*text)[*length] = '\0';
    return status == APR_EOF ? APR_SUCCESS : status;
}

apr_status_t
source_load_stdin(struct source_set *set, struct source_file **file)
{
    apr_file_t *input;
    apr_status_t status;
    char *text;
    size_t length;

    if (set->files->nelts >= SOURCE_MAX_FILES) {
        return APR_ENOSPC;
    }
    status = apr_file_open_stdin(&input, set->pool);
    if (status == APR_SUCCESS) {
        status = read_on(set->pool, input, &text, &length);
    }
    if (status == APR_SUCCESS && length > SOURCE_MAX_BYTES) {
        status = APR_FROM_OS_ERROR(EFBIG);
    }
    if (status == APR_SUCCESS) {
        *file = enter(set, "<stdin>", text, length);
    }
    return status;
}

/* ---- made text ---- */

struct source_file *
source_add(struct source_set *set, const char *path, const char *text,
           size_t length)
{
    if (set->files->nelts >= SOURCE_MAX_FILES || length > SOURCE_MAX_BYTES) {
        return NULL;
    }
    return enter(set, path, apr_pstrmemdup(set->pool, text, length), length);
}

/* ---- places ---- */

const struct source_file *
source_of(const struct source_set *set, struct span span)
{
    if (span.file == 0 || span.file > set->files->nelts) {
        return NULL;
    }
    return APR_ARRAY_IDX(set->files, span.file - 1, struct source_file *);
}

/* The index of the line that an offset stands in. */
static size_t
find_line(const struct source_file *file, uint32_t offset)
{
    size_t low = 0;
    size_t high = file->line_count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (file->lines[middle] <= offset) {
            low = middle;
        }
        else {
            high = middle;
        }
    }
    return low;
}

struct source_place
source_place(const struct source_file *file, uint32_t offset)
{
    struct source_place place = {1, 1};
    size_t line;

    if (offset > file->length) {
        offset = (uint32_t)file->length;
    }
    line = find_line(file, offset);
    place.line = (unsigned)line + 1;
    for (uint32_t i = file->lines[line]; i < offset; i++) {
        place.column += ((unsigned char)file->text[i] & 0xc0) != 0x80;
    }
    return place;
}

const char *
source_line(const struct source_file *file, unsigned line, size_t *length)
{
    const char *text;
    const char *end;

    *length = 0;
    if (line == 0 || line > file->line_count) {
        return "";
    }
    text = file->text + file->lines[line - 1];
    end = line < file->line_count ? file->text + file->lines[line] - 1
                                  : file->text + file->length;
    if (end > text && end[-1] == '\r') {
        end--;
    }
    *length = (size_t)(end - text);
    return text;
}

/* ---- characters ---- */

size_t
source_utf8(const char *text, const char *end, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)*text;
    size_t length = lead < 0x80             ? 1
                    : (lead & 0xe0) == 0xc0 ? 2
                    : (lead & 0xf0) == 0xe0 ? 3
                    : (lead & 0xf8) == 0xf0 ? 4
                                            : 0;
    uint32_t value = length == 1 ? lead : lead & (0x7fu >> length);

    if (length == 0 || (size_t)(end - text) < length) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)text[i];

        if ((next & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (next & 0x3f);
    }
    if (value < least[length] || value > 0x10ffff ||
        (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *character = value;
    return length;
}

static bool
is_bidi(uint32_t character)
{
    return (character >= 0x202a && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

enum source_fault
source_find_fault(const struct source_file *file, uint32_t offset,
                  struct span *at)
{
    const char *end = file->text + file->length;
    const char *c = file->text + offset;

    while (c < end) {
        uint32_t character = 0;
        size_t length = source_utf8(c, end, &character);

        at->file = file->id;
        at->start = (uint32_t)(c - file->text);
        at->end = at->start + (length > 0 ? (uint32_t)length : 1);
        if (length == 0) {
            return SOURCE_NOT_UTF8;
        }
        if (character == 0) {
            return SOURCE_NUL;
        }
        if (is_bidi(character)) {
            return SOURCE_BIDI;
        }
        c += length;
    }
    return SOURCE_FINE;
}
