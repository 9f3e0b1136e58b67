/* SPDX-License-Identifier: Apache-2.0 */
/* token: decodes names, strings, numbers and units. */
#include "dslc/token.h"

#include <string.h>
#include <apr_strings.h>

const char *
token_bytes(const struct parse *p, struct span at, size_t *length)
{
    size_t end = at.end > p->source->length ? p->source->length : at.end;

    *length = at.start < end ? end - at.start : 0;
    return p->source->text + (at.start < end ? at.start : end);
}

bool
token_is_control(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte < 0x20 || byte == 0x7f;
}

struct ast_text
token_text(struct parse *p, struct span at)
{
    struct ast_text made = {NULL, at};
    size_t length;
    const char *bytes = token_bytes(p, at, &length);

    if (at.file != 0) {
        made.text = apr_pstrmemdup(p->pool, bytes, length);
    }
    return made;
}

struct ast_text
token_name(struct parse *p, struct span at)
{
    struct ast_text made = token_text(p, at);
    char *out = (char *)made.text;

    if (made.text == NULL || strpbrk(made.text, " \t\r") == NULL) {
        return made;
    }
    for (const char *c = made.text; *c != '\0'; c++) {
        if (strchr(" \t\r", *c) == NULL) {
            *out++ = *c;
        }
    }
    *out = '\0';
    return made;
}

/* ---- strings ---- */

/* One string being decoded: a reader and a writer in the same bytes. */
struct decoder {
    struct parse *p;
    const char *in;
    const char *end;
    char *out;
    struct span at; /* of the byte at in, when it is a fault */
};

static struct span
place_of(const struct decoder *d, const char *from, size_t length)
{
    struct span at = d->at;

    at.start += (uint32_t)(from - d->p->source->text);
    at.end = at.start + (uint32_t)length;
    return at;
}

static void
put_character(struct decoder *d, uint32_t c)
{
    if (c < 0x80) {
        *d->out++ = (char)c;
        return;
    }
    if (c < 0x800) {
        *d->out++ = (char)(0xc0 | c >> 6);
    }
    else {
        if (c < 0x10000) {
            *d->out++ = (char)(0xe0 | c >> 12);
        }
        else {
            *d->out++ = (char)(0xf0 | c >> 18);
            *d->out++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *d->out++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *d->out++ = (char)(0x80 | (c & 0x3f));
}

static int
hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c | 0x20);

    return found == NULL ? -1 : (int)(found - digits);
}

/* \u{…}: at most six hexadecimal digits, a character that isn't NUL. */
static bool
put_unicode(struct decoder *d)
{
    uint32_t value = 0;
    const char *c = d->in;
    int count = 0;

    if (c == d->end || *c++ != '{') {
        return false;
    }
    for (; c < d->end && hex_digit(*c) >= 0 && count < 6; c++, count++) {
        value = value << 4 | (uint32_t)hex_digit(*c);
    }
    if (count == 0 || c == d->end || *c != '}' || value == 0 ||
        value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return false;
    }
    put_character(d, value);
    d->in = c + 1;
    return true;
}

/* What stands behind a backslash. */
static void
put_escape(struct decoder *d)
{
    const char *from = d->in - 1;
    char c = d->in < d->end ? *d->in++ : '\0';
    struct diag *diag;

    switch (c) {
    case '\\':
    case '"':
        *d->out++ = c;
        return;
    case 'n':
        *d->out++ = '\n';
        return;
    case 't':
        *d->out++ = '\t';
        return;
    case 'u':
        if (put_unicode(d)) {
            return;
        }
        break;
    default:
        break;
    }
    diag = diag_error(
        d->p->diags, place_of(d, from, (size_t)(d->in - from)), E001,
        "unknown escape %s in a string",
        diag_quote_bytes(d->p->diags, from, (size_t)(d->in - from)));
    diag_help(diag, "the escapes are \\\\ \\\" \\n \\t \\u{1f600}; a pattern "
                    "is written r\"…\", where a backslash is itself");
    memcpy(d->out, from, (size_t)(d->in - from));
    d->out += d->in - from;
}

static void
decode(struct decoder *d, bool raw)
{
    while (d->in < d->end) {
        char c = *d->in++;

        if (c == '\\' && !raw) {
            put_escape(d);
            continue;
        }
        if (token_is_control(c) && c != '\t') {
            act_fault(d->p, place_of(d, d->in - 1, 1), ACT_CONTROL);
        }
        *d->out++ = c;
    }
}

struct ast_text
token_string(struct parse *p, struct span at)
{
    struct ast_text made = {NULL, at};
    struct decoder d = {.p = p, .at = {0, 0, at.file}};
    size_t length;
    const char *bytes = token_bytes(p, at, &length);
    bool raw = length > 0 && *bytes == 'r';
    char *text;
    char quote;

    if (at.file == 0 || length < 1 + (size_t)raw) {
        return made;
    }
    d.in = bytes + 1 + raw;
    d.end = bytes + length;
    quote = d.in[-1];
    if (d.end > d.in && d.end[-1] == quote) {
        d.end--;
    }
    /* an escape is never shorter than what it stands for */
    text = apr_palloc(p->pool, length + 1);
    d.out = text;
    decode(&d, raw || quote == '\'');
    *d.out = '\0';
    made.text = text;
    return made;
}

/* ---- numbers ---- */

static int64_t
out_of_range(struct parse *p, struct span at, int64_t nearest)
{
    size_t length;
    const char *bytes = token_bytes(p, at, &length);
    struct diag *diag =
        diag_error(p->diags, at, E003, "%s is too large a number",
                   diag_quote_bytes(p->diags, bytes, length));

    diag_note(diag, "numbers are integers of 64 bits");
    return nearest;
}

/* The digits at the start of a place, times a factor. */
static int64_t
read_digits(struct parse *p, struct span at, int64_t factor)
{
    size_t length;
    const char *c = token_bytes(p, at, &length);
    const char *end = c + length;
    bool negative = c < end && *c == '-';
    int64_t value = 0;

    for (c += negative; c < end && (*c == ' ' || *c == '\t'); c++) {
    }
    for (; c < end && *c >= '0' && *c <= '9'; c++) {
        int digit = negative ? '0' - *c : *c - '0';

        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value)) {
            return out_of_range(p, at, negative ? INT64_MIN : INT64_MAX);
        }
    }
    if (__builtin_mul_overflow(value, factor, &value)) {
        return out_of_range(p, at, INT64_MAX);
    }
    return value;
}

int64_t
token_integer(struct parse *p, struct span at)
{
    return read_digits(p, at, 1);
}

struct unit {
    const char *name;
    int64_t factor;
};

/* The factor of the unit at the end of a place; 1 for one already refused. */
static int64_t
find_unit(const struct parse *p, struct span at, const struct unit *units)
{
    size_t length;
    const char *bytes = token_bytes(p, at, &length);
    const char *end = bytes + length;

    while (bytes < end &&
           ((*bytes >= '0' && *bytes <= '9') || *bytes == '/')) {
        bytes++;
    }
    length = (size_t)(end - bytes);
    for (; units->name != NULL; units++) {
        if (strlen(units->name) == length &&
            memcmp(units->name, bytes, length) == 0) {
            return units->factor;
        }
    }
    return 1;
}

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

int64_t
token_size(struct parse *p, struct span at)
{
    static const struct unit units[] = {
        {"B", 1}, {"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {NULL, 1},
    };

    return read_digits(p, at, find_unit(p, at, units));
}

int64_t
token_duration(struct parse *p, struct span at)
{
    static const struct unit units[] = {
        {"ms", 1},  {"s", SECOND},  {"m", MINUTE}, {"h", HOUR},
        {"d", DAY}, {"w", 7 * DAY}, {NULL, 1},
    };

    return read_digits(p, at, find_unit(p, at, units));
}

int64_t
token_rate(struct parse *p, struct span at, int64_t *period)
{
    static const struct unit units[] = {
        {"s", SECOND},  {"m", MINUTE}, {"min", MINUTE}, {"h", HOUR},
        {"hour", HOUR}, {"d", DAY},    {"day", DAY},    {NULL, SECOND},
    };

    *period = find_unit(p, at, units);
    return read_digits(p, at, 1);
}
