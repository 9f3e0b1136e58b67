/* SPDX-License-Identifier: Apache-2.0 */
/* pyoption: the options that say where Python modules are. */
#ifndef PYOPTION_H
#define PYOPTION_H

#include "cli.h"
#include "driver.h"

/* Rows for the options of a command that looks at Python. */
#define PYOPTION_ROWS                                                         \
    {"python-path", 0, "DIR", "look for modules here, too; may be repeated"}, \
        {"python-home", 0, "DIR",                                             \
         "a virtual environment that modules are in"},                        \
    {                                                                         \
        "no-python", 0, NULL, "leave the Python functions unchecked"          \
    }

/* Tells the driver what the options say.  0, and a message, when one names a
 * folder that is none. */
int pyoption_apply(const struct cli *cli, struct driver *driver);

#endif
