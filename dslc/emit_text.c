/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit_text: texts as C: the pool, literals and comments.
 */
#include "emit_text.h"

#include <string.h>

#include "emit.h"

/* ---- literals and comments ---------------------------------------------- */

/* Bytes as the inside of a string literal: ASCII, no trigraphs. */
static void
write_literal(const char *text, size_t len, FILE *out)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte == '"' || byte == '\\' ||
            (byte == '?' && i > 0 && text[i - 1] == '?')) {
            putc('\\', out);
        }
        if (byte >= ' ' && byte < 0x7F) {
            putc(byte, out);
        }
        else {
            fprintf(out, "\\%03o", byte);
        }
    }
}

/* Marks that reorder text begin with these two bytes in UTF-8, as other
 * punctuation does that nobody misses in a comment. */
static int
is_punctuation_mark(const char *text)
{
    return (unsigned char)text[0] == 0xE2 &&
           ((unsigned char)text[1] == 0x80 || (unsigned char)text[1] == 0x81);
}

/* Whether a byte goes on with a character that began before it. */
static int
is_inside(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

void
emit_text_comment(const char *text, FILE *out)
{
    char before = ' ';

    for (size_t i = 0; text[i] != '\0'; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (i >= EMIT_MAX_COMMENT && !is_inside(text[i])) {
            fputs("...", out);
            return;
        }
        if ((before == '*' && byte == '/') || (before == '/' && byte == '*')) {
            putc(' ', out);
        }
        if (byte < ' ' || byte == 0x7F || byte == '\\') {
            byte = '?';
        }
        if (is_punctuation_mark(text + i) && text[i + 2] != '\0') {
            byte = '?';
            i += 2;
        }
        putc(byte, out);
        before = (char)byte;
    }
}

/* ---- the pool ----------------------------------------------------------- */

/* A member of the pool: whole texts, each with its NUL, from begin to end. */
struct chunk {
    uint32_t begin;
    uint32_t end;
};

static uint32_t
text_end(const struct rows *text, uint32_t at)
{
    return at + (uint32_t)strlen(text->at + at) + 1;
}

/* The chunk that begins at a text: as many as one literal may hold, or one
 * that is longer. */
static struct chunk
next_chunk(const struct rows *text, uint32_t begin)
{
    struct chunk chunk = {begin, text_end(text, begin)};

    while (chunk.end < text->n) {
        uint32_t end = text_end(text, chunk.end);

        if (end - begin > EMIT_MAX_LITERAL) {
            break;
        }
        chunk.end = end;
    }
    return chunk;
}

/* Texts as literals, one a line; C adds the last NUL. */
static void
write_literals(const struct rows *text, struct chunk chunk, FILE *out)
{
    uint32_t at = chunk.begin;

    while (at < chunk.end) {
        uint32_t end = text_end(text, at);

        fprintf(out, "    /* %7u */ \"", at);
        write_literal(text->at + at, end - at - 1, out);
        fputs(end < chunk.end ? "\\0\"\n" : "\",\n", out);
        at = end;
    }
}

/* A text too long for a literal, byte by byte. */
static void
write_bytes(const struct rows *text, struct chunk chunk, FILE *out)
{
    fputs("    {", out);
    for (uint32_t i = chunk.begin; i < chunk.end; i++) {
        fprintf(out, "%s%d,", (i - chunk.begin) % 12 == 0 ? "\n        " : " ",
                (signed char)text->at[i]);
    }
    fputs("\n    },\n", out);
}

void
emit_text_pool(const struct plan *plan, FILE *out)
{
    const struct rows *text = PLAN_ROWS(plan, text);
    struct chunk chunk;
    unsigned n = 0;

    fputs("/* Every text, each behind its offset and followed by a NUL. */\n"
          "static const struct {\n",
          out);
    for (uint32_t at = 0; at < text->n; at = chunk.end) {
        chunk = next_chunk(text, at);
        fprintf(out, "    char t%u[%u];\n", n++, chunk.end - chunk.begin);
    }
    fputs("} text = {\n", out);
    for (uint32_t at = 0; at < text->n; at = chunk.end) {
        chunk = next_chunk(text, at);
        if (chunk.end - chunk.begin > EMIT_MAX_LITERAL) {
            write_bytes(text, chunk, out);
        }
        else {
            write_literals(text, chunk, out);
        }
    }
    fputs("};\n\n", out);
}
