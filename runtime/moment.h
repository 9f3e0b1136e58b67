/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates and times in text (RFC 3339), checked against the calendar.
 */
#ifndef ROUTES_MOMENT_H
#define ROUTES_MOMENT_H

#include <stddef.h>

#include "value.h"

/* Whether the text is YYYY-MM-DD, a day that exists from year 1 on. */
int routes_moment_date(const char *text, size_t len, struct routes_time *time);

/* Whether the text is a date-time.  strict: RFC 3339 with an upper case T and
 * Z; else also their lower case, a blank for T, and what HTML's
 * datetime-local sends: no seconds, no offset.  A fraction is cut after
 * microseconds; second 60 is none, as in Python. */
int routes_moment_datetime(const char *text, size_t len, int strict,
                           struct routes_time *time);

#endif
