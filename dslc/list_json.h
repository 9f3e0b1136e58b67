/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_json: what every list says of a route, as JSON.
 */
#ifndef LIST_JSON_H
#define LIST_JSON_H

#include <jansson.h>

#include "model.h"

/* ["GET", "HEAD"], ["ANY"]. */
json_t *list_json_methods(const struct model_route *route);

/* ["/orders/{id:int}"] */
json_t *list_json_paths(const struct model_route *route);

/* ["shop.example.com"]; [] for a place on any host. */
json_t *list_json_hosts(const struct model_place *place);

#endif
