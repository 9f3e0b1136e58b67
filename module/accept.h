/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Accept field: whether a caller would rather read HTML.
 */
#ifndef ACCEPT_H
#define ACCEPT_H

/* Whether the value of Accept (or NULL) asks for text/html by name, and with
 * a quality above that of JSON and problem documents. */
int accept_prefers_html(const char *accept);

#endif
