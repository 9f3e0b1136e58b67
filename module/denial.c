/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a request was refused.
 */
#include "denial.h"

#include <apr_strings.h>

#include "runtime/table.h"

/* The name of the realm that knows the caller, or NULL. */
static const char *
realm_of(const struct request *request)
{
    return request->caller.realm == 0
               ? NULL
               : request->mount->served->realms[request->caller.realm].name;
}

void
denial_describe(const struct request *request, struct denial *denial)
{
    const struct routes_table *table = request_table(request);
    const struct routes_place *place = &table->places[request->match.place];
    const struct request *known = request_known(request);

    *denial = (struct denial){.user = known->caller.user,
                              .realm = realm_of(known),
                              .table = table,
                              .pattern = routes_table_text(table, place->path),
                              .rule = table->auths[request_auth(request)].text,
                              .file = place->file,
                              .line = place->line};
    if (request->match.outcome == ROUTES_FOUND) {
        const struct routes_route *route =
            &table->routes[request->match.route];

        denial->name = routes_table_text(table, route->name);
        denial->pattern = routes_table_text(table, route->pattern);
        denial->file = route->file;
        denial->line = route->line;
    }
}

const char *
denial_where(request_rec *r, const struct request *request)
{
    const struct routes_table *table = request_table(request);
    struct denial denial;

    denial_describe(request, &denial);
    return apr_psprintf(
        r->pool, "%s:%u: %s %s: %s",
        routes_table_text(table, table->files[denial.file].path), denial.line,
        denial.name != NULL ? "route" : "location",
        denial.name != NULL ? denial.name : denial.pattern,
        denial.rule.len > 0 ? routes_table_text(table, denial.rule)
                            : "nothing is required");
}

void
denial_note(request_rec *r, struct request *request, const char *reason)
{
    if (request->denial == NULL) {
        struct denial *denial = apr_palloc(r->pool, sizeof(*denial));

        denial_describe(request, denial);
        denial->reason = reason;
        request->denial = denial;
    }
}

void
denial_log(request_rec *r, struct request *request, const char *reason)
{
    const char *user = request_known(request)->caller.user;
    const char *quote = user == NULL ? "" : "'";

    if (request->denial != NULL) {
        return;
    }
    denial_note(r, request, reason);
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  LOGNO(0039) "%s %s is denied to %s%s%s: %s (%s)", r->method,
                  r->uri, quote, user == NULL ? "an anonymous caller" : user,
                  quote, reason, denial_where(r, request));
}
