/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Realms that ask Python who calls.
 */
#include "identify.h"

#include "child.h"
#include "claims.h"
#include "log.h"
#include "request.h"

static enum realm_result
fail(struct realm_attempt *attempt, int status)
{
    attempt->refusal = status;
    return REALM_FAILED;
}

/* What Python names becomes r->user, and stands in logs. */
static enum realm_result
check_user(request_rec *r, const struct realm *realm,
           struct realm_attempt *attempt)
{
    if (!realm_is_user(attempt->caller->user)) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      LOGNO(0060) "realm '%s' (%s): its function names a user "
                                  "that is empty or has control characters",
                      realm->name, realm->place);
        *attempt->caller = (struct routes_caller){.user = NULL};
        return fail(attempt, HTTP_INTERNAL_SERVER_ERROR);
    }
    if (attempt->caller->claims_json != NULL) {
        claims_read(r->pool, attempt->caller);
    }
    return REALM_GOOD;
}

enum realm_result
identify_caller(request_rec *r, const struct realm *realm,
                struct embed_question *question, struct realm_attempt *attempt)
{
    const struct request *request = request_of(r);
    struct embed_table *bound = child_bound(request->mount->served);
    enum embed_word word = EMBED_NOTHING;

    if (bound == NULL) {
        return fail(attempt, HTTP_SERVICE_UNAVAILABLE);
    }
    question->route =
        request->match.outcome == ROUTES_FOUND ? request->match.route : 0;
    int status = embed_identify(bound, r, question, &word, attempt->caller);
    if (status != OK) {
        *attempt->caller = (struct routes_caller){.user = NULL};
        return fail(attempt, status);
    }
    switch (word) {
    case EMBED_NOTHING:
        return REALM_NONE;
    case EMBED_NO:
        return REALM_BAD;
    case EMBED_YES:
        break;
    }
    return check_user(r, realm, attempt);
}
