/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines of mod_routes: whose they are, and their permanent ids.
 */
#ifndef LOG_H
#define LOG_H

#include <httpd.h>
#include <http_config.h>
#include <http_log.h>

/* The one symbol that mod_routes.so exports. */
extern __attribute__((visibility("default"))) module routes_module;
APLOG_USE_MODULE(routes);

/* The id by which httpd or mod_unique_id knows the request, or NULL. */
static inline const char *
log_request_id(const request_rec *r)
{
    if (r->log_id != NULL || r->subprocess_env == NULL) {
        return r->log_id;
    }
    return apr_table_get(r->subprocess_env, "UNIQUE_ID");
}

/* The permanent id that each message at warning or above begins with, and
 * those below that a reader will search for: ap_log_rerror(APLOG_MARK,
 * APLOG_ERR, rv, r, LOGNO(0020) "text").  LOGIDS lists every id with what it
 * means; each is used at one place, and never again for something else.
 * 0001 to 0099 are of module/, 0100 to 0199 of module/python/. */
#define LOGNO(id) "ROUTES" #id ": "

#endif
