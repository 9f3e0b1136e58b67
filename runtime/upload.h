/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An uploaded file while it arrives and afterwards: in memory at first, then
 * in a temporary file that has no name.
 */
#ifndef ROUTES_UPLOAD_H
#define ROUTES_UPLOAD_H

#include <stdint.h>

#include <apr_pools.h>

/* Bytes of one upload that stay in memory. */
#define ROUTES_UPLOAD_MEMORY 65536

struct routes_upload {
    const char *filename; /* pool: no path, and never empty */
    const char *type;     /* pool: Content-Type as the client gave it */
    int64_t size;
    char *data;  /* pool: all of it, or with a file what is not written yet */
    size_t held; /* bytes of data */
    size_t room; /* of data */
    int fd;      /* of its file, or -1: it is in memory */
    void *user;  /* what the caller has made of it, or NULL */
};

/* An empty upload without filename and type.  What it holds goes with the
 * pool, whatever happens, but for a descriptor that somebody has taken out of
 * it (fd is -1 then). */
struct routes_upload *routes_upload_create(apr_pool_t *pool);

/* Appends to an upload; its file, if it comes to that, is made in folder.
 * APR_SUCCESS, or why it could not be kept. */
apr_status_t
routes_upload_write(struct routes_upload *upload, apr_pool_t *pool,
                    const char *folder, const char *data, size_t len);

/* Writes what is held of an upload that has a file.  APR_SUCCESS, or why it
 * could not be kept. */
apr_status_t routes_upload_end(struct routes_upload *upload);

#endif
