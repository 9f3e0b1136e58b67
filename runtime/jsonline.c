/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON object on one line, of flat members.
 */
#include "jsonline.h"

#include <stdio.h>
#include <string.h>

#include "utf8.h"

#define ELLIPSIS    "\xE2\x80\xA6"
#define REPLACEMENT "\xEF\xBF\xBD"
#define TAIL        2 /* bytes of "}\n" */

/* The longest that one character becomes, and a NUL. */
#define PIECE 8

static void
append(struct routes_jsonline *line, const char *text, size_t len)
{
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

/* Whether a member with so many bytes of value fits; if so, what stands
 * before the value. */
static int
begin_member(struct routes_jsonline *line, const char *name, size_t len)
{
    size_t name_len = strlen(name);
    const char *comma = line->len > 1 ? "," : "";

    if (line->len + name_len + len + strlen(",\"\":") + TAIL >
        ROUTES_JSONLINE_MAX) {
        return 0;
    }
    append(line, comma, strlen(comma));
    append(line, "\"", 1);
    append(line, name, name_len);
    append(line, "\":", 2);
    return 1;
}

/* Of ASCII or of Latin 1, which terminals may obey, too. */
static int
is_control(const char *value, size_t len)
{
    unsigned char byte = (unsigned char)*value;

    return len == 1 ? byte < 0x20 || byte == 0x7F
                    : byte == 0xC2 && (unsigned char)value[1] < 0xA0;
}

/* The character that value begins with, as it stands in a line: *piece, and
 * the bytes that it takes of the value. */
static size_t
take_char(const char *value, size_t len, char piece[PIECE])
{
    size_t taken = routes_utf8_char(value, len);
    unsigned char byte = (unsigned char)(taken > 0 ? value[taken - 1] : 0);

    if (taken == 0) {
        memcpy(piece, REPLACEMENT, sizeof(REPLACEMENT));
        return 1;
    }
    if (byte == '"' || byte == '\\') {
        piece[0] = '\\';
        piece[1] = *value;
        piece[2] = '\0';
    }
    else if (is_control(value, taken)) {
        snprintf(piece, PIECE, "\\u%04x", byte);
    }
    else {
        memcpy(piece, value, taken);
        piece[taken] = '\0';
    }
    return taken;
}

/* The bytes of value that a line with max bytes shows, which are *shown
 * there. */
static size_t
measure(const char *value, size_t len, size_t max, size_t *shown)
{
    char piece[PIECE];
    size_t taken = 0;

    *shown = 0;
    while (taken < len) {
        size_t n = take_char(value + taken, len - taken, piece);

        if (*shown + strlen(piece) > max) {
            return taken;
        }
        *shown += strlen(piece);
        taken += n;
    }
    return taken;
}

static void
append_value(struct routes_jsonline *line, const char *value, size_t len)
{
    char piece[PIECE];

    for (size_t taken = 0; taken < len;) {
        taken += take_char(value + taken, len - taken, piece);
        append(line, piece, strlen(piece));
    }
}

void
routes_jsonline_begin(struct routes_jsonline *line)
{
    line->text[0] = '{';
    line->len = 1;
}

void
routes_jsonline_text(struct routes_jsonline *line, const char *name,
                     const char *value, size_t max)
{
    if (value == NULL) {
        routes_jsonline_number(line, name, -1);
        return;
    }
    size_t shown;
    size_t len = strlen(value);
    size_t taken = measure(value, len, max, &shown);
    int whole = taken == len;

    if (!whole) {
        taken = measure(value, len, max - strlen(ELLIPSIS), &shown);
        shown += strlen(ELLIPSIS);
    }
    if (!begin_member(line, name, shown + strlen("\"\""))) {
        return;
    }
    append(line, "\"", 1);
    append_value(line, value, taken);
    if (!whole) {
        append(line, ELLIPSIS, strlen(ELLIPSIS));
    }
    append(line, "\"", 1);
}

void
routes_jsonline_number(struct routes_jsonline *line, const char *name,
                       int value)
{
    char text[16] = "null";

    if (value >= 0) {
        snprintf(text, sizeof(text), "%d", value);
    }
    if (begin_member(line, name, strlen(text))) {
        append(line, text, strlen(text));
    }
}

void
routes_jsonline_end(struct routes_jsonline *line)
{
    append(line, "}\n", TAIL);
}
