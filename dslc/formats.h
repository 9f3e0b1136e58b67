/* SPDX-License-Identifier: Apache-2.0 */
/* formats: what a result can be written as. */
#ifndef DSLC_FORMATS_H
#define DSLC_FORMATS_H

#include <stdbool.h>

#include <apr_tables.h>

#include "dslc/ast.h"
#include "dslc/checker.h"
#include "dslc/model.h"

/* Whether a word is a format: html, json, text. */
bool formats_find(const char *name, enum routes_produce *produce);

/* Takes a media type; false, and E016 said, when it is none. */
bool
formats_set_media(struct checker *checker, const char *media, struct span span,
                  enum routes_produce *produce, const char **to);

/* Reads html, json, text or a media type; false, and E016 said, for anything
 * else.  checker may be NULL where it was read before. */
bool formats_read(struct checker *checker, const struct ast_value *value,
                  enum routes_produce *produce, const char **media);

/* What Accept is asked about for a format: "text/html". */
const char *formats_media(enum routes_produce produce, const char *media);

/* Whether a media type is JSON, or ends in +json. */
bool formats_is_json(const char *media);

/* One of an array of struct model_format. */
const struct model_format *
formats_at(const apr_array_header_t *formats, int i);

/* One more of which a request chooses; says what can't be told apart, E018,
 * and E706. */
void formats_add(struct checker *checker, apr_array_header_t *formats,
                 const struct model_format *format, struct span span);

/* The first one is that of a request which has no wish; several is NULL where
 * there is no other.  Without any, nothing is set. */
void
formats_use(const apr_array_header_t *formats, enum routes_produce *produce,
            const char **media, const apr_array_header_t **several);

#endif
