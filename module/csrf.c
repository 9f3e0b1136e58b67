/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that another site had a browser send.
 */
#include "csrf.h"

#include <string.h>

#include <http_core.h>
#include <http_protocol.h>
#include <http_ssl.h>
#include <util_cookies.h>
#include <apr_escape.h>
#include <apr_strings.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "answer.h"
#include "audit.h"
#include "cors.h"
#include "denial.h"
#include "origin.h"
#include "runtime/form.h"
#include "session.h"
#include "upgrade.h"

static int
is_safe(const request_rec *r)
{
    enum routes_method method = routes_method_of(r->method, strlen(r->method));

    return method != ROUTES_METHOD_NONE &&
           (ROUTES_METHODS_SAFE & ROUTES_METHOD_BIT(method)) != 0;
}

/* A page of any site may open a websocket, with the browser's credentials,
 * and read what comes of it.  What has none here, a table or a backend that is
 * mounted may have. */
static int
is_harmless(const request_rec *r)
{
    return is_safe(r) && !upgrade_asked(r);
}

/* NULL, or what shows that the request is another site's.  A browser says
 * where a request comes from by Sec-Fetch-Site, which no page can set, an
 * older one by Origin; what says neither is no browser.  For a websocket all
 * send Origin, and to some its scheme is another site. */
static const char *
find_fault(request_rec *r, const struct routes_table *table,
           const struct routes_conduct *conduct, int upgrade)
{
    const char *site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    const char *origin = apr_table_get(r->headers_in, "Origin");

    if (origin != NULL &&
        cors_lists(table, &table->cors[conduct->cors], origin)) {
        return NULL;
    }
    if (site != NULL && (!upgrade || origin == NULL)) {
        return strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0
                   ? NULL
                   : apr_pstrcat(r->pool, "Sec-Fetch-Site is ", site, NULL);
    }
    if (origin != NULL && !origin_is_own(r, origin)) {
        return apr_pstrcat(r->pool, "Origin is ", origin, NULL);
    }
    return NULL;
}

/* ---- tokens ------------------------------------------------------------- */

/*
 * A token is the MAC of what the browser alone has: the id of its login, which
 * is in an encrypted cookie, else a random text in a cookie of our own.  Each
 * page gets it under another mask, so that a compressed answer does not give
 * it away.
 *
 *     token = hex(mask, mask xor mac)
 */
#define MAC_SIZE    16
#define SECRET_SIZE 16
#define COOKIE      "csrf"
#define COOKIE_TLS  "__Host-csrf" /* which no subdomain can set */
#define HEADER      "X-CSRF-Token"
#define FIELD       "csrf_token"
#define NOTE        "routes-csrf" /* of a cookie that is being set */

static const char *
cookie_name(const request_rec *r)
{
    return ap_ssl_conn_is_ssl(r->connection) ? COOKIE_TLS : COOKIE;
}

/* What the browser has, or NULL. */
static const char *
find_secret(request_rec *r)
{
    const char *secret = session_secret(r);
    const char *cookie = NULL;

    if (secret == NULL) {
        secret = apr_table_get(r->notes, NOTE);
    }
    if (secret == NULL &&
        ap_cookie_read(r, cookie_name(r), &cookie, 0) == APR_SUCCESS &&
        cookie != NULL && strlen(cookie) == 2 * SECRET_SIZE) {
        secret = cookie;
    }
    return secret;
}

static const char *
make_secret(request_rec *r)
{
    unsigned char bytes[SECRET_SIZE];

    if (apr_generate_random_bytes(bytes, sizeof(bytes)) != APR_SUCCESS) {
        return NULL;
    }
    const char *secret = apr_pescape_hex(r->pool, bytes, sizeof(bytes), 0);
    apr_table_setn(r->notes, NOTE, secret);
    apr_table_addn(
        r->err_headers_out, "Set-Cookie",
        apr_pstrcat(r->pool, cookie_name(r), "=", secret,
                    "; Path=/; HttpOnly; SameSite=Lax",
                    ap_ssl_conn_is_ssl(r->connection) ? "; Secure" : "",
                    NULL));
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    return secret;
}

static int
make_mac(const char *secret, unsigned char mac[EVP_MAX_MD_SIZE])
{
    static const unsigned char purpose[] = "csrf token";
    unsigned len = 0;

    return HMAC(EVP_sha256(), secret, (int)strlen(secret), purpose,
                sizeof(purpose) - 1, mac, &len) != NULL &&
           len >= MAC_SIZE;
}

const char *
csrf_token(request_rec *r)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned char token[2 * MAC_SIZE];
    const char *secret = find_secret(r);

    secret = secret == NULL ? make_secret(r) : secret;
    if (secret == NULL || !make_mac(secret, mac) ||
        apr_generate_random_bytes(token, MAC_SIZE) != APR_SUCCESS) {
        return NULL;
    }
    for (size_t i = 0; i < MAC_SIZE; i++) {
        token[MAC_SIZE + i] = token[i] ^ mac[i];
    }
    return apr_pescape_hex(r->pool, token, sizeof(token), 0);
}

static int
is_token(request_rec *r, const char *text, size_t text_len)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    const char *secret = find_secret(r);
    apr_size_t len = 0;
    const unsigned char *token =
        text_len != 4 * MAC_SIZE
            ? NULL
            : apr_punescape_hex(
                  r->pool, apr_pstrmemdup(r->pool, text, text_len), 0, &len);
    unsigned char differs = 0;

    if (token == NULL || len != 2 * MAC_SIZE || secret == NULL ||
        !make_mac(secret, mac)) {
        return 0;
    }
    for (size_t i = 0; i < MAC_SIZE; i++) {
        differs |= (unsigned char)(token[i] ^ token[MAC_SIZE + i] ^ mac[i]);
    }
    return differs == 0;
}

static int
refuse_token(request_rec *r, struct request *request)
{
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  LOGNO(0063) "csrf: there is no token of ours in " HEADER
                              " or the field " FIELD ": refused (%s)",
                  denial_where(r, request));
    denial_note(r, request, "no csrf token");
    return answer_error(r, HTTP_FORBIDDEN);
}

static int
has_field(request_rec *r, const struct body *body)
{
    const char *at = body->at;
    struct routes_field field;
    int found;

    while ((found = routes_form_next(&at, body->at + body->len, r->pool,
                                     &field)) != 0) {
        if (found > 0 && field.name_len == strlen(FIELD) &&
            memcmp(field.name, FIELD, field.name_len) == 0) {
            return is_token(r, field.value, field.value_len);
        }
    }
    return 0;
}

/* Of a multipart body the parts are kept that the route declares, if it
 * declares any and its function does not take the request. */
static int
has_part(request_rec *r, const struct routes_parts *parts)
{
    for (unsigned i = 0; i < parts->n; i++) {
        const struct routes_item *item = &parts->items[i];

        if (item->upload == NULL && item->name_len == strlen(FIELD) &&
            memcmp(item->name, FIELD, item->name_len) == 0) {
            return is_token(r, item->text, item->len);
        }
    }
    return 0;
}

int
csrf_read_body(request_rec *r, struct request *request, struct body *body)
{
    const struct routes_table *table = request_table(request);
    const struct routes_route *route = &table->routes[request->match.route];
    int found = 0;
    int status = route->takes == 0 ? body_read_form(r, table, route, body)
                                   : body_read(r, table, route, body);
    if (status != OK) {
        return status;
    }
    if (body->kind == ROUTES_BODY_FORM) {
        found = has_field(r, body);
    }
    else if (body->parts != NULL) {
        found = has_part(r, body->parts);
    }
    if (found) {
        return OK;
    }
    status = refuse_token(r, request);
    audit_write(r, request, HTTP_FORBIDDEN);
    return status;
}

/* A form's body is read behind the gate, but for those that what is mounted
 * reads. */
static int
check_token(request_rec *r, struct request *request)
{
    const char *header = apr_table_get(r->headers_in, HEADER);

    if (header != NULL) {
        return is_token(r, header, strlen(header)) ? OK
                                                   : refuse_token(r, request);
    }
    if (request->match.outcome != ROUTES_FOUND) {
        return OK;
    }
    if (request_table(request)->routes[request->match.route].kind ==
        ROUTES_ROUTE_MOUNT) {
        return refuse_token(r, request);
    }
    request->csrf_later = 1;
    return OK;
}

/* ---- a request ---------------------------------------------------------- */

int
csrf_check(request_rec *r, struct request *request)
{
    const struct routes_conduct *conduct = request_conduct(request);
    const char *fault;

    if (conduct == NULL || conduct->csrf == ROUTES_CSRF_NONE ||
        is_harmless(r)) {
        return OK;
    }
    int upgrade = is_safe(r);
    fault = find_fault(r, request_table(request), conduct, upgrade);
    if (fault == NULL) {
        /* a script can give a websocket's handshake no token */
        return conduct->csrf == ROUTES_CSRF_TOKEN && !upgrade
                   ? check_token(r, request)
                   : OK;
    }
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  LOGNO(0032) "csrf: %s: refused (%s)", fault,
                  denial_where(r, request));
    denial_note(r, request, "another site had it sent");
    return answer_error(r, HTTP_FORBIDDEN);
}
