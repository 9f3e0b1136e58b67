/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client of a websocket sends.
 */
#include "wsin.h"

#include <string.h>

#include <util_filter.h>

#include "reader.h"
#include "runtime/utf8.h"

#define PIECE  4096  /* bytes that are asked for at a time */
#define BUDGET 65536 /* and in a turn, so that what is to be sent has one */

/* ---- bytes -------------------------------------------------------------- */

/* The end of the connection comes as an error, or as a bucket; one of these
 * stands between a request and the frames of a stream of HTTP/2. */
static ssize_t
find_end(struct wsin *in, apr_status_t rv)
{
    int ends = rv == APR_SUCCESS && !APR_BRIGADE_EMPTY(in->brigade) &&
               APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(in->brigade));

    apr_brigade_cleanup(in->brigade);
    if (ends && in->asked) {
        in->asked = 0;
        return -1;
    }
    if (ends || (rv != APR_SUCCESS && !APR_STATUS_IS_EAGAIN(rv))) {
        in->gone = 1;
    }
    in->dry = 1;
    return -1;
}

/* Moves at most *len bytes of the brigade. */
static apr_status_t
move_bytes(struct wsin *in, uint8_t *buf, apr_size_t *len)
{
    apr_bucket *rest;
    apr_status_t rv = apr_brigade_flatten(in->brigade, (char *)buf, len);

    if (rv == APR_SUCCESS && *len > 0) {
        rv = apr_brigade_partition(in->brigade, (apr_off_t)*len, &rest);
    }
    if (rv != APR_SUCCESS || *len == 0) {
        return rv;
    }
    while (APR_BRIGADE_FIRST(in->brigade) != rest) {
        apr_bucket_delete(APR_BRIGADE_FIRST(in->brigade));
    }
    return APR_SUCCESS;
}

/* wslay's: at most len bytes, or -1. */
static ssize_t
take_bytes(uint8_t *buf, size_t len, int flags, void *data)
{
    struct wsin *in = data;
    apr_size_t got = len;
    apr_status_t rv = APR_SUCCESS;

    (void)flags;
    if (in->budget == 0) {
        return -1;
    }
    if (APR_BRIGADE_EMPTY(in->brigade)) {
        rv = ap_get_brigade(in->c->input_filters, in->brigade,
                            AP_MODE_READBYTES, APR_NONBLOCK_READ,
                            len < PIECE ? (apr_off_t)len : PIECE);
    }
    if (rv == APR_SUCCESS) {
        rv = move_bytes(in, buf, &got);
    }
    if (rv != APR_SUCCESS || got == 0) {
        return find_end(in, rv);
    }
    in->heard = 1;
    in->budget -= got < in->budget ? got : in->budget;
    return (ssize_t)got;
}

/* ---- messages ----------------------------------------------------------- */

static void
free_message(struct wsin_message *message)
{
    if (message->at != NULL) {
        apr_bucket_free(message->at);
    }
    *message = (struct wsin_message){.opcode = 0};
}

/* Room grows with what has come, not with what was announced. */
static void
make_room(struct wsin *in, size_t len)
{
    struct wsin_message *coming = &in->coming;
    size_t room = coming->room < PIECE ? PIECE : coming->room;

    if (coming->len + len <= coming->room) {
        return;
    }
    while (room < coming->len + len) {
        room *= 2;
    }
    char *at = apr_bucket_alloc(room, in->brigade->bucket_alloc);
    if (coming->at != NULL) {
        memcpy(at, coming->at, coming->len);
        apr_bucket_free(coming->at);
    }
    coming->at = at;
    coming->room = room;
}

static void
append(struct wsin *in, const struct wslay_frame_iocb *frame)
{
    if (frame->data_length == 0) {
        return;
    }
    if (in->control != 0) {
        memcpy(in->part.bytes + in->part.len, frame->data, frame->data_length);
        in->part.len += frame->data_length;
        return;
    }
    make_room(in, frame->data_length);
    memcpy(in->coming.at + in->coming.len, frame->data, frame->data_length);
    in->coming.len += frame->data_length;
}

static void
end_message(struct wsin *in)
{
    if (in->coming.opcode == WSLAY_TEXT_FRAME &&
        !routes_utf8_valid(in->coming.at, in->coming.len, NULL)) {
        in->fault = WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA;
        return;
    }
    in->continued = 0;
    if (in->deaf) {
        free_message(&in->coming);
        return;
    }
    in->ahead += in->coming.len;
    in->messages[in->n_messages++] = in->coming;
    in->coming = (struct wsin_message){.opcode = 0};
}

void
wsin_drop(struct wsin *in)
{
    in->ahead -= in->messages[0].len;
    free_message(&in->messages[0]);
    in->n_messages--;
    memmove(in->messages, in->messages + 1,
            in->n_messages * sizeof(in->messages[0]));
    in->messages[in->n_messages] = (struct wsin_message){.opcode = 0};
}

void
wsin_deafen(struct wsin *in)
{
    in->deaf = 1;
    while (in->n_messages > 0) {
        wsin_drop(in);
    }
}

/* ---- control frames ----------------------------------------------------- */

/* Whether a close frame may have the code (RFC 6455, 7.4; the registry of
 * IANA has 1012 to 1014 besides). */
static int
is_code(unsigned code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 &&
            code != WSLAY_CODE_NO_STATUS_RCVD &&
            code != WSLAY_CODE_ABNORMAL_CLOSURE) ||
           (code >= 3000 && code <= 4999);
}

static void
end_close(struct wsin *in)
{
    const struct wsin_control *part = &in->part;
    unsigned code = part->len == 0 ? WSLAY_CODE_NO_STATUS_RCVD
                                   : part->bytes[0] * 256u + part->bytes[1];

    if (part->len == 1 || (part->len > 1 && !is_code(code))) {
        in->fault = WSLAY_CODE_PROTOCOL_ERROR;
        return;
    }
    in->closing = *part;
    in->closing.bytes[part->len] = '\0';
    in->reason = (char *)in->closing.bytes + (part->len > 1 ? 2 : 0);
    if (!routes_utf8_valid(in->reason, part->len > 1 ? part->len - 2 : 0,
                           NULL)) {
        in->fault = WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA;
        return;
    }
    in->code = code;
}

static void
end_control(struct wsin *in)
{
    in->part.bytes[in->part.len] = '\0';
    if (in->control == WSLAY_CONNECTION_CLOSE) {
        end_close(in);
    }
    else if (in->control == WSLAY_PING) {
        in->ping = in->part;
        in->pinged = 1;
    }
    in->control = 0;
}

/* ---- frames ------------------------------------------------------------- */

/* The close code of a frame that may not be there, or 0. */
static unsigned
find_fault(const struct wsin *in, const struct wslay_frame_iocb *frame)
{
    if (frame->rsv != 0 || !frame->mask) {
        return WSLAY_CODE_PROTOCOL_ERROR;
    }
    switch (frame->opcode) {
    case WSLAY_CONTINUATION_FRAME:
        if (!in->continued) {
            return WSLAY_CODE_PROTOCOL_ERROR;
        }
        break;
    case WSLAY_TEXT_FRAME:
    case WSLAY_BINARY_FRAME:
        if (in->continued) {
            return WSLAY_CODE_PROTOCOL_ERROR;
        }
        break;
    case WSLAY_CONNECTION_CLOSE:
    case WSLAY_PING:
    case WSLAY_PONG:
        return frame->fin && frame->payload_length <= WSIN_CONTROL_MAX
                   ? 0
                   : WSLAY_CODE_PROTOCOL_ERROR;
    default:
        return WSLAY_CODE_PROTOCOL_ERROR;
    }
    return frame->payload_length > INT64_MAX - in->coming.len ||
                   reader_exceeds(
                       (int64_t)(in->coming.len + frame->payload_length),
                       in->limit)
               ? WSLAY_CODE_MESSAGE_TOO_BIG
               : 0;
}

static void
begin_frame(struct wsin *in, const struct wslay_frame_iocb *frame)
{
    in->fault = find_fault(in, frame);
    in->inside = 1;
    in->left = frame->payload_length;
    if (wslay_is_ctrl_frame(frame->opcode)) {
        in->control = frame->opcode;
        in->part.len = 0;
    }
    else if (!in->continued) {
        in->continued = 1;
        in->coming.opcode = frame->opcode;
    }
}

static void
end_frame(struct wsin *in, int fin)
{
    in->inside = 0;
    if (in->control != 0) {
        end_control(in);
    }
    else if (fin) {
        end_message(in);
    }
}

/* Some of a frame, or all of it. */
static void
take_frame(struct wsin *in, const struct wslay_frame_iocb *frame)
{
    if (!in->inside) {
        begin_frame(in, frame);
    }
    if (in->fault != 0) {
        return;
    }
    append(in, frame);
    in->left -= frame->data_length;
    if (in->left == 0) {
        end_frame(in, frame->fin);
    }
}

/* ---- the whole ---------------------------------------------------------- */

static apr_status_t
free_frames(void *data)
{
    struct wsin *in = data;

    wslay_frame_context_free(in->frames);
    free_message(&in->coming);
    wsin_deafen(in);
    return APR_SUCCESS;
}

int
wsin_start(struct wsin *in, apr_pool_t *pool, conn_rec *c, int64_t limit)
{
    const struct wslay_frame_callbacks callbacks = {.recv_callback =
                                                        take_bytes};

    *in = (struct wsin){.c = c,
                        .brigade = apr_brigade_create(pool, c->bucket_alloc),
                        .limit = limit,
                        .asked = c->master != NULL};
    if (wslay_frame_context_init(&in->frames, &callbacks, in) != 0) {
        return -1;
    }
    apr_pool_cleanup_register(pool, in, free_frames, apr_pool_cleanup_null);
    return 0;
}

int
wsin_is_open(const struct wsin *in)
{
    return !in->gone && in->fault == 0 && in->code == 0;
}

int
wsin_is_reading(const struct wsin *in)
{
    return wsin_is_open(in) && in->n_messages < WSIN_MESSAGES &&
           in->ahead < WSIN_AHEAD;
}

void
wsin_read(struct wsin *in)
{
    in->dry = 0;
    in->budget = BUDGET;
    while (wsin_is_reading(in) && !in->dry && in->budget > 0) {
        struct wslay_frame_iocb frame = {.fin = 0};
        ssize_t got = wslay_frame_recv(in->frames, &frame);

        if (got >= 0) {
            take_frame(in, &frame);
        }
        else if (got != WSLAY_ERR_WANT_READ) {
            in->fault = WSLAY_CODE_PROTOCOL_ERROR;
        }
    }
}
