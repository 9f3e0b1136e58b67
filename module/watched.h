/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are read again when they have changed: the files of realms.
 *
 * What was read is kept by each process and held by the requests that use it,
 * so that a new version can come in while they run.  A version that can't be
 * understood is logged and leaves the one before in use; a file that can't be
 * read at all gives nothing: nobody is let in on what it said once.
 */
#ifndef WATCHED_H
#define WATCHED_H

#include <httpd.h>
#include <apr_pools.h>

struct watched; /* one file of one realm; in pconf */

/* Reads the whole of a file, text, which is followed by a NUL, into *content,
 * all of pool.  NULL, or what is wrong: "line 7: no `user:hash`". */
typedef const char *(*watched_read_fn)(apr_pool_t *pool, char *text,
                                       apr_size_t len, const void **content);

/* path: absolute, of pconf or longer. */
struct watched *
watched_make(apr_pool_t *pconf, const char *path, watched_read_fn read);

/* Reads the file now.  NULL if this process can read it and has a version that
 * it understands, else why not, in pool.  Children start with what their
 * parent has read, for the case that they find something broken. */
const char *watched_load(struct watched *watched, apr_pool_t *pool);

/* The number of the file's version, as any process counts it: another one
 * when the file has changed.  0: the file changed so lately that it may have
 * changed again without a sign.  An error if it can't be read; logged. */
apr_status_t watched_version(struct watched *watched, request_rec *r,
                             apr_uint64_t *version);

/* What the reader made of the file, and its version; as long as r lives.
 * NULL if it can't be read; logged. */
const void *watched_content(struct watched *watched, request_rec *r,
                            apr_uint64_t *version);

#endif
