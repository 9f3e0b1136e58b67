/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that a function gave: sent as httpd sends its own, with ranges and
 * conditional requests, from the descriptor where httpd may.
 */
#ifndef FILE_H
#define FILE_H

#include <httpd.h>

#include "python/embed.h"

/* A file to be sent. */
struct file {
    apr_file_t *handle; /* closed with r->pool */
    apr_finfo_t info;
    apr_off_t offset; /* what is sent begins here */
    apr_off_t length;
    const char *path; /* or NULL: nobody knows */
};

/* Opens the file of a reply.  OK, or the status of what is in the way, logged:
 * 404 for a path where there is nothing, 500 for what is no regular file or
 * can't be read. */
int file_open(request_rec *r, const struct reply *reply, struct file *file);

/* Sets the headers that say what it is, but for what the function has set: its
 * type, found by the name, and its validators.  The status is set. */
void file_describe(request_rec *r, const struct file *file);

/* Sends it; status and headers are set.  Returns what a handler returns. */
int file_send(request_rec *r, const struct file *file);

/* Appends a part of an open file, which r->pool closes, to a brigade.
 * Whether it is sent or mapped is what the request's configuration says. */
void file_append(request_rec *r, apr_bucket_brigade *brigade, int descriptor,
                 apr_off_t offset, apr_off_t length);

#endif
