/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of a part of multipart/form-data.
 */
#include "disposition.h"

#include <string.h>
#include <strings.h>

static const char *
skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at;
}

/* ---- parameters --------------------------------------------------------- */

/* Behind the closing quote of the string that begins at at, or NULL. */
static const char *
skip_quoted(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++) {
        /* `\` before another character stands for itself: some send paths */
        if (*at == '\\' && end - at > 1 && (at[1] == '"' || at[1] == '\\')) {
            at++;
        }
    }
    return at < end ? at + 1 : NULL;
}

static const char *
skip_value(const char *at, const char *end)
{
    if (at < end && *at == '"') {
        return skip_quoted(at, end);
    }
    while (at < end && *at != ';' && *at != ' ' && *at != '\t') {
        at++;
    }
    return at;
}

static int
is_word(const char *at, size_t len, const char *word)
{
    return len == strlen(word) && strncasecmp(at, word, len) == 0;
}

static void
set_value(const char *at, const char *stop, const char **value, size_t *len)
{
    int quoted = stop - at > 1 && *at == '"';

    *value = at + quoted;
    *len = (size_t)(stop - at) - 2u * (unsigned)quoted;
}

int
routes_disposition_param(const char *at, const char *end, const char *name,
                         const char **value, size_t *len)
{
    int found = 0;

    while (at < end && *at == ';') {
        const char *word = skip_blanks(at + 1, end);
        const char *equals = word;
        const char *stop;

        while (equals < end && *equals != '=' && *equals != ';') {
            equals++;
        }
        if (equals == end || *equals == ';') {
            at = equals;
            continue;
        }
        stop = skip_value(equals + 1, end);
        if (stop == NULL) {
            return -1;
        }
        if (is_word(word, (size_t)(equals - word), name)) {
            if (found) {
                return -1; /* which of the two? */
            }
            found = 1;
            set_value(equals + 1, stop, value, len);
        }
        at = skip_blanks(stop, end);
    }
    return at == end ? found : -1;
}

/* ---- fields ------------------------------------------------------------- */

static int
hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The byte that %XX stands for at the beginning of a text, or -1. */
static int
percent_value(const char *at, size_t len)
{
    int high = len < 3 || *at != '%' ? -1 : hex_value(at[1]);
    int low = high < 0 ? -1 : hex_value(at[2]);

    return low < 0 ? -1 : 16 * high + low;
}

/* What browsers write for the characters that would end a quoted string. */
static int
is_browsers(int byte)
{
    return byte == '"' || byte == '\r' || byte == '\n';
}

/* Undoes both ways of quoting where they stand; the new length. */
static size_t
unescape(char *text, size_t len)
{
    size_t out = 0;

    for (size_t i = 0; i < len; i++) {
        int byte = percent_value(text + i, len - i);

        if (is_browsers(byte)) {
            text[out++] = (char)byte;
            i += 2;
            continue;
        }
        if (text[i] == '\\' && i + 1 < len &&
            (text[i + 1] == '"' || text[i + 1] == '\\')) {
            i++;
        }
        text[out++] = text[i];
    }
    return out;
}

/* Undoes all of %XX where it stands; the new length. */
static size_t
undo_percent(char *text, size_t len)
{
    size_t out = 0;

    for (size_t i = 0; i < len; i++) {
        int byte = percent_value(text + i, len - i);

        i += byte >= 0 ? 2 : 0;
        text[out++] = byte >= 0 ? (char)byte : text[i];
    }
    return out;
}

/* charset'language'text, as filename* has it. */
static void
set_extended(char *value, size_t len, struct routes_part *part)
{
    char *end = value + len;
    char *quote = memchr(value, '\'', len);
    char *second = quote == NULL
                       ? NULL
                       : memchr(quote + 1, '\'', (size_t)(end - quote - 1));

    part->filename = value;
    part->filename_len = len;
    part->foreign =
        second == NULL || !is_word(value, (size_t)(quote - value), "utf-8");
    if (second != NULL) {
        part->filename = second + 1;
        part->filename_len =
            undo_percent(second + 1, (size_t)(end - second - 1));
    }
}

/* The name of the part's file, if it has one; 0: it is malformed.  Both are
 * looked for before one is undone where it stands. */
static int
read_filename(char *at, const char *stop, const char *end,
              struct routes_part *part)
{
    const char *plain;
    const char *extended;
    size_t plain_len;
    size_t extended_len;
    int has_plain =
        routes_disposition_param(stop, end, "filename", &plain, &plain_len);
    int has_extended = routes_disposition_param(stop, end, "filename*",
                                                &extended, &extended_len);

    if (has_plain < 0 || has_extended < 0) {
        return 0;
    }
    if (has_extended) {
        set_extended(at + (extended - at), extended_len, part);
    }
    else if (has_plain) {
        part->filename_len = unescape(at + (plain - at), plain_len);
        part->filename = plain;
    }
    return 1;
}

static int
read_disposition(char *at, const char *end, struct routes_part *part)
{
    const char *stop = at;

    while (stop < end && *stop != ';' && *stop != ' ' && *stop != '\t') {
        stop++;
    }
    if (part->name != NULL || !is_word(at, (size_t)(stop - at), "form-data")) {
        return 0;
    }
    stop = skip_blanks(stop, end);
    if (routes_disposition_param(stop, end, "name", &part->name,
                                 &part->name_len) != 1 ||
        !read_filename(at, stop, end, part)) {
        return 0;
    }
    part->name_len = unescape(at + (part->name - at), part->name_len);
    return 1;
}

static int
is_identity(const char *at, const char *end)
{
    size_t len = (size_t)(end - at);

    return is_word(at, len, "7bit") || is_word(at, len, "8bit") ||
           is_word(at, len, "binary");
}

static int
read_field(char *at, char *end, struct routes_part *part)
{
    char *colon = memchr(at, ':', (size_t)(end - at));
    char *value;
    size_t len;

    if (colon == NULL || colon == at) {
        return 0;
    }
    len = (size_t)(colon - at);
    value = colon + 1 + (skip_blanks(colon + 1, end) - (colon + 1));
    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    if (is_word(at, len, "content-disposition")) {
        return read_disposition(value, end, part);
    }
    if (is_word(at, len, "content-type")) {
        part->type = value;
        part->type_len = (size_t)(end - value);
    }
    return !is_word(at, len, "content-transfer-encoding") ||
           is_identity(value, end);
}

int
routes_disposition_read(char *header, size_t len, struct routes_part *part)
{
    char *end = header + len;

    *part = (struct routes_part){.type = ""};
    while (header < end) {
        char *stop = memchr(header, '\r', (size_t)(end - header));

        if (stop == NULL || end - stop < 2 || stop[1] != '\n' ||
            memchr(header, '\0', (size_t)(stop - header)) != NULL ||
            !read_field(header, stop, part)) {
            return 0;
        }
        header = stop + 2;
    }
    return part->name != NULL;
}

static int
is_dots(const char *at, size_t len)
{
    return len > 0 && len <= 2 && at[0] == '.' && at[len - 1] == '.';
}

const char *
routes_disposition_base(const char *name, size_t *len)
{
    const char *end = name + *len;
    const char *base = end;

    while (base > name && base[-1] != '/' && base[-1] != '\\') {
        base--;
    }
    *len = (size_t)(end - base);
    if (is_dots(base, *len)) {
        *len = 0;
    }
    return base;
}
