/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regions: addresses that the networks of requirements tell apart.
 */
#include "regions.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include "../runtime/network.h"

#define AT(networks, i) (&APR_ARRAY_IDX(networks, i, struct routes_network))

struct regions {
    apr_pool_t *pool;
    apr_array_header_t *atoms;    /* const struct model_rule * */
    apr_array_header_t *networks; /* of all of them */
    apr_array_header_t *found;    /* struct routes_network */
    apr_hash_t *known;            /* what an address is in */
};

int
regions_holds(const struct model_rule *rule,
              const struct routes_network *address)
{
    for (int i = 0; i < rule->networks->nelts; i++) {
        if (routes_network_holds(AT(rule->networks, i), address)) {
            return 1;
        }
    }
    return 0;
}

static void
add_atoms(struct regions *regions, const struct model_rule *rule)
{
    if (rule == NULL) {
        return;
    }
    if (rule->op == MODEL_RULE_IP) {
        APR_ARRAY_PUSH(regions->atoms, const struct model_rule *) = rule;
        apr_array_cat(regions->networks, rule->networks);
    }
    add_atoms(regions, rule->left);
    add_atoms(regions, rule->right);
}

static int
is_inside(const struct routes_network *network,
          const struct routes_network *outer)
{
    return network->bits > outer->bits && routes_network_holds(outer, network);
}

/* Whether a network that is not the region's own holds all of it. */
static int
is_taken(const struct regions *regions, const struct routes_network *part,
         const struct routes_network *region)
{
    for (int i = 0; i < regions->networks->nelts; i++) {
        const struct routes_network *network = AT(regions->networks, i);

        if (is_inside(network, region) &&
            routes_network_holds(network, part)) {
            return 1;
        }
    }
    return 0;
}

static int
is_divided(const struct regions *regions, const struct routes_network *part)
{
    for (int i = 0; i < regions->networks->nelts; i++) {
        if (is_inside(AT(regions->networks, i), part)) {
            return 1;
        }
    }
    return 0;
}

/* The first part of the region that no network inside it takes; as deep as
 * an address has bits. */
static int
find_free(const struct regions *regions, const struct routes_network *region,
          struct routes_network part, struct routes_network *free)
{
    if (is_taken(regions, &part, region)) {
        return 0;
    }
    if (!is_divided(regions, &part)) {
        *free = part;
        return 1;
    }
    return find_free(regions, region, routes_network_half(&part, 0), free) ||
           find_free(regions, region, routes_network_half(&part, 1), free);
}

/* The atoms that hold an address, one letter each. */
static const char *
key_of(const struct regions *regions, const struct routes_network *address)
{
    char *key = apr_palloc(regions->pool, (size_t)regions->atoms->nelts + 1);
    int i;

    for (i = 0; i < regions->atoms->nelts; i++) {
        key[i] =
            regions_holds(MODEL_AT(regions->atoms, const struct model_rule, i),
                          address)
                ? '1'
                : '0';
    }
    key[i] = '\0';
    return key;
}

static void
add_address(struct regions *regions, const struct routes_network *part)
{
    const char *key = key_of(regions, part);

    if (apr_hash_get(regions->known, key, APR_HASH_KEY_STRING) == NULL) {
        apr_hash_set(regions->known, key, APR_HASH_KEY_STRING, key);
        APR_ARRAY_PUSH(regions->found, struct routes_network) = *part;
        AT(regions->found, regions->found->nelts - 1)->bits = 128;
    }
}

static void
add_region(struct regions *regions, const struct routes_network *region)
{
    struct routes_network free;

    if (find_free(regions, region, *region, &free)) {
        add_address(regions, &free);
    }
}

/* An address that is meant for examples, where it is outside; else any. */
static void
add_outside(struct regions *regions)
{
    static const char *const examples[] = {"192.0.2.1", "2001:db8::1"};
    static const char *const all[] = {"0.0.0.0/0", "::/0"};
    struct routes_network network;

    for (int i = 0; i < 2; i++) {
        routes_network_read(examples[i], &network);
        add_address(regions, &network);
    }
    for (int i = 0; i < 2; i++) {
        routes_network_read(all[i], &network);
        add_region(regions, &network);
    }
}

apr_array_header_t *
regions_of(apr_pool_t *pool, const struct model_rule *a,
           const struct model_rule *b)
{
    struct regions regions = {.pool = pool};

    regions.atoms = apr_array_make(pool, 2, sizeof(const struct model_rule *));
    regions.networks = apr_array_make(pool, 4, sizeof(struct routes_network));
    regions.found = apr_array_make(pool, 4, sizeof(struct routes_network));
    regions.known = apr_hash_make(pool);
    add_atoms(&regions, a);
    add_atoms(&regions, b);
    if (regions.atoms->nelts == 0) {
        return regions.found;
    }
    add_outside(&regions);
    for (int i = 0; i < regions.networks->nelts; i++) {
        add_region(&regions, AT(regions.networks, i));
    }
    return regions.found;
}
