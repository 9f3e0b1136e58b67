/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions: what mod_session keeps for a browser, and whom a realm has put
 * there.
 *
 *     mod_session's entries:  "routes.web"  -> id.since.seen.user
 *                             "data.cart"   -> what functions keep
 *
 * where the names behind the dot are in hexadecimal, users and values in
 * base64.
 */
#ifndef SESSION_H
#define SESSION_H

#include <httpd.h>
#include <apr_pools.h>

#include "python/embed.h"
#include "realm.h"

/* Bytes of all names and values: a browser keeps 4096 of a cookie, which is
 * encrypted and written in base64. */
#define SESSION_MAX_SIZE 2048
/* Random bytes of an id. */
#define SESSION_ID_SIZE 16

/* Who is logged in by one realm.  Text is of the request's pool. */
struct session_login {
    const char *id;    /* new at each login */
    const char *user;  /* UTF-8, not empty */
    apr_int64_t since; /* seconds since 1970 */
    apr_int64_t seen;
};

enum session_state {
    SESSION_NONE,   /* nobody is logged in */
    SESSION_BROKEN, /* what came is none of ours, or has been changed */
    SESSION_OPEN,   /* somebody is: the login is filled */
    SESSION_FAILED  /* there can be no session: logged */
};

/* NULL, or which modules of httpd are missing, for a realm's fault. */
const char *session_missing(apr_pool_t *pool);

/* Whether the request has a cookie of this name.  Without one there is no
 * session, and none is loaded. */
int session_has_cookie(request_rec *r, const char *cookie);

/* Looks for who is logged in by a realm, in the session of the cookie. */
enum session_state
session_find(request_rec *r, const struct realm *realm, const char *cookie,
             struct session_login *login);

/* Writes a login back, for seconds to come. */
void session_keep(request_rec *r, const struct realm *realm,
                  const struct session_login *login, apr_int64_t seconds);

/* The id of the login by a realm in force, which the browser alone has; or
 * NULL. */
const char *session_secret(request_rec *r);

/* What Python does with sessions. */
extern const struct embed_sessions session_functions;

/* Hook register: the output filter that completes the attributes of the
 * cookie. */
void session_register(void);

/* Hook insert_error_filter: an error's answer has lost it. */
void session_insert_filter(request_rec *r);

#endif
