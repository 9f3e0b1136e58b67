/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `session`: who has logged in, by a cookie.
 */
#ifndef REALM_SESSION_H
#define REALM_SESSION_H

#include "realm.h"

/* What a realm of the kind has of its options. */
struct realm_session {
    const char *cookie;
    const char *fail; /* where a browser is sent, below the mount; or NULL */
    apr_int64_t max_age; /* seconds from the login */
    apr_int64_t idle;    /* seconds without a request, or 0: any */
    uint32_t load;       /* functions[] that is asked, or 0 */
};

extern const struct realm_kind realm_session;

/* The options of a realm, or NULL: it is of another kind. */
const struct realm_session *realm_session_of(const struct realm *realm);

/* How long a login may go on that is kept now. */
apr_int64_t
realm_session_left(const struct realm_session *session, apr_int64_t age);

/* Where `idle` counts, writes down now and then that somebody was here whom
 * the realm knows.  To be asked of callers who may: the answer sets a cookie,
 * which shows that something is there.  Other kinds have nothing to write. */
void realm_session_touch(request_rec *r, const struct realm *realm);

/* Where a browser goes that nobody is logged in with: the `fail redirect` of
 * the first realm in force that has one, with the way back; or NULL. */
const char *realm_session_login(request_rec *r, uint32_t auth);

#endif
