/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accept fields (RFC 9110, section 12.5.1).
 */
#ifndef ROUTES_ACCEPT_H
#define ROUTES_ACCEPT_H

#define ROUTES_QUALITY_ONE 1000

/* How much a field wants a media type: 0 (not at all) to ROUTES_QUALITY_ONE,
 * by its most specific range for it.  What is no range, or has a weight that
 * is none, is passed over; a field without any range, and NULL, want
 * everything. */
int routes_accept_quality(const char *field, const char *media);

#endif
