/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions: what mod_session keeps for a browser, and whom a realm has put
 * there.
 *
 * mod_session believes any cookie unless mod_session_crypto encrypts it or a
 * database keeps what it stands for.  Which of them is in force for a URL only
 * they know; but a cookie that is believed as it is has our entries' names in
 * it, in whatever case.  Such a one is refused, so that a directive left out
 * lets nobody in.
 *
 * Names of entries are compared without their case, and '&' and '=' in them or
 * in a value would split an entry in two: what others choose stands there in
 * hexadecimal or base64.
 */
#include "session.h"

#include <string.h>

#include <http_config.h>
#include <http_log.h>
#include <http_ssl.h>
#include <mod_session.h>
#include <util_cookies.h>
#include <apr_encode.h>
#include <apr_escape.h>
#include <apr_optional.h>
#include <apr_strings.h>

#include "csrf.h"
#include "log.h"
#include "realm_session.h"
#include "request.h"
#include "runtime/table.h"

#define LOGIN  "routes." /* and the realm's name */
#define DATA   "data."   /* and what functions call it */
#define FILTER "ROUTES_SESSION"
#define CAME   "routes-came-" /* note, with the cookie's name: */
#define PLAIN  "plain"
#define OPAQUE "opaque"
/* Names of notes with what the stores have read; the cookie's name follows. */
#define COOKIE_STORE "mod_session_cookie"
#define DBD_STORE    "mod_session_dbd"

/* ---- mod_session -------------------------------------------------------- */

static int
is_loaded(const char *module)
{
    return ap_find_linked_module(module) != NULL;
}

const char *
session_missing(apr_pool_t *pool)
{
    const char *missing = NULL;

    if (!is_loaded("mod_session.c")) {
        missing = "mod_session";
    }
    if (!is_loaded("mod_session_dbd.c") &&
        !is_loaded("mod_session_cookie.c")) {
        missing = apr_pstrcat(pool, missing == NULL ? "" : missing,
                              missing == NULL ? "" : ", ",
                              "mod_session_cookie (or mod_session_dbd)", NULL);
    }
    if (!is_loaded("mod_session_dbd.c") &&
        !is_loaded("mod_session_crypto.c")) {
        missing = apr_pstrcat(pool, missing == NULL ? "" : missing,
                              missing == NULL ? "" : ", ",
                              "mod_session_crypto", NULL);
    }
    return missing == NULL
               ? NULL
               : apr_pstrcat(pool, missing, " must be loaded", NULL);
}

/* The request that httpd was sent, where the modules keep what they read. */
static request_rec *
first_request(request_rec *r)
{
    while (r->prev != NULL) {
        r = r->prev;
    }
    while (r->main != NULL) {
        r = r->main;
    }
    return r;
}

static session_rec *
load_once(request_rec *r, apr_status_t *rv)
{
    APR_OPTIONAL_FN_TYPE(ap_session_load) *load_session =
        APR_RETRIEVE_OPTIONAL_FN(ap_session_load);
    session_rec *z = NULL;

    *rv = load_session == NULL ? APR_EINIT : load_session(r, &z);
    return *rv == APR_SUCCESS ? z : NULL;
}

static const char *
note_of(request_rec *r, const char *module, const char *cookie)
{
    return apr_table_get(first_request(r)->notes,
                         apr_pstrcat(r->pool, module, cookie, NULL));
}

/* The session of the request, made if there is none; NULL: Session is not On
 * for it, or (*rv) it can't be read.  One that is a module's can't be read if
 * the cookie was changed, or the passphrase, or if it has expired: mod_session
 * makes an empty one then, anew each time, and saves none.  *broken says so,
 * and without the cookie the next one is kept. */
static session_rec *
load(request_rec *r, const char *cookie, int *broken)
{
    apr_table_t *notes = first_request(r)->notes;
    const char *value = NULL;
    apr_status_t rv;
    session_rec *z = load_once(r, &rv);

    *broken =
        rv != APR_SUCCESS ||
        (z != NULL && (const char *)z != note_of(r, COOKIE_STORE, cookie) &&
         (const char *)z != note_of(r, DBD_STORE, cookie));
    if (!*broken) {
        return z;
    }
    apr_table_unset(notes, apr_pstrcat(r->pool, COOKIE_STORE, cookie, NULL));
    apr_table_unset(notes, apr_pstrcat(r->pool, DBD_STORE, cookie, NULL));
    ap_cookie_read(r, cookie, &value, 1);
    return load_once(r, &rv);
}

/* A changed session is written into the answer's cookie, whose attributes are
 * completed behind it. */
static void
add_filter(request_rec *r)
{
    struct request *request = request_of(r);

    if (!request->with_session) {
        request->with_session = 1;
        ap_add_output_filter(FILTER, NULL, r, r->connection);
    }
}

static void
set_entry(request_rec *r, session_rec *z, const char *name, const char *value)
{
    apr_table_setn(z->entries, apr_pstrdup(z->pool, name),
                   apr_pstrdup(z->pool, value));
    z->dirty = 1;
    add_filter(r);
}

/* ---- the cookie that came ----------------------------------------------- */

/* What of it is remembered, as it may be taken out of the header when it is
 * read: NULL without one, else OPAQUE or PLAIN.  A plain one shows what is in
 * it; an encrypted one is in base64, a database's key a UUID, and neither has
 * the '.' of our entries' names, nor a '%' that would stand for one. */
static const char *
look_at(request_rec *r, const char *cookie)
{
    apr_table_t *notes = first_request(r)->notes;
    const char *note = apr_pstrcat(r->pool, CAME, cookie, NULL);
    const char *value = NULL;

    if (ap_cookie_read(r, cookie, &value, 0) == APR_SUCCESS && value != NULL &&
        *value != '\0') {
        apr_table_setn(notes, note,
                       strpbrk(value, ".%") != NULL ? PLAIN : OPAQUE);
    }
    return apr_table_get(notes, note);
}

/* What mod_session_dbd has read, in fixups or for us, it has taken away. */
int
session_has_cookie(request_rec *r, const char *cookie)
{
    return look_at(r, cookie) != NULL || note_of(r, DBD_STORE, cookie) != NULL;
}

static int
is_plain(request_rec *r, const char *cookie)
{
    const char *came = look_at(r, cookie);

    return came != NULL && strcmp(came, PLAIN) == 0;
}

/* ---- who is logged in --------------------------------------------------- */

static const char *
login_name(request_rec *r, const struct realm *realm)
{
    return apr_pstrcat(
        r->pool, LOGIN,
        apr_pescape_hex(r->pool, realm->name, strlen(realm->name), 0), NULL);
}

/* "ID.SINCE.SEEN.USER". */
static int
parse_login(apr_pool_t *pool, const char *text, struct session_login *login)
{
    const char *id_end = strchr(text, '.');
    char *end;

    if (id_end == NULL || id_end - text != 2 * SESSION_ID_SIZE) {
        return 0;
    }
    login->id = apr_pstrmemdup(pool, text, (apr_size_t)(id_end - text));
    login->since = apr_strtoi64(id_end + 1, &end, 10);
    if (*end != '.') {
        return 0;
    }
    login->seen = apr_strtoi64(end + 1, &end, 10);
    if (*end != '.') {
        return 0;
    }
    login->user = apr_pdecode_base64(pool, end + 1, APR_ENCODE_STRING,
                                     APR_ENCODE_NONE, NULL);
    return realm_is_user(login->user);
}

static void
say_plain(request_rec *r, const struct realm *realm)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                  LOGNO(0061) "realm '%s' (%s): session cookies are neither "
                              "encrypted (SessionCryptoPassphrase) nor kept "
                              "by a database: none is believed",
                  realm->name, realm->place);
}

static void
say_off(request_rec *r, const struct realm *realm)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                  LOGNO(0062) "realm '%s' (%s): there is no session for %s "
                              "(Session On, SessionCookieName)",
                  realm->name, realm->place, r->uri);
}

enum session_state
session_find(request_rec *r, const struct realm *realm, const char *cookie,
             struct session_login *login)
{
    int plain = is_plain(r, cookie);
    int broken;
    session_rec *z = load(r, cookie, &broken);

    if (broken) {
        return SESSION_BROKEN;
    }
    if (z == NULL) {
        say_off(r, realm);
        return SESSION_FAILED;
    }
    const char *text = apr_table_get(z->entries, login_name(r, realm));
    if (text == NULL) {
        return SESSION_NONE;
    }
    if (plain) {
        say_plain(r, realm);
        return SESSION_FAILED;
    }
    add_filter(r);
    return parse_login(r->pool, text, login) ? SESSION_OPEN : SESSION_BROKEN;
}

void
session_keep(request_rec *r, const struct realm *realm,
             const struct session_login *login, apr_int64_t seconds)
{
    int broken;
    session_rec *z = load(r, realm_session_of(realm)->cookie, &broken);

    if (z != NULL) {
        z->maxage = (long)seconds;
        z->expiry = r->request_time + apr_time_from_sec(seconds);
        set_entry(
            r, z, login_name(r, realm),
            apr_psprintf(
                z->pool, "%s.%" APR_INT64_T_FMT ".%" APR_INT64_T_FMT ".%s",
                login->id, login->since, login->seen,
                apr_pencode_base64(r->pool, login->user, APR_ENCODE_STRING,
                                   APR_ENCODE_URL | APR_ENCODE_NOPADDING,
                                   NULL)));
    }
}

const char *
session_secret(request_rec *r)
{
    const struct request *request = request_of(r);
    const struct served *served = request->mount->served;
    const struct routes_auth *row =
        &served->table->auths[request_auth(request)];
    struct session_login login;

    for (uint32_t i = 0; i < row->n_realms; i++) {
        const struct realm *realm =
            &served->realms[served->table->realm_sets[row->realms + i]];
        const struct realm_session *session = realm_session_of(realm);

        if (session != NULL && session_has_cookie(r, session->cookie) &&
            session_find(r, realm, session->cookie, &login) == SESSION_OPEN) {
            return login.id;
        }
    }
    return NULL;
}

/* ---- what Python does with sessions ------------------------------------- */

/* The realm by its name; without one the first in force, else the only one of
 * the table.  NULL if that is none of the kind. */
static const struct realm *
find_realm(const request_rec *r, const char *name)
{
    const struct request *request = request_of(r);
    const struct served *served = request->mount->served;
    const struct routes_table *table = served->table;
    const struct routes_auth *row = &table->auths[request_auth(request)];
    const struct realm *only = NULL;
    int n = 0;

    for (uint32_t i = 0; name == NULL && i < row->n_realms; i++) {
        const struct realm *realm =
            &served->realms[table->realm_sets[row->realms + i]];

        if (realm_session_of(realm) != NULL) {
            return realm;
        }
    }
    for (uint32_t i = 1; i < table->n_realms; i++) {
        const struct realm *realm = &served->realms[i];

        if (realm_session_of(realm) != NULL &&
            (name == NULL || strcmp(realm->name, name) == 0)) {
            only = realm;
            n++;
        }
    }
    return n == 1 ? only : NULL;
}

static const char *const no_session =
    "there is no session here: Session On and SessionCookieName are missing "
    "in httpd's configuration";

/* What nobody has vouched for, a function does not read. */
static session_rec *
open_session(request_rec *r, const struct realm *realm, const char **fault)
{
    if (realm == NULL) {
        *fault = "no realm of the kind `session` is in force";
        return NULL;
    }
    const char *cookie = realm_session_of(realm)->cookie;
    int broken;
    int plain = is_plain(r, cookie);
    session_rec *z = load(r, cookie, &broken);

    *fault = z == NULL ? no_session : NULL;
    if (z != NULL && plain) {
        apr_table_clear(z->entries);
    }
    return z;
}

static apr_table_t *
entries(request_rec *r, const char **fault)
{
    session_rec *z = open_session(r, find_realm(r, NULL), fault);

    return z == NULL ? NULL : z->entries;
}

static void
touch(request_rec *r)
{
    const char *fault;
    session_rec *z = open_session(r, find_realm(r, NULL), &fault);

    if (z != NULL) {
        z->dirty = 1;
        add_filter(r);
    }
}

static const char *
make_id(apr_pool_t *pool)
{
    unsigned char bytes[SESSION_ID_SIZE];

    return apr_generate_random_bytes(bytes, sizeof(bytes)) == APR_SUCCESS
               ? apr_pescape_hex(pool, bytes, sizeof(bytes), 0)
               : NULL;
}

/* Nothing of the session before is kept: who had it may not be who logs in. */
static const char *
log_in(request_rec *r, const char *name, const char *user)
{
    const struct realm *realm = find_realm(r, name);
    const char *fault = NULL;

    if (realm == NULL) {
        return name != NULL
                   ? "there is no realm of this name and the kind `session`"
                   : "which realm? there is none of the kind `session` in "
                     "force, and not just one in the file";
    }
    if (!realm_is_user(user)) {
        return "the user is empty or has control characters";
    }
    if (strlen(user) > SESSION_MAX_SIZE / 2) {
        return "the user's name is too long for a cookie";
    }
    session_rec *z = open_session(r, realm, &fault);
    if (z == NULL) {
        return fault;
    }
    struct session_login login = {.id = make_id(r->pool),
                                  .user = user,
                                  .since = apr_time_sec(r->request_time),
                                  .seen = apr_time_sec(r->request_time)};
    if (login.id == NULL) {
        return "there is no randomness for an id";
    }
    apr_table_clear(z->entries);
    session_keep(r, realm, &login,
                 realm_session_left(realm_session_of(realm), 0));
    return NULL;
}

static const char *
log_out(request_rec *r)
{
    const char *fault = NULL;
    apr_table_t *table = entries(r, &fault);

    if (table != NULL) {
        apr_table_clear(table);
        touch(r);
    }
    return fault;
}

const struct embed_sessions session_functions = {.prefix = DATA,
                                                 .max_size = SESSION_MAX_SIZE,
                                                 .entries = entries,
                                                 .touch = touch,
                                                 .login = log_in,
                                                 .logout = log_out,
                                                 .csrf_token = csrf_token};

/* ---- the cookie that leaves --------------------------------------------- */

/* Whether a Set-Cookie has an attribute of this name. */
static int
has_attribute(const char *cookie, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = strchr(cookie, ';'); at != NULL;
         at = strchr(at, ';')) {
        at++;
        at += strspn(at, " ");
        if (strncasecmp(at, name, len) == 0 &&
            strchr("=; ", at[len]) != NULL) {
            return 1;
        }
    }
    return 0;
}

struct completion {
    request_rec *r;
    apr_array_header_t *cookies; /* const char * */
    int changed;
};

static int
is_of_table(const struct served *served, const char *cookie)
{
    for (uint32_t i = 1; i < served->table->n_realms; i++) {
        const struct realm_session *session =
            realm_session_of(&served->realms[i]);
        size_t len = session == NULL ? 0 : strlen(session->cookie);

        if (len > 0 && strncmp(cookie, session->cookie, len) == 0 &&
            cookie[len] == '=') {
            return 1;
        }
    }
    return 0;
}

/* Each table that the path leads through has its realms. */
static int
is_ours(const request_rec *r, const char *cookie)
{
    const struct request *request = request_of(r);

    while (request->outer != NULL) {
        request = request->outer;
    }
    const apr_array_header_t *whole = request->mount->served->whole;
    for (int i = 0; i < whole->nelts; i++) {
        if (is_of_table(APR_ARRAY_IDX(whole, i, const struct served *),
                        cookie)) {
            return 1;
        }
    }
    return 0;
}

static int
complete(void *baton, const char *header, const char *value)
{
    struct completion *completion = baton;
    request_rec *r = completion->r;
    const char *made = value;

    (void)header;
    if (is_ours(r, value)) {
        made = apr_pstrcat(
            r->pool, value, has_attribute(value, "Path") ? "" : ";Path=/",
            has_attribute(value, "HttpOnly") ? "" : ";HttpOnly",
            has_attribute(value, "SameSite") ? "" : ";SameSite=Lax",
            !ap_ssl_conn_is_ssl(r->connection) ||
                    has_attribute(value, "Secure")
                ? ""
                : ";Secure",
            NULL);
    }
    completion->changed |= strcmp(made, value) != 0;
    APR_ARRAY_PUSH(completion->cookies, const char *) = made;
    return 1;
}

static void
complete_table(request_rec *r, apr_table_t *headers)
{
    struct completion completion = {
        .r = r, .cookies = apr_array_make(r->pool, 4, sizeof(const char *))};

    apr_table_do(complete, &completion, headers, "Set-Cookie", NULL);
    if (!completion.changed) {
        return;
    }
    apr_table_unset(headers, "Set-Cookie");
    for (int i = 0; i < completion.cookies->nelts; i++) {
        apr_table_addn(headers, "Set-Cookie",
                       APR_ARRAY_IDX(completion.cookies, i, const char *));
    }
}

static apr_status_t
complete_cookies(ap_filter_t *filter, apr_bucket_brigade *brigade)
{
    complete_table(filter->r, filter->r->headers_out);
    complete_table(filter->r, filter->r->err_headers_out);
    ap_remove_output_filter(filter);
    return ap_pass_brigade(filter->next, brigade);
}

void
session_register(void)
{
    /* behind mod_session's own */
    ap_register_output_filter(FILTER, complete_cookies, NULL,
                              AP_FTYPE_CONTENT_SET + 1);
}

void
session_insert_filter(request_rec *r)
{
    const struct request *request = request_of(r);

    if (request != NULL && request->with_session) {
        ap_add_output_filter(FILTER, NULL, r, r->connection);
    }
}
