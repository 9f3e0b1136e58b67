/* SPDX-License-Identifier: Apache-2.0 */
/*
 * multipart/form-data (RFC 7578), as it arrives: a machine that is fed the
 * body in pieces of any length and says what it found.  No I/O, no memory
 * beyond the struct.
 *
 *     PREAMBLE --delimiter--> AFTER --CRLF--> HEADERS --empty line--> DATA
 *                              | ^                                     |
 *                       "--"   | +-------------delimiter---------------+
 *                              v
 *                            EPILOGUE
 */
#ifndef ROUTES_MULTIPART_H
#define ROUTES_MULTIPART_H

#include <stddef.h>

#define ROUTES_MAX_BOUNDARY    70    /* characters of one (RFC 2046) */
#define ROUTES_MAX_PART_HEADER 4096  /* bytes of the header of one part */
#define ROUTES_MAX_PARTS       10000 /* of one body */

enum routes_multipart_event {
    ROUTES_MULTIPART_MORE, /* the piece is used up */
    ROUTES_MULTIPART_PART, /* a part begins: name, filename, type */
    ROUTES_MULTIPART_DATA, /* data, of the part that began last */
    ROUTES_MULTIPART_PART_END,
    ROUTES_MULTIPART_END,     /* the last delimiter was seen; what comes
                                 behind it is passed over */
    ROUTES_MULTIPART_BROKEN,  /* no multipart/form-data */
    ROUTES_MULTIPART_TOO_MANY /* past one of the caps above */
};

/* What a part says of itself; borrowed from the machine until the next
 * part. */
struct routes_part {
    const char *name;
    size_t name_len;
    const char *filename; /* as the client gave it, paths and all, or NULL:
                             none was given */
    size_t filename_len;
    const char *type; /* Content-Type; empty: none was given */
    size_t type_len;
    int foreign; /* its filename is in another charset than UTF-8 */
};

struct routes_multipart {
    int state;
    size_t matched; /* bytes of the delimiter that the input ended with */
    size_t held;    /* of these, not yet given as data */
    unsigned parts;
    size_t delimiter_len;
    char delimiter[ROUTES_MAX_BOUNDARY + 4]; /* CR LF - - boundary */
    size_t header_len;
    char header[ROUTES_MAX_PART_HEADER];
    struct routes_part part;
};

/* Sets the machine up for a Content-Type.  0: it is no multipart/form-data, or
 * has no boundary that RFC 2046 allows. */
int routes_multipart_start(struct routes_multipart *m, const char *type);

/* Reads on in [*at, end), moving *at, up to the next event.  *data and *len
 * are set for DATA, at least a byte, borrowed from the input or the machine
 * until the next call.  An event after END, BROKEN or TOO_MANY is the same, or
 * MORE for END with its input passed over. */
enum routes_multipart_event
routes_multipart_next(struct routes_multipart *m, const char **at,
                      const char *end, const char **data, size_t *len);

/* Whether the last delimiter was seen. */
int routes_multipart_ended(const struct routes_multipart *m);

#endif
