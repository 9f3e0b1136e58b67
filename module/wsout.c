/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is sent to the client of a websocket.
 *
 * A flush waits until all has left, and mod_ssl keeps what is not flushed.  So
 * no more is flushed at once than a socket has room for that poll calls
 * writable: nobody waits in httpd's filters.
 */
#include "wsout.h"

#include <poll.h>
#include <string.h>

#include <util_filter.h>

#define GATHER 8000 /* bytes that a writable socket has room for */
#define TURN   8    /* times so many, before what came has its turn */

/* ---- bytes -------------------------------------------------------------- */

/* wslay's: at most len bytes, or -1. */
static ssize_t
gather_bytes(const uint8_t *data, size_t len, int flags, void *user)
{
    struct wsout *out = user;
    size_t taken = len < out->room ? len : out->room;

    (void)flags;
    if (taken == 0) {
        return -1;
    }
    apr_brigade_write(out->brigade, NULL, NULL, (const char *)data, taken);
    out->room -= taken;
    return (ssize_t)taken;
}

static void
flush(struct wsout *out)
{
    conn_rec *c = out->r->connection;
    apr_off_t len = 0;

    apr_brigade_length(out->brigade, 0, &len);
    APR_BRIGADE_INSERT_TAIL(out->brigade,
                            apr_bucket_flush_create(c->bucket_alloc));
    apr_status_t rv = ap_pass_brigade(c->output_filters, out->brigade);
    apr_brigade_cleanup(out->brigade);
    out->r->bytes_sent += len;
    out->moved = 1;
    out->gone = rv != APR_SUCCESS || c->aborted;
}

static int
is_writable(const struct wsout *out)
{
    struct pollfd watched = {.fd = out->socket, .events = POLLOUT};

    return out->socket < 0 || poll(&watched, 1, 0) > 0;
}

/* ---- frames ------------------------------------------------------------- */

static void
begin_control(struct wsout *out, int opcode, const struct wsin_control *from)
{
    out->control = *from;
    out->current = (struct wsout_frame){.opcode = opcode,
                                        .data = (char *)out->control.bytes,
                                        .len = from->len};
}

/* The next frame, if there is one. */
static void
begin_frame(struct wsout *out)
{
    static const struct wsin_control none = {.len = 0};

    if (out->ponging) {
        begin_control(out, WSLAY_PONG, &out->pong);
        out->ponging = 0;
    }
    else if (out->pinging) {
        begin_control(out, WSLAY_PING, &none);
        out->pinging = 0;
    }
    else if (out->message.opcode != 0) {
        out->current = out->message;
        out->message.opcode = 0;
    }
    else if (out->closing) {
        begin_control(out, WSLAY_CONNECTION_CLOSE, &out->close);
        out->closing = 0;
    }
}

/* Gathers as much of the frame as there is room for; whether it is whole. */
static int
gather_frame(struct wsout *out)
{
    struct wsout_frame *current = &out->current;
    struct wslay_frame_iocb frame = {
        .fin = 1,
        .opcode = (uint8_t)current->opcode,
        .payload_length = current->len,
        .data = (const uint8_t *)current->data + current->sent,
        .data_length = current->len - current->sent};
    ssize_t sent = wslay_frame_send(out->frames, &frame);

    if (sent < 0) {
        return 0;
    }
    current->sent += (size_t)sent;
    return current->sent == current->len;
}

/* Fills the room, and flushes it. */
static void
write_some(struct wsout *out)
{
    int opcode = 0;

    out->room = GATHER;
    while (wsout_wants(out) && opcode != WSLAY_CONNECTION_CLOSE) {
        if (out->current.opcode == 0) {
            begin_frame(out);
        }
        if (!gather_frame(out)) {
            break;
        }
        opcode = out->current.opcode;
        out->current.opcode = 0;
    }
    flush(out);
    out->closed |= opcode == WSLAY_CONNECTION_CLOSE;
}

/* ---- the whole ---------------------------------------------------------- */

static apr_status_t
free_frames(void *data)
{
    struct wsout *out = data;

    wslay_frame_context_free(out->frames);
    return APR_SUCCESS;
}

int
wsout_start(struct wsout *out, request_rec *r, int socket)
{
    const struct wslay_frame_callbacks callbacks = {.send_callback =
                                                        gather_bytes};

    *out = (struct wsout){
        .r = r,
        .socket = socket,
        .brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc)};
    if (wslay_frame_context_init(&out->frames, &callbacks, out) != 0) {
        return -1;
    }
    apr_pool_cleanup_register(r->pool, out, free_frames,
                              apr_pool_cleanup_null);
    return 0;
}

void
wsout_message(struct wsout *out, int opcode, const char *data, size_t len)
{
    out->message =
        (struct wsout_frame){.opcode = opcode, .data = data, .len = len};
}

int
wsout_is_sending(const struct wsout *out)
{
    return out->message.opcode != 0 ||
           (out->current.opcode != 0 &&
            !wslay_is_ctrl_frame(out->current.opcode));
}

void
wsout_pong(struct wsout *out, const struct wsin_control *ping)
{
    out->pong = *ping;
    out->ponging = 1;
}

void
wsout_ping(struct wsout *out)
{
    out->pinging = 1;
}

void
wsout_close(struct wsout *out, unsigned code, const char *reason, size_t len)
{
    struct wsin_control *close = &out->close;

    close->len = 0;
    if (code != 0) {
        close->bytes[0] = (unsigned char)(code >> 8);
        close->bytes[1] = (unsigned char)code;
        memcpy(close->bytes + 2, reason, len);
        close->len = len + 2;
    }
    out->closing = 1;
}

int
wsout_wants(const struct wsout *out)
{
    return !out->gone && !out->closed &&
           (out->current.opcode != 0 || out->ponging || out->pinging ||
            out->message.opcode != 0 || out->closing);
}

void
wsout_write(struct wsout *out)
{
    for (int i = 0; i < TURN && wsout_wants(out) && is_writable(out); i++) {
        write_some(out);
    }
}
