/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates and times in text (RFC 3339), checked against the calendar.
 */
#include "moment.h"

#include <string.h>

/* What is still to be read. */
struct cursor {
    const char *at;
    const char *end;
};

static int
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether the next n bytes are digits of a number from low to high. */
static int
take_number(struct cursor *c, int n, int low, int high, int *number)
{
    int sum = 0;

    if (c->end - c->at < n) {
        return 0;
    }
    for (; n > 0; n--) {
        if (!is_digit(*c->at)) {
            return 0;
        }
        sum = sum * 10 + (*c->at++ - '0');
    }
    *number = sum;
    return sum >= low && sum <= high;
}

/* Whether the next byte is one of the set. */
static int
take_char(struct cursor *c, const char *set)
{
    if (c->at == c->end || *c->at == '\0' || strchr(set, *c->at) == NULL) {
        return 0;
    }
    c->at++;
    return 1;
}

static int
days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

static int
take_date(struct cursor *c, struct routes_time *time)
{
    int year;
    int month;
    int day;

    if (!take_number(c, 4, 1, 9999, &year) || !take_char(c, "-") ||
        !take_number(c, 2, 1, 12, &month) || !take_char(c, "-") ||
        !take_number(c, 2, 1, days_of(year, month), &day)) {
        return 0;
    }
    time->year = (int16_t)year;
    time->month = (uint8_t)month;
    time->day = (uint8_t)day;
    return 1;
}

/* Reads the digits behind a point, as many as there are. */
static int
take_fraction(struct cursor *c, struct routes_time *time)
{
    int32_t unit = 100000;
    const char *first = c->at;

    while (c->at < c->end && is_digit(*c->at)) {
        time->microsecond += (*c->at++ - '0') * unit;
        unit /= 10;
    }
    return c->at > first;
}

static int
take_seconds(struct cursor *c, int strict, struct routes_time *time)
{
    int second;

    if (!take_char(c, ":")) {
        return !strict;
    }
    if (!take_number(c, 2, 0, 59, &second)) {
        return 0;
    }
    time->second = (uint8_t)second;
    return !take_char(c, ".") || take_fraction(c, time);
}

static int
take_clock(struct cursor *c, int strict, struct routes_time *time)
{
    int hour;
    int minute;

    if (!take_number(c, 2, 0, 23, &hour) || !take_char(c, ":") ||
        !take_number(c, 2, 0, 59, &minute)) {
        return 0;
    }
    time->hour = (uint8_t)hour;
    time->minute = (uint8_t)minute;
    return take_seconds(c, strict, time);
}

static int
take_offset(struct cursor *c, int strict, struct routes_time *time)
{
    int negative = c->at < c->end && *c->at == '-';
    int hours;
    int minutes;

    if (c->at == c->end) {
        return !strict;
    }
    time->has_offset = 1;
    if (take_char(c, strict ? "Z" : "Zz")) {
        return 1;
    }
    if (!take_char(c, "+-") || !take_number(c, 2, 0, 23, &hours) ||
        !take_char(c, ":") || !take_number(c, 2, 0, 59, &minutes)) {
        return 0;
    }
    time->offset = (hours * 60 + minutes) * 60 * (negative ? -1 : 1);
    return 1;
}

int
routes_moment_date(const char *text, size_t len, struct routes_time *time)
{
    struct cursor c = {text, text + len};

    memset(time, 0, sizeof(*time));
    return take_date(&c, time) && c.at == c.end;
}

int
routes_moment_datetime(const char *text, size_t len, int strict,
                       struct routes_time *time)
{
    struct cursor c = {text, text + len};

    memset(time, 0, sizeof(*time));
    return take_date(&c, time) && take_char(&c, strict ? "T" : "Tt ") &&
           take_clock(&c, strict, time) && take_offset(&c, strict, time) &&
           c.at == c.end;
}
