/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UUIDs in text (RFC 9562).
 */
#ifndef ROUTES_UUID_H
#define ROUTES_UUID_H

#include <stddef.h>
#include <stdint.h>

/* Whether the text is a UUID; then bytes has it.  strict: lower case with
 * hyphens; else any case, with hyphens or as 32 digits. */
int
routes_uuid_read(const char *text, size_t len, int strict, uint8_t bytes[16]);

#endif
