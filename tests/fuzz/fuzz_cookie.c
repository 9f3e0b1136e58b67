/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the Cookie field and lists of other fields: each part lies in the
 * input, in order, and every byte of the input is passed once.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/cookie.h"
#include "runtime/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect(int holds)
{
    if (!holds) {
        abort();
    }
}

/* A part lies in [from, to), and has no byte that it may not have. */
static void
check_part(const char *part, size_t len, const char *from, const char *to,
           const char *not_in)
{
    expect(part >= from && part <= to && len <= (size_t)(to - part));
    for (size_t i = 0; i < len; i++) {
        expect(part[i] == '\0' || strchr(not_in, part[i]) == NULL);
    }
}

static void
check_cookies(const char *text, const char *end)
{
    const char *at = text;
    struct routes_field field;
    int found;

    for (;;) {
        const char *before = at;

        found = routes_cookie_next(&at, end, &field);
        if (found == 0) {
            break;
        }
        expect(at > before && at <= end);
        check_part(field.name, field.name_len, before, at, "=;");
        check_part(field.value, field.value_len, before, at, " \t;,\"\\");
        expect(found > 0 || field.value_len == 0);
    }
    expect(at == end);
}

static void
check_items(const char *text, const char *end)
{
    const char *at = text;
    const char *item = NULL;
    size_t len = 0;

    for (;;) {
        const char *before = at;

        if (!routes_header_item(&at, end, &item, &len)) {
            break;
        }
        expect(at > before && at <= end && len > 0);
        check_part(item, len, before, at, "");
    }
    expect(at == end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size);

    if (size > 0) {
        memcpy(text, data, size);
    }
    check_cookies(text, text + size);
    check_items(text, text + size);
    free(text);
    return 0;
}
