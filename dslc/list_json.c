/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list_json: what every list says of a route, as JSON.
 */
#include "list_json.h"

#include "verb.h"

json_t *
list_json_methods(const struct model_route *route)
{
    json_t *made = json_array();

    if (route->any) {
        json_array_append_new(made, json_string("ANY"));
    }
    for (unsigned m = 0; m < ROUTES_N_METHODS; m++) {
        if (route->methods & ROUTES_METHOD_BIT(m)) {
            json_array_append_new(
                made, json_string(verb_name((enum routes_method)m)));
        }
    }
    return made;
}

json_t *
list_json_paths(const struct model_route *route)
{
    json_t *made = json_array();

    for (int i = 0; i < route->paths->nelts; i++) {
        json_array_append_new(
            made,
            json_string(MODEL_AT(route->paths, struct model_path, i)->text));
    }
    return made;
}

json_t *
list_json_hosts(const struct model_place *place)
{
    const apr_array_header_t *hosts = place->hosts;
    json_t *made = json_array();

    for (int i = 0; i < hosts->nelts; i++) {
        const struct model_host *host = MODEL_AT(hosts, struct model_host, i);

        if (host->kind != ROUTES_HOST_ANY) {
            json_array_append_new(made, json_string(host->text));
        }
    }
    return made;
}
