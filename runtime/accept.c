/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accept fields (RFC 9110, section 12.5.1).
 */
#include "accept.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>

/* A media range: `text` then `html`, either of them a star, parameters. */
struct range {
    const char *type;
    size_t type_len;
    const char *subtype;
    size_t subtype_len;
    const char *params; /* behind the subtype, up to the weight */
    size_t params_len;
    int quality; /* -1: no weight that means anything */
};

static const char blanks[] = " \t";

static size_t
token_length(const char *at)
{
    size_t len = 0;

    while (apr_isalnum(at[len]) ||
           (at[len] != '\0' && strchr("!#$%&'*+-.^_`|~", at[len]) != NULL)) {
        len++;
    }
    return len;
}

/* Behind a quoted string that begins at `at`. */
static const char *
skip_quoted(const char *at)
{
    for (at++; *at != '\0' && *at != '"'; at++) {
        at += *at == '\\' && at[1] != '\0';
    }
    return at + (*at == '"');
}

/* Behind what stands up to a ',' or ';' outside quotes. */
static const char *
skip_value(const char *at)
{
    while (*at != '\0' && *at != ',' && *at != ';') {
        at = *at == '"' ? skip_quoted(at) : at + 1;
    }
    return at;
}

/* 0 to 1 with at most three decimals, in thousandths; -1 for anything else. */
static int
read_weight(const char *at, const char *end)
{
    int quality = 0;
    int scale = ROUTES_QUALITY_ONE;

    while (end > at && strchr(blanks, end[-1]) != NULL) {
        end--;
    }
    if (end == at || (*at != '0' && *at != '1') || end - at > 5 ||
        (end - at > 1 && at[1] != '.')) {
        return -1;
    }
    quality = (*at - '0') * scale;
    for (at += 2; at < end; at++) {
        scale /= 10;
        if (!apr_isdigit(*at)) {
            return -1;
        }
        quality += (*at - '0') * scale;
    }
    return quality <= ROUTES_QUALITY_ONE ? quality : -1;
}

/* Reads parameters and the weight from *at on; leaves it at ',' or the end. */
static void
read_params(const char **at, struct range *range)
{
    range->params = *at;
    range->params_len = 0;
    range->quality = ROUTES_QUALITY_ONE;
    while (**at == ';') {
        const char *name = *at + 1;
        const char *end = skip_value(name);

        name += strspn(name, blanks);
        if (strncasecmp(name, "q=", 2) == 0) {
            range->quality = read_weight(name + 2, end);
            *at = end;
            break;
        }
        range->params_len = (size_t)(end - range->params);
        *at = end;
    }
    while (**at != '\0' && **at != ',') {
        *at = skip_value(*at + (**at == ';'));
    }
}

/* Takes the next element off the list; 0 at its end.  What is no range has
 * the quality -1. */
static int
next_range(const char **at, struct range *range)
{
    *at += strspn(*at, " \t,");
    if (**at == '\0') {
        return 0;
    }
    range->type = *at;
    range->type_len = token_length(*at);
    *at += range->type_len;
    if (range->type_len == 0 || **at != '/') {
        range->quality = -1;
        while (**at != '\0' && **at != ',') {
            *at = skip_value(*at + (**at == ';'));
        }
        return 1;
    }
    range->subtype = *at + 1;
    range->subtype_len = token_length(range->subtype);
    *at = range->subtype + range->subtype_len;
    *at += strspn(*at, blanks);
    if (range->subtype_len == 0 ||
        (**at != '\0' && **at != ',' && **at != ';')) {
        range->subtype_len = 0; /* something else stands behind it */
        *at = skip_value(*at);
    }
    read_params(at, range);
    range->quality = range->subtype_len == 0 ? -1 : range->quality;
    return 1;
}

/* ---- against a media type ----------------------------------------------- */

static int
is_star(const char *at, size_t len)
{
    return len == 1 && *at == '*';
}

static int
is_same(const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len == b_len && strncasecmp(a, b, a_len) == 0;
}

/* Whether the parameters of a media type have this one: "level=1". */
static int
has_param(const char *media, const char *param, size_t len)
{
    const char *at = strchr(media, ';');

    while (at != NULL) {
        const char *end;

        at++;
        at += strspn(at, blanks);
        end = skip_value(at);
        if (is_same(at, (size_t)(end - at), param, len)) {
            return 1;
        }
        at = *end == ';' ? end : NULL;
    }
    return 0;
}

/* How many parameters the range has, if the media type has them all; else
 * -1. */
static int
count_params(const struct range *range, const char *media)
{
    const char *at = range->params;
    const char *end = range->params + range->params_len;
    int n = 0;

    while (at < end) {
        const char *next;

        at++;
        at += strspn(at, blanks);
        next = skip_value(at);
        if (!has_param(media, at, (size_t)(next - at))) {
            return -1;
        }
        n++;
        at = next;
    }
    return n;
}

/* How closely the range names the media type; -1: not at all. */
static int
closeness(const struct range *range, const char *media)
{
    const char *slash = strchr(media, '/');
    size_t sub_len = token_length(slash + 1);
    int params;

    if (is_star(range->type, range->type_len)) {
        return is_star(range->subtype, range->subtype_len) ? 0 : -1;
    }
    if (!is_same(range->type, range->type_len, media,
                 (size_t)(slash - media))) {
        return -1;
    }
    if (is_star(range->subtype, range->subtype_len)) {
        return 1;
    }
    if (!is_same(range->subtype, range->subtype_len, slash + 1, sub_len)) {
        return -1;
    }
    params = count_params(range, media);
    return params < 0 ? -1 : 2 + params;
}

int
routes_accept_quality(const char *field, const char *media)
{
    struct range range;
    int ranges = 0;
    int closest = -1;
    int quality = 0;

    while (field != NULL && next_range(&field, &range)) {
        int close;

        if (range.quality < 0) {
            continue;
        }
        ranges++;
        close = closeness(&range, media);
        if (close > closest ||
            (close == closest && close >= 0 && range.quality > quality)) {
            closest = close;
            quality = range.quality;
        }
    }
    return ranges == 0 ? ROUTES_QUALITY_ONE : quality;
}
