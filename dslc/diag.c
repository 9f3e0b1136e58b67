/* SPDX-License-Identifier: Apache-2.0 */
/* diag: records messages. */
#include "dslc/diag.h"

#include <stdarg.h>
#include <string.h>
#include <apr_strings.h>

#include "dslc/diag_list.h"

static const struct diag_info infos[] = {
#define DIAG(code, severity, state, title, text)                              \
    [code] = {#code, DIAG_##severity, DIAG_##state, title, text},
#include "grammar/diags.def"
#undef DIAG
};

const struct diag_info *
diag_info(enum diag_code code)
{
    return &infos[code];
}

const struct diag_info *
diag_find(const char *name)
{
    for (size_t i = 0; i < DIAG_CODES; i++) {
        if (strcmp(infos[i].name, name) == 0) {
            return &infos[i];
        }
    }
    return NULL;
}

const char *
diag_word(const struct diag *diag)
{
    return infos[diag->code].severity == DIAG_ERROR ? "error" : "warning";
}

/* ---- recording ---- */

struct diag_list *
diag_list_make(apr_pool_t *pool)
{
    struct diag_list *list = apr_pcalloc(pool, sizeof *list);

    list->pool = pool;
    list->diags = apr_array_make(pool, 16, sizeof(struct diag *));
    list->dropped.list = list;
    return list;
}

static struct diag *
record(struct diag_list *list, struct span span, enum diag_code code,
       const char *fmt, va_list args)
{
    struct diag *diag;

    if (infos[code].severity == DIAG_ERROR) {
        list->errors++;
        list->waiting += code == E019;
    }
    else {
        list->warnings++;
    }
    if (list->diags->nelts >= DIAG_MAX_KEPT) {
        return &list->dropped;
    }
    diag = apr_pcalloc(list->pool, sizeof *diag);
    diag->list = list;
    diag->kept = true;
    diag->span = span;
    diag->code = code;
    diag->order = (unsigned)list->diags->nelts;
    diag->message = apr_pvsprintf(list->pool, fmt, args);
    APR_ARRAY_PUSH(list->diags, struct diag *) = diag;
    return diag;
}

struct diag *
diag_error(struct diag_list *list, struct span span, enum diag_code code,
           const char *fmt, ...)
{
    struct diag *diag;
    va_list args;

    va_start(args, fmt);
    diag = record(list, span, code, fmt, args);
    va_end(args);
    return diag;
}

struct diag *
diag_warn(struct diag_list *list, struct span span, enum diag_code code,
          const char *fmt, ...)
{
    struct diag *diag;
    va_list args;

    va_start(args, fmt);
    diag = record(list, span, code, fmt, args);
    va_end(args);
    return diag;
}

void
diag_place(struct diag *diag, struct span span, const char *fmt, ...)
{
    apr_pool_t *pool = diag->list->pool;
    struct diag_label *label;
    va_list args;

    if (!diag->kept) {
        return;
    }
    if (diag->places == NULL) {
        diag->places = apr_array_make(pool, 1, sizeof *label);
    }
    label = apr_array_push(diag->places);
    label->span = span;
    va_start(args, fmt);
    label->text = apr_pvsprintf(pool, fmt, args);
    va_end(args);
}

static void
add_line(const struct diag *diag, apr_array_header_t **lines, const char *fmt,
         va_list args)
{
    apr_pool_t *pool = diag->list->pool;

    if (!diag->kept) {
        return;
    }
    if (*lines == NULL) {
        *lines = apr_array_make(pool, 1, sizeof(const char *));
    }
    APR_ARRAY_PUSH(*lines, const char *) = apr_pvsprintf(pool, fmt, args);
}

void
diag_note(struct diag *diag, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_line(diag, &diag->notes, fmt, args);
    va_end(args);
}

void
diag_help(struct diag *diag, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_line(diag, &diag->helps, fmt, args);
    va_end(args);
}

/* ---- values in messages ---- */

/* Characters that move the cursor, hide, or turn the text around. */
static bool
deceives(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0xa0) ||
           character == 0xad || character == 0x61c || character == 0x180e ||
           (character >= 0x2060 && character <= 0x2064) ||
           (character >= 0x200b && character <= 0x200f) ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

size_t
diag_show(char shown[DIAG_SHOWN], const char *text, const char *end)
{
    uint32_t character = 0;
    size_t length = source_utf8(text, end, &character);

    if (length == 0) {
        snprintf(shown, DIAG_SHOWN, "\\x%02x", (unsigned char)*text);
        return 1;
    }
    if (deceives(character)) {
        snprintf(shown, DIAG_SHOWN, "\\u{%x}", character);
        return length;
    }
    memcpy(shown, text, length);
    shown[length] = '\0';
    return length;
}

void
diag_say(const char *text, FILE *out)
{
    const char *end = text + strlen(text);

    while (text < end) {
        char shown[DIAG_SHOWN] = "\n";

        text += *text == '\n' ? 1 : diag_show(shown, text, end);
        fputs(shown, out);
    }
}

const char *
diag_quote_bytes(struct diag_list *list, const char *text, size_t length)
{
    const char *end = text + length;
    size_t most = length > DIAG_MAX_QUOTE ? DIAG_MAX_QUOTE : length;
    const char *last = text + most;
    char *quoted = apr_palloc(list->pool, most * DIAG_SHOWN + sizeof "`…`");
    char *out = quoted;

    *out++ = '`';
    while (text < last) {
        char shown[DIAG_SHOWN];

        text += diag_show(shown, text, end);
        out = apr_cpystrn(out, shown, sizeof shown);
    }
    strcpy(out, text < end ? "…`" : "`");
    return quoted;
}

const char *
diag_quote(struct diag_list *list, const char *text)
{
    return diag_quote_bytes(list, text, strlen(text));
}

/* ---- asking ---- */

unsigned
diag_error_count(const struct diag_list *list)
{
    return list->errors;
}

unsigned
diag_mistake_count(const struct diag_list *list)
{
    return list->errors - list->waiting;
}

unsigned
diag_warning_count(const struct diag_list *list)
{
    return list->warnings;
}

bool
diag_said(const struct diag_list *list, struct span span)
{
    for (int i = 0; i < list->diags->nelts; i++) {
        const struct span *said =
            &APR_ARRAY_IDX(list->diags, i, struct diag *)->span;

        if (said->file == span.file && said->start <= span.end &&
            span.start <= said->end) {
            return true;
        }
    }
    return false;
}
