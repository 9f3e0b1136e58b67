/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A function that is called for a websocket.
 */
#include "talk.h"

#include "answer.h"
#include "child.h"
#include "debug.h"
#include "python/embed.h"
#include "upgrade.h"
#include "websocket.h"

/* What the function left unanswered. */
static int
answer_handshake(request_rec *r, struct request *request,
                 const struct reply *reply, int status)
{
    request->exception = reply->exception;
    return reply->head != NULL && debug_wanted(r) ? debug_send(r, reply)
                                                  : answer_error(r, status);
}

int
talk_serve(request_rec *r, struct request *request,
           struct routes_value *values)
{
    struct embed_table *bound = child_bound(request->mount->served);
    struct embed_socket *socket = NULL;
    struct reply reply = {.file = -1};

    if (bound == NULL) {
        return answer_error(r, HTTP_SERVICE_UNAVAILABLE);
    }
    if (!upgrade_is(r, request)) {
        return answer_upgrade(r); /* another module took its Upgrade away */
    }
    int status = upgrade_make(r, request, &socket);
    if (status != OK) {
        return answer_error(r, status);
    }
    status =
        embed_talk(bound, r, request->match.route, values, socket, &reply);
    if (!socket->open) {
        return answer_handshake(r, request, &reply, status);
    }
    websocket_end(socket, status);
    return OK; /* its answer was the 101 */
}
