/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A websocket on the connection of a request.
 *
 * From its 101 on, the request has the connection's filters alone, below
 * those of HTTP, so that mod_ssl stays in its place.  Nothing waits but poll,
 * for the client and for whoever speaks to it at once.
 */
#include "websocket.h"

#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <ap_mpm.h>
#include <http_core.h>
#include <http_protocol.h>
#include <apr_portable.h>
#include <apr_strings.h>

#include "log.h"
#include "runtime/handshake.h"
#include "wsin.h"
#include "wsout.h"

/* Milliseconds between looks at what wakes no poll: that the process is to
 * stop, or has closed the socket. */
#define LOOK 1000
/* And that a client has to answer a close frame. */
#define PARTING 5000

struct websocket {
    struct embed_socket socket; /* first: it is what the Python side has */
    request_rec *r;             /* borrowed */
    const char *key;            /* borrowed */
    int client;                 /* what poll looks at for what it sends */
    struct wsin in;
    struct wsout out;
    int64_t heard;   /* milliseconds of a clock: since when it is silent */
    int64_t moved;   /* since when it takes nothing */
    int asked;       /* and was sent a ping since */
    int closing;     /* a close frame was made */
    int64_t parted;  /* and when */
    int gone;        /* the client is, or does not answer */
    int hung;        /* the client will send no more than is there */
    unsigned code;   /* that is to be told once it is closed */
    const char *why; /* and its reason */
};

static int64_t
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Milliseconds of httpd's Timeout. */
static int64_t
patience(const struct websocket *ws)
{
    return apr_time_as_msec(ws->r->server->timeout);
}

/* Whether it is one of several streams of HTTP/2 on a connection. */
static int
is_stream(const struct websocket *ws)
{
    return ws->r->connection->master != NULL;
}

static struct websocket *
of(struct embed_socket *socket)
{
    return (struct websocket *)socket;
}

/* ---- why it ends ------------------------------------------------------- */

/* The first reason is the one that is told. */
static void
tell(struct websocket *ws, unsigned code, const char *reason)
{
    if (ws->code == 0) {
        ws->code = code;
        ws->why = reason;
    }
}

static void
lose(struct websocket *ws)
{
    ws->gone = 1;
    ws->r->connection->aborted = 1;
    tell(ws, WSLAY_CODE_ABNORMAL_CLOSURE, "");
}

/* ---- the handshake ------------------------------------------------------ */

static int
add_field(void *data, const char *name, const char *value)
{
    apr_table_addn(data, name, value);
    return 1;
}

static void
answer_handshake(struct websocket *ws, const char *protocol,
                 const apr_table_t *headers)
{
    request_rec *r = ws->r;
    char *accept = apr_palloc(r->pool, ROUTES_HANDSHAKE_ACCEPT);

    routes_handshake_accept(ws->key, accept);
    apr_table_do(add_field, r->headers_out, r->err_headers_out, NULL);
    apr_table_do(add_field, r->headers_out, headers, NULL);
    apr_table_setn(r->headers_out, "Upgrade", "websocket");
    apr_table_setn(r->headers_out, "Connection", "Upgrade");
    apr_table_setn(r->headers_out, "Sec-WebSocket-Accept", accept);
    if (protocol != NULL) {
        apr_table_setn(r->headers_out, "Sec-WebSocket-Protocol", protocol);
    }
    r->status = HTTP_SWITCHING_PROTOCOLS;
    r->status_line = ap_get_status_line(r->status);
    ap_send_interim_response(r, 1);
}

/* The connection is the websocket's: no filter of HTTP, no other request, no
 * time for a body; and what is open for hours lingers only shortly. */
static void
take_connection(request_rec *r)
{
    conn_rec *c = r->connection;

    r->input_filters = r->proto_input_filters = c->input_filters;
    r->output_filters = r->proto_output_filters = c->output_filters;
    c->keepalive = AP_CONN_CLOSE;
    ap_remove_input_filter_byhandle(c->input_filters, "reqtimeout");
    apr_table_setn(c->notes, "short-lingering-close", "1");
}

/* The system gives up a client whose own acknowledges nothing for so long: one
 * that is gone is noticed while it can't be heard. */
static void
set_patience(const struct websocket *ws)
{
    int limit = patience(ws) < INT_MAX ? (int)patience(ws) : INT_MAX;

    if (!is_stream(ws)) {
        setsockopt(ws->client, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit,
                   sizeof(limit));
    }
}

static void
accept_socket(struct embed_socket *socket, const char *protocol,
              const apr_table_t *headers)
{
    struct websocket *ws = of(socket);

    answer_handshake(ws, protocol, headers);
    take_connection(ws->r);
    set_patience(ws);
    if (ws->r->connection->aborted) {
        lose(ws);
    }
    ws->heard = ws->moved = now();
    socket->open = 1;
}

/* ---- closing ------------------------------------------------------------ */

/* With a code of our own. */
static void
close_with(struct websocket *ws, unsigned code, const char *reason, size_t len)
{
    if (!ws->closing) {
        ws->closing = 1;
        wsout_close(&ws->out, code, reason, len);
        ws->parted = ws->moved = now();
    }
}

/* With the client's own. */
static void
close_back(struct websocket *ws)
{
    const struct wsin *in = &ws->in;
    unsigned code = in->code != WSLAY_CODE_NO_STATUS_RCVD ? in->code : 0;

    tell(ws, in->code, in->reason);
    close_with(ws, code, "", 0);
}

static void
refuse(struct websocket *ws)
{
    tell(ws, ws->in.fault, "");
    if (!ws->closing) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, ws->r,
                      LOGNO(0064) "the client of a websocket broke the "
                                  "protocol or a limit: closed with %u",
                      ws->in.fault);
    }
    close_with(ws, ws->in.fault, "", 0);
}

static int
is_stopping(void)
{
    int state = AP_MPMQ_RUNNING;

    return ap_mpm_query(AP_MPMQ_MPM_STATE, &state) == APR_SUCCESS &&
           state == AP_MPMQ_STOPPING;
}

/* ---- time --------------------------------------------------------------- */

/* Whether what the client sends is read. */
static int
is_reading(const struct websocket *ws)
{
    return !ws->gone && wsin_is_reading(&ws->in);
}

/* When a silent client is to be asked whether it is there, or given up. */
static int64_t
next_question(const struct websocket *ws)
{
    return ws->heard + patience(ws) / (ws->asked ? 1 : 2);
}

/* A client that can't be heard, since messages of it wait, is asked all the
 * same: if it is gone, nobody acknowledges that (set_patience). */
static void
watch_silence(struct websocket *ws, int64_t time)
{
    if (time < next_question(ws)) {
        return;
    }
    if (!is_reading(ws)) {
        ws->heard = time;
        ws->asked = 0;
    }
    else if (ws->asked) {
        lose(ws);
        return;
    }
    else {
        ws->asked = 1;
    }
    wsout_ping(&ws->out);
}

/* A client that takes nothing of what is to be sent is given up, and one that
 * takes too long for what was to be sent before a close. */
static void
watch_sending(struct websocket *ws, int64_t time)
{
    if (!wsout_wants(&ws->out)) {
        ws->moved = time;
    }
    else if (time - ws->moved >= patience(ws) ||
             (ws->closing && time - ws->parted >= patience(ws))) {
        lose(ws);
    }
}

static void
watch(struct websocket *ws)
{
    int64_t time = now();

    if (!ws->gone && ws->r->connection->aborted) {
        lose(ws); /* a stream that was reset */
    }
    if (!ws->closing && is_stopping()) {
        tell(ws, WSLAY_CODE_GOING_AWAY, "");
        close_with(ws, WSLAY_CODE_GOING_AWAY, "", 0);
    }
    if (!ws->closing) {
        watch_silence(ws, time);
    }
    watch_sending(ws, time);
}

/* ---- turns -------------------------------------------------------------- */

static void
receive(struct websocket *ws)
{
    struct wsin *in = &ws->in;

    wsin_read(in);
    if (in->heard) {
        in->heard = 0;
        ws->heard = now();
        ws->asked = 0;
    }
    if (in->pinged && !ws->closing) {
        wsout_pong(&ws->out, &in->ping);
    }
    in->pinged = 0;
    if (in->fault != 0) {
        refuse(ws);
    }
    else if (in->code != 0) {
        close_back(ws);
    }
    else if (in->gone || (in->dry && ws->hung)) {
        lose(ws);
    }
}

static void
transmit(struct websocket *ws)
{
    wsout_write(&ws->out);
    if (ws->out.moved) {
        ws->out.moved = 0;
        ws->moved = now();
    }
    if (ws->out.gone) {
        lose(ws);
    }
}

/* Shows what has come of it. */
static void
show(struct websocket *ws)
{
    struct embed_socket *socket = &ws->socket;
    const struct wsin_message *message = &ws->in.messages[0];

    socket->closed = ws->gone || ws->out.closed;
    socket->code = ws->code;
    socket->reason = ws->why;
    socket->sending = ws->gone || wsout_is_sending(&ws->out);
    socket->message = message->opcode == 0                  ? EMBED_NO_MESSAGE
                      : message->opcode == WSLAY_TEXT_FRAME ? EMBED_TEXT
                                                            : EMBED_BINARY;
    socket->at = message->at != NULL ? message->at : "";
    socket->len = message->len;
}

/* All that needs no waiting. */
static void
step(struct websocket *ws)
{
    watch(ws);
    if (is_reading(ws)) {
        receive(ws);
    }
    if (wsout_wants(&ws->out) && !ws->gone) {
        transmit(ws);
    }
    show(ws);
}

/* Milliseconds until there is something to do without a reason.  Nothing but
 * the write itself waits for room in a stream of HTTP/2. */
static int
next_look(const struct websocket *ws)
{
    int64_t due = next_question(ws) - now();

    if ((is_reading(ws) && !ws->in.dry) ||
        (is_stream(ws) && wsout_wants(&ws->out))) {
        return 0;
    }
    if (due < 0) {
        due = 0;
    }
    return ws->closing || due > LOOK ? LOOK : (int)due;
}

static void
sleep_on(struct websocket *ws, int event)
{
    int reads = is_reading(ws);
    struct pollfd watched[] = {
        {.fd = ws->client,
         .events = (short)((reads ? POLLIN | POLLRDHUP : 0) |
                           (wsout_wants(&ws->out) ? POLLOUT : 0))},
        {.fd = event, .events = POLLIN}};
    uint64_t count;

    if (poll(watched, 2, next_look(ws)) <= 0) {
        return;
    }
    if (watched[1].revents != 0 && read(event, &count, sizeof(count)) < 0) {
        watched[1].revents = 0; /* it was read meanwhile */
    }
    if (watched[0].revents & (POLLRDHUP | POLLHUP | POLLERR)) {
        ws->hung = 1;
    }
    if (watched[0].revents & POLLNVAL ||
        (!reads && watched[0].revents & (POLLHUP | POLLERR))) {
        lose(ws);
    }
}

static void
take_turn(struct embed_socket *socket, int event)
{
    struct websocket *ws = of(socket);
    const struct embed_socket before = *socket;

    step(ws);
    if (socket->message == before.message &&
        socket->sending == before.sending && socket->closed == before.closed) {
        sleep_on(ws, event);
        step(ws);
    }
}

static void
take_message(struct embed_socket *socket)
{
    struct websocket *ws = of(socket);

    wsin_drop(&ws->in);
    ws->in.dry = 0;
    show(ws);
}

static void
send_message(struct embed_socket *socket, enum embed_message kind,
             const char *at, apr_size_t len)
{
    struct websocket *ws = of(socket);

    if (ws->closing || ws->gone) {
        return;
    }
    wsout_message(&ws->out,
                  kind == EMBED_TEXT ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME,
                  at, len);
    socket->sending = 1;
}

static void
close_socket(struct embed_socket *socket, unsigned code, const char *reason,
             apr_size_t len)
{
    struct websocket *ws = of(socket);

    if (!ws->closing) {
        tell(ws, code, apr_pstrmemdup(ws->r->pool, reason, len));
    }
    close_with(ws, code, reason, len);
}

/* ---- life --------------------------------------------------------------- */

static int
number_of(const apr_pollfd_t *found)
{
    int number = -1;

    if (found->desc_type == APR_POLL_SOCKET) {
        apr_os_sock_get(&number, found->desc.s);
    }
    else if (found->desc_type == APR_POLL_FILE) {
        apr_os_file_get(&number, found->desc.f);
    }
    return number;
}

#if AP_MODULE_MAGIC_AT_LEAST(20120211, 129)

/* What poll looks at: a socket, or a pipe of mod_http2's for a stream; -1:
 * there is none. */
static int
find_client(conn_rec *c)
{
    apr_pollfd_t found = {.desc_type = APR_NO_DESC};

    return ap_get_pollfd_from_conn(c, &found, NULL) == APR_SUCCESS
               ? number_of(&found)
               : -1;
}

#else

/* The same, before httpd 2.4.58: only a socket. */
static int
find_client(conn_rec *c)
{
    apr_pollfd_t found = {.desc_type = APR_POLL_SOCKET,
                          .desc.s = ap_get_conn_socket(c)};

    return c->master == NULL && found.desc.s != NULL ? number_of(&found) : -1;
}

#endif

struct embed_socket *
websocket_make(request_rec *r, const char *key,
               const apr_array_header_t *offers, int64_t limit)
{
    struct websocket *ws = apr_palloc(r->pool, sizeof(*ws));

    *ws = (struct websocket){.socket = {.offers = offers,
                                        .accept = accept_socket,
                                        .send = send_message,
                                        .close = close_socket,
                                        .take = take_message,
                                        .turn = take_turn},
                             .r = r,
                             .client = find_client(r->connection),
                             .key = key,
                             .why = ""};
    if (ws->client < 0 ||
        wsin_start(&ws->in, r->pool, r->connection, limit) != 0 ||
        wsout_start(&ws->out, r, is_stream(ws) ? -1 : ws->client) != 0) {
        return NULL;
    }
    return &ws->socket;
}

/* Whether the client may yet answer our close frame. */
static int
is_awaited(const struct websocket *ws)
{
    return !ws->gone && (!ws->out.closed || wsin_is_open(&ws->in));
}

void
websocket_end(struct embed_socket *socket, int status)
{
    struct websocket *ws = of(socket);
    unsigned code = status == OK ? WSLAY_CODE_NORMAL_CLOSURE
                                 : WSLAY_CODE_INTERNAL_SERVER_ERROR;
    int64_t end = now() + PARTING;

    if (wsout_is_sending(&ws->out)) {
        lose(ws); /* the rest of what was being sent is there no more */
    }
    wsin_deafen(&ws->in);
    close_socket(socket, code, "", 0);
    while (is_awaited(ws) && now() < end) {
        step(ws);
        if (is_awaited(ws)) {
            sleep_on(ws, -1);
        }
    }
}
