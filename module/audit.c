/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit log.
 */
#include "audit.h"

#include <string.h>
#include <unistd.h>

#include <ap_config.h>
#include <http_core.h>
#include <http_log.h>
#include <apr_file_info.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_time.h>

#include "conf.h"
#include "denial.h"
#include "mount.h"
#include "runtime/jsonline.h"
#include "runtime/table.h"

/* Bytes of the values of a line, which together with the names are less than
 * ROUTES_JSONLINE_MAX. */
enum room {
    ROOM_WORD = 64,     /* time, id, address, method, realm */
    ROOM_NAME = 256,    /* host, user, route, place, reason */
    ROOM_PATTERN = 400, /* pattern, rule */
    ROOM_PATH = 800
};

/* ---- the directive ------------------------------------------------------ */

const char *
audit_make(cmd_parms *cmd, const char *target, const char *which,
           struct audit **audit)
{
    struct audit *made = apr_pcalloc(cmd->pool, sizeof(*made));

    made->place = apr_psprintf(cmd->pool, "%s:%d", cmd->directive->filename,
                               cmd->directive->line_num);
    made->grants = which != NULL && strcmp(which, "all") == 0;
    if (which != NULL && !made->grants && strcmp(which, "denied") != 0) {
        return apr_psprintf(cmd->pool,
                            "RoutesAuditLog has `denied` or `all` behind its "
                            "target, and not '%s'",
                            which);
    }
    if (ap_cstr_casecmp(target, "off") != 0) {
        made->target = *target == '|'
                           ? target
                           : ap_server_root_relative(cmd->pool, target);
    }
    if (made->target == NULL && ap_cstr_casecmp(target, "off") != 0) {
        return apr_psprintf(cmd->pool, "RoutesAuditLog: '%s' is no valid path",
                            target);
    }
    *audit = made;
    return NULL;
}

/* ---- whether it can be opened ------------------------------------------- */

static const char *
access_fault(apr_pool_t *pool, const char *path, int mode)
{
    apr_status_t rv =
        access(path, mode) == 0 ? APR_SUCCESS : apr_get_os_error();

    return rv == APR_SUCCESS ? NULL : apr_psprintf(pool, "%s: %pm", path, &rv);
}

static const char *
folder_fault(apr_pool_t *pool, const char *path)
{
    return access_fault(pool, ap_make_dirstr_parent(pool, path), W_OK | X_OK);
}

/* A pipe or a terminal can't be tried without a reader noticing. */
static const char *
file_fault(apr_pool_t *pool, const char *path)
{
    apr_finfo_t info;
    apr_file_t *file;
    apr_status_t rv = apr_stat(&info, path, APR_FINFO_TYPE, pool);

    if (APR_STATUS_IS_ENOENT(rv)) {
        return folder_fault(pool, path);
    }
    if (rv == APR_SUCCESS && info.filetype == APR_DIR) {
        return "it is a folder";
    }
    if (rv == APR_SUCCESS && info.filetype == APR_REG) {
        rv = apr_file_open(&file, path, APR_FOPEN_WRITE | APR_FOPEN_APPEND,
                           APR_FPROT_OS_DEFAULT, pool);
        if (rv == APR_SUCCESS) {
            apr_file_close(file);
        }
    }
    return rv == APR_SUCCESS ? NULL : apr_psprintf(pool, "%pm", &rv);
}

/* What a shell is to find, it finds. */
static const char *
program_fault(apr_pool_t *pool, const char *program)
{
    char **words;

    if (*program == '|') {
        program++;
    }
    if (*program == '$') {
        return NULL;
    }
    if (apr_tokenize_to_argv(program, &words, pool) != APR_SUCCESS ||
        words[0] == NULL) {
        return "no program is named";
    }
    return access_fault(pool, words[0], X_OK);
}

static const char *
fault_of(apr_pool_t *pool, const struct audit *audit)
{
    return *audit->target == '|' ? program_fault(pool, audit->target + 1)
                                 : file_fault(pool, audit->target);
}

static int
complain(const server_rec *server, const struct audit *audit,
         const char *fault)
{
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, server,
                 LOGNO(0006) "%s: RoutesAuditLog '%s' can't be opened: %s",
                 audit->place, audit->target, fault);
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* The tables of a server whose grants are written down know of it. */
static void
mark_tables(const struct conf *config)
{
    for (int i = 0; i < config->mounts->nelts; i++) {
        const struct served *served =
            APR_ARRAY_IDX(config->mounts, i, const struct mount *)->served;

        for (int n = 0; served != NULL && n < served->whole->nelts; n++) {
            served_audit(
                APR_ARRAY_IDX(served->whole, n, const struct served *));
        }
    }
}

int
audit_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
            server_rec *main_server)
{
    (void)pconf;
    (void)plog;
    for (const server_rec *server = main_server; server != NULL;
         server = server->next) {
        const struct audit *audit = conf_of(server)->audit;

        if (audit == NULL || audit->target == NULL) {
            continue;
        }
        const char *fault = fault_of(ptemp, audit);
        if (fault != NULL) {
            return complain(server, audit, fault);
        }
        if (audit->grants) {
            mark_tables(conf_of(server));
        }
    }
    return OK;
}

/* ---- opening ------------------------------------------------------------ */

static apr_file_t *
open_target(apr_pool_t *pool, const char *target, apr_status_t *rv)
{
    apr_file_t *file = NULL;

    *rv = APR_SUCCESS;
    if (*target == '|') {
        piped_log *pipe = ap_open_piped_log(pool, target + 1);

        *rv = pipe == NULL ? APR_EGENERAL : APR_SUCCESS;
        return pipe == NULL ? NULL : ap_piped_log_write_fd(pipe);
    }
    *rv = apr_file_open(&file, target,
                        APR_FOPEN_WRITE | APR_FOPEN_APPEND | APR_FOPEN_CREATE |
                            APR_FOPEN_LARGEFILE,
                        APR_FPROT_OS_DEFAULT, pool);
    return *rv == APR_SUCCESS ? file : NULL;
}

/* One program for all that name it alike. */
static int
open_one(apr_pool_t *pconf, apr_hash_t *opened, const server_rec *server,
         struct audit *audit)
{
    apr_status_t rv = APR_SUCCESS;

    audit->file = apr_hash_get(opened, audit->target, APR_HASH_KEY_STRING);
    if (audit->file == NULL) {
        audit->file = open_target(pconf, audit->target, &rv);
        apr_hash_set(opened, audit->target, APR_HASH_KEY_STRING, audit->file);
    }
    return audit->file != NULL
               ? OK
               : complain(server, audit, apr_psprintf(pconf, "%pm", &rv));
}

int
audit_open(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
           server_rec *main_server)
{
    apr_hash_t *opened = apr_hash_make(ptemp);

    (void)plog;
    if (mount_rehearses()) {
        return OK;
    }
    for (server_rec *server = main_server; server != NULL;
         server = server->next) {
        struct audit *audit = conf_of(server)->audit;

        if (audit != NULL && audit->target != NULL && audit->file == NULL) {
            int status = open_one(pconf, opened, server, audit);

            if (status != OK) {
                return status;
            }
        }
    }
    return OK;
}

/* ---- lines -------------------------------------------------------------- */

/* "2026-11-23T10:00:00.123456Z" */
static const char *
now_text(apr_pool_t *pool)
{
    apr_time_exp_t t;

    apr_time_exp_gmt(&t, apr_time_now());
    return apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
                        t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
                        t.tm_min, t.tm_sec, t.tm_usec);
}

/* As the other logs have it; made here if nobody has asked for one. */
static const char *
id_of(request_rec *r)
{
    while (r->main != NULL) {
        r = r->main;
    }
    if (log_request_id(r) == NULL) {
        ap_run_generate_log_id(r->connection, r, &r->log_id);
    }
    return log_request_id(r);
}

static void
add_request(request_rec *r, struct routes_jsonline *line)
{
    routes_jsonline_text(line, "time", now_text(r->pool), ROOM_WORD);
    routes_jsonline_text(line, "id", id_of(r), ROOM_WORD);
    routes_jsonline_text(line, "client", r->useragent_ip, ROOM_WORD);
    routes_jsonline_text(line, "host", r->hostname, ROOM_NAME);
    routes_jsonline_text(line, "method", r->method, ROOM_WORD);
    /* in one spelling, and without the query string */
    routes_jsonline_text(line, "path", ap_os_escape_path(r->pool, r->uri, 1),
                         ROOM_PATH);
}

static void
add_decision(const struct denial *denial, apr_pool_t *pool,
             struct routes_jsonline *line)
{
    const struct routes_table *table = denial->table;

    routes_jsonline_text(line, "route", denial->name, ROOM_NAME);
    routes_jsonline_text(line, "pattern", denial->pattern, ROOM_PATTERN);
    routes_jsonline_text(line, "place",
                         served_line(table, denial->file, denial->line, pool),
                         ROOM_NAME);
    routes_jsonline_text(line, "user", denial->user, ROOM_NAME);
    routes_jsonline_text(line, "realm", denial->realm, ROOM_WORD);
    routes_jsonline_text(
        line, "rule",
        denial->rule.len > 0 ? routes_table_text(table, denial->rule) : NULL,
        ROOM_PATTERN);
}

/* One write, so that lines of several processes stay whole.  A line that can't
 * be written is not lost: the error log has it. */
static void
put(request_rec *r, const struct audit *audit,
    const struct routes_jsonline *line)
{
    apr_size_t n = line->len;
    apr_status_t rv = apr_file_write(audit->file, line->text, &n);

    if (rv != APR_SUCCESS || n != line->len) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, rv, r,
                      LOGNO(0007) "RoutesAuditLog '%s' can't be written: %.*s",
                      audit->target, (int)(line->len - 1), line->text);
    }
}

static void
write_line(request_rec *r, const struct denial *denial, int status)
{
    const struct audit *audit = conf_of(r->server)->audit;
    struct routes_jsonline line;

    routes_jsonline_begin(&line);
    add_request(r, &line);
    add_decision(denial, r->pool, &line);
    routes_jsonline_text(&line, "decision", status != 0 ? "denied" : "granted",
                         ROOM_WORD);
    routes_jsonline_text(&line, "reason", denial->reason, ROOM_NAME);
    routes_jsonline_number(&line, "status", status != 0 ? status : -1);
    routes_jsonline_end(&line);
    put(r, audit, &line);
}

/* ---- the gate ----------------------------------------------------------- */

static int
is_open(const request_rec *r)
{
    const struct audit *audit = conf_of(r->server)->audit;

    return audit != NULL && audit->file != NULL;
}

static void
write_grant(request_rec *r, const struct request *request)
{
    struct denial grant;

    denial_describe(request, &grant);
    if (request->preflight != 0) {
        grant.reason = "a preflight is answered before the requirement";
    }
    write_line(r, &grant, 0);
}

void
audit_write(request_rec *r, struct request *request, int status)
{
    struct denial *denial = request->denial;

    if (!is_open(r)) {
        return;
    }
    if (denial == NULL && conf_of(r->server)->audit->grants) {
        write_grant(r, request);
    }
    if (denial != NULL && !denial->told) {
        denial->told = 1;
        write_line(r, denial, status);
    }
}

/* Cleanup of r->pool, before what it has is gone. */
static apr_status_t
end_request(void *data)
{
    request_rec *r = data;
    struct request *request = request_of(r);

    if (request->granted_to != r && request->denial == NULL) {
        denial_note(r, request, "httpd's own modules do not know the caller");
        audit_write(r, request, r->status);
    }
    return APR_SUCCESS;
}

void
audit_later(request_rec *r)
{
    if (is_open(r)) {
        apr_pool_pre_cleanup_register(r->pool, r, end_request);
    }
}
