/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that all processes of the server share.
 */
#include "shared.h"

#include <string.h>

#include <http_config.h>
#include <http_log.h>
#include <apr_shm.h>
#include <apr_strings.h>

#include "log.h"

#define KEY_PREFIX "mod_routes:"

/* Retained by httpd across the loading and unloading of modules. */
struct retained {
    void *base;
    apr_size_t size;
};

static apr_status_t
make_region(apr_pool_t *process, apr_size_t size, void **base)
{
    apr_shm_t *shm;
    /* without a name: nothing is left behind, and no other process finds it */
    apr_status_t rv = apr_shm_create(&shm, size, NULL, process);

    if (rv == APR_SUCCESS) {
        *base = apr_shm_baseaddr_get(shm);
        memset(*base, 0, size);
    }
    return rv;
}

void *
shared_region(server_rec *server, const char *name, apr_size_t size,
              int *fresh)
{
    apr_pool_t *process = server->process->pool;
    /* httpd keeps the key itself, not a copy */
    const char *key = apr_pstrcat(process, KEY_PREFIX, name, NULL);
    struct retained *retained = ap_retained_data_get(key);
    void *base;

    *fresh = 0;
    if (retained != NULL && retained->size == size) {
        return retained->base;
    }
    apr_status_t rv = make_region(process, size, &base);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, server,
                     LOGNO(0050) "no shared memory for the %s", name);
        return NULL;
    }
    if (retained == NULL) {
        retained = ap_retained_data_create(key, sizeof(*retained));
    }
    retained->base = base;
    retained->size = size;
    *fresh = 1;
    return base;
}
