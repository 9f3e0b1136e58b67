/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit log: who was refused what, and if asked who was let in, a JSON
 * object a line, whatever the LogLevel.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include <httpd.h>
#include <http_config.h>

#include "request.h"

/* Where a server's decisions go; in pconf, shared by the servers that inherit
 * it. */
struct audit {
    const char *target; /* an absolute path, "|program", or NULL: Off */
    const char *place;  /* "httpd.conf:12", of the directive */
    apr_file_t *file;   /* NULL until audit_open */
    int grants;         /* who is let in, too */
};

/* A line RoutesAuditLog: *audit is made, or the return value says why the line
 * is wrong.  which: "denied", "all" or NULL. */
const char *audit_make(cmd_parms *cmd, const char *target, const char *which,
                       struct audit **audit);

/* Hook check_config, which runs for `httpd -t`, too: whether the logs can be
 * opened, as far as that can be known without opening them. */
int audit_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                server_rec *main_server);

/* Hook open_logs: opens them, while httpd still is whoever started it. */
int audit_open(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
               server_rec *main_server);

/* Writes down what the gate decided: a denial, which the request knows of, or
 * if that is asked for that it was let in.  Once for each.  status: what the
 * client is sent to a denial. */
void audit_write(request_rec *r, struct request *request, int status);

/* The same when the request ends, for one whose caller httpd's own modules are
 * to name: if they refuse, nobody asks us again. */
void audit_later(request_rec *r);

#endif
