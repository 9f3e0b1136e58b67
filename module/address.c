/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The address that a caller is told from others by.
 */
#include "address.h"

#include <string.h>

#define IPV4_BYTES 4
#define IPV6_BYTES 16

/* Whether sixteen bytes are an IPv4 address behind ::ffff: */
static int
is_mapped(const unsigned char *bytes)
{
    static const unsigned char prefix[] = {0, 0, 0, 0, 0,    0,
                                           0, 0, 0, 0, 0xff, 0xff};

    return memcmp(bytes, prefix, sizeof(prefix)) == 0;
}

void
address_copy(unsigned char to[ADDRESS_BYTES], const request_rec *r)
{
    const unsigned char *bytes = r->useragent_addr->ipaddr_ptr;
    size_t len = (size_t)r->useragent_addr->ipaddr_len;

    memset(to, 0, ADDRESS_BYTES);
    if (len == IPV6_BYTES && is_mapped(bytes)) {
        bytes += IPV6_BYTES - IPV4_BYTES;
        len = IPV4_BYTES;
    }
    memcpy(to, bytes, len < ADDRESS_BYTES ? len : ADDRESS_BYTES);
}
