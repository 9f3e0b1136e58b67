/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is sent to the client of a websocket: frames, one message at a time.
 */
#ifndef WSOUT_H
#define WSOUT_H

#include <httpd.h>
#include <apr_buckets.h>
#include <wslay/wslay.h>

#include "wsin.h"

/* One frame on its way, or to come. */
struct wsout_frame {
    int opcode;       /* 0: there is none */
    const char *data; /* borrowed */
    size_t len;
    size_t sent;
};

struct wsout {
    request_rec *r;                 /* borrowed */
    int socket;                     /* the client's, or -1 */
    wslay_frame_context_ptr frames; /* freed with the pool */
    apr_bucket_brigade *brigade;
    size_t room;                /* bytes that may still be gathered */
    struct wsout_frame current; /* of which some may have left */
    struct wsout_frame message; /* the next ones, in the order of sending */
    int ponging;
    int pinging;
    int closing;
    struct wsin_control control; /* of the control frame that is current */
    struct wsin_control pong;
    struct wsin_control close;
    int closed; /* a close frame has left: nothing else will */
    int moved;  /* something left; for the caller to clear */
    int gone;   /* the client is */
};

/* socket: the client's; -1 for a stream of HTTP/2, whose writes wait in
 * mod_http2.  -1: no memory. */
int wsout_start(struct wsout *out, request_rec *r, int socket);

/* Sends a message (opcode text or binary), whose bytes stay where they are
 * until wsout_is_sending says no. */
void
wsout_message(struct wsout *out, int opcode, const char *data, size_t len);
int wsout_is_sending(const struct wsout *out);

/* The answer to a ping; only the last one is answered. */
void wsout_pong(struct wsout *out, const struct wsin_control *ping);
void wsout_ping(struct wsout *out);

/* Closes with a code, or none (0), and a reason of at most 123 bytes, behind
 * all that was to be sent. */
void
wsout_close(struct wsout *out, unsigned code, const char *reason, size_t len);

/* Whether there is something to write. */
int wsout_wants(const struct wsout *out);

/* Writes as much as the client takes just now. */
void wsout_write(struct wsout *out);

#endif
