/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that all processes of the server share, and that a graceful restart
 * leaves as it is.
 */
#ifndef SHARED_H
#define SHARED_H

#include <httpd.h>

/* The region of a name: size bytes, aligned for any atomic; zeroed when it is
 * new (*fresh).  It is found again by the same name and size after a restart,
 * at the same address in every process, so what lies in it must be whole at
 * any moment and hold no pointer into a pool.  A name belongs to one layout:
 * another layout takes another name.  Only in post_config, before there are
 * children.  NULL if there is none to be had; logged.  Lives as long as the
 * parent. */
void *shared_region(server_rec *server, const char *name, apr_size_t size,
                    int *fresh);

#endif
