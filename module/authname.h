/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name for httpd's own dialogues where its configuration has no AuthName.
 */
#ifndef AUTHNAME_H
#define AUTHNAME_H

#include <httpd.h>
#include <http_config.h>

/* What AuthName would have made of a title, as a configuration of a place;
 * pconf.  NULL: mod_authn_core is not there, or does not take it. */
ap_conf_vector_t *authname_make(apr_pool_t *pconf, const char *title);

/* The request's configuration is named by made, which may be NULL, if it has
 * no AuthName.  Not for Digest: its hashes are of its AuthName, which its
 * module keeps apart. */
void authname_apply(request_rec *r, ap_conf_vector_t *made);

#endif
