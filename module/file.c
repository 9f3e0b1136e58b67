/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that a function gave.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <apr_portable.h>
#include <apr_strings.h>

#include "log.h"

#define UNKNOWN_TYPE "application/octet-stream"

/* ---- opening ----------------------------------------------------------- */

static apr_status_t
close_descriptor(void *data)
{
    close((int)(intptr_t)data);
    return APR_SUCCESS;
}

static int
say_missing(request_rec *r, const char *path)
{
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  LOGNO(0043) "the function gave the file %s, which is not "
                              "there",
                  path);
    return HTTP_NOT_FOUND;
}

static int
say_unreadable(request_rec *r, const char *path, apr_status_t rv)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, rv, r,
                  LOGNO(0044) "the function gave %s, which can't be sent: "
                              "regular files that this process may read can",
                  path);
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* Not to wait for the other end of a pipe that somebody put there. */
static int
open_path(request_rec *r, const char *path, int *descriptor)
{
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*descriptor >= 0) {
        apr_pool_cleanup_register(r->pool, (void *)(intptr_t)*descriptor,
                                  close_descriptor, close_descriptor);
        return OK;
    }
    return errno == ENOENT || errno == ENOTDIR
               ? say_missing(r, path)
               : say_unreadable(r, path, APR_FROM_OS_ERROR(errno));
}

static const core_dir_config *
core_conf(const request_rec *r)
{
    return ap_get_core_module_config(r->per_dir_config);
}

/* The handle, which APR closes never: the descriptor has an owner. */
static void
set_handle(request_rec *r, int descriptor, struct file *file)
{
    apr_int32_t flags = APR_FOPEN_READ;

    if (core_conf(r)->enable_sendfile == ENABLE_SENDFILE_ON) {
        flags |= APR_FOPEN_SENDFILE_ENABLED;
    }
    apr_os_file_put(&file->handle, &descriptor, flags, r->pool);
}

int
file_open(request_rec *r, const struct reply *reply, struct file *file)
{
    int descriptor = reply->file;
    int status = descriptor < 0 ? open_path(r, reply->path, &descriptor) : OK;

    if (status != OK) {
        return status;
    }
    set_handle(r, descriptor, file);
    file->path = reply->path;
    apr_status_t rv =
        apr_file_info_get(&file->info, APR_FINFO_NORM, file->handle);
    if ((rv != APR_SUCCESS && rv != APR_INCOMPLETE) ||
        file->info.filetype != APR_REG) {
        return say_unreadable(r,
                              file->path != NULL ? file->path : "an open file",
                              rv == APR_INCOMPLETE ? APR_SUCCESS : rv);
    }
    file->offset = reply->offset;
    file->length =
        file->info.size > file->offset ? file->info.size - file->offset : 0;
    return OK;
}

/* ---- its type ---------------------------------------------------------- */

/* Asks mod_mime and its like, as if the file were the request's: of a copy,
 * since they also choose handlers, and filters that would run over it. */
static void
find_type(request_rec *r, const struct file *file)
{
    request_rec *probe = apr_pmemdup(r->pool, r, sizeof(*r));

    probe->filename = apr_pstrdup(r->pool, file->path);
    probe->finfo = file->info;
    probe->content_type = NULL;
    probe->content_encoding = NULL;
    probe->content_languages = NULL;
    probe->handler = NULL;
    probe->output_filters = r->connection->output_filters;
    probe->proto_output_filters = r->connection->output_filters;
    probe->input_filters = r->connection->input_filters;
    probe->proto_input_filters = r->connection->input_filters;
    ap_run_type_checker(probe);
    if (probe->content_type != NULL) {
        ap_set_content_type(r, probe->content_type);
    }
    r->content_encoding = probe->content_encoding;
    r->content_languages = probe->content_languages;
}

static void
set_type(request_rec *r, const struct file *file)
{
    if (r->content_type == NULL && file->path != NULL) {
        find_type(r, file);
    }
    if (r->content_type == NULL) {
        ap_set_content_type(r, UNKNOWN_TYPE);
    }
}

/* ---- sending ----------------------------------------------------------- */

/* A file without a name is of this answer alone, and what a part of one is
 * called is unknown: neither has anything that a later request could name. */
static void
set_validators(request_rec *r, const struct file *file)
{
    if (file->path == NULL || file->offset > 0 || file->info.nlink == 0) {
        return;
    }
    r->finfo = file->info;
    ap_update_mtime(r, file->info.mtime);
    if (apr_table_get(r->headers_out, "Last-Modified") == NULL) {
        ap_set_last_modified(r);
    }
    if (apr_table_get(r->headers_out, "ETag") == NULL) {
        ap_set_etag_fd(r, file->handle);
    }
}

static void
append(request_rec *r, apr_bucket_brigade *brigade, const struct file *file)
{
    if (file->length == 0) {
        return;
    }
    apr_bucket *bucket = apr_brigade_insert_file(
        brigade, file->handle, file->offset, file->length, r->pool);

    if (core_conf(r)->enable_mmap == ENABLE_MMAP_OFF) {
        apr_bucket_file_enable_mmap(bucket, 0);
    }
}

void
file_append(request_rec *r, apr_bucket_brigade *brigade, int descriptor,
            apr_off_t offset, apr_off_t length)
{
    struct file file = {.offset = offset, .length = length};

    set_handle(r, descriptor, &file);
    append(r, brigade, &file);
}

static apr_bucket_brigade *
make_brigade(request_rec *r, const struct file *file)
{
    apr_bucket_alloc_t *list = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, list);

    append(r, brigade, file);
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(list));
    return brigade;
}

void
file_describe(request_rec *r, const struct file *file)
{
    set_type(r, file);
    set_validators(r, file);
    if (r->status == HTTP_OK) {
        ap_set_accept_ranges(r);
    }
}

int
file_send(request_rec *r, const struct file *file)
{
    ap_set_content_length(r, file->length);
    apr_status_t rv =
        ap_pass_brigade(r->output_filters, make_brigade(r, file));
    if (rv != APR_SUCCESS && !r->connection->aborted) {
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, rv, r,
                      LOGNO(0045) "a file could not be sent");
        return AP_FILTER_ERROR;
    }
    return OK;
}
