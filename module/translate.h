/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching in httpd's phases: the URL is looked at once, and the phases that
 * would look for a file are answered.
 */
#ifndef TRANSLATE_H
#define TRANSLATE_H

#include <httpd.h>

/* Hook translate_name: matches the request against the mounts of its server.
 * OK for a match, a 404, 405 or OPTIONS of ours included, which the handler
 * answers after the gate; else DECLINED. */
int translate_name(request_rec *r);

/* Hooks map_to_storage and type_checker: OK for a match, so that no directory
 * is walked and no file name is looked at.  A request that has another file
 * name by now asks for that file's type. */
int translate_storage(request_rec *r);
int translate_type(request_rec *r);

#endif
