/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads of our own.
 */
#ifndef THREAD_H
#define THREAD_H

/* Does work(data) in a new thread in which every signal is blocked: they are
 * httpd's.  The thread never ends: what libraries keep for a thread they free
 * when it does, and OpenSSL frees the same in exit(), which need not wait for
 * it.  Returns an errno, or 0.  GIL: either; the thread begins without. */
int thread_start(void (*work)(void *data), void *data);

#endif
