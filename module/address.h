/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The address that a caller is told from others by.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <httpd.h>

#define ADDRESS_BYTES 8

/* The whole of an IPv4 address, the first 64 bits of an IPv6 one: a customer
 * has a network of these, in which every request may come from another
 * address.  It is that of the user agent, which mod_remoteip may set. */
void address_copy(unsigned char to[ADDRESS_BYTES], const request_rec *r);

#endif
