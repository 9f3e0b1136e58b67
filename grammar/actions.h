/* SPDX-License-Identifier: Apache-2.0 */
/* actions: what the grammar calls; the compiler implements it. */
#ifndef GRAMMAR_ACTIONS_H
#define GRAMMAR_ACTIONS_H
#include "grammar/span.h"
struct parse;
#endif
