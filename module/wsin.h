/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client of a websocket sends: its frames become messages (RFC 6455,
 * 5).  wslay reads frames; what may follow what is decided here.
 */
#ifndef WSIN_H
#define WSIN_H

#include <stdint.h>

#include <httpd.h>
#include <apr_buckets.h>
#include <wslay/wslay.h>

#define WSIN_CONTROL_MAX 125   /* bytes of a control frame */
#define WSIN_MESSAGES    16    /* messages that wait at most */
#define WSIN_AHEAD       65536 /* bytes of theirs, past which no more comes */

/* Bytes of a control frame. */
struct wsin_control {
    unsigned char bytes[WSIN_CONTROL_MAX + 1];
    size_t len;
};

/* A message, whole or while it comes. */
struct wsin_message {
    int opcode; /* of enum wslay_opcode: text or binary; or 0: there is none */
    char *at;   /* owned, of the connection's bucket allocator; or NULL */
    size_t len;
    size_t room;
};

struct wsin {
    conn_rec *c;                    /* borrowed */
    wslay_frame_context_ptr frames; /* freed with the pool */
    apr_bucket_brigade *brigade;    /* what was read last */
    int64_t limit; /* bytes of a message, or ROUTES_BODY_UNLIMITED */
    size_t budget; /* bytes that one call reads at most */
    int asked;     /* the end of the request is to come */
    uint64_t left; /* bytes to come of a frame */
    int inside;    /* a frame has begun */
    int continued; /* a message has begun, whose end is to come */
    int control;   /* opcode of a control frame that comes, or 0 */
    struct wsin_control part;
    struct wsin_message coming;

    /* what has come: */
    struct wsin_message messages[WSIN_MESSAGES]; /* in their order */
    unsigned n_messages;
    size_t ahead; /* bytes of them */
    int pinged;   /* a pong is due, with the bytes of ping */
    struct wsin_control ping;
    unsigned code; /* of a close frame, 1005 if it has none; or 0 */
    char *reason;  /* inside closing: UTF-8 */
    struct wsin_control closing;
    unsigned fault; /* the close code of what the client did wrong, or 0 */
    int heard;      /* something came; for the caller to clear */
    int dry;        /* nothing more is there just now */
    int gone;       /* the client is */
    int deaf;       /* messages are for nobody */
};

/* limit: of a message.  -1: no memory. */
int wsin_start(struct wsin *in, apr_pool_t *pool, conn_rec *c, int64_t limit);

/* Reads what is there, until enough messages wait, there is an end, or enough
 * for a turn.  Never waits. */
void wsin_read(struct wsin *in);

/* Whether nothing has ended what the client sends. */
int wsin_is_open(const struct wsin *in);

/* And there is room for more of it. */
int wsin_is_reading(const struct wsin *in);

/* The first message was taken. */
void wsin_drop(struct wsin *in);

/* No message is wanted any more: those that wait and come are dropped. */
void wsin_deafen(struct wsin *in);

#endif
