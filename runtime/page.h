/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error pages: which function of a table answers in place of an error.
 */
#ifndef ROUTES_PAGE_H
#define ROUTES_PAGE_H

#include "routes_abi.h"

/* The row of pages[] that a conduct has for a status; 0: none.  conduct is an
 * index into conducts[] and may be 0. */
uint32_t routes_page_find(const struct routes_table *table, uint32_t conduct,
                          int status);

#endif
