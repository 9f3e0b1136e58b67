/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `python`: a function of the request says who calls.
 */
#include "realm_python.h"

#include "body.h"
#include "identify.h"
#include "kept.h"
#include "request.h"
#include "runtime/challenge.h"
#include "runtime/option.h"

struct python {
    uint32_t function;
    int with_body; /* the function sees the body */
};

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    struct python *python = apr_palloc(pconf, sizeof(*python));

    python->function =
        routes_option_find(table, row, ROUTES_OPTION_CHECK)->function;
    python->with_body =
        routes_option_number(table, row, ROUTES_OPTION_BODY, 0) != 0;
    realm->auth_type = "Python";
    realm->own = python;
    return realm->challenge == NULL || routes_challenge_is(realm->challenge)
               ? NULL
               : realm_say(realm, pconf, "challenge",
                           "it has to begin with a scheme");
}

static const char *
find_fault(const struct realm *realm, apr_pool_t *pool)
{
    (void)realm;
    (void)pool;
    return NULL;
}

/* The body is the request's for as long as the function is asked. */
static enum realm_result
ask_with_body(request_rec *r, const struct realm *realm,
              struct embed_question *question, struct realm_attempt *attempt)
{
    struct request *request = request_of(r);
    const struct kept *kept = kept_read(r);
    struct body body;

    if (kept->status != OK) {
        attempt->refusal = kept->status;
        return REALM_FAILED;
    }
    body_begin(r, kept->at, kept->len, &body);
    request->body = &body;
    enum realm_result result = identify_caller(r, realm, question, attempt);
    request->body = NULL;
    return result;
}

static enum realm_result
try_request(request_rec *r, const struct realm *realm,
            struct realm_attempt *attempt)
{
    const struct python *python = realm->own;
    struct embed_question question = {.kind = EMBED_ASK_REQUEST,
                                      .function = python->function};

    return python->with_body ? ask_with_body(r, realm, &question, attempt)
                             : identify_caller(r, realm, &question, attempt);
}

const struct realm_kind realm_python = {
    .make = make, .fault = find_fault, .attempt = try_request};
