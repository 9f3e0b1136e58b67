/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which headers of a request an application is told of.
 */
#include "told.h"

#include <strings.h>

#include <util_filter.h>
#include <apr_lib.h>

#include "embed.h"

#define DEFLATE_NAME "deflate"

int
told_is_inflated(const request_rec *r)
{
    if (apr_table_get(r->headers_in, "Content-Encoding") == NULL) {
        return 0;
    }
    for (const ap_filter_t *at = r->input_filters; at != NULL; at = at->next) {
        if (strcasecmp(at->frec->name, DEFLATE_NAME) == 0) {
            return 1;
        }
    }
    return 0;
}

int
told_keeps_back(const request_rec *r, const struct embed_visit *visit,
                int inflated, const char *header)
{
    switch (apr_toupper(*header)) {
    case 'C':
        if (inflated && strcasecmp(header, "Content-Encoding") == 0) {
            return 1;
        }
        break;
    case 'P':
        if (strcasecmp(header, "Proxy") == 0 ||
            strcasecmp(header, "Proxy-Authorization") == 0) {
            return 1;
        }
        break;
    default:
        break;
    }
    return visit->is_secret(r, header);
}

int
told_is_plain(const char *header)
{
    for (; *header != '\0'; header++) {
        if (*header != '-' && !apr_isalnum(*header)) {
            return 0;
        }
    }
    return 1;
}
