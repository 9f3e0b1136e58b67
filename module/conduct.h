/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers that clauses of the language give to answers.
 */
#ifndef CONDUCT_H
#define CONDUCT_H

#include <httpd.h>

#include "request.h"

/* Sets what every answer to a matched request has, errors of httpd's own
 * included. */
void conduct_begin(request_rec *r, const struct request *request);

/* Completes the headers of an answer whose status and own headers are set:
 * what the function sets wins; an answer to GET or HEAD says who may keep
 * it. */
void conduct_finish(request_rec *r);

#endif
