/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm `python`: a function of the request says who calls.
 */
#include "realm_python.h"

#include "identify.h"
#include "runtime/challenge.h"
#include "runtime/option.h"

static const char *
make(apr_pool_t *pconf, const struct routes_table *table,
     const struct routes_realm *row, struct realm *realm)
{
    uint32_t *function = apr_palloc(pconf, sizeof(*function));

    *function = routes_option_find(table, row, ROUTES_OPTION_CHECK)->function;
    realm->auth_type = "Python";
    realm->own = function;
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

static enum realm_result
try_request(request_rec *r, const struct realm *realm,
            struct realm_attempt *attempt)
{
    const uint32_t *function = realm->own;
    struct embed_question question = {.kind = EMBED_ASK_REQUEST,
                                      .function = *function};

    return identify_caller(r, realm, &question, attempt);
}

const struct realm_kind realm_python = {
    .make = make, .fault = find_fault, .attempt = try_request};
