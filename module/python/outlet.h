/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An application's answer on its way out: its heading once, when the first
 * byte is there, then as many bytes as it has announced.
 */
#ifndef OUTLET_H
#define OUTLET_H

#include "py.h"

#include <httpd.h>

#include "embed.h"
#include "heading.h"

struct interpreter;

struct outlet {
    struct interpreter *interpreter; /* borrowed */
    request_rec *r;                  /* borrowed */
    struct embed_sink *sink;         /* borrowed: where it goes */
    struct heading heading;          /* valid if it was said */
    int said;                        /* the application has given it */
    int begun;                       /* it has left */
    int gone;                        /* the client is not there any more */
    int64_t sent;                    /* bytes of the body */
};

/* Sends bytes, which are inside owner (borrowed), and the heading before the
 * first of them; flushed, they leave before this returns.  -1 with an
 * exception: more than was announced (what was is sent), or the client has
 * gone, which is a ConnectionAbortedError.
 * GIL: held, released in between. */
int outlet_send(struct outlet *outlet, PyObject *owner, const char *bytes,
                size_t len, int flush);

/* Sends the heading if nothing else has.  -1 with an exception: the client has
 * gone.  GIL: held, released in between. */
int outlet_flush(struct outlet *outlet);

/* Sends the file that files_borrow has put into a reply, or what was announced
 * of it.  -1 with an exception: the client has gone.
 * GIL: held, released in between. */
int outlet_send_file(struct outlet *outlet, const struct reply *file);

/* Sends the heading if nothing else has: there is no body.  -1 with an
 * exception if less was sent than announced.
 * GIL: held, released in between. */
int outlet_finish(struct outlet *outlet);

#endif
