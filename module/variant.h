/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variants: a request that matched a route with several functions becomes one
 * for the function that it is for.
 */
#ifndef VARIANT_H
#define VARIANT_H

#include <httpd.h>

#include "request.h"

/* Chooses for a route with variants, once, before anything asks who may: from
 * then on the request has matched the variant, with its requirement, or stays
 * with a route that refuses it (variant_refuse). */
void variant_choose(request_rec *r, struct request *request);

/* 406 or 400, with what there is; returns what a handler returns. */
int variant_refuse(request_rec *r, const struct request *request);

/* Chooses the format of the answer where the route has several: OK, or a 406
 * was sent or is to be returned. */
int variant_form(request_rec *r, struct request *request);

#endif
