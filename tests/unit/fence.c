/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that stands against a page without access.
 */
#include "fence.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 65536 /* a multiple of any page size */

/* fence, room, fence */
static char *
room(void)
{
    static char *map;

    if (map == NULL) {
        map = mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                   0);
        assert(map != MAP_FAILED);
        assert(mprotect(map + PAGE, PAGE, PROT_READ | PROT_WRITE) == 0);
    }
    return map + PAGE;
}

const char *
fence_behind(const char *text, size_t len)
{
    assert(len <= FENCE_MAX);
    return memcpy(room() + PAGE - len, text, len);
}

const char *
fence_before(const char *text, size_t len)
{
    assert(len <= FENCE_MAX);
    return memcpy(room(), text, len);
}
