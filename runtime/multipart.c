/* SPDX-License-Identifier: Apache-2.0 */
/*
 * multipart/form-data, as it arrives.
 *
 * A delimiter is CR LF, two hyphens and the boundary.  CR is its first byte
 * and no other of it, so bytes that began like one and went on differently
 * hold no other beginning: what was held back is known, it is that much of the
 * delimiter itself, and no input has to be kept.
 */
#include "multipart.h"

#include <string.h>
#include <strings.h>

#include "disposition.h"

enum state {
    PREAMBLE,
    AFTER, /* a delimiter: blanks, then CR LF, or "--" */
    AFTER_CR,
    AFTER_DASH,
    HEADERS,
    DATA,
    EPILOGUE,
    BROKEN,
    TOO_MANY
};

/* ---- the boundary ------------------------------------------------------- */

/* RFC 2046: bchars, of which a blank is not the last. */
static int
is_boundary(const char *at, size_t len)
{
    static const char others[] = "'()+_,-./:=? ";

    for (size_t i = 0; i < len; i++) {
        char c = at[i];

        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
              (c >= 'a' && c <= 'z') ||
              (c != '\0' && strchr(others, c) != NULL))) {
            return 0;
        }
    }
    return len > 0 && len <= ROUTES_MAX_BOUNDARY && at[len - 1] != ' ';
}

int
routes_multipart_start(struct routes_multipart *m, const char *type)
{
    static const char name[] = "multipart/form-data";
    const char *params = type + sizeof(name) - 1;
    const char *boundary;
    size_t len;

    if (strncasecmp(type, name, sizeof(name) - 1) != 0) {
        return 0;
    }
    params += strspn(params, " \t");
    if (routes_disposition_param(params, params + strlen(params), "boundary",
                                 &boundary, &len) != 1 ||
        !is_boundary(boundary, len)) {
        return 0;
    }
    m->state = PREAMBLE;
    m->parts = 0;
    m->header_len = 0;
    m->held = 0;
    /* the first delimiter needs no line before it */
    m->matched = 2;
    memcpy(m->delimiter, "\r\n--", 4);
    memcpy(m->delimiter + 4, boundary, len);
    m->delimiter_len = len + 4;
    return 1;
}

int
routes_multipart_ended(const struct routes_multipart *m)
{
    return m->state == EPILOGUE;
}

/* ---- delimiters --------------------------------------------------------- */

/* Passes data up to a byte that may begin a delimiter. */
static const char *
find_cr(const char *at, const char *end)
{
    const char *cr = memchr(at, '\r', (size_t)(end - at));

    return cr != NULL ? cr : end;
}

/* Matches on, as far as input and delimiter agree. */
static const char *
match(struct routes_multipart *m, const char *at, const char *end)
{
    size_t left = m->delimiter_len - m->matched;
    size_t len = (size_t)(end - at) < left ? (size_t)(end - at) : left;
    size_t n = 0;

    while (n < len && at[n] == m->delimiter[m->matched + n]) {
        n++;
    }
    m->matched += n;
    return at + n;
}

/* Reads data up to a delimiter.  Sets *data and *len to what is known to be
 * none; 1 when the delimiter is complete. */
static int
read_data(struct routes_multipart *m, const char **at, const char *end,
          const char **data, size_t *len)
{
    *data = m->delimiter;
    *len = 0;
    if (m->matched == 0) {
        const char *cr = find_cr(*at, end);

        *data = *at;
        *len = (size_t)(cr - *at);
        *at = cr;
        if (*len > 0 || cr == end) {
            return 0;
        }
    }
    *at = match(m, *at, end);
    if (m->matched == m->delimiter_len) {
        m->matched = 0;
        m->state = AFTER;
        return 1;
    }
    if (*at < end) { /* it was none: what was held is data */
        *data = m->delimiter;
        *len = m->matched;
        m->matched = 0;
    }
    return 0;
}

/* What follows a delimiter; 1 when its line is over. */
static int
read_after(struct routes_multipart *m, char c)
{
    switch (m->state) {
    case AFTER:
        m->state = c == '\r'               ? AFTER_CR
                   : c == '-'              ? AFTER_DASH
                   : c == ' ' || c == '\t' ? AFTER
                                           : BROKEN;
        return 0;
    case AFTER_DASH:
        m->state = c == '-' ? EPILOGUE : BROKEN;
        return c == '-';
    default:
        m->state = c == '\n' ? HEADERS : BROKEN;
        m->header_len = 0;
        return 0;
    }
}

/* ---- headers ------------------------------------------------------------ */

static int
ends_header(const struct routes_multipart *m)
{
    const char *end = m->header + m->header_len;

    return (m->header_len == 2 && memcmp(end - 2, "\r\n", 2) == 0) ||
           (m->header_len >= 4 && memcmp(end - 4, "\r\n\r\n", 4) == 0);
}

/* Takes bytes of a part's header; 1 when it is complete. */
static int
read_header(struct routes_multipart *m, const char **at, const char *end)
{
    while (*at < end) {
        if (m->header_len == ROUTES_MAX_PART_HEADER) {
            m->state = TOO_MANY;
            return 0;
        }
        m->header[m->header_len++] = *(*at)++;
        if (m->header[m->header_len - 1] == '\n' && ends_header(m)) {
            return 1;
        }
    }
    return 0;
}

static enum routes_multipart_event
begin_part(struct routes_multipart *m)
{
    if (++m->parts > ROUTES_MAX_PARTS) {
        m->state = TOO_MANY;
        return ROUTES_MULTIPART_TOO_MANY;
    }
    if (!routes_disposition_read(m->header, m->header_len - 2, &m->part)) {
        m->state = BROKEN;
        return ROUTES_MULTIPART_BROKEN;
    }
    m->state = DATA;
    m->matched = 2; /* an empty part has its delimiter at once */
    m->held = 2;
    return ROUTES_MULTIPART_PART;
}

/* ---- the machine -------------------------------------------------------- */

/* What a part's first bytes seemed to be, CR LF, was the end of its header. */
static void
drop_held(struct routes_multipart *m, const char **data, size_t *len)
{
    size_t n = m->held < *len ? m->held : *len;

    *data += n;
    *len -= n;
    m->held = 0;
}

static enum routes_multipart_event
step_data(struct routes_multipart *m, const char **at, const char *end,
          const char **data, size_t *len)
{
    int in_part = m->state == DATA;

    while (*at < end) {
        if (read_data(m, at, end, data, len)) {
            m->held = 0;
            return in_part ? ROUTES_MULTIPART_PART_END : ROUTES_MULTIPART_MORE;
        }
        if (m->matched == 0) {
            drop_held(m, data, len);
        }
        if (in_part && *len > 0) {
            return ROUTES_MULTIPART_DATA;
        }
    }
    return ROUTES_MULTIPART_MORE;
}

static enum routes_multipart_event
step(struct routes_multipart *m, const char **at, const char *end,
     const char **data, size_t *len)
{
    switch ((enum state)m->state) {
    case PREAMBLE:
    case DATA:
        return step_data(m, at, end, data, len);
    case AFTER:
    case AFTER_CR:
    case AFTER_DASH:
        return read_after(m, *(*at)++) ? ROUTES_MULTIPART_END
                                       : ROUTES_MULTIPART_MORE;
    case HEADERS:
        return read_header(m, at, end) ? begin_part(m) : ROUTES_MULTIPART_MORE;
    case EPILOGUE:
        *at = end;
        return ROUTES_MULTIPART_MORE;
    case BROKEN:
        *at = end;
        return ROUTES_MULTIPART_BROKEN;
    case TOO_MANY:
        *at = end;
        return ROUTES_MULTIPART_TOO_MANY;
    }
    return ROUTES_MULTIPART_BROKEN;
}

enum routes_multipart_event
routes_multipart_next(struct routes_multipart *m, const char **at,
                      const char *end, const char **data, size_t *len)
{
    enum routes_multipart_event event = ROUTES_MULTIPART_MORE;

    while (*at < end && event == ROUTES_MULTIPART_MORE) {
        event = step(m, at, end, data, len);
    }
    if (m->state == BROKEN) {
        return ROUTES_MULTIPART_BROKEN;
    }
    return m->state == TOO_MANY ? ROUTES_MULTIPART_TOO_MANY : event;
}
