/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_url: a URL as httpd hands its path to a module.
 */
#include "explain_url.h"

#include <ctype.h>
#include <string.h>

#include <apr_strings.h>

#include "../runtime/utf8.h"

/* LimitRequestLine where it is not set. */
#define MAX_REQUEST_LINE 8190

/* ---- escapes ------------------------------------------------------------ */

static int
digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of an escape that begins at text, or -1. */
static int
escape_of(const char *text)
{
    int high = digit_of(text[1]);
    int low = high < 0 ? -1 : digit_of(text[2]);

    return low < 0 ? -1 : high * 16 + low;
}

static int
is_unreserved(int c)
{
    return c > 0 && c < 0x80 && (isalnum(c) || strchr("-._~", c) != NULL);
}

/* Decodes in place what means the same with and without an escape; 0 for a
 * '%' that begins none. */
static int
decode_unreserved(char *path)
{
    char *to = path;
    int good = 1;

    while (*path != '\0') {
        int escaped = *path == '%';
        int c = escaped ? escape_of(path) : -1;

        good &= !escaped || c >= 0;
        *to++ = is_unreserved(c) ? (char)c : *path;
        path += is_unreserved(c) ? 3 : 1;
    }
    *to = '\0';
    return good;
}

/* Decodes the rest in place, where every escape is one. */
static void
decode_all(struct explain_url *url, char *path)
{
    char *to = path;

    url->path = path;
    while (*path != '\0') {
        int escaped = *path == '%';
        int c = escaped ? escape_of(path) : (unsigned char)*path;

        if (escaped && (c == 0 || c == '/')) {
            url->status = 404;
            url->why = "httpd refuses %2F and %00 in a path";
        }
        path += escaped ? 3 : 1;
        *to++ = (char)c;
    }
    *to = '\0';
    url->len = (size_t)(to - url->path);
}

/* ---- segments ----------------------------------------------------------- */

static int
is_dots(const char *segment, size_t len)
{
    return (len == 1 || len == 2) && strspn(segment, ".") >= len;
}

/* Merges slashes and removes dot segments in place; 0 above the root. */
static int
normalise(char *path)
{
    const char *from = path + 1;
    char *to = path + 1;

    while (*from != '\0') {
        size_t len = strcspn(from, "/");

        if (is_dots(from, len)) {
            if (len == 2 && to == path + 1) {
                return 0;
            }
            for (to -= len == 2; len == 2 && to[-1] != '/'; to--) {
            }
        }
        else if (len > 0) {
            memmove(to, from, len);
            to += len;
            if (from[len] == '/') {
                *to++ = '/';
            }
        }
        from += len + (from[len] == '/');
    }
    *to = '\0';
    return 1;
}

/* ---- URLs --------------------------------------------------------------- */

/* A byte that no request line may have. */
static int
has_blank(const char *url)
{
    for (; *url != '\0'; url++) {
        if ((unsigned char)*url <= ' ' || *url == 0x7F) {
            return 1;
        }
    }
    return 0;
}

static void
read_path(struct explain_url *url, char *path)
{
    int good = decode_unreserved(path);

    if (good && normalise(path)) {
        decode_all(url, path);
        return;
    }
    url->status = 400;
    url->why = good ? "httpd refuses a path that leaves the root"
                    : "httpd refuses a % that begins no escape";
}

struct explain_url
explain_url_read(apr_pool_t *pool, const char *method, const char *written)
{
    struct explain_url url = {.written = written};
    size_t len = strcspn(written, "#");
    char *path = apr_pstrmemdup(pool, written, len);
    char *query = strchr(path, '?');

    if (query != NULL) {
        *query = '\0';
        url.query = query + 1;
    }
    read_path(&url, path);
    if (has_blank(apr_pstrmemdup(pool, written, len))) {
        url.status = 400;
        url.why = "httpd refuses blanks and control characters in a URL";
    }
    if (strlen(method) + len + strlen("  HTTP/1.1") > MAX_REQUEST_LINE) {
        url.status = 414;
        url.why = "httpd refuses a request line this long "
                  "(LimitRequestLine)";
    }
    return url;
}

const char *
explain_url_host(apr_pool_t *pool, const char *url, const char **rest)
{
    size_t scheme = strncasecmp(url, "https://", 8) == 0  ? 8
                    : strncasecmp(url, "http://", 7) == 0 ? 7
                                                          : 0;
    size_t len = strcspn(url + scheme, "/?#");

    *rest = url[0] == '/' ? url : NULL;
    if (scheme == 0 || len == 0) {
        return NULL;
    }
    *rest = url + scheme + len;
    if (**rest != '/') {
        *rest = apr_pstrcat(pool, "/", *rest, NULL);
    }
    return apr_pstrmemdup(pool, url + scheme, len);
}

const char *
explain_url_hostname(apr_pool_t *pool, const char *host)
{
    char *name = apr_pstrdup(pool, host);
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    if (name[0] == '[') {
        len = 1 + strspn(name + 1, "0123456789abcdefABCDEF:.");
        len += name[len] == ']';
    }
    if (len == 0 || name[0] == '.' || strstr(name, "..") != NULL ||
        (name[len] != '\0' &&
         (name[len] != ':' ||
          name[len + 1 + strspn(name + len + 1, "0123456789")] != '\0'))) {
        return NULL;
    }
    name[len - (name[len - 1] == '.')] = '\0';
    for (char *at = name; *at != '\0'; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    return name;
}

/* ---- for people --------------------------------------------------------- */

/* The length of the printable character at text, or 0. */
static size_t
printable(const char *text, size_t len)
{
    if ((unsigned char)*text < 0x80) {
        return *text >= ' ' && *text != 0x7F && *text != '\\';
    }
    /* C1 controls, U+0080 to U+009F, move a terminal's cursor too */
    if ((unsigned char)*text == 0xC2 && len > 1 &&
        (unsigned char)text[1] < 0xA0) {
        return 0;
    }
    for (size_t n = 2; n <= 4 && n <= len; n++) {
        if (routes_utf8_valid(text, n, NULL)) {
            return n;
        }
    }
    return 0;
}

const char *
explain_url_shown(apr_pool_t *pool, const char *text, size_t len)
{
    char *made = apr_palloc(pool, 4 * len + 1);
    char *to = made;

    while (len > 0) {
        size_t n = printable(text, len);

        if (n > 0) {
            memcpy(to, text, n);
            to += n;
        }
        else {
            n = 1;
            to += apr_snprintf(to, 5, "\\x%02x", (unsigned char)*text);
        }
        text += n;
        len -= n;
    }
    *to = '\0';
    return made;
}
