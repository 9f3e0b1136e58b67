/* SPDX-License-Identifier: Apache-2.0 */
/* habit: what to write instead of a token that does not fit. */
#include "dslc/habit.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct row {
    const char *first;
    const char *before;
    const char *found;
    const char *expected;
    const char *help;
};

static const struct row rows[] = {
#define HABIT(first, before, found, expected, help)                           \
    {first, before, found, expected, help},
#include "grammar/habits.def"
#undef HABIT
};

static bool
fits(const char *wanted, const char *word)
{
    return wanted == NULL || strcmp(wanted, word) == 0;
}

static bool
expects(const struct habit *habit, const char *name)
{
    for (int i = 0; i < habit->count; i++) {
        if (strcmp(habit->expected[i], name) == 0) {
            return true;
        }
    }
    return false;
}

const char *
habit_find(const struct habit *habit)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (fits(rows[i].first, habit->first) &&
            fits(rows[i].before, habit->before) &&
            fits(rows[i].found, habit->found) &&
            expects(habit, rows[i].expected)) {
            return rows[i].help;
        }
    }
    return NULL;
}
