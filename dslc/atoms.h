/* SPDX-License-Identifier: Apache-2.0 */
/*
 * atoms: leaves of requirements, compared.
 */
#ifndef ATOMS_H
#define ATOMS_H

#include "model.h"

/* Whether two leaves ask the same of every caller. */
int atoms_same(const struct model_rule *a, const struct model_rule *b);

#endif
