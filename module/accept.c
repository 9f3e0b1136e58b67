/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Accept field: whether a caller would rather read HTML.
 */
#include "accept.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>

#define QUALITY_ONE 1000

static const char blanks[] = " \t";

/* What follows "q=": 0 to 1 with up to three decimals, in thousandths. */
static int
read_quality(const char *at)
{
    int quality = *at == '1' ? QUALITY_ONE : 0;
    int scale = QUALITY_ONE / 10;

    if (quality == 0 && at[0] == '0' && at[1] == '.') {
        for (at += 2; apr_isdigit(*at) && scale > 0; at++) {
            quality += (*at - '0') * scale;
            scale /= 10;
        }
    }
    return quality;
}

/* The quality of one element [at, end) of the list. */
static int
quality_of(const char *at, const char *end)
{
    for (;;) {
        at = memchr(at, ';', (size_t)(end - at));
        if (at == NULL) {
            return QUALITY_ONE;
        }
        at++;
        at += strspn(at, blanks);
        if (strncasecmp(at, "q=", 2) == 0) {
            return read_quality(at + 2);
        }
    }
}

static int
names_range(const char *at, const char *end, const char *range)
{
    size_t len = strcspn(at, " \t;,");

    return at + len <= end && len == strlen(range) &&
           strncasecmp(at, range, len) == 0;
}

struct wishes {
    int html; /* qualities; 0: not named */
    int json;
};

static void
note_wish(struct wishes *wishes, const char *at, const char *end)
{
    int *wish = NULL;

    if (names_range(at, end, "text/html")) {
        wish = &wishes->html;
    }
    else if (names_range(at, end, "application/json") ||
             names_range(at, end, "application/problem+json")) {
        wish = &wishes->json;
    }
    if (wish != NULL) {
        int quality = quality_of(at, end);

        *wish = quality > *wish ? quality : *wish;
    }
}

int
accept_prefers_html(const char *accept)
{
    struct wishes wishes = {0, 0};

    while (accept != NULL && *accept != '\0') {
        accept += strspn(accept, " \t,");
        const char *end = accept + strcspn(accept, ",");

        note_wish(&wishes, accept, end);
        accept = end;
    }
    return wishes.html > wishes.json;
}
