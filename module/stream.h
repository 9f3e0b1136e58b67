/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: a body that is sent while Python makes it.
 */
#ifndef STREAM_H
#define STREAM_H

#include <httpd.h>

#include "python/embed.h"

/* Sends the body and the stream of a reply whose status and headers are set,
 * as fast as the client takes it, and ends the stream.  A client that goes
 * away ends it early; a function that raises cuts the connection, so that the
 * client sees that something lacks.  Returns what a handler returns. */
int stream_send(request_rec *r, const struct reply *reply);

/* Logs that nobody is there to take more of an answer. */
void stream_say_gone(request_rec *r);

#endif
