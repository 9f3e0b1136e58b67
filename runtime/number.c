/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decimal numbers in text.
 */
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number taken apart: the digits without the point, so that strtod, which
 * looks for the locale's point, reads the same number everywhere. */
struct parts {
    char digits[ROUTES_MAX_NUMBER + 32]; /* sign, digits, later the exponent */
    size_t n;
    size_t n_digits;
    int exponent;
};

static int
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *
take_digits(struct parts *parts, const char *at, const char *end)
{
    while (at < end && is_digit(*at)) {
        parts->digits[parts->n++] = *at++;
        parts->n_digits++;
    }
    return at;
}

static const char *
take_fraction(struct parts *parts, const char *at, const char *end)
{
    const char *digits = at + 1;

    if (at == end || *at != '.') {
        return at;
    }
    at = take_digits(parts, digits, end);
    parts->exponent = -(int)(at - digits);
    return at;
}

/* Reads "e-12"; *sum is it, or a value that is too large.  NULL: no digits. */
static const char *
take_exponent(const char *at, const char *end, int *sum)
{
    int negative;
    const char *digits;

    *sum = 0;
    if (at == end || (*at != 'e' && *at != 'E')) {
        return at;
    }
    at++;
    negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    for (digits = at; at < end && is_digit(*at); at++) {
        if (*sum <= ROUTES_MAX_EXPONENT) {
            *sum = *sum * 10 + (*at - '0');
        }
    }
    *sum = negative ? -*sum : *sum;
    return at == digits ? NULL : at;
}

/* Takes a text apart; *exponent is the one that is written. */
static int
take_number(struct parts *parts, const char *text, size_t len, int *exponent)
{
    const char *at = text;
    const char *end = text + len;

    parts->n = parts->n_digits = 0;
    parts->exponent = 0;
    if (len == 0 || len > ROUTES_MAX_NUMBER) {
        return 0;
    }
    if (*at == '-' || *at == '+') {
        parts->digits[parts->n++] = *at++;
    }
    at = take_fraction(parts, take_digits(parts, at, end), end);
    at = take_exponent(at, end, exponent);
    return at == end && parts->n_digits > 0;
}

enum routes_number
routes_number_read(const char *text, size_t len, double *value)
{
    struct parts parts;
    int exponent;

    if (!take_number(&parts, text, len, &exponent)) {
        return ROUTES_NUMBER_SYNTAX;
    }
    if (abs(exponent) > ROUTES_MAX_EXPONENT) {
        return ROUTES_NUMBER_OVERFLOW;
    }
    snprintf(parts.digits + parts.n, sizeof(parts.digits) - parts.n, "e%d",
             parts.exponent + exponent);
    *value = strtod(parts.digits, NULL);
    return isfinite(*value) ? ROUTES_NUMBER_OK : ROUTES_NUMBER_OVERFLOW;
}

/* ---- the other way ------------------------------------------------------ */

static char *
put_zeros(char *to, int n)
{
    for (; n > 0; n--) {
        *to++ = '0';
    }
    return to;
}

/* The digits, of which `whole` stand before the point. */
static char *
put_digits(char *to, const char *digits, int n, int whole)
{
    if (whole <= 0) {
        memcpy(to, "0.", 2);
        to = put_zeros(to + 2, -whole);
        whole = 0;
    }
    else if (whole >= n) {
        memcpy(to, digits, (size_t)n);
        return put_zeros(to + n, whole - n);
    }
    else {
        memcpy(to, digits, (size_t)whole);
        to += whole;
        *to++ = '.';
    }
    memcpy(to, digits + whole, (size_t)(n - whole));
    return to + (n - whole);
}

size_t
routes_number_plain(const char *text, size_t len,
                    char plain[ROUTES_PLAIN_NUMBER])
{
    struct parts parts;
    const char *digits = parts.digits;
    char *to = plain;
    int exponent;
    int n;

    if (!take_number(&parts, text, len, &exponent) ||
        abs(exponent) > ROUTES_MAX_EXPONENT) {
        return 0;
    }
    exponent += parts.exponent;
    n = (int)parts.n_digits;
    if (!is_digit(*digits) && *digits++ == '-') {
        *to++ = '-';
    }
    for (; n > 0 && *digits == '0'; n--) {
        digits++;
    }
    for (; n > 0 && digits[n - 1] == '0'; n--) {
        exponent++;
    }
    if (n == 0) {
        *plain = '0';
        return 1;
    }
    return (size_t)(put_digits(to, digits, n, n + exponent) - plain);
}
