/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Realms that ask Python who calls.
 */
#ifndef IDENTIFY_H
#define IDENTIFY_H

#include <httpd.h>

#include "python/embed.h"
#include "realm.h"

/* Asks the function of a question, whose route this fills in; as a realm's
 * attempt.  What is no name of a user is REALM_FAILED, logged. */
enum realm_result identify_caller(request_rec *r, const struct realm *realm,
                                  struct embed_question *question,
                                  struct realm_attempt *attempt);

#endif
