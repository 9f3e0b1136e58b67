/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching in httpd's phases: the URL is looked at once, and the phases that
 * would look for a file are answered.
 */
#ifndef TRANSLATE_H
#define TRANSLATE_H

#include <httpd.h>

#include "request.h"

/* Hook translate_name: matches the request against the mounts of its server.
 * OK for a match, a 404, 405 or OPTIONS of ours included, which the handler
 * answers after the gate; else DECLINED. */
int translate_name(request_rec *r);

/* Hooks map_to_storage and type_checker: OK for a match, so that no directory
 * is walked and no file name is looked at.  A request that has another file
 * name by now asks for that file's type. */
int translate_storage(request_rec *r);
int translate_type(request_rec *r);

/* Matches a path below the mount of a table in another one. */
enum routes_outcome
translate_match(const request_rec *r, const struct served *served,
                const char *path, struct routes_match *match);

/* What stands before the gate for what matched: a record, and the path that it
 * matched by. */
void
translate_prepare(request_rec *r, struct request *request, const char *path);

#endif
